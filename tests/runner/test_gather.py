"""What an untrusted program left is brought out within bounds, and what stays behind is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.gather import Bounds, gather


@pytest.fixture
def left(tmp_path: Path) -> Path:
    folder = tmp_path / "left"
    (folder / "output").mkdir(parents=True)
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / "output" / name).write_bytes(b"x" * 100)
    return folder


def test_all_is_brought_out_with_its_folders(left: Path, tmp_path: Path) -> None:
    gathered = gather(left, tmp_path / "out")
    assert gathered.files == ["output/a.csv", "output/b.csv", "output/c.csv"]
    assert (tmp_path / "out" / "output" / "b.csv").read_bytes() == b"x" * 100
    assert gathered.refused == {}


@pytest.mark.parametrize(
    ("bounds", "brought"),
    [(Bounds(files=2), 2), (Bounds(bytes_each=99), 0), (Bounds(bytes_in_all=250), 2)],
)
def test_each_bound_leaves_the_rest_behind_and_says_so(
    left: Path, tmp_path: Path, bounds: Bounds, brought: int
) -> None:
    gathered = gather(left, tmp_path / "out", bounds)
    assert len(gathered.files) == brought
    assert len(gathered.refused) >= 1
    assert len([p for p in (tmp_path / "out").rglob("*.csv")]) == brought


def test_a_folder_that_is_a_link_is_not_entered(left: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "answers.json").write_text("{}")
    (left / "shortcut").symlink_to(tmp_path / "secret")
    gathered = gather(left, tmp_path / "out")
    assert "shortcut" in gathered.refused
    assert not (tmp_path / "out" / "shortcut").exists()
