"""One scene anew, the good ones kept: what is composed shows what was recorded, and only what fits is composed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cast import parse_cast, read_cast
from runner.record import RunRecord, read_run, write_run
from runner.retake import RetakeError, compose, composed, planned, uneven_seams
from runner.studio.replay import screen_at
from runner.studio.screens import screens_at_markers
from tests.runner.running import Finished, cli, run_scenario
from tests.runner.takes import CLAUDE_CODE, COURSE, HELLO, recording, take_of

LABELS = [step.label for step in COURSE]
ANEW = st.frozensets(st.integers(0, len(COURSE) - 1), min_size=1)


@settings(deadline=None, max_examples=40)
@given(ANEW, st.floats(0.5, 5).map(lambda value: round(value, 3)))
def test_each_scene_shows_what_was_recorded_of_it_with_its_marker(
    anew: frozenset[int], step_s: float
) -> None:
    (old, old_scenes), (new, new_scenes) = recording("old"), recording("new", step_s)
    cast, scenes = composed(old, new, old_scenes, new_scenes, anew)
    assert [label for _, label in cast.markers] == LABELS
    for number, screen in enumerate(screens_at_markers(cast)):
        assert screen.text == f"{LABELS[number]} by {'new' if number in anew else 'old'}"
    assert [scene.take_id for scene in scenes] == ["new" if n in anew else "old" for n in range(len(COURSE))]


@settings(deadline=None, max_examples=40)
@given(ANEW, st.floats(0.5, 5).map(lambda value: round(value, 3)))
def test_its_scenes_last_as_long_as_they_did_and_follow_each_other(
    anew: frozenset[int], step_s: float
) -> None:
    (old, old_scenes), (new, new_scenes) = recording("old"), recording("new", step_s)
    cast, scenes = composed(old, new, old_scenes, new_scenes, anew)
    for number, scene in enumerate(scenes):
        source = (new_scenes if number in anew else old_scenes)[number]
        assert scene.end_s - scene.start_s == pytest.approx(source.end_s - source.start_s, abs=2e-5)
    assert [scene.start_s for scene in scenes[1:]] == pytest.approx([s.end_s for s in scenes[:-1]], abs=2e-5)
    assert cast.duration_s == pytest.approx(scenes[-1].end_s, abs=2e-5)


@settings(deadline=None, max_examples=40)
@given(ANEW, st.floats(0, 1))
def test_the_screen_at_any_instant_is_that_of_the_take_it_comes_from(anew: frozenset[int], at: float) -> None:
    (old, old_scenes), (new, new_scenes) = recording("old"), recording("new", 3.0)
    cast, scenes = composed(old, new, old_scenes, new_scenes, anew)
    for number, scene in enumerate(scenes):
        source, spans = (new, new_scenes) if number in anew else (old, old_scenes)
        offset_s = at * (scene.end_s - scene.start_s) * 0.99 + 1e-4
        shown = screen_at(cast, scene.start_s + offset_s)
        assert shown.text() == screen_at(source, spans[number].start_s + offset_s).text()


def test_a_seam_at_which_the_screen_jumps_is_noted_and_an_even_one_is_not() -> None:
    old, old_scenes = recording("same")
    even, even_scenes = recording("same", 3.0)
    jump, jump_scenes = recording("same", screen="さらに一行")
    assert uneven_seams(old, even, old_scenes, even_scenes, frozenset({1})) == []
    notes = uneven_seams(old, jump, old_scenes, jump_scenes, frozenset({1}))
    assert len(notes) == 2 and "「エージェントを起動」の前後で、画面の1行目" in notes[0]


@pytest.fixture
def old_take(tmp_path: Path) -> Path:
    take_of(tmp_path / "old", *recording("old"))
    return tmp_path / "old"


def test_a_fitting_take_is_planned_with_the_paces_of_its_steps(old_take: Path) -> None:
    retake = planned(HELLO, "3", old_take, CLAUDE_CODE)
    assert retake.paces(COURSE) == ("fast", "fast", "fast", "human")
    assert planned(HELLO, "エージェントを起動", old_take, CLAUDE_CODE).anew == {1, 2}


def changed(take: Path, **fields: Any) -> None:
    write_run(take, read_run(take).model_copy(update=fields))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda take: changed(take, provenance="live"), "two runs of a model do not fit together"),
        (lambda take: changed(take, scenario="pkg_batch"), "a take of the scenario pkg_batch, not of hello"),
        (lambda take: changed(take, versions={"claude_code": "2.1.250"}), "recorded on Claude Code 2.1.250, now it is"),
        (lambda take: changed(take, dataset_id="2027Q1-core-20-s1-0"), "made on the data 2027Q1-core-20-s1-0"),
        (lambda take: changed(take, held_out_dataset_id=None), "made on the data None"),
        (lambda take: changed(take, outcome="kit_error"), "ended with `kit_error`"),
        (lambda take: changed(take, mode="headless"), "has no recording"),
        (lambda take: changed(take, scenes=[]), "before takes knew where their scenes begin"),
        (lambda take: changed(take, scenes=read_run(take).scenes[:2]), "it has 2 scenes, the scenario now 4"),
        (
            lambda take: changed(
                take, scenes=[s.model_copy(update={"typed": "ls"}) for s in read_run(take).scenes]
            ),
            "scene '入力を確認' is not as it was recorded",
        ),
        (lambda take: (take / "work" / "hello.py").write_text("other"), "1 files are not as they were recorded"),
        (lambda take: (take / "run.json").unlink(), "no run.json"),
        (lambda take: (take / "run.json").write_text("{}"), "not a record of this version"),
    ],
)  # fmt: skip
def test_a_take_that_does_not_fit_is_refused_in_one_line(
    old_take: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(old_take)
    with pytest.raises(RetakeError, match=told) as refused:
        planned(HELLO, "3", old_take, CLAUDE_CODE)
    assert "\n" not in str(refused.value)


def test_a_changed_command_is_no_hindrance_when_its_own_scene_is_taken_anew(old_take: Path) -> None:
    scenes = read_run(old_take).scenes
    changed(old_take, scenes=[*scenes[:-1], scenes[-1].model_copy(update={"typed": "cat hello.py"})])
    assert planned(HELLO, "3", old_take, CLAUDE_CODE).anew == {3}


def test_an_unknown_scene_and_a_folder_that_is_not_there(old_take: Path, tmp_path: Path) -> None:
    with pytest.raises(
        RetakeError, match="this scenario has: 1 入力を確認, 2 エージェントを起動, 3 結果を確認, 挨拶を依頼"
    ):
        planned(HELLO, "7", old_take, CLAUDE_CODE)
    with pytest.raises(RetakeError, match="no folder of a take"):
        planned(HELLO, "3", tmp_path / "nowhere", CLAUDE_CODE)


def fresh_take(tmp_path: Path, **changes: Any) -> RunRecord:
    return take_of(tmp_path / "new", *recording("new", 1.0), **changes)


def test_the_fresh_take_holds_the_composed_recording_and_says_whence_each_scene_is(
    old_take: Path, tmp_path: Path
) -> None:
    run = fresh_take(tmp_path)
    compose(planned(HELLO, "3", old_take, CLAUDE_CODE), tmp_path / "new", run)
    assert [scene.take_id for scene in run.scenes] == ["old", "old", "old", "new"]
    cast = read_cast(tmp_path / "new" / "session.cast")
    assert cast.duration_s == pytest.approx(3 * 2.0 + 1.0, abs=1e-4)
    assert cast.header.title == "new"
    assert parse_cast((old_take / "session.cast").read_bytes(), "old") == recording("old")[0]


def test_other_scripts_of_the_agent_or_another_provenance_are_refused(old_take: Path, tmp_path: Path) -> None:
    retake = planned(HELLO, "3", old_take, CLAUDE_CODE)
    run = fresh_take(tmp_path)
    (tmp_path / "new" / "work" / "hello.py").write_text("print('other')\n")
    with pytest.raises(RetakeError, match=r"the agent wrote another work/hello\.py this time"):
        compose(retake, tmp_path / "new", run)
    with pytest.raises(RetakeError, match="record the whole take"):
        compose(retake, tmp_path / "new", run.model_copy(update={"provenance": "replay"}))


@pytest.mark.long
def test_the_real_agents_scene_is_recorded_anew_and_the_rest_is_kept(tmp_path: Path) -> None:
    first = run_scenario("tests/data/hello.yaml", tmp_path / "first")
    assert first.take is not None
    made = cli(
        "record", "tests/data/hello.yaml", "--retake", "挨拶を依頼", "--take", str(first.take),
        "--recordings", str(tmp_path / "second"),
    )  # fmt: skip
    assert made.code == first.code, made.err
    (take,) = (tmp_path / "second").glob("*/*")
    anew = Finished(made.code, made.out, made.err, made.wall_s, take).run
    ids = {scene.marker: scene.take_id for scene in anew.scenes}
    assert [label for label, take_id in ids.items() if take_id == take.name] == ["挨拶を依頼"]
    casts = [read_cast(folder / "session.cast") for folder in (first.take, take)]
    assert [label for _, label in casts[0].markers] == [label for _, label in casts[1].markers]
    texts = [[screen.text for screen in screens_at_markers(cast)] for cast in casts]
    assert texts[0] == texts[1], "the same course, so the same screens, kept or new"
    assert casts[1].duration_s > casts[0].duration_s + 3, "the new scene is typed like a person does"
    assert anew.notes == []
    assert "変更された" not in cli("verify", str(take)).out
