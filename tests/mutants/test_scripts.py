"""Mistakes that people and models make, planted one by one in the authored scripts: the verdict sees each.

Each runs in the sandbox; four of them every day, the others with the long tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.of_scripts import SAMPLE, SCRIPTS, judge_script


@pytest.mark.parametrize(
    "name",
    [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.long) for name in SCRIPTS],
)
def test_a_mistake_in_a_script_is_seen(tmp_path: Path, name: str) -> None:
    found = judge_script(SCRIPTS[name], tmp_path)
    assert (found.verdict.outcome, found.verdict.cause) == ("failed", "wrong"), f"{name}: survives"
    assert found.missed == [], f"{name}: not seen by the check that is there for it"
    assert found.beside == [], f"{name}: the verdict points at what is right"
