"""A story fits its budget: what must be read keeps its speed and its seconds, the rest gives way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runner import scenario
from runner.cast import Cast, read_cast
from runner.studio.captions import READING_LIMIT, ROUNDING_S, CaptionError, lint, units
from runner.studio.editor import BudgetError, plan
from runner.studio.facts import facts_of
from runner.studio.pace import FAST, OR_MORE
from runner.studio.scenes import EditError
from runner.studio.storyboard import Story
from runner.studio.take import FactsError, open_take
from runner.studio.timeline import Card, Clip
from tests.runner.studio.stories import FACTS, clips, story, told

CURATED = scenario.KIT_ROOT / "recordings" / "pkg_batch" / "curated"


def close(value: float, other: float) -> bool:
    return abs(value - other) < 1e-6


CARDS_S = 9.4  # of the small story: title, verdict, and the closing card with its sentence
THREE = [(10.0, "一"), (20.0, "二"), (30.0, "三")]
BUSY = [n / 2 for n in range(1, 70)]  # something new every half second


def three_scenes(**first: object) -> Story:
    return story(
        {"chapter": "最初", "to": "一", **first},
        {"chapter": "次", "to": "二"},
        {"chapter": "最後", "to": "三", "captions": [{"text": "子会社{companies}社を集計します"}]},
    )


def test_with_room_enough_the_film_runs_as_recorded() -> None:
    edit = plan(told(BUSY, THREE), three_scenes(), FACTS, 60)
    assert {clip.speed for clip in clips(edit)} == {1.0}
    assert edit.timeline.duration_s == pytest.approx(30 + CARDS_S, abs=0.1)
    assert [chapter.title for chapter in edit.timeline.chapters] == ["最初", "次", "最後", "検算"]


def test_a_smaller_budget_ramps_with_a_label_people_can_read() -> None:
    edit = plan(told(BUSY, THREE), three_scenes(), FACTS, 22)
    assert edit.timeline.duration_s <= 22
    ramped = [clip for clip in clips(edit) if clip.speed > 1]
    assert ramped and all(clip.label == f"×{clip.speed:g}" for clip in ramped)
    assert any("「最初」を×" in note for note in edit.notes)


def test_a_standstill_is_limited_before_anything_is_ramped() -> None:
    cast = told([1, 2, 3, 9, 10, 11, 12], [(12, "一")])
    edit = plan(cast, story({"chapter": "最初", "to": "一"}), FACTS, 60)
    fast = [clip for clip in clips(edit) if clip.speed > 1]
    assert [(clip.start_s, clip.end_s) for clip in fast] == [(3, 9)]
    assert close(fast[0].duration_s, 1.0) and fast[0].label == "時間短縮"
    assert "待ち時間を 5秒短縮" in edit.notes


def true_label(clip: Clip) -> bool:
    """Whether what stands on the screen while the clip plays is so."""
    if not clip.label.startswith("×"):
        return bool(clip.label) is (clip.speed > FAST)
    number = float(clip.label[1:].removesuffix(OR_MORE))
    return clip.speed >= number if clip.label.endswith(OR_MORE) else close(clip.speed, number)


@pytest.mark.parametrize("budget", [60, 30, 24, 22])
def test_the_speed_on_the_screen_is_true_also_where_a_short_wait_goes_faster(budget: float) -> None:
    pauses = [*range(0, 10, 2), *range(10, 20), *range(20, 30, 3)]
    edit = plan(told(pauses, THREE), three_scenes(), FACTS, budget)
    assert [clip for clip in clips(edit) if not true_label(clip)] == []
    labels = {clip.label for clip in clips(edit) if clip.speed > FAST}
    assert labels and (budget >= 30 or any(label.endswith(OR_MORE) for label in labels))


def test_a_spinner_is_a_standstill() -> None:
    cast = told([1, 2], [(12, "一")])
    spinning = [
        cast.events[0].__class__(2 + n / 4, "o", f"\r{'✻✶✳✢'[n % 4]} 考え中… ({n}s)") for n in range(1, 39)
    ]
    events = sorted([*cast.events, *spinning], key=lambda event: event.time_s)
    edit = plan(Cast(cast.header, tuple(events)), story({"chapter": "最初", "to": "一"}), FACTS, 60)
    assert edit.timeline.duration_s == pytest.approx(CARDS_S + 2 + 1, abs=0.1)


def test_what_must_be_read_runs_as_recorded_and_then_stands_still() -> None:
    must = [{"at": "一", "seconds": 4}]
    edit = plan(told(BUSY, THREE), three_scenes(must_read=must), FACTS, 20)
    still = [clip for clip in clips(edit) if clip.speed < 1]
    assert [clip.duration_s for clip in still[:1]] == [pytest.approx(4, abs=0.05)]
    assert still[0].start_s == 10.0 and still[0].label == ""


def test_what_must_be_read_until_it_goes_is_held_before_that() -> None:
    must = [
        {"at": {"screen": "line 9"}, "seconds": 4, "until": {"screen": "line 12"}}
    ]  # at 5.0 s and at 6.5 s
    edit = plan(told(BUSY, THREE), three_scenes(must_read=must), FACTS, 60)
    (still,) = [clip for clip in clips(edit) if clip.speed < 0.5]
    assert 6.4 < still.start_s < still.end_s < 6.5
    assert still.duration_s == pytest.approx(4 - (still.start_s - 5.0))


def test_a_caption_waits_for_its_text_on_the_screen() -> None:
    caption = {"text": "一行目が出ました", "at": {"screen": "line 9"}}
    edit = plan(told(BUSY, THREE), three_scenes(captions=[caption]), FACTS, 60)
    assert edit.timeline.captions[0].start_s == pytest.approx(2 + 5.0, abs=0.05)


def test_a_text_that_never_comes_costs_its_caption_and_says_so() -> None:
    caption = {"text": "出ない行です", "at": {"screen": "no such line"}}
    edit = plan(told(BUSY, THREE), three_scenes(captions=[caption]), FACTS, 60)
    assert len(edit.timeline.captions) == 1
    assert any("出ない行です" in note and "省略" in note for note in edit.notes)


def test_a_scene_too_short_for_its_captions_stands_still_at_its_end() -> None:
    long = {"text": "二十文字ほどある字幕は五秒のあいだ出しておく"}
    cast = told([1, 2], [(2, "一")])
    edit = plan(cast, story({"chapter": "最初", "to": "一", "captions": [long]}), FACTS, 60)
    (caption,) = edit.timeline.captions
    assert caption.end_s - caption.start_s >= units(long["text"]) / 4 - 0.002


def test_what_is_told_only_if_there_is_room_goes_first() -> None:
    extra = {"to": "二", "if_room": True, "look_at": [{"at": "二", "seconds": 9}]}
    one = story({"chapter": "最初", "to": "一"}, extra, {"chapter": "最後", "to": "三"})
    assert max(clip.end_s for clip in clips(plan(told(BUSY, THREE), one, FACTS, 60))) > 20
    tight = plan(told(BUSY, THREE), one, FACTS, 16)
    assert tight.timeline.duration_s <= 16 and any("余裕があるとき" in note for note in tight.notes)
    assert not any(11 < clip.start_s < 19 for clip in clips(tight))


def test_the_last_caption_stands_on_until_the_next_one_or_the_verdict() -> None:
    one = {"chapter": "最初", "to": "一", "captions": [{"text": "一つ目の字幕"}]}
    told_story = story(one, {"chapter": "次", "to": "二"}, {"chapter": "最後", "to": "三"})
    edit = plan(told(BUSY, THREE), told_story, FACTS, 60)
    (caption,) = edit.timeline.captions
    assert caption.end_s == pytest.approx(edit.timeline.chapters[-1].start_s, abs=0.001)


def test_a_scene_may_begin_shortly_before_its_marker() -> None:
    late = story(
        {"chapter": "最初", "from": {"marker": "一", "after_s": -0.3}, "to": "二"},
        {"chapter": "最後", "to": "三"},
    )
    assert clips(plan(told(BUSY, THREE), late, FACTS, 60))[0].start_s == pytest.approx(9.7)


def test_a_budget_with_room_to_spare_says_how_long_the_whole_story_is() -> None:
    assert any("39秒に収まる" in note for note in plan(told(BUSY, THREE), three_scenes(), FACTS, 600).notes)
    assert not any("収まる" in note for note in plan(told(BUSY, THREE), three_scenes(), FACTS, 22).notes)


def test_a_film_is_called_short_by_the_seconds_that_are_announced() -> None:
    def short(length: float) -> bool:
        cast = told([n / 2 for n in range(1, 200)], [(length - CARDS_S, "一")])
        edit = plan(cast, story({"chapter": "最初", "to": "一"}), FACTS, 90)
        assert edit.timeline.duration_s == pytest.approx(length, abs=0.06)
        return any("60秒より短い" in note for note in edit.notes)

    assert not short(59.7) and short(58)


def test_the_cards_say_where_the_take_comes_from() -> None:
    edit = plan(told(BUSY, THREE), three_scenes(), FACTS, 60)
    first, last = edit.timeline.items[0], edit.timeline.items[-1]
    assert isinstance(first, Card) and isinstance(last, Card)
    judged = edit.timeline.items[-2]
    assert isinstance(judged, Card) and judged.judgement == "good"
    failed = plan(told(BUSY, THREE), three_scenes(), replace(FACTS, passed=False), 60).timeline.items[-2]
    assert isinstance(failed, Card) and failed.judgement == "bad"
    assert edit.timeline.badge == FACTS.badge and last.lines[-1] == FACTS.notice


def test_a_budget_that_cannot_hold_the_must_reads_names_the_least_that_can() -> None:
    must = [{"at": "一", "seconds": 30}]
    with pytest.raises(BudgetError, match="give --budget") as refused:
        plan(told(BUSY, THREE), three_scenes(must_read=must), FACTS, 20)
    least = float(str(refused.value).split("--budget ")[1].split()[0])
    assert plan(told(BUSY, THREE), three_scenes(must_read=must), FACTS, least).timeline.duration_s <= least
    with pytest.raises(BudgetError):
        plan(told(BUSY, THREE), three_scenes(must_read=must), FACTS, least - 1)


def test_a_marker_that_the_take_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(
        EditError, match=r"story.scenes.0 「最初」: `to`: the take has no marker 「無」.*「一」、「二」"
    ):
        plan(told(BUSY, THREE), story({"chapter": "最初", "to": "無"}), FACTS, 60)


def test_scenes_in_another_order_than_the_take_are_refused() -> None:
    backwards = story({"chapter": "最初", "to": "二"}, {"chapter": "次", "to": "一"})
    with pytest.raises(EditError, match="put the scenes in the order of the take"):
        plan(told(BUSY, THREE), backwards, FACTS, 60)


def test_a_recording_without_markers_or_cut_short_is_refused() -> None:
    with pytest.raises(EditError, match="no markers"):
        plan(told(BUSY, []), three_scenes(), FACTS, 60)
    cast = told(BUSY, THREE)
    with pytest.raises(EditError, match="cut short"):
        plan(Cast(cast.header, cast.events, truncated="line 9"), three_scenes(), FACTS, 60)


def test_a_placeholder_without_a_figure_and_a_caption_without_end_are_refused() -> None:
    for text, error in (("{listed}件", FactsError), ("{figure}件", FactsError), ("字" * 80, CaptionError)):
        with pytest.raises(error):
            plan(told(BUSY, THREE), three_scenes(captions=[{"text": text}]), FACTS, 60)


@st.composite
def takes(draw: st.DrawFn) -> tuple[Cast, Story, float]:
    """A recording of a few scenes with pauses of all lengths, a story over it, a budget."""
    gaps = draw(st.lists(st.floats(0.01, 12), min_size=8, max_size=40))
    times = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    count = draw(st.integers(1, 4))
    ends = [times[(n + 1) * len(times) // count - 1] for n in range(count)]
    scenes = []
    for number in range(count):
        begin = ends[number - 1] if number else 0.0
        inside = st.floats(0, max(0.0, ends[number] - begin - 0.2))
        must = [
            {
                "at": {"marker": f"m{number - 1}", "after_s": after} if number else {"marker": "m0"},
                "seconds": seconds,
            }
            for after, seconds in draw(st.lists(st.tuples(inside, st.floats(0.5, 6)), max_size=3))
        ]
        captions = draw(st.lists(st.integers(1, 40), max_size=2))
        scenes.append(
            {
                "chapter": f"場面{'一二三四'[number]}",
                "to": f"m{number}",
                "max_ramp": draw(st.sampled_from([1, 2, 4, 8])),
                "look_at": must,
                "captions": [{"text": "字" * length} for length in captions],
                "if_room": draw(st.booleans()),
            }
        )
    cast = told(times, [(time, f"m{number}") for number, time in enumerate(ends)])
    return cast, story(*scenes), draw(st.floats(15, 150))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(takes())
def test_whatever_the_take_the_film_keeps_its_promises(take: tuple[Cast, Story, float]) -> None:
    cast, told_story, budget = take
    try:
        edit = plan(cast, told_story, FACTS, budget)
    except BudgetError:
        assume(False)
    assert edit == plan(cast, told_story, FACTS, budget)
    timeline, cut = edit.timeline, clips(edit)
    assert timeline.duration_s <= budget + 1e-6
    assert all(0 <= clip.start_s < clip.end_s <= cast.duration_s for clip in cut)
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(cut))
    wanted = [*(scene.chapter for scene in told_story.scenes), "検算"]
    assert [chapter.title for chapter in timeline.chapters] == wanted
    assert {chapter.start_s for chapter in timeline.chapters} <= {start for start, _ in timeline.starts()}
    assert lint(timeline.captions) == []
    assert all(caption.end_s <= timeline.duration_s for caption in timeline.captions)
    markers = {label: time for time, label in cast.markers}
    whole = not any("余裕があるとき" in note for note in edit.notes)
    for scene in told_story.scenes if whole else ():
        for span in scene.look_at:
            at = markers[str(span.at.marker)] + span.at.after_s
            shown = [
                clip for clip in cut if clip.start_s < at + span.seconds - 1e-6 and clip.end_s > at + 1e-6
            ]
            within = [clip for clip in shown if clip.end_s <= markers[str(scene.end and scene.end.marker)]]
            assert all(clip.speed <= 1 + 1e-9 or clip.start_s >= at for clip in within)


@pytest.fixture(scope="module")
def curated() -> tuple[Cast, Story]:
    told_story = scenario.load(scenario.find("pkg_batch")).story
    assert told_story is not None
    return read_cast(CURATED / "session.cast"), told_story


@pytest.mark.parametrize("budget", [60, 75, 90, 120])
def test_the_default_story_fits_one_to_two_minutes(curated: tuple[Cast, Story], budget: float) -> None:
    cast, told_story = curated
    edit = plan(cast, told_story, facts_of(open_take(CURATED)), budget)
    whole = any("上限までは延ばしません" in note for note in edit.notes)
    assert edit.timeline.duration_s <= budget and (whole or edit.timeline.duration_s >= budget - 2)
    titles = [chapter.title for chapter in edit.timeline.chapters]
    assert titles == ["90社のPKG", "指示を入力", "スクリプト自動生成", "実行・集計", "異常値検出", "検算"]
    speeds = [units("".join(c.lines)) / (c.end_s - c.start_s) for c in edit.timeline.captions]
    assert max(speeds) <= READING_LIMIT * (1 + ROUNDING_S)


def test_at_its_own_budget_the_default_story_leaves_nothing_out(curated: tuple[Cast, Story]) -> None:
    edit = plan(*curated, facts_of(open_take(CURATED)))
    assert len(edit.timeline.captions) == sum(len(scene.captions) for scene in curated[1].scenes)
    assert not any("省略" in note and "物語に使わない" not in note for note in edit.notes)


def test_the_takes_markers_are_those_the_scenario_promises() -> None:
    known = scenario.load(scenario.find("pkg_batch")).markers
    assert {label for _, label in read_cast(Path(CURATED / "session.cast")).markers} <= set(known)
