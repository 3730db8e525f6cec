"""A film from a recording and a timeline: what every frame shows, that it is the same tomorrow, what a failure says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from runner.palette import Rgb
from runner.studio import ffmpeg, fonts
from runner.studio.ffmpeg import FfmpegError
from runner.studio.film import FilmReport, chapter_moments, render, write_chapter_stills
from runner.studio.fonts import FontError
from runner.studio.layout import BADGE_TOP, CAPTION_BOX, EDGE, HEIGHT, SPEED_BOX, WIDTH, Box
from runner.studio.schedule import FilmError
from runner.studio.themes import THEMES
from runner.studio.timeline import Caption, Card, Chapter, Clip
from tests.runner.studio.films import (
    BADGE,
    CLOSE_UP,
    DISCLAIMER,
    cast_of,
    frames_of,
    timeline_of,
    told_by_ffmpeg,
)

CORNER: Box = (WIDTH - EDGE - 70, BADGE_TOP + 4, WIDTH - EDGE - 14, BADGE_TOP + 10)  # of the badge
NEAR = 6  # levels by which an encoded surface may differ from the colour that was drawn


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small film in every theme."""
    folder = tmp_path_factory.mktemp("映像 films")
    for theme in ("dark", "light"):
        render(cast_of(), timeline_of(theme=theme), folder / f"{theme}.mp4")
    return {theme: folder / f"{theme}.mp4" for theme in THEMES}


def all_near(image: Image.Image, box: Box, colour: Rgb) -> bool:
    extrema = image.crop(box).getextrema()
    return all(
        level - NEAR <= low and high <= level + NEAR
        for (low, high), level in zip(extrema, colour, strict=True)  # type: ignore[misc]
    )


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_the_badge_stands_in_the_first_the_middle_and_the_last_frame(
    theme: str, films: dict[str, Path]
) -> None:
    for frame in frames_of(films[theme], 0, 36, 71):
        assert all_near(frame, CORNER, THEMES[theme].badge)
        badge = frame.crop((1668, BADGE_TOP, 1900, BADGE_TOP + 90)).convert("L")
        assert badge.getextrema()[0] < 80, "dark letters stand on it"


def test_the_film_is_full_hd_at_30_frames_with_chapters(films: dict[str, Path]) -> None:
    told = told_by_ffmpeg(films["dark"])
    assert "h264" in told
    assert "yuv420p(tv, bt709" in told
    assert "1920x1080" in told
    assert "30 fps" in told
    assert re.findall(r"frame=\s*(\d+)", told)[-1] == "72"
    assert re.findall(r"Chapter #0:\d: start ([\d.]+), end ([\d.]+)", told)[:3] == [
        ("0.000000", "0.400000"),
        ("0.400000", "2.000000"),
        ("2.000000", "2.400000"),
    ]
    assert [title for title in re.findall(r"title\s+: (.+)", told)][:4] == ["題", "はじめに", "集計", "検算"]


def test_a_film_starts_before_it_is_loaded_whole(films: dict[str, Path]) -> None:
    content = films["dark"].read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> tuple[FilmReport, list[tuple[float, str]]]:
    """The dark film once more, and every text that was told while it was made."""
    told: list[tuple[float, str]] = []
    file = tmp_path_factory.mktemp("again") / "f.mp4"
    report = render(cast_of(), timeline_of(), file, frame_texts=lambda s, text: told.append((s, text)))
    return report, told


def test_the_same_input_gives_the_same_bytes(
    films: dict[str, Path], again: tuple[FilmReport, list[tuple[float, str]]]
) -> None:
    assert again[0].path.read_bytes() == films["dark"].read_bytes()


def test_caption_and_speed_are_seen_while_they_last_and_no_longer(films: dict[str, Path]) -> None:
    theme = THEMES["dark"]
    before, during, ramp = frames_of(films["dark"], 13, 20, 50)
    line: Box = (CAPTION_BOX[0], CAPTION_BOX[1] + 2, CAPTION_BOX[2], CAPTION_BOX[3] - 2)
    speed: Box = (SPEED_BOX[0] + 20, SPEED_BOX[1] + 10, SPEED_BOX[2] - 20, SPEED_BOX[3] - 10)
    assert all_near(before, line, theme.caption)
    assert during.crop(line).convert("L").getextrema()[1] > 240
    assert all_near(during, speed, theme.panel)
    assert ramp.crop(speed).convert("L").getextrema()[1] > 240
    assert all_near(ramp, line, theme.caption)


def test_every_text_of_every_frame_is_told(again: tuple[FilmReport, list[tuple[float, str]]]) -> None:
    report, told = again
    whole = "\n".join(text for _, text in told)
    for text in (
        BADGE,
        "題",
        "見出し",
        "一行目",
        "連結決算 $",
        "PKG_001.xlsx",
        "字幕の二行目",
        "×4",
        "集計",
        DISCLAIMER,
    ):
        assert text in whole
    assert told[0] == (0.0, "題\nはじめに\n集計\n検算")
    assert [second for second, _ in told] == sorted(second for second, _ in told)
    assert len(told) == report.drawn + 1 < report.frames, "a frame like the one before is not told again"


def test_a_synchronized_update_is_never_seen_half(tmp_path: Path) -> None:
    told: list[str] = []
    events = [(0.0, "old"), (0.2, "\x1b[?2026h\x1b[2J\x1b[Hhalf"), (0.6, " new\x1b[?2026l")]
    timeline = timeline_of([Clip(start_s=0, end_s=1)], captions=(), chapters=())
    render(cast_of(events), timeline, tmp_path / "f.mp4", frame_texts=lambda _, text: told.append(text))
    assert any("old" in text for text in told)
    assert any("half new" in text for text in told)
    assert not [text for text in told if "half" in text and "half new" not in text]


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    timeline = timeline_of([Clip(start_s=0, end_s=0.2)], captions=(), chapters=())
    render(cast_of(), timeline, tmp_path / "f.mp4", progress=lambda *at: done.append(at))
    assert done == [(number, 6) for number in range(1, 7)]


def test_a_cut_shows_the_screen_as_it_was_at_that_second(tmp_path: Path) -> None:
    told: list[str] = []
    cut = [Clip(start_s=4, end_s=4.1), Clip(start_s=0.6, end_s=0.7)]
    timeline = timeline_of(cut, captions=(), chapters=())
    render(cast_of(), timeline, tmp_path / "f.mp4", frame_texts=lambda _, text: told.append(text))
    assert "half whole\nend" in told[1]
    assert "連結決算 $ ls" in told[2], "also when it lies before what was shown"
    assert "end" not in told[2]


@pytest.mark.parametrize(("cols", "rows"), [(80, 24), (140, 40)])
def test_a_screen_of_another_size_lies_within_its_box(cols: int, rows: int, tmp_path: Path) -> None:
    fill = "\r\n".join("█" * cols for _ in range(rows))
    timeline = timeline_of([Clip(start_s=0, end_s=0.1)], captions=(), chapters=())
    folder = tmp_path / "stills"
    folder.mkdir()
    timeline = timeline.model_copy(update={"chapters": timeline_of().chapters[:1]})
    (still,) = write_chapter_stills(cast_of([(0.0, f"{fill}\x1b[?25l")], cols, rows), timeline, folder)
    with Image.open(still) as image:
        assert image.size == (WIDTH, HEIGHT)
        left = image.crop((0, 0, 1640, 966)).convert("L").point(lambda level: 255 if level > 200 else 0)
        box = left.getbbox()
    assert box is not None
    assert 24 <= box[0] < box[2] <= 1624
    assert 4 <= box[1] < box[3] <= 964
    assert abs((box[0] - 24) - (1624 - box[2])) <= 4, "in the middle"


def test_a_chapters_still_is_taken_at_its_last_close_up_or_under_its_last_caption() -> None:
    timeline = timeline_of(captions=())
    assert [round(time, 2) for time, _ in chapter_moments(timeline)] == [0.35, 1.35, 2.35]
    opening, *_, closing = timeline_of().items
    third = Clip(start_s=0, end_s=1 / 3, close_up=CLOSE_UP)  # ends where a chapter begins, but for rounding
    parts = [Clip(start_s=0, end_s=0.1), third, Clip(start_s=1, end_s=2)]
    chapters = (Chapter(start_s=0, title="一"), Chapter(start_s=0.1 + 1 / 3 - 1e-9, title="二"))
    timeline = timeline_of(parts, captions=(), chapters=chapters)
    assert [round(time, 2) for time, _ in chapter_moments(timeline)] == [0.38, 1.38]
    chapters = (Chapter(start_s=0, title="一"), Chapter(start_s=0.1 + 1 / 3 - 0.07, title="二"))
    timeline = timeline_of(parts, captions=(), chapters=chapters)
    assert [round(time, 2) for time, _ in chapter_moments(timeline)] == [0.31, 1.38], (
        "or ends a little behind it"
    )
    plain = [Clip(start_s=0, end_s=1), Clip(start_s=1, end_s=3.4, speed=4)]
    timeline = timeline_of([opening, *plain, closing])
    assert [round(time, 2) for time, _ in chapter_moments(timeline)] == [0.35, 1.35, 2.35]
    early = Caption(
        start_s=0.4 - 1e-9, end_s=1.4, lines=("字幕",)
    )  # begins with its chapter, but for rounding
    before = timeline.model_copy(update={"captions": (early,)})
    assert [round(time, 2) for time, _ in chapter_moments(before)] == [0.35, 1.35, 2.35]
    late = timeline.model_copy(
        update={"captions": (*timeline.captions, Caption(start_s=1.5, end_s=1.9, lines=("後",)))}
    )
    assert [round(time, 2) for time, _ in chapter_moments(late)] == [0.35, 1.85, 2.35]


def test_stills_are_the_films_frames_and_named_by_chapter(tmp_path: Path, films: dict[str, Path]) -> None:
    stills = write_chapter_stills(cast_of(), timeline_of(), tmp_path)
    assert [path.name for path in stills] == ["01-はじめに.png", "02-集計.png", "03-検算.png"]
    (frame,) = frames_of(films["dark"], 40)
    with Image.open(stills[1]) as still:
        small, other = (picture.convert("L").resize((240, 135)) for picture in (still, frame))
    assert max(abs(a - b) for a, b in zip(small.tobytes(), other.tobytes(), strict=True)) < 12


@pytest.mark.parametrize(
    ("items", "message"),
    [
        pytest.param(
            [Clip(start_s=2, end_s=2)], "item 1 of the film plays 2 to 2 s, which is nothing", id="empty"
        ),
        pytest.param(
            [Card(kind="title", heading="題", duration_s=1), Clip(start_s=9, end_s=10)],
            "item 2 of the film plays from 9 s of a recording that ends at 4 s",
            id="after the end",
        ),
    ],
)
def test_a_timeline_that_does_not_fit_is_one_clear_line(
    items: list[Clip | Card], message: str, tmp_path: Path
) -> None:
    with pytest.raises(FilmError, match=message):
        render(cast_of(), timeline_of(items), tmp_path / "f.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    out = tmp_path / "f.mp4"
    out.write_bytes(b"the film of yesterday")
    (tmp_path / f".f.mp4.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(FfmpegError, match=r"f\.mp4: ffmpeg gave up: .*No space left on device") as caught:
        render(cast_of(), timeline_of(), out)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["f.mp4"]
    assert out.read_bytes() == b"the film of yesterday"


def test_an_interrupted_film_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(done: int, of: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(cast_of(), timeline_of(), tmp_path / "f.mp4", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_ffmpeg_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "find_spec", lambda name: None)
    with pytest.raises(FfmpegError, match=r"ffmpeg is missing: .* run `make setup`"):
        render(cast_of(), timeline_of(), tmp_path / "f.mp4")


def test_an_ffmpeg_that_cannot_be_executed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spec:
        origin = str(tmp_path / "__init__.py")

    (tmp_path / "binaries").mkdir()
    (tmp_path / "binaries" / "ffmpeg-linux").write_bytes(b"")
    (tmp_path / "binaries" / "ffmpeg-linux").chmod(0o644)
    monkeypatch.setattr(ffmpeg, "find_spec", lambda name: Spec)
    with pytest.raises(FfmpegError, match="ffmpeg-linux: ffmpeg cannot be executed"):
        ffmpeg.program()


def test_a_missing_font_is_told_before_a_frame_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget_glyphs: Callable[[], None]
) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", tmp_path / "nowhere")
    forget_glyphs()
    try:
        with pytest.raises(FontError, match="the font is not installed; run `make setup`"):
            render(cast_of(), timeline_of(), tmp_path / "f.mp4")
        assert list(tmp_path.iterdir()) == []
    finally:
        forget_glyphs()
