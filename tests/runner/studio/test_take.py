"""A take is opened whole or not at all: changed files and files that contradict each other are one clear line."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from runner.cast import read_cast, with_title, write_cast
from runner.record import PROVENANCE_LABELS
from runner.scenario import KIT_ROOT
from runner.studio.editor import cards
from runner.studio.facts import badge_of, facts_of, notice_of
from runner.studio.take import FactsError, open_take
from tests.runner.studio.stories import story

CURATED = KIT_ROOT / "recordings" / "pkg_batch" / "curated"
FILES = ("run.json", "verdict.json", "manifest.json", "session.cast", "cassette.jsonl")


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """The curated take without its large files."""
    for name in FILES:
        shutil.copy(CURATED / name, tmp_path / name)
    rewritten(tmp_path)
    return tmp_path


def rewritten(take: Path, **changes: Any) -> None:
    """run.json with other fields, and with the hashes of what stands there now: as a forger would write it."""
    run = json.loads((take / "run.json").read_text())
    names = [name for name in FILES[1:] if (take / name).is_file()]
    run["files"] = {name: hashlib.sha256((take / name).read_bytes()).hexdigest() for name in names}
    (take / "run.json").write_text(json.dumps(run | changes), encoding="utf-8")


def refused(take: Path) -> str:
    with pytest.raises(FactsError) as error:
        open_take(take)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_curated_take_is_whole() -> None:
    assert open_take(CURATED).run.provenance == "authored"


@pytest.mark.parametrize("name", ["verdict.json", "manifest.json", "session.cast", "cassette.jsonl"])
def test_a_file_changed_since_it_was_recorded_is_named(take: Path, name: str) -> None:
    (take / name).write_bytes((take / name).read_bytes() + b"\n")
    assert f"not as recorded (changed, gone or added: {name})" in refused(take)


def test_an_interrupted_take_and_one_without_a_verdict_are_refused(take: Path) -> None:
    rewritten(take, outcome="endpoint_error")
    assert "ended with `endpoint_error`" in refused(take)
    (take / "run.json").unlink()
    assert "no run.json: the take was interrupted" in refused(take)


def test_a_rehearsal_does_not_become_live_by_editing_the_record(take: Path) -> None:
    rewritten(take, provenance="live")
    said = refused(take)
    assert "its own endpoint is the rehearsal" in said
    assert "cassette.jsonl says `authored`" in said
    assert "the title of session.cast does not end with 【本番（モデルが応答）】" in said


def test_the_cassette_has_a_say_in_who_answered(take: Path) -> None:
    rewritten(take, provenance="live", endpoint="live")
    recorded = with_title(read_cast(take / "session.cast"), f"題【{PROVENANCE_LABELS['live']}】")
    write_cast(take / "session.cast", recorded)
    rewritten(take)
    assert "`live`, but cassette.jsonl says `authored`;" in refused(take)


def test_the_recordings_title_has_a_say_in_who_answered(take: Path) -> None:
    lines = (take / "cassette.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[0] = lines[0].replace('"authored"', '"replay"')
    (take / "cassette.jsonl").write_text("".join(lines), encoding="utf-8")
    rewritten(take, provenance="replay")
    assert "`replay`, but the title of session.cast does not end with 【再生" in refused(take)


def live(take: Path, first: int = 1, said: str = "live") -> None:
    """The take as if a model had answered: `said` stands in the cassette's lines from number `first` on."""
    lines = (take / "cassette.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [line.replace('"authored"', f'"{said}"') for line in lines[first - 1 :]]
    (take / "cassette.jsonl").write_text("".join([*lines[: first - 1], *changed]), encoding="utf-8")
    recorded = with_title(read_cast(take / "session.cast"), f"題【{PROVENANCE_LABELS['live']}】")
    write_cast(take / "session.cast", recorded)
    rewritten(take, provenance="live", endpoint="live", answered_by="gpt-oss-swallow:120b")


def test_a_live_take_whose_files_agree_is_opened_and_knows_where_the_model_answered(take: Path) -> None:
    live(take)
    opened = open_take(take)
    assert opened.run.provenance == "live"
    assert opened.answers.hosts == ("loopback",)
    assert badge_of(opened).startswith("本番　gpt-oss-swallow:120b　")
    assert badge_of(opened).endswith("　接続先：この端末")
    assert "gpt-oss-swallow:120bが応答した" in notice_of(opened)
    *_, closing = cards(story({"chapter": "集計"}), facts_of(opened))
    assert closing.lines[-1] == notice_of(opened)


def test_one_answer_of_the_rehearsal_makes_a_take_no_live_one(take: Path) -> None:
    live(take)
    lines = (take / "cassette.jsonl").read_text(encoding="utf-8")
    head, _, tail = lines.rpartition('"tap.provenance": "live"')
    (take / "cassette.jsonl").write_text(f'{head}"tap.provenance": "authored"{tail}', encoding="utf-8")
    rewritten(take)
    assert "answers in cassette.jsonl say `authored`" in refused(take)


def test_a_rehearsal_shows_no_model_no_date_and_no_host(take: Path) -> None:
    opened = open_take(take)
    for text in (badge_of(opened), notice_of(opened)):
        assert "接続先" not in text and "本番" not in text and "年" not in text


def test_a_take_in_which_nobody_answered_is_refused(take: Path) -> None:
    rewritten(take, provenance=None)
    assert "no endpoint answered" in refused(take)


@pytest.mark.parametrize("content", ["{}", "[]", "", "no JSON"])
def test_a_cassette_that_does_not_say_who_answered_is_refused(take: Path, content: str) -> None:
    (take / "cassette.jsonl").write_text(content)
    rewritten(take)
    assert "cassette.jsonl" in refused(take)


def test_record_and_verdict_must_tell_the_same_end(take: Path) -> None:
    rewritten(take, outcome="failed", cause="wrong")
    assert "run.json says `failed` (wrong), verdict.json says `passed`" in refused(take)
    rewritten(take, outcome="passed", cause="wrong")
    assert "run.json says `passed` (wrong), verdict.json says `passed`" in refused(take)


@pytest.mark.parametrize("content", ["{}", "[]", '{"files": [{}]}', "no JSON"])
def test_a_manifest_that_is_none_is_refused(take: Path, content: str) -> None:
    (take / "manifest.json").write_text(content)
    rewritten(take)
    assert "manifest.json: not a manifest of this version" in refused(take)


def test_a_start_that_is_no_time_is_refused(take: Path) -> None:
    rewritten(take, started_at="yesterday")
    assert "field `started_at`: not a time in ISO 8601: 'yesterday'" in refused(take)
