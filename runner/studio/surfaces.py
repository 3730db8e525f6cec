"""What a frame is put together on: a video encoder's buffer (BT.709, limited range, 4:2:0) or an RGB picture.

Takes RGB pictures of even size: `prepare` converts one, `place` copies it, as often as wanted. Used by frame: only
what changed on the screen is converted, and half the bytes of RGB go to the encoder.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeVar

from PIL import Image

_TO_BT709 = (  # ITU-R BT.709-6: 8-bit R'G'B' to Y', Cb, Cr
    (0.182586, 0.614231, 0.062007, 16.0),
    (-0.100644, -0.338572, 0.439216, 128.0),
    (0.439216, -0.398942, -0.040274, 128.0),
)
_MATRIX = tuple(factor for row in _TO_BT709 for factor in row)


Prepared = TypeVar("Prepared")


class Surface(Protocol[Prepared]):
    """Where pictures are placed; x, y and sides are even."""

    def prepare(self, image: Image.Image) -> Prepared:
        """The picture as this surface keeps it."""

    def place(self, prepared: Prepared, x: int, y: int) -> None:
        """Put it with its upper left corner at (x, y), over what was there."""


class RgbSurface:
    """A picture that can be saved; for stills."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height))

    def prepare(self, image: Image.Image) -> Image.Image:
        return image

    def place(self, prepared: Image.Image, x: int, y: int) -> None:
        self.image.paste(prepared, (x, y))


class Strip(NamedTuple):
    """A picture of `width` x `height` pixels: luma, and two planes of colour at half the width and height."""

    width: int
    height: int
    luma: bytes
    blue: bytes
    red: bytes


class YuvSurface:
    """One frame of planar yuv420p. `buffer` is what the encoder reads."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self.buffer = bytearray(width * height * 3 // 2)
        self._view = memoryview(self.buffer)

    def prepare(self, image: Image.Image) -> Strip:
        """The picture in Y'CbCr; a colour sample is the mean of its four pixels."""
        luma, blue, red = image.convert("RGB", _MATRIX).split()
        return Strip(
            image.width, image.height, luma.tobytes(), blue.reduce(2).tobytes(), red.reduce(2).tobytes()
        )

    def place(self, prepared: Strip, x: int, y: int) -> None:
        strip = prepared
        half = self._width // 2
        blue_at = self._width * self._height
        red_at = blue_at + half * (self._height // 2)
        self._copy(strip.luma, strip.width, self._width, y * self._width + x)
        for plane, start in ((strip.blue, blue_at), (strip.red, red_at)):
            self._copy(plane, strip.width // 2, half, start + y // 2 * half + x // 2)

    def _copy(self, plane: bytes, width: int, pitch: int, start: int) -> None:
        rows, view = memoryview(plane), self._view
        at = start
        for begin in range(0, len(plane), width):
            view[at : at + width] = rows[begin : begin + width]
            at += pitch
