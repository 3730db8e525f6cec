"""Small recordings and timelines for the tests of the film, and a way to look at frames of what was made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from runner import child
from runner.cast import Cast, parse_cast
from runner.studio import ffmpeg
from runner.studio.layout import HEIGHT, WIDTH
from runner.studio.timeline import Caption, Card, Chapter, Clip, CloseUp, Timeline

BADGE = "リハーサル（台本による応答）"
DISCLAIMER = "台本による操作見本です。モデルの性能を示すものではありません。"
EVENTS: tuple[tuple[float, str], ...] = (
    (0.0, "連結決算 $ "),
    (0.5, "ls\r\n"),
    (1.0, "PKG_001.xlsx\r\n"),
    (2.0, "\x1b[?2026h\x1b[2J\x1b[Hhalf"),
    (2.5, " whole\x1b[?2026l"),
    (4.0, "\r\nend"),
)
CLOSE_UP = CloseUp(row=0, rows=1, column=0, columns=16, cell=32)


def cast_of(events: Sequence[tuple[float, str]] = EVENTS, cols: int = 100, rows: int = 30) -> Cast:
    header = {"version": 2, "width": cols, "height": rows, "title": "題"}
    lines = [json.dumps(header), *(json.dumps([time, "o", data]) for time, data in events)]
    return parse_cast("\n".join(lines).encode() + b"\n", "session.cast")


def timeline_of(
    items: Sequence[Clip | Card] | None = None, theme: Literal["dark", "light"] = "dark", **named: Any
) -> Timeline:
    """A title, a clip as recorded, one of it enlarged, a ramp and a closing card: 2.4 seconds."""
    default = (
        Card(kind="title", heading="見出し", lines=("一行目",), duration_s=0.4),
        Clip(start_s=0, end_s=0.5),
        Clip(start_s=0.5, end_s=1, close_up=CLOSE_UP),
        Clip(start_s=1, end_s=3.4, speed=4, label="×4"),
        Card(kind="closing", heading="検算", lines=("判定：合格", DISCLAIMER), duration_s=0.4),
    )
    named = {
        "title": "題",
        "badge": BADGE,
        "captions": (Caption(start_s=0.5, end_s=1.4, lines=("字幕の一行目", "字幕の二行目")),),
        "chapters": (
            Chapter(start_s=0, title="はじめに"),
            Chapter(start_s=0.4, title="集計"),
            Chapter(start_s=2.0, title="検算"),
        ),
        **named,
    }
    return Timeline(items=tuple(items or default), theme=theme, **named)


def frames_of(film: Path, *numbers: int) -> list[Image.Image]:
    """Frames of the film by number, as a player shows them."""
    chosen = "+".join(f"eq(n,{number})" for number in numbers)
    argv = [str(ffmpeg.program()), "-v", "error", "-i", str(film), "-vf", f"select='{chosen}'"]
    argv += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    size = WIDTH * HEIGHT * 3
    done = child.run(argv, timeout_s=60, max_output_bytes=size * len(numbers))
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) == size * len(numbers)
    return [
        Image.frombytes("RGB", (WIDTH, HEIGHT), done.stdout[at * size : (at + 1) * size])
        for at in range(len(numbers))
    ]


def told_by_ffmpeg(film: Path) -> str:
    """What ffmpeg says of the file: streams, rate, chapters, and how many frames it decodes."""
    argv = [str(ffmpeg.program()), "-hide_banner", "-i", str(film), "-map", "0:v", "-f", "null", "-"]
    return child.run(argv, timeout_s=60).stderr.decode()
