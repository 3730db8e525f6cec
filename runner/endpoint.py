"""Where the model answers: the live endpoint's address and key from the caller's environment or .env.

Read once by the CLI and handed to the tap's process over its stdin; no other process ever sees the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_MODEL = "gpt-oss-swallow:120b"
REHEARSAL_MODEL = "rehearsal"
_NAMES = (
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_MODEL",
    "CF_ACCESS_CLIENT_ID",
    "CF_ACCESS_CLIENT_SECRET",
)


class EndpointError(Exception):
    """The live endpoint is not described well enough; one line: what, where, what to do."""


@dataclass(frozen=True)
class LiveEndpoint:
    """Address (no /v1), model and secrets; the secrets are kept out of repr."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines, # comments, optional quotes and `export`; only the names the kit knows are kept."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # Windows editors put a mark in front
    except UnicodeDecodeError as error:
        raise EndpointError(
            f"{path.name}: not UTF-8 at byte {error.start}; save the file as UTF-8"
        ) from error
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise EndpointError(f"{path.name}:{number}: not NAME=value; correct or remove this line")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if name.strip() in _NAMES:
            found[name.strip()] = value
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False


def live_endpoint(environ: Mapping[str, str], dotenv: Path) -> LiveEndpoint:
    """The caller's environment first, .env second; EndpointError when something is missing."""
    values = {**read_dotenv(dotenv), **{n: environ[n] for n in _NAMES if environ.get(n)}}
    for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"):
        if not values.get(name):
            raise EndpointError(f"{name} is not set; set it in the environment or in .env (see README.md)")
    url = values["ANTHROPIC_BASE_URL"].rstrip("/")
    if not _is_address(url):
        raise EndpointError("ANTHROPIC_BASE_URL is not an http(s) address; give e.g. http://127.0.0.1:11434")
    if url.endswith("/v1"):
        raise EndpointError("ANTHROPIC_BASE_URL ends in /v1; remove it, Claude Code adds the path itself")
    headers = {}
    both = ("CF_ACCESS_CLIENT_ID", "CF_ACCESS_CLIENT_SECRET")
    given = [name for name in both if values.get(name)]
    if len(given) == 1:
        raise EndpointError(f"only {given[0]} is set; Cloudflare Access wants both {both[0]} and {both[1]}")
    if given:
        headers = {
            "CF-Access-Client-Id": values["CF_ACCESS_CLIENT_ID"],
            "CF-Access-Client-Secret": values["CF_ACCESS_CLIENT_SECRET"],
        }
    return LiveEndpoint(
        url, values.get("ANTHROPIC_MODEL") or DEFAULT_MODEL, values["ANTHROPIC_API_KEY"], headers
    )
