"""Rule G01 as a pure function: what is allowed, what is not, for any files and any intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.tap.guard import FoundFile, HookRow, Interval, intervals_of, is_watched, violations

KNOWN = "a" * 64
MANIFEST = frozenset({KNOWN})
NOW = 1_000

times = st.integers(0, NOW)
intervals = st.lists(st.builds(Interval, times, st.one_of(st.none(), times)), max_size=5)
hashes = st.sampled_from([KNOWN, "b" * 64, None])
files = st.lists(st.builds(FoundFile, st.sampled_from(["a.xlsx", "b.csv"]), times, st.integers(0, 3), hashes))
uids = st.one_of(st.none(), st.integers(0, 3))


def one(ctime_ns: int = 50, uid: int = 1, sha256: str | None = "b" * 64) -> list[FoundFile]:
    return [FoundFile("work/x.xlsx", ctime_ns, uid, sha256)]


@given(files, intervals, uids)
def test_a_file_of_the_manifest_is_never_blocked(
    found: list[FoundFile], ran: list[Interval], uid: int | None
) -> None:
    assert all(file.sha256 != KNOWN for file in violations(found, MANIFEST, ran, NOW, uid))


@given(files, uids)
def test_without_any_tool_use_only_the_manifest_counts(found: list[FoundFile], uid: int | None) -> None:
    assert violations(found, MANIFEST, [], NOW, uid) == [file for file in found if file.sha256 != KNOWN]


@given(files, intervals, uids)
def test_more_intervals_never_block_more_and_an_owner_never_blocks_less(
    found: list[FoundFile], ran: list[Interval], uid: int | None
) -> None:
    blocked = violations(found, MANIFEST, ran, NOW, uid)
    assert set(blocked) <= set(violations(found, MANIFEST, ran[:-1], NOW, uid))
    assert set(violations(found, MANIFEST, ran, NOW, None)) <= set(blocked)


@given(files, intervals, uids)
def test_every_file_that_passes_has_a_reason(
    found: list[FoundFile], ran: list[Interval], uid: int | None
) -> None:
    blocked = violations(found, MANIFEST, ran, NOW, uid)
    for file in found:
        if file not in blocked and file.sha256 != KNOWN:
            assert uid is None or file.uid == uid
            assert any(
                each.start_ns <= file.ctime_ns <= (NOW if each.end_ns is None else each.end_ns)
                for each in ran
            )


@pytest.mark.parametrize("ctime_ns", [40, 50, 60])
def test_a_file_of_the_agent_is_allowed_from_the_first_to_the_last_moment_of_its_tool(ctime_ns: int) -> None:
    assert violations(one(ctime_ns), MANIFEST, [Interval(40, 60)], NOW, None) == []


@pytest.mark.parametrize("ctime_ns", [39, 61])
def test_a_file_that_came_before_or_after_a_tool_is_blocked(ctime_ns: int) -> None:
    assert violations(one(ctime_ns), MANIFEST, [Interval(40, 60)], NOW, None) == one(ctime_ns)


def test_a_tool_that_still_runs_may_write_until_now_and_not_later() -> None:
    running = [Interval(40, None)]
    assert violations(one(NOW), MANIFEST, running, NOW, None) == []
    assert violations(one(NOW + 1), MANIFEST, running, NOW, None) == one(NOW + 1)


def test_somebody_elses_file_is_blocked_whatever_ran() -> None:
    assert violations(one(uid=0), MANIFEST, [Interval(0, None)], NOW, agent_uid=1) == one(uid=0)
    assert violations(one(uid=1), MANIFEST, [Interval(0, None)], NOW, agent_uid=1) == []


def row(event: str, time_ns: int, tool: str | None = "t1", denied: bool = False) -> HookRow:
    return HookRow(event, time_ns, tool, denied)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("PreToolUse", 10), row("PostToolUse", 20)], [Interval(10, 20)]),
        ([row("PostToolUse", 20), row("PreToolUse", 10)], [Interval(10, 20)]),
        ([row("PreToolUse", 10), row("PostToolUseFailure", 20)], [Interval(10, 20)]),
        ([row("PreToolUse", 10)], [Interval(10, None)]),
        ([row("PreToolUse", 10, denied=True)], []),
        ([row("PreToolUse", 10), row("Stop", 30, None)], [Interval(10, 30)]),
        ([row("PreToolUse", 10), row("StopFailure", 30, None), row("PostToolUse", 90)], [Interval(10, 30)]),
        (
            [row("PreToolUse", 10, "a"), row("PreToolUse", 11, "b"), row("PostToolUse", 12, "b")],
            [Interval(11, 12), Interval(10, None)],
        ),
        ([row("PostToolUse", 20), row("SessionStart", 1, None), row("PermissionRequest", 2, None)], []),
    ],
)
def test_intervals_follow_the_hook_journal(rows: list[HookRow], expected: list[Interval]) -> None:
    assert intervals_of(rows) == expected


@pytest.mark.parametrize(
    "name", ["a.xlsx", "A.XLSM", "b.Xls", "c.xlsb", "d.CSV", "e.tsv", "f.ods", "ｇ．ｘｌｓｘ", "売上.csv "]
)
def test_every_kind_of_table_is_watched(name: str) -> None:
    assert is_watched(name)


@pytest.mark.parametrize("name", ["a.py", "xlsx", "a.xlsx.py", "a.csvx", "notes.md"])
def test_other_files_are_not(name: str) -> None:
    assert not is_watched(name)
