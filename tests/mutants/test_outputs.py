"""Every mutant of the outputs is killed by the check that is there for it, and the right work passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.checks.set_match import SetMatch
from tests.graded_work import scenario_checks
from tests.mutants import FAMILIES, OUTPUTS, SAMPLE, count
from tests.mutants.of_report import CHECKS_OF_ROOTS, KINDS_OF_ROOTS
from tests.mutants.of_scripts import SAMPLE as SCRIPTS_OF_THE_SAMPLE
from tests.mutants.of_scripts import SCRIPTS
from tests.mutants.work import LABELS, Desk, Mutant, judge, right


def hold(mutant: Mutant, folder: Path) -> set[str]:
    """Killed, by the checks that must see it and by no other check on totals; gives the checks that failed."""
    found = judge(mutant, folder)
    assert found.verdict.outcome == "failed", f"{mutant.name}: survives"
    assert found.missed == [], f"{mutant.name}: not seen by the check that is there for it"
    assert found.beside == [], f"{mutant.name}: the verdict points at what is right"
    return {check.id for check in found.verdict.failed_checks}


def test_there_are_enough_mutants_and_a_sample_of_every_family() -> None:
    assert len(OUTPUTS) >= 400 and len(SCRIPTS) >= 78
    assert {OUTPUTS[name].family for name in SAMPLE} == set(FAMILIES)
    assert len(SAMPLE) + len(SCRIPTS_OF_THE_SAMPLE) == 40


def test_the_right_work_passes_every_check(tmp_path: Path) -> None:
    verdict = Desk(right()).verdict(tmp_path / "right")
    assert verdict.outcome == "passed", verdict.failed_checks
    assert all(check.compared for check in verdict.checks) and verdict.strays == []


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_of_the_sample_is_killed(tmp_path: Path, name: str) -> None:
    hold(OUTPUTS[name], tmp_path / "spoilt")


def test_the_limits_of_the_scenario_allow_no_miss_and_no_alarm() -> None:
    (limits,) = (check for check in scenario_checks() if isinstance(check, SetMatch))
    least = {"recall_min", "precision_min", "kind_recall_min", "place_min", "figures_min"}
    assert {getattr(limits, name) for name in least} == {1.0} and limits.trap_alarms_max == 0


def test_every_kind_and_every_check_has_its_mutant() -> None:
    for label in LABELS:
        answers = right().answers[label]
        assert len({one.kind for one in answers.anomalies}) == KINDS_OF_ROOTS
        assert len({one.check_id for one in answers.anomalies}) == CHECKS_OF_ROOTS


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
