"""The stage check finds what changed on Claude Code's screen and is quiet where nothing did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from runner.cast import Cast, Event, read_cast, write_cast
from runner.record import read_run, write_run
from runner.stage_check import compared
from tests.runner.running import HELLO_SCENARIO, called, cli, run_scenario
from tests.runner.takes import recording


def drawn_over(cast: Cast, label: str, keys: str) -> Cast:
    """The recording with something more on the screen just before a marker."""
    (at,) = [number for number, event in enumerate(cast.events) if (event.kind, event.data) == ("m", label)]
    extra = Event(cast.events[at].time_s, "o", keys)
    return replace(cast, events=(*cast.events[:at], extra, *cast.events[at:]))


def test_scenes_are_compared_marker_by_marker() -> None:
    golden, _ = recording("same")
    now, _ = recording("same", 1.0)
    assert not any(check.changed for check in compared(golden, now))
    checks = compared(drawn_over(golden, "エージェントを起動", "\r\n新しい案内"), now)
    assert [(check.label, [c.row for c in check.changes]) for check in checks if check.changed] == [
        ("エージェントを起動", [2])
    ]


def test_a_scene_that_did_not_come_and_one_that_is_new_are_changes() -> None:
    cast, _ = recording("same")
    shorter = replace(cast, events=tuple(e for e in cast.events if (e.kind, e.data) != ("m", "挨拶を依頼")))
    assert [(c.label, c.now) for c in compared(cast, shorter) if c.changed] == [("挨拶を依頼", None)]
    assert [(c.label, c.golden) for c in compared(shorter, cast) if c.changed] == [("挨拶を依頼", None)]


@pytest.mark.parametrize("scenario", ["pkg_bath", "hello"], ids=["no scenario", "no curated take"])
def test_bad_input_is_one_line(scenario: str, tmp_path: Path) -> None:
    name = str(HELLO_SCENARIO) if scenario == "hello" else scenario
    finished = called("stage", "check", name, "--golden", str(tmp_path / "nowhere"))
    assert finished.code == 2 and len(finished.err.splitlines()) == 1, finished.err


@pytest.mark.long
def test_a_changed_golden_row_is_found_and_an_unchanged_replay_is_quiet(tmp_path: Path) -> None:
    take = run_scenario(HELLO_SCENARIO, tmp_path / "takes").take
    assert take is not None
    check = ("stage", "check", str(HELLO_SCENARIO), "--golden", str(take), "--out", str(tmp_path / "out"))
    quiet = cli(*check)
    assert quiet.code == 0 and "変化なし" in quiet.err, quiet.err
    assert not (tmp_path / "out").exists()

    cast = read_cast(take / "session.cast")
    write_cast(
        take / "session.cast", drawn_over(cast, "挨拶を依頼：完了", "\x1b7\x1b[2;1H以前の画面\x1b[K\x1b8")
    )
    tampered = cli(*check)
    assert tampered.code == 2 and "session.cast is not as it was recorded" in tampered.err

    write_run(take, read_run(take))
    found = cli(*check)
    assert found.code == 1, found.err
    assert "変化あり 「挨拶を依頼：完了」: 1行（2行目）" in found.err and "以前の画面" in found.err
    (picture,) = (tmp_path / "out").iterdir()
    with Image.open(picture) as image:
        assert image.width > 3000
