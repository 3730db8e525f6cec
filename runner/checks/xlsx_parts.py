"""The parts of an .xlsx file that may be hostile: bounded bytes, elements and depth, no entities.

Sheet names, relations, the table of texts and the display formats; `runner.checks.xlsx_cells` reads the cells.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

from runner.checks.safe_files import show

MAX_PART_BYTES = 48_000_000  # one unpacked part; 1,000 rows of a real answer unpack to about 200 kB
MAX_MEMBERS = 2_000
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 60
_CHUNK = 1 << 20  # few of them: expat begins an unfinished token again with every chunk


class UnpackedTooMuchError(ValueError):
    """What was unpacked in all is beyond its bound; the message is Japanese and names the part."""


@dataclass
class Budget:
    """What may still be unpacked, of all files that share it."""

    bytes: int = 200_000_000
    elements: int = 4_000_000

    def spend(self, part: str, *, unpacked: int = 0, elements: int = 0) -> None:
        """Counts what `part` took. Raises UnpackedTooMuchError when nothing is left."""
        self.bytes -= unpacked
        self.elements -= elements
        if self.bytes < 0 or self.elements < 0:
            raise UnpackedTooMuchError(f"{show(part)} まで展開したところで上限を超えました")


class Walk:
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

    def run(self, archive: zipfile.ZipFile, part: str, budget: Budget | None = None) -> None:
        """Walk through one part; `budget` is what may be unpacked of this part and others."""
        budget = budget or Budget()
        total = 0
        if archive.getinfo(part).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError(f"{part} の圧縮方式は使えません")
        with archive.open(part) as member:
            while chunk := member.read(_CHUNK):
                total += len(chunk)
                counted = self.elements
                if total > MAX_PART_BYTES:
                    raise ValueError(f"{part} は展開すると {MAX_PART_BYTES:,} バイトを超えます")
                self.parser.Parse(chunk, False)
                budget.spend(part, unpacked=len(chunk), elements=self.elements - counted)
        self.parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise ValueError("DOCTYPE は使えません")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise ValueError("要素が多すぎます")
        self.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2] if ":" in name else name)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        """Most walks need no end tag."""

    def text(self, data: str) -> None:
        """Most walks need no text."""


class _Elements(Walk):
    """Collects the attributes of the elements of one name."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})


def relations(archive: zipfile.ZipFile, part: str, folder: str) -> list[tuple[str, str, str]]:
    """(id, kind, target part) of each relation that stays within the file."""
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


def workbook_part(archive: zipfile.ZipFile) -> str:
    """The part that lists the sheets."""
    found = (
        target for _, kind, target in relations(archive, "_rels/.rels", "") if _is(kind, "officeDocument")
    )
    return next(found, "xl/workbook.xml")


def _is(kind: str, name: str) -> bool:
    return kind.endswith("/" + name)


def related(found: list[tuple[str, str, str]], name: str) -> str | None:
    """The part of one kind, such as `sharedStrings`, among relations."""
    return next((target for _, kind, target in found if _is(kind, name)), None)


@dataclass(frozen=True, slots=True)
class SheetName:
    """One tab of a workbook; `relation` leads to its part."""

    name: str
    relation: str
    hidden: bool


def sheet_names(archive: zipfile.ZipFile, book: str) -> list[SheetName]:
    """The tabs in their order."""
    walk = _Elements("sheet")
    walk.run(archive, book)
    return [
        SheetName(row.get("name", ""), row.get("id", ""), row.get("state", "visible") != "visible")
        for row in walk.found
    ]


class _SharedStrings(Walk):
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


def shared_strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The table of texts that cells refer to by number."""
    walk = _SharedStrings()
    walk.run(archive, part)
    return walk.texts


_BUILT_IN_FORMATS = {
    **dict.fromkeys((9, 10), "0%"),
    **dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), "yyyy/m/d"),
    **dict.fromkeys((*range(18, 23), *range(45, 48)), "h:mm:ss"),
}


class _Styles(Walk):
    """Collects the number formats and, by style number, which one a cell has."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = dict(_BUILT_IN_FORMATS)
        self.style_formats: list[int] = []
        self._section = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"numFmts", "cellXfs", "cellStyleXfs", "dxfs"}:
            self._section = name
        elif name == "numFmt" and self._section == "numFmts":
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and self._section == "cellXfs":
            self.style_formats.append(int(attributes.get("numFmtId", "0")))


def display_formats(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The number format of each cell style, "" for the general one."""
    walk = _Styles()
    walk.run(archive, part)
    return [walk.codes.get(number, "") for number in walk.style_formats]
