"""Whole runs that several modules look at; how Hypothesis runs."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import settings

from tests.runner.running import Finished, run_once

settings.register_profile("kit", deadline=None)  # a busy machine is no failure
settings.load_profile("kit")


@pytest.fixture(scope="session")
def pkg_batch_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Finished]:
    """pkg_batch_run(*options): what `swallow-demo run pkg_batch OPTIONS` gave, run once for all worker processes."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-runs"
    shared.mkdir(exist_ok=True)
    return lambda *options: run_once(shared, "run" + "".join(options), *options)
