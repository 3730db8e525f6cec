"""Fonts of stills and film: BIZ UDGothic from npm (124 slices a weight), then fonts of the machine for the rest.

Takes one character, gives its mask in the em square, or None when no font here has it. Used by glyphs.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from runner.studio.canvas import CELL_HEIGHT, INK

FONT_SIZE = CELL_HEIGHT - 2  # pixels; at the full height lines of kanji touch, as this font has no leading
REGULAR, BOLD = "400", "700"
BASELINE = 27  # pixels below the top of the cell: capitals then stand in the middle of it
PACKAGE = Path(__file__).parents[2] / "node_modules" / "@fontsource" / "biz-udgothic"
MARGIN = FONT_SIZE  # room around a glyph while it is drawn: some lie outside their em square

_NOWHERE = "\U0010fffd"  # a private character that no font has: shows what a font draws for a missing one


def _fonts_at_home() -> tuple[Path, ...]:
    """The caller's own fonts; none for a user without a home, as a container's may be."""
    try:
        return (Path.home() / ".local/share/fonts",)
    except RuntimeError:
        return ()


_MACHINE_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    *_fonts_at_home(),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
)
_MACHINE_FONTS = (  # in order of preference; file names
    "DejaVuSansMono.ttf",
    "NotoSansMono-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSymbols2-Regular.ttf",
    "DejaVuSans.ttf",
    "Menlo.ttc",
    "Apple Symbols.ttf",
)
_EMOJI_FONTS = {"NotoColorEmoji.ttf": 109, "Apple Color Emoji.ttc": 160}  # and their one size in pixels


class FontError(Exception):
    """The font package is missing or not the pinned one."""


class Face:
    """One font file at one size. Knows whether it has a character and draws it."""

    def __init__(self, path: Path, size: int = FONT_SIZE) -> None:
        self._font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
        self._ascent = self._font.getmetrics()[0]
        self._missing = self._draw(_NOWHERE).tobytes()

    def glyph(self, text: str) -> tuple[Image.Image, int] | None:
        """(mask, advance in pixels), or None when the font lacks it.

        The mask has MARGIN pixels around the cell, in which the baseline is BASELINE pixels below the top.
        """
        drawn = self._draw(text)
        if len(text) == 1 and drawn.tobytes() == self._missing:
            return None
        return drawn, round(self._font.getlength(text))

    def letter(self, char: str) -> tuple[Image.Image, int, int, int] | None:
        """(mask, left, top, advance), from the pen on the baseline, or None when the font lacks it."""
        if self._draw(char).tobytes() == self._missing:
            return None
        left, top, right, bottom = (round(edge) for edge in self._font.getbbox(char, anchor="ls"))
        image = Image.new("L", (max(1, right - left), max(1, bottom - top)))
        ImageDraw.Draw(image).text((-left, -top), char, fill=INK, font=self._font, anchor="ls")
        return image, left, top, round(self._font.getlength(char))

    def _draw(self, text: str) -> Image.Image:
        width = round(self._font.getlength(text)) + 2 * MARGIN
        image = Image.new("L", (width, FONT_SIZE + 2 * MARGIN))
        place = (MARGIN, MARGIN + BASELINE - self._ascent)
        ImageDraw.Draw(image).text(place, text, fill=INK, font=self._font)
        return image


@cache
def japanese(char: str, weight: str) -> tuple[Image.Image, int] | None:
    """The character in BIZ UDGothic of the weight; None when the font lacks it. Raises FontError."""
    for slice_name in slices_with(char):
        found = _slice(slice_name, weight, FONT_SIZE).glyph(char)
        if found is not None:
            return found
    return None


@cache
def letter(char: str, weight: str, size: int) -> tuple[Image.Image, int, int, int] | None:
    """(mask, left, top, advance) at any size, from the pen on the baseline; None when the font lacks it.

    Raises FontError.
    """
    for slice_name in slices_with(char):
        found = _slice(slice_name, weight, size).letter(char)
        if found is not None:
            return found
    return None


@cache
def of_machine(char: str) -> tuple[Image.Image, int] | None:
    """The character in the first font of this machine that has it, or None."""
    for name in _MACHINE_FONTS:
        face = _machine_face(name)
        found = face.glyph(char) if face else None
        if found is not None:
            return found
    return None


@cache
def emoji(text: str) -> Image.Image | None:
    """The emoji (one grapheme) in colour, RGBA in the font's own size; None without such a font."""
    font = _emoji_font()
    if font is None:
        return None
    width, height = round(font.getlength(text)), round(font.size * 1.25)
    image = Image.new("RGBA", (max(width, 1), height))
    ImageDraw.Draw(image).text((0, 0), text, font=font, embedded_color=True)
    box = image.getbbox()
    return image.crop(box) if box else None


def slices_with(char: str) -> tuple[str, ...]:
    """Names of the slices of BIZ UDGothic that may hold the character. Raises FontError."""
    return _slices_by_character().get(char, ())


@cache
def slice_ranges() -> dict[str, str]:
    """The characters of each slice as a CSS `unicode-range`, from the package's unicode.json. Raises FontError."""
    index = PACKAGE / "unicode.json"
    try:
        ranges = json.loads(index.read_text(encoding="utf-8"))
    except OSError as error:
        raise FontError(f"{index}: the font is not installed; run `make setup`") from error
    return {name.strip("[]"): listed for name, listed in ranges.items()}


def slice_file(name: str, weight: str) -> Path:
    """The woff2 file of a slice."""
    return PACKAGE / "files" / f"biz-udgothic-{name}-{weight}-normal.woff2"


@cache
def _slices_by_character() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, listed in slice_ranges().items():
        for part in listed.split(","):
            first, _, last = part.removeprefix("U+").partition("-")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                found[chr(code)] = (*found.get(chr(code), ()), name)
    return found


@cache
def _slice(name: str, weight: str, size: int) -> Face:
    path = slice_file(name, weight)
    try:
        return Face(path, size)
    except OSError as error:
        raise FontError(f"{path}: a part of the font cannot be read; run `make setup`") from error


@cache
def _machine_files() -> dict[str, Path]:
    """Where the wanted fonts of the machine are; the first folder wins."""
    wanted = {*_MACHINE_FONTS, *_EMOJI_FONTS}
    found: dict[str, Path] = {}
    for folder in _MACHINE_FOLDERS:
        for path in sorted(folder.rglob("*.tt[fc]")) if folder.is_dir() else ():
            if path.name in wanted:
                found.setdefault(path.name, path)
    return found


@cache
def _machine_face(name: str) -> Face | None:
    path = _machine_files().get(name)
    return Face(path) if path else None


@cache
def _emoji_font() -> ImageFont.FreeTypeFont | None:
    for name, size in _EMOJI_FONTS.items():
        path = _machine_files().get(name)
        if path:
            return ImageFont.truetype(str(path), size)
    return None
