"""Stills of a take: which files are written, what is said about them, and what a wrong take leads to."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from runner.cast import CastError
from runner.studio import fonts
from runner.studio import stills as stills_module
from runner.studio.png import png
from runner.studio.stills import BAD_INPUT, KIT_ERROR, file_name, main, write_stills

REAL_TAKE = Path(__file__).parent / "data" / "take"
HEADER = '{"version": 2, "width": 20, "height": 2}\n'


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """A small take in a folder whose path holds blanks and Japanese."""
    folder = tmp_path / "テイク 1"
    folder.mkdir()
    (folder / "session.cast").write_text(
        HEADER + '[0.1, "o", "連結"]\n[0.2, "m", "集計を始める"]\n[0.3, "o", "決算"]\n[0.4, "m", "end"]\n',
        encoding="utf-8",
    )
    return folder


def names(take: Path) -> list[str]:
    return sorted(path.name for path in (take / "screens").iterdir())


def test_text_and_picture_are_written_for_each_marker(take: Path) -> None:
    stills = write_stills(take)
    assert names(take) == ["01-集計を始める.png", "01-集計を始める.txt", "02-end.png", "02-end.txt"]
    assert [path.read_text(encoding="utf-8") for path in stills.texts] == ["連結\n", "連結決算\n"]
    assert [path.name for path in stills.pictures] == ["01-集計を始める.png", "02-end.png"]
    assert stills.notes == ()
    with Image.open(stills.pictures[0]) as image:
        assert (image.size, image.mode) == ((20 * 16 + 60, 2 * 32 + 60), "P")


def test_a_second_run_writes_the_same_bytes(take: Path) -> None:
    first = [path.read_bytes() for path in write_stills(take).pictures]
    assert [path.read_bytes() for path in write_stills(take).pictures] == first


def test_a_marker_at_an_unchanged_screen_has_the_picture_of_the_one_before(
    take: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (take / "session.cast").open("a", encoding="utf-8") as cast:
        cast.write('[0.5, "m", "again"]\n[0.6, "o", "\\b"]\n[0.7, "m", "moved"]\n')
    drawn: list[int] = []
    monkeypatch.setattr(stills_module, "png", lambda *picture: drawn.append(1) or png(*picture))
    _, end, again, moved = write_stills(take).pictures
    assert len(drawn) == 3
    assert again.read_bytes() == end.read_bytes()
    assert moved.read_bytes() != end.read_bytes(), "only the cursor stands elsewhere"
    assert again.with_suffix(".txt").read_text(encoding="utf-8") == "連結決算\n"


def test_the_title_stands_below_the_screen_and_not_in_the_text(take: Path) -> None:
    without = write_stills(take).pictures[0].read_bytes()
    cast = take / "session.cast"
    titled = cast.read_text(encoding="utf-8").replace("}", ', "title": "決算【リハーサル】"}', 1)
    cast.write_text(titled, encoding="utf-8")
    stills = write_stills(take)
    with Image.open(io.BytesIO(without)) as before, Image.open(stills.pictures[0]) as after:
        difference = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).convert("L")
        changed = difference.point(
            lambda level: 255 if level > 24 else 0
        ).getbbox()  # ink, not a shade's nuance
        assert changed is not None
        assert changed[1] >= after.height - 30
    assert stills.texts[0].read_text(encoding="utf-8") == "連結\n"


def test_the_real_recording_is_drawn(tmp_path: Path) -> None:
    take = tmp_path / "take"
    take.mkdir()
    shutil.copy(REAL_TAKE / "session.cast", take)
    stills = write_stills(take)
    assert [path.name for path in stills.texts] == sorted(
        path.name for path in (REAL_TAKE / "screens").glob("*.txt")
    )
    for path in stills.pictures:
        with Image.open(path) as image:
            assert image.size == (1660, 1020)
            assert len(image.getcolors(maxcolors=1 << 20) or []) > 50, "text is there, with smooth edges"


def test_stills_of_an_earlier_run_go_and_other_files_stay(take: Path) -> None:
    (take / "screens").mkdir()
    for name in ("07-old.png", "07-old.txt", "notes.txt", "cover.png"):
        (take / "screens" / name).write_bytes(b"")
    write_stills(take)
    assert {"notes.txt", "cover.png"} <= set(names(take))
    assert not {"07-old.png", "07-old.txt"} & set(names(take))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("集計を始める", "01-集計を始める"),
        ("scene: 1/2 (start)", "01-scene-1-2-start"),
        ("../../etc/passwd", "01-etc-passwd"),
        ("か\u3099", "01-が"),
        ("・・・", "01"),
        ("長" * 200, "01-" + "長" * 60),
    ],
)
def test_a_label_becomes_a_name_that_every_file_system_takes(label: str, name: str) -> None:
    assert file_name(1, label) == name


def test_a_recording_cut_short_gives_its_screens_and_says_so(take: Path) -> None:
    with (take / "session.cast").open("a", encoding="utf-8") as cast:
        cast.write('[0.5, "o", "cut')
    stills = write_stills(take)
    assert len(stills.pictures) == 2
    assert "session.cast, line 6: cut short after 15 bytes" in stills.notes[0]


@pytest.mark.usefixtures("no_machine_fonts")
def test_a_character_without_a_glyph_is_told_by_name(take: Path) -> None:
    with (take / "session.cast").open("a", encoding="utf-8") as cast:
        cast.write('[0.5, "o", "\\r🂡"]\n[0.6, "m", "card"]\n')
    (note,) = write_stills(take).notes
    assert note.startswith("no font here has U+1F0A1 (PLAYING CARD ACE OF SPADES); drawn as a dot")


def test_the_command_prints_the_pictures(take: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(take)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(take / "screens" / "01-集計を始める.png"),
        str(take / "screens" / "02-end.png"),
    ]


def test_the_command_says_on_stderr_what_a_person_should_know(
    take: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (take / "session.cast").open("a", encoding="utf-8") as cast:
        cast.write("[0.5")
    assert main([str(take)]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert said.err.startswith(f"{take / 'session.cast'}, line 6: cut short after 4 bytes")


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--help"]])
def test_wrong_use_is_told_how_to_use_it(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == BAD_INPUT
    assert capsys.readouterr().err == "usage: python -m runner.studio.stills TAKE_DIR\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "session.cast: the recording cannot be read: No such file", id="no recording"),
        pytest.param("", "session.cast: the recording is empty", id="empty"),
        pytest.param(HEADER + "oops\n", "session.cast, line 2: this is not a line", id="broken"),
        pytest.param(HEADER + '[1, "o", "a"]\n', "session.cast: holds no marker", id="no marker"),
    ],
)
def test_a_take_that_cannot_be_shown_is_one_clear_line(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "session.cast").write_text(content, encoding="utf-8")
    assert main([str(tmp_path)]) == BAD_INPUT
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_broken_recording_leaves_earlier_stills_alone(take: Path) -> None:
    write_stills(take)
    before = names(take)
    (take / "session.cast").write_text(HEADER + "oops\n", encoding="utf-8")
    with pytest.raises(CastError):
        write_stills(take)
    assert names(take) == before


def test_a_missing_font_says_what_to_run(
    take: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    forget_glyphs: Callable[[], None],
) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", take / "nowhere")
    forget_glyphs()
    try:
        assert main([str(take)]) == KIT_ERROR
        assert "unicode.json: the font is not installed; run `make setup`" in capsys.readouterr().err
    finally:
        forget_glyphs()
