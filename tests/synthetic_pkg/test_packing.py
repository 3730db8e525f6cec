"""Books rest packed: what is changed in one stays, however many others are opened meanwhile."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from synthetic_pkg import building, settle
from synthetic_pkg.building import build_world
from synthetic_pkg.packing import Shelf
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import company_details
from synthetic_pkg.world import Book, Marks

SPEC = DatasetSpec(companies=40, level="standard")
PARTS = ("ledger", "rows", "schedules", "prior", "marks")


def _parts(book: Book) -> dict[str, Any]:
    return {name: copy.deepcopy(getattr(book, name)) for name in PARTS}


@pytest.fixture
def world():
    return build_world(SPEC, 3)


def test_packing_keeps_every_part_of_every_book(world):
    before = [_parts(book) for book in world.books]
    for book in world.books:
        book.close()
    assert [_parts(book) for book in world.books] == before


def test_a_change_in_place_survives_the_opening_of_all_other_books(world):
    first = world.books[0]
    first.ledger.closing["1101"] += 7
    first.edits.pasted.add("03")
    first.schedules.notes.clear()
    cash = first.ledger.closing["1101"]
    assert all(book.ledger for book in world.books[1:])
    assert first.ledger.closing["1101"] == cash
    assert first.edits.pasted == {"03"} and first.schedules.notes == []


def test_the_books_of_a_shelf_with_room_for_two_are_planted_as_with_room_for_all(monkeypatch):
    def answers(room: int) -> tuple[Any, ...]:
        monkeypatch.setattr(building, "Shelf", lambda: Shelf(room))
        planted, exact = settle.settle(SPEC, 5)
        figures = list(company_details(planted))
        found = planted.anomalies, planted.traps, planted.normalisations, planted.withdrawn.keys()
        return found, exact, figures, [_parts(book) for book in planted.books]

    assert answers(2) == answers(1000)


def test_a_question_leaves_a_closed_book_closed_and_an_open_one_open(world):
    closed, open_ = world.books[10], world.books[11]
    for book in world.books[12:]:
        assert book.ledger
    open_.ledger.closing["1101"] += 7
    cash = open_.ledger.closing["1101"]
    assert world.shelf.look(closed, lambda book: book.ledger.closing.pop("1101")) is not None
    assert world.shelf.look(open_, lambda book: book.ledger.closing["1101"]) == cash
    assert "1101" in closed.ledger.closing
    assert open_.ledger.closing["1101"] == cash


def test_a_copy_and_a_book_sent_to_another_process_stand_alone(world):
    book = world.books[0]
    before = _parts(book)
    twin, sent = book.copy(), pickle.loads(pickle.dumps(book))
    twin.ledger.closing["1101"] += 1
    sent.version = 2
    assert _parts(book) == before == _parts(sent)
    assert (book.version, twin.company, sent.company) == (1, book.company, book.company)


def test_unplanted_books_share_their_empty_marks_and_take_a_few_kb(world):
    assert all(book.marks == Marks() for book in world.books if book.company.code not in world.newcomers)
    sizes = [sum(map(len, book.packed())) for book in world.books]
    assert sum(sizes) / len(sizes) < 6000
