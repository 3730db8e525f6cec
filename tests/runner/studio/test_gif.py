"""A GIF for slides: small enough, the same tomorrow, or a clear line and no file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from runner.studio import gif
from runner.studio.gif import GIF_WIDTH, LADDER, GifError, write_gif
from runner.studio.themes import THEMES
from tests.runner.studio.films import cast_of, timeline_of


def test_a_gif_shows_the_film_within_the_limit_and_is_the_same_again(tmp_path: Path) -> None:
    assert write_gif(cast_of(), timeline_of(), tmp_path / "a.gif") == LADDER[0]
    with Image.open(tmp_path / "a.gif") as image:
        assert image.size == (GIF_WIDTH, 540)
        assert image.is_animated  # type: ignore[attr-defined]
        red, green, blue = image.convert("RGB").getpixel((GIF_WIDTH - 20, 14))  # type: ignore[misc]
    badge = THEMES["dark"].badge
    assert max(abs(a - b) for a, b in zip((red, green, blue), badge, strict=True)) < 16
    write_gif(cast_of(), timeline_of(), tmp_path / "b.gif")
    assert (tmp_path / "b.gif").read_bytes() == (tmp_path / "a.gif").read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.gif", "b.gif"]


def test_a_smaller_limit_takes_fewer_colours_or_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gif, "LADDER", ((10, 128), (2, 8)))
    write_gif(cast_of(), timeline_of(), tmp_path / "best.gif")
    size = (tmp_path / "best.gif").stat().st_size
    assert write_gif(cast_of(), timeline_of(), tmp_path / "a.gif", limit_bytes=size - 1) == (2, 8)
    assert (tmp_path / "a.gif").stat().st_size < size


def test_a_film_that_does_not_fit_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gif, "LADDER", ((1, 16),))
    with pytest.raises(GifError, match=r"a\.gif: as a GIF the film takes [\d,]+ bytes .* 1,000 are allowed"):
        write_gif(cast_of(), timeline_of(), tmp_path / "a.gif", limit_bytes=1000)
    assert list(tmp_path.iterdir()) == []
