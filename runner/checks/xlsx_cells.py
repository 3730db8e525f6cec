"""Reads one sheet of an .xlsx file that may be hostile: bounded bytes, elements and depth, no entities.

The general readers cannot be used to judge: one shows `#REF!` as an empty text, the other shows a formula
that was never calculated and an empty cell alike. Here each cell says which it is. For `read_outputs`.
"""

from __future__ import annotations

import math
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal
from xml.parsers import expat

from runner.checks.safe_files import OutputError, fold, show

MAX_PART_BYTES = 48_000_000  # one unpacked part; 1,000 rows of a real answer unpack to about 200 kB
MAX_MEMBERS = 2_000
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 60
_CHUNK = 1 << 16

Kind = Literal["number", "text", "bool", "error", "uncalculated", "empty"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `number` carries int or float in `value`, the other kinds carry what was written as text."""

    kind: Kind
    value: int | float | str = ""
    formula: bool = False


Rows = dict[int, dict[int, Cell]]  # 1-based row → 1-based column → cell


def read_sheet(stream: BinaryIO, sheet: str, label: str) -> Rows:
    """The cells of the sheet named `sheet`; `label` names the file in messages. Raises OutputError."""
    try:
        with zipfile.ZipFile(stream) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise OutputError(f"{label} の中身が多すぎます（{len(archive.infolist()):,} 個）")
            return _read(archive, sheet, label)
    except zipfile.BadZipFile as error:
        raise OutputError(f"{label} は Excel ブック（.xlsx）として開けません") from error
    except KeyError as error:
        raise OutputError(f"{label} の中に必要な部品がありません（{show(str(error))}）") from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise OutputError(f"{label} の中の XML が壊れています（{show(str(error))}）") from error
    except (zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise OutputError(f"{label} を展開できません（{show(str(error))}）") from error


def _read(archive: zipfile.ZipFile, sheet: str, label: str) -> Rows:
    book = (
        _target(archive, "_rels/.rels", "", lambda kind: kind.endswith("/officeDocument"))
        or "xl/workbook.xml"
    )
    names = _sheet_names(archive, book)
    found = [relation for name, relation in names if fold(name) == fold(sheet)]
    if not found:
        listed = "、".join(show(name, 20) for name, _ in names[:8])
        raise OutputError(f"{label} に「{sheet}」シートがありません（あるシート: {listed}）")
    folder, base = posixpath.split(book)
    relations = _relations(archive, f"{folder}/_rels/{base}.rels", folder)
    shared_part = next((target for _, kind, target in relations if kind.endswith("/sharedStrings")), None)
    shared = _shared_strings(archive, shared_part) if shared_part else []
    part = next((target for key, _, target in relations if key == found[0]), None)
    if part is None:
        raise OutputError(f"{label} の「{sheet}」シートの中身がありません")
    return _cells(archive, part, shared)


class _Walk:
    """Drives expat over one part of the archive with every bound in place."""

    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text

    def run(self, archive: zipfile.ZipFile, part: str) -> None:
        total = 0
        if archive.getinfo(part).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError(f"{part} の圧縮方式は使えません")
        with archive.open(part) as member:
            while chunk := member.read(_CHUNK):
                total += len(chunk)
                if total > MAX_PART_BYTES:
                    raise ValueError(f"{part} は展開すると {MAX_PART_BYTES:,} バイトを超えます")
                self.parser.Parse(chunk, False)
        self.parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise ValueError("DOCTYPE は使えません")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise ValueError("要素が多すぎます")
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        """Most walks need no end tag."""

    def text(self, data: str) -> None:
        """Most walks need no text."""


class _Elements(_Walk):
    """Collects the attributes of the elements of one name."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> list[tuple[str, str, str]]:
    walk = _Elements("Relationship")
    walk.run(archive, part)
    inside = [row for row in walk.found if row.get("TargetMode") != "External"]
    return [
        (
            row.get("Id", ""),
            row.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, row.get("Target", "")))[1:],
        )
        for row in inside
    ]


def _target(archive: zipfile.ZipFile, part: str, folder: str, wanted: Callable[[str], bool]) -> str | None:
    return next((target for _, kind, target in _relations(archive, part, folder) if wanted(kind)), None)


def _sheet_names(archive: zipfile.ZipFile, book: str) -> list[tuple[str, str]]:
    walk = _Elements("sheet")
    walk.run(archive, book)
    return [(row.get("name", ""), row.get("id", "")) for row in walk.found]


class _SharedStrings(_Walk):
    """The table of texts; reading aids (rPh, furigana) are not part of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._phonetic = 0
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic += 1
        self._inside = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts))
        elif name == "rPh":
            self._phonetic -= 1
        self._inside = False

    def text(self, data: str) -> None:
        if self._inside:
            self._parts.append(data)


def _shared_strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    walk = _SharedStrings()
    walk.run(archive, part)
    return walk.texts


class _SheetCells(_Walk):
    """Collects the cells of one worksheet."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self.rows: Rows = {}
        self._shared = shared
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
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "c":
            self._row, self._column = _place(attributes.get("r"), self._row, self._column)
            self._kind = attributes.get("t", "n")
            self._open, self._formula, self._parts, self._phonetic = True, False, [], 0
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic += 1
        self._reading = name if name in {"v", "t"} and self._open and not self._phonetic else ""

    def end(self, name: str) -> None:
        self._reading = ""
        if name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            self._open = False
            cell = self._cell("".join(self._parts))
            if cell.kind != "empty":
                self.rows.setdefault(self._row, {})[self._column] = cell

    def text(self, data: str) -> None:
        if self._reading:
            self._parts.append(data)

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
        return _number(raw, self._formula)


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    if reference is None:
        return row, column + 1
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if match is None:
        raise ValueError(f"セル番地が不正です: {show(reference)}")
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), number


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


def _cells(archive: zipfile.ZipFile, part: str, shared: list[str]) -> Rows:
    walk = _SheetCells(shared)
    walk.run(archive, part)
    return walk.rows
