"""What a kind of irregularity is: its checks in Japanese (as in 要領), its treatment, its planting."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthetic_pkg.world import World

Treatment = Literal["normalise", "fix", "keep", "exclude", "none"]
Planter = Callable[[World, int, random.Random], None]


@dataclass(frozen=True)
class Check:
    """One row of 要領's 検査一覧."""

    id: str
    title: str
    sheet: str
    rule: str
    tolerance: str
    treatment: str
    reported_value: str
    expected_value: str
    cell: str
    exceptions: str


@dataclass(frozen=True)
class Kind:
    """One kind. trap_id names the traps beside it in a mix ("R07-trap"); empty when it has none."""

    id: str
    title: str
    treatment: Treatment
    plant: Planter | None
    checks: tuple[Check, ...] = ()
    trap_id: str = ""
    plant_traps: Planter | None = None


def root_id(kind: str, number: int) -> str:
    return f"{kind}-{number:03d}"
