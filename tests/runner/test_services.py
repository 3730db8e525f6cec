"""The kit's helper processes: what they say arrives, and an end that nobody asked for is the kit's fault."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.services import Blocked, Service, ServiceError

WAIT_S = 10.0
Start = Callable[[str], Service]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A service from the text of its program."""
    running: list[Service] = []

    def begin(program: str) -> Service:
        name = f"helper_{len(running)}"
        (tmp_path / f"{name}.py").write_text(program, encoding="utf-8")
        running.append(Service(name, tmp_path / f"{name}.log", env={"PYTHONPATH": str(tmp_path)}))
        return running[-1]

    yield begin
    for service in running:
        service.stop()


ECHO = "import sys\nfor line in sys.stdin: print(line.strip(), flush=True)\n"


def test_what_is_configured_comes_back_as_an_event(start: Start) -> None:
    service = start(ECHO)
    service.configure({"event": "ready", "port": 1})
    assert service.wait_for("ready", WAIT_S)["port"] == 1


def test_stopping_is_no_fault(start: Start) -> None:
    service = start(ECHO)
    service.configure({"event": "ready"})
    service.wait_for("ready", WAIT_S)
    service.stop()
    assert [event["event"] for event in service.events] == ["ready"]


def test_a_service_that_dies_is_the_kits_fault(start: Start) -> None:
    service = start("import sys; sys.exit('the port is taken')")
    with pytest.raises(ServiceError, match="the port is taken"):
        service.wait_for("ready", WAIT_S)
    assert [event["event"] for event in service.events] == ["kit_error"]


def test_a_service_that_is_killed_is_the_kits_fault(start: Start) -> None:
    service = start('import os\nprint(\'{"event": "ready", "pid": %d}\' % os.getpid(), flush=True)\ninput()')
    os.kill(service.wait_for("ready", WAIT_S)["pid"], signal.SIGKILL)
    with pytest.raises(ServiceError):
        service.wait_for("more", WAIT_S)
    assert service.events[-1]["event"] == "kit_error"


def test_words_that_are_no_event_are_the_kits_fault(start: Start) -> None:
    service = start("print('Traceback or the like', flush=True); input()")
    with pytest.raises(ServiceError):
        service.wait_for("ready", WAIT_S)
    assert "said something else" in service.events[0]["message"]


def test_the_guards_word_before_the_start_is_passed_on(start: Start) -> None:
    service = start(ECHO)
    service.configure({"event": "blocked", "message": "G01 実績.xlsx"})
    with pytest.raises(Blocked, match="実績"):
        service.wait_for("ready", WAIT_S)


def test_a_service_that_says_nothing_is_waited_for_only_so_long(start: Start) -> None:
    with pytest.raises(ServiceError, match="was not ready within"):
        start(ECHO).wait_for("ready", 0.2)


def test_sending_to_a_service_that_has_ended_is_told(start: Start) -> None:
    service = start("import sys; sys.exit('gone')")
    with pytest.raises(ServiceError):
        service.wait_for("ready", WAIT_S)
    with pytest.raises(ServiceError, match="has ended"):
        for _ in range(100):
            service.send("x" * 65536)
