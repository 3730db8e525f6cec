"""Fixtures of the studio's tests: the caches of glyphs, and a machine that has no fonts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runner.studio import fonts
from runner.studio.glyphs import glyph
from runner.studio.typeset import letter

CACHES = (
    glyph,
    letter,
    fonts.japanese,
    fonts.letter,
    fonts.of_machine,
    fonts.emoji,
    fonts.slice_ranges,
    fonts._slices_by_character,
    fonts._slice,
    fonts._machine_files,
    fonts._machine_face,
    fonts._emoji_font,
)


@pytest.fixture
def forget_glyphs() -> Callable[[], None]:
    """Empty every cache, as in a new process."""

    def forget() -> None:
        for cached in CACHES:
            cached.cache_clear()

    return forget


@pytest.fixture
def no_machine_fonts(monkeypatch: pytest.MonkeyPatch, forget_glyphs: Callable[[], None]) -> Iterator[None]:
    """Only the font of package.json is there, as on a bare machine."""
    monkeypatch.setattr(fonts, "_MACHINE_FOLDERS", ())
    forget_glyphs()
    yield
    forget_glyphs()
