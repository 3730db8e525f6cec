"""`inputs_unchanged`: `input/` is as it was handed out, by sha256, and no other workbook or table stands in it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import ClassVar, Literal

from runner.checks.input_listing import InputListing
from runner.checks.question import Case, Question
from runner.checks.safe_files import show
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.manifest import Manifest

DATA_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".csv", ".tsv", ".ods"}
_LISTED = 5  # names written out in a message


class InputsUnchanged(Question):
    """There is nothing to set: every file of the manifest is held against its hash."""

    default_id: ClassVar[str] = "input"
    check: Literal["inputs_unchanged"]

    def judge(self, case: Case) -> list[Check]:
        return [check_input(self.name, case.input_after, case.manifest)]


def check_input(name: str, listing: InputListing, manifest: Manifest) -> Check:
    """Every file of the manifest is there with its content, and no other workbook or table stands there."""
    present = {file.path: file.sha256 for file in listing.files}
    known = {file.path: file.sha256 for file in manifest.files}
    wrong = {
        "消えた": sorted(path for path in known if path not in present),
        "書き換えられた": sorted(
            path for path, digest in known.items() if path in present and present[path] != digest
        ),
        "追加された": sorted(path for path in present if path not in known and _is_data(path)),
    }
    faults = [
        f"{what} {len(paths)} 件: {'、'.join(show(path) for path in paths[:_LISTED])}"
        for what, paths in wrong.items()
        if paths
    ]
    if not listing.complete:
        faults.append("ファイルが多すぎます")
    same = len(known) - len(wrong["消えた"]) - len(wrong["書き換えられた"])
    findings = [
        Finding(item=show(path), expected="配布時のまま", actual=what, where=f"work/input/{show(path)}")
        for what, paths in wrong.items()
        for path in paths
    ]
    return Check(
        id=name,
        kind="inputs_unchanged",
        title="入力の改変なし",
        ok=not faults,
        compared=len(known),
        non_null=len(known),
        expected=f"{len(known)} ファイル",
        actual=f"{same} ファイルが一致",
        difference=f"{len(findings)} ファイルが相違" if findings else "",
        findings=findings[:MOST_FINDINGS],
        detail=" / ".join(faults),
        where="work/input/",
    )


def _is_data(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in DATA_SUFFIXES
