"""The deeper answers: every account by group, segment, region and company, before and after elimination; per
company the non-controlling interests and the proof of the translation adjustment.

Written line by line to answers_detail.jsonl beside answers.json, so that a group of thousands needs no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from synthetic_pkg.answers import Basis
from synthetic_pkg.chart import (
    CTA,
    NET_INCOME,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES,
    add_up,
)
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.rates import MICRO, RateTable
from synthetic_pkg.translation import (
    DetailKey,
    company_details,
    included,
    round_to_thousand_yen,
    scopes,
    translate,
)
from synthetic_pkg.world import Book, World

FILE_NAME = "answers_detail.jsonl"
PERCENT = 100
OWN_EQUITY = "3199"  # 株主資本合計: net assets without accumulated other comprehensive income
CAPITAL = ("3101", "3102", "3104")


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ScopeAnswers(Line):
    """Accounts of one scope in 千円, those that are zero left out. stage: before or after elimination."""

    record: Literal["amounts"] = "amounts"
    basis: Basis
    stage: str
    scope_kind: str
    scope: str
    amounts: dict[str, int]


class CompanyProof(Line):
    """Yen, exact, as text (up to eight decimals).

    nci_*: the part of net assets and of profit that belongs to others. cta_*: the year's movement of the
    translation adjustment: opening net assets × (CR1 − CR0) + profit × (CR1 − AR) − dividend × (CR1 − rate of
    the resolution); cta_plug: the same movement as what the translated balance sheets leave.
    """

    record: Literal["proof"] = "proof"
    company: str
    nci_net_assets: str
    nci_profit: str
    cta_opening: str
    cta_profit: str
    cta_dividend: str
    cta_total: str
    cta_plug: str


def yen(amount: int, divisor: int = MICRO) -> str:
    """An exact amount in yen as text. amount/divisor must have at most eight decimals."""
    digits = len(str(divisor)) - 1
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    whole, fraction = divmod(size, divisor)
    tail = f"{fraction:0{digits}d}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"


def opening_cta(book: Book, rates: RateTable) -> int:
    """The translation adjustment at the start of the year in micro-yen: what the opening sheet leaves."""
    company, opening = book.company, add_up("BS", book.ledger.opening)
    rate = rates[(company.currency, company.year_end)].opening
    at_hand = opening[OWN_EQUITY] * company.unit * rate
    paid_in = sum(opening[code] for code in CAPITAL) * company.unit * company.hr
    return at_hand - paid_in - book.ledger.opening_re_yen * MICRO


def cta_parts(book: Book, ledger: Ledger, rates: RateTable) -> tuple[int, int, int]:
    """The three parts of the year's movement, micro-yen."""
    company = book.company
    rate = rates[(company.currency, company.year_end)]
    profit = add_up("PL", ledger.pl)[NET_INCOME]
    return (
        add_up("BS", ledger.opening)[OWN_EQUITY] * company.unit * (rate.closing - rate.opening),
        profit * company.unit * (rate.closing - rate.average),
        -ledger.dividend * company.unit * (rate.closing - rate.dividend),
    )


def proof(book: Book, rates: RateTable) -> CompanyProof:
    """NCI and ΔCTA of one company whose ledger balances and rolls forward."""
    ledger = book.ledger
    translated = translate(book, rates, ledger)
    sheet = add_up("BS", translated)
    net_assets = sheet[TOTAL_ASSETS] - sheet[TOTAL_LIABILITIES]
    profit = add_up("PL", translated)[NET_INCOME]
    others = PERCENT - book.company.share
    parts = cta_parts(book, ledger, rates) if book.company.overseas else (0, 0, 0)
    plug = translated[CTA] - opening_cta(book, rates) if book.company.overseas else 0
    return CompanyProof(
        company=book.company.code,
        nci_net_assets=yen(net_assets * others, MICRO * PERCENT),
        nci_profit=yen(profit * others, MICRO * PERCENT),
        cta_opening=yen(parts[0]),
        cta_profit=yen(parts[1]),
        cta_dividend=yen(parts[2]),
        cta_total=yen(sum(parts)),
        cta_plug=yen(plug),
    )


def lines(world: World, exact: Mapping[DetailKey, int]) -> Iterator[Line]:
    """Every line of the file: amounts by scope, then one proof for each company of 修正後 whose books agree."""
    groups: dict[tuple[Basis, str, str, str], dict[str, int]] = {}
    for (basis, stage, kind, scope, code), amount in exact.items():
        groups.setdefault((basis, stage, kind, scope), {})[code] = amount
    for (basis, stage, kind, scope), amounts in groups.items():
        yield _scope(basis, stage, (kind, scope), amounts)
    for basis, stage, company, amounts in company_details(world):
        yield _scope(basis, stage, scopes(world, company)[0], amounts)
    for book in included(world):
        if sound(book):
            yield proof(book, world.rates)


def _scope(basis: Basis, stage: str, scope: tuple[str, str], exact: Mapping[str, int]) -> ScopeAnswers:
    rounded = {code: round_to_thousand_yen(amount) for code, amount in exact.items()}
    amounts = {code: amount for code, amount in rounded.items() if amount}
    return ScopeAnswers(basis=basis, stage=stage, scope_kind=scope[0], scope=scope[1], amounts=amounts)


def sound(book: Book) -> bool:
    """Does the ledger balance and roll forward? A planted break has no proof."""
    ledger = book.ledger
    profit = add_up("PL", ledger.pl)[NET_INCOME]
    moved = ledger.closing["3103"] - ledger.opening["3103"]
    balanced = not ledger.imbalance(ledger.opening) and not ledger.imbalance(ledger.closing)
    return balanced and moved == profit - ledger.dividend


def write(world: World, exact: Mapping[DetailKey, int], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines(world, exact):
            file.write(line.model_dump_json() + "\n")


def read(path: Path) -> Iterator[ScopeAnswers | CompanyProof]:
    """The lines of a file, one at a time."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            model = ScopeAnswers if '"record":"amounts"' in text else CompanyProof
            yield model.model_validate_json(text)
