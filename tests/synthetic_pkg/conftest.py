"""Datasets built once for the whole run: one of full size, and smaller ones by seed and level."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.spec import DatasetSpec

Build = Callable[..., Dataset]
Once = Callable[[str, Callable[[], Any]], Any]
ORACLE = Path(__file__).with_name("oracle")


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """build(seed, companies=90, level="core", period="2027Q1"): a dataset, each made once."""
    folder = _shared(tmp_path_factory)

    @cache
    def make(seed: int, companies: int = 90, level: str = "core", period: str = "2027Q1") -> Dataset:
        spec = DatasetSpec.model_validate({"companies": companies, "level": level, "period": period})
        home = folder / period
        home.mkdir(exist_ok=True)
        with (home / f"{level}-{companies}-{seed}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another worker that wants the same waits, and finds it built
            return build_dataset(spec, seed, home)

    return make


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """once(name, make): what `make` gives, made by the first worker that asks for it and read by the others."""
    folder = _shared(tmp_path_factory)

    def give(name: str, make: Callable[[], Any]) -> Any:
        kept = folder / f"{name}.pickle"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                return pickle.loads(kept.read_bytes())
            made = make()
            kept.write_bytes(pickle.dumps(made))
            return made

    return give


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all worker processes of a run, so that each dataset is built by the first that asks."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-datasets"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """The independent reading in tests/synthetic_pkg/oracle, loaded as a package of its own."""
    spec = importlib.util.spec_from_file_location(
        "pkg_oracle", ORACLE / "__init__.py", submodule_search_locations=[str(ORACLE)]
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
