"""How mistakes point at the input: the cell of a book, a file, an item of 要領. Used by synthetic_pkg.mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from synthetic_pkg.layout import SHEETS
from synthetic_pkg.world import Book, World

LISTED = 3


def cell_of(company: str, sheet: str, address: str) -> str:
    """「PKG_0123 03_BS E27」; sheet may be a number or a name."""
    return " ".join(part for part in (f"PKG_{company}", SHEETS.get(sheet, sheet), address) if part)


def file_of(world: World, book: Book) -> str:
    return world.period.file_name(book.company.code, book.version)


def several(places: Sequence[str]) -> str:
    """The first few places, and how many more there are."""
    listed = "、".join(places[:LISTED])
    return f"{listed} ほか{len(places) - LISTED}か所" if len(places) > LISTED else listed


def rule(item: str) -> str:
    """An item of 要領's first sheet."""
    return f"連結決算要領「はじめに」{item}"


def table(name: str) -> str:
    """A sheet of 要領."""
    return f"連結決算要領「{name}」"
