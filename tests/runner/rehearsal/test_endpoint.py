"""The rehearsal as a process: what it answers over HTTP, how it begins and how it ends."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.runner.endpoints import HELLO, HELLO_PROMPT, Answer, Endpoints, request


def ask(url: str, path: str = "/v1/messages", body: Any = None, method: str = "POST") -> Answer:
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url + path, data, method=method), timeout=20) as response:
            return Answer(
                response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
            )
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def test_a_line_is_streamed_and_marked_as_authored(endpoints: Endpoints) -> None:
    answer = ask(endpoints.rehearsal(), body=request(HELLO_PROMPT))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-swallow-provenance"] == "authored"
    assert answer.events()[0]["message"]["model"] == "rehearsal"
    assert answer.events()[-1] == {"type": "message_stop"}


def test_without_stream_the_same_line_is_one_json(endpoints: Endpoints) -> None:
    answer = ask(endpoints.rehearsal(), body=request(HELLO_PROMPT, stream=False))
    assert [block["type"] for block in answer.json()["content"]] == ["text", "tool_use"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"tools": []}, "リハーサル"),
        ({"max_tokens": 1}, "リハーサル"),
        ({"tools": [], "output_config": {"format": {"type": "json_schema"}}}, '{"title": "リハーサル"}'),
    ],
)
def test_a_question_beside_the_work_has_a_built_in_answer(
    endpoints: Endpoints, change: dict[str, Any], text: str
) -> None:
    answer = ask(endpoints.rehearsal(), body={**request("題名を", stream=False), **change})
    assert answer.json()["content"] == [{"type": "text", "text": text}]


def test_a_request_that_fits_no_line_is_refused_and_never_answered_with_words(endpoints: Endpoints) -> None:
    answer = ask(endpoints.rehearsal(), body=request("別の話"))
    assert (answer.status, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert answer.message.startswith("TAP-MISS")
    assert answer.headers["x-swallow-provenance"] == "authored"


def test_the_rest_of_the_api(endpoints: Endpoints) -> None:
    url = endpoints.rehearsal()
    assert ask(url, "/v1/messages/count_tokens", body=request("x")).json()["input_tokens"] > 0
    assert ask(url, "/", method="HEAD").status == 200
    assert ask(url, "/v1/models", method="GET").status == 404
    assert ask(url, body={"messages": 5}).message.startswith("TAP-BODY")


def test_at_a_persons_pace_the_line_takes_its_time_and_fast_takes_none(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    meta = {"type": "meta", "format": "tap/1", "provenance": "authored", "pace": {"cps": 100, "ttft_ms": 200}}
    say = {"type": "say", "match": {"user": "話して"}, "text": "あ" * 60}
    (tmp_path / "cassette.jsonl").write_text(f"{json.dumps(meta)}\n{json.dumps(say)}\n")
    seconds = {}
    for way, config in (
        ("human", {"pace": "human", "fast_turns": [2]}),
        ("fast", {"pace": "fast"}),
        ("fast turn", {"pace": "human", "fast_turns": [1]}),
    ):
        url = endpoints.rehearsal(tmp_path, **config)
        began = time.monotonic()
        answer = ask(url, body=request("話して"))
        seconds[way] = time.monotonic() - began
        assert "".join(e["delta"].get("text", "") for e in answer.events() if "delta" in e) == "あ" * 60
    assert 0.75 <= seconds["human"] < 3  # 0.6 s of speech after a wait of 0.15 to 0.25 s
    assert seconds["fast"] < 0.6 and seconds["fast turn"] < 0.6


def test_a_cassette_with_a_mistake_is_a_fault_of_the_kit(endpoints: Endpoints, tmp_path: Path) -> None:
    (tmp_path / "cassette.jsonl").write_text('{"type":"meta"}\n')
    process = endpoints.process("runner.rehearsal")
    process.configure({"cassette": str(tmp_path)})
    message = process.wait_for("kit_error")["message"]
    assert message.startswith("TAP-CASSETTE") and "cassette.jsonl:1: format: Field required" in message
    assert process.stop() == 4


def test_a_wrong_config_names_the_field(endpoints: Endpoints) -> None:
    process = endpoints.process("runner.rehearsal")
    process.configure({"cassette": str(HELLO), "pace": "slow"})
    message = process.wait_for("kit_error")["message"]
    assert "pace" in message and "\n" not in message


def test_it_ends_by_itself_when_stdin_closes_without_a_config(endpoints: Endpoints) -> None:
    process = endpoints.process("runner.rehearsal")
    assert process.stop() == 4
    assert "stdin closed" in process.wait_for("kit_error")["message"]


def test_it_ends_by_itself_when_stdin_closes(endpoints: Endpoints) -> None:
    process = endpoints.process("runner.rehearsal")
    process.configure({"cassette": str(HELLO)})
    process.wait_for("ready")
    assert process.stop() == 0
