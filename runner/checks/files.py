"""`files`: what must have been delivered is there, and what the agent cannot know turns up nowhere.

`present` names files of the work folder. `absent` (patterns of names) and `canaries` (texts planted where the
sandbox does not reach) are looked for in everything that the agent and the reruns left.
"""

from __future__ import annotations

import fnmatch
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from runner.checks.question import MAX_UNPACKED, Case, Question, RelativePath
from runner.checks.safe_files import OutputError, open_regular, show
from runner.checks.table_files import TABLE_SUFFIXES, find_table
from runner.checks.xlsx_parts import Budget, UnpackedTooMuchError
from runner.verdict import MOST_FINDINGS, Check, Finding

HELDOUT = "${HELDOUT}"
"""Stands for the name of the held-out dataset, which no sandbox of the agent ever holds."""
MAX_FILES = 3_000
MAX_BYTES = 20_000_000  # of one file, and of one unpacked part of a workbook
MAX_UNPACKED_EACH = 50_000_000  # of one workbook
ENCODINGS = ("utf-8", "utf-16-le", "cp932")
MIN_CANARY = 6  # shorter texts turn up by chance

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Canary = Annotated[str, StringConstraints(min_length=MIN_CANARY, max_length=200)]


class Files(Question):
    """At least one of the three is asked."""

    default_id: ClassVar[str] = "files"
    check: Literal["files"]
    present: list[RelativePath] = Field(default_factory=list, description="regular files, not empty")
    absent: list[Pattern] = Field(
        default_factory=list, description="patterns (`*`, `?`) of file names that may stand nowhere"
    )
    canaries: list[Canary] = Field(default_factory=list, description="texts that no file may hold")

    @model_validator(mode="after")
    def asks_something(self) -> Self:
        if not (self.present or self.absent or self.canaries):
            raise ValueError("asks for nothing: give present, absent or canaries")
        return self

    def judge(self, case: Case) -> list[Check]:
        checks = [self._present(case.work)] if self.present else []
        return [*checks, self._nowhere(case)] if self.absent or self.canaries else checks

    def asked_files(self) -> tuple[str, ...]:
        return tuple(self.present)

    def _present(self, work: Path) -> Check:
        absences = {name: fault for name in self.present if (fault := absence(work, name))}
        return Check(
            id=self.name,
            kind=self.check,
            title="成果物の有無",
            ok=not absences,
            compared=len(self.present),
            non_null=len(self.present),
            expected=f"{len(self.present)} 件",
            actual=f"{len(self.present) - len(absences)} 件",
            difference=f"{len(absences)} 件不足" if absences else "",
            findings=[
                Finding(item=name, expected="あり", actual=fault, where=f"work/{name}")
                for name, fault in list(absences.items())[:MOST_FINDINGS]
            ],
            detail="、".join(absences.values()),
            where="work/",
        )

    def _nowhere(self, case: Case) -> Check:
        searched, findings, unsearched = 0, [], ""
        for top, folder, canaries in self._places(case):
            for path in _regular_files(folder):
                searched += 1
                shown = f"{top}/{show(path.relative_to(folder).as_posix(), 100)}"
                findings += [
                    Finding(item=pattern, expected="ない", actual="ある", where=shown)
                    for pattern in self.absent
                    if fnmatch.fnmatchcase(path.name, pattern)
                ]
                if not canaries:
                    continue
                try:
                    if found := _held(path, canaries, case.unpacked):
                        findings.append(Finding(item=found, expected="含まない", actual="含む", where=shown))
                except _BookTooLargeError:
                    actual = f"展開すると {MAX_UNPACKED_EACH:,} バイトを超える"
                    findings.append(Finding(item="調べられないファイル", actual=actual, where=shown))
                except UnpackedTooMuchError:
                    unsearched = unsearched or shown
        asked = len(self.absent) + len(self.canaries)
        told = "、".join(f"{finding.where}（{finding.item}）" for finding in findings[:3])
        return Check(
            id=f"{self.name}.absent",
            kind=self.check,
            title="見えないはずの情報",
            ok=not findings and searched > 0,
            compared=asked,
            non_null=asked,
            expected="どこにもない",
            actual=f"{searched:,} ファイル中 {len(findings)} 件" if searched else "調べるファイルがない",
            difference=f"{len(findings)} 件" if findings else "",
            cause="エージェントに渡していない情報が成果物にあります" if findings else "",
            findings=findings[:MOST_FINDINGS],
            detail=told,
            where="work/、rerun/",
            limit=f"見えないはずの情報の検索: 展開 {MAX_UNPACKED:,} バイトの上限（{unsearched} 以降）"
            if unsearched
            else "",
        )

    def _places(self, case: Case) -> Iterator[tuple[str, Path, dict[str, str]]]:
        """(name, folder, canary → text) of all that was left; the held-out rerun may name its own dataset."""
        heldout = [rerun.answers.dataset_id for rerun in case.reruns if rerun.label == "heldout"]
        texts = {
            canary: canary.replace(HELDOUT, heldout[0]) if heldout else canary for canary in self.canaries
        }
        yield "work", case.work, texts
        for rerun in case.reruns:
            own = {c: text for c, text in texts.items() if rerun.label == "seen" or HELDOUT not in c}
            yield f"rerun/{rerun.label}/output", rerun.folder / "output", own


def absence(work: Path, name: str) -> str:
    """Why a file does not count as delivered, Japanese; "" when it does. A table may be in any clothes."""
    try:
        file = find_table(work, name) if name.endswith(TABLE_SUFFIXES) else name
        with open_regular(work, file, MAX_BYTES) as stream:
            return "" if stream.read(1) else f"{name} が空です"
    except OutputError as error:
        return str(error)


def _regular_files(folder: Path) -> Iterator[Path]:
    """Regular files below `folder` except its `input/`, in the order of their names; no link is followed."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders.sort()
        if Path(place) == folder and "input" in folders:
            folders.remove("input")
        for name in sorted(files):
            path = Path(place, name)
            if count >= MAX_FILES:
                return
            if stat.S_ISREG(path.lstat().st_mode):
                count += 1
                yield path


class _BookTooLargeError(Exception):
    """One workbook unpacks to more than anybody hands in."""


def _held(path: Path, canaries: dict[str, str], budget: Budget) -> str:
    """The first canary that the file holds, in any usual encoding, also inside the parts of a workbook."""
    wanted = {
        text.encode(encoding, "replace"): name for name, text in canaries.items() for encoding in ENCODINGS
    }
    for data in _parts(path, budget):
        for text, name in wanted.items():
            if text in data:
                return name
    return ""


def _parts(path: Path, budget: Budget) -> Iterator[bytes]:
    """The file, then what it unpacks to. Raises _BookTooLargeError, or UnpackedTooMuchError when all is spent."""
    own = 0
    with path.open("rb") as stream:
        yield stream.read(MAX_BYTES)
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist()[:MAX_FILES]:
                with archive.open(entry) as part:
                    data = part.read(MAX_BYTES)
                own += len(data)
                budget.spend(entry.filename, unpacked=len(data))
                yield data
                if own > MAX_UNPACKED_EACH:
                    raise _BookTooLargeError
    except UnpackedTooMuchError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError):
        return
    except (NotImplementedError, RuntimeError, OSError, ValueError):
        return  # no workbook, or a broken one: its bytes were searched as they are
