"""What every test of the tap's process needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.endpoints import Endpoints
from tests.runner.tap.upstream import Upstream


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[Endpoints]:
    """Real processes, ended with the test."""
    with Endpoints(tmp_path) as started:
        yield started


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A real HTTP server that answers as the test says."""
    with Upstream() as server:
        yield server
