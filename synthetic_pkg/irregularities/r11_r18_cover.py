"""R11: the wrong currency on the cover. R18: a required cell left blank, or 「N/A」 where a figure belongs.

Traps: an old abbreviation that 会社一覧 explains; a company without activity and without a head count.
"""

from __future__ import annotations

import random

from synthetic_pkg.irregularities.base import Kind, areas, check, line, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.schedules import Note
from synthetic_pkg.world import Book, World

CURRENCY_CELL, EMPLOYEES_CELL = ("00", "C8"), ("01", "C12")
REQUIRED = {"決算日": "C7", "提出日": "C12", "作成": "C13", "承認": "C14"}
ENTRY = {"決算日": "日付", "提出日": "日付", "作成": "氏名", "承認": "氏名"}  # what belongs there
AMOUNT = "金額"
# Lines to which only totals refer, which pass over a text
FREE_LINES = (
    "1102", "1103", "1105", "1109", "1110", "1113", "1403", "1404", "1406", "2101", "2102", "2108", "2110", "2111",
    "2114", "2206",
)  # fmt: skip
MOVEMENT = "F"
NOT_A_FIGURE = ("N/A", "未定")
OLD_LABELS = {"CNY": "RMB", "THB": "BHT", "IDR": "RP", "MXN": "MXP", "INR": "RS", "USD": "US$", "EUR": "EURO"}


def plant_currency(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R11", count, rng), start=1):
        own = book.company.currency
        wrong = rng.choice([c for c in ("USD", "EUR", "JPY") if c != own])
        book.edits.text[CURRENCY_CELL] = wrong
        why = f"表紙の報告通貨が {wrong}、会社一覧は {own}（金額は {own} で記入されている）"
        report(world, WRONG_CURRENCY, number, book, CURRENCY_CELL, (wrong, own), why)


def plant_old_labels(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R11-trap", count, rng, lambda book: book.company.currency in OLD_LABELS)
    for number, book in enumerate(picked, start=1):
        own = book.company.currency
        book.edits.text[CURRENCY_CELL] = OLD_LABELS[own]
        text = f"通貨略号を{OLD_LABELS[own]}から{own}へ変更"
        world.note(book.company.code, text)
        book.schedules.notes.append(Note("その他", "報告通貨の表示", f"{text}（表紙は旧略号のまま）"))
        why = f"表紙は旧略号 {OLD_LABELS[own]} だが、会社一覧の備考と16の注記に略号の変更とある"
        trap(world, WRONG_CURRENCY, number, book.company.code, why)


def _unused_lines(book: Book) -> list[str]:
    return [code for code in FREE_LINES if book.ledger.closing[code] == 0 == book.ledger.opening[code]]


def plant_blanks(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R18", count, rng, lambda book: bool(_unused_lines(book)))
    for number, book in enumerate(picked, start=1):
        if number % 2:
            label = rng.choice(sorted(REQUIRED))
            place, observed, entry = ("00", REQUIRED[label]), "", ENTRY[label]
            why = f"表紙の {label} が空白（{entry}の記入が必要）"
        else:
            code = rng.choice(_unused_lines(book))
            place, observed, entry = ("03", cell("03", code, CURRENT)), rng.choice(NOT_A_FIGURE), AMOUNT
            for sheet, column in (
                ("03", MOVEMENT),
                ("17", CURRENT),
            ):  # a text would make an error of these formulas
                book.edits.number[(sheet, cell(sheet, code, column))] = 0
            why = f"{line(code)} の当四半期末に「{observed}」とあり、金額がない"
        book.edits.text[place] = observed
        report(world, BLANK, number, book, place, (observed, f"値（{entry}）"), why, severity=1)


def plant_dormant(world: World, count: int, rng: random.Random) -> None:
    dormant = [book for book in world.latest() if book.company.shape == "dormant"]
    world.enough("R18-trap", count, len(dormant))
    for number, book in enumerate(dormant[:count], start=1):
        book.edits.text[EMPLOYEES_CELL] = ""
        trap(world, BLANK, number, book.company.code, "従業員数が空白だが、売上高が0の会社である")


WRONG_CURRENCY = Kind(
    id="R11",
    title="報告通貨の誤り",
    treatment="fix",
    plant=plant_currency,
    checks=(check("A07"),),
    trap_id="R11-trap",
    plant_traps=plant_old_labels,
    areas=areas("cover"),
    trap_areas=areas("cover"),
)
BLANK = Kind(
    id="R18",
    title="必須項目の未記入",
    treatment="keep",
    plant=plant_blanks,
    checks=(check("A08"),),
    trap_id="R18-trap",
    plant_traps=plant_dormant,
    areas=areas("cover", "statements"),
)
