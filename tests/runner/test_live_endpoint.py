"""`--endpoint live`, whole: a real nginx that checks the key stands in front of the endpoint, as on the rented machine.

Each fault of an endpoint ends as `endpoint_error` (exit 3) within its bound; the real key is nowhere but in nginx.
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import child
from runner.services import Service
from tests.runner.running import HELLO_SCENARIO, Finished, everything_said, run_scenario

KEY = "canary-3e81f0c7d94b4a55"
START_S = 10.0
NGINX = shutil.which("nginx", path=child.SYSTEM_PATH)

# What the rented machine's nginx does: the key in the header, then the model server behind. Further locations fail
# each in one way, as servers do.
CONF = """
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 64m;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  map $http_x_api_key $known {{ default 0; "{key}" 1; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      if ($known = 0) {{ return 401 '{{"type":"error","error":{{"type":"authentication_error","message":"no"}}}}'; }}
      proxy_pass http://127.0.0.1:{upstream};
      proxy_buffering off;
      proxy_http_version 1.1;
    }}
    location /missing/ {{ return 404 '{{"type":"error","error":{{"type":"not_found_error","message":"no model"}}}}'; }}
    location /broken/ {{ return 500 '{{"type":"error","error":{{"type":"api_error","message":"broken"}}}}'; }}
    location /hanging/ {{ proxy_pass http://127.0.0.1:{silent}; proxy_read_timeout 600s; }}
  }}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until_it_listens(port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(f"nginx does not listen: {log.read_text() if log.exists() else 'no log'}")


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real nginx in front of a rehearsal endpoint."""
    assert NGINX is not None, (
        "nginx is not installed: run `make test`, which installs nginx-light, or install it"
    )
    folder = tmp_path_factory.mktemp("nginx")
    rehearsal = Service("runner.rehearsal", folder / "rehearsal.log")
    cassette = HELLO_SCENARIO.parent.parent / "runner" / "rehearsal" / "data" / "hello"
    rehearsal.configure({"cassette": str(cassette), "pace": "fast", "vars": {"WS": "/work"}})
    upstream = rehearsal.wait_for("ready", START_S)["port"]
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts in the kernel, never answers
        port = free_port()
        text = CONF.format(key=KEY, port=port, upstream=upstream, silent=silent.getsockname()[1])
        (folder / "nginx.conf").write_text(text)
        command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
        with child.start(command, stdout=child.DEVNULL, stderr=child.DEVNULL):
            wait_until_it_listens(port, folder / "error.log")
            yield f"http://127.0.0.1:{port}"
    rehearsal.stop()


def run_live(base_url: str, recordings: Path, *options: str, key: str = KEY) -> Finished:
    env = {
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_API_KEY": key,
        "ANTHROPIC_MODEL": "gpt-oss-swallow:120b",
    }
    return run_scenario(HELLO_SCENARIO, recordings, "--endpoint", "live", *options, env=env)


def test_the_right_key_passes_and_the_run_still_says_authored(nginx: str, tmp_path: Path) -> None:
    finished = run_live(nginx, tmp_path)
    run = finished.run
    assert (run.outcome, run.cause) == ("failed", "missing"), "the small scenario writes no deliverable"
    assert run.provenance == "authored"
    assert (run.model, run.answered_by) == ("gpt-oss-swallow:120b", "rehearsal")
    assert "リハーサル（台本による応答）" in finished.out
    assert [turn["end"] for turn in run.turns] == ["Stop"]


def test_the_real_key_is_nowhere_in_what_a_run_leaves(nginx: str, tmp_path: Path) -> None:
    said = everything_said(run_live(nginx, tmp_path, "--headless"))
    fragments = {KEY[i : i + 6] for i in range(len("canary-"), len(KEY) - 5)}
    assert not [fragment for fragment in fragments if fragment in said]


@pytest.mark.parametrize("mode", [(), ("--headless",)], ids=["recorded", "headless"])
def test_a_wrong_key_is_an_endpoint_error_within_twenty_seconds(
    nginx: str, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    finished = run_live(nginx, tmp_path, *mode, key="wrong-key")
    assert finished.code == 3
    assert finished.run.outcome == "endpoint_error"
    assert finished.run.endpoint_errors[0]["kind"] == "auth"
    assert finished.wall_s < 20


@pytest.mark.parametrize(
    ("path", "kind"), [("/missing", "model"), ("/broken", "server"), ("/hanging", "timeout")]
)
def test_each_fault_is_an_endpoint_error_within_its_bound(
    nginx: str, tmp_path: Path, path: str, kind: str
) -> None:
    finished = run_live(nginx + path, tmp_path, "--headless")
    assert finished.code == 3, finished.err
    assert finished.run.outcome == "endpoint_error"
    assert {error["kind"] for error in finished.run.endpoint_errors} == {kind}
    # A hang: three tries of first_byte_timeout_s = 3 s, and the gaps between Claude Code's retries.
    assert finished.wall_s < 30


def test_a_refused_connection_is_an_endpoint_error(tmp_path: Path) -> None:
    finished = run_live(f"http://127.0.0.1:{free_port()}", tmp_path, "--headless")
    assert finished.code == 3
    assert finished.run.endpoint_errors[0]["kind"] == "refused"
    assert finished.wall_s < 20
