"""Datasets built once for the whole run: one of full size, and smaller ones by seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.spec import DatasetSpec

Build = Callable[..., Dataset]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """build(seed, companies=90): a dataset, each made once."""
    folder: Path = tmp_path_factory.mktemp("datasets")

    @cache
    def make(seed: int, companies: int = 90) -> Dataset:
        return build_dataset(DatasetSpec(companies=companies), seed, folder)

    return make
