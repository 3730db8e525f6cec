"""Mistakes that people and models make, planted one by one in the authored scripts: the verdict sees each.

Each runs in the sandbox; four of them every day, the others with the long tests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.of_scripts import EQUIVALENT, SAMPLE, SCRIPTS, ScriptMutant, judge_script, written_by


@pytest.mark.parametrize(
    "name",
    [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.long) for name in SCRIPTS],
)
def test_a_mistake_in_a_script_is_seen(tmp_path: Path, name: str) -> None:
    found = judge_script(SCRIPTS[name], tmp_path)
    assert (found.verdict.outcome, found.verdict.cause) == ("failed", "wrong"), f"{name}: survives"
    assert found.missed == [], f"{name}: not seen by the check that is there for it"
    assert found.beside == [], f"{name}: the verdict points at what is right"


@pytest.mark.long
@pytest.mark.parametrize("name", EQUIVALENT)
def test_what_is_not_counted_writes_the_same_as_the_authored_script(tmp_path: Path, name: str) -> None:
    replacement = EQUIVALENT[name]
    changed = ScriptMutant(name, replacement[0], "seen", (), (replacement,))
    authored = replace(changed, replacements=())
    written = [written_by(one, tmp_path / str(number)) for number, one in enumerate((changed, authored))]
    assert written[0].read_bytes() == written[1].read_bytes()
