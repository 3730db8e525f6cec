"""Before a film is rendered: which characters no font here has, and where they would be seen."""

from __future__ import annotations

import pytest

from runner.studio.audit import MissingGlyph, glyph_audit
from runner.studio.timeline import Caption, Card, Clip
from tests.runner.studio.films import cast_of, timeline_of


@pytest.mark.usefixtures("no_machine_fonts")
def test_each_character_without_a_glyph_is_named_with_its_first_place() -> None:
    cast = cast_of([(0.0, "連結"), (0.5, "\r\n\r\n🂡🂡"), (3.0, "🂢")])
    items = (
        Card(kind="title", heading="題🂣", duration_s=0.4),
        Clip(start_s=0, end_s=1),
        Clip(start_s=1, end_s=2),
    )
    captions = (Caption(start_s=2.0, end_s=2.2, lines=("字幕🂡🂤",)),)
    found = glyph_audit(cast, timeline_of(items, captions=captions))
    assert [(missing.char, round(missing.time_s, 1), missing.where) for missing in found] == [
        ("🂣", 0.0, "on the title card"),
        ("🂡", 0.9, "row 3 of the screen"),
        ("🂤", 2.0, "in a caption"),
    ]
    assert str(found[1]) == (
        "no font here has U+1F0A1 (PLAYING CARD ACE OF SPADES), first seen at 0.9 s, row 3 of the screen; "
        "drawn as a dot: write it in another way, or leave it out"
    )


@pytest.mark.usefixtures("no_machine_fonts")
def test_a_film_of_known_characters_has_nothing_to_tell() -> None:
    assert glyph_audit(cast_of(), timeline_of()) == []


def test_a_font_is_named_for_an_emoji_only() -> None:
    assert str(MissingGlyph("🍣", 0.0, "in a caption")).endswith("install fonts-noto-color-emoji")
    assert not str(MissingGlyph("\ue000", 0.0, "in a caption")).endswith("emoji")
