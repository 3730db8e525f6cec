"""Who carries a plant: in the promised order, evenly among those that fit, asking no more books than are drawn."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from synthetic_pkg import settle
from synthetic_pkg.building import build_world
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.irregularities.casting import Cast
from synthetic_pkg.spec import LEAST_COMPANIES, LEVELS, DatasetSpec, read_spec

AREAS = {kind: frozenset({kind}) for kind in ("N01", "R01", "R02", "R02-trap")}


@dataclass
class Firm:
    code: str
    shape: str = "sales"


@dataclass
class Carrier:
    company: Firm


def _carriers(count: int) -> list[Carrier]:
    return [Carrier(Firm(f"{number:04d}")) for number in range(count)]


def _codes(carriers: list[Carrier]) -> set[str]:
    return {carrier.company.code for carrier in carriers}


def test_roots_take_untouched_companies_until_the_carriers_are_there_then_share():
    cast, rng, all_ = Cast(4, AREAS), random.Random(1), _carriers(9)
    first = cast.pick("R01", 3, rng, all_)
    second = cast.pick("R02", 3, rng, all_)
    assert len(_codes(first)) == 3 and len(_codes(second) - _codes(first)) == 1
    assert cast.carrying == _codes(first) | _codes(second) and len(cast.carrying) == 4


def test_odd_forms_take_untouched_companies_and_traps_stand_beside_others():
    cast, rng, all_ = Cast(2, AREAS), random.Random(2), _carriers(6)
    roots, odd = cast.pick("R01", 2, rng, all_), cast.pick("N01", 2, rng, all_)
    assert not _codes(roots) & _codes(odd)
    assert _codes(cast.pick("R02-trap", 4, rng, all_)) == _codes(roots) | _codes(odd)
    assert cast.pick("N01", 3, rng, all_) != [] and len(cast.pick("N01", 3, rng, all_)) == 0


def test_every_company_that_fits_is_as_likely_and_no_other_is_taken():
    drawn: Counter[str] = Counter()
    for seed in range(600):
        picked = Cast(9, AREAS).pick(
            "R01", 2, random.Random(seed), _carriers(9), lambda carrier: carrier.company.code < "0006"
        )
        drawn.update(_codes(picked))
    assert drawn.keys() == {f"000{number}" for number in range(6)}
    assert all(160 < count < 240 for count in drawn.values())


def test_only_as_many_books_are_asked_as_it_takes():
    asked: list[str] = []

    def fits(carrier: Carrier) -> bool:
        asked.append(carrier.company.code)
        return True

    assert len(Cast(50, AREAS).pick("R01", 5, random.Random(3), _carriers(2000), fits)) == 5
    assert len(asked) == 5


def test_dormant_companies_carry_nothing():
    dormant = [Carrier(Firm("0001", "dormant"))]
    assert Cast(1, AREAS).pick("R01", 1, random.Random(4), dormant) == []


def test_witnesses_carry_nothing_that_disturbs_the_dealing_they_are_the_other_side_of():
    spec = DatasetSpec(companies=90, level="hard")
    world = build_world(spec, 9)
    plant_all(world, spec.mix(), 9, spec.carriers())
    assert world.cast
    mismatched = [a for a in world.anomalies if a.kind == "R07"]
    assert mismatched
    for anomaly in mismatched:
        partner = anomaly.accepted[1].company
        assert partner != anomaly.company and {partner, anomaly.company} <= world.cast.witnesses
        assert not world.cast.taken.get(partner, set()) & {"whole", "intercompany"}


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_every_level_fits_into_its_smallest_groups_and_says_which_are_too_small(level, monkeypatch):
    """Planting only: no answers are worked out, so that no tie asks for another round."""
    monkeypatch.setattr(settle, "exact_details", lambda world: ({}, []))
    least = LEAST_COMPANIES[level]
    for companies in range(12, least):
        with pytest.raises(DatasetError, match=rf"{companies} are too few for level {level}.*{least}"):
            read_spec(level=level, companies=companies)
    for companies in range(least, max(least, 20) + 1):
        seed = companies % 3
        world, _ = settle.settle(DatasetSpec(companies=companies, level=level), seed)
        assert world.anomalies and world.traps


@pytest.mark.long
@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
@pytest.mark.parametrize("level", sorted(LEVELS))
def test_every_level_fits_into_small_groups_of_any_seed(level, period, monkeypatch):
    monkeypatch.setattr(settle, "exact_details", lambda world: ({}, []))
    least = LEAST_COMPANIES[level]
    for companies in range(least, least + 9):
        for seed in (1, 2, 3):
            settle.settle(DatasetSpec(companies=companies, level=level, period=period), seed)
