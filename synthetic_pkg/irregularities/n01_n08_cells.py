"""N01: figures as text. N05: other account names. N08: dates as text. All mean what the clean cell says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from synthetic_pkg.chart import accounts, aliases
from synthetic_pkg.irregularities.base import Kind, areas, check, normalised, trap
from synthetic_pkg.irregularities.n02_n03_notation import spots
from synthetic_pkg.layout import cell
from synthetic_pkg.world import World

FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")
NO_BREAK_SPACE = "\u00a0"
FIGURE_STYLES: tuple[Callable[[int], str], ...] = (
    lambda n: f"{n:,} ",
    lambda n: f"{n:,}".translate(FULL_WIDTH),
    lambda n: f"{NO_BREAK_SPACE}{n:,}{NO_BREAK_SPACE}",
    lambda n: f"{n:,}円",
    lambda n: f"￥{n:,}",
)
CELLS_PER_BOOK = 5
NAME_COLUMN = "B"
NAMES = {
    "1302": "ｿﾌﾄｳｴｱ",
    "1201": "建物及び\n構築物",
    "1203": "工具、器具\n及び備品",
    "1206": "建設仮勘定　",
    "2108": "未払 費用",
    "6106": "その他\n販売費及び一般管理費",
}
SAME_NAMES = {"2106": "リース債務", "2202": "リース債務"}
CLOSING_CELL = ("00", "C7")
EXCEL_EPOCH = date(1899, 12, 30)
DATE_STYLES: tuple[Callable[[date], str], ...] = (
    lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日",
    lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
    lambda d: str((d - EXCEL_EPOCH).days),
    lambda d: f"{d.year}/{d.month}/{d.day}",
)


def plant_figures(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N01", count, rng), start=1):
        styles = FIGURE_STYLES[: 5 if not book.company.overseas else 3]
        style = styles[number % len(styles)]
        for sheet, address, value in rng.sample(spots(book, lambda v: v > 0), CELLS_PER_BOOK):
            book.edits.text[(sheet, address)] = style(value)
            book.edits.pasted.add(sheet)
            normalised(world, "N01", number, book, (sheet, address), style(value), value)


def plant_names(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N05", count, rng), start=1):
        shown = {**NAMES, **{code: names[0] for code, names in aliases().items()}}
        for code in rng.sample(sorted(shown), CELLS_PER_BOOK):
            sheet = "03" if code < "4" else "04"
            place = (sheet, cell(sheet, code, NAME_COLUMN))
            book.edits.text[place] = shown[code]
            normalised(world, "N05", number, book, place, shown[code], accounts()[code].name)


def plant_same_names(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N05-trap", count, rng), start=1):
        for code, name in SAME_NAMES.items():
            book.edits.text[("03", cell("03", code, NAME_COLUMN))] = name
        why = "2106と2202がどちらも「リース債務」だが、コードの異なる別の科目である"
        trap(world, NAME_VARIANTS, number, book.company.code, why, check_ids=[check("B06").id])


def plant_dates(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N08", count, rng), start=1):
        closing = date(*world.period.closing[book.company.year_end])
        text = DATE_STYLES[number % len(DATE_STYLES)](closing)
        book.edits.text[CLOSING_CELL] = text
        normalised(world, "N08", number, book, CLOSING_CELL, text, closing.isoformat())


FIGURES = Kind(
    id="N01", title="数値の文字表記", treatment="normalise", plant=plant_figures, areas=areas("statements")
)
NAME_VARIANTS = Kind(
    id="N05",
    title="科目名の表記ゆれ",
    treatment="normalise",
    plant=plant_names,
    trap_id="N05-trap",
    plant_traps=plant_same_names,
    areas=areas("labels", "form"),  # its log gives addresses, so no other plant may add a row
    trap_areas=areas("labels"),
)
DATES = Kind(id="N08", title="日付の文字表記", treatment="normalise", plant=plant_dates, areas=areas("cover"))
