"""The input must be as it was handed out: nothing changed, gone or added."""

from __future__ import annotations

import os
from pathlib import Path

from runner.verify_outputs import list_input


def test_a_changed_book_is_named(desk) -> None:
    (desk.work / "input" / "PKG_0001.xlsx").write_bytes(b"tampered")
    assert desk.failed() == {"input"}
    assert "書き換えられた 1 件: PKG_0001.xlsx" in desk.check("input").detail
    assert desk.verdict().cause == "wrong"


def test_a_removed_book_is_named(desk) -> None:
    (desk.work / "input" / "前期PKG" / "PKG_0001.xlsx").unlink()
    assert "消えた 1 件: 前期PKG/PKG_0001.xlsx" in desk.check("input").detail


def test_an_added_book_is_named_whatever_the_case_of_its_suffix(desk) -> None:
    (desk.work / "input" / "answers.XLSM").write_bytes(b"new")
    assert desk.failed() == {"input"}
    assert "追加された 1 件: answers.XLSM" in desk.check("input").detail


def test_a_note_beside_the_books_is_no_change(desk) -> None:
    (desk.work / "input" / "memo.txt").write_text("途中メモ", encoding="utf-8")
    assert desk.failed() == set()


def test_a_book_swapped_for_a_link_to_its_copy_is_a_change(desk, tmp_path: Path) -> None:
    book = desk.work / "input" / "PKG_0001.xlsx"
    book.rename(tmp_path / "copy.xlsx")
    book.symlink_to(tmp_path / "copy.xlsx")
    assert desk.failed() == {"input"}


def test_a_removed_input_folder_fails(desk) -> None:
    (desk.work / "input").rename(desk.work / "moved")
    assert desk.failed() == {"input"}
    assert desk.check("input").compared == 2


def test_pipes_and_names_that_are_not_text_are_listed_without_harm(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / os.fsdecode(b"\xff.xlsx")).write_bytes(b"x")
    listing = list_input(tmp_path)
    assert [file.sha256 == "" for file in listing.files] == [False, True]
    assert listing.model_validate_json(listing.model_dump_json()) == listing
