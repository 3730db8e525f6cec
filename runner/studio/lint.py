"""What is wrong with a recording before it is shown: `lint(cast) -> list[Finding]`.

Pure but for the emulated terminal; used by the command line and before a film is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runner.cast import EXIT, INPUT, MARKER, OUTPUT, RESIZE, Cast, Event
from runner.studio.matching import Matcher, Span
from runner.studio.policy import Policy
from runner.studio.redaction import KEPT_ENV
from runner.studio.replay import feed
from runner.terminal import Terminal

SIZE = (100, 30)  # columns x rows that film and page are made for
IDLE_S = 5.0  # a longer pause bores
JUMP_S = 60.0  # a longer one is a clock that was set or a computer that slept
LONG_OUTPUT = 100_000  # characters of one event; players stop while they take it
SHORTEN = "shorten it: swallow-demo cast cut --idle 2"
REDACT = "hide it: swallow-demo cast redact"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: where it is, what it is, and what to do about it. `advice`: it can be shown as it is."""

    where: str
    what: str
    remedy: str
    advice: bool = False

    def __str__(self) -> str:
        return f"{'advice: ' if self.advice else ''}{self.where}: {self.what}; {self.remedy}"


def lint(cast: Cast, policy: Policy | None = None) -> list[Finding]:
    """The findings in order of time within each kind; secrets are looked for where a policy is given."""
    found = [*_whole(cast), *_pauses(cast), *_events(cast)]
    return [*found, *_secrets(cast, Matcher(policy))] if policy else found


def _whole(cast: Cast) -> Iterator[Finding]:
    if cast.truncated:
        yield Finding(
            cast.truncated, "the recording was broken off", "record it again, or cut it before its end"
        )
    for note in cast.notes:
        where, _, what = note.partition(": ")
        yield Finding(where, what, "nothing to do: it shows nowhere", advice=True)
    if not any(event.kind == OUTPUT for event in cast.events):
        yield Finding("the recording", "holds no output", "record it again")
    if cast.size != SIZE:
        size = "{} columns x {} rows".format(*cast.size)
        yield Finding(
            "header", f"the terminal has {size}", "for a film record it in one of 100 x 30", advice=True
        )
    if not cast.markers:
        yield Finding(
            "the recording",
            "has no markers",
            "for a film set some: scenes and chapters go from marker to marker",
            advice=True,
        )
    extra = sorted(set(cast.header.env or {}) - set(KEPT_ENV))
    if extra:
        yield Finding(
            "header", f"tells of the environment {', '.join(extra)}", "drop it: swallow-demo cast redact"
        )
    parser = Terminal(2, 1)
    for event in cast.events:
        if event.kind == OUTPUT:
            parser.feed(event.data.encode())
    if rest := len(parser.unfinished()):
        yield Finding(
            _at(cast.duration_s), f"ends within a sequence ({rest} bytes of it)", "cut it before its end"
        )


def pauses(cast: Cast) -> Iterator[tuple[float, float]]:
    """(second at which it begins, seconds it lasts) of every pause between events; markers are none."""
    before_s = 0.0
    for event in cast.events:
        if event.kind != MARKER:
            yield before_s, event.time_s - before_s
            before_s = event.time_s


def _pauses(cast: Cast) -> Iterator[Finding]:
    for at_s, pause_s in pauses(cast):
        if pause_s > JUMP_S:
            yield Finding(_at(at_s), f"the time jumps by {pause_s:.1f} s", SHORTEN)
        elif pause_s > IDLE_S:
            yield Finding(_at(at_s), f"nothing happens for {pause_s:.1f} s", SHORTEN)


def _events(cast: Cast) -> Iterator[Finding]:
    unknown: dict[str, Event] = {}
    for event in cast.events:
        if event.kind == MARKER and not event.data.strip():
            yield Finding(
                _at(event.time_s), "a marker has no label", "give it one, or no chapter can be named by it"
            )
        elif event.kind == RESIZE:
            what = f"the terminal becomes {event.data}"
            yield Finding(_at(event.time_s), what, "for a film record it in one size", advice=True)
        elif event.kind == OUTPUT and len(event.data) > LONG_OUTPUT:
            what = f"{len(event.data):,} characters of output at once"
            yield Finding(_at(event.time_s), what, "players stop there: print less, or cut it")
        elif event.kind not in (OUTPUT, INPUT, MARKER, RESIZE, EXIT):
            unknown.setdefault(event.kind, event)
    for kind, event in unknown.items():
        yield Finding(
            _at(event.time_s),
            f"an event of the unknown kind {kind!r}",
            "nothing to do: it shows nowhere",
            advice=True,
        )


def _secrets(cast: Cast, matcher: Matcher) -> Iterator[Finding]:
    """The first sight of every place where a word of the policy can be read."""
    texts = [("title", cast.header.title), ("command", cast.header.command)]
    for name, text in texts:
        if text and matcher.in_text(text):
            yield Finding("header", f"the {name} holds a word of the policy", REDACT)
    terminal = Terminal(*cast.size)
    shown: list[str] = []
    title = ""
    seen: set[Span] = set()
    for event in cast.events:
        if event.kind not in (OUTPUT, RESIZE):
            if event.kind != EXIT and matcher.in_text(event.data):
                yield Finding(
                    _at(event.time_s), f"an event {event.kind!r} holds a word of the policy", REDACT
                )
            continue
        feed(terminal, event)
        if (now := terminal.title) != title:
            title = now
            if matcher.in_text(title):
                yield Finding(_at(event.time_s), "the window title holds a word of the policy", REDACT)
        rows = terminal.rows()
        spans = set(matcher.spans(rows, terminal.size[0])) if rows != shown else set()
        for row, start, end in sorted(spans - seen):
            what = f"row {row + 1}, character {start + 1}: {end - start} characters of the policy can be read"
            yield Finding(_at(event.time_s), what, REDACT)
        seen, shown = (spans, rows) if rows != shown else (seen, shown)


def _at(time_s: float) -> str:
    return f"{time_s:.3f} s"
