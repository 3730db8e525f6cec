"""The steps of a course: what can be recorded anew, and how a person names it."""

from __future__ import annotations

import pytest

from runner.course import CourseError, steps_named, steps_of
from runner.scenario import find, load

SCENES = load(find("pkg_batch")).scenes
LABELS = [
    "提出されたPKGを確認",
    "エージェントを起動",
    "集計を依頼",
    "異常値検出を依頼",
    "要約を依頼",
    "出力ファイルを確認",
    "異常一覧を確認",
]


def labels(name: str) -> list[str]:
    steps = steps_of(SCENES)
    return [steps[at].label for at in sorted(steps_named(SCENES, name))]


def test_a_course_has_a_step_for_each_command_the_agents_start_and_each_prompt() -> None:
    steps = steps_of(SCENES)
    assert [step.label for step in steps] == LABELS
    assert [step.scene for step in steps] == [1, 2, 2, 2, 2, 3, 4]
    assert [step.turn for step in steps] == [None, None, 1, 2, 3, None, None]
    assert steps[0].typed.startswith("ls input") and steps[1].typed == "claude"


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("1", LABELS[:1]),
        ("2", LABELS[1:5]),
        ("エージェントを起動", LABELS[1:5]),
        ("異常値検出を依頼", LABELS[3:4]),
        ("4", LABELS[6:]),
        ("異常一覧を確認", LABELS[6:]),
    ],
)
def test_a_scene_is_named_by_number_or_marker_and_a_prompt_by_its_marker(
    name: str, chosen: list[str]
) -> None:
    assert labels(name) == chosen


@pytest.mark.parametrize("name", ["0", "5", "", "集計"])
def test_an_unknown_scene_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(
        CourseError, match=r"this scenario has: 1 提出されたPKGを確認, 2 エージェントを起動, .*集計を依頼"
    ):
        labels(name)
