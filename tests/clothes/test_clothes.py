"""The verifier rejects no right work for its form, and accepts no wrong content for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clothes import CORRECT, NEAR_MISSES
from tests.clothes.work import faults


@pytest.mark.parametrize("title", CORRECT)
def test_right_work_is_accepted(tmp_path: Path, title: str) -> None:
    assert faults(CORRECT[title], tmp_path / "rerun") == []


@pytest.mark.parametrize("title", NEAR_MISSES)
def test_a_near_miss_is_rejected(tmp_path: Path, title: str) -> None:
    assert faults(NEAR_MISSES[title], tmp_path / "rerun")


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CORRECT) >= 80 and len(NEAR_MISSES) >= 40
