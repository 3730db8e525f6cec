"""R08: only one side reports a dealing. R09: a company or partner code that is wrong. Trap: a renamed company."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Symptom
from synthetic_pkg.irregularities.base import Kind, areas, check, report, trap
from synthetic_pkg.irregularities.casting import INTERCOMPANY
from synthetic_pkg.irregularities.r07_mismatch import CHECK_OF, Side, pick_sides
from synthetic_pkg.world import World

CODE_CELL, NAME_CELL = ("00", "C4"), ("00", "C5")
OWN_CODE, PARTNER_CODE = check("A05"), check("C03")
UNKNOWN_CODES = (3000, 8999)  # no company has these in a group of up to LARGE companies
LARGE, UNKNOWN_IN_LARGE = 1500, (9100, 9998)  # nor these in any group


def _both(side: Side) -> list[Symptom]:
    checks = [CHECK_OF[side.row.sheet].id]
    return [Symptom(company=code, check_ids=checks) for code in (side.book.company.code, side.partner)]


def plant_one_sided(world: World, count: int, rng: random.Random) -> None:
    """The row is missing from one book; the other company still reports it."""
    for number, side in enumerate(pick_sides(world, "R08", count, rng), start=1):
        row, both = side.row, _both(side)
        book, found = side.book, CHECK_OF[side.row.sheet]
        amount = f"{row.tx_amount:,} {row.currency}"
        why = f"{side.own} {amount} の行を消してある。{side.other} {amount} だけが残る"
        values, places = side.as_ruled(0, row.tx_amount), side.places_left
        book.rows = [r for r in book.rows if r is not row]
        report(
            world, ONE_SIDED, number, book, (row.sheet, ""), values, why,
            check_=found, severity=3, also=both, as_ruled=places,
        )  # fmt: skip


def plant_wrong_codes(world: World, count: int, rng: random.Random) -> None:
    """By turns: a partner that 会社一覧 does not know, and a cover with another company's code."""
    sides = pick_sides(world, "R09", (count + 1) // 2, rng)
    for number, side in enumerate(sides, start=1):
        row, book, both = side.row, side.book, _both(side)
        wrong = str(rng.randint(*(UNKNOWN_CODES if len(world.companies) <= LARGE else UNKNOWN_IN_LARGE)))
        address = "A" + side.address[1:]
        book.edits.text[(row.sheet, address)] = wrong
        book.true_rows = [r for r in book.rows if r is not row]
        why = f"相手会社コード {wrong} は会社一覧にない（正しくは {side.partner}）"
        report(
            world, WRONG_CODE, number, book, (row.sheet, address), (wrong, side.partner), why,
            check_=PARTNER_CODE, also=both,
        )  # fmt: skip
    covers = world.pick("R09-cover", count // 2, rng)
    for number, book in enumerate(covers, start=len(sides) + 1):
        code = book.company.code
        wrong = next(c for c in (code[:2] + code[3] + code[2], f"{int(code) + 5000:04d}") if c != code)
        book.edits.text[CODE_CELL] = wrong
        why = f"表紙の会社コードが {wrong}、ファイル名は {code}"
        report(world, WRONG_CODE, number, book, CODE_CELL, (wrong, code), why, check_=OWN_CODE)


def plant_renamed(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R09-trap", count, rng), start=1):
        company = book.company
        old = company.name.replace("カクウ", "カクウ第一").replace("Kakuu ", "Kakuu First ")
        book.edits.text[NAME_CELL] = old
        world.note(company.code, f"旧社名：{old}（2026年4月1日商号変更）")
        trap(world, WRONG_CODE, number, company.code, "表紙は旧社名だが、会社一覧の備考に商号変更とある")


ONE_SIDED = Kind(
    id="R08",
    title="片側計上",
    treatment="keep",
    plant=plant_one_sided,
    checks=tuple(CHECK_OF.values()),
    areas=areas(INTERCOMPANY),
)
WRONG_CODE = Kind(
    id="R09",
    title="会社コード・相手会社コードの誤り",
    treatment="keep",
    plant=plant_wrong_codes,
    checks=(OWN_CODE, PARTNER_CODE),
    trap_id="R09-trap",
    plant_traps=plant_renamed,
    areas=areas(INTERCOMPANY),
    trap_areas=areas("cover"),
)
COVER_AREAS = {"R09-cover": areas("cover")}
