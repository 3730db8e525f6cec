"""Fixtures for tests that grade real scripts in the real sandbox; how Hypothesis runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.graded_work import HELDOUT_SEED, SEEN_SEED, Grader, dataset

settings.register_profile("kit", deadline=None)  # a busy machine is no failure
settings.load_profile("kit")


@pytest.fixture
def grader(tmp_path: Path) -> Grader:
    """Grades a work folder on the datasets of the scenario's seeds."""
    return Grader(tmp_path / "試験", dataset(SEEN_SEED), dataset(HELDOUT_SEED))
