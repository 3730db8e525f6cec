"""Mistakes of elimination: left out wholly, by pair or on one side, doubled, reversed, at another amount or place.

Each row of 08 and 09 is eliminated alone first; a mistake is a sum over what those rows move.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from synthetic_pkg.answers import Basis
from synthetic_pkg.chart import DIFFERENCE_BS, DIFFERENCE_PL, accounts
from synthetic_pkg.intercompany import BALANCES, PAIR_RULES, RULE_BY_LABEL, Row
from synthetic_pkg.mistakes.pairs import PairKey, pair_up
from synthetic_pkg.mistakes.recount import Sums
from synthetic_pkg.mistakes.treating import silent
from synthetic_pkg.mistakes.wording import cell_of, rule, several, table
from synthetic_pkg.rates import MICRO
from synthetic_pkg.translation import eliminations, included
from synthetic_pkg.world import Book, World

Told = tuple[str, str, str, Sums]  # id, title, evidence, what the mistake adds
Move = tuple[str, str, int]  # company, account, micro-yen
ABSOLUTE, SHARE = 1_000_000 * MICRO, 200  # K2 in micro-yen; K3 as one part in
WAY, DIFFERENCE = rule("内部取引の消去（修正後）"), rule("内部取引差異")
PAIRS = table("内部取引対応")


@dataclass(frozen=True)
class RowMoves:
    """One row and what eliminating it alone moves: its account, and the difference until the other side comes."""

    book: Book
    row: Row
    moves: tuple[Move, ...]

    @property
    def number(self) -> int:
        """Of its pair in 要領, from 1."""
        return PAIR_RULES.index(RULE_BY_LABEL[self.row.label]) + 1

    @property
    def claims(self) -> bool:
        return self.row.label == RULE_BY_LABEL[self.row.label].creditor_label

    @property
    def parties(self) -> tuple[str, str]:
        """Creditor, debtor."""
        own, partner = self.book.company.code, self.row.partner
        return (own, partner) if self.claims else (partner, own)

    @property
    def pair(self) -> PairKey:
        return (*self.parties, RULE_BY_LABEL[self.row.label].creditor_label, self.row.currency)


def told(world: World) -> Iterator[Told]:
    rows = list(row_moves(world))
    sums = MoveSums(world)
    yield from _left_out(rows, sums)
    yield from _one_sided(rows, sums)
    yield from _differences(rows, sums)
    yield from _by_place(world, rows, sums)


def row_moves(world: World) -> Iterator[RowMoves]:
    """Every row that 修正後 eliminates, alone between its two companies."""
    books = {book.company.code: book for book in included(world)}
    mute = {code: silent(book) for code, book in books.items()}
    for code, book in books.items():
        for row in book.corrected_rows():
            if row.partner in books:
                speaking = copy.copy(mute[code])
                speaking.rows = [row]
                pocket = copy.copy(world)
                pocket.books = [speaking, mute[row.partner]]
                pocket.companies = [book.company, books[row.partner].company]
                moves = tuple(move for move in eliminations(pocket, "修正後") if move[2])
                yield RowMoves(book, row, moves)


def is_difference(code: str) -> bool:
    return accounts()[code].fx == "差異"


class MoveSums:
    """Adds moves up by segment."""

    def __init__(self, world: World) -> None:
        self.segment = {company.code: company.segment for company in world.companies}

    def of(self, moves: Iterator[Move]) -> Sums:
        sums: Sums = {}
        for company, code, amount in moves:
            key: tuple[Basis, str, str] = ("修正後", self.segment.get(company, ""), code)
            sums[key] = sums.get(key, 0) + amount
        return {key: amount for key, amount in sums.items() if amount}

    def times(
        self,
        rows: list[RowMoves],
        factor: int,
        wanted: Callable[[RowMoves, Move], bool] = lambda row, move: True,
    ) -> Sums:
        """`factor` times the wanted moves, added to what is right."""
        return self.of(
            (company, code, factor * amount)
            for row in rows
            for company, code, amount in row.moves
            if wanted(row, (company, code, amount))
        )


def _groups(rows: list[RowMoves]) -> Iterator[tuple[str, str, list[RowMoves]]]:
    """(name, words, rows): all, each sheet, each pair of 要領."""
    yield "all", "内部取引", rows
    for sheet, words in (("08", "債権債務（08）"), ("09", "取引高（09）")):
        yield sheet, words, [row for row in rows if row.row.sheet == sheet]
    for number, rule_ in enumerate(PAIR_RULES, start=1):
        words = f"組P{number}（{rule_.creditor_label}／{rule_.debtor_label}）"
        yield f"P{number}", words, [row for row in rows if row.number == number]


def _left_out(rows: list[RowMoves], sums: MoveSums) -> Iterator[Told]:
    for name, words, chosen in _groups(rows):
        yield f"elim.none.{name}", f"{words}を消去していない", WAY, sums.times(chosen, -1)
        yield f"elim.double.{name}", f"{words}を二重に消去した", WAY, sums.times(chosen, 1)
        yield (
            f"elim.added.{name}",
            f"{words}を差し引かず、加えた（消去の符号が逆）",
            WAY,
            sums.times(chosen, -2),
        )
        only = sums.times(chosen, -2, lambda _, move: not is_difference(move[1]))
        yield f"elim.added.{name}.accounts", f"{words}を差し引かず、加えた（差異科目は正しい）", WAY, only
        only = sums.times(chosen, -1, lambda _, move: not is_difference(move[1]))
        yield f"elim.none.{name}.accounts", f"{words}を消去していない（差異科目だけを計上した）", WAY, only


def _one_sided(rows: list[RowMoves], sums: MoveSums) -> Iterator[Told]:
    for name, words, chosen in _groups(rows):
        for side, claims, missing in (
            ("creditor", False, "債務側（費用側）"),
            ("debtor", True, "債権側（収益側）"),
        ):
            lost = [row for row in chosen if row.claims == claims]
            title = f"{words}で{missing}を消去していない"
            yield f"elim.only.{side}.{name}", title, PAIRS, sums.times(lost, -1)
            accounts_ = sums.times(lost, -1, lambda _, move: not is_difference(move[1]))
            yield f"elim.only.{side}.{name}.accounts", f"{title}（差異科目は正しい）", PAIRS, accounts_


def _differences(rows: list[RowMoves], sums: MoveSums) -> Iterator[Told]:
    for code in (DIFFERENCE_BS, DIFFERENCE_PL, ""):
        words = f"内部取引差異（{code}）" if code else "内部取引差異（2901・8901）"
        name = code or "both"

        def chosen(_: RowMoves, move: Move, code: str = code) -> bool:
            return is_difference(move[1]) and code in ("", move[1])

        yield f"diff.none.{name}", f"{words}を計上していない", DIFFERENCE, sums.times(rows, -1, chosen)
        yield f"diff.sign.{name}", f"{words}の符号を逆にした", DIFFERENCE, sums.times(rows, -2, chosen)
        for place, words_ in (
            ("creditor", "債権側（収益側）の会社"),
            ("own", "それぞれの明細を報告した会社"),
        ):
            at = sums.of(_replaced(rows, chosen, place))
            yield f"diff.at.{place}.{name}", f"{words}を{words_}のセグメントに計上した", DIFFERENCE, at


def _replaced(rows: list[RowMoves], chosen: Callable[[RowMoves, Move], bool], place: str) -> Iterator[Move]:
    for row in rows:
        for company, code, amount in row.moves:
            if chosen(row, (company, code, amount)):
                yield company, code, -amount
                yield row.parties[0] if place == "creditor" else row.book.company.code, code, amount


def _by_place(world: World, rows: list[RowMoves], sums: MoveSums) -> Iterator[Told]:
    company = world.company

    def overseas(row: RowMoves) -> list[bool]:
        return [company[code].overseas for code in row.parties]

    def same_segment(row: RowMoves) -> bool:
        first, second = (company[code].segment for code in row.parties)
        return first == second

    gaps = _gaps(world)
    groups: tuple[tuple[str, str, str, Callable[[RowMoves], bool]], ...] = (
        ("across", "セグメントをまたぐ内部取引を消去していない（セグメント内だけ消去した）", WAY,
         lambda row: not same_segment(row)),
        ("within", "セグメント内の内部取引を消去していない（セグメント間だけ消去した）", WAY, same_segment),
        ("overseas", "在外会社が関わる内部取引を消去していない", WAY, lambda row: any(overseas(row))),
        ("domestic", "国内会社どうしの内部取引を消去していない", WAY, lambda row: not any(overseas(row))),
        ("foreign", "外貨建ての内部取引を消去していない", WAY, lambda row: row.row.currency != "JPY"),
        ("gap", "取引通貨額が一致しない内部取引を消去していない", WAY, lambda row: gaps[row.pair] > 0),
        ("mismatch", "差額が許容差を超える内部取引を消去していない", WAY, lambda row: gaps[row.pair] > 1),
        ("single", "一方だけが計上した内部取引を消去していない", WAY, lambda row: gaps[row.pair] > 2),
    )  # fmt: skip
    for name, title, where, lost in groups:
        chosen = [row for row in rows if lost(row)]
        if name in ("gap", "mismatch", "single"):
            where = several(
                [cell_of(row.book.company.code, row.row.sheet, f"相手{row.row.partner}") for row in chosen]
            )
        yield f"elim.scope.{name}", title, where, sums.times(chosen, -1)


def _gaps(world: World) -> dict[PairKey, int]:
    """0: both sides agree; 1: not quite; 2: beyond the tolerance; 3: one side says nothing."""
    grades = {}
    for key, pair in pair_up(included(world), world.rates).items():
        rate = world.rates[(key[3], 3)]
        factor = rate.closing if RULE_BY_LABEL[key[2]].sheet == BALANCES else rate.average
        gap, larger = (
            abs(pair.creditor_tx - pair.debtor_tx) * factor,
            max(pair.creditor_tx, pair.debtor_tx) * factor,
        )
        beyond = gap > ABSOLUTE and gap * SHARE > larger
        single = not pair.creditor_tx or not pair.debtor_tx
        grades[key] = (3 if single else 2) if beyond else (1 if gap else 0)
    return grades
