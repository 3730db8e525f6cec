"""Every mutant of the outputs is killed by the check that is there for it, and the right work passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.checks.set_match import SetMatch
from tests.graded_work import scenario_checks
from tests.mutants import FAMILIES, OUTPUTS, SAMPLE, count
from tests.mutants.of_report import (
    ALARMED_AT_MOST,
    CHECKS_OF_ROOTS,
    FALSE_AT_MOST,
    KINDS_OF_ROOTS,
    MISSED_AT_MOST,
    within_the_limits,
)
from tests.mutants.of_scripts import SAMPLE as SCRIPTS_OF_THE_SAMPLE
from tests.mutants.of_scripts import SCRIPTS, STRICT
from tests.mutants.work import LABELS, Desk, Mutant, judge, right

WITHIN = list(within_the_limits(8))


def hold(mutant: Mutant, folder: Path) -> set[str]:
    """Killed, by the checks that must see it and by no other check on totals; gives the checks that failed."""
    found = judge(mutant, folder)
    assert found.verdict.outcome == "failed", f"{mutant.name}: survives"
    assert found.missed == [], f"{mutant.name}: not seen by the check that is there for it"
    assert found.beside == [], f"{mutant.name}: the verdict points at what is right"
    return {check.id for check in found.verdict.failed_checks}


def test_there_are_enough_mutants_and_a_sample_of_every_family() -> None:
    assert len(OUTPUTS) >= 200 and len(SCRIPTS) - len(STRICT) >= 50
    assert {OUTPUTS[name].family for name in SAMPLE} == set(FAMILIES)
    assert len(SAMPLE) + len(SCRIPTS_OF_THE_SAMPLE) == 40


def test_the_right_work_passes_every_check(tmp_path: Path) -> None:
    verdict = Desk(right()).verdict(tmp_path / "right")
    assert verdict.outcome == "passed", verdict.failed_checks
    assert all(check.compared for check in verdict.checks) and verdict.strays == []


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_of_the_sample_is_killed(tmp_path: Path, name: str) -> None:
    hold(OUTPUTS[name], tmp_path / "spoilt")


def test_the_limits_of_the_scenario_are_those_that_the_mutants_cross() -> None:
    limits = next(check for check in scenario_checks() if isinstance(check, SetMatch))
    for label in LABELS:
        answers = right().answers[label]
        roots, traps = len(answers.anomalies), len({trap.trap_id for trap in answers.traps})
        assert (roots - MISSED_AT_MOST) / roots >= limits.recall_min > (roots - MISSED_AT_MOST - 1) / roots
        assert roots / (roots + FALSE_AT_MOST) >= limits.precision_min > roots / (roots + FALSE_AT_MOST + 1)
        assert ALARMED_AT_MOST / traps <= limits.trap_alarms_max < (ALARMED_AT_MOST + 1) / traps
        assert len({one.kind for one in answers.anomalies}) == KINDS_OF_ROOTS
        assert len({one.check_id for one in answers.anomalies}) == CHECKS_OF_ROOTS


@pytest.mark.parametrize(
    "mutant", [WITHIN[0], *(pytest.param(m, marks=pytest.mark.long) for m in WITHIN[1:])]
)
def test_one_miss_or_alarm_within_the_limits_is_told(tmp_path: Path, mutant: Mutant) -> None:
    """It may pass, but the verdict says it, and a scenario that allows none lets none pass."""
    desk = Desk(right())
    mutant.spoil(desk)
    checks = {check.id: check for check in desk.verdict(tmp_path / "lenient").checks}
    assert all(checks[name].difference for name in mutant.caught_by)
    strict = Desk(right(), strict=True)
    mutant.spoil(strict)
    failed = {check.id for check in strict.verdict(tmp_path / "strict").failed_checks}
    assert set(mutant.caught_by) <= failed


def test_a_survivor_is_counted() -> None:
    """A mutant that nobody could see: the kill rate falls."""

    def nothing(desk: Desk) -> None:
        desk.put_totals("seen", desk.right.totals("seen"))

    blind = Mutant("nothing is changed", "none", nothing, ("seen.totals.form",))
    counts = count([blind, OUTPUTS[next(iter(SAMPLE))]])
    assert (counts.judged, counts.survivors, counts.kill_rate) == (2, ["nothing is changed"], 0.5)


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_every_mutant_of_a_family_is_killed(tmp_path: Path, family: str) -> None:
    for number, name in enumerate(FAMILIES[family]):
        hold(OUTPUTS[name], tmp_path / str(number))


@pytest.mark.long
def test_every_check_of_the_scenario_kills_some_mutant(tmp_path: Path) -> None:
    """Told by what the mutants say must catch them, which the tests above hold them to."""
    verdict = Desk(right()).verdict(tmp_path / "right")
    killers: set[str] = set()
    for mutant in OUTPUTS.values():
        desk = Desk(right())
        mutant.spoil(desk)
        killers |= {*mutant.caught_by, *(desk.wrong_totals() if mutant.exactly else ())}
    assert {check.id for check in verdict.checks} <= killers
