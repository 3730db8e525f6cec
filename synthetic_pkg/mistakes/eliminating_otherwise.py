"""More mistakes of elimination: at another amount, with partners that are to be left out, or in 提出値.

Uses the rows and their moves of synthetic_pkg.mistakes.eliminating.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from synthetic_pkg.group import OUTSIDE_CODE, PARENT_CODE
from synthetic_pkg.intercompany import BALANCES, PAIR_RULES, RULE_BY_LABEL
from synthetic_pkg.mistakes.eliminating import WAY, Move, MoveSums, RowMoves, Told, is_difference, row_moves
from synthetic_pkg.mistakes.pairs import PairKey, PairSum, pair_up
from synthetic_pkg.mistakes.recount import BASES, Sums, add_moves, counted, figures, moved
from synthetic_pkg.mistakes.treating import silent
from synthetic_pkg.mistakes.wording import cell_of, rule, several
from synthetic_pkg.translation import included, row_yen
from synthetic_pkg.world import Book, World

SCOPE = rule("照合・消去の対象外")


def told(world: World) -> Iterator[Told]:
    rows, sums = list(row_moves(world)), MoveSums(world)
    yield from _by_amount(world, rows, sums)
    yield "elim.dividends.earnings", "支払配当金を利益剰余金からも消去した", WAY, sums.of(_paid(world, rows))
    yield from _strangers(world)
    yield from _submitted(world)


def _by_amount(world: World, rows: list[RowMoves], sums: MoveSums) -> Iterator[Told]:
    """Both sides eliminated at one amount, or at the amount in transaction currency."""
    pairs = pair_up(included(world), world.rates)
    ways: tuple[tuple[str, str, Callable[[PairSum], int]], ...] = (
        ("creditor", "債権側（収益側）の金額で両側を消去した", lambda pair: pair.creditor_yen),
        ("debtor", "債務側（費用側）の金額で両側を消去した", lambda pair: pair.debtor_yen),
        (
            "smaller",
            "両側のうち小さい方の金額で消去した",
            lambda pair: min(pair.creditor_yen, pair.debtor_yen),
        ),
        (
            "larger",
            "両側のうち大きい方の金額で消去した",
            lambda pair: max(pair.creditor_yen, pair.debtor_yen),
        ),
    )
    right, codes = moved(world), _account_codes(rows)
    for name, title, amount in ways:
        seen = _eliminated(pairs, world, amount, codes)
        for kept, words in ((False, ""), (True, "（差異科目は正しい）")):
            added: Sums = {}
            add_moves(added, seen, 1)
            add_moves(added, right, -1)
            if kept:
                added = {key: value for key, value in added.items() if not is_difference(key[2])}
            yield f"elim.at.{name}{'.accounts' if kept else ''}", f"{title}{words}", WAY, added
    for name, title, whole in (
        ("tx_units", "報告通貨額ではなく、取引通貨額を報告通貨額と同じ単位の金額として消去した", True),
        ("tx_raw", "報告通貨額ではなく、取引通貨額を報告通貨の実額として消去した", False),
    ):
        yield f"elim.at.{name}", title, WAY, sums.of(_as_reported(world, rows, whole))
    for name, month, title in (("tx", 3, "決算月3のレート"), ("tx_own", 0, "会社の決算月のレート")):
        moves = sums.of(_in_transaction_currency(world, rows, month))
        title = f"報告通貨額ではなく、取引通貨額を{title}で換算した金額で消去した"
        yield f"elim.at.{name}", title, WAY, moves


def _paid(world: World, rows: list[RowMoves]) -> Iterator[Move]:
    """Dividends taken out of retained earnings, from which 要領 takes nothing."""
    for row in rows:
        rule_ = RULE_BY_LABEL[row.row.label]
        if not rule_.debtor_eliminated and not row.claims:
            yield row.book.company.code, rule_.debtor_code, -row_yen(row.book, row.row, world.rates)


def _account_codes(rows: list[RowMoves]) -> dict[tuple[int, bool], set[str]]:
    """The accounts that eliminations really touch, by pair and side."""
    codes: dict[tuple[int, bool], set[str]] = {}
    for row in rows:
        own = codes.setdefault((row.number, row.claims), set())
        own |= {code for _, code, _ in row.moves if not is_difference(code)}
    return codes


def _eliminated(
    pairs: dict[PairKey, PairSum],
    world: World,
    amount: Callable[[PairSum], int],
    codes: Mapping[tuple[int, bool], set[str]],
) -> dict[tuple[str, str], int]:
    """Moves by (segment, account) when both sides of a pair are taken at one amount."""
    sums: dict[tuple[str, str], int] = {}
    for (creditor, debtor, label, _), pair in pairs.items():
        number = PAIR_RULES.index(RULE_BY_LABEL[label]) + 1
        for company, claims in ((creditor, True), (debtor, False)):
            for code in codes.get((number, claims), ()):
                key = (world.company[company].segment, code)
                sums[key] = sums.get(key, 0) - amount(pair)
    return sums


def _as_reported(world: World, rows: list[RowMoves], whole: bool) -> Iterator[Move]:
    """Amounts in transaction currency taken for amounts in the company's own: in book units, or in 実額."""
    for row in rows:
        right = row_yen(row.book, row.row, world.rates)
        wrong = row_yen(row.book, replace(row.row, amount=row.row.tx_amount), world.rates)
        wrong = wrong // row.book.misscaled // (1 if whole else row.book.company.unit)
        for company, code, amount in row.moves if right else ():
            yield company, code, amount // right * (wrong - right)


def _in_transaction_currency(world: World, rows: list[RowMoves], month: int) -> Iterator[Move]:
    for row in rows:
        right = row_yen(row.book, row.row, world.rates)
        rate = world.rates[(row.row.currency, month or row.book.company.year_end)]
        wrong = row.row.tx_amount * (rate.closing if row.row.sheet == BALANCES else rate.average)
        for company, code, amount in row.moves if right else ():
            yield company, code, amount // right * (wrong - right)


def _strangers(world: World) -> Iterator[Told]:
    """Rows that name the parent, somebody outside, or a company whose file did not come."""
    books = included(world)
    there = {book.company.code for book in books}
    excluded = {company.code: company.segment for company in world.companies if company.code not in there}
    withdrawn = {code: world.company[code].segment for code in world.withdrawn}
    groups: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("parent", "親会社（0000）を相手とする明細も消去した", {PARENT_CODE: ""}),
        ("outside", "グループ外（9999）を相手とする明細も消去した", {OUTSIDE_CODE: ""}),
        (
            "both",
            "親会社（0000）・グループ外（9999）を相手とする明細も消去した",
            {PARENT_CODE: "", OUTSIDE_CODE: ""},
        ),
        ("excluded", "除外会社を相手とする明細も消去した", excluded),
        (
            "everyone",
            "親会社・グループ外・除外会社を相手とする明細もすべて消去した",
            {**excluded, PARENT_CODE: "", OUTSIDE_CODE: ""},
        ),
        ("withdrawn", "未提出の会社を相手とする明細も消去した", withdrawn),
    )
    for name, title, strangers in groups:
        pocket = copy.copy(world)
        mute = silent(books[0])
        ghosts = []
        for code, segment in strangers.items():
            ghost = copy.copy(mute)
            ghost.company = replace(mute.company, code=code, segment=segment)
            ghosts.append(ghost)
        pocket.books = [*books, *ghosts]
        pocket.companies = [*(book.company for book in pocket.books)]
        pocket.company = {company.code: company for company in pocket.companies}
        added: Sums = {}
        add_moves(added, moved(pocket), 1)
        add_moves(added, moved(world), -1)
        places = [
            cell_of(book.company.code, row.sheet, f"相手{row.partner}")
            for book in books
            for row in book.corrected_rows()
            if row.partner in strangers
        ]
        yield f"elim.too.{name}", title, several(places) or SCOPE, added
        within = {key: amount for key, amount in added.items() if not is_difference(key[2]) and key[1]}
        yield (
            f"elim.too.{name}.accounts",
            f"{title}（差異科目は計上していない）",
            several(places) or SCOPE,
            within,
        )
    unread = [book for book in books if book.true_rows is not None]
    pocket = copy.copy(world)
    pocket.books = [_as_meant(book) if book in unread else book for book in world.books]
    added = {}
    add_moves(added, moved(pocket), 1)
    add_moves(added, moved(world), -1)
    where = several([cell_of(book.company.code, "08・09", "相手会社コード") for book in unread])
    yield "elim.too.unknown", "会社一覧にない相手会社コードを読み替えて消去した", where, added


def _as_meant(book: Book) -> Book:
    wrong = copy.copy(book)
    wrong.true_rows = None
    return wrong


def _submitted(world: World) -> Iterator[Told]:
    own: Sums = {("提出値", segment, code): n for (segment, code), n in moved(world, "提出値").items()}
    yield "submitted.eliminated", "提出値でも内部取引を消去した", rule("区分"), own
    swapped: Sums = {}
    for sign, basis in ((1, BASES[0]), (-1, BASES[1])):
        add_moves(swapped, moved(world, basis), sign)
        for book in counted(world, basis):
            segment = world.company[book.company.code].segment
            amounts = figures(book, basis, world.rates)
            add_moves(swapped, {(segment, code): amount for code, amount in amounts.items()}, sign)
    title = "修正後で、修正も除外も行わず、内部取引の消去だけを行った"
    yield "corrected.eliminated_only", title, rule("区分"), swapped
    other: Sums = {("提出値", segment, code): n for (segment, code), n in moved(world).items()}
    yield "submitted.eliminated.corrected", "提出値からも修正後の消去額を差し引いた", rule("区分"), other
