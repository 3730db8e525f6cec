"""The story of a film, as it stands under `story:` in a scenario: title, scenes, captions, what must be read, the end.

pydantic models, embedded by runner.scenario; `problems` is the lint that needs the rest of the scenario (its markers,
its prompts). Moments are found in a take by runner.studio.moments; docs/studio.md tells how to write a story.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.studio.facts import PLACEHOLDER, PLACEHOLDERS, unknown_placeholder

Location = tuple[str | int, ...]

# Digits that are part of a name, not a figure of the take. Everything else comes from a placeholder.
FIXED_NAMES = re.compile(r"第[1-4１-４]四半期")
_QUOTED = re.compile(r"「([^「」]*)」")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Moment(_Part):
    """An instant of the take: a marker, or when a text comes to the screen, and some seconds after it.

    In a file a bare string is a marker's label. `screen` is looked for within the scene (blanks and wraps do not
    count), `after_s` are seconds of the recording; negative: before it.
    """

    marker: str | None = Field(default=None, min_length=1)
    screen: str | None = Field(default=None, min_length=1)
    after_s: float = Field(default=0, ge=-10, le=600)

    @model_validator(mode="before")
    @classmethod
    def bare_marker(cls, value: object) -> object:
        return {"marker": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def one_anchor(self) -> Moment:
        if (self.marker is None) == (self.screen is None):
            raise ValueError("give either `marker` or `screen`")
        return self

    def __str__(self) -> str:
        what = f"marker 「{self.marker}」" if self.marker else f"screen text 「{self.screen}」"
        return what + (f" {self.after_s:+g} s" if self.after_s else "")


class StoryCaption(_Part):
    """A caption from `at` (default: the scene's begin) until the next one or the scene's end."""

    text: str = Field(min_length=1)
    at: Moment | None = None
    if_room: bool = False  # left out of a film whose budget cannot hold everything


class LookAt(_Part):
    """What the audience has time to look at: from `at` on, so many seconds at the recorded speed.

    The picture stands still for what is missing when the scene ends, or `until` comes, sooner than that.
    """

    at: Moment
    seconds: float = Field(gt=0, le=30)
    until: Moment | None = None


class Lines(_Part):
    """The row of the screen in which `text` begins and those below it, `rows` in all; the last one up to `to`."""

    text: str = Field(min_length=1)
    rows: int = Field(default=1, ge=1, le=20)
    to: str | None = Field(default=None, min_length=1)


class MustRead(LookAt):
    """What the audience has to read: `read`, which is shown enlarged, or else all that is new on the screen.

    `read` stands for `seconds`, longer when it takes longer to read.
    """

    read: Lines | None = None


class StoryScene(_Part):
    """A span of the take. Without `chapter` it belongs to the chapter before; what lies between scenes is left out."""

    chapter: str | None = Field(default=None, min_length=1)
    start: Moment | None = Field(
        default=None, alias="from"
    )  # None: the take's begin, or where the last scene ended
    end: Moment | None = Field(default=None, alias="to")  # None: the take's end
    max_ramp: float = Field(default=4, ge=1, le=32)  # how many times faster than recorded, at most
    captions: list[StoryCaption] = []
    must_read: list[MustRead] = []
    look_at: list[LookAt] = []
    if_room: bool = False  # as of a caption; a scene that opens a chapter always stays


class StoryCard(_Part):
    """A full picture of text; it stands longer than `seconds` if it could not be read in them."""

    heading: str = Field(min_length=1)
    lines: list[str] = []
    seconds: float = Field(gt=0, le=30)


class VerdictCard(_Part):
    """The checks as a chapter of their own: the lines come from verdict.json."""

    chapter: str = Field(min_length=1)
    heading: str = Field(min_length=1)
    seconds: float = Field(gt=0, le=30)


class Story(_Part):
    """One film: title card, scenes in the order of the take, the verdict, the closing card."""

    budget_s: float = Field(default=90, ge=10, le=600)
    idle_s: float = Field(default=1.0, gt=0, le=10)  # longest standstill that is not to be read
    title: StoryCard
    scenes: list[StoryScene] = Field(min_length=1)
    verdict: VerdictCard
    closing: StoryCard

    @model_validator(mode="after")
    def first_scene_opens_a_chapter(self) -> Story:
        if self.scenes[0].chapter is None:
            raise ValueError("the first scene has no `chapter`; name it")
        return self

    def essential(self) -> Story:
        """The story without all that is told, or stands still to be looked at, only if there is room."""
        scenes: list[StoryScene] = []
        begin: Moment | None = None  # where a scene that follows one left out begins
        for scene in self.scenes:
            if scene.if_room and not scene.chapter:
                begin = scene.end
                continue
            captions = [told for told in scene.captions if not told.if_room]
            kept = {"captions": captions, "look_at": [], "start": scene.start or begin}
            scenes.append(scene.model_copy(update=kept))
            begin = None
        return self.model_copy(update={"scenes": scenes})


def problems(
    story: Story, markers: Collection[str], prompts: Collection[str]
) -> Iterator[tuple[Location, str]]:
    """(where in the story, what is wrong): unknown markers, unknown placeholders, figures typed by hand."""
    for at, moment in _moments(story):
        if moment.marker is not None and moment.marker not in markers:
            known = "、".join(f"「{marker}」" for marker in markers) or "none"
            yield at, f"no marker 「{moment.marker}」 in this scenario; known: {known}"
    for at, text in texts(story):
        for name in PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                yield at, unknown_placeholder(name)
        if typed := typed_figure(text, prompts):
            yield (
                at,
                f"the figure {typed} in 「{text}」 is typed by hand; use a placeholder, or quote a prompt word by word",
            )


def typed_figure(text: str, prompts: Collection[str]) -> str | None:
    """The first figure that no file vouches for: any digit outside {…}, a verbatim quotation of a prompt in 「」
    and the names of FIXED_NAMES."""

    def unless_quoted(found: re.Match[str]) -> str:
        return "" if any(found.group(1) in prompt for prompt in prompts) else found.group()

    rest = _QUOTED.sub(unless_quoted, FIXED_NAMES.sub("", PLACEHOLDER.sub("", text)))
    figure = re.search(r"\d[\d,.]*", rest)
    return figure.group() if figure else None


def texts(story: Story) -> Iterator[tuple[Location, str]]:
    """Every text an audience would read, with its place."""
    yield ("verdict", "chapter"), story.verdict.chapter
    yield ("verdict", "heading"), story.verdict.heading
    for name, card in (("title", story.title), ("closing", story.closing)):
        yield (name, "heading"), card.heading
        yield from (((name, "lines", number), line) for number, line in enumerate(card.lines))
    for number, scene in enumerate(story.scenes):
        if scene.chapter:
            yield ("scenes", number, "chapter"), scene.chapter
        for which, caption in enumerate(scene.captions):
            yield ("scenes", number, "captions", which, "text"), caption.text


def _moments(story: Story) -> Iterator[tuple[Location, Moment]]:
    for number, scene in enumerate(story.scenes):
        here: Location = ("scenes", number)
        if scene.start:
            yield (*here, "from"), scene.start
        if scene.end:
            yield (*here, "to"), scene.end
        for which, caption in enumerate(scene.captions):
            if caption.at:
                yield (*here, "captions", which, "at"), caption.at
        for field, spans in (("must_read", scene.must_read), ("look_at", scene.look_at)):
            for which, span in enumerate(spans):
                yield (*here, field, which, "at"), span.at
                if span.until:
                    yield (*here, field, which, "until"), span.until
