"""The live endpoint is read from the caller or .env, and its key is never shown."""

from pathlib import Path

import pytest

from runner.endpoint import DEFAULT_MODEL, EndpointError, live_endpoint

WHOLE = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:11434/", "ANTHROPIC_API_KEY": "canary-5d1f"}


def test_the_model_defaults_to_swallow(tmp_path: Path) -> None:
    endpoint = live_endpoint(WHOLE, tmp_path / ".env")
    assert endpoint.model == DEFAULT_MODEL == "gpt-oss-swallow:120b"
    assert endpoint.base_url == "http://127.0.0.1:11434"


def test_the_callers_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# 接続先\nexport ANTHROPIC_BASE_URL='http://127.0.0.1:1'\nANTHROPIC_MODEL=gpt-oss:120b\nPATH=/x\n"
    )
    endpoint = live_endpoint(WHOLE, tmp_path / ".env")
    assert endpoint.base_url == "http://127.0.0.1:11434"
    assert endpoint.model == "gpt-oss:120b"


def test_the_secrets_are_not_in_its_repr(tmp_path: Path) -> None:
    secrets = {**WHOLE, "CF_ACCESS_CLIENT_ID": "cf-id-1", "CF_ACCESS_CLIENT_SECRET": "cf-secret-2"}
    endpoint = live_endpoint(secrets, tmp_path / ".env")
    assert endpoint.extra_headers["CF-Access-Client-Secret"] == "cf-secret-2"
    assert not any(secret in repr(endpoint) for secret in ("canary", "cf-id", "cf-secret"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ANTHROPIC_BASE_URL": ""}, "ANTHROPIC_BASE_URL is not set"),
        ({"ANTHROPIC_API_KEY": ""}, "ANTHROPIC_API_KEY is not set"),
        ({"ANTHROPIC_BASE_URL": "localhost"}, "not an http"),
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:1/v1"}, "remove it"),
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:99999"}, "not an http"),
        ({"CF_ACCESS_CLIENT_ID": "only one"}, "wants both"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changed: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=says):
        live_endpoint({**WHOLE, **changed}, tmp_path / ".env")


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_BASE_URL=http://127.0.0.1:1\r\n", encoding="utf-8-sig")
    key = {"ANTHROPIC_API_KEY": "x"}
    assert live_endpoint(key, tmp_path / ".env").base_url == "http://127.0.0.1:1"
    (tmp_path / ".env").write_text("ANTHROPIC_MODEL=x", encoding="utf-16")
    with pytest.raises(EndpointError, match="save the file as UTF-8"):
        live_endpoint(key, tmp_path / ".env")


def test_a_broken_line_of_the_file_is_named_by_number(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_MODEL=x\nnonsense\n")
    with pytest.raises(EndpointError, match=r"\.env:2"):
        live_endpoint(WHOLE, tmp_path / ".env")
