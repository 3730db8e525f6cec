"""A real program on a real pty, seen through the emulated screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner import child
from runner.screen import COLUMNS, ROWS, Aborted, DeadlineExceeded, ProgramEnded, Screen, squeezed

READY_S = 10.0


class Shell:
    """A shell with a plain prompt, and its screen; `reason` makes the caller want to stop."""

    def __init__(self) -> None:
        self.reason: str | None = None
        env = {**child.clean_env(), "PS1": "> "}
        self.process = child.start_on_pty(
            ["/bin/bash", "--noprofile", "--norc", "-i"], env=env, rows=ROWS, columns=COLUMNS
        )
        self.process.delaybeforesend = None
        self.screen = Screen(self.process, lambda: self.reason)
        self.screen.wait_for_text(r">\s*\Z", "the prompt", READY_S)


@pytest.fixture
def shell() -> Iterator[Shell]:
    made = Shell()
    yield made
    made.process.close(force=True)


def test_what_is_typed_is_awaited_on_the_screen_even_where_it_stands_already(shell: Shell) -> None:
    for count in (1, 2):
        shell.screen.type([(0.0, "echo "), (0.0, "日本語")])
        assert squeezed(shell.screen.text()).count("echo日本語") == count
        shell.screen.send("\r")
        shell.screen.wait_for_text(r">\s*\Z", "the prompt", READY_S)


def test_a_deadline_shows_what_stood_on_the_screen_instead(shell: Shell) -> None:
    with pytest.raises(DeadlineExceeded, match=r"waited 0.1 s for 完了の表示") as late:
        shell.screen.wait_for_text("完了", "完了の表示", 0.1)
    assert ">" in late.value.screen


def test_the_callers_wish_to_stop_ends_every_wait(shell: Shell) -> None:
    shell.reason = "endpoint refused"
    with pytest.raises(Aborted, match="endpoint refused"):
        shell.screen.rest(60)


def test_the_end_of_the_program_is_told_with_its_last_screen(shell: Shell) -> None:
    shell.screen.send("echo 最後の行; exit\r")
    with pytest.raises(ProgramEnded) as end:
        shell.screen.rest(60)
    assert "最後の行" in end.value.screen


def test_a_query_of_the_terminal_is_answered_until_hushed(shell: Shell) -> None:
    ask = "read -rsd c -t {wait} -p $'\\e[c' answer; echo \"[${{#answer}}]\"\r"
    shell.screen.send(ask.format(wait=5))
    answered = shell.screen.wait_for_text(r"^.*\[(\d+)\]", "the answer's length", READY_S)
    assert int(answered.group(1)) > 0
    shell.screen.hush()
    shell.screen.send(ask.format(wait=0.3))
    shell.screen.wait_for_text(r"\[0\]", "no answer", READY_S)


def test_what_an_earlier_expect_had_read_is_shown_and_counted() -> None:
    process = child.start_on_pty(
        ["/bin/sh", "-c", "printf 'banner\\nprompt'; read x"],
        env=child.clean_env(),
        rows=ROWS,
        columns=COLUMNS,
    )
    process.expect_exact(b"prompt", timeout=READY_S)
    process.buffer = b"prompt"
    screen = Screen(process, lambda: None)
    assert "prompt" in screen.text() and screen.bytes_seen == len("prompt")
    process.close(force=True)


def test_squeezed_text_is_the_same_wrapped_or_framed() -> None:
    assert squeezed("│ 集計を\n│ 実行 │") == squeezed("集計を実行")
