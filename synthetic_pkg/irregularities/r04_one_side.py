"""R04: one side of an entry was dropped, so the balance sheet is out. Trap: off by one unit of rounding."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Anomaly, Symptom, Trap
from synthetic_pkg.chart import TOTAL_ASSETS, TOTAL_LIABILITIES_AND_NET_ASSETS, accounts, add_up
from synthetic_pkg.irregularities.base import Check, Kind, areas, money, root_id
from synthetic_pkg.layout import CURRENT, SHEETS, cell
from synthetic_pkg.world import Book, World

LINES = ("1108", "1110", "1113", "2108", "2114", "2112")  # never intercompany
SMALLEST = 200  # book units

BALANCE = Check(
    id="B01",
    title="貸借不一致",
    sheet=SHEETS["03"],
    rule="当四半期末の資産合計と負債純資産合計の差（絶対値）が許容差を超える（合計は明細科目から計算する）",
    tolerance="K1",
    treatment="採用：提出された金額のまま集計する",
    reported_value="資産合計（当四半期末）",
    expected_value="負債純資産合計（当四半期末）",
    cell="資産合計の当四半期末のセル",
    exceptions="差が許容差以内（端数処理によるもの）、債務超過",
)


def _large_enough(book: Book) -> list[str]:
    return [code for code in LINES if book.ledger.closing[code] >= SMALLEST * 3]


def plant(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R04", count, rng, lambda book: bool(_large_enough(book)))
    for number, book in enumerate(picked, start=1):
        closing, company = book.ledger.closing, book.company
        code = rng.choice(_large_enough(book))
        before = closing[code]
        dropped = max(SMALLEST, before * rng.randint(12, 45) // 100) + rng.randint(1, 9)
        closing[code] = before - dropped
        world.anomalies.append(
            Anomaly(
                root_id=root_id("R04", number),
                company=company.code,
                kind="R04",
                check_id=BALANCE.id,
                sheet=SHEETS["03"],
                cell=cell("03", code, CURRENT),
                expected_value=before,
                observed=closing[code],
                severity=3,
                treatment="keep",
                accepted=[Symptom(company=company.code, check_ids=[BALANCE.id])],
                why=f"{accounts()[code].name}の片側 {dropped:,} {company.unit_label} が落ち、貸借が不一致",
                as_ruled=_as_ruled(book),
            )
        )


def _as_ruled(book: Book) -> str:
    """B01 names the two totals, not the line that was changed."""
    totals = add_up("BS", book.ledger.closing)
    assets, others = (money(book, totals[c]) for c in (TOTAL_ASSETS, TOTAL_LIABILITIES_AND_NET_ASSETS))
    place = f"{SHEETS['03']} {cell('03', TOTAL_ASSETS, CURRENT)}"
    return f"{place}　報告値（資産合計）{assets}、期待値（負債純資産合計）{others}"


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R04-trap", count, rng), start=1):
        book.ledger.closing["1113"] += 1
        world.traps.append(
            Trap(
                trap_id=root_id("R04-trap", number),
                kind="R04-trap",
                company=book.company.code,
                check_ids=[BALANCE.id],
                why="貸借の差は1単位で、端数処理の許容差の内である",
            )
        )


KIND = Kind(
    id="R04",
    title="貸借不一致（片側計上）",
    treatment="keep",
    plant=plant,
    checks=(BALANCE,),
    trap_id="R04-trap",
    plant_traps=plant_traps,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
