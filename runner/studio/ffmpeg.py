"""ffmpeg of the package imageio-ffmpeg, as a child process: raw frames in, an MP4 out, or one file into another.

Takes frames one by one; what it writes is complete or not there (temporary name, then rename). Used by film and gif.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from runner import child
from runner.studio.schedule import chapter_spans
from runner.studio.timeline import Timeline

THREADS = 2  # part of what is encoded: another number gives other bytes
PRESET, QUALITY = "veryfast", 18  # of x264; at 18 text is as crisp as in the still
KEY_FRAME_EVERY = 300  # frames, and at every chapter
FINISH_S = 300.0
_SAID_BYTES = 4096  # of what ffmpeg said, enough for its first line
_ADDRESS = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ")
_COLOUR = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
_SAME_BYTES = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata:s", "-1")


class FfmpegError(Exception):
    """ffmpeg is missing, cannot be started or gave up; the message is one line."""


def program() -> Path:
    """The ffmpeg that imageio-ffmpeg brought. Raises FfmpegError when it is missing or cannot be executed."""
    spec = find_spec("imageio_ffmpeg")
    folder = Path(spec.origin).parent / "binaries" if spec and spec.origin else None
    found = sorted(folder.glob("ffmpeg-*")) if folder else []
    if not found:
        raise FfmpegError("ffmpeg is missing: the package imageio-ffmpeg brings it; run `make setup`")
    if not os.access(found[0], os.X_OK):
        raise FfmpegError(f"{found[0]}: ffmpeg cannot be executed; run `make setup` or set its x permission")
    return found[0]


def run(arguments: Sequence[str], timeout_s: float = FINISH_S) -> None:
    """Run ffmpeg to its end. Raises FfmpegError with the first line of what it said."""
    try:
        done = child.run([str(program()), *_QUIET, *arguments], timeout_s=timeout_s)
    except child.ChildError as error:
        raise FfmpegError(str(error)) from error
    if done.timed_out:
        raise FfmpegError(f"ffmpeg was not done after {timeout_s:g} s; is the machine busy?")
    if done.returncode != 0:
        raise FfmpegError(f"ffmpeg gave up: {_cause(done.stderr)}")


class FrameWriter:
    """Pipes frames of planar yuv420p into ffmpeg, which writes `out`; it is complete only when `finish` has returned.

    `encoding`: the options between input and output; `metadata`: as from `chapters_text`, or "".
    A context manager: left by an error, it ends ffmpeg and leaves nothing at `out` nor beside it.
    """

    def __init__(
        self, out: Path, size: tuple[int, int], fps: int, encoding: Sequence[str], metadata: str = ""
    ) -> None:
        ffmpeg = program()
        self._out = out
        self._partial = out.with_name(f".{out.name}.{os.getpid()}.tmp")
        self._folder = tempfile.TemporaryDirectory()
        self._said = (Path(self._folder.name) / "said.txt").open("w+b")
        argv = [str(ffmpeg), *_QUIET, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}"]
        argv += ["-framerate", str(fps), *_COLOUR, "-i", "pipe:0"]
        if metadata:
            chapters = Path(self._folder.name) / "chapters.txt"
            chapters.write_text(metadata, encoding="utf-8")
            argv += ["-i", str(chapters), "-map_metadata", "1", "-map_chapters", "1"]
        argv += ["-map", "0:v", *_SAME_BYTES, *encoding, str(self._partial)]
        try:
            self._child = child.start(argv, stdin=child.PIPE, stdout=child.DEVNULL, stderr=self._said)
        except child.ChildError as error:
            self._forget()
            raise FfmpegError(str(error)) from error

    def __enter__(self) -> FrameWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_input()  # first: while it waits for a frame it does not hear that it should end
        self._child.stop()
        self._forget()

    def write(self, frame: bytes | bytearray) -> None:
        """Send the next frame. Raises FfmpegError when ffmpeg has ended."""
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(frame)
        except BrokenPipeError as error:
            raise self._gave_up() from error

    def finish(self) -> None:
        """Wait for the end of the file and put it in its place. Raises FfmpegError."""
        self._close_input()
        try:
            returncode = self._child.wait(FINISH_S)
        except child.ChildTimeoutError as error:
            raise FfmpegError(f"{self._out}: ffmpeg did not finish: {error}") from error
        if returncode != 0:
            raise self._gave_up()
        try:
            self._partial.replace(self._out)
        except OSError as error:
            raise FfmpegError(f"{self._out}: the film cannot be put there: {error.strerror}") from error

    def _gave_up(self) -> FfmpegError:
        self._child.stop()
        self._said.seek(0)
        return FfmpegError(f"{self._out}: ffmpeg gave up: {_cause(self._said.read(_SAID_BYTES))}")

    def _close_input(self) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.close()
        except BrokenPipeError:  # it has ended already; `finish` tells why
            return

    def _forget(self) -> None:
        self._said.close()
        self._folder.cleanup()
        self._partial.unlink(missing_ok=True)


def film_encoding(timeline: Timeline) -> list[str]:
    """H.264 in an MP4 that plays everywhere and starts at once; a key frame wherever one might jump to."""
    starts = {f"{start:.6f}" for start, _ in timeline.starts()}
    starts |= {f"{chapter.start_s:.6f}" for chapter in timeline.chapters}
    encoding = ["-c:v", "libx264", "-preset", PRESET, "-crf", str(QUALITY), "-threads", str(THREADS)]
    encoding += ["-g", str(KEY_FRAME_EVERY), "-force_key_frames", ",".join(sorted(starts, key=float))]
    return [*encoding, *_COLOUR, "-movflags", "+faststart", "-f", "mp4"]


def chapters_text(timeline: Timeline) -> str:
    """Title and chapters in ffmpeg's own text format."""
    lines = [";FFMETADATA1", f"title={_escaped(timeline.title)}"]
    for start, end, title in chapter_spans(timeline):
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={round(start * 1000)}", f"END={round(end * 1000)}"]
        lines.append(f"title={_escaped(title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "=;#\\\n" else char for char in text)


def _cause(said: bytes) -> str:
    """The first line that ffmpeg said: the later ones are what came of it."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return _ADDRESS.sub("", lines[0]) if lines else "it said nothing"
