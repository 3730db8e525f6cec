"""What an endpoint's failure means: kind, whether it is worth another try, and a line that says what to do.

Pure: a status with its body, or an exception of the HTTP client, in; a Fault out. Called by
`runner.tap.proxy`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp

Kind = Literal["auth", "model", "server", "refused", "timeout", "cut", "rate"]

MESSAGES_PATH = "/v1/messages"
SHOWN_CHARACTERS = 300

_FATAL: frozenset[Kind] = frozenset({"auth", "model", "refused"})
_ERROR_TYPES: dict[Kind, str] = {
    "auth": "authentication_error",
    "model": "not_found_error",
    "rate": "rate_limit_error",
    "timeout": "timeout_error",
}
_STATUSES: dict[Kind, int] = {"refused": 502, "timeout": 504, "cut": 502}
_GATEWAY_TIMEOUTS = (408, 504, 524)


@dataclass(frozen=True)
class Fault:
    """One transport failure. `status` is the endpoint's, None when it gave none."""

    kind: Kind
    status: int | None
    message: str

    @property
    def fatal(self) -> bool:
        """Trying again cannot help."""
        return self.kind in _FATAL

    @property
    def client_status(self) -> int:
        """What the client is told: the endpoint's own error status, or a gateway's."""
        if self.status is not None and self.status >= 400:
            return self.status
        return 403 if self.kind == "auth" else _STATUSES.get(self.kind, 502)

    @property
    def error_type(self) -> str:
        return _ERROR_TYPES.get(self.kind, "api_error")


def error_body(error_type: str, message: str) -> dict[str, Any]:
    """An error as the Messages API shapes it."""
    return {"type": "error", "error": {"type": error_type, "message": message}}


def said(body: str) -> str:
    """The message inside an error body, JSON or not, on one short line."""
    text = body
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    if isinstance(data, dict):
        error = data.get("error", data)
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def of_status(status: int, path: str, body: str, location: str | None) -> Fault | None:
    """The fault an answer shows; None for a success and for a refusal of this very request (400, 413 …)."""
    words = said(body)
    if 300 <= status < 400:
        host = urlsplit(location or "").netloc or "elsewhere"
        hint = "check ANTHROPIC_BASE_URL (http or https?) and the CF-Access headers"
        return Fault("auth", status, f"the endpoint sends us to {host} ({status}): {hint}")
    if status in (401, 403):
        hint = "check ANTHROPIC_API_KEY and, behind Cloudflare, the CF-Access headers"
        return Fault("auth", status, f"the endpoint refuses the key ({status}: {words}); {hint}")
    if status == 404 and path == MESSAGES_PATH:
        hint = "check ANTHROPIC_MODEL, and that ANTHROPIC_BASE_URL has no /v1"
        return Fault("model", status, f"the endpoint has no such model or path ({status}: {words}); {hint}")
    if status == 429:
        return Fault("rate", status, f"the endpoint limits the rate ({status}: {words})")
    if status in _GATEWAY_TIMEOUTS:
        return Fault("timeout", status, f"the endpoint's gateway waited too long ({status}: {words})")
    if status >= 500:
        return Fault("server", status, f"the endpoint failed ({status}: {words})")
    return None


def of_exception(error: Exception, where: str, connect_timeout_s: float) -> Fault:
    """The fault behind an exception of the HTTP client while it talked to `where`."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Fault("timeout", None, f"{where} took no connection within {connect_timeout_s:g} s")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        hint = "is the endpoint started, and is ANTHROPIC_BASE_URL right?"
        return Fault("refused", None, f"{where} takes no connection ({_reason(error)}); {hint}")
    return Fault("cut", None, f"the connection to {where} broke ({type(error).__name__}: {error})")


def address(url: str) -> str:
    """`url` for a message: without the user and password it may hold."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _reason(error: Exception) -> str:
    """Why a connection was not made, in the system's words."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(error.certificate_error)
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
        return os.strerror(cause.errno)
    return cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)


def silent(phase: str, bound_s: float) -> Fault:
    """The fault of an endpoint that said nothing for too long."""
    return Fault("timeout", None, f"the endpoint sent no {phase} within {bound_s:g} s")


def cut(detail: str) -> Fault:
    """The fault of a stream that ended before its last event."""
    return Fault("cut", 200, f"the endpoint's answer broke off: {detail}")


def not_the_api(status: int | None, body: str) -> Fault:
    """The fault of a success that is no answer of the Messages API, such as a web server's front page."""
    words = said(body)[:80]
    return Fault(
        "server", status, f"no Messages API answers there ({status}: {words}); check ANTHROPIC_BASE_URL"
    )


def of_stream_error(data: Any) -> Fault:
    """The fault of an `error` event inside a stream that had begun well."""
    error = data.get("error") if isinstance(data, dict) else None
    kind = error.get("type") if isinstance(error, dict) else None
    words = said(json.dumps(data, ensure_ascii=False))
    if kind == "rate_limit_error":
        return Fault("rate", 200, f"the endpoint limits the rate (in the stream: {words})")
    return Fault("server", 200, f"the endpoint failed (in the stream: {words})")
