"""Lets LibreOffice calculate tables whose formulas a script left without values; in a box of its own, bounded.

Takes .xlsx files that may be hostile, gives calculated copies: no network, a clean profile, nothing else to read.
Called by `rerun` and `grading` once the scripts have ended.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from xml.parsers import expat

from runner import child, sandbox
from runner.checks.safe_files import fold
from runner.checks.xlsx_parts import MAX_MEMBERS, Budget, UnpackedTooMuchError, Walk
from runner.folders import give_to, remove
from runner.gather import Bounds, gather
from runner.sandbox import GIB, MIB, Bind, Box, Limits
from runner.verdict import Calculation

OFFICE = "soffice"
CONFIGURATION = Path("/etc/libreoffice")
MISSING = (
    "表の数式に計算結果がなく、LibreOffice がないため計算できません。"
    "`sudo apt-get install libreoffice-calc` のあと、もう一度実行してください"
)
WALL_S = 90.0
MOST_TABLES = 20
LIMITS = Limits(
    cpu_s=120, memory_bytes=4 * GIB, processes=256, file_bytes=64 * MIB, temporary_bytes=256 * MIB
)
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""
START = (
    "mkdir -p /tmp/profile/user && cp /work/in/profile.xcu /tmp/profile/user/registrymodifications.xcu && "
    f"exec {OFFICE} -env:UserInstallation=file:///tmp/profile --headless --norestore "
    "--convert-to 'xlsx:Calc MS Excel 2007 XML' --outdir /work/out /work/in/*.xls?"
)
WORKBOOKS = (".xlsx", ".xlsm")


class _Formulas(Walk):
    """Whether a part has formulas, one whose cell says nothing, and the wish to be calculated on opening."""

    def __init__(self) -> None:
        super().__init__()
        self.formulas = self.without_value = self.on_load = False
        self._formula = self._value = self._reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._formula = self._value = False
        elif name == "f":
            self.formulas = self._formula = True
        elif name == "calcPr":
            self.on_load = self.on_load or attributes.get("fullCalcOnLoad") in ("1", "true")
        self._reading = name in ("v", "t")

    def end(self, name: str) -> None:
        self._reading = False
        if name == "c":
            self.without_value = self.without_value or (self._formula and not self._value)
            self._formula = False

    def text(self, data: str) -> None:
        if self._reading and not data.isspace():
            self._value = True


def needs_calculation(table: Path, budget: Budget | None = None) -> bool:
    """Whether formulas stand in the workbook without values, or with values that its writer says not to trust.

    A file that is no workbook, or a broken one, needs none: whoever reads it will say what it is.
    `budget` is shared by several tables; UnpackedTooMuchError when it is spent.
    """
    budget = budget or Budget()
    on_load = formulas = False
    try:
        with zipfile.ZipFile(table) as archive:
            for entry in archive.infolist()[:MAX_MEMBERS]:
                if not entry.filename.endswith(".xml"):
                    continue
                walk = _Formulas()
                walk.run(archive, entry.filename, budget)
                if walk.without_value:
                    return True
                formulas, on_load = formulas or walk.formulas, on_load or walk.on_load
    except UnpackedTooMuchError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError):
        return False
    except (NotImplementedError, RuntimeError, LookupError, OSError, ValueError):
        return False
    return formulas and on_load


def _tables(folder: Path) -> list[Path]:
    """The workbooks at the top of a folder, under every spelling of the extension that the checks read."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        path
        for path in found
        if fold(path.name).casefold().endswith(WORKBOOKS)
        and not path.name.startswith(("~$", "."))
        and path.is_file()
        and not path.is_symlink()
    )


def calculate(
    folder: Path, target: Path, scratch: Path, cancelled: Callable[[], bool] = lambda: False
) -> Calculation | None:
    """Calculated copies in `target` of the tables at the top of `folder` that need it; None when none does.

    What cannot be unpacked or read within its bounds is named and has no copy. Without LibreOffice nothing has one,
    and `missing` says so. Raises SandboxError.
    """
    wanted: dict[str, Path] = {}
    too_large: list[str] = []
    budget = Budget()
    for place, path in enumerate(_tables(folder)[:MOST_TABLES]):
        try:
            if needs_calculation(path, budget):
                wanted[f"{place}.xlsx"] = path
        except UnpackedTooMuchError:
            too_large.append(path.name)
    if not wanted:
        return Calculation(not_calculated=too_large) if too_large else None
    names = [*(path.name for path in wanted.values()), *too_large]
    if shutil.which(OFFICE, path=child.SYSTEM_PATH) is None:
        return Calculation(not_calculated=names, missing=MISSING)
    private = Path(mkdtemp(prefix="calculation-", dir=scratch))
    try:
        done = _run(private, wanted, cancelled)
        target.mkdir(parents=True, exist_ok=True)
        for number, path in wanted.items():
            if number in done:
                (private / "done" / number).replace(target / path.name)
    finally:
        remove(private)
    calculated = [path.name for number, path in wanted.items() if number in done]
    return Calculation(
        calculated=calculated, not_calculated=[name for name in names if name not in calculated]
    )


def _run(private: Path, tables: Mapping[str, Path], cancelled: Callable[[], bool]) -> list[str]:
    """Run LibreOffice on copies under plain names; the names that it wrote, brought out to `private`/done."""
    given, made, configuration = private / "in", private / "out", private / "etc"
    given.mkdir()
    made.mkdir()
    for number, path in tables.items():
        kind = next(kind for kind in WORKBOOKS if fold(path.name).casefold().endswith(kind))
        shutil.copyfile(path, given / f"{Path(number).stem}{kind}", follow_symlinks=False)
    (given / "profile.xcu").write_text(PROFILE, encoding="utf-8")
    binds = sandbox.etc(configuration)
    if CONFIGURATION.is_dir():
        (configuration / CONFIGURATION.name).mkdir(mode=0o755)
        binds.append(Bind(CONFIGURATION, str(CONFIGURATION)))
    host = sandbox.preflight()
    for folder in (given, made):
        give_to(folder, host.agent_uid)
    work = private / "work"
    for name in ("in", "out"):
        (work / name).mkdir(parents=True)
    give_to(work, host.agent_uid)
    box = Box(
        binds=[
            *binds,
            Bind(work, sandbox.WORK),
            Bind(given, f"{sandbox.WORK}/in"),
            Bind(made, f"{sandbox.WORK}/out", writable=True),
        ],
        environment={**sandbox.shell_environment(), "HOME": "/tmp"},
        limits=LIMITS,
    )
    # LibreOffice gives 0 for a book that it could not read, so the files decide.
    child.run(
        sandbox.command(box, ["/bin/sh", "-c", START], private / "box.args"),
        timeout_s=WALL_S,
        watch=cancelled,
        grace_s=0,
    )
    found = gather(made, private / "done", Bounds(files=MOST_TABLES, bytes_each=LIMITS.file_bytes))
    return [name for name in found.files if name in tables]
