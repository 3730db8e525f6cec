"""Redaction by what stands on the screen: a key typed, wrapped, redrawn, titled or linked does not survive."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cast import Cast, Event, Header, format_cast, parse_cast, read_cast
from runner.studio.matching import PREFIX, Matcher, leaks
from runner.studio.policy import USUAL, Policy, PolicyError, load_policy, with_own_keys
from runner.studio.redaction import redact
from runner.studio.replay import feed, screen_at
from runner.terminal import Terminal
from tests.runner.streams import COLS, ROWS, casts

CURATED = Path(__file__).resolve().parents[3] / "recordings" / "pkg_batch" / "curated" / "session.cast"
KEY = "sk-ant-Zq8XwT71LmPfR02aKdUy55HcVbNe"
LITERAL = Policy(keys=(KEY,))
PATTERN = Policy(patterns=("sk-ant-[A-Za-z0-9]{20,}",))
NAMES = Policy(home_paths=("/home/taro.yamada",), users=("taro.yamada", "山田太郎"), hosts=("keiri-pc07",))


def cast(*outputs: str, columns: int = 60, rows: int = 8, **header: object) -> Cast:
    """One output every 0.1 s."""
    size = {"version": 2, "width": columns, "height": rows}
    events = tuple(Event(round(0.1 * number, 6), "o", data) for number, data in enumerate(outputs))
    return Cast(Header.model_validate({**size, **header}), events)


def survivors(redacted: Cast, policy: Policy, secret: str = KEY) -> list[str]:
    """Every place where something of the secret can still be read, on any screen or in the file."""
    found: list[str] = []
    terminal = Terminal(*redacted.size)
    for event in redacted.events:
        feed(terminal, event)
        found += [f"{event.time_s} s: {leak}" for leak in leaks(terminal.text(), policy)]
        found += [f"{event.time_s} s: title {leak}" for leak in leaks(terminal.title, policy)]
        found += [f"{event.time_s} s: {leak}" for leak in leaks(terminal.text(), Policy(keys=(secret,)))]
    text = format_cast(redacted)
    found += [
        f"in the file: {secret[n : n + 8]}" for n in range(len(secret) - 7) if secret[n : n + 8] in text
    ]
    return found


def assert_the_rest_is_as_it_was(whole: Cast, redacted: Cast, mask: str = "*") -> None:
    """Frame by frame, every cell that is not masked."""
    was, told = Terminal(*whole.size), Terminal(*whole.size)
    told_events = list(redacted.events)
    for event in whole.events:
        feed(was, event)
        while told_events and told_events[0].time_s <= event.time_s:
            feed(told, told_events.pop(0))
    for before, after in zip(was.cells(), told.cells(), strict=True):
        for one, other in zip(before, after, strict=True):
            assert other == one or other == one._replace(char=mask, width=1)
    assert (told.cursor, told.cursor_visible, told.size) == (was.cursor, was.cursor_visible, was.size)


def boxed(text: str, width: int) -> str:
    """A whole redraw of an input box around wrapped text, as full-screen programs write it."""
    rows = [text[n : n + width] for n in range(0, len(text), width)]
    inner = "".join(f"│ {row.ljust(width)} │\r\n" for row in rows)
    return f"\x1b[?2026h\x1b[H\x1b[J╭{'─' * (width + 2)}╮\r\n{inner}╰{'─' * (width + 2)}╯\x1b[?2026l"


PLANTED = {
    "typed char by char": cast("$ export KEY=", *KEY, "\r\n$ "),
    "typed and deleted again": cast("$ ", *KEY, *["\b \b"] * len(KEY)),
    "typed with a pause and a slip": cast("$ ", *KEY[:20], "X", "\b \b", *KEY[20:]),
    "wrapped over two rows": cast("$ export KEY=" + KEY, columns=30),
    "wrapped while it is typed": cast("$ export KEY=", *KEY, columns=30),
    "wrapped and scrolled": cast("$ export KEY=", *KEY, *["\r\nmore"] * 8, columns=30, rows=4),
    "redrawn in a box at every key": cast(*(boxed(KEY[: n + 1], 26) for n in range(len(KEY))), columns=30),
    "broken by the program": cast(f"key:\r\n  {KEY[:17]}\r\n  {KEY[17:]}\r\n", columns=60),
    "placed by cursor moves": cast("".join(f"\x1b[3;{n + 5}H{char}" for n, char in enumerate(KEY))),
    "written backward": cast(*(f"\x1b[3;{n + 5}H{char}" for n, char in reversed(list(enumerate(KEY))))),
    "in colours": cast("".join(f"\x1b[3{n % 8}m{char}" for n, char in enumerate(KEY))),
    "shown and erased at once": cast("$ ", f"{KEY}\r\x1b[K$ gone"),
    "in the window title": cast(f"\x1b]0;{KEY}\x07a", f"\x1b]2;run {KEY}\x1b\\b"),
    "in a title split over events": cast(f"a\x1b]0;x {KEY[:9]}", KEY[9:20], f"{KEY[20:]}\x07b"),
    "in a hyperlink": cast(f"\x1b]8;;https://a.example/?key={KEY}\x1b\\here\x1b]8;;\x1b\\ end"),
    "in the clipboard": cast("\x1b]52;c;c2stYW50LVpxOFh3VDcxTG1QZlIwMmFLZFV5NTVIY1ZiTmU=\x07ok"),
    "behind the alternate screen": cast(f"{KEY}\x1b[?1049h\x1b[Hmenu", "\x1b[?1049lback"),
    "hidden by the program": cast(f"\x1b[8m{KEY}\x1b[0m shown"),
    "in the header": cast("a", title=f"t {KEY}", command=f"claude --key {KEY}", env={"KEY": KEY, "TERM": "xterm"}),
}  # fmt: skip


@pytest.mark.parametrize("policy", [LITERAL, PATTERN], ids=["literal", "pattern"])
@pytest.mark.parametrize("whole", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_key_does_not_survive(whole: Cast, policy: Policy) -> None:
    redacted = redact(whole, policy)
    assert survivors(redacted, policy) == []
    assert_the_rest_is_as_it_was(whole, redacted)
    assert redacted.duration_s == whole.duration_s
    assert parse_cast(format_cast(redacted).encode(), "a.cast") == redacted


def test_without_redaction_the_planted_keys_are_found() -> None:
    unseen = {"in the header", "in the clipboard"}
    assert [
        name for name, whole in PLANTED.items() if name not in unseen and not survivors(whole, LITERAL)
    ] == []


def test_the_beginning_of_a_key_is_hidden_while_it_is_typed() -> None:
    for policy in (LITERAL, PATTERN):
        redacted = redact(PLANTED["typed char by char"], policy)
        shown = [screen_at(redacted, 0.1 * count + 0.01).rows()[0] for count in (PREFIX - 1, PREFIX, 12)]
        assert shown == ["$ export KEY=sk-", "$ export KEY=****", "$ export KEY=" + "*" * 12]


def test_keys_pressed_markers_and_unknown_events_hold_nothing() -> None:
    events = [Event(0.0, "o", "$ "), *(Event(0.1, "i", char) for char in KEY)]
    events += [Event(0.2, "m", f"set {KEY}"), Event(0.3, "z", KEY), Event(0.4, "x", "0")]
    redacted = redact(Cast(Header(version=3, width=60, height=8), tuple(events)), LITERAL)
    hidden = "*" * len(KEY)
    assert [(e.kind, e.data) for e in redacted.events] == [
        ("o", "$ "),
        ("m", f"set {hidden}"),
        ("z", hidden),
        ("x", "0"),
    ]


def test_names_hosts_and_home_paths_are_hidden_as_whole_words() -> None:
    prompt = "taro.yamada@KEIRI-PC07:~$ ls /home/taro.yamada/連結 山田太郎の taro.yamadas\r\n"
    whole = cast(prompt, "\x1b]7;file://keiri-pc07/home/taro.yamada\x07", "\x1b]0;taro.yamada: ~\x07ok")
    redacted = redact(whole, NAMES)
    first = screen_at(redacted, 9).rows()[0]
    assert first == f"{'*' * 11}@{'*' * 10}:~$ ls {'*' * 17}/連結 {'*' * 8}"
    assert screen_at(redacted, 9).rows()[1] == "の taro.yamadas"
    assert screen_at(redacted, 9).title == f"{'*' * 11}: ~"
    assert "yamada/" not in format_cast(redacted)
    assert_the_rest_is_as_it_was(whole, redacted)


def test_a_wide_name_takes_as_many_cells_masked() -> None:
    redacted = redact(cast("担当 山田太郎 殿\x1b[1;14H|"), NAMES)
    assert screen_at(redacted, 1).rows()[0] == "担当 ********|殿"


def test_another_mask_is_used() -> None:
    policy = Policy(keys=(KEY,), mask="x")
    assert screen_at(redact(cast(KEY), policy), 1).rows()[0] == "x" * len(KEY)


def test_a_recording_without_the_words_stays_as_it_is() -> None:
    whole = read_cast(CURATED)
    policy = Policy(keys=(KEY,), hosts=("keiri-pc07",), users=("taro.yamada",))
    assert redact(whole, policy).events == whole.events


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    casts(),
    st.integers(0, 20),
    st.integers(1, ROWS),
    st.integers(1, COLS),
    st.integers(1, len(KEY)),
    st.booleans(),
)
def test_a_key_typed_into_any_program_does_not_survive(
    whole: Cast, at: int, row: int, column: int, chunk: int, literal: bool
) -> None:
    pieces = [KEY[n : n + chunk] for n in range(0, len(KEY), chunk)]
    place = min(at, len(whole.events))
    time_s = whole.events[place - 1].time_s if place else 0.0
    typed = [Event(time_s, "o", piece) for piece in (f"\x18\x1b(B\x0f\x1b[{row};{column}H", *pieces)]
    planted = Cast(whole.header, (*whole.events[:place], *typed, *whole.events[place:]))
    policy = LITERAL if literal else PATTERN
    redacted = redact(planted, policy)
    assert survivors(redacted, policy) == []
    assert_the_rest_is_as_it_was(planted, redacted)


def test_leaks_tell_the_place_and_not_the_secret() -> None:
    assert leaks(f"a\n連結 {KEY}", LITERAL) == [f"row 2, character 4: {len(KEY)} characters of the policy"]
    assert leaks("nothing\nhere", LITERAL) == []


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        pytest.param(["sk-an"], 5, id="a beginning"),
        pytest.param(["sk-"], 0, id="too little of it"),
        pytest.param([f"… {KEY[9:20]} …"], 11, id="a piece"),
        pytest.param([KEY[-5:] + " next"], 5, id="an end at the beginning of a row"),
        pytest.param(["x " + KEY[-5:]], 0, id="an end elsewhere"),
        pytest.param([f"│ {KEY[:20]} │", f"│ {KEY[20:]} │"], len(KEY), id="framed"),
        pytest.param([f"> {KEY[:30]}", f"  {KEY[30:]}"], len(KEY), id="indented"),
        pytest.param(["か\u3099 " + KEY], len(KEY), id="behind a mark of its own"),
    ],
)
def test_what_is_found_of_a_key(rows: list[str], hidden: int) -> None:
    spans = Matcher(LITERAL).spans(rows)
    assert sum(span.end - span.start for span in spans) == hidden


def test_a_pattern_does_not_run_into_a_row_that_does_not_go_on() -> None:
    rows = ["key " + KEY, "Next words"]
    assert [span.row for span in Matcher(PATTERN).spans(rows, 80)] == [0]
    wrapped = ["k" * 50 + " " + KEY[:29], KEY[29:]]
    assert [span.row for span in Matcher(PATTERN).spans(wrapped, 80)] == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("- a\n", "a policy has keys, patterns", id="a list"),
        pytest.param("keys: [\n", "this is not YAML", id="broken"),
        pytest.param("key: [abcdefgh]\n", "key: unknown entry; known: keys, patterns", id="unknown entry"),
        pytest.param("keys: abcdefghij\n", "keys: a list is expected", id="no list"),
        pytest.param("users: [taro, 12]\n", "users.2: text is expected", id="a number"),
        pytest.param("keys: [short]\n", "a key has 8 characters or more", id="short key"),
        pytest.param("patterns: ['(']\n", "is no regular expression", id="no pattern"),
        pytest.param("patterns: ['a*']\n", "matches the empty text", id="everything"),
        pytest.param("patterns: ['\\S{20}']\n", "a pattern matches the mask", id="the mask itself"),
        pytest.param("users: [a]\n", "a name or path has two characters", id="short name"),
        pytest.param("mask: 連\n", "one visible character of one cell", id="wide mask"),
    ],
)
def test_a_wrong_policy_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=message) as refused:
        load_policy(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def test_a_policy_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"keys: [{KEY}]\nhome_paths: [/home/taro.yamada/]\nmask: x\n", encoding="utf-8")
    assert load_policy(path) == Policy(keys=(KEY,), home_paths=("/home/taro.yamada",), mask="x")
    with pytest.raises(PolicyError, match=r"none\.yaml: the policy cannot be read"):
        load_policy(tmp_path / "none.yaml")


HEX = "7f3e" * 16  # as an Access secret; a checksum looks the same


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        pytest.param(f"curl -H 'CF-Access-Client-Secret: {HEX}'", HEX, id="Access secret"),
        pytest.param("CF-Access-Client-Id: tanaka-laptop.access", "tanaka-laptop.access", id="Access id"),
        pytest.param(f"export CF_ACCESS_CLIENT_SECRET={HEX}", HEX, id="Access variable"),
        pytest.param("x-api-key: swallow-7f3e9911", "swallow-7f3e9911", id="header"),
        pytest.param('{"x-api-key": "swallow-7f3e9911"}', "swallow-7f3e9911", id="JSON"),
        pytest.param('ANTHROPIC_API_KEY="swallow-7f3e9911"', "swallow-7f3e9911", id="variable"),
        pytest.param("os.environ['ANTHROPIC_API_KEY'] = 'swallow-7f3e'", "swallow-7f3e", id="Python"),
        pytest.param('$env:ANTHROPIC_API_KEY = "swallow-7f3e"', "swallow-7f3e", id="PowerShell"),
        pytest.param("Authorization: Bearer eyJhbGciOi.J9.x", "eyJhbGciOi.J9.x", id="bearer"),
        pytest.param("鍵はsk-ant-", "sk-ant-", id="only begun"),
        pytest.param(
            "ＡＮＴＨＲＯＰＩＣ＿ＡＰＩ＿ＫＥＹ＝ｓｗａｌｌｏｗ－７", "ｓｗａｌｌｏｗ－７", id="full width"
        ),
        pytest.param("x-api-key: $ANTHROPIC_API_KEY", "", id="a variable instead of its value"),
        pytest.param("ANTHROPIC_API_KEY=", "", id="none"),
        pytest.param("x-api-key: xxxxxxxxxxxx", "", id="masked already"),
        pytest.param(f"sha256: {HEX}", "", id="checksum"),
        pytest.param("risk-adjusted-return-analysis.xlsx", "", id="a word that ends in sk"),
    ],
)
def test_the_keys_of_this_kits_services_are_hidden_without_a_policy_file(line: str, hidden: str) -> None:
    (row,) = screen_at(redact(cast(line, columns=120), USUAL), 1).rows()[:1]
    width = sum(2 if ord(char) > 0xFF00 else 1 for char in hidden)
    assert row == (line.replace(hidden, "*" * width) if hidden else line)
    assert bool(leaks(line, USUAL)) is bool(hidden) and not leaks(row, USUAL)


def test_a_secret_behind_its_name_does_not_survive_being_typed_and_wrapped() -> None:
    typed = cast(*f"x-api-key: {HEX}", "\r\n", HEX[:20], columns=40)
    assert survivors(redact(typed, USUAL), USUAL, HEX) == []


def test_an_empty_variable_does_not_hide_the_row_below() -> None:
    rows = "ANTHROPIC_API_KEY=\r\nANTHROPIC_MODEL=gpt-oss-swallow"
    assert redact(cast(rows), USUAL).events == cast(rows).events


def test_the_keys_of_the_present_endpoint_are_hidden_wherever_they_stand() -> None:
    variables = {
        "ANTHROPIC_API_KEY": "swallow-to-the-north",
        "CF_ACCESS_CLIENT_ID": "short",
        "HOME": "/home/taro",
    }
    policy = with_own_keys(USUAL, variables)
    assert survivors(redact(cast(*"log swallow-to-the-north"), policy), policy, "swallow-to-the-north") == []
    assert leaks("swallow-to-the", policy)
    assert not leaks("short /home/taro swallow-demo", policy)
    assert with_own_keys(USUAL, {}) == USUAL


def test_full_width_letters_are_the_same_as_plain_ones_and_the_rest_stays() -> None:
    wide = KEY.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    (row,) = screen_at(redact(cast(f"（株）… {wide} ｶﾞ", columns=100), LITERAL), 1).rows()[:1]
    assert row == f"（株）… {'*' * 2 * len(KEY)} ｶﾞ"
    assert Matcher(LITERAL).masked(f"（① {wide}）") == f"（① {'*' * len(KEY)}）"
