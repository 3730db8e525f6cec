"""The film: a recording and a timeline become an MP4 of 1920 x 1080 at 30 frames a second, in one pass.

`render` for the film, `write_chapter_stills` for pictures out of it. Called by the highlight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.cast import Cast
from runner.studio.ffmpeg import FrameWriter, chapters_text, film_encoding
from runner.studio.layout import HEIGHT, WIDTH
from runner.studio.png import COMPRESSION
from runner.studio.reel import Reel
from runner.studio.schedule import FPS, chapter_spans
from runner.studio.stills import file_name
from runner.studio.surfaces import RgbSurface, YuvSurface
from runner.studio.timeline import Clip, Timeline

Progress = Callable[[int, int], None]  # (frames done, frames in all)
FrameTexts = Callable[[float, str], None]  # (second of the film, everything that can be read from then on)


@dataclass(frozen=True)
class FilmReport:
    """What was made. `drawn`: frames that differ from the one before; `missing`: characters drawn as a dot."""

    path: Path
    frames: int
    drawn: int
    duration_s: float
    size_bytes: int
    missing: tuple[str, ...]


def render(
    cast: Cast,
    timeline: Timeline,
    out: Path,
    *,
    progress: Progress | None = None,
    frame_texts: FrameTexts | None = None,
) -> FilmReport:
    """Draw and encode the film; the same input gives the same bytes. Nothing is left at `out` when it fails.

    `frame_texts` is called for each frame that differs from the one before, and once for the title of the file.
    Raises FilmError (timeline), FfmpegError (missing, no space), FontError (font not installed).
    """
    surface = YuvSurface(WIDTH, HEIGHT)
    reel = Reel(cast, timeline, surface)
    count, drawn = reel.schedule.count, 0
    if frame_texts is not None:
        frame_texts(0.0, "\n".join([timeline.title, *(chapter.title for chapter in timeline.chapters)]))
    encoding, metadata = film_encoding(timeline), chapters_text(timeline)
    with FrameWriter(out, (WIDTH, HEIGHT), FPS, encoding, metadata) as encoder:
        for number in range(count):
            if reel.show(number):
                drawn += 1
                if frame_texts is not None:
                    frame_texts(number / FPS, reel.frame.text())
            encoder.write(surface.buffer)
            if progress is not None:
                progress(number + 1, count)
        encoder.finish()
    return FilmReport(out, count, drawn, count / FPS, out.stat().st_size, tuple(sorted(reel.frame.missing)))


def chapter_moments(timeline: Timeline) -> list[tuple[float, str]]:
    """(second of the film, title): the picture that tells most of each chapter.

    It is the last one of its last close-up; without one, under its last caption; else of its first item. Items and
    captions belong to the chapter that holds their middle: rounding may put their ends beyond the chapter's edge.
    """
    items = list(timeline.starts())
    moments = []
    for start, end, title in chapter_spans(timeline):
        captions = [min(c.end_s, end) for c in timeline.captions if start <= (c.start_s + c.end_s) / 2 < end]
        inside = [(at, item) for at, item in items if start <= at + item.duration_s / 2 < end]
        ends = [min(at + item.duration_s, end) for at, item in inside]
        enlarged = [
            until
            for until, (_, item) in zip(ends, inside, strict=True)
            if isinstance(item, Clip) and item.close_up is not None
        ]
        last = max(enlarged or captions) if enlarged or captions else min(ends, default=end)
        moments.append((max(start, last - 1.5 / FPS), title))
    return moments


def write_chapter_stills(cast: Cast, timeline: Timeline, folder: Path) -> list[Path]:
    """A PNG of the full frame for each chapter, named 01-<title>.png; `folder` is there. Raises as `render` does."""
    surface = RgbSurface(WIDTH, HEIGHT)
    reel = Reel(cast, timeline, surface)
    paths = []
    for number, (time_s, title) in enumerate(chapter_moments(timeline), start=1):
        reel.show(reel.schedule.frame_of(time_s))
        paths.append(folder / f"{file_name(number, title)}.png")
        surface.image.save(paths[-1], "PNG", compress_level=COMPRESSION)
    return paths
