"""Reads one sheet of an .xlsx file that may be hostile; every bound stands in `runner.checks.xlsx_parts`.

The general readers cannot be used to judge: one shows `#REF!` as an empty text, the other shows a formula
that was never calculated and an empty cell alike. Here each cell says which it is. For `runner.checks.tables`.
"""

from __future__ import annotations

import math
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO, Literal
from xml.parsers import expat

from runner.checks.safe_files import OutputError, fold, show
from runner.checks.xlsx_parts import (
    MAX_MEMBERS,
    SheetName,
    Walk,
    display_formats,
    related,
    relations,
    shared_strings,
    sheet_names,
    workbook_part,
)

MAX_MERGED = 20_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet; what stands beyond is shown by no program

Kind = Literal["number", "text", "bool", "error", "uncalculated", "empty"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `number` carries int or float in `value`, the other kinds carry what was written as text."""

    kind: Kind
    value: int | float | str = ""
    formula: bool = False
    format: str = ""


Rows = dict[int, dict[int, Cell]]  # 1-based row → 1-based column → cell


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of merged cells, 1-based and inclusive; what it says stands in its first cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet, hidden rows and columns with them."""

    name: str
    rows: Rows
    merged: tuple[Merged, ...] = ()


def read_sheet(stream: BinaryIO, asked: str, label: str) -> Sheet:
    """The sheet named `asked`, else the only one that can be seen, else the only one called 〜結果 or 〜表.

    `label` names the file. Raises OutputError.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise OutputError(f"{label} の中身が多すぎます（{len(archive.infolist()):,} 個）")
            return _read(archive, asked, label)
    except zipfile.BadZipFile as error:
        raise OutputError(f"{label} は Excel ブック（.xlsx）として開けません") from error
    except KeyError as error:
        raise OutputError(f"{label} の中に必要な部品がありません（{show(str(error))}）") from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise OutputError(f"{label} の中の XML が壊れています（{show(str(error))}）") from error
    except (zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise OutputError(f"{label} を展開できません（{show(str(error))}）") from error


def _read(archive: zipfile.ZipFile, asked: str, label: str) -> Sheet:
    book = workbook_part(archive)
    chosen = _choose(sheet_names(archive, book), asked, label)
    folder, base = posixpath.split(book)
    found = relations(archive, f"{folder}/_rels/{base}.rels", folder)
    shared_part, styles_part = related(found, "sharedStrings"), related(found, "styles")
    part = next((target for key, _, target in found if key == chosen.relation), None)
    if part is None:
        raise OutputError(f"{label} の「{show(chosen.name, 20)}」シートの中身がありません")
    walk = _SheetCells(
        shared_strings(archive, shared_part) if shared_part else [],
        display_formats(archive, styles_part) if styles_part else [],
    )
    walk.run(archive, part)
    return Sheet(chosen.name, walk.rows, tuple(walk.merged))


def _choose(sheets: list[SheetName], asked: str, label: str) -> SheetName:
    """A sheet that nobody sees is not handed in: it neither stands for the asked one nor beside it."""
    named = [sheet for sheet in sheets if fold(sheet.name).casefold() == fold(asked).casefold()]
    if len(named) > 1:
        raise OutputError(f"{label} に「{asked}」シートが {len(named)} 枚あり、どれか決められません")
    if named and named[0].hidden:
        raise OutputError(f"{label} の「{asked}」シートが非表示になっています")
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if not named and len(visible) != 1:
        alike = [sheet for sheet in visible if fold(sheet.name) in {f"{asked}結果", f"{asked}表"}]
        if len(alike) == 1:
            return alike[0]
        listed = "、".join(show(sheet.name, 20) for sheet in sheets[:8])
        raise OutputError(
            f"{label} に「{asked}」シートがなく、見えるシートが {len(visible)} 枚で、どれか決められません"
            f"（あるシート: {listed}）"
        )
    return named[0] if named else visible[0]


class _SheetCells(Walk):
    """Collects the cells of one worksheet and which of them are merged."""

    def __init__(self, shared: list[str], formats: list[str]) -> None:
        super().__init__()
        self.rows: Rows = {}
        self.merged: list[Merged] = []
        self._shared = shared
        self._formats = formats
        self._format = ""
        self._row = 0
        self._column = 0
        self._kind = "n"
        self._open = False
        self._formula = False
        self._phonetic = 0
        self._reading = ""
        self._parts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _row_number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "c":
            self._row, self._column = _place(attributes.get("r"), self._row, self._column)
            self._kind = attributes.get("t", "n")
            style = int(attributes.get("s", "0"))
            self._format = self._formats[style] if 0 <= style < len(self._formats) else ""
            self._open, self._formula, self._parts, self._phonetic = True, False, [], 0
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        self._reading = name if name in {"v", "t"} and self._open and not self._phonetic else ""

    def end(self, name: str) -> None:
        self._reading = ""
        if name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            self._open = False
            cell = self._cell("".join(self._parts))
            if cell.kind != "empty":
                row = self.rows.setdefault(self._row, {})
                if self._column in row:
                    raise ValueError(f"{self._row} 行 {self._column} 列のセルが2回書かれています")
                row[self._column] = cell

    def text(self, data: str) -> None:
        if self._reading:
            self._parts.append(data)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _place(first, 0, 0)
        bottom, right = _place(last or first, 0, 0)
        self.merged.append(Merged(top, left, bottom, right))
        if len(self.merged) > MAX_MERGED:
            raise ValueError(f"結合セルが多すぎます（上限 {MAX_MERGED:,}）")

    def _cell(self, raw: str) -> Cell:
        if raw == "" and self._kind != "inlineStr":
            return Cell("uncalculated", "", True) if self._formula else Cell("empty")
        if self._kind == "s":
            if not re.fullmatch(r"[0-9]{1,9}", raw):
                raise ValueError(f"文字列の番号が不正です: {show(raw)}")
            return Cell("text", self._shared[int(raw)], self._formula)
        if self._kind in {"inlineStr", "str", "d"}:
            return Cell("text", raw, self._formula)
        if self._kind == "b":
            return Cell("bool", raw, self._formula)
        if self._kind == "e":
            return Cell("error", raw, self._formula)
        return replace(_number(raw, self._formula), format=self._format)


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    return (row, column + 1) if reference is None else _referenced(reference)


@lru_cache(maxsize=16_384)
def _referenced(reference: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if match is None:
        raise ValueError(f"セル番地が不正です: {show(reference)}")
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    if number > LAST_COLUMN:
        raise ValueError(f"セル番地が範囲の外です: {show(reference)}")
    return _row_number(match[2]), number


def _row_number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= LAST_ROW:
        raise ValueError(f"行番号が範囲の外です: {show(text)}")
    return int(text)


def _number(raw: str, formula: bool) -> Cell:
    text = raw.strip()
    if re.fullmatch(r"-?[0-9]{1,30}", text):
        return Cell("number", int(text), formula)
    if re.fullmatch(r"-?[0-9]{0,30}\.?[0-9]{0,30}([eE][-+]?[0-9]{1,3})?", text) and any(
        c.isdigit() for c in text
    ):
        number = float(text)
        return Cell("number", number, formula) if math.isfinite(number) else Cell("error", raw, formula)
    return Cell("text", raw, formula)
