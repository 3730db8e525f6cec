"""Checks on the work itself: deliverables, untouched input, scripts that rerun, output that its scripts made.

Part of `runner.verify_outputs`; each function takes folders or records and gives one `Check`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from runner.checks.input_listing import InputListing
from runner.checks.read_outputs import (
    ANOMALIES_FILE,
    MAX_FILE_BYTES,
    TOTALS_FILE,
    read_reported,
    read_totals,
)
from runner.checks.safe_files import OutputError, open_regular, show
from runner.verdict import Check, RerunEvidence, ScriptRun
from synthetic_pkg.manifest import Manifest

DATASET_NAMES = {"seen": "同じデータ", "heldout": "未公開データ"}
DATA_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".csv", ".tsv", ".ods"}
_LISTED = 5  # names written out in a message


def check_deliverables(work: Path, scripts: Sequence[str]) -> Check:
    """Every script and output stands in the work folder as a non-empty regular file."""
    wanted = [*scripts, f"output/{TOTALS_FILE}", f"output/{ANOMALIES_FILE}"]
    faults = [fault for name in wanted if (fault := _absence(work, name))]
    return Check(
        id="deliverables",
        title="成果物の有無",
        ok=not faults,
        compared=len(wanted),
        expected=f"{len(wanted)} 件",
        actual=f"{len(wanted) - len(faults)} 件",
        difference=f"{len(faults)} 件不足" if faults else "",
        detail="、".join(faults),
        where="work/",
    )


def _absence(work: Path, name: str) -> str:
    try:
        with open_regular(work, name, MAX_FILE_BYTES) as stream:
            return "" if stream.read(1) else f"{name} が空です"
    except OutputError as error:
        return str(error)


def check_input(listing: InputListing, manifest: Manifest) -> Check:
    """Every file of the manifest is there with its content, and no other workbook or table stands there."""
    present = {file.path: file.sha256 for file in listing.files}
    known = {file.path: file.sha256 for file in manifest.files}
    gone = sorted(path for path in known if path not in present)
    changed = sorted(path for path, digest in known.items() if path in present and present[path] != digest)
    added = sorted(path for path in present if path not in known and _is_data(path))
    faults = [
        f"{what} {len(paths)} 件: {'、'.join(show(path) for path in paths[:_LISTED])}"
        for what, paths in (("消えた", gone), ("書き換えられた", changed), ("追加された", added))
        if paths
    ]
    if not listing.complete:
        faults.append("ファイルが多すぎます")
    bad = len(gone) + len(changed) + len(added)
    return Check(
        id="input",
        title="入力の改変なし",
        ok=not faults,
        compared=len(known),
        expected=f"{len(known)} ファイル",
        actual=f"{len(known) - len(gone) - len(changed)} ファイルが一致",
        difference=f"{bad} ファイルが相違" if bad else "",
        detail=" / ".join(faults),
        where="work/input/",
    )


def _is_data(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in DATA_SUFFIXES


def check_rerun(label: str, evidence: RerunEvidence, scripts: Sequence[str], work: Path) -> Check:
    """Every script ended with exit code 0 within its limits when the kit ran it."""
    runs = {run.script: run for run in evidence.scripts}
    faults = [fault for name in scripts if (fault := _run_fault(name, runs.get(name)))]
    not_run = [name for name in scripts if name not in runs and not _absence(work, name)]
    return Check(
        id=f"{label}.rerun",
        title=f"再実行の成否（{DATASET_NAMES[label]}）",
        ok=not faults,
        compared=0 if not_run else len(scripts),
        expected="終了コード " + "、".join("0" for _ in scripts),
        actual="終了コード "
        + "、".join(_run_state(runs[name]) if name in runs else "実行なし" for name in scripts),
        difference=f"{len(faults)} 件失敗" if faults else "",
        detail=" / ".join(faults),
        where=f"rerun/{label}/{_first_complaint(evidence)}",
    )


def _first_complaint(evidence: RerunEvidence) -> str:
    """Name of the file with the error output of the first script that failed, if one did."""
    return next((run.stderr for run in evidence.scripts if run.stderr and run.exit_code != 0), "")


def _run_state(run: ScriptRun) -> str:
    if run.timed_out:
        return "時間切れ"
    if run.exit_code is None:
        return run.limit or "強制終了"
    return f"{run.exit_code}"


def _run_fault(name: str, run: ScriptRun | None) -> str:
    if run is None:
        return f"{name} がないため再実行できません"
    if run.timed_out:
        return f"{name} が {run.duration_s:.0f} 秒で終わりませんでした"
    if run.exit_code == 0:
        return ""
    last = run.stderr_tail.strip().splitlines()[-1:] or ["標準エラー出力なし"]
    return f"{name} が異常終了しました（{show(last[0], 100)}）"


def check_own_output(work: Path, rerun: Path) -> Check:
    """What the agent delivered is what its scripts make; other figures were written by hand."""
    parts = [
        _same_rows(
            TOTALS_FILE,
            lambda folder: Counter((row.key, row.amount) for row in read_totals(folder)),
            work,
            rerun,
        ),
        _same_rows(
            ANOMALIES_FILE, lambda folder: Counter(row.content for row in read_reported(folder)), work, rerun
        ),
    ]
    compared, equal = sum(part.compared for part in parts), sum(part.equal for part in parts)
    faults = [part.fault for part in parts if part.fault]
    return Check(
        id="own_output",
        title="再実行との一致",
        ok=not faults,
        compared=compared,
        expected=f"{compared:,} 件",
        actual=f"{equal:,} 件が一致",
        difference=f"{compared - equal:,} 件が相違" if faults else "",
        detail=" / ".join(faults),
        where="work/output/",
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """How many rows of one file were compared; a file that cannot be read counts as one that differs."""

    compared: int
    equal: int
    fault: str


def _same_rows(
    name: str, read: Callable[[Path], Counter[tuple[object, ...]]], work: Path, rerun: Path
) -> _Comparison:
    rows: list[Counter[tuple[object, ...]]] = []
    for owner, folder in (("提出物", work), ("再実行の結果", rerun)):
        try:
            rows.append(read(folder))
        except OutputError as error:
            return _Comparison(1, 0, f"{owner}が読めません（{error}）")
    own, made = rows
    if own == made:
        # an empty list on both sides still compares one thing: that nothing was reported
        return _Comparison(max(own.total(), 1), max(own.total(), 1), "")
    compared, equal = max(own.total(), made.total()), (own & made).total()
    fault = f"{name}: {compared - equal:,} 行がスクリプトの実行結果と異なります（手書きの疑い）"
    return _Comparison(compared, equal, fault)
