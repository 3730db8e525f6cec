"""The totals of 集計結果.xlsx, from the books and 要領 alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from .books import BS, Book, Dealing, Figures, Rules
from .exclusion import excluded_companies
from .reading import BOOK_NAME, decimal, read_workbook

WHOLE = "全社"
PairKey = tuple[str, str, str, str]  # creditor, debtor, 組, currency


@dataclass
class Pair:
    """One intercompany key: both sides' rows."""

    rule: dict[str, str]
    creditor: list[Dealing] = field(default_factory=list)
    debtor: list[Dealing] = field(default_factory=list)


class Oracle:
    """Reads input_dir once. books: the newest of each company; kept: those that 修正後 includes."""

    def __init__(self, input_dir: Path) -> None:
        self.rules = Rules(input_dir / "連結決算要領.xlsx")
        files: dict[str, dict[int, Path]] = defaultdict(dict)
        for path in input_dir.iterdir():
            match = BOOK_NAME.fullmatch(path.name)
            if match:
                files[match.group(1)][int(match.group(3))] = path
        self.versions = {company: sorted(found) for company, found in files.items()}
        archive = {p.name[4:8]: p for p in input_dir.glob("前期PKG/PKG_*.xlsx")}
        self.books = {
            company: Book(
                company,
                read_workbook(found[max(found)]),
                self.rules,
                read_workbook(archive[company]) if company in archive else {},
            )
            for company, found in sorted(files.items())
        }
        self.excluded = excluded_companies(self.books, self.rules)
        self.kept = {c: book for c, book in self.books.items() if c not in self.excluded}

    def translated(self, book: Book, amounts: Figures, scale: int) -> dict[str, Fraction]:
        """円 by account, for the sheets the book holds. scale: what 前期末 and 配当 are divided by."""
        rules, company = self.rules, book.company
        master, unit = rules.companies[company], rules.unit(company)
        cr, ar = rules.rate(company, "期末日レート"), rules.rate(company, "期中平均レート")
        factor = {"CR": cr, "AR": ar, "HR": decimal(master["資本金レート"])}
        result: dict[str, Fraction] = {}
        for code, amount in amounts.items():
            kind = rules.accounts[code]["換算区分"]
            if kind in factor:
                result[code] = amount * unit * factor[kind]
            elif kind == "RE":
                before, dividend = book.figures(BS, "前期末")[code] / scale, book.dividend() / scale
                paid = dividend * unit * rules.rate(company, "配当決議日レート")
                earned = (amount - before + dividend) * unit * ar
                result[code] = Fraction(master["期首利益剰余金円貨額"]) + earned - paid
            else:
                result[code] = amount * unit
        if BS in book.sheets and master["通貨"] != "JPY":
            own = {c: v for c, v in result.items() if rules.accounts[c]["表"] == "BS" and c != "3203"}
            result["3203"] = sum((v if c < "2" else -v for c, v in own.items()), Fraction(0))
        return result

    def pairs(self) -> dict[PairKey, Pair]:
        """Dealings between kept companies, by key."""
        by_label = {}
        for rule in self.rules.pairs:
            by_label[rule["債権側の科目・区分"]] = (rule, True)
            by_label[rule["債務側の科目・区分"]] = (rule, False)
        found: dict[PairKey, Pair] = {}
        for company, book in self.kept.items():
            for row in book.dealings():
                if row.partner not in self.kept:
                    continue
                rule, is_creditor = by_label[row.label]
                parties = (company, row.partner) if is_creditor else (row.partner, company)
                pair = found.setdefault((*parties, rule["組"], row.currency), Pair(rule))
                (pair.creditor if is_creditor else pair.debtor).append(row)
        return found

    def totals(self) -> dict[tuple[str, str, str], int]:
        """(区分, セグメント, 科目コード) → 千円."""
        rules = self.rules
        sums: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)

        def add(basis: str, segment: str, code: str, yen: Fraction) -> None:
            sums[(basis, segment, code)] += yen
            sums[(basis, WHOLE, code)] += yen

        segment_of = {c: r["セグメント"] for c, r in rules.companies.items()}
        for basis in ("提出値", "修正後"):
            for segment in {*segment_of.values(), WHOLE}:
                for code in rules.output:
                    sums[(basis, segment, code)] += 0
        for company, book in self.books.items():
            for code, yen in self.translated(book, book.sent(), 1).items():
                add("提出値", segment_of[company], code, yen)
            if company in self.kept:
                for code, yen in self.translated(book, book.fixed, book.scale).items():
                    add("修正後", segment_of[company], code, yen)
        for (creditor, debtor, _, _), pair in self.pairs().items():
            claim, debt = self.sides(creditor, debtor, pair)
            for company, side, yen in ((creditor, "債権側", claim), (debtor, "債務側", debt)):
                if pair.rule[f"{side}の消去科目"]:
                    add("修正後", segment_of[company], pair.rule[f"{side}の消去科目"], -yen)
            left = pair.rule["差異科目"]
            add("修正後", segment_of[debtor], left, debt - claim if left == "2901" else claim - debt)
        return {key: half_up(yen / 1000) for key, yen in sums.items()}

    def sides(self, creditor: str, debtor: str, pair: Pair) -> tuple[Fraction, Fraction]:
        """円 of both sides, each at the rate that 内部取引対応 names."""
        return (
            self._yen(creditor, pair.creditor, pair.rule["債権側の換算レート"]),
            self._yen(debtor, pair.debtor, pair.rule["債務側の換算レート"]),
        )

    def _yen(self, company: str, rows: list[Dealing], column: str) -> Fraction:
        unit, rate = self.rules.unit(company), self.rules.rate(company, column)
        return sum((row.amount for row in rows), Fraction(0)) * unit * rate


def half_up(value: Fraction) -> int:
    rounded = int(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded
