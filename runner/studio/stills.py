"""Still pictures of a take: the screen at each marker of session.cast as screens/NN-<label>.txt and .png.

`python -m runner.studio.stills TAKE_DIR`, or `write_stills` from a trial. Touches the take folder only.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from runner.cast import CastError, read_cast
from runner.palette import ANSI
from runner.record import CAST
from runner.studio import footer
from runner.studio.drawing import colours_of, draw_screen
from runner.studio.fonts import FontError
from runner.studio.footer import draw_footer
from runner.studio.png import png
from runner.studio.screens import MarkedScreen, screens_at_markers
from runner.terminal import Cell

SCREENS = "screens"
LABEL_LENGTH = 60  # characters of a label in a file name
_OUR_NAMES = re.compile(r"\d{2,}(-.+)?\.(txt|png)")
BAD_INPUT, KIT_ERROR = 2, 4  # exit codes


@dataclass(frozen=True)
class Stills:
    """What was written, in order of the markers, and what a person should know about it."""

    texts: tuple[Path, ...]
    pictures: tuple[Path, ...]
    notes: tuple[str, ...]


def write_stills(take: Path) -> Stills:
    """Write text and picture of the screen at each marker; stills of an earlier run are replaced.

    Raises CastError (session.cast missing or broken), FontError (font not installed), OSError (cannot write).
    """
    cast = read_cast(take / CAST)
    notes = [cast.truncated] if cast.truncated else []
    folder = take / SCREENS
    folder.mkdir(exist_ok=True)
    texts: list[Path] = []
    pictures: list[Path] = []
    missing: set[str] = set()
    shown: tuple[list[list[Cell]], tuple[int, int] | None] | None = None
    picture = b""  # of the marker before: often nothing has moved since
    for screen in screens_at_markers(cast):
        name = file_name(screen.number, screen.label)
        texts.append(folder / f"{name}.txt")
        _write(texts[-1], (screen.text + "\n").encode())
        if (screen.cells, screen.cursor) != shown:
            picture, not_drawn = _picture(screen, cast.header.title)
            missing |= not_drawn
            shown = screen.cells, screen.cursor
        pictures.append(folder / f"{name}.png")
        _write(pictures[-1], picture)
    _remove_others(folder, {*texts, *pictures})
    notes += [_missing_note(char) for char in sorted(missing)]
    return Stills(tuple(texts), tuple(pictures), tuple(notes))


def file_name(number: int, label: str) -> str:
    """NN-label with everything but letters, digits and _ as hyphens; Japanese stays."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", label)).strip("-")
    return f"{number:02d}-{words[:LABEL_LENGTH]}".rstrip("-")


def main(arguments: list[str]) -> int:
    """The command line: pictures on stdout, notes and errors on stderr; gives the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m runner.studio.stills TAKE_DIR\n")
        return BAD_INPUT
    take = Path(arguments[0])
    try:
        stills = write_stills(take)
    except CastError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except (FontError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return KIT_ERROR
    sys.stdout.writelines(f"{picture}\n" for picture in stills.pictures)
    sys.stderr.writelines(f"{note}\n" for note in stills.notes)
    if not stills.pictures:
        sys.stderr.write(f"{take / CAST}: holds no marker, so there is no screen to draw\n")
        return BAD_INPUT
    return 0


def _picture(screen: MarkedScreen, title: str | None) -> tuple[bytes, frozenset[str]]:
    """(PNG of the screen with the title below it, characters that no font here has)."""
    image, missing = draw_screen(screen.cells, screen.cursor)
    if title:
        missing |= draw_footer(image, title)
    exact = colours_of(screen.cells, screen.cursor) | {footer.COLOUR, *ANSI}
    return png(image, exact), missing


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def _remove_others(folder: Path, written: set[Path]) -> None:
    for path in folder.iterdir():
        if path not in written and _OUR_NAMES.fullmatch(path.name):
            path.unlink()


def _missing_note(char: str) -> str:
    codes = " ".join(f"U+{ord(code):04X}" for code in char)
    name = unicodedata.name(char[0], "unnamed")
    return f"no font here has {codes} ({name}); drawn as a dot: install fonts-noto-color-emoji"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
