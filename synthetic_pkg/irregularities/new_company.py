"""Traps that only a newly consolidated company can be: nothing earlier to compare with, so nothing to report.

Such a company has no archived book, no comments on movements and no figures of the year before; 会社一覧, 01 and 16
say so. Its roles are drawn with the group (synthetic_pkg.building); it carries nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from synthetic_pkg.chart import details
from synthetic_pkg.irregularities.base import Kind, Planter, check, trap
from synthetic_pkg.layout import EARLIER, cell
from synthetic_pkg.world import Book, World


def _planter(trap_id: str, checks: Sequence[str], why: str, change: Callable[[Book], None]) -> Planter:
    def plant(world: World, count: int, rng: random.Random) -> None:
        world.enough(trap_id, count, len(world.newcomers))
        for number, code in enumerate(world.newcomers[:count], start=1):
            if code not in world.reserved:
                world.reserve(code, trap_id)
            change(world.book(code))
            trap(world, _BY_TRAP[trap_id], number, code, why, check_ids=checks)

    return plant


def _leave(book: Book) -> None:
    """What the book shows already is the trap."""


def _blank_year_before(book: Book) -> None:
    for code in details("PL"):
        book.edits.text[("04", cell("04", code, EARLIER))] = ""


def _kind(number: str, title: str, checks: Sequence[str], why: str, change: Callable[[Book], None]) -> Kind:
    trap_id = f"{number}-new-trap"
    return Kind(
        id=number,
        title=title,
        treatment="none",
        plant=None,
        checks=tuple(map(check, checks)),
        trap_id=trap_id,
        plant_traps=_planter(trap_id, checks, why, change),
    )


NOTHING_TO_COMPARE = _kind(
    "R01",
    "前期PKGのない新規連結会社",
    ("A09", "D01"),
    "新規連結会社で前期PKGがなく、前期と比べる検査（桁誤り、前期末）は行わない",
    _leave,
)
NO_YEAR_BEFORE = _kind(
    "R18",
    "前年同期のない新規連結会社",
    ("A08",),
    "04の前年同期累計が空欄だが、新規連結会社で前年同期の金額がない（空欄は0）",
    _blank_year_before,
)
NO_COMMENTS = _kind(
    "R24",
    "増減コメントの要らない新規連結会社",
    ("D02",),
    "大きく動いた科目にコメントがないが、新規連結会社で前期PKGがない",
    _leave,
)
KINDS = (NOTHING_TO_COMPARE, NO_YEAR_BEFORE, NO_COMMENTS)
_BY_TRAP = {kind.trap_id: kind for kind in KINDS}
