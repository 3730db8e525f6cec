"""asciicast v2 and v3 as data: what is written is read again, markers stand in place, faults name file and line."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cast import (
    Cast,
    CastError,
    Event,
    Header,
    add_markers,
    format_cast,
    parse_cast,
    read_cast,
    with_title,
    write_cast,
)

HEADER = (
    '{"version": 2, "width": 100, "height": 30, "timestamp": 1700000000, "env": {"TERM": "xterm-256color"}}'
)
CAST = f"""{HEADER}
[0.1, "o", "\\u001b[31m連結"]
[0.5, "i", "y"]
[0.5, "o", "決算\\r\\n"]
[1.25, "r", "80x24"]
"""

V3 = '{"version": 3, "term": {"cols": 100, "rows": 30, "type": "xterm", "theme": {"fg": "#fff"}}, "tags": ["a"]}'

texts = st.text(st.characters(exclude_categories=["Cs"]))
labels = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
versions = st.sampled_from([Header(version=2, width=100, height=30), Header(version=3, width=100, height=30)])
times = st.integers(0, 10_000_000).map(lambda microseconds: microseconds / 1_000_000)
events = st.lists(st.builds(Event, times, st.sampled_from("oi"), texts)).map(
    lambda found: tuple(sorted(found, key=lambda event: event.time_s))
)
casts = st.builds(Cast, versions, events)


def parse(text: str) -> Cast:
    return parse_cast(text.encode(), "take/session.cast")


def test_a_cast_is_read() -> None:
    cast = parse(CAST)
    assert (cast.header.width, cast.header.height, cast.header.timestamp) == (100, 30, 1700000000)
    assert cast.events == (
        Event(0.1, "o", "\x1b[31m連結"),
        Event(0.5, "i", "y"),
        Event(0.5, "o", "決算\r\n"),
        Event(1.25, "r", "80x24"),
    )
    assert cast.duration_s == 1.25
    assert cast.truncated is None


def test_what_asciinema_itself_records_is_read(tmp_path: Path) -> None:
    path = tmp_path / "session.cast"
    command = [
        sys.executable,
        "-m",
        "asciinema",
        "rec",
        "-q",
        "--cols",
        "40",
        "--rows",
        "10",
        "-c",
        "echo 連結決算",
    ]
    subprocess.run([*command, str(path)], check=True, stdin=subprocess.DEVNULL, timeout=60)
    cast = read_cast(path)
    assert (cast.header.width, cast.header.height) == (40, 10)
    assert "連結決算" in "".join(event.data for event in cast.events if event.kind == "o")


@given(casts)
def test_what_is_written_is_read_again(cast: Cast) -> None:
    assert parse(format_cast(cast)) == cast


def test_version_3_tells_intervals_and_the_terminal() -> None:
    cast = parse(f"""{V3}
# a comment
[0.1, "o", "連結"]
[0.25, "m", "集計"]
[0, "r", "80x24"]
[1.0, "x", "0"]
""")
    assert cast.size == (100, 30)
    assert cast.header.term is not None
    assert (cast.header.term.type, cast.header.term.theme) == ("xterm", {"fg": "#fff"})
    assert [(event.time_s, event.kind) for event in cast.events] == [
        (0.1, "o"),
        (0.35, "m"),
        (0.35, "r"),
        (1.35, "x"),
    ]
    header = json.loads(format_cast(cast).splitlines()[0])
    assert header["term"] == {"cols": 100, "rows": 30, "type": "xterm", "theme": {"fg": "#fff"}}
    assert header["tags"] == ["a"]


@given(casts)
def test_a_cast_is_the_same_in_either_version(cast: Cast) -> None:
    other = cast.header.model_copy(update={"version": 5 - cast.header.version})
    assert parse(format_cast(Cast(other, cast.events))).events == cast.events


def test_events_of_other_recorders_are_kept_or_skipped_and_told() -> None:
    cast = parse(f'{HEADER}\n[0.5, "z", "text"]\n[1, "env", {{"a": 1}}]\n[2, "o", "b"]\n')
    assert cast.events == (Event(0.5, "z", "text"), Event(2.0, "o", "b"))
    assert cast.notes == ("take/session.cast, line 3: skipped an event of the unknown kind 'env'",)


def test_skipped_events_are_told_one_by_one_only_at_first() -> None:
    cast = parse(HEADER + '\n[1, "env", {}]' * 8 + "\n")
    assert len(cast.notes) == 6
    assert cast.notes[-1].endswith("skipped 3 more events of unknown kinds")


def test_a_file_in_another_coding_or_packed_is_named() -> None:
    with pytest.raises(CastError, match=r"a\.cast, line 2: this is not UTF-8"):
        parse_cast(CAST.encode("cp932").replace(b"\x1b", b""), "a.cast")
    with pytest.raises(CastError, match=r"a\.cast: the recording is compressed \(gzip\); unpack it first"):
        parse_cast(gzip.compress(CAST.encode()), "a.cast")
    assert parse_cast(b"\xef\xbb\xbf" + CAST.encode(), "a.cast") == parse(CAST)


def test_fields_of_the_header_this_kit_does_not_use_are_kept(tmp_path: Path) -> None:
    write_cast(tmp_path / "a.cast", with_title(parse(CAST), "連結決算の集計"))
    header = json.loads((tmp_path / "a.cast").read_text(encoding="utf-8").splitlines()[0])
    assert header["env"] == {"TERM": "xterm-256color"}
    assert header["title"] == "連結決算の集計"


def test_writing_leaves_no_temporary_file_and_replaces_the_old_cast(tmp_path: Path) -> None:
    path = tmp_path / "session.cast"
    path.write_text("old", encoding="utf-8")
    write_cast(path, parse(CAST))
    assert read_cast(path) == parse(CAST)
    assert list(tmp_path.iterdir()) == [path]


def test_a_cast_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "session.cast"
    folder.mkdir()
    with pytest.raises(CastError, match=r"session\.cast: the recording cannot be written"):
        write_cast(folder, parse(CAST))
    assert list(tmp_path.iterdir()) == [folder]


def test_markers_stand_after_everything_that_happened_until_then() -> None:
    marked = add_markers(parse(CAST), [(9.0, "終わり"), (0.5, "集計"), (0, "始め")])
    assert [(event.time_s, event.kind) for event in marked.events] == [
        (0.0, "m"),
        (0.1, "o"),
        (0.5, "i"),
        (0.5, "o"),
        (0.5, "m"),
        (1.25, "r"),
        (9.0, "m"),
    ]
    assert marked.markers == [(0.0, "始め"), (0.5, "集計"), (9.0, "終わり")]


@given(casts, st.lists(st.tuples(times, labels)))
def test_markers_change_nothing_but_the_markers(cast: Cast, markers: list[tuple[float, str]]) -> None:
    marked = add_markers(cast, markers)
    assert tuple(event for event in marked.events if event.kind != "m") == cast.events
    assert sorted(marked.markers) == sorted(markers)
    assert [event.time_s for event in marked.events] == sorted(event.time_s for event in marked.events)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        pytest.param((-0.1, "a"), "-0.1 s: the time must be 0 or more", id="before the start"),
        pytest.param((float("nan"), "a"), "nan s: the time", id="no number"),
        pytest.param((1.0, "  "), "1.0 s has the label", id="no label"),
        pytest.param((1.0, "a\nb"), "give one line of text", id="two lines"),
    ],
)
def test_a_wrong_marker_is_refused(marker: tuple[float, str], message: str) -> None:
    with pytest.raises(CastError, match=message):
        add_markers(parse(CAST), [marker])


@pytest.mark.parametrize("kept", range(1, len('[1.25, "r", "80x24"]')))
def test_a_last_line_cut_by_a_kill_is_left_out_and_told(kept: int) -> None:
    *whole, last = CAST.splitlines(keepends=True)
    cast = parse("".join(whole) + last[:kept])
    assert cast.events == parse(CAST).events[:-1]
    assert cast.truncated == (
        f"take/session.cast, line 5: cut short after {kept} bytes; the 3 events before it hold"
    )


def test_a_cut_in_the_middle_of_a_character_is_a_cut_too() -> None:
    cut = CAST[: CAST.index("算")].encode() + "算".encode()[:1]
    cast = parse_cast(cut, "a.cast")
    assert len(cast.events) == 2
    assert cast.truncated is not None
    assert cast.truncated.startswith("a.cast, line 4: cut short")


def test_only_the_newline_missing_is_no_cut() -> None:
    assert parse(CAST.rstrip("\n")) == parse(CAST)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "session.cast: the recording is empty", id="empty file"),
        pytest.param('{"version": 2, "wid', "session.cast, line 1: this is not", id="header cut"),
        pytest.param(
            '{"version": 1, "width": 80, "height": 24}', "line 1: this is asciicast v1; con", id="v1"
        ),
        pytest.param('{"version": true, "width": 80}\n', "v3 is expected, .* True", id="version true"),
        pytest.param(
            f'{HEADER}\n[{"9" * 400},"o","x"]\n', "line 2: the time is inf; seconds", id="400 digits"
        ),
        pytest.param(
            f'{HEADER}\n[{"9" * 5000},"o","x"]\n', "line 2: the time is inf; seconds", id="5000 digits"
        ),
        pytest.param(f'{HEADER}\n[1e15,"o","x"]\n', "at most 10 days are expected", id="millions of years"),
        pytest.param(
            f'{V3}\n[800000,"o","x"]\n[70000,"o","x"]\n', "line 3: .* at most 10 days", id="11 days"
        ),
        pytest.param(
            f'{{"version": 2, "width": 9, "height": 9, "timestamp": {"9" * 400}}}\n',
            "timestamp",
            id="no instant",
        ),
        pytest.param('{"version": 4}\n', "line 1: asciicast v2 or v3 is expected, .* 4", id="version 4"),
        pytest.param('{"version": 3}\n', "line 1: the header of an asciicast v3 has 'term'", id="no term"),
        pytest.param(
            '{"version": 3, "term": {"cols": 0}}\n', "v3 is wrong: width: .*height", id="no columns in v3"
        ),
        pytest.param("\x1f", "line 1: this is not a line", id="no text"),
        pytest.param('{"version": 2, "width": 0, "height": 30}\n', "line 1: .*width", id="no columns"),
        pytest.param("[1]\n", "line 1: an asciicast begins with a header", id="no header"),
        pytest.param(
            f'{HEADER}\n[0.1, "o\n[0.2, "o", "b"]\n', "line 2: this is not a line", id="broken inside"
        ),
        pytest.param(f'{HEADER}\n[0.1, "o"]\n', r"line 2: an event is \[seconds", id="two fields"),
        pytest.param(f'{HEADER}\n["0.1", "o", "a"]\n', "line 2: the time is '0.1'", id="time as text"),
        pytest.param(
            f'{HEADER}\n[2, "o", ""]\n[1, "o", ""]\n', "line 3: the time goes back", id="time goes back"
        ),
        pytest.param(
            f'{HEADER}\n[0.1, 7, "a"]\n', "line 2: the kind of event is 7; a letter", id="kind no text"
        ),
        pytest.param(
            f'{V3}\n[0.1, "o", "a"]\n[-0.5, "o", "b"]\n', "line 3: the time goes back by 0.5 s", id="back"
        ),
        pytest.param(f'{HEADER}\n[0.1, "o", 5]\n', "line 2: the data of an event is text", id="data no text"),
        pytest.param(
            f'{HEADER}\n[0.1, "o", "\\ud83d"]\n', "line 2: .*half of a character", id="half a character"
        ),
    ],
)
def test_a_broken_cast_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(CastError, match=message):
        parse(text)


def test_a_missing_cast_is_named(tmp_path: Path) -> None:
    with pytest.raises(CastError, match=r"none\.cast: the recording cannot be read: No such file"):
        read_cast(tmp_path / "none.cast")
