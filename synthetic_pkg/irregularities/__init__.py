"""All kinds of irregularities, in the order they are planted; plant_all edits a world by a mix of counts."""

from __future__ import annotations

from collections.abc import Mapping

from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities import (
    n02_n03_notation,
    r04_one_side,
    r07_mismatch,
    r13_versions,
    r15_missing,
)
from synthetic_pkg.irregularities import t01_deficit as t01
from synthetic_pkg.irregularities.base import Check, Kind
from synthetic_pkg.world import World, stream

# Kinds that need a special role (T01, R08) or both sides of a dealing (R07) choose their companies first.
KINDS: tuple[Kind, ...] = (
    t01.KIND,
    r07_mismatch.OUTSIDE_KIND,
    r07_mismatch.KIND,
    r15_missing.KIND,
    r13_versions.KIND,
    r04_one_side.KIND,
    n02_n03_notation.NEGATIVES,
    n02_n03_notation.ZEROS,
)


def checks() -> list[Check]:
    """The check catalogue in the order of its IDs."""
    return sorted((check for kind in KINDS for check in kind.checks), key=lambda check: check.id)


def plant_all(world: World, mix: Mapping[str, int], seed: int) -> None:
    """Plant every kind of the mix. DatasetError for an unknown kind or one that does not fit."""
    known = {kind.id for kind in KINDS if kind.plant} | {kind.trap_id for kind in KINDS if kind.trap_id}
    for name, count in mix.items():
        if name not in known:
            raise DatasetError(
                f"dataset: irregularities.{name}: unknown kind; use one of {', '.join(sorted(known))}"
            )
        if count < 0:
            raise DatasetError(f"dataset: irregularities.{name}: {count} is negative; use 0 or more")
    for kind in KINDS:
        if kind.plant and mix.get(kind.id):
            kind.plant(world, mix[kind.id], stream(seed, f"plant/{kind.id}"))
        if kind.plant_traps and mix.get(kind.trap_id):
            kind.plant_traps(world, mix[kind.trap_id], stream(seed, f"plant/{kind.trap_id}/traps"))
