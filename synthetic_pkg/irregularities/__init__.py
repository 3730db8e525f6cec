"""All kinds of irregularities, in the order they are planted; plant_all edits a world by a mix of counts."""

from __future__ import annotations

from collections.abc import Mapping

from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities import (
    n01_n08_cells,
    n02_n03_notation,
    n04_n07_form,
    new_company,
    r01_n09_scale,
    r02_r03_r17_footing,
    r04_one_side,
    r05_cumulative,
    r06_opening,
    r07_mismatch,
    r08_r09_partner,
    r10_rates,
    r11_r18_cover,
    r12_r30_stale,
    r13_versions,
    r14_copy,
    r15_missing,
    r16_error,
    r19_account,
    r20_r21_equity,
    r22_r32_r34_schedules,
    r23_r33_cash_stock,
    r24_r25_comments,
    r26_r27_negative,
    r28_r29_ratios,
)
from synthetic_pkg.irregularities import t01_deficit as t01
from synthetic_pkg.irregularities.base import Check, Kind
from synthetic_pkg.irregularities.casting import Cast
from synthetic_pkg.world import World, stream

# Kinds that need a special role (T01, R08, new companies) or both sides of a dealing choose their companies first, then
# those that need a whole book, then those that need one part of it.
KINDS: tuple[Kind, ...] = (
    t01.KIND,
    r07_mismatch.OUTSIDE_KIND,
    *new_company.KINDS,
    r07_mismatch.KIND,
    r08_r09_partner.ONE_SIDED,
    r08_r09_partner.WRONG_CODE,
    r14_copy.KIND,
    r15_missing.KIND,
    r13_versions.KIND,
    r12_r30_stale.STALE,
    r12_r30_stale.PLUGGED,
    r01_n09_scale.SCALED,
    r01_n09_scale.DECLARED,
    r05_cumulative.KIND,
    r28_r29_ratios.TAX_RATE,
    r28_r29_ratios.MARGIN,
    r23_r33_cash_stock.CASH_END,
    r23_r33_cash_stock.GROUP_STOCK,
    r04_one_side.KIND,
    r10_rates.KIND,
    r22_r32_r34_schedules.FIXED_ASSETS,
    r22_r32_r34_schedules.BONUSES,
    r22_r32_r34_schedules.STALE_CHECK,
    r02_r03_r17_footing.THOUSANDFOLD,
    r02_r03_r17_footing.FLIPPED,
    r02_r03_r17_footing.TYPED_OVER,
    r19_account.KIND,
    r16_error.KIND,
    r26_r27_negative.INVENTORY,
    r26_r27_negative.NEGATIVE_CASH,
    r24_r25_comments.MISSING,
    r24_r25_comments.CONTRARY,
    r06_opening.KIND,
    r20_r21_equity.ROLL_FORWARD,
    r20_r21_equity.NET_INCOME_GAP,
    r11_r18_cover.WRONG_CURRENCY,
    r11_r18_cover.BLANK,
    n02_n03_notation.NEGATIVES,
    n02_n03_notation.ZEROS,
    n01_n08_cells.FIGURES,
    n04_n07_form.MOVED,
    n01_n08_cells.NAME_VARIANTS,
    n04_n07_form.HIDDEN_ROWS,
    n04_n07_form.OLD_SHEETS,
    n01_n08_cells.DATES,
)


def checks() -> list[Check]:
    """The whole check catalogue in the order of its IDs: what 要領 lists does not tell what is planted."""
    rows = {check.id: check for kind in KINDS if kind.plant for check in kind.checks}
    return [rows[check_id] for check_id in sorted(rows)]


def known_kinds() -> list[str]:
    """Names that a mix may use."""
    return sorted({k.id for k in KINDS if k.plant} | {k.trap_id for k in KINDS if k.trap_id})


def plant_all(world: World, mix: Mapping[str, int], seed: int, carriers: int = 0) -> None:
    """Plant every kind of the mix. DatasetError for an unknown kind or one that does not fit.

    carriers: how many companies carry R items, some of them two; 0: no company carries two plants.
    """
    known = known_kinds()
    for name, count in mix.items():
        if name not in known:
            raise DatasetError(f"dataset: irregularities.{name}: unknown kind; use one of {', '.join(known)}")
        if count < 0:
            raise DatasetError(f"dataset: irregularities.{name}: {count} is negative; use 0 or more")
    if carriers:
        world.cast = _cast(carriers)
    for kind in KINDS:
        if kind.plant and mix.get(kind.id):
            kind.plant(world, mix[kind.id], stream(seed, f"plant/{kind.id}"))
        if not carriers or not kind.plant:
            _plant_traps(world, kind, mix, seed)
    for kind in KINDS if carriers else ():
        if kind.plant:
            _plant_traps(world, kind, mix, seed)


def _plant_traps(world: World, kind: Kind, mix: Mapping[str, int], seed: int) -> None:
    if kind.plant_traps and mix.get(kind.trap_id):
        kind.plant_traps(world, mix[kind.trap_id], stream(seed, f"plant/{kind.trap_id}/traps"))


def _cast(carriers: int) -> Cast:
    by_kind = {kind.id: kind.areas for kind in KINDS if kind.plant}
    by_kind |= {kind.trap_id: kind.trap_areas for kind in KINDS if kind.trap_id}
    return Cast(carriers, {**by_kind, **r08_r09_partner.COVER_AREAS})
