"""Server-sent events from bytes, wherever the network breaks them, and the figures read from them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.tap.stream import EventParser, Meter, ServerEvent
from tests.runner.tap.upstream import encoded, message_events

WIRE = encoded(*message_events("子会社合算の結果は 1,234 千円です 👨‍👩‍👧"))


@given(st.lists(st.integers(0, len(WIRE)), max_size=12))
def test_the_events_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WIRE)]
    parser = EventParser()
    events = [event for start, end in pairwise(edges) for event in parser.feed(WIRE[start:end])]
    assert [event.data for event in events] == message_events("子会社合算の結果は 1,234 千円です 👨‍👩‍👧")


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        (b'event: ping\r\ndata: {"type": "ping"}\r\n\r\n', ServerEvent("ping", {"type": "ping"})),
        (b": comment\ndata: 1\ndata: 2\n\n", ServerEvent("message", "1\n2")),
        (b"event:x\ndata:{broken\n\n", ServerEvent("x", "{broken")),
        (b"event: lost\n\ndata: 5\n\n", ServerEvent("message", 5)),
    ],
)
def test_what_the_format_allows_is_read(wire: bytes, event: ServerEvent) -> None:
    assert list(EventParser().feed(wire)) == [event]


def test_figures_come_from_the_last_event_that_tells_them() -> None:
    meter = Meter()
    for at, data in enumerate(message_events()):
        meter.event(ServerEvent(data["type"], data), float(at))
    assert (meter.model, meter.stop_reason) == ("gpt-oss-swallow:120b", "end_turn")
    assert (meter.input_tokens, meter.output_tokens) == (11, 7)
    assert (meter.first_content_s, meter.last_content_s, meter.complete) == (2.0, 2.0, True)


def test_speed_is_output_over_the_time_between_first_and_last_delta() -> None:
    meter = Meter(output_tokens=30, first_content_s=1.0, last_content_s=3.0)
    assert meter.tokens_per_second == 15.0
    assert Meter(output_tokens=30, first_content_s=1.0, last_content_s=1.0).tokens_per_second is None


def test_an_answer_without_usage_has_no_tokens_rather_than_zero() -> None:
    meter = Meter()
    meter.event(ServerEvent("message_delta", {"delta": None, "usage": "?"}), 1.0)
    assert (meter.output_tokens, meter.tokens_per_second) == (None, None)
