"""R20: retained earnings do not roll forward to the balance sheet. R21: sheet 06 has another net income than 04.

Trap: a change in accounting policy stands in its own row of 06, and in 前払費用 on the other side.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import NET_INCOME, RETAINED_EARNINGS, add_up
from synthetic_pkg.irregularities.base import Kind, areas, check, money, report, trap
from synthetic_pkg.layout import cell
from synthetic_pkg.schedules import Note
from synthetic_pkg.world import Book, World

RE_COLUMN = "E"
INCOME, OTHER, POLICY, CLOSING = "EQ20", "EQ50", "EQ15", "EQ90"
SMALLEST = 50  # book units, far above K1
PREPAID, PREPAID_PERCENT = "1110", (15, 30)  # an account without a schedule; what the policy changes of it
POLICY_TOPIC = "会計方針の変更"
POLICY_TEXT = (
    "短期前払費用（保険料・賃借料）の処理を、支払時の費用処理から期間按分に変更した。"
    "累積的影響額を利益剰余金に加算し（06のEQ15）、前払費用に計上した。"
    "なお、この影響額に係る税効果は、重要性が乏しいため計上していない"
)


def _amount(book: Book, rng: random.Random) -> int:
    return max(
        SMALLEST, abs(book.ledger.closing[RETAINED_EARNINGS]) * rng.randint(1, 4) // 100
    ) + rng.randint(1, 30)


def _add(book: Book, row: str, change: int) -> None:
    key = (row, RETAINED_EARNINGS)
    book.schedules.equity[key] = book.schedules.equity.get(key, 0) + change


def plant_roll_forward(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R20", count, rng), start=1):
        gap = _amount(book, rng)
        _add(book, OTHER, gap)
        closing = book.ledger.closing[RETAINED_EARNINGS]
        place = ("06", cell("06", CLOSING, RE_COLUMN))
        why = f"06の利益剰余金の期末 {money(book, closing + gap)} が、03の {money(book, closing)} と合わない"
        report(world, ROLL_FORWARD, number, book, place, (closing + gap, closing), why)


def plant_policy_changes(world: World, count: int, rng: random.Random) -> None:
    fits = lambda book: book.ledger.closing[PREPAID] >= SMALLEST * 10  # noqa: E731
    for number, book in enumerate(world.pick("R20-trap", count, rng, fits), start=1):
        closing = book.ledger.closing
        change = closing[PREPAID] * rng.randint(*PREPAID_PERCENT) // 100
        _add(book, POLICY, change)
        for code in (PREPAID, RETAINED_EARNINGS):
            closing[code] += change
        book.comments[("03", PREPAID)] = f"{POLICY_TOPIC}（16の注記を参照）"
        book.schedules.notes.append(Note("会計方針", POLICY_TOPIC, POLICY_TEXT, change))
        why = f"会計方針変更の累積的影響額 {money(book, change)} が行として示され、16に注記があり、期末は03と一致する"
        trap(world, ROLL_FORWARD, number, book.company.code, why)


def plant_net_income(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R21", count, rng), start=1):
        gap, income = _amount(book, rng), add_up("PL", book.ledger.pl)[NET_INCOME]
        place = ("06", cell("06", INCOME, RE_COLUMN))
        book.edits.number[place] = income + gap
        _add(book, OTHER, -gap)
        why = f"06の純利益 {money(book, income + gap)} が、04の四半期純利益 {money(book, income)} と合わない"
        report(world, NET_INCOME_GAP, number, book, place, (income + gap, income), why)


ROLL_FORWARD = Kind(
    id="R20",
    title="利益剰余金の増減不一致",
    treatment="keep",
    plant=plant_roll_forward,
    checks=(check("E01"),),
    trap_id="R20-trap",
    plant_traps=plant_policy_changes,
    areas=areas("equity"),
    trap_areas=areas("equity", "statements"),
)
NET_INCOME_GAP = Kind(
    id="R21",
    title="純利益の不一致",
    treatment="keep",
    plant=plant_net_income,
    checks=(check("E02"),),
    areas=areas("equity"),
)
