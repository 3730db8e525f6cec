"""Which file in a folder is the table that was asked for, whatever its extension, width, case or normal form.

`find_table` takes the folder and the asked name, gives the name to open; for `runner.checks.tables` and for the
check that the deliverables are there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from runner.checks.safe_files import OutputError, fold, open_folder, show

TABLE_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")


def find_table(folder: Path, asked: str) -> str:
    """The file below `folder` that stands for `asked`, a relative path such as `output/集計結果.xlsx`.

    The asked extension comes first, then the one other table of the same name. Two files that only differ in
    case, width or normal form, and two tables of other extensions, are refused: nobody can tell which counts.
    Lock files (`~$…`) and hidden files are no tables. Raises OutputError.
    """
    parent, _, name = asked.rpartition("/")
    wanted = PurePosixPath(name)
    try:
        directory = open_folder(folder, parent)
    except FileNotFoundError as error:
        raise OutputError(f"{asked} がありません") from error
    except OSError as error:
        raise OutputError(f"{parent} は通常のフォルダではありません（{error.strerror}）") from error
    try:
        with os.scandir(directory) as entries:
            present = sorted(entry.name for entry in entries)
    finally:
        os.close(directory)
    by_suffix: dict[str, list[str]] = {}
    for entry in present:
        found = PurePosixPath(_same(entry))
        if found.stem == PurePosixPath(_same(name)).stem and found.suffix in TABLE_SUFFIXES:
            by_suffix.setdefault(found.suffix, []).append(entry)
    candidates = by_suffix.get(_same(wanted.suffix)) or [
        entry for suffix in TABLE_SUFFIXES for entry in by_suffix.get(suffix, [])
    ]
    if not candidates:
        raise OutputError(f"{asked} がありません{_unreadable(present, name)}")
    if len(candidates) > 1:
        listed = "、".join(show(entry, 40) for entry in candidates[:4])
        raise OutputError(
            f"{asked} に当たるファイルが {len(candidates)} 個あり、どれか決められません（{listed}）"
        )
    return f"{parent}/{candidates[0]}" if parent else candidates[0]


def _unreadable(present: Sequence[str], name: str) -> str:
    """What is said of a file of the asked name whose form is not read (.ods, .xls, .pdf); "" when there is none."""
    stem = PurePosixPath(_same(name)).stem
    others = [entry for entry in present if PurePosixPath(_same(entry)).stem == stem]
    if not others:
        return ""
    return f"（{show(others[0], 40)} の形式は読みません。{'・'.join(TABLE_SUFFIXES)} のどれかで出力してください）"


def _same(name: str) -> str:
    return fold(name).casefold()
