"""What must be read is shown enlarged, as long as it takes to read; a story that gives it less is refused."""

from __future__ import annotations

import pytest

from runner.cast import Cast, Event, Header
from runner.studio.captions import READING_LIMIT, units
from runner.studio.editor import BudgetError, Edit, plan
from runner.studio.scenes import EditError
from runner.studio.storyboard import Story
from runner.studio.timeline import Clip, CloseUp
from tests.runner.studio.stories import FACTS, clips, story


def written(*texts: tuple[float, str], size: tuple[int, int] = (100, 30)) -> Cast:
    """A recording that writes each text at its time, with a marker 「始」 at 2 s and 「終」 at 20 s."""
    events = [Event(time_s, "o", text) for time_s, text in texts]
    events += [Event(2.0, "m", "始"), Event(20.0, "m", "終"), Event(21.0, "o", "end")]
    events.sort(key=lambda event: event.time_s)
    return Cast(Header(version=2, width=size[0], height=size[1]), tuple(events))


def one_scene(**fields: object) -> Story:
    return story({"chapter": "最初", "to": "終", **fields})


def test_a_screen_that_cannot_be_read_in_its_seconds_is_refused() -> None:
    cast = written((1.0, "x"), (1.9, "\x1b[2J\x1b[H" + "字" * 120))
    assert plan(cast, one_scene(must_read=[{"at": "始", "seconds": 20.2}]), FACTS, 90)
    assert plan(cast, one_scene(look_at=[{"at": "始", "seconds": 5}]), FACTS, 90)
    told_of = r"「最初」: `must_read` at marker 「始」: 120 characters are new on the screen, 5 s are enough for 30;"
    with pytest.raises(EditError, match=told_of):
        plan(cast, one_scene(must_read=[{"at": "始", "seconds": 5}]), FACTS, 90)


PAGE = "".join(f"行{number}\r\n" for number in range(20))
LINES = "\x1b[11;1H\x1b[K   └ 集計しました（提出値と修正後）。\x1b[12;1H\x1b[K    二行目"


def enlarged(edit: Edit) -> list[Clip]:
    return [clip for clip in clips(edit) if clip.close_up is not None]


def test_lines_to_be_read_are_shown_enlarged_as_long_as_they_take_to_read() -> None:
    cast = written((1.0, PAGE), (3.0, LINES), (12.0, "\x1b[14;1H別"))
    must = [{"at": "始", "seconds": 1, "read": {"text": "集計しました", "rows": 2}}]
    edit = plan(cast, one_scene(must_read=must), FACTS, 90)
    (clip,) = enlarged(edit)
    width = units("集計しました（提出値と修正後）。二行目")
    assert clip.start_s == 3.0 and clip.speed == 1.0, "from when they stand there whole"
    assert width / READING_LIMIT <= clip.duration_s < width / READING_LIMIT + 0.3
    assert clip.close_up == CloseUp(row=10, rows=2, column=0, columns=38, cell=32)
    assert any("読ませる行を拡大（×2.0" in note for note in edit.notes)


def test_a_close_up_goes_with_its_lines_when_the_screen_scrolls_and_stands_still_when_they_go() -> None:
    cast = written((1.0, PAGE), (2.0, LINES), (2.5, "\x1b[30;1H\n\n"), (3.5, "\x1b[2J"))
    must = [{"at": "始", "seconds": 4, "read": {"text": "集計しました"}}]
    edit = plan(cast, one_scene(must_read=must), FACTS, 90)
    assert [clip.close_up.row for clip in enlarged(edit) if clip.close_up] == [10, 8, 8]
    assert sum(clip.duration_s for clip in enlarged(edit)) == pytest.approx(4, abs=0.1)
    assert max(clip.end_s for clip in enlarged(edit)) < 3.5
    assert enlarged(edit)[-1].speed < 0.5


def test_lines_as_wide_as_the_screen_are_not_enlarged_and_a_part_of_them_is() -> None:
    cast = written((1.0, PAGE), (2.0, "\x1b[11;1H" + "字" * 20 + "千円" + "字" * 28))
    whole = [{"at": "始", "seconds": 9, "read": {"text": "字千円"}}]
    assert enlarged(plan(cast, one_scene(must_read=whole), FACTS, 90)) == []
    part = [{"at": "始", "seconds": 9, "read": {"text": "字", "to": "千円"}}]
    assert {
        clip.close_up.cell
        for clip in enlarged(plan(cast, one_scene(must_read=part), FACTS, 90))
        if clip.close_up
    } == {32}


def test_lines_that_run_into_each_other_are_not_enlarged_and_those_that_do_not_come_are_told() -> None:
    cast = written((1.0, PAGE), (2.0, LINES))
    first = {"at": "始", "seconds": 4, "read": {"text": "集計しました"}}
    edit = plan(cast, one_scene(must_read=[first], look_at=[{"at": "始", "seconds": 2}]), FACTS, 90)
    assert enlarged(edit) == [] and any("拡大せずに" in note for note in edit.notes)
    none = [{**first, "read": {"text": "出ない行"}}]
    edit = plan(cast, one_scene(must_read=none), FACTS, 90)
    assert any("読ませる行「出ない行」" in note and "省略" in note for note in edit.notes)


def test_a_budget_that_cannot_hold_the_lines_to_be_read_is_refused() -> None:
    cast = written((1.0, PAGE), (2.0, "\x1b[11;1H一" + "字" * 47 + "\r\n" + "字" * 48))
    must = [{"at": "始", "seconds": 1, "read": {"text": "一字", "rows": 2}}]
    with pytest.raises(BudgetError, match="what must be read"):
        plan(cast, one_scene(must_read=must, max_ramp=32), FACTS, 21)
    tight = plan(cast, one_scene(must_read=must, max_ramp=32), FACTS, 25)
    assert any("余裕があるとき" in note for note in tight.notes), "even then it stands as long as it takes"
    read = [clip for clip in clips(tight) if clip.start_s >= 2 and clip.speed <= 1]
    assert sum(clip.duration_s for clip in read) >= 95 / READING_LIMIT
