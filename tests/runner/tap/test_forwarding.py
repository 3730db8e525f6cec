"""The tap between a client and a real server: what travels, what stays, what is told."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from aiohttp import web

from tests.runner.endpoints import HELLO_PROMPT, REAL_KEY, Endpoints, request
from tests.runner.tap.upstream import STREAM, Upstream, encoded, message_events


def test_the_real_key_replaces_the_clients_and_only_known_headers_travel(
    endpoints: Endpoints, upstream: Upstream
) -> None:
    tap = endpoints.tap(upstream.url, extra_headers={"CF-Access-Client-Id": "id.access"})
    tap.post(
        request("はい"),
        path="/v1/messages?beta=true",
        headers={
            "Authorization": "Bearer sk-throw-away",
            "Cookie": "a=b",
            "X-Stainless-OS": "Linux",
            "anthropic-version": "2023-06-01",
            "Accept-Encoding": "gzip, br",
        },
    )
    [seen] = upstream.requests
    assert seen.path == "/v1/messages?beta=true"
    assert seen.headers["x-api-key"] == REAL_KEY
    assert seen.headers["cf-access-client-id"] == "id.access"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["anthropic-version"] == "2023-06-01"
    assert not {"authorization", "cookie", "x-stainless-os"} & set(seen.headers)
    assert b"throw-away" not in json.dumps(seen.headers).encode()


def test_the_answer_arrives_unchanged_and_is_measured(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    answer = tap.post(request("はい"))
    tap.stop()
    assert answer.body == encoded(*message_events())
    assert tap.events("provenance") == [{"event": "provenance", "value": "live"}]
    [exchange] = tap.events("exchange")
    assert (exchange["status"], exchange["model"]) == (200, "gpt-oss-swallow:120b")
    assert (exchange["input_tokens"], exchange["output_tokens"]) == (11, 7)
    assert 0 < exchange["ttft_s"] <= exchange["duration_s"] < 5


def test_a_rehearsal_is_known_by_its_own_word_whatever_it_is_configured_as(endpoints: Endpoints) -> None:
    tap = endpoints.tap(endpoints.rehearsal())
    tap.post(request(HELLO_PROMPT))
    assert tap.wait_for("provenance")["value"] == "authored"
    assert tap.wait_for("exchange")["model"] == "rehearsal"


def test_a_stream_is_passed_on_as_it_comes(endpoints: Endpoints, upstream: Upstream) -> None:
    first, rest = message_events()[0], message_events()[1:]

    async def slow(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        await out.write(encoded(first))
        while len(upstream.requests) < 2:  # the second request comes only after the first event was read
            await asyncio.sleep(0.01)
        await out.write(encoded(*rest))
        return out

    upstream.behave = slow
    tap = endpoints.tap(upstream.url)
    with tap.connection() as one, tap.connection() as two:
        for connection in (one, two):
            connection.request("POST", "/v1/messages", json.dumps(request("はい")).encode())
            if connection is one:
                response = connection.getresponse()
                assert b"message_start" in response.readline() + response.readline()
        assert b"message_stop" in response.read()


def test_a_request_of_many_megabytes_is_forwarded(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("表" * 4_000_000)).status == 200
    assert len(upstream.requests[0].body) > 12_000_000


def test_the_upstream_is_cancelled_when_the_client_leaves(endpoints: Endpoints, upstream: Upstream) -> None:
    async def endless(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        await out.write(encoded(message_events()[0]))
        await upstream.hang()
        return out

    upstream.behave = endless
    tap = endpoints.tap(upstream.url, idle_timeout_s=60)
    with tap.connection() as connection:
        connection.request("POST", "/v1/messages", json.dumps(request("はい")).encode())
        connection.getresponse().readline()
        assert connection.sock is not None
        connection.sock.shutdown(socket.SHUT_RDWR)
    assert upstream.gone.wait(5)
    tap.stop()
    assert tap.events("endpoint_error") == []
    assert tap.recorded("end")[0]["attrs"]["error.type"] == "client_left"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/", 200),
        ("GET", "/", 200),
        ("POST", "/api/event_logging/batch", 200),
        ("GET", "/v1/models", 404),
    ],
)
def test_what_is_beside_the_work_is_answered_here(
    endpoints: Endpoints, upstream: Upstream, method: str, path: str, status: int
) -> None:
    tap = endpoints.tap(upstream.url)
    assert tap.ask(method, path, b"{}" if method == "POST" else None).status == status
    assert upstream.requests == []


def test_an_endpoint_without_count_tokens_has_no_fault(endpoints: Endpoints, upstream: Upstream) -> None:
    async def missing(incoming: web.Request) -> web.StreamResponse:
        return web.Response(status=404, text="404 page not found")

    upstream.behave = missing
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("はい"), path="/v1/messages/count_tokens").status == 404
    tap.stop()
    assert tap.events("endpoint_error") == []
    assert tap.events("exchange")[0]["status"] == 404


def test_a_body_that_is_not_json_goes_nowhere(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    answer = tap.post(b"{not json")
    assert (answer.status, upstream.requests) == (400, [])
    assert answer.message.startswith("TAP-BODY")


def test_the_process_ends_by_itself_when_stdin_closes(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    assert tap.process.stop() == 0
    assert [event["event"] for event in tap.process.heard] == ["ready"]
    assert tap.process.log.read_text() == ""


def test_a_wrong_config_is_told_without_the_key(endpoints: Endpoints) -> None:
    tap = endpoints.spawned_tap()
    tap.process.configure(tap.config("127.0.0.1:1", extra_field=1))
    message = tap.wait_for("kit_error")["message"]
    assert "upstream" in message and "extra_field" in message
    assert REAL_KEY[8:] not in message
