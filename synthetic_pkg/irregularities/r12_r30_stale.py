"""R12: the statements of last period under a new cover, beside the dealings of this one.

R30: lines that are round and never move, as plugs are.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import accounts
from synthetic_pkg.irregularities.base import Kind, areas, check, natural_trap, report, trap
from synthetic_pkg.layout import CURRENT, cell, not_applicable
from synthetic_pkg.schedule_draws import draw_schedules, makers_of
from synthetic_pkg.world import Book, World

ROUND_YEN = 1_000_000  # 実額
PLUGS, ABSORBER = ("1109", "1110", "1403", "1406"), "1106"
LEAST = 3  # lines
SMALLEST = 900  # book units


def plant_stale(world: World, count: int, rng: random.Random) -> None:
    """Domestic books only: a stale figure cannot be moved off a rounding tie, and whole 千円 never lie on one."""
    picked = world.pick("R12", count, rng, lambda book: not book.company.overseas)
    for number, book in enumerate(picked, start=1):
        ledger, prior = book.ledger, book.prior
        ledger.opening, ledger.closing = dict(prior.opening), dict(prior.closing)
        ledger.pl, ledger.prior_pl = dict(prior.pl), dict(prior.prior_pl)
        ledger.quarter_pl = dict(prior.quarter_pl)
        ledger.dividend = 0  # what last year's changes in equity were is told by the archived figures alone
        _draw_schedules_anew(world, book, rng)
        book.excluded = True
        shown = [prior.closing, prior.pl]
        figures = sum(bool(value) for part in shown for value in part.values())
        why = "表紙と08・09は当期だが、03・04は前期PKGの金額のままで、当期の金額に更新されていない"
        report(world, STALE, number, book, ("03", ""), (figures, 0), why, severity=3)


def _draw_schedules_anew(world: World, book: Book, rng: random.Random) -> None:
    """The rest of the file is as old as its statements, and ties to them."""
    book.schedules = draw_schedules(
        book.company, book.ledger, book.rows, makers_of(world.company.values()), rng
    )
    for stock in book.schedules.unrealised:
        stock.margin_bp = world.company[stock.partner].margin_bp
    book.not_applicable = not_applicable(book.company, book.schedules)


def plant_dormant(world: World, count: int, rng: random.Random) -> None:
    dormant = [book for book in world.latest() if book.company.shape == "dormant"]
    world.enough("R12-trap", count, len(dormant))
    for number, book in enumerate(dormant[:count], start=1):
        trap(world, STALE, number, book.company.code, "休眠会社（売上高0）で、金額がほとんど動かない")


def _round_capital(world: World, book: Book) -> bool:
    capital = book.ledger.closing["3101"]
    return capital == book.ledger.opening["3101"] != 0 and capital * book.company.unit % ROUND_YEN == 0


def _can_be_plugged(book: Book) -> bool:
    lines = [code for code in PLUGS if min(book.ledger.opening[code], book.ledger.closing[code]) >= SMALLEST]
    room = min(book.ledger.opening[ABSORBER], book.ledger.closing[ABSORBER])
    moved = sum(max(book.ledger.opening[code], book.ledger.closing[code]) for code in PLUGS)
    return book.company.unit == 1000 and len(lines) >= LEAST and room > 2 * moved


def plant_plugs(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R30", count, rng, _can_be_plugged), start=1):
        ledger, step = book.ledger, ROUND_YEN // book.company.unit
        lines = [code for code in PLUGS if min(ledger.opening[code], ledger.closing[code]) >= SMALLEST]
        archived = [book.prior.closing]
        # In Q2 前期末 agrees with the archived book's 前期末, not with its 当期末
        if world.period.quarters > 1:
            archived.append(book.prior.opening)
        for code in lines:
            value = max(step, ledger.opening[code] // step * step)
            for amounts in (ledger.opening, ledger.closing, *archived):
                amounts[ABSORBER] += amounts[code] - value
                amounts[code] = value
        _show_stock(book)
        names = "、".join(accounts()[code].name for code in lines)
        place = ("03", cell("03", lines[0], CURRENT))
        why = f"{names} が百万単位の丸い金額のまま動いていない（概算の疑い）"
        report(world, PLUGGED, number, book, place, (len(lines), 0), why)


def _show_stock(book: Book) -> None:
    """Products of 05 as the balance sheet now shows them, at the same cost of sales."""
    made, ledger = book.schedules.manufacturing, book.ledger
    if made:
        before = made["MC60"] + made["MC62"]
        made["MC60"], made["MC62"] = ledger.opening[ABSORBER], -ledger.closing[ABSORBER]
        book.schedules.move_production_cost(before - made["MC60"] - made["MC62"])


STALE = Kind(
    id="R12",
    title="前期データのままの提出",
    treatment="exclude",
    plant=plant_stale,
    checks=(check("A06"),),
    trap_id="R12-trap",
    plant_traps=plant_dormant,
)
PLUGGED = Kind(
    id="R30",
    title="概算額の疑い",
    treatment="keep",
    plant=plant_plugs,
    checks=(check("F04"),),
    trap_id="R30-trap",
    plant_traps=natural_trap(
        "R30-trap", check("F04"), _round_capital, "資本金は丸い金額で動かないのが普通である"
    ),
    trap_areas=areas("statements"),
)
