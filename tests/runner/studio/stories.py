"""Small recordings and stories for the studio's tests: plain text on a small screen, told in three scenes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runner.cast import MARKER, OUTPUT, Cast, Event, Header
from runner.studio.editor import Edit
from runner.studio.facts import Facts
from runner.studio.storyboard import Story
from runner.studio.timeline import Clip

FACTS = Facts(
    values={"companies": "90", "total_checks": "810"},
    badge="リハーサル（台本による応答）",
    notice="台本による操作見本です。モデルの性能を示すものではありません。",
    verdict_lines=("判定：合格",),
    passed=True,
)


def told(times: Sequence[float], markers: Sequence[tuple[float, str]], after_s: float = 1.0) -> Cast:
    """A recording that writes a line at each time, with markers after what is written then."""
    events = [Event(time, OUTPUT, f"line {number}\r\n") for number, time in enumerate(times)]
    events += [Event(time, MARKER, label) for time, label in markers]
    events.append(Event(max(event.time_s for event in events) + after_s, OUTPUT, "end"))
    order = {OUTPUT: 0, MARKER: 1}
    events.sort(key=lambda event: (event.time_s, order[event.kind]))
    return Cast(Header(version=2, width=40, height=8), tuple(events))


def story(*scenes: dict[str, Any], **fields: Any) -> Story:
    """A story of the given scenes, with short cards."""
    return Story.model_validate(
        {
            "title": {"heading": "表題", "seconds": 2},
            "verdict": {"chapter": "検算", "heading": "検算", "seconds": 3},
            "closing": {"heading": "おわりに", "seconds": 2},
            "scenes": list(scenes),
            **fields,
        }
    )


def clips(edit: Edit) -> list[Clip]:
    """What an edit shows of the recording."""
    return [item for item in edit.timeline.items if isinstance(item, Clip)]
