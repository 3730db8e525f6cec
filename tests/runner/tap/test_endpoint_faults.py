"""A server that fails: each failure is one event of the right kind, within its bound, told to the client."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tests.runner.endpoints import HELLO_PROMPT, REAL_KEY, Endpoints, request
from tests.runner.tap.upstream import STREAM, Upstream, encoded, message_events

NGINX_401 = "<html><head><title>401 Authorization Required</title></head></html>"
OLLAMA_404 = '{"type":"error","error":{"type":"not_found_error","message":"model \'m\' not found"}}'


def answering(
    status: int, text: str = "", headers: dict[str, str] | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def behave(incoming: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return behave


@pytest.mark.parametrize(
    ("status", "text", "kind", "fatal"),
    [
        (401, NGINX_401, "auth", True),
        (403, "forbidden", "auth", True),
        (404, OLLAMA_404, "model", True),
        (429, "slow down", "rate", False),
        (500, '{"error":"llama runner process has terminated"}', "server", False),
        (502, NGINX_401, "server", False),
        (529, "overloaded", "server", False),
        (504, "gateway", "timeout", False),
        (524, "a timeout occurred", "timeout", False),
    ],
)
def test_a_status_is_named_and_told_in_the_clients_language(
    endpoints: Endpoints, upstream: Upstream, status: int, text: str, kind: str, fatal: bool
) -> None:
    upstream.behave = answering(status, text)
    tap = endpoints.tap(upstream.url)
    answer = tap.post(request("はい"))
    tap.stop()
    [event] = tap.events("endpoint_error")
    assert (event["kind"], event["status"], event["fatal"]) == (kind, status, fatal)
    assert answer.status == status
    assert answer.json()["type"] == "error"
    assert answer.message.startswith("TAP-ENDPOINT")
    assert answer.headers.get("x-should-retry") == ("false" if fatal else None)
    assert tap.events("exchange") == []
    assert tap.recorded("end")[0]["attrs"]["error.type"] == kind


def test_a_redirect_is_not_followed_with_the_key(endpoints: Endpoints, upstream: Upstream) -> None:
    upstream.behave = answering(
        302, headers={"Location": "https://team.cloudflareaccess.com/cdn-cgi/access/login"}
    )
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("はい")).status == 403
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], event["fatal"], len(upstream.requests)) == ("auth", True, 1)
    assert "team.cloudflareaccess.com" in event["message"]


def test_a_refused_connection_is_fatal(endpoints: Endpoints) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        tap = endpoints.tap(f"http://127.0.0.1:{unused.getsockname()[1]}")
        answer = tap.post(request("はい"))
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], event["status"], event["fatal"]) == ("refused", None, True)
    assert "(Connection refused)" in event["message"]
    assert answer.status == 502


def test_a_connection_that_is_never_taken_ends_at_the_connect_bound(endpoints: Endpoints) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [socket.socket() for _ in range(4)]  # fills the backlog: later handshakes get no answer
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(address)
        tap = endpoints.tap(f"http://127.0.0.1:{address[1]}", connect_timeout_s=0.5)
        began = time.monotonic()
        assert tap.post(request("はい")).status == 504
        assert 0.4 < time.monotonic() - began < 4
        for one in crowd:
            one.close()
    assert tap.wait_for("endpoint_error")["kind"] == "timeout"


def test_a_hang_before_the_first_byte_ends_at_its_bound(endpoints: Endpoints, upstream: Upstream) -> None:
    async def silent(incoming: web.Request) -> web.StreamResponse:
        await upstream.hang()
        return web.Response()

    upstream.behave = silent
    tap = endpoints.tap(upstream.url, first_byte_timeout_s=0.6)
    began = time.monotonic()
    answer = tap.post(request("はい"))
    assert 0.5 < time.monotonic() - began < 4
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], event["fatal"], answer.status) == ("timeout", False, 504)
    assert upstream.gone.wait(5)


def test_headers_alone_are_no_first_byte(endpoints: Endpoints, upstream: Upstream) -> None:
    async def only_headers(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        await upstream.hang()
        return out

    upstream.behave = only_headers
    tap = endpoints.tap(upstream.url, first_byte_timeout_s=0.6)
    assert tap.post(request("はい")).status == 504
    assert "first byte within 0.6 s" in tap.wait_for("endpoint_error")["message"]


def test_a_hang_in_the_stream_ends_at_the_idle_bound(endpoints: Endpoints, upstream: Upstream) -> None:
    async def stalls(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        await out.write(encoded(*message_events()[:3]))
        await upstream.hang()
        return out

    upstream.behave = stalls
    tap = endpoints.tap(upstream.url, idle_timeout_s=0.6)
    began = time.monotonic()
    with pytest.raises(http.client.IncompleteRead):
        tap.post(request("はい"))
    assert 0.5 < time.monotonic() - began < 4
    assert tap.wait_for("endpoint_error")["kind"] == "timeout"


@pytest.mark.parametrize(
    ("kept_bytes", "politely"),
    [(-1, True), (-1, False), (-40, True)],
    ids=["ends early", "reset", "half an event"],
)
def test_a_stream_that_breaks_breaks_for_the_client_too_so_that_it_tries_again(
    endpoints: Endpoints, upstream: Upstream, kept_bytes: int, politely: bool
) -> None:
    async def cuts(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        whole = encoded(*message_events()[:-1])
        await out.write(whole if kept_bytes == -1 else whole[:kept_bytes])
        if not politely:
            await asyncio.sleep(0)
            assert incoming.transport is not None
            incoming.transport.abort()
        return out

    upstream.behave = cuts
    tap = endpoints.tap(upstream.url)
    with pytest.raises(http.client.IncompleteRead) as cut:
        tap.post(request("はい"))
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], event["status"], event["fatal"]) == ("cut", 200 if politely else None, False)
    assert b"text_delta" in cut.value.partial


def test_a_connection_closed_without_an_answer_is_a_cut(endpoints: Endpoints, upstream: Upstream) -> None:
    async def slams(incoming: web.Request) -> web.StreamResponse:
        assert incoming.transport is not None
        incoming.transport.abort()
        return web.Response()

    upstream.behave = slams
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("はい")).status == 502
    assert tap.wait_for("endpoint_error")["kind"] == "cut"


def test_an_error_event_in_the_stream_is_a_fault_of_the_server(
    endpoints: Endpoints, upstream: Upstream
) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}

    async def errs(incoming: web.Request) -> web.StreamResponse:
        return web.Response(body=encoded(*message_events()[:3], error), headers=STREAM)

    upstream.behave = errs
    tap = endpoints.tap(upstream.url)
    answer = tap.post(request("はい"))
    assert [event["type"] for event in answer.events()].count("error") == 1
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], "busy" in event["message"]) == ("server", True)


def test_a_refusal_of_this_very_request_is_the_requests_own(endpoints: Endpoints, upstream: Upstream) -> None:
    upstream.behave = answering(400, '{"error":"TAP-like: the prompt is too long"}')
    tap = endpoints.tap(upstream.url)
    answer = tap.post(request("はい"))
    tap.stop()
    assert (answer.status, answer.message) == (400, "TAP-like: the prompt is too long")
    assert tap.events("endpoint_error") == tap.events("kit_error") == []
    assert tap.events("exchange")[0]["error"] == "TAP-like: the prompt is too long"


def test_a_request_that_fits_no_line_of_the_rehearsal_is_a_fault_of_the_kit(endpoints: Endpoints) -> None:
    tap = endpoints.tap(endpoints.rehearsal())
    answer = tap.post(request("別のこと"))
    message = tap.wait_for("kit_error")["message"]
    assert message == answer.message
    assert message.startswith("TAP-MISS") and HELLO_PROMPT in message and "別のこと" in message


def test_after_a_fault_the_next_request_passes(endpoints: Endpoints, upstream: Upstream) -> None:
    healthy = upstream.behave
    upstream.behave = answering(500, "first time")
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("はい")).status == 500
    upstream.behave = healthy
    assert tap.post(request("はい")).status == 200
    assert tap.wait_for("exchange")["seq"] == 2


def test_a_web_page_is_no_answer_though_it_says_200(endpoints: Endpoints, upstream: Upstream) -> None:
    upstream.behave = answering(200, "<html>Welcome to nginx!</html>", {"Content-Type": "text/html"})
    tap = endpoints.tap(upstream.url)
    with pytest.raises(http.client.IncompleteRead):
        tap.post(request("はい"))
    event = tap.wait_for("endpoint_error")
    assert (event["kind"], event["status"]) == ("server", 200)
    assert "Welcome to nginx!" in event["message"] and "ANTHROPIC_BASE_URL" in event["message"]


def test_an_echo_of_the_key_reaches_nobody(endpoints: Endpoints, upstream: Upstream) -> None:
    upstream.behave = answering(
        401, f'{{"error":"wrong key {REAL_KEY[:9]}*****{REAL_KEY[-7:]} or {REAL_KEY}"}}'
    )
    tap = endpoints.tap(upstream.url)
    answer = tap.post(request("はい"))
    tap.stop()
    shown = answer.message + tap.events("endpoint_error")[0]["message"] + tap.cassette.read_text()
    assert not any(REAL_KEY[at : at + 6] in shown for at in range(len(REAL_KEY) - 5))
