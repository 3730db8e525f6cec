"""Verifying a take again gives the same verdict.json, byte for byte, wherever and however that is done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.runner.running import ROOT, cli

TAKE = ROOT / "recordings" / "pkg_batch" / "curated"
ELSEWHERE = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC", "COLUMNS": "80"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "ja_JP.UTF-8", "TZ": "America/New_York", "COLUMNS": "300"},
)


def spoilt(folder: Path) -> Path:
    """The curated take with figures and rows of its rerun changed, so that the verdict has findings and causes."""
    take = folder / "別の場所 take"
    shutil.copytree(TAKE, take)
    for label in ("seen", "heldout"):
        report = take / "rerun" / label / "output" / "異常一覧.csv"
        lines = report.read_text(encoding="utf-8-sig").splitlines()
        report.write_text("\n".join([lines[0], *lines[9:], *lines[1:4]]) + "\n", encoding="utf-8-sig")
    shutil.copy(
        take / "rerun" / "heldout" / "output" / "集計結果.xlsx", take / "rerun" / "seen" / "output"
    )  # other figures
    (take / "work" / "cache").mkdir()
    for name in "zxy":
        (take / "work" / "cache" / f"{name}.pkl").write_bytes(b"")
    return take


@pytest.mark.parametrize("spoil", [False, True], ids=["as it was recorded", "spoilt"])
def test_the_same_verdict_byte_for_byte(tmp_path: Path, spoil: bool) -> None:
    take = spoilt(tmp_path) if spoil else TAKE
    said = []
    for number, environment in enumerate(ELSEWHERE):
        out = tmp_path / f"{number}.json"
        done = cli(
            "verify",
            str(take if number else Path(take).resolve()),
            "--json",
            str(out),
            env={**environment, "PYTHONPATH": str(ROOT)},
            cwd=ROOT if number else tmp_path,
        )
        assert done.code == (1 if spoil else 0), done.err
        said.append(out.read_bytes())
    assert said[0] == said[1]
    verdict = json.loads(said[0])
    assert verdict["outcome"] == ("failed" if spoil else "passed")
    assert bool([f for check in verdict["checks"] if not check["ok"] for f in check["findings"]]) == spoil
    assert str(tmp_path).encode() not in said[0] and str(ROOT).encode() not in said[0]


def test_a_take_recorded_before_checks_were_listed_is_judged_by_its_thresholds() -> None:
    from runner.record import RunRecord

    old = json.loads((TAKE / "run.json").read_text(encoding="utf-8"))
    old["checks"] = {"recall_min": 0.5, "precision_min": 0.6, "trap_alarms_max": 0.7}
    checks = RunRecord.model_validate(old).checks
    assert [check.check for check in checks] == [
        "files",
        "inputs_unchanged",
        "script_reruns",
        "totals",
        "set_match",
    ]
    limits = checks[-1].model_dump()
    assert (limits["recall_min"], limits["precision_min"], limits["trap_alarms_max"]) == (0.5, 0.6, 0.7)
