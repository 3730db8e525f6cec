"""N04: a form that moved (blank column A, header over two rows). N06: hidden rows. N07: a hidden old sheet.

Traps: a hidden helper row that belongs to no total, a veryHidden parameter sheet.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import details
from synthetic_pkg.edits import HiddenSheet
from synthetic_pkg.irregularities.base import Kind, areas, check, normalised, trap
from synthetic_pkg.layout import CURRENT, FIRST_ROW, SHEETS, cell, rows_by_code
from synthetic_pkg.world import Book, World

TABLES = ("03", "04", "08", "09")
HELPER_ROW = FIRST_ROW + 90  # below every account of sheet 03


def plant_moved(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N04", count, rng), start=1):
        if number % 2:
            book.edits.indented.update(TABLES)
            observed, meaning = "A列が空白", "B列から始まる"
        else:
            book.edits.split_headers.update(TABLES)
            observed, meaning = "見出しが2行（結合セル）", "7行目から明細"
        normalised(world, "N04", number, book, ("03", ""), observed, meaning)


def _balances(book: Book) -> list[str]:
    return [code for code in details("BS") if book.ledger.closing[code] > 0]


def plant_hidden_rows(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N06", count, rng), start=1):
        for code in rng.sample(_balances(book), 2):
            book.edits.hidden_rows.setdefault("03", set()).add(rows_by_code("03")[code])
            place = ("03", cell("03", code, CURRENT))
            normalised(world, "N06", number, book, place, "非表示の行", book.ledger.closing[code])


def plant_helper_rows(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N06-trap", count, rng), start=1):
        book.edits.extra[("03", f"B{HELPER_ROW}")] = "検算用"
        book.edits.extra[("03", f"{CURRENT}{HELPER_ROW}")] = book.ledger.closing["1101"]
        book.edits.hidden_rows.setdefault("03", set()).add(HELPER_ROW)
        why = "表の下の非表示の行は検算用で、コードがなく、どの合計にも入らない"
        trap(world, HIDDEN_ROWS, number, book.company.code, why, check_ids=[check("B04").id, check("B06").id])


def plant_old_sheets(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N07", count, rng), start=1):
        title = f"{SHEETS['03']}_旧版"
        book.edits.hidden_sheets.append(HiddenSheet(title, copy_of="03", percent=rng.randint(91, 97)))
        normalised(world, "N07", number, book, (title, ""), "非表示の旧版シート", "使わない")


def plant_parameters(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N07-trap", count, rng), start=1):
        rows = (("項目", "値"), ("様式番号", "2027-1"), ("端数処理", 1))
        book.edits.hidden_sheets.append(HiddenSheet("_param", very=True, rows=rows))
        why = "様式の設定値を置く非表示シートで、集計の対象ではない"
        trap(world, OLD_SHEETS, number, book.company.code, why, check_ids=[check("B06").id])


MOVED = Kind(
    id="N04", title="見出し位置の違い", treatment="normalise", plant=plant_moved, areas=areas("form")
)
HIDDEN_ROWS = Kind(
    id="N06",
    title="非表示の行",
    treatment="normalise",
    plant=plant_hidden_rows,
    trap_id="N06-trap",
    plant_traps=plant_helper_rows,
    areas=areas("form"),
    trap_areas=areas("form"),
)
OLD_SHEETS = Kind(
    id="N07",
    title="非表示の旧版シート",
    treatment="normalise",
    plant=plant_old_sheets,
    trap_id="N07-trap",
    plant_traps=plant_parameters,
    areas=areas("form"),
    trap_areas=areas("sheets"),
)
