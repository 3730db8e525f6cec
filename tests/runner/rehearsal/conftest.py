"""What every test of the rehearsal's process needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.endpoints import Endpoints


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[Endpoints]:
    """Real processes, ended with the test."""
    with Endpoints(tmp_path) as started:
        yield started
