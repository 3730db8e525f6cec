"""The film as one HTML file: the same edit in asciinema-player, chapters, captions, prompts to copy, the verdict.

Takes the edited cast, its timeline, the take's record and verdict; gives the page's text. It works from file://,
offline: player, font and recording are inside. Called by the highlight.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from runner.cast import OUTPUT, Cast, format_cast
from runner.palette import DARK, LIGHT, Palette, Rgb, palette_256
from runner.record import RunRecord
from runner.studio import fonts
from runner.studio.drawing import fitting_ground, readable
from runner.studio.timeline import Timeline
from runner.verdict import Verdict
from runner.verdict_page import questions
from runner.words import CAUSES, DATASETS, OUTCOMES

PLAYER = Path(__file__).parents[2] / "node_modules" / "asciinema-player" / "dist" / "bundle"
_PALETTES: dict[str, Palette] = {"dark": DARK, "light": LIGHT}
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_COLOUR = re.compile(r"(?:38|48|58)[;:](?:5[;:]\d*|2(?:[;:]\d*){3})")
_TITLE_LABEL = re.compile(r"\s*【[^【】]*】$")  # who answered: the badge says so
# Characters of Claude Code's screen that most machines' fonts lack, or that are two cells wide in the Japanese font
# ("●": it would cover the blank behind it), and one of one cell to stand for each.
_SPELT = str.maketrans({"⏵": ">", "⏸": "‖", "●": "•", "⏺": "•", "○": "◦"})
_EACH_WEIGHT, _BOTH_WEIGHTS = "Screen", "Screen both"  # families of the page's own font
_ONE_CELL = frozenset("…←↑→↓×‖")
_OWN_COLOUR = re.compile(
    r"(?<!\d)([34])8([;:])(?:5\2(\d{1,3})|2\2(?:(?<=:)\d*:)?(\d{1,3})\2(\d{1,3})\2(\d{1,3}))(?!\d)"
)
_ENVIRONMENT = Environment(
    loader=PackageLoader("runner"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class PageError(Exception):
    """The page cannot be made: the player is not installed; one line that says what to do."""


@dataclass(frozen=True)
class Copyable:
    """A prompt as it was typed, under the name of its marker."""

    marker: str
    text: str


def prompts_of(run: RunRecord) -> list[Copyable]:
    """The prompts of a take in their order; none for takes whose record does not hold them."""
    return [Copyable(turn["marker"], turn["prompt"]) for turn in run.turns if "prompt" in turn]


def page(film: Cast, timeline: Timeline, run: RunRecord, verdict: Verdict, notice: str = "") -> str:
    """The page's text. `film` is the edited cast, on the timeline's clock. Raises PageError and FontError."""
    shown = fitted(composed(film), _PALETTES[timeline.theme])
    template = _ENVIRONMENT.get_template("highlight.html.j2")
    words = {
        "timeline": timeline,
        "heading": _TITLE_LABEL.sub("", timeline.title),
        "run": run,
        "verdict": verdict,
        "notice": notice,
        "outcome": OUTCOMES[verdict.outcome],
        "cause": CAUSES[verdict.cause] if verdict.cause else "",
        "datasets": DATASETS,
        "questions": questions(verdict),
        "prompts": prompts_of(run),
    }
    data = _in_script(_data(shown, timeline))
    bare = template.render(words, player_css="", player_script="", faces=[], narrow=[], data=data)
    return template.render(
        words,
        player_css=_player("asciinema-player.css"),
        player_script=_player("asciinema-player.min.js"),
        faces=font_faces(_characters(shown) | frozenset(bare), bold_characters(shown)),
        narrow=narrow_faces(_characters(shown)),
        data=data,
    )


def composed(cast: Cast) -> Cast:
    """The cast as a browser can show it: in NFC (a decomposed が would be two characters), rare symbols respelt."""
    events = tuple(
        replace(event, data=unicodedata.normalize("NFC", event.data).translate(_SPELT))
        if event.kind == OUTPUT
        else event
        for event in cast.events
    )
    return replace(cast, events=events)


def fitted(cast: Cast, palette: Palette) -> Cast:
    """The cast with the colours that a program mixed itself as the film shows them: readable on a light theme too."""
    if palette is not LIGHT:
        return cast
    indexed = palette_256(palette.ansi)

    def colour(found: re.Match[str]) -> str:
        layer, _, number, *mixed = found.groups()
        if number is not None and (int(number) < len(palette.ansi) or int(number) >= len(indexed)):
            return found[0]
        red, green, blue = indexed[int(number)] if number is not None else map(int, mixed)
        own = red, green, blue
        slab = fitting_ground(DARK.ansi[0], palette)
        shown = fitting_ground(own, palette) if layer == "4" else readable(own, slab, DARK.background)
        return "{}8;2;{};{};{}".format(layer, *shown)

    def sgr(found: re.Match[str]) -> str:
        return f"\x1b[{_OWN_COLOUR.sub(colour, found[1])}m"

    events = tuple(
        replace(event, data=_SGR.sub(sgr, event.data)) if event.kind == OUTPUT else event
        for event in cast.events
    )
    return replace(cast, events=events)


def font_faces(characters: frozenset[str], bold: frozenset[str]) -> list[tuple[str, str, str, str]]:
    """(family, weight, unicode range, base64) of every slice of the font that has one of the characters.

    Where no character of a slice is `bold`, its regular face stands for both weights: half of the page would be fonts.
    Such faces are a family of their own: of one family a browser takes only those of the weight that fits best.
    """
    ranges = fonts.slice_ranges()
    wanted, heavy = (
        {name for char in chars for name in fonts.slices_with(char)} for chars in (characters, bold)
    )
    both = f"{fonts.REGULAR} {fonts.BOLD}"
    faces = [(_BOTH_WEIGHTS, both, name, fonts.REGULAR) for name in sorted(wanted - heavy)]
    faces += [(_EACH_WEIGHT, fonts.REGULAR, name, fonts.REGULAR) for name in sorted(wanted & heavy)]
    faces += [(_EACH_WEIGHT, fonts.BOLD, name, fonts.BOLD) for name in sorted(wanted & heavy)]
    return [
        (
            family,
            weights,
            ranges[name],
            base64.b64encode(fonts.slice_file(name, weight).read_bytes()).decode(),
        )
        for family, weights, name, weight in faces
    ]


def narrow_faces(characters: frozenset[str]) -> list[tuple[str, str]]:
    """(unicode range, base64 of a slice of the font) for those of the characters that a terminal shows in one cell.

    They are two cells wide in the Japanese font, and would cover what follows: the page shows them half as large.
    """
    wanted: dict[str, list[str]] = {}
    for char in sorted(characters & _ONE_CELL):
        names = fonts.slices_with(char)
        if names:
            wanted.setdefault("latin" if "latin" in names else names[0], []).append(char)
    return [
        (
            ", ".join(f"U+{ord(char):04X}" for char in chars),
            base64.b64encode(fonts.slice_file(name, fonts.REGULAR).read_bytes()).decode(),
        )
        for name, chars in wanted.items()
    ]


def bold_characters(film: Cast) -> frozenset[str]:
    """Every character that is written while bold is on."""
    found: set[str] = set()
    bold = False
    for event in film.events:
        if event.kind != OUTPUT:
            continue
        for number, part in enumerate(_SGR.split(event.data)):
            if number % 2:
                bold = _bold_after(part, bold)
            elif bold:
                found.update(part)
    return frozenset(found)


def _bold_after(parameters: str, bold: bool) -> bool:
    """Whether bold is on behind a "select graphic rendition"; the numbers of a colour are none of ours."""
    for parameter in _COLOUR.sub("39", parameters).split(";"):
        if parameter.lstrip("0") in ("", "1", "22"):
            bold = parameter.lstrip("0") == "1"
    return bold


def _data(film: Cast, timeline: Timeline) -> Mapping[str, object]:
    """What the page's script needs."""
    palette = _PALETTES[timeline.theme]
    return {
        "cast": format_cast(film),
        "cols": film.header.width,
        "rows": film.header.height,
        "duration": timeline.duration_s,
        "chapters": [{"start": chapter.start_s, "title": chapter.title} for chapter in timeline.chapters],
        "captions": [
            {"start": caption.start_s, "end": caption.end_s, "lines": list(caption.lines)}
            for caption in timeline.captions
        ],
        "speeds": [
            {"start": start, "end": start + item.duration_s, "label": item.label}
            for start, item in timeline.starts()
            if item.item == "clip" and item.label
        ],
        "theme": {
            "foreground": _hex(palette.foreground),
            "background": _hex(palette.background),
            "palette": [_hex(colour) for colour in palette.ansi],
        },
    }


def _characters(film: Cast) -> frozenset[str]:
    return frozenset(char for event in film.events if event.kind == OUTPUT for char in event.data)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


@cache
def _player(name: str) -> str:
    try:
        return (PLAYER / name).read_text(encoding="utf-8")
    except OSError as error:
        raise PageError(f"{PLAYER / name}: the player is not installed; run `make setup`") from error


def _in_script(value: object) -> str:
    """JSON in which nothing can end the element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
