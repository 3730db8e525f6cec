"""What a missed kind or 検査番号 is called."""

from __future__ import annotations

import pytest

from runner.checks.group_names import group_name
from runner.verdict import Group


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (Group(by="check", name="C01", planted=4, found=0, false_alarms=0), "検査 C01（債権債務の不一致）"),
        (Group(by="check", name="X99", planted=4, found=0, false_alarms=0), "検査 X99"),
        (Group(by="kind", name="R07", planted=5, found=0, false_alarms=0), "内部取引の不一致（検査 C01）"),
        (Group(by="kind", name="X99", planted=5, found=0, false_alarms=0), "種類 X99"),
    ],
)
def test_a_group_is_named_in_the_manuals_words(samples, group: Group, name: str) -> None:
    root = samples.root(0).model_copy(update={"kind": "R07", "check_id": "C01"})
    assert group_name(group, [root]) == name
