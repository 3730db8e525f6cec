"""T01: a subsidiary whose liabilities exceed its assets. Information only: nothing to report."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Trap
from synthetic_pkg.irregularities.base import Kind, root_id
from synthetic_pkg.irregularities.r04_one_side import BALANCE
from synthetic_pkg.world import World


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    world.enough("T01", count, len(world.in_deficit))
    for number, code in enumerate(world.in_deficit[:count], start=1):
        world.reserve(code, "T01")
        world.traps.append(
            Trap(
                trap_id=root_id("T01", number),
                kind="T01",
                company=code,
                check_ids=[BALANCE.id],
                why="債務超過だが貸借は一致しており、報告の対象ではない",
            )
        )


KIND = Kind(id="T01", title="債務超過", treatment="none", plant=None, trap_id="T01", plant_traps=plant_traps)
