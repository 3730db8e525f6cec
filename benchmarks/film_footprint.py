"""Renders one film and prints {film_s, seconds, own_mb, tree_mb}; a process of its own for benchmarks.film.

argv[1]: `highlight` (the curated take, its story, 90 seconds), `long` (a recording of half an hour, ten times faster)
or `short` (a fifteenth of that). own_mb, tree_mb: resident memory at its highest, without and with ffmpeg.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from runner.cast import OUTPUT, Cast, Event, read_cast
from runner.scenario import find, load
from runner.studio.editor import plan
from runner.studio.facts import facts_of
from runner.studio.film import render
from runner.studio.take import open_take
from runner.studio.timeline import Clip, Timeline

TAKE = Path(__file__).resolve().parents[1] / "recordings" / "pkg_batch" / "curated"
LONG_S, LONG_SPEED = 1800.0, 10.0


def highlight(cast: Cast) -> Timeline:
    story = load(find("pkg_batch")).story
    assert story is not None
    return plan(cast, story, facts_of(open_take(TAKE))).timeline


def repeated(cast: Cast, seconds: float) -> Cast:
    """The recording again and again, until it lasts as long."""
    events: list[Event] = []
    start = 0.0
    while start < seconds:
        events.append(Event(start, OUTPUT, "\x1bc"))
        events += [replace(event, time_s=start + event.time_s) for event in cast.events]
        start += cast.duration_s
    return replace(cast, events=tuple(event for event in events if event.time_s <= seconds))


def fast(seconds: float) -> Timeline:
    return Timeline(
        title="long",
        badge="リハーサル",
        items=(Clip(start_s=0, end_s=seconds, speed=LONG_SPEED, label=f"×{LONG_SPEED:g}"),),
    )


def own_peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def main() -> None:
    cast = read_cast(TAKE / "session.cast")
    if sys.argv[1] == "highlight":
        timeline = highlight(cast)
    else:
        seconds = LONG_S if sys.argv[1] == "long" else LONG_S / 15
        cast, timeline = repeated(cast, seconds), fast(seconds)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        report = render(cast, timeline, Path(folder) / "film.mp4")
        seconds_taken = time.perf_counter() - began
    own = own_peak_mb()
    tree = own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"film_s": report.duration_s, "seconds": seconds_taken, "own_mb": own, "tree_mb": tree}))


if __name__ == "__main__":
    main()
