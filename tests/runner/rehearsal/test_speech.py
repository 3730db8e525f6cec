"""A line becomes a legal stream of the Messages API, at a person's pace and the same every time."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rehearsal.graphemes import graphemes
from runner.rehearsal.script import Call, Line, Pace
from runner.rehearsal.speech import Timed, encode, speak, whole

texts = st.text(max_size=200)
calls = st.one_of(
    st.none(),
    st.builds(Call, name=st.just("Write"), input=st.dictionaries(st.text(max_size=5), texts, max_size=3)),
)
paces = st.builds(
    Pace,
    speed=st.floats(0.2, 20),
    ttft_cap_ms=st.integers(0, 3000),
    gap_cap_ms=st.integers(1, 1000),
    call_cap_ms=st.integers(1, 3000),
    seed=st.integers(),
)


def line(text: str = "はい、集計します。", call: Call | None = None, **changes: Any) -> Line:
    plain = Line(3, 1, "依頼", (), (), text, call, cps=35.0, ttft_ms=600)
    return replace(plain, **changes)


def events(timed: list[Timed]) -> list[dict[str, Any]]:
    return [each.event for each in timed]


@given(texts, calls, paces)
def test_every_stream_is_legal_and_says_exactly_the_line(text: str, call: Call | None, pace: Pace) -> None:
    stream = events(list(speak(line(text, call), pace, "rehearsal", 10)))
    assert stream[0]["type"] == "message_start" and stream[-1]["type"] == "message_stop"
    blocks: list[dict[str, Any]] = []
    for event in stream[1:-2]:
        if event["type"] == "content_block_start":
            assert event["index"] == len(blocks)
            blocks.append({"open": event["content_block"], "said": "", "closed": False})
        elif event["type"] == "content_block_delta":
            assert not blocks[event["index"]]["closed"]
            blocks[event["index"]]["said"] += event["delta"].get("text") or event["delta"].get(
                "partial_json", ""
            )
        else:
            assert event["type"] == "content_block_stop"
            blocks[event["index"]]["closed"] = True
    said = [block["said"] for block in blocks if block["open"]["type"] == "text"]
    inputs = [json.loads(block["said"]) for block in blocks if block["open"]["type"] == "tool_use"]
    assert said == ([text] if text else [])
    assert inputs == ([call.input] if call else [])
    assert all(block["closed"] for block in blocks)
    assert stream[-2]["delta"]["stop_reason"] == ("tool_use" if call else "end_turn")


@given(texts, calls, paces)
def test_waits_are_capped_and_time_never_goes_back(text: str, call: Call | None, pace: Pace) -> None:
    timed = list(speak(line(text, call), pace, "rehearsal", 10))
    assert 0 <= timed[0].at_s <= pace.ttft_cap_ms / 1000
    gaps = [later.at_s - sooner.at_s for sooner, later in pairwise(timed)]
    assert all(-1e-9 <= gap <= pace.gap_cap_ms / 1000 + 1e-9 for gap in gaps)
    spoken = [each.at_s for each in timed if each.event.get("delta", {}).get("type") == "input_json_delta"]
    if spoken:
        assert spoken[-1] - spoken[0] <= pace.call_cap_ms / 1000 + 1e-9


@given(texts)
def test_no_piece_ends_inside_a_character(text: str) -> None:
    pieces = [
        event["delta"]["text"]
        for event in events(list(speak(line(text), Pace(), "rehearsal", 1)))
        if event["type"] == "content_block_delta"
    ]
    assert [cluster for piece in pieces for cluster in graphemes(piece)] == list(graphemes(text))


def test_a_line_always_sounds_the_same_and_another_seed_differently() -> None:
    once, again = (list(speak(line(), Pace(), "rehearsal", 1)) for _ in range(2))
    assert once == again
    assert once != list(speak(line(), Pace(seed=8), "rehearsal", 1))


def test_characters_a_second_are_kept_on_the_whole() -> None:
    timed = list(speak(line("あ" * 700, cps=35.0, ttft_ms=0), Pace(), "rehearsal", 1))
    assert timed[-1].at_s == pytest.approx(700 / 35)
    assert list(speak(line("あ" * 700, ttft_ms=0), Pace(speed=2), "rehearsal", 1))[-1].at_s == pytest.approx(
        10
    )


def test_a_long_file_is_written_within_its_cap() -> None:
    script = Call(name="Write", input={"content": "x = 1\n" * 5000})
    timed = list(speak(line("", script, ttft_ms=0), Pace(call_cap_ms=1500), "rehearsal", 1))
    assert timed[-1].at_s <= 1.5 + 1e-9


def test_each_line_has_its_own_message_because_the_client_joins_equal_ones() -> None:
    heads = [next(iter(speak(line(number=n), Pace(), "rehearsal", 1))).event["message"]["id"] for n in (3, 4)]
    assert len(set(heads)) == 2


def test_an_event_stands_on_the_wire_in_two_lines_with_plain_japanese() -> None:
    wire = encode({"type": "ping", "text": "集計"})
    assert wire == 'event: ping\ndata: {"type": "ping", "text": "集計"}\n\n'.encode()


def test_without_streaming_the_answer_is_one_message() -> None:
    call = Call(name="Bash", input={"command": "ls"})
    message = whole(line("見ます。", call), "rehearsal", 9)
    assert [block["type"] for block in message["content"]] == ["text", "tool_use"]
    assert (message["stop_reason"], message["model"]) == ("tool_use", "rehearsal")
    assert message["usage"]["input_tokens"] == 9
