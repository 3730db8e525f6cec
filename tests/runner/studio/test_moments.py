"""What happens when: real changes of the screen, and when a text comes to it."""

from __future__ import annotations

from runner.cast import OUTPUT, Cast, Event, Header
from runner.studio.moments import take_times


def cast(*output: tuple[float, str]) -> Cast:
    return Cast(
        Header(version=2, width=20, height=6), tuple(Event(time, OUTPUT, text) for time, text in output)
    )


def test_spinners_and_blinking_bullets_are_no_change() -> None:
    played = take_times(
        cast(
            (1, "\u25cf Bash\r\n\u273b 考え中 (1s)"),
            (2, "\r\u2736 考え中 (2s)"),
            (3, "\x1b[H  Bash"),
            (4, "\x1b[6;1H終わり"),
        )
    )
    assert played.changes == (1, 4) and played.events == (1, 2, 3, 4)


def test_a_text_is_found_over_a_line_wrap_and_each_time_it_comes() -> None:
    text = "output/集計結果.xlsx に書きました"
    played = take_times(cast((1, text), (2, "\r\nほか"), (3, "\r\n" + text)), [text, "来ない"])
    assert played.appearances == {text: (1, 3), "来ない": ()}


def test_a_half_drawn_screen_is_not_looked_at() -> None:
    played = take_times(cast((1, "\x1b[?2026h集計"), (2, "結果"), (3, "です\x1b[?2026l")), ["集計"])
    assert played.appearances["集計"] == (3,)


def test_a_picture_stands_until_half_way_to_the_next_output() -> None:
    played = take_times(cast((1, "a"), (1.01, "b"), (5, "c")))
    assert abs(played.still_after(1) - 0.005) < 1e-9
    assert played.still_after(2) == 0.04 and played.still_after(5) == 0.0


def test_new_text_is_what_was_not_on_the_screen_before_and_counts_once() -> None:
    played = take_times(cast((1, "集計"), (2, "結果"), (3, "\r\nab"), (4, "\x1b[H集計結果"), (5, "\x1b[2J")))
    assert played.new_text(0, 1.5) == 2 and played.new_text(1.5, 2.5) == 2
    assert played.new_text(0, 9) == 5
