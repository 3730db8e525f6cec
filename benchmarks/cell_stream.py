"""What a book consists of as plain XlsxWriter calls, collected once and written again without any of our code.

The yardstick of benchmarks.dataset: the same cells, formats and pages, from lists, in one process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xlsxwriter

from synthetic_pkg import workbook
from synthetic_pkg.world import Book, World

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


@dataclass
class FormatNumber:
    """Stands for a format until there is a workbook to make it in."""

    number: int


class Recorder:
    """Keeps every call that is made on it, in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **named: self.calls.append((name, args, named))


@dataclass
class Stream:
    """One book: formats, sheets with their cells and their page calls, and calls on the workbook itself."""

    formats: list[dict[str, Any]] = field(default_factory=list)
    sheets: list[tuple[str, Recorder]] = field(default_factory=list)
    own: Recorder = field(default_factory=Recorder)
    cells: list[list[tuple[str, int, int, Any, int, Any]]] = field(default_factory=list)
    pages: list[list[Call]] = field(default_factory=list)

    def add_format(self, properties: dict[str, Any]) -> FormatNumber:
        self.formats.append(properties)
        return FormatNumber(len(self.formats) - 1)

    def add_worksheet(self, name: str, *_: Any) -> Recorder:
        self.sheets.append((name, Recorder()))
        return self.sheets[-1][1]

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        call: Callable[..., None] = getattr(self.own, name)
        return call

    def settle(self) -> None:
        """Sort the calls into cells and pages, so that writing them needs no more thought than a script's loop."""
        for _, sheet in self.sheets:
            cells, pages = [], []
            for name, args, named in sheet.calls:
                if name in ("write_number", "write_string", "write_blank", "write_formula", "write_datetime"):
                    row, column, content, look, *value = args
                    cells.append((name, row, column, content, look.number, value[0] if value else None))
                else:
                    pages.append((name, args, named))
            self.cells.append(cells)
            self.pages.append(pages)


def collect(books: list[Book], world: World) -> list[Stream]:
    """The calls that our renderer makes for each book."""
    streams: list[Stream] = []
    original = workbook.xlsxwriter

    def recording(*_: Any) -> Stream:
        streams.append(Stream())
        return streams[-1]

    workbook.xlsxwriter = SimpleNamespace(Workbook=recording)  # type: ignore[assignment]
    try:
        for book in books:
            workbook.render(book, world, "SYNTH-benchmark", Path("/dev/null"))
    finally:
        workbook.xlsxwriter = original
    for stream in streams:
        stream.settle()
    return streams


def write(stream: Stream, path: Path) -> None:
    """The book again, by XlsxWriter alone."""
    file = xlsxwriter.Workbook(str(path), {"in_memory": True})
    formats = [file.add_format(properties) for properties in stream.formats]
    for name, args, named in stream.own.calls[:-1]:  # the last one is close
        getattr(file, name)(*args, **named)
    for (title, _), cells, pages in zip(stream.sheets, stream.cells, stream.pages, strict=True):
        ws = file.add_worksheet(title)
        for kind, row, column, content, number, value in cells:
            if kind == "write_string":
                ws.write_string(row, column, content, formats[number])
            elif kind == "write_number":
                ws.write_number(row, column, content, formats[number])
            elif kind == "write_formula":
                ws.write_formula(row, column, content, formats[number], value)
            elif kind == "write_blank":
                ws.write_blank(row, column, None, formats[number])
            else:
                ws.write_datetime(row, column, content, formats[number])
        for name, args, named in pages:
            given = [formats[a.number] if isinstance(a, FormatNumber) else a for a in args]
            getattr(ws, name)(*given, **named)
    file.close()
