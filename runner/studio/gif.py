"""A film as a GIF for slides: 960 pixels wide, as many frames a second and colours as a number of bytes allows.

Takes a cast and a timeline and draws the frames anew: the noise of an encoded film would cost half the bytes. The
same input gives the same file. Called by the highlight.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from runner.cast import Cast
from runner.studio import ffmpeg
from runner.studio.ffmpeg import FfmpegError, FrameWriter
from runner.studio.layout import HEIGHT, WIDTH
from runner.studio.reel import Reel
from runner.studio.surfaces import YuvSurface
from runner.studio.timeline import Timeline

__all__ = ["FfmpegError", "GifError", "write_gif"]

GIF_WIDTH = 960  # pixels
LIMIT_BYTES = 3_000_000
# (frames a second, colours), best first
LADDER = ((10, 128), (10, 64), (10, 32), (8, 32), (6, 32), (4, 24), (3, 16), (2, 16), (1, 16))
_ONE_THREAD = ("-threads", "1", "-filter_threads", "1", "-fflags", "+bitexact")
_WITHOUT_LOSS = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-f", "matroska")


class GifError(Exception):
    """The film does not become a GIF of this size, or it cannot be written; one line."""


def write_gif(cast: Cast, timeline: Timeline, out: Path, limit_bytes: int = LIMIT_BYTES) -> tuple[int, int]:
    """Write the best GIF of at most `limit_bytes`; gives (frames a second, colours). Nothing is left when it fails.

    Raises GifError (too long for the limit), FilmError (timeline), FfmpegError, FontError.
    """
    partial = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    with tempfile.TemporaryDirectory() as name:
        small = Path(name) / "small.mkv"
        _draw_small(cast, timeline, small)
        try:
            for fps, colours in LADDER:
                _encode(small, partial, fps, colours)
                size = partial.stat().st_size
                if size <= limit_bytes:
                    partial.replace(out)
                    return fps, colours
        except OSError as error:
            raise GifError(f"{out}: the GIF cannot be written: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)
    raise GifError(
        f"{out}: as a GIF the film takes {size:,} bytes even at {fps} frame a second and {colours} colours; "
        f"{limit_bytes:,} are allowed: make a shorter film"
    )


def _draw_small(cast: Cast, timeline: Timeline, small: Path) -> None:
    """The film at the ladder's highest rate in the size of the GIF, without loss."""
    fps = LADDER[0][0]
    surface = YuvSurface(WIDTH, HEIGHT)
    reel = Reel(cast, timeline, surface, fps)
    encoding = ["-vf", f"scale={GIF_WIDTH}:-2:flags=lanczos", *_ONE_THREAD, *_WITHOUT_LOSS]
    with FrameWriter(small, (WIDTH, HEIGHT), fps, encoding) as writer:
        for number in range(reel.schedule.count):
            reel.show(number)
            writer.write(surface.buffer)
        writer.finish()


def _encode(small: Path, out: Path, fps: int, colours: int) -> None:
    """One GIF: colours chosen from a picture a second, no dithering, only what changed in each frame."""
    palette = small.with_name("palette.png")
    choose = f"fps=1,palettegen=max_colors={colours}:stats_mode=full"
    ffmpeg.run(["-i", str(small), *_ONE_THREAD, "-update", "1", "-vf", choose, str(palette)])
    draw = f"fps={fps}[film];[film][1:v]paletteuse=dither=none:diff_mode=rectangle"
    inputs = ["-i", str(small), "-i", str(palette)]
    ffmpeg.run([*inputs, "-lavfi", draw, *_ONE_THREAD, "-loop", "0", "-f", "gif", str(out)])
