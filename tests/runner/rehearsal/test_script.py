"""Cassettes that can be played, and those that cannot: the message names file, line, field and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.rehearsal.script import CassetteError, Script, load_script
from tests.runner.endpoints import HELLO

META = {"type": "meta", "format": "tap/1", "provenance": "authored", "vars": {"WS": "/work"}}
ASK = {"type": "say", "match": {"user": "依頼"}, "text": "はい"}
CALL = {"name": "Bash", "input": {"command": "ls"}}


def script(folder: Path, *lines: Any, variables: dict[str, str] | None = None) -> Script:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "cassette.jsonl").write_text(text, encoding="utf-8")
    return load_script(folder, variables or {})


def complaint(folder: Path, *lines: Any) -> str:
    with pytest.raises(CassetteError) as error:
        script(folder, *lines)
    return str(error.value).removeprefix("TAP-CASSETTE " + str(folder / "cassette.jsonl"))


def test_files_and_variables_are_put_in_place() -> None:
    loaded = load_script(HELLO, {"WS": "/elsewhere"})
    write = loaded.turns[0][0].call
    assert write is not None
    assert write.input["file_path"] == "/elsewhere/hello.py"
    assert write.input["content"] == (HELLO / "hello.py").read_text()


def test_what_may_be_left_out_is_derived(tmp_path: Path) -> None:
    [first, second] = script(
        tmp_path,
        META,
        {**ASK, "call": CALL},
        {"type": "say", "call": {"name": "Read", "input": {}}},
        "",
        {"type": "say", "match": {"tools_done": ["Bash:error", "Read"]}, "text": "終わり"},
        {**ASK, "match": {"user": " ２つ目 "}},
    ).turns
    assert [line.tools_done for line in first] == [(), ("Bash",), ("Bash:error", "Read")]
    assert [line.number for line in first] == [2, 3, 5]
    assert (second[0].user, second[0].turn, second[0].cps) == ("2つ目", 2, 35.0)


def test_only_named_variables_are_replaced_and_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.sh").write_text("echo ${HOME} ${WS}")
    call = {"name": "Write", "input": {"list": ["${WS}/a", {"file": "x.sh"}], "raw": "$${HOME} $HOME {WS}"}}
    turns = script(tmp_path, META, {**ASK, "call": call}, {"type": "say", "text": "終"}).turns
    assert turns[0][0].call is not None
    assert turns[0][0].call.input == {"list": ["/work/a", "echo ${HOME} ${WS}"], "raw": "${HOME} $HOME {WS}"}


@pytest.mark.parametrize(
    ("lines", "place", "words"),
    [
        ([ASK], ":1: type", "first line must be"),
        ([], ":1: type", "first line must be"),
        ([META], "", "nothing to play"),
        ([META, META, ASK], ":2: type", "second meta"),
        ([META, "{oops"], ":2", "not JSON"),
        ([META, {**ASK, "text": "\ud83d"}], ":2", "surrogates not allowed"),
        ([META, "[]"], ":2: type", "`meta` and `say`"),
        ([META, {"type": "sse"}], ":2: type", "'sse' is not played"),
        ([{**META, "format": "tap/9"}, ASK], ":1: format", "tap/1"),
        ([{**META, "provenance": "live"}, ASK], ":1: provenance", "authored"),
        ([{**META, "pace": {"speed": 0}}, ASK], ":1: pace.speed", "greater than 0"),
        ([META, {**ASK, "txt": "x"}], ":2: txt", "not permitted"),
        ([META, {**ASK, "call": {"name": "Bash"}}], ":2: call.input", "required"),
        ([META, {**ASK, "cps": -1}], ":2: cps", "greater than 0"),
        ([META, {"type": "say", "text": "x"}], ":2: match.user", "must name what the user says"),
        ([META, {"type": "say", "match": {"user": "x"}}], ":2: text", "needs `text`, a `call`"),
        ([META, ASK, {"type": "say", "text": "x"}], ":3: match", "line 2 ends the turn"),
        ([META, {**ASK, "call": CALL}], ":2: call", "turn ends with a call"),
        ([META, {**ASK, "call": CALL}, ASK], ":2: call", "turn ends with a call"),
        ([META, {**ASK, "turn": 2}], ":2: turn", "turn 1, not 2"),
        (
            [META, {**ASK, "call": CALL}, {**ASK, "match": {"tools_done": ["Read"]}}],
            ":3: match.tools_done",
            "the lines before call ['Bash']",
        ),
        (
            [META, {**ASK, "call": CALL}, {**ASK, "match": {"user": "別", "tools_done": ["Bash"]}}],
            ":3: match.user",
            "(line 2)",
        ),
        ([META, {**ASK, "match": {"user": "x", "assert": ["y"]}}], ":2: match.assert", "no tool has run"),
        ([META, {**ASK, "text": "${NOPE}"}], ":2: text", "unknown variable ${NOPE} (known: WS"),
        (
            [META, {**ASK, "call": {"name": "W", "input": {"c": {"file": "no.py"}}}}],
            ":2: call.input.c",
            "cannot be read",
        ),
        (
            [META, {**ASK, "call": {"name": "W", "input": {"c": {"file": "../up.py"}}}}],
            ":2: call.input.c",
            "beside the cassette",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, lines: list[Any], place: str, words: str) -> None:
    said = complaint(tmp_path, *lines)
    assert said.startswith(place + ":")
    assert words in said


def test_a_missing_cassette_says_what_a_cassette_is(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"cassette\.jsonl: not found; a cassette is a folder"):
        load_script(tmp_path, {})


def test_a_cassette_of_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "cassette.jsonl").write_bytes("依頼".encode("cp932"))
    with pytest.raises(CassetteError, match="UTF-8"):
        load_script(tmp_path, {})
