"""Every account by group, segment, region and company, before and after elimination, and the proofs of NCI and ΔCTA.

From the books and 要領 alone, like the rest of this package.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from .books import BS, Book
from .reading import decimal
from .totals import WHOLE, Oracle, Pair, half_up

Key = tuple[str, str, str, str, str]  # basis, stage, kind of scope, scope, account
Amounts = dict[str, dict[str, Fraction]]  # company -> account -> yen


def details(oracle: Oracle) -> dict[Key, int]:
    """千円 of every scope; accounts that round to zero are left out."""
    sums: dict[Key, Fraction] = defaultdict(Fraction)
    for basis in ("提出値", "修正後"):
        before = _companies(oracle, basis)
        after = {company: defaultdict(Fraction, amounts) for company, amounts in before.items()}
        for company, code, yen in _eliminations(oracle, basis):
            after[company][code] += yen
        for stage, amounts in (("消去前", before), ("消去後", after)):
            for company, by_code in amounts.items():
                row = oracle.rules.companies[company]
                homes = (
                    ("会社", company),
                    ("セグメント", row["セグメント"]),
                    ("地域", row["地域"]),
                    (WHOLE, WHOLE),
                )
                for kind, scope in homes:
                    for code, yen in by_code.items():
                        sums[(basis, stage, kind, scope, code)] += yen
    rounded = {key: half_up(yen / 1000) for key, yen in sums.items()}
    return {key: amount for key, amount in rounded.items() if amount}


def _companies(oracle: Oracle, basis: str) -> Amounts:
    if basis == "提出値":
        return {c: oracle.translated(b, b.sent(), 1) for c, b in oracle.books.items()}
    return {c: oracle.translated(b, b.fixed, b.scale) for c, b in oracle.kept.items()}


def _eliminations(oracle: Oracle, basis: str) -> list[tuple[str, str, Fraction]]:
    """(company, account, yen). 提出値 takes every company and every row as sent."""
    found = []
    pairs = oracle.pairs() if basis == "修正後" else _sent_pairs(oracle)
    for (creditor, debtor, _, _), pair in pairs.items():
        claim, debt = oracle.sides(creditor, debtor, pair)
        claim, debt = claim * _times(oracle, basis, creditor), debt * _times(oracle, basis, debtor)
        found.append((creditor, pair.rule["債権側の消去科目"], -claim))
        if pair.rule["債務側の消去科目"]:
            found.append((debtor, pair.rule["債務側の消去科目"], -debt))
        left = pair.rule["差異科目"]
        found.append((debtor, left, debt - claim if left == "2901" else claim - debt))
    return found


def _times(oracle: Oracle, basis: str, company: str) -> int:
    return oracle.books[company].scale if basis == "提出値" else 1


def _sent_pairs(oracle: Oracle) -> dict[tuple[str, str, str, str], Pair]:
    kept, oracle.kept = oracle.kept, oracle.books
    try:
        return oracle.pairs()
    finally:
        oracle.kept = kept


def proof(oracle: Oracle, book: Book) -> dict[str, Fraction]:
    """NCI and ΔCTA of one company in yen, each figure from the books and 要領."""
    rules, company = oracle.rules, book.company
    translated = oracle.translated(book, book.fixed, book.scale)
    sheet = {code: yen for code, yen in translated.items() if rules.accounts[code]["表"] == "BS"}
    net_assets = sum((yen if code < "2" else -yen for code, yen in sheet.items() if code < "3"), Fraction(0))
    profit = sum(
        (v if _credit(oracle, c) else -v for c, v in _income(oracle, translated).items()), Fraction(0)
    )
    others = 1 - decimal(rules.companies[company]["持分比率"])
    result = {"nci_net_assets": net_assets * others, "nci_profit": profit * others}
    return result | _translation_adjustment(oracle, book)


def _income(oracle: Oracle, amounts: dict[str, Fraction]) -> dict[str, Fraction]:
    return {code: v for code, v in amounts.items() if oracle.rules.accounts[code]["表"] == "PL"}


def _credit(oracle: Oracle, code: str) -> bool:
    return oracle.rules.accounts[code]["正常残高"] == "貸方"


def _translation_adjustment(oracle: Oracle, book: Book) -> dict[str, Fraction]:
    rules, company = oracle.rules, book.company
    if rules.companies[company]["通貨"] == "JPY":
        return dict.fromkeys(("cta_opening", "cta_profit", "cta_dividend"), Fraction(0))
    unit, opening = rules.unit(company), book.figures(BS, "前期末")
    cr0, cr1 = rules.rate(company, "期首日レート"), rules.rate(company, "期末日レート")
    equity = sum((opening[code] for code in ("3101", "3102", "3103", "3104")), Fraction(0)) / book.scale
    own = _income(oracle, book.fixed)
    profit = sum((v if _credit(oracle, c) else -v for c, v in own.items()), Fraction(0))
    paid = book.dividend() / book.scale
    return {
        "cta_opening": equity * unit * (cr1 - cr0),
        "cta_profit": profit * unit * (cr1 - rules.rate(company, "期中平均レート")),
        "cta_dividend": -paid * unit * (cr1 - rules.rate(company, "配当決議日レート")),
    }
