"""`swallow-demo cast`: the real command on recordings of this kit and of others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from runner.cast import MARKER, read_cast
from runner.studio.matching import leaks
from runner.studio.policy import load_policy
from runner.studio.replay import screen_at
from tests.runner.running import ROOT, called, cli

CURATED = ROOT / "recordings" / "pkg_batch" / "curated" / "session.cast"
KEY = "sk-ant-Zq8XwT71LmPfR02aKdUy55HcVbNe"
OTHERS = f"""{{"version": 3, "term": {{"cols": 40, "rows": 8, "type": "xterm-256color"}}, "title": "a demo"}}
# recorded elsewhere
[0.5, "o", "$ export KEY={KEY}\\r\\n"]
[1.5, "m", "the end"]
[9.0, "o", "done"]
[0.1, "x", "0"]
"""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "others.cast"
    path.write_text(OTHERS, encoding="utf-8")
    return path


def test_info_tells_what_a_recording_holds(recording: Path) -> None:
    shown = cli("cast", "info", str(recording))
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        "version   asciicast v3",
        "title     a demo",
        "size      40 columns x 8 rows",
        "duration  0:11.1 (11.100 s)",
        "events    2 output, 1 marker, 1 exit",
        "output    54 characters",
        "idle      95% (10.5 s in pauses of more than 1 s)",
        "markers   1",
        "     0:02.0  the end",
    ]


def test_cut_keeps_the_part_between_markers_and_the_screen_at_its_seam(tmp_path: Path) -> None:
    out = tmp_path / "part.cast"
    whole = read_cast(CURATED)
    start_s = dict((label, time_s) for time_s, label in whole.markers)["集計を依頼：完了"]
    end_s = int((start_s + whole.duration_s) / 2)
    end = f"{end_s // 60}:{end_s % 60:02}"
    done = cli("cast", "cut", str(CURATED), "--from", "集計を依頼：完了", "--to", end, "-o", str(out))
    assert (done.code, done.out, done.err) == (0, "", "")
    part = read_cast(out)
    assert part.duration_s == pytest.approx(end_s - start_s, abs=1e-5)
    assert screen_at(part, end_s - 5 - start_s).state() == screen_at(whole, end_s - 5).state()


def test_cut_takes_a_part_out_and_limits_pauses(tmp_path: Path) -> None:
    out = tmp_path / "rest.cast"
    whole, limit_s = read_cast(CURATED), 0.5
    start_s, end_s = (round(whole.duration_s * share, 1) for share in (0.1, 0.5))
    arguments = ["--from", str(start_s), "--to", str(end_s), "--remove", "--idle", str(limit_s)]
    assert cli("cast", "cut", str(CURATED), *arguments, "-o", str(out)).code == 0
    rest = read_cast(out)
    seen = {event.time_s for event in whole.events if event.kind != MARKER}
    times = [t for t in sorted({0.0, start_s, end_s, *seen}) if not start_s < t < end_s]
    pauses = [after - before for before, after in pairwise(times) if before != start_s]
    assert any(pause > limit_s for pause in pauses), "the recording has pauses to shorten"
    assert rest.duration_s == pytest.approx(sum(min(pause, limit_s) for pause in pauses), abs=1e-2)
    assert screen_at(rest, rest.duration_s).state() == screen_at(whole, whole.duration_s).state()


def test_redact_hides_what_lint_finds(recording: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(f"keys: [{KEY}]\n", encoding="utf-8")
    out = tmp_path / "safe.cast"
    found = called("cast", "lint", str(recording), "--policy", str(policy))
    assert (found.code, found.err) == (1, "")
    assert (
        sum("characters of the policy can be read; hide it: " in line for line in found.out.splitlines()) == 2
    )
    assert KEY[:8] not in found.out
    done = called("cast", "redact", str(recording), "--policy", str(policy), "-o", str(out))
    assert (done.code, done.out) == (0, f"{out}: 1 of 4 events told anew\n")
    assert leaks(screen_at(read_cast(out), 99).text(), load_policy(policy)) == []
    assert "policy" not in called("cast", "lint", str(out), "--policy", str(policy)).out


def test_a_sound_recording_has_no_findings() -> None:
    shown = called("cast", "lint", str(CURATED))
    assert (shown.code, shown.out, shown.err) == (0, "", "")


def test_advice_for_a_film_is_told_and_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "small.cast"
    path.write_text('{"version": 2, "width": 80, "height": 24}\n[1, "o", "a"]\n', encoding="utf-8")
    shown = called("cast", "lint", str(path))
    assert (shown.code, shown.err) == (0, "")
    assert [line.partition(";")[0] for line in shown.out.splitlines()] == [
        "advice: header: the terminal has 80 columns x 24 rows",
        "advice: the recording: has no markers",
    ]


def test_nothing_is_replaced_unless_it_is_said(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.cast"
    out.write_text("mine", encoding="utf-8")
    refused = called("cast", "cut", str(recording), "-o", str(out))
    assert refused.code == 2
    assert refused.err.strip().endswith(
        "out.cast: exists already; name another file, or replace it with --force"
    )
    assert out.read_text(encoding="utf-8") == "mine"
    assert called("cast", "cut", str(recording), "-o", str(out), "--force").code == 0
    assert read_cast(out).duration_s == pytest.approx(11.1)
    itself = called("cast", "cut", str(recording), "-o", str(recording), "--force")
    assert (itself.code, recording.read_text(encoding="utf-8")) == (2, OTHERS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["info", "none.cast"], "none.cast: the recording cannot be read: No such file", id="missing"
        ),
        pytest.param(
            ["lint", "old.cast"], "old.cast, line 1: this is asciicast v1; convert it first", id="v1"
        ),
        pytest.param(
            ["cut", "a.cast", "-o", "b", "--from", "x"], "--from x: no marker is so called", id="label"
        ),
        pytest.param(
            ["cut", "two.cast", "-o", "b", "--from", "印"],
            "2 markers are so called; give the time: 印@0:01.0, 印@0:02.0",
            id="two labels",
        ),
        pytest.param(
            ["cut", "a.cast", "-o", "b", "--from", "5", "--to", "1"], "the span 5.0 s to 1.0 s", id="span"
        ),
        pytest.param(
            ["cut", "a.cast", "-o", "b", "--from", "99"], "the span begins at 99 s, but", id="behind the end"
        ),
        pytest.param(
            ["redact", "a.cast", "-o", "b", "--policy", "p"], "p: the policy cannot be read", id="policy"
        ),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    (tmp_path / "a.cast").write_text(OTHERS, encoding="utf-8")
    two = '{"version": 2, "width": 80, "height": 24}\n[1, "m", "印"]\n[2, "m", "印"]\n[3, "m", "他"]\n'
    (tmp_path / "two.cast").write_text(two, encoding="utf-8")
    (tmp_path / "old.cast").write_text('{"version": 1, "stdout": []}', encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    refused = called("cast", *arguments)
    assert refused.code == 2
    assert message in refused.err
    assert len(refused.err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before
