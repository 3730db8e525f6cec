"""Runs LibreOffice on books for the tests: a profile of its own that recalculates what it loads, no window.

And reads what formula cells hold, straight from the files: ten times as fast as a library that models the workbook.
"""

from __future__ import annotations

import posixpath
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from runner import child

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
SECONDS_PER_BOOK = 30  # on a busy machine
AT_A_TIME = 30  # books in one call: the program keeps more memory with each
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Formulas = dict[tuple[str, str], tuple[str, str, str]]  # (sheet, cell) -> formula, type of its value, value


def installed() -> bool:
    return shutil.which("soffice", path=child.SYSTEM_PATH) is not None


def recalculated(books: list[Path], folder: Path) -> list[Path]:
    """Copies of `books` as LibreOffice saves them after recalculating everything."""
    profile, out = folder / "profile", folder / "recalculated"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    for first in range(0, len(books), AT_A_TIME):
        _convert(books[first : first + AT_A_TIME], profile, out, folder)
    return [out / book.name for book in books]


def _convert(books: list[Path], profile: Path, out: Path, home: Path) -> None:
    argv = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    argv += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, books)]
    done = child.run(argv, env=child.clean_env(HOME=str(home)), timeout_s=60 + SECONDS_PER_BOOK * len(books))
    # LibreOffice gives 0 for a book it could not read, so the files decide.
    missing = [book.name for book in books if not (out / book.name).is_file()]
    assert not missing, (missing, done.returncode, done.stderr[-500:])


def sheet_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name for name, _ in _parts(archive)]


def formulas(path: Path) -> Formulas:
    """Every formula cell of a book; type "n" number, "str" text, "e" error, "b" truth."""
    found: Formulas = {}
    with zipfile.ZipFile(path) as archive:
        for name, part in _parts(archive):
            for cell in ElementTree.fromstring(archive.read(part)).iter(f"{MAIN}c"):
                formula = cell.find(f"{MAIN}f")
                if formula is not None:
                    value = cell.find(f"{MAIN}v")
                    text = (value.text or "") if value is not None else ""
                    found[(name, cell.attrib["r"])] = (formula.text or "", cell.get("t", "n"), text)
    return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, its part in the archive), in order."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.attrib["Id"]: item.attrib["Target"] for item in relations}
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        yield sheet.attrib["name"], posixpath.normpath(posixpath.join("xl", targets[sheet.attrib[RELATION]]))
