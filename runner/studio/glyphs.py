"""What is drawn for the character of a cell: geometry, font, or the nearest thing; never an empty tofu box.

Takes a grapheme and its style, gives a mask (or a colour picture) and its place in the cell. Used by drawing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops

from runner.palette import Rgb
from runner.studio import fonts
from runner.studio.boxes import box_mask
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.symbols import symbol_colour, symbol_mask

_TEXT_STYLE, _EMOJI_STYLE, _JOINER = "\ufe0e", "\ufe0f", "\u200d"  # variation selectors, zero width joiner
_EMOJI_BLOCKS = 0x1F000  # from here on pictographs
_SLANT = 0.2  # pixels to the right for each pixel up, of italics: the font has none of its own
_FLATTEN_LEAST = 0.7  # a wide glyph squeezed into one cell keeps at least this much of its height
_STAND_IN = "·"  # for a character that nothing here can draw
_CACHED = 8192  # glyphs; a screen has at most 3,000


@dataclass(frozen=True)
class Glyph:
    """A mask ("L") or a picture ("RGBA"), `left` and `top` pixels from the cell's corner.

    `colour` overrides the text's colour. `missing`: no font here has the character, a dot stands for it.
    """

    image: Image.Image
    left: int
    top: int
    colour: Rgb | None = None
    missing: bool = False


@lru_cache(maxsize=_CACHED)
def glyph(
    char: str, cells: int, bold: bool = False, italic: bool = False, room: bool = False
) -> Glyph | None:
    """How to draw `char` in 1 or 2 cells; None for a blank.

    `room`: the next cell is blank, so a two-cell glyph in one cell (ambiguous width) may run over.
    """
    text = unicodedata.normalize("NFC", char.replace(_TEXT_STYLE, "").replace(_EMOJI_STYLE, ""))
    if not text.strip():
        return None
    if (mask := box_mask(text)) is not None:
        return Glyph(mask, 0, 0)
    if (mask := symbol_mask(text)) is not None:
        return Glyph(mask, (cells - 1) * CELL_WIDTH // 2, 0, symbol_colour(char))
    if _is_emoji(char) and (picture := fonts.emoji(char)) is not None:
        return _picture(picture, cells)
    weight = fonts.BOLD if bold else fonts.REGULAR
    found = _from_fonts(text, weight)
    if found is None:
        stand_in = symbol_mask(_STAND_IN)
        assert stand_in is not None
        return Glyph(stand_in, (cells - 1) * CELL_WIDTH // 2, 0, missing=True)
    mask, advance = found
    return _placed(_slanted(mask) if italic else mask, advance, cells * CELL_WIDTH, room)


def _is_emoji(char: str) -> bool:
    return _EMOJI_STYLE in char or _JOINER in char or ord(char[0]) >= _EMOJI_BLOCKS


def _from_fonts(text: str, weight: str) -> tuple[Image.Image, int] | None:
    """The first of: BIZ UDGothic, its plain spelling there (Ⅲ as III), another font, the base alone."""
    if len(text) == 1 and (found := fonts.japanese(text, weight)) is not None:
        return found
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and (spelt := _spelt(plain, weight)) is not None:
        return spelt
    if len(text) == 1:
        return fonts.of_machine(text)
    return _from_fonts(text[0], weight)


def _spelt(text: str, weight: str) -> tuple[Image.Image, int] | None:
    """Several characters side by side as one glyph; None when the font lacks one of them."""
    parts = [fonts.japanese(char, weight) for char in text]
    if not parts or None in parts:
        return None
    known = [part for part in parts if part is not None]
    advance = sum(width for _, width in known)
    whole = Image.new("L", (advance + 2 * fonts.MARGIN, known[0][0].height))
    x = 0
    for mask, width in known:
        part = Image.new("L", whole.size)
        part.paste(mask, (x, 0))
        whole = ImageChops.lighter(whole, part)
        x += width
    return whole, advance


def _placed(mask: Image.Image, advance: int, width: int, room: bool) -> Glyph | None:
    """The glyph in `width` pixels: centred when it is narrower, over the edge with room, else squeezed."""
    box = mask.getbbox()
    if box is None:
        return None
    ink = mask.crop(box)
    left, top = box[0] - fonts.MARGIN, box[1] - fonts.MARGIN
    if advance <= width:
        return Glyph(ink, left + (width - advance) // 2, top)
    if room:
        return Glyph(ink, left, top)
    narrow = min(ink.width, width)
    flat = max(_FLATTEN_LEAST, (narrow / ink.width) ** 0.5)
    height = max(1, round(ink.height * flat))
    squeezed = ink.resize((narrow, height), Image.Resampling.LANCZOS)
    return Glyph(squeezed, (width - narrow) // 2, top + (ink.height - height) // 2)


def _slanted(mask: Image.Image) -> Image.Image:
    """Leaned to the right around the baseline."""
    baseline = fonts.MARGIN + fonts.BASELINE
    shear = (1, _SLANT, -_SLANT * baseline, 0, 1, 0)
    return mask.transform(mask.size, Image.Transform.AFFINE, shear, Image.Resampling.BICUBIC)


def _picture(picture: Image.Image, cells: int) -> Glyph:
    """A colour emoji scaled into its cells, a pixel away from the edges."""
    room_x, room_y = cells * CELL_WIDTH - 2, CELL_HEIGHT - 4
    scale = min(room_x / picture.width, room_y / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    return Glyph(small, (cells * CELL_WIDTH - size[0]) // 2, (CELL_HEIGHT - size[1]) // 2)
