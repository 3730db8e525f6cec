"""A still as a PNG file: a palette of 128 colours where that changes nothing an eye can see.

Takes a picture and the colours that must stay exactly as they are; gives the file's bytes, the same for the same
picture. Used by the stills.
"""

from __future__ import annotations

import io
from collections.abc import Collection

from PIL import Image, ImageChops

from runner.palette import Rgb

COLOURS = 128  # text has a thousand shades at its edges; these stand for them within 12 of 255
COMPRESSION = 6  # of 9
_SPARE = 16  # of the colours: for exact ones that lie too near to others to get a place by themselves
_MOST_SHADES = 1 << 14  # a picture of more is no terminal screen


def png(image: Image.Image, exact: Collection[Rgb]) -> bytes:
    """The file. `exact`: colours of surfaces and text, which a palette must hold unchanged."""
    content = io.BytesIO()
    (with_palette(image, exact) or image).save(content, "PNG", compress_level=COMPRESSION)
    return content.getvalue()


def with_palette(image: Image.Image, exact: Collection[Rgb]) -> Image.Image | None:
    """The picture in at most 128 colours, without dithering; None where they are too few for its exact ones."""
    present = {colour for _, colour in image.getcolors(_MOST_SHADES) or []}
    kept = sorted(colour for colour in set(exact) if colour in present)
    if not 0 < len(kept) <= min(COLOURS - _SPARE, image.width):
        return None
    # One more row shows the exact colours in order: there their places in the palette can be read.
    longer = image.crop((0, 0, image.width, image.height + 1))
    for x in range(image.width):
        longer.putpixel((x, image.height), kept[min(x, len(kept) - 1)])
    found = longer.quantize(COLOURS - _SPARE, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    places = found.crop((0, image.height, len(kept), image.height + 1)).tobytes()
    found = found.crop((0, 0, image.width, image.height))
    return found if _put(found, image, dict(zip(kept, places, strict=True))) else None


def _put(found: Image.Image, image: Image.Image, places: dict[Rgb, int]) -> bool:
    """Make the palette's colours exact; of two at one place the second moves to a spare one, while there are some."""
    palette = (found.getpalette() or [])[: 3 * COLOURS]
    palette += [0] * (3 * COLOURS - len(palette))
    taken: set[int] = set()
    spare = iter(range(COLOURS - _SPARE, COLOURS))
    for colour, place in places.items():
        if place in taken:
            moved = next(spare, None)
            if moved is None:
                return False
            found.paste(moved, None, _where(image, colour))
            place = moved
        taken.add(place)
        palette[3 * place : 3 * place + 3] = colour
    found.putpalette(palette)
    return True


def _where(image: Image.Image, colour: Rgb) -> Image.Image:
    """A mask of the pixels that have exactly this colour."""
    red, green, blue = (
        band.point([255 if value == level else 0 for value in range(256)])
        for band, level in zip(image.split(), colour, strict=True)
    )
    return ImageChops.darker(ImageChops.darker(red, green), blue)
