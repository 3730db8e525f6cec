"""A recording played to an instant: what changed since the last look, and never half of an update."""

from __future__ import annotations

from runner.cast import Cast, Event
from runner.palette import DARK
from runner.studio.frame import row_text
from runner.studio.playback import Playback
from tests.runner.studio.films import cast_of

UPDATE = ((0.0, "old"), (1.0, "\x1b[?2026h\x1b[2J\x1b[Hnew"), (1.3, " row\x1b[?2026l"))


def seen(playback: Playback, *times: float) -> list[dict[int, str]]:
    looks = []
    for time in times:
        playback.seek(time)
        looks.append({y: row_text(row) for y, row in playback.look().rows.items()})
    return looks


def test_a_look_gives_the_rows_that_changed_and_no_others() -> None:
    playback = Playback(cast_of([(0.0, "a\r\nb"), (1.0, "\x1b[5;1Hc")]), DARK)
    first, same, changed = seen(playback, 0.5, 0.9, 1.0)
    assert len(first) == 30
    assert (first[0], first[1]) == ("a", "b")
    assert same == {}
    assert changed[4] == "c"
    assert 0 not in changed


def test_an_update_is_seen_when_it_has_ended() -> None:
    playback = Playback(cast_of(UPDATE), DARK)
    before, within, after = seen(playback, 0.5, 1.1, 1.3)
    assert before[0] == "old"
    assert within == {}
    assert after[0] == "new row"


def test_what_was_written_before_an_update_is_seen_while_it_lasts() -> None:
    events = [(0.0, "old"), (1.0, "er\x1b[?2026h\x1b[2J"), (1.3, "\x1b[?2026l")]
    assert [look.get(0) for look in seen(Playback(cast_of(events), DARK), 0.5, 1.1)] == ["old", "older"]


def test_between_two_updates_of_one_chunk_the_first_is_seen() -> None:
    events = [(0.0, "\x1b[?2026hone\x1b[?2026l\x1b[?2026h\x1b[2J\x1b[Htw"), (0.3, "o\x1b[?2026l")]
    assert [look.get(0) for look in seen(Playback(cast_of(events), DARK), 0.1, 0.4)] == ["one", "two"]


def test_an_update_that_never_ends_is_shown_after_a_second() -> None:
    playback = Playback(cast_of([*UPDATE[:2], (9.0, "")]), DARK)
    within, after = seen(playback, 1.5, 2.6)
    assert within[0] == "old"
    assert after[0] == "new"


def test_going_back_plays_it_again() -> None:
    playback = Playback(cast_of([(0.0, "a"), (1.0, "b")]), DARK)
    assert [look.get(0) for look in seen(playback, 1.0, 0.5, 1.0)] == ["ab", "a", "ab"]


def test_a_resize_gives_every_row_anew() -> None:
    cast = cast_of([(0.0, "連結決算の集計")])
    cast = Cast(cast.header, (*cast.events, Event(1.0, "r", "8x3")))
    playback = Playback(cast, DARK)
    playback.seek(0.5)
    playback.look()
    playback.seek(1.0)
    look = playback.look()
    assert look.size == (8, 3)
    assert [row_text(look.rows[y]) for y in range(3)] == ["連結決算", "の集計", ""]


def test_a_hidden_cursor_is_not_seen() -> None:
    playback = Playback(cast_of([(0.0, "ab"), (1.0, "\x1b[?25l")]), DARK)
    playback.seek(0)
    assert playback.look().cursor == (2, 0)
    playback.seek(1)
    assert playback.look().cursor is None
