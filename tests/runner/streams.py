"""Strategies for what full-screen programs write: text, cursor moves, styles, regions, both screens, resizes."""

from __future__ import annotations

from hypothesis import strategies as st

from runner.cast import Cast, Event, Header

COLS, ROWS = 20, 6
WORDS = ("a", "b ", "xyz", "連結", "決算", "ｶﾅ", "→", "❯ ", "●", "😀", "👨‍👩‍👧", "🇯🇵", "か\u3099", "é", "─│╭", "█", "⠋",
         "0123456789", "あいうえおかきくけこさしすせそ")  # fmt: skip
_SGR = ("0", "1", "2", "3", "4", "4:3", "5", "7", "8", "9", "22", "24", "27", "31", "92", "38;5;200", "38;2;1;2;3",
        "44", "48;5;17", "48;2;9;8;7", "39", "49", "53", "58:5:9")  # fmt: skip
_CONTROLS = ("\r\n", "\r", "\n", "\t", "\b", "\x1bM", "\x1bD", "\x1bE", "\x1bH", "\x1b[3g", "\x1b7", "\x1b8",
             "\x1b(0", "\x1b(B", "\x1b)0", "\x0e", "\x0f", "\x1b[r", "\x1b[3 q", '\x1b[1"q', '\x1b[0"q')  # fmt: skip
_STRINGS = ("\x1b]0;title\x07", "\x1b]2;題\x1b\\", "\x1b]8;;http://a/\x1b\\", "\x1b]8;;\x1b\\",
            "\x1b]4;1;rgb:12/34/56\x07",
            "\x1b]11;#102030\x07", "\x1b]7;file://h/x\x07")  # fmt: skip
_MODES = (
    "4",
    "20",
    "?1",
    "?5",
    "?6",
    "?7",
    "?12",
    "?25",
    "?47",
    "?1000",
    "?1006",
    "?1047",
    "?1049",
    "?2004",
    "?2026",
)

small = st.integers(1, 9)
pieces = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=6).map("".join),
    st.builds("\x1b[{};{}H".format, st.integers(1, ROWS + 1), st.integers(1, COLS + 2)),
    st.builds("\x1b[{}{}".format, small, st.sampled_from("ABCDGdEFIZ")),
    st.builds("\x1b[{}m".format, st.sampled_from(_SGR)),
    st.builds("\x1b[{}{}".format, st.integers(0, 3), st.sampled_from("JKXPL@MST")),
    st.builds("\x1b[{};{}r".format, st.integers(1, ROWS), st.integers(1, ROWS)),
    st.builds("\x1b[{}{}".format, st.sampled_from(_MODES), st.sampled_from("hl")),
    st.sampled_from(_CONTROLS),
    st.sampled_from(_STRINGS),
)
outputs = st.lists(pieces, max_size=12).map("".join)
sizes = st.builds("{}x{}".format, st.integers(8, 26), st.integers(3, 8))


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    """A recording of a full-screen program, its output split anywhere, also within sequences.

    Before the size changes the terminal is reset: how text that goes on from rows scrolled away wraps anew depends
    on those rows, which no state of a screen tells.
    """
    text = draw(st.lists(pieces, min_size=1, max_size=40).map("".join))
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    events = []
    now = 0
    for part in parts:
        now += draw(st.integers(0, 300)) * 10_000
        events.append(Event(now / 1_000_000, "o", part))
        if draw(st.integers(0, 9)) == 0:
            events.append(Event(now / 1_000_000, "o", "\x18\x1bc"))
            events.append(Event(now / 1_000_000, "r", draw(sizes)))
        if draw(st.integers(0, 3)) == 0:
            events.append(Event(now / 1_000_000, "m", f"marker {len(events)}"))
    return Cast(Header(version=2, width=COLS, height=ROWS), tuple(events))
