"""WebVTT: the captions of a film as a text file beside it. Takes `Caption` values, gives the file's text."""

from __future__ import annotations

from collections.abc import Iterable

from runner.studio.timeline import Caption

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def format_vtt(captions: Iterable[Caption]) -> str:
    """The file's text (UTF-8, newline at the end): one numbered cue a caption, in the film's seconds, same lines."""
    cues = [
        f"{number}\n{timestamp(caption.start_s)} --> {timestamp(caption.end_s)}\n"
        + "\n".join(line.translate(_ESCAPED) for line in caption.lines)
        for number, caption in enumerate(captions, start=1)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def timestamp(seconds: float) -> str:
    """hh:mm:ss.ttt, to the nearest millisecond."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
