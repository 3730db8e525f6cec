"""R07: two companies report different amounts for one dealing. Traps: within tolerance; in transit."""

from __future__ import annotations

import random
from dataclasses import dataclass

from synthetic_pkg.answers import Anomaly, Symptom, Trap
from synthetic_pkg.intercompany import BALANCES, RULE_BY_LABEL, TRADE, Row, with_reported
from synthetic_pkg.irregularities.base import Check, Kind, areas, root_id
from synthetic_pkg.irregularities.casting import INTERCOMPANY, Cast
from synthetic_pkg.layout import FIRST_ROW, SHEETS
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

ABSOLUTE_YEN = 1_000_000  # 1,000千円
PERMILLE = 5  # 0.5%
SMALLEST_YEN = 40_000_000
IN_TRANSIT = "未達"

EXCEPTIONS = (
    f"差額が許容差以内、両社いずれかの備考に「{IN_TRANSIT}」の記載がある場合、"
    "相手が0000（親会社）・9999（グループ外）・除外会社（A01・A02・A04・A06）の明細"
)
BALANCE_MATCH = Check(
    id="C01",
    title="債権債務の不一致",
    sheet=SHEETS["08"],
    rule="内部取引対応の組ごとに、債権側と債務側の取引通貨額の差を円換算した額が許容差を超える（一方のみの計上を含む）",
    tolerance="K2とK3の大きい方",
    treatment="採用：提出された金額のまま消去し、差額を2901に計上する",
    reported_value="債務側の取引通貨額",
    expected_value="債権側の取引通貨額",
    cell="その会社の取引通貨額のセル",
    exceptions=EXCEPTIONS,
)
TRADE_MATCH = Check(
    id="C02",
    title="取引高の不一致",
    sheet=SHEETS["09"],
    rule="内部取引対応の組ごとに、収益側と費用側の取引通貨額の差を円換算した額が許容差を超える（一方のみの計上を含む）",
    tolerance="K2とK3の大きい方",
    treatment="採用：提出された金額のまま消去し、差額を8901に計上する",
    reported_value="費用側の取引通貨額",
    expected_value="収益側の取引通貨額",
    cell="その会社の取引通貨額のセル",
    exceptions=EXCEPTIONS,
)
CHECK_OF = {BALANCES: BALANCE_MATCH, TRADE: TRADE_MATCH}
SIDES_OF = {BALANCES: ("債権側", "債務側"), TRADE: ("収益側", "費用側")}


@dataclass(frozen=True, slots=True)
class Side:
    """One row to be changed, and the partner who reports the other side."""

    book: Book
    sheet: str
    index: int
    partner: str
    yen: int

    @property
    def parties(self) -> tuple[str, str]:
        return self.book.company.code, self.partner

    @property
    def row(self) -> Row:
        return self.book.rows[self.index]

    @property
    def address(self) -> str:
        """Cell of 取引通貨額 of this row."""
        return f"F{FIRST_ROW + [r for r in self.book.rows if r.sheet == self.row.sheet].index(self.row)}"

    @property
    def own(self) -> str:
        """Which side the row is, the company and what it calls the dealing."""
        return f"{SIDES_OF[self.sheet][not self._claims]} {self.book.company.code} の{self.row.label}"

    @property
    def other(self) -> str:
        """The same of the partner."""
        rule = RULE_BY_LABEL[self.row.label]
        label = rule.debtor_label if self._claims else rule.creditor_label
        return f"{SIDES_OF[self.sheet][self._claims]} {self.partner} の{label}"

    @property
    def _claims(self) -> bool:
        return self.row.label == RULE_BY_LABEL[self.row.label].creditor_label

    def as_ruled(self, own: int, theirs: int) -> tuple[int, int]:
        """報告値 and 期待値 of 要領: what the debtor (or buyer) reports, what the creditor (or seller) does."""
        return (theirs, own) if self._claims else (own, theirs)

    @property
    def places(self) -> str:
        """Where 要領 lets one report it."""
        name = SHEETS[self.sheet]
        return f"会社 {self.book.company.code} と {self.partner} のどちらでもよい（{name} のその行の取引通貨額のセル）"

    @property
    def places_left(self) -> str:
        """The same where this row is gone: only the partner's book has a row and a cell to name."""
        name, own = SHEETS[self.sheet], self.book.company.code
        return (
            f"会社 {own} と {self.partner} のどちらでもよい"
            f"（行があるのは会社 {self.partner} の {name} だけ：その行の取引通貨額のセル。"
            f"{own} ならシート名だけでよい）"
        )

    def report(self, world: World, tx_amount: int, note: str = "") -> None:
        company = self.book.company
        self.book.rows[self.index] = with_reported(self.row, tx_amount, company, world.rates, note)


def pick_sides(world: World, kind: str, count: int, rng: random.Random) -> list[Side]:
    """`count` sides of large dealings between free companies, from 08 and 09 by turns."""
    if world.cast:
        return _cast_sides(world, world.cast, kind, count, rng)
    free = {book.company.code for book in world.free()}
    sides = _large_sides(world, world.free(), free)
    rng.shuffle(sides)
    chosen: list[Side] = []
    for sheet in (BALANCES, TRADE) * count:
        if len(chosen) == count:
            break
        for side in sides:
            if side.sheet == sheet and not world.reserved & {*side.parties}:
                chosen.append(side)
                world.reserved.update(side.parties)
                break
    world.enough(kind, count, len(chosen))
    return chosen


def _large_sides(world: World, books: list[Book], partners: set[str]) -> list[Side]:
    sides = []
    for book in books:
        for index, row in enumerate(world.shelf.look(book, lambda book: book.rows)):
            if row.partner in partners and row.label in ("買掛金", "売掛金", "仕入", "売上"):
                yen = row.tx_amount * world.rates[(row.currency, 3)].closing // MICRO
                if yen >= SMALLEST_YEN:
                    sides.append(Side(book, row.sheet, index, world.company[row.partner].code, yen))
    return sides


def _cast_sides(world: World, cast: Cast, kind: str, count: int, rng: random.Random) -> list[Side]:
    """Sides whose other company carries nothing that would disturb the match; it stays a witness."""
    books = world.latest()
    sides = _large_sides(world, books, {b.company.code for b in books if cast.may_witness(b.company.code)})
    by_party: dict[str, list[int]] = {}  # numbers of the sides in which a company has a part
    for number, side in enumerate(sides):
        for code in side.parties:
            by_party.setdefault(code, []).append(number)
    able = [n for n, side in enumerate(sides) if cast.may_carry(side.parties[0], kind)]
    ranks = {
        sheets: cast.ranks(kind, [n for n in able if sides[n].sheet in sheets], lambda n: sides[n].parties[0])
        for sheets in ((BALANCES,), (TRADE,), (BALANCES, TRADE))
    }
    chosen: list[Side] = []
    bound: set[str] = set()
    for turn in range(count):
        for sheets in ((BALANCES if turn % 2 == 0 else TRADE,), (BALANCES, TRADE)):
            rank = ranks[sheets].best(len(cast.carrying) < cast.carriers)
            if rank:
                owner = sides[rng.choice(rank)].parties[0]
                own = [s for n in by_party[owner] if (s := sides[n]).parties[0] == owner]
                side = rng.choice([s for s in own if s.sheet in sheets and s.partner not in bound])
                cast.book(owner, kind)
                cast.witnesses.update(side.parties)
                bound.update(side.parties)
                chosen.append(side)
                for known in ranks.values():
                    known.remove(n for code in side.parties for n in by_party[code])
                break
    world.enough(kind, count, len(chosen))
    return chosen


def _whole(row: Row, tx_amount: int) -> int:
    """Yen amounts are reported in whole thousands."""
    return tx_amount // 1000 * 1000 if row.currency == "JPY" else tx_amount


def _told(side: Side, row: Row, reported: int) -> str:
    """What was changed, and what both sides said before."""
    was = f"{row.tx_amount:,} {row.currency}"
    return f"{side.own}を {was} → {reported:,} {row.currency} に変えてある。{side.other}は {was} のまま"


def plant(world: World, count: int, rng: random.Random) -> None:
    for number, side in enumerate(pick_sides(world, "R07", count, rng), start=1):
        row = side.row
        reported = _whole(row, row.tx_amount * rng.randint(62, 93) // 100)
        address, company, check = side.address, side.book.company.code, CHECK_OF[row.sheet]
        observed, expected = side.as_ruled(reported, row.tx_amount)
        side.report(world, reported)
        world.anomalies.append(
            Anomaly(
                root_id=root_id("R07", number),
                company=company,
                kind="R07",
                check_id=check.id,
                sheet=SHEETS[row.sheet],
                cell=address,
                expected_value=expected,
                observed=observed,
                severity=3 if side.yen > 10 * SMALLEST_YEN else 2,
                treatment="keep",
                accepted=[Symptom(company=code, check_ids=[check.id]) for code in (company, side.partner)],
                why=f"{_told(side, row, reported)}（差は許容差を超える）",
                as_ruled=side.places,
            )
        )


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    for number, side in enumerate(pick_sides(world, "R07-trap", count, rng), start=1):
        row = side.row
        if number % 2 == 0:
            reported = _whole(row, row.tx_amount * rng.randint(82, 92) // 100)
            side.report(world, reported, f"{IN_TRANSIT}：期末日前出荷分、翌月入庫")
            why = f"差額は許容差を超えるが、備考に「{IN_TRANSIT}」とある"
        else:
            allowed_yen = max(ABSOLUTE_YEN, side.yen * PERMILLE // 1000)
            gap = allowed_yen * row.tx_amount // side.yen * rng.randint(30, 60) // 100
            side.report(world, _whole(row, row.tx_amount - max(1, gap)))
            why = "差額は許容差の内である"
        checks = [check.id for check in CHECK_OF.values()]
        for code in (side.book.company.code, side.partner):
            world.traps.append(
                Trap(
                    trap_id=root_id("R07-trap", number),
                    kind="R07-trap",
                    company=code,
                    check_ids=checks,
                    why=f"{RULE_BY_LABEL[row.label].creditor_label}／{RULE_BY_LABEL[row.label].debtor_label}：{why}",
                )
            )


def plant_outside_traps(world: World, count: int, rng: random.Random) -> None:
    world.enough("R08-trap", count, len(world.with_outside_partner))
    for number, code in enumerate(world.with_outside_partner[:count], start=1):
        world.reserve(code, "R08-trap")
        world.traps.append(
            Trap(
                trap_id=root_id("R08-trap", number),
                kind="R08-trap",
                company=code,
                check_ids=[check.id for check in CHECK_OF.values()],
                why="相手が9999（グループ外）の明細で、照合の対象ではない",
            )
        )


KIND = Kind(
    id="R07",
    title="内部取引の不一致",
    treatment="keep",
    plant=plant,
    checks=(BALANCE_MATCH, TRADE_MATCH),
    trap_id="R07-trap",
    plant_traps=plant_traps,
    areas=areas(INTERCOMPANY),
    trap_areas=areas(INTERCOMPANY),
)
OUTSIDE_KIND = Kind(
    id="R08",
    title="グループ外の相手",
    treatment="none",
    plant=None,
    trap_id="R08-trap",
    plant_traps=plant_outside_traps,
)
