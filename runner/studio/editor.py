"""Fits a story to a budget of seconds: what is shown when, how fast, with which captions. Pure and deterministic.

`plan(cast, story, facts, budget_s)` gives an `Edit`: the film's timeline and, in Japanese, what was done to the
recording. Idle times are limited first, then the rest is ramped; what must be read keeps its speed and its seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from runner.cast import Cast
from runner.studio.canvas import CELL_WIDTH
from runner.studio.captions import READING_LIMIT, READING_NORM, lint, units
from runner.studio.facts import Facts, fill
from runner.studio.moments import TakeTimes, take_times
from runner.studio.pace import Laid, Shot, lay
from runner.studio.scenes import EditError, found_shots, screen_texts
from runner.studio.storyboard import Story
from runner.studio.timeline import Caption, Card, Chapter, Clip, Timeline

CARD_SPEED, CARD_LIMIT = 8.0, 10.0  # units a second: a card is looked over, its rows repeat each other
TIGHT = 0.75  # of a card's seconds, when the budget cannot hold everything
SHORTEST_FILM_S = 60.0
READING_SPEEDS = (READING_NORM, 4.5, 5.0, 5.5, READING_LIMIT)
WHOLE_STORY_SPEEDS = READING_SPEEDS[:3]  # before anyone has to read faster, what may be left out is left out


class BudgetError(EditError):
    """The budget is smaller than what must be shown."""


@dataclass(frozen=True)
class Edit:
    """The film's plan, and what a person should know about it (Japanese, one line each)."""

    timeline: Timeline
    notes: tuple[str, ...]


def plan(
    cast: Cast,
    story: Story,
    facts: Facts,
    budget_s: float | None = None,
    theme: Literal["dark", "light"] = "dark",
) -> Edit:
    """The story told from this take within `budget_s` seconds of film (default: the story's own).

    Raises EditError (unknown marker, budget too small), FactsError (a placeholder without a figure),
    CaptionError (a caption that does not fit).
    """
    budget = story.budget_s if budget_s is None else budget_s
    if cast.truncated:
        raise EditError(cut_short(cast.truncated))
    if not cast.markers:
        raise EditError(
            "the recording has no markers, so no scene can be found in it; record it with the kit"
        )
    played = take_times(cast, screen_texts(story))
    shown = cards(story, facts)
    shots, left_out = found_shots(story, cast, played, facts)
    try:
        laid, speeds, reading = fit(shots, budget, _length(shown), WHOLE_STORY_SPEEDS)
    except BudgetError:
        shown = cards(story, facts, tight=True)
        shots, left_out = found_shots(story.essential(), cast, played, facts)
        left_out.append("秒数が足りないため、余裕があるときだけの場面・字幕を省略")
        laid, speeds, reading = fit(shots, budget, _length(shown), READING_SPEEDS)
    timeline = _timeline(cast, story, facts, theme, shown, shots, laid)
    if wrong := lint(timeline.captions):
        raise EditError(wrong[0])
    notes = (*_notes(played, timeline, shots, laid, speeds, reading, budget), *left_out)
    return Edit(timeline, notes)


def cut_short(what: str) -> str:
    """The line that says so."""
    return f"the recording is cut short: {what}; record the take again"


def cards(story: Story, facts: Facts, tight: bool = False) -> tuple[Card, ...]:
    """The title card, the verdict's, and the closing one, which says so when no model performed."""

    def card(kind: Literal["title", "closing"], heading: str, lines: Sequence[str], seconds: float) -> Card:
        told = [fill(heading, facts.values), *lines]
        needed = units("".join(told)) / (CARD_LIMIT if tight else CARD_SPEED)
        seconds *= TIGHT if tight else 1
        return Card(
            kind=kind, heading=told[0], lines=tuple(told[1:]), duration_s=max(seconds, round(needed, 1))
        )

    title, verdict, closing = story.title, story.verdict, story.closing
    ending = [fill(line, facts.values) for line in closing.lines]
    ending.append(facts.notice)
    judged = card("closing", verdict.heading, facts.verdict_lines, verdict.seconds)
    return (
        card("title", title.heading, [fill(line, facts.values) for line in title.lines], title.seconds),
        judged.model_copy(update={"judgement": "good" if facts.passed else "bad"}),
        card("closing", closing.heading, ending, closing.seconds),
    )


def fit(
    shots: Sequence[Shot], budget_s: float, cards_s: float, reading_speeds: Sequence[float] = READING_SPEEDS
) -> tuple[list[Laid], list[float], float]:
    """(scenes laid out, the ramp of each, reading speed of the captions) within a budget that holds the cards too.

    As slow as the room allows: the fastest scenes are slowed first. BudgetError says the least budget otherwise.
    """

    def laid(speeds: Sequence[float], reading: float) -> list[Laid]:
        return [lay(shot, speed, reading) for shot, speed in zip(shots, speeds, strict=True)]

    room_s = budget_s - cards_s
    speeds = [shot.ramps[-1] for shot in shots]
    for reading in reading_speeds:
        scenes = laid(speeds, reading)
        if _length(scenes) <= room_s:
            break
    else:
        least = math.ceil(_length(scenes) + cards_s)
        raise BudgetError(
            f"{budget_s:g} s cannot hold this story: cards, what must be read and the speed limits need "
            f"{least} s at least; give --budget {least} or shorten the story"
        )
    settled = [False] * len(shots)
    while not all(settled):
        which = max(
            (number for number in range(len(shots)) if not settled[number]), key=lambda n: (speeds[n], -n)
        )
        slower = [speed for speed in shots[which].ramps if speed < speeds[which]]
        if not slower:
            settled[which] = True
            continue
        tried = [*speeds]
        tried[which] = slower[-1]
        fresh = laid(tried, reading)
        if _length(fresh) <= room_s:
            speeds, scenes = tried, fresh
        else:
            settled[which] = True
    return scenes, speeds, reading


def _length(items: Iterable[Laid | Card]) -> float:
    return sum(item.duration_s for item in items)


def _timeline(
    cast: Cast,
    story: Story,
    facts: Facts,
    theme: Literal["dark", "light"],
    shown: Sequence[Card],
    shots: Sequence[Shot],
    laid: Sequence[Laid],
) -> Timeline:
    opening, *ending = shown
    items: list[Clip | Card] = [opening]
    captions: list[Caption] = []
    begins: list[tuple[int, str]] = []  # (number of the item, title of the chapter that begins with it)
    now = opening.duration_s
    for shot, scene in zip(shots, laid, strict=True):
        if shot.chapter is not None:
            begins.append((len(items), shot.chapter))
        items += scene.clips
        captions += [
            Caption(start_s=round(now + c.start_s, 3), end_s=round(now + c.end_s, 3), lines=c.lines)
            for c in scene.captions
        ]
        now += scene.duration_s
    begins.append((len(items), fill(story.verdict.chapter, facts.values)))
    film = Timeline(
        title=cast.header.title or opening.heading,
        badge=facts.badge,
        theme=theme,
        items=(*items, *ending),
        captions=tuple(captions),
    )
    starts = [start for start, _ in film.starts()]
    film = film.model_copy(update={"captions": _standing_on(captions, starts[len(items)])})
    chapters = tuple(Chapter(start_s=starts[item], title=title) for item, title in begins)
    return film.model_copy(update={"chapters": chapters})


def _standing_on(captions: Sequence[Caption], end_s: float) -> tuple[Caption, ...]:
    """Each caption up to the next one or to the verdict: nobody is left alone with a fast picture."""
    ends = [*(caption.start_s for caption in captions[1:]), round(end_s, 3)]
    return tuple(
        caption.model_copy(update={"end_s": max(caption.end_s, end)})
        for caption, end in zip(captions, ends, strict=False)
    )


def _notes(
    played: TakeTimes,
    timeline: Timeline,
    shots: Sequence[Shot],
    laid: Sequence[Laid],
    speeds: Sequence[float],
    reading: float,
    budget: float,
) -> list[str]:
    length = timeline.duration_s
    shown = sum(shot.end_s - shot.start_s for shot in shots)
    notes = [f"記録 {played.duration_s:.0f}秒を {length:.1f}秒に編集（上限 {budget:g}秒）"]
    if (cut := played.duration_s - shown) >= 1:
        notes.append(f"物語に使わない場面を {cut:.0f}秒省略")
    if (waited := sum(scene.waited_s for scene in laid)) >= 1:
        notes.append(f"待ち時間を {waited:.0f}秒短縮")
    chapter = ""
    ramped: dict[str, list[float]] = {}
    for shot, speed in zip(shots, speeds, strict=True):
        chapter = shot.chapter or chapter
        ramped.setdefault(chapter, []).append(speed)
    for name, used in ramped.items():
        if max(used) > 1:
            notes.append(
                f"「{name}」を" + "・".join(f"×{speed:g}" for speed in dict.fromkeys(used) if speed > 1)
            )
    if (held := sum(scene.held_s for scene in laid)) >= 1:
        notes.append(f"読むために画面を合計 {held:.0f}秒静止")
    cells = [
        clip.close_up.cell for clip in timeline.items if isinstance(clip, Clip) and clip.close_up is not None
    ]
    if cells:
        notes.append(f"読ませる行を拡大（×{min(cells) / CELL_WIDTH:.1f}～×{max(cells) / CELL_WIDTH:.1f}）")
    if reading > READING_NORM:
        notes.append(f"字幕の速さは毎秒 {reading:g}字（標準 {READING_NORM:g}字、上限 {READING_LIMIT:g}字）")
    if max(speeds) == 1 and length < budget - 1:
        notes.append(f"物語の全体が {length:.0f}秒に収まるため、上限までは延ばしません")
    if round(length) < SHORTEST_FILM_S:
        notes.append(f"{SHORTEST_FILM_S:.0f}秒より短い映像です")
    return notes
