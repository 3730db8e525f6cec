"""The schedules behind a company's statements (sheets 05, 06, 07, 10 to 16), in units of its book.

Plain data: drawn by synthetic_pkg.schedule_draws so that each ties to the ledger, edited by plants, shown by
synthetic_pkg.sheets. Movements that reduce a balance are negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class FixedAsset:
    """One row of 11_固定資産増減: an account from opening to closing."""

    code: str
    opening: int
    acquired: int = 0
    disposed: int = 0
    depreciation: int = 0
    impairment: int = 0
    transfer: int = 0
    fx: int = 0

    @property
    def closing(self) -> int:
        return (
            self.opening
            + self.acquired
            + self.disposed
            + self.depreciation
            + self.impairment
            + self.transfer
            + self.fx
        )


@dataclass
class Security:
    """One row of 12_有価証券; tax: deferred tax on the difference."""

    kind: str
    name: str
    code: str
    cost: int
    fair: int
    tax: int = 0


@dataclass
class Borrowing:
    """One row of 13_借入金・リース. rate_bp: 1/10,000; current: due within a year; due: a text."""

    kind: str
    partner: str
    lender: str
    rate_bp: int
    opening: int
    borrowed: int
    repaid: int
    current: int
    due: str
    fx: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.borrowed + self.repaid + self.fx


@dataclass
class Provision:
    """One row of 14_引当金・退職給付. added: through SGA and other expenses; added_cost: through production."""

    code: str
    opening: int
    added: int = 0
    added_cost: int = 0
    used: int = 0
    released: int = 0
    other: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.added + self.added_cost + self.used + self.released + self.other


@dataclass
class Taxes:
    """Figures of 15_税金・税効果. other_difference and other_deferred take up what is left."""

    statutory_bp: int
    permanent: int
    credit: int
    allowance: int
    payable_opening: int
    paid: int
    deferred_opening: int
    other_deferred: int


@dataclass
class UnrealisedRow:
    """One row of 10_棚卸未実現: stock bought inside the group, at the seller's margin (1/10,000)."""

    partner: str
    code: str
    stock: int
    margin_bp: int


@dataclass
class Note:
    """One row of 16_注記; amount None when the note has no figure."""

    kind: str
    topic: str
    text: str
    amount: int | None = None


@dataclass
class Schedules:
    """All schedules of one book; an empty list means the company has nothing to put there.

    manufacturing: inputs of 05 by MC code; equity: inputs of 06 by (EQ code, account code);
    time_deposits: (opening, closing) deposits of more than three months inside 現金及び預金.
    """

    assets: list[FixedAsset] = field(default_factory=list)
    securities: list[Security] = field(default_factory=list)
    borrowings: list[Borrowing] = field(default_factory=list)
    provisions: list[Provision] = field(default_factory=list)
    taxes: Taxes = field(default_factory=lambda: Taxes(0, 0, 0, 0, 0, 0, 0, 0))
    manufacturing: dict[str, int] = field(default_factory=dict)
    equity: dict[tuple[str, str], int] = field(default_factory=dict)
    unrealised: list[UnrealisedRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    time_deposits: tuple[int, int] = (0, 0)

    def asset(self, code: str) -> FixedAsset | None:
        return next((row for row in self.assets if row.code == code), None)

    def provision(self, code: str) -> Provision | None:
        return next((row for row in self.provisions if row.code == code), None)

    def move_production_cost(self, change: int) -> None:
        """Let the costs of 05 that no other sheet repeats take up a change of the cost of sales, each in proportion."""
        if not self.manufacturing:
            return
        weights = {code: self.manufacturing[code] for code in FREE_COSTS}
        parts = {code: change * weight // sum(weights.values()) for code, weight in weights.items()}
        parts[FREE_COSTS[0]] += change - sum(parts.values())
        for code, part in parts.items():
            self.manufacturing[code] += part

    @property
    def new_leases(self) -> int:
        """Leases taken in the period: they enter the assets without cash."""
        return sum(row.borrowed for row in self.borrowings if row.kind == LEASE)


SHORT, LONG, LEASE = "短期借入金", "長期借入金", "リース債務"
ASSET_CODES = ("1201", "1202", "1203", "1204", "1205", "1206", "1301", "1302", "1303")
DEPRECIABLE = ("1201", "1202", "1203", "1205", "1301", "1302", "1303")
FREE_COSTS = ("MC11", "MC20", "MC22", "MC31", "MC32")  # purchases, wages, other labour, work outside, other
PROVISION_CODES = ("2112", "2113", "1119", "1409", "2204", "2205")
EQUITY_COLUMNS = ("3101", "3102", "3103", "3104", "3201", "3202", "3203", "3204")
EQUITY_INPUTS = ("EQ10", "EQ15", "EQ20", "EQ30", "EQ40", "EQ50")
