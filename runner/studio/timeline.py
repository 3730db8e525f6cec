"""The film as a plan: cards and clips in order, captions, chapters and the badge; nothing is drawn or read here.

Made by the editor from a storyboard; read by the film, the page and the cast editing. Plain values, kept as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CloseUp(_Value):
    """A part of the screen shown enlarged, `cell` pixels to a cell's width; what stands around it steps back."""

    row: int = Field(ge=0)
    rows: int = Field(ge=1)
    column: int = Field(ge=0)
    columns: int = Field(ge=1)
    cell: int = Field(ge=2, multiple_of=2)


class Clip(_Value):
    """A span of the source recording, in its own seconds, played `speed` times as fast; `label` is shown with it."""

    item: Literal["clip"] = "clip"
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    speed: float = Field(default=1.0, gt=0)
    label: str = ""
    close_up: CloseUp | None = None  # None: the whole screen

    @property
    def duration_s(self) -> float:
        """Seconds of the film."""
        return (self.end_s - self.start_s) / self.speed


class Card(_Value):
    """A full picture of text: the title or the closing card."""

    item: Literal["card"] = "card"
    kind: Literal["title", "closing"]
    heading: str
    lines: tuple[str, ...] = ()
    judgement: Literal["good", "bad"] | None = None  # colour of the row 「判定」
    duration_s: float = Field(gt=0)


class Caption(_Value):
    """One or two lines under the screen, from start to end in seconds of the film."""

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    lines: tuple[str, ...] = Field(min_length=1, max_length=2)


class Chapter(_Value):
    """Where a chapter begins, in seconds of the film."""

    start_s: float = Field(ge=0)
    title: str


class Timeline(_Value):
    """The whole film. `badge` says where the take comes from and stands in every frame."""

    title: str
    badge: str = Field(min_length=1)
    theme: Literal["dark", "light"] = "dark"
    items: tuple[Annotated[Clip | Card, Field(discriminator="item")], ...] = Field(min_length=1)
    captions: tuple[Caption, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @property
    def duration_s(self) -> float:
        """Seconds of the film."""
        return sum(item.duration_s for item in self.items)

    def starts(self) -> Iterator[tuple[float, Clip | Card]]:
        """(second of the film at which it begins, item), in order."""
        now = 0.0
        for item in self.items:
            yield now, item
            now += item.duration_s
