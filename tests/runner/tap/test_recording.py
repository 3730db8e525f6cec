"""The cassette and the audit: readable at any moment, whole, and free of every secret."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.runner.endpoints import HELLO_PROMPT, REAL_KEY, Endpoints, request, rows
from tests.runner.tap.upstream import STREAM, Upstream, encoded, message_events

CF_SECRET = "cf-canary-1f0e9d8c7b6a59483726150f"


def whole_bodies(cassette: Path) -> list[Any]:
    """The request bodies with their blobs put back."""
    lines = rows(cassette)
    blobs = {line["blob"]: line["data"] for line in lines if line["type"] == "blob"}

    def filled(value: Any) -> Any:
        return blobs[value["blob"]] if isinstance(value, dict) and set(value) == {"blob"} else value

    bodies = [line["body"] for line in lines if line["type"] == "request"]
    return [
        {
            key: [filled(item) for item in value] if isinstance(value, list) else filled(value)
            for key, value in body.items()
        }
        for body in bodies
    ]


def test_the_cassette_holds_every_request_and_event(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    sent = [request("長い依頼" * 100), request("長い依頼" * 100, ("Read", "結果" * 300, False))]
    for body in sent:
        tap.post(body, headers={"User-Agent": "claude-cli/2.1.329 (external, cli)"})
    tap.stop()
    meta = rows(tap.cassette)[0]
    assert (meta["type"], meta["format"], meta["provenance"]) == ("meta", "tap/1", "live")
    assert (meta["claude_code"], meta["model"]) == ("2.1.329", "gpt-oss-swallow:120b")
    assert whole_bodies(tap.cassette) == sent
    assert [row["data"] for row in tap.recorded("sse")] == message_events() * 2
    assert [row["match"]["tools_done"] for row in tap.recorded("request")] == [[], ["Read"]]
    assert [row["attrs"]["gen_ai.usage.output_tokens"] for row in tap.recorded("end")] == [7, 7]
    times = [row["at_us"] for row in rows(tap.cassette) if "at_us" in row]
    assert times == sorted(times) and all(isinstance(at, int) for at in times)


def test_what_is_sent_again_is_kept_once(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    for _ in range(3):
        tap.post(request("同じ依頼" * 200))
    tap.stop()
    assert [row["data"]["content"] for row in tap.recorded("blob")] == ["同じ依頼" * 200]
    assert len(whole_bodies(tap.cassette)) == 3


def test_half_a_character_is_recorded_as_its_escape(endpoints: Endpoints, upstream: Upstream) -> None:
    async def halves(incoming: web.Request) -> web.StreamResponse:
        wire = encoded(*message_events("?")).replace(b'"?"', b'"\\ud83d"')
        return web.Response(body=wire, headers=STREAM)

    upstream.behave = halves
    tap = endpoints.tap(upstream.url)
    body = request("長い" * 200 + "\ud83d")
    assert tap.post(body).status == 200
    tap.stop()
    assert whole_bodies(tap.cassette) == [body]
    assert tap.recorded("sse")[2]["data"]["delta"]["text"] == "\ud83d"


def test_only_known_headers_are_kept(endpoints: Endpoints, upstream: Upstream) -> None:
    async def chatty(incoming: web.Request) -> web.StreamResponse:
        return web.Response(body=encoded(*message_events()), headers={**STREAM, "Set-Cookie": "session=1"})

    upstream.behave = chatty
    tap = endpoints.tap(upstream.url)
    tap.post(request("はい"), headers={"Cookie": "a=b", "anthropic-version": "2023-06-01"})
    tap.stop()
    [asked], [ended] = tap.recorded("request"), tap.recorded("end")
    assert set(asked["headers"]) == {"content-type", "anthropic-version"}
    assert set(ended["headers"]) == {"content-type"}


def test_a_body_that_is_no_stream_is_kept_at_the_end(endpoints: Endpoints, upstream: Upstream) -> None:
    message = {
        "type": "message",
        "model": "m1",
        "content": [],
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }

    async def plain(incoming: web.Request) -> web.StreamResponse:
        return web.json_response(message)

    upstream.behave = plain
    tap = endpoints.tap(upstream.url)
    tap.post(request("はい", stream=False))
    tap.stop()
    [ended] = tap.recorded("end")
    assert ended["body"] == message
    assert ended["attrs"]["gen_ai.usage.output_tokens"] == 2


def test_no_piece_of_a_secret_is_written_anywhere(endpoints: Endpoints, upstream: Upstream) -> None:
    canaries = (REAL_KEY, CF_SECRET)

    async def echoes(incoming: web.Request) -> web.StreamResponse:
        everything = json.dumps(upstream.requests[-1].headers)
        half = len(REAL_KEY) // 2
        deltas = [message_events(piece)[2] for piece in (everything, REAL_KEY[:half], REAL_KEY[half:])]
        head, *_, last = message_events(model=f"m-{REAL_KEY}")
        return web.Response(
            body=encoded(head, *deltas, last), headers={**STREAM, "x-swallow-provenance": REAL_KEY}
        )

    upstream.behave = echoes
    tap = endpoints.tap(upstream.url, extra_headers={"CF-Access-Client-Secret": CF_SECRET})
    body = request(f"{REAL_KEY} {CF_SECRET}", ("Bash", f"env: {REAL_KEY}", False))
    tap.post(
        {**body, "metadata": {"user_id": REAL_KEY}, REAL_KEY: "as a name"}, headers={"User-Agent": REAL_KEY}
    )
    tap.post(body, path=f"/v1/messages?key={REAL_KEY}")
    tap.stop()
    said = json.dumps(tap.process.heard) + "".join(
        path.read_text("utf-8", "replace") for path in tap.folder.rglob("*") if path.is_file()
    )
    found = {
        canary[at : at + 6]
        for canary in canaries
        for at in range(len(canary) - 5)
        if canary[at : at + 6] in said
    }
    assert found == set()
    assert "‹key›" in tap.cassette.read_text()


def test_a_killed_tap_leaves_a_readable_prefix(endpoints: Endpoints, upstream: Upstream) -> None:
    async def stalls(incoming: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers=STREAM)
        await out.prepare(incoming)
        await out.write(encoded(*message_events()[:3]))
        await upstream.hang()
        return out

    upstream.behave = stalls
    tap = endpoints.tap(upstream.url)
    with tap.connection() as connection:
        connection.request("POST", "/v1/messages", json.dumps(request("はい")).encode())
        response = connection.getresponse()
        received = b""
        while b"text_delta" not in received:
            received += response.readline()
        while len(tap.cassette.read_text().splitlines()) < 5:
            os.sched_yield()  # an event is passed on first and written next
        os.kill(tap.process.child.pid, signal.SIGKILL)
    assert [row["type"] for row in rows(tap.cassette)] == ["meta", "request", "sse", "sse", "sse"]


def test_a_cassette_is_never_written_over(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.spawned_tap()
    tap.cassette.write_text("a take\n")
    tap.process.configure(tap.config(upstream.url))
    assert "cassette.jsonl" in tap.wait_for("kit_error")["message"]
    assert tap.cassette.read_text() == "a take\n"


def test_without_a_cassette_the_tap_still_forwards(endpoints: Endpoints) -> None:
    tap = endpoints.tap(endpoints.rehearsal(), cassette=None)
    assert tap.post(request(HELLO_PROMPT)).status == 200
    assert not tap.cassette.exists()


def test_every_look_of_the_guard_is_in_the_audit(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    tap.post(request("はい"))
    tap.stop()
    audit = rows(tap.audit)
    assert [(row["stage"], row["turn"], row["rule"], row["verdict"]) for row in audit] == [
        ("start", 0, "G01", "allow"),
        ("request", 1, "G01", "allow"),
    ]
