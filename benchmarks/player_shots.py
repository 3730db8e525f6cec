"""The same frames another way: asciinema-player in headless Chromium, a screenshot each; the yardstick of film.

Takes a cast and the seconds to look at, gives the seconds it took from the loaded page to the last screenshot.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from runner.cast import Cast, format_cast
from tests.runner.studio.browsing import chromium

PLAYER = Path(__file__).resolve().parents[1] / "node_modules" / "asciinema-player" / "dist" / "bundle"
WINDOW = (1920, 1223)  # of which 1920 x 1080 are the page
PNG = b"\x89PNG"
_PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{style}">
<style>body {{margin: 0; overflow: hidden}} .ap-overlay-start {{display: none}}</style>
<div id="screen" style="width:1920px;height:1080px"></div><script src="{script}"></script><script>
window.player = AsciinemaPlayer.create({{data: {data}}}, document.getElementById("screen"),
  {{preload: true, controls: false, fit: "both"}});
</script>"""
_SEEK = """const done = arguments[arguments.length - 1];
window.player.seek(arguments[0]).then(() => requestAnimationFrame(() => done(true)));"""


def screenshots(cast: Cast, times_s: Sequence[float]) -> float:
    """Wall seconds for one screenshot of 1920 x 1080 at each of the times; the browser's start is not counted."""
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder) / "profile", *WINDOW) as browser:
        page = Path(folder) / "page.html"
        page.write_text(
            _PAGE.format(
                style=(PLAYER / "asciinema-player.css").as_uri(),
                script=(PLAYER / "asciinema-player.min.js").as_uri(),
                data=json.dumps(format_cast(cast)).replace("</", "<\\/"),
            ),
            encoding="utf-8",
        )
        browser.get(page.as_uri())
        browser.set_script_timeout(60)
        browser.execute_async_script(_SEEK, times_s[0])
        began = time.perf_counter()
        shots = set()
        for time_s in times_s:
            assert browser.execute_async_script(_SEEK, time_s)
            shot = browser.get_screenshot_as_png()
            assert shot.startswith(PNG)
            shots.add(hash(shot))
        taken = time.perf_counter() - began
    assert len(shots) > len(times_s) // 2, "the player did not move"
    return taken
