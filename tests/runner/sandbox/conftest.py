"""The box that every attempt is made in, and a secret outside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runner.boxes import TestBox, make_box
from tests.runner.sandbox.watching import CANARY


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> TestBox:
    return make_box(tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An answer key on the host, open to everybody there."""
    file = tmp_path_factory.mktemp("answers") / f"answers-{CANARY}.json"
    file.write_text(CANARY, encoding="utf-8")
    return file
