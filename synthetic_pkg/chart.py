"""The chart of accounts and its aliases, from data/chart.csv: read by every module that knows accounts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

CASH, RECEIVABLE, ALLOWANCE = "1101", "1104", "1119"
SHORT_LOANS, PAYABLE = "2104", "2103"
TOTAL_ASSETS, TOTAL_LIABILITIES, TOTAL_LIABILITIES_AND_NET_ASSETS = "1999", "2999", "3999"
CAPITAL, SURPLUS, RETAINED_EARNINGS, CTA = "3101", "3102", "3103", "3203"
SALES, COST_OF_SALES, OTHER_SGA = "4101", "5101", "6106"
PRETAX, TAX, NET_INCOME = "8299", "8301", "8399"
DIFFERENCE_BS, DIFFERENCE_PL = "2901", "8901"


@dataclass(frozen=True)
class Account:
    """One row of the chart.

    kind: head (a heading, no code) | detail | contra (a detail shown as △ and added) | total | difference.
    fx: CR, AR, HR (historical), RE (retained earnings), CTA, 差異, or empty for totals.
    """

    code: str
    name: str
    name_en: str
    element: str
    statement: str
    kind: str
    side: str
    fx: str
    parts: str

    @property
    def is_detail(self) -> bool:
        return self.kind in ("detail", "contra")


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file under data/."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def chart() -> tuple[Account, ...]:
    """Every account in the order a book shows it; the group's difference accounts come last."""
    return tuple(Account(**row) for row in read_rows("chart.csv"))


@cache
def accounts() -> dict[str, Account]:
    """Accounts by code (headings have none and are left out)."""
    return {account.code: account for account in chart() if account.code}


@cache
def statement(name: str) -> tuple[Account, ...]:
    """The rows of one statement ("BS" or "PL") as a book shows them, headings included."""
    return tuple(account for account in chart() if account.statement == name)


@cache
def details(name: str) -> tuple[str, ...]:
    """Codes of the accounts of one statement that carry amounts of their own."""
    return tuple(account.code for account in statement(name) if account.is_detail)


@cache
def output_codes() -> tuple[str, ...]:
    """Codes that stand in the answers: details of BS and PL, then the difference accounts."""
    return tuple(a.code for a in chart() if a.is_detail or a.kind == "difference")


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Other names a book may use, by account code."""
    by_code: dict[str, list[str]] = {}
    for row in read_rows("aliases.csv"):
        by_code.setdefault(row["code"], []).append(row["alias"])
    return {code: tuple(names) for code, names in by_code.items()}


@cache
def terms(code: str) -> tuple[tuple[str, int], ...]:
    """What a total is made of, as (code, +1 | −1): "1101:1119" is a range of details, "4101-5101" a sum."""
    parts = accounts()[code].parts
    if ":" in parts:
        first, last = parts.split(":")
        return tuple((c, 1) for c, a in accounts().items() if a.is_detail and first <= c <= last)
    return tuple(_signed(parts))


def _signed(parts: str) -> Iterator[tuple[str, int]]:
    for chunk in parts.replace("-", "+-").split("+"):
        yield chunk.lstrip("-"), -1 if chunk.startswith("-") else 1


def add_up(name: str, amounts: Mapping[str, int]) -> dict[str, int]:
    """Details of one statement together with every total worked out from them."""
    result = {code: amounts.get(code, 0) for code in details(name)}
    for account in statement(name):
        if account.kind == "total":
            result[account.code] = sum(sign * result[code] for code, sign in terms(account.code))
    return result


def without_codes(name: str, amounts: dict[str, int]) -> dict[str, int] | tuple[int, ...]:
    """The details of one statement in a form that takes little room when they are kept packed."""
    return tuple(amounts.values()) if tuple(amounts) == details(name) else amounts


def with_codes(name: str, amounts: dict[str, int] | tuple[int, ...]) -> dict[str, int]:
    """What without_codes was given."""
    return dict(zip(details(name), amounts, strict=True)) if isinstance(amounts, tuple) else amounts
