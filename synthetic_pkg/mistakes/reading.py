"""Mistakes of reading a book: figures written as text, hidden rows and sheets, other names, versions, columns.

Takes the planted world (its log of unusual notations says which cells), gives how each mistake sees it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from synthetic_pkg.answers import Normalisation
from synthetic_pkg.chart import RETAINED_EARNINGS, aliases, details
from synthetic_pkg.edits import HiddenSheet
from synthetic_pkg.irregularities.n01_n08_cells import FULL_WIDTH, NO_BREAK_SPACE, SAME_NAMES
from synthetic_pkg.layout import CURRENT, EARLIER, rows_by_code
from synthetic_pkg.mistakes.recount import Seen, seen_through, shown_figures, with_figures
from synthetic_pkg.mistakes.wording import cell_of, file_of, rule, several
from synthetic_pkg.world import Book, World

Found = tuple[str, str, str, Seen]  # id, title, evidence, how the world is seen
Figures = dict[tuple[str, str, str], int]  # (sheet, account, column) -> book units
STATEMENTS = {"03": "BS", "04": "PL"}
READ = {("03", CURRENT), ("03", EARLIER), ("04", CURRENT)}  # columns that totals depend on
SIGNS = ("△", "▲", "(", "（", "−")
FIGURE_STYLES: dict[str, Callable[[str], bool]] = {
    "前後に空白のある数字": lambda text: text.endswith(" "),
    "全角数字": lambda text: text[0] in "".join(map(chr, FULL_WIDTH.values())),
    "改行なしスペースの付いた数字": lambda text: text.startswith(NO_BREAK_SPACE),
    "「円」の付いた数字": lambda text: text.endswith("円"),
    "「￥」の付いた数字": lambda text: text.startswith("￥"),
}


def found(world: World) -> Iterator[Found]:
    yield from _negatives(world)
    yield from _texts(world)
    yield from _hidden(world)
    yield from _names(world)
    yield from _forms(world)
    yield from _versions(world)
    yield from _columns(world)


# ---------------------------------------------------------------- cells that are read as something else


def place(entry: Normalisation) -> tuple[str, str, str] | None:
    """(sheet, account, column) of a cell of 03 or 04 that totals depend on; None for any other cell."""
    return place_of(entry.sheet[:2], entry.cell)


def place_of(sheet: str, address: str) -> tuple[str, str, str] | None:
    """The same for an address of the form on a sheet."""
    column = address[:1]
    if (sheet, column) not in READ:
        return None
    code = {row: code for code, row in rows_by_code(sheet).items()}.get(int(address[1:]))
    if code is None or (column == EARLIER and code != RETAINED_EARNINGS):
        return None
    return sheet, code, column


def _cells(world: World, kind: str, wanted: Callable[[str], bool]) -> list[Normalisation]:
    return [n for n in world.normalisations if n.kind == kind and place(n) and wanted(n.observed)]


def misread(world: World, cells: Iterable[Normalisation], value: Callable[[int], int]) -> Seen:
    """Every listed cell read as value(its figure)."""
    by_company: dict[str, Figures] = {}
    for entry in cells:
        at = place(entry)
        if at and isinstance(entry.value, int):
            by_company.setdefault(entry.company, {})[at] = value(entry.value)
    return with_other_figures(world, by_company)


def with_other_figures(world: World, by_company: Mapping[str, Figures]) -> Seen:
    latest = {id(book) for book in world.latest()}

    def change(book: Book) -> Book:
        figures = by_company.get(book.company.code)
        return with_figures(book, figures) if figures and id(book) in latest else book

    return Seen(seen_through(world, change))


def _where(cells: Iterable[Normalisation]) -> str:
    return several([cell_of(n.company, n.sheet, n.cell) for n in cells])


def _subsets(styles: list[str]) -> Iterator[tuple[str, ...]]:
    """Each style, then every group of them, so that the shortest name comes first."""
    for size in range(1, len(styles) + 1):
        yield from combinations(styles, size)


def _negatives(world: World) -> Iterator[Found]:
    styles = [sign for sign in SIGNS if _cells(world, "N02", lambda text, s=sign: text.startswith(s))]  # type: ignore[misc]
    for chosen in _subsets(styles):
        cells = _cells(world, "N02", lambda text: text.startswith(chosen))  # noqa: B023
        shown, key = (
            "・".join(s + ("）" if s == "（" else ")" if s == "(" else "") for s in chosen),
            "".join(chosen),
        )
        for how, words, value in (
            ("positive", "を負数として読んでいない（正の数として集計した）", abs),
            ("skipped", "の付いた文字の金額を読み飛ばした", _nothing),
        ):
            yield f"N02.{how}.{key}", f"{shown}{words}", _where(cells), misread(world, cells, value)


def _nothing(_: int) -> int:
    return 0


def _texts(world: World) -> Iterator[Found]:
    styles = [name for name, is_ in FIGURE_STYLES.items() if _cells(world, "N01", is_)]
    for chosen in _subsets(styles):
        cells = _cells(world, "N01", lambda text: any(FIGURE_STYLES[name](text) for name in chosen))  # noqa: B023
        title = f"{'・'.join(chosen)}を数値として読まず、読み飛ばした"
        yield f"N01.skipped.{'+'.join(chosen)}", title, _where(cells), misread(world, cells, _nothing)
    cells = _cells(world, "N01", lambda _: True) + _cells(world, "N02", lambda _: True)
    title = "文字で入力された金額をすべて読み飛ばした"
    yield "N01+N02.skipped", title, _where(cells), misread(world, cells, _nothing)
    title = "文字で入力された正の金額と△などの負数をどちらも正しく読まず、前者を0、後者を正の数とした"
    wrong: dict[str, Figures] = {}
    for entry in cells:
        at = place(entry)
        if at and isinstance(entry.value, int):
            wrong.setdefault(entry.company, {})[at] = 0 if entry.kind == "N01" else abs(entry.value)
    yield "N01.skipped+N02.positive", title, _where(cells), with_other_figures(world, wrong)


# ---------------------------------------------------------------- rows and sheets


def _hidden(world: World) -> Iterator[Found]:
    rows = _cells(world, "N06", lambda _: True)
    yield "N06.skipped", "非表示の行を集計しなかった", _where(rows), misread(world, rows, _nothing)
    for word, sum_ in (("二重に集計した", True), ("使い、現在のシートを使わなかった", False)):
        entries = [n for n in world.normalisations if n.kind == "N07"]
        for earlier in (True, False):
            figures = {n.company: _old_sheet(world.book(n.company), sum_, earlier) for n in entries}
            title = f"非表示の旧版シートの金額を{word}"
            where = several([cell_of(n.company, n.sheet, "") for n in entries])
            name = f"N07.{'added' if sum_ else 'instead'}{'' if earlier else '.current'}"
            yield name, title, where, with_other_figures(world, figures)


def _old_sheet(book: Book, added: bool, earlier: bool) -> Figures:
    """The statement as the hidden copy shows it, alone or added to the one that counts."""
    copies = [sheet for sheet in book.edits.hidden_sheets if sheet.copy_of == "03"]
    figures: Figures = {}
    for column in (CURRENT, EARLIER) if earlier else (CURRENT,):
        now = shown_figures(book, "03", column, details("BS"))
        for code, amount in now.items():
            old = sum(_shown_old(sheet, amount) for sheet in copies)
            figures[("03", code, column)] = amount + old if added else old
    return figures


def _shown_old(sheet: HiddenSheet, amount: int) -> int:
    return amount * sheet.percent // 100


def _forms(world: World) -> Iterator[Found]:
    entries = [n for n in world.normalisations if n.kind == "N04"]
    for observed in (*sorted({n.observed for n in entries}), ""):
        chosen = [n for n in entries if observed in n.observed]
        lost = {n.company: _all_zero() for n in chosen}
        words = f"（{observed}）" if observed else ""
        title = f"見出しの位置が違うブック{words}の03・04を読み落とした"
        where = several([cell_of(n.company, n.sheet, "") for n in chosen])
        yield f"N04.skipped.{observed}", title, where, with_other_figures(world, lost)


def _all_zero() -> Figures:
    return {(sheet, code, column): 0 for sheet, column in READ for code in details(STATEMENTS[sheet])}


def _names(world: World) -> Iterator[Found]:
    """Accounts found by their name instead of their code."""
    varied: dict[str, set[str]] = {}
    for n in world.normalisations:
        if n.kind == "N05":
            sheet = n.sheet[:2]
            code = {row: code for code, row in rows_by_code(sheet).items()}[int(n.cell[1:])]
            varied.setdefault(n.company, set()).add(code)
    listed = {b.company.code: set(aliases()) for b in world.latest() if b.company.alias_names}
    alike = {t.company: set(SAME_NAMES) for t in world.traps if t.kind == "N05-trap"}
    both = {
        company: varied.get(company, set()) | listed.get(company, set()) for company in {**varied, **listed}
    }
    for name, words, lost in (
        ("variants", "表記ゆれのある科目名（半角カナ、改行など）", varied),
        ("listed", "「科目別名」にある科目名", listed),
        ("all", "別名・表記ゆれのある科目名", both),
        ("alike", "同じ名前の別の科目（リース債務）", alike),
    ):
        title = f"{words}の行を、科目コードで判定せずに落とした"
        figures = {
            company: {(*_column(code), CURRENT): 0 for code in codes} for company, codes in lost.items()
        }
        where = several(
            [
                cell_of(c, _column(code)[0], f"B{rows_by_code(_column(code)[0])[code]}")
                for c, codes in sorted(lost.items())
                for code in sorted(codes)
            ]
        )
        yield f"N05.{name}", title, where, with_other_figures(world, figures)


def _column(code: str) -> tuple[str, str]:
    return ("03" if code < "4" else "04"), code


# ---------------------------------------------------------------- files and columns


def _versions(world: World) -> Iterator[Found]:
    """Two versions of a book: the older one counted instead of the newer, or both counted."""
    newest = {book.company.code: book for book in world.latest()}
    older = {b.company.code: b for b in world.books if b is not newest[b.company.code]}
    where = {code: file_of(world, book) for code, book in older.items()}
    groups = [tuple(older), *((code,) for code in older if len(older) > 1)]
    for codes in groups:
        place_ = several([where[code] for code in codes])
        who = f"（{codes[0]}）" if len(codes) == 1 and len(older) > 1 else ""
        name = ".".join(codes) if who else "all"
        yield (
            f"R13.old.{name}",
            f"複数の版があるとき、版数が最大のファイルではなく古い版を使った{who}",
            place_,
            Seen(seen_through(world, lambda book: _old(book, newest, older, codes))),  # noqa: B023
        )
        for move in (False, True):
            yield (
                f"R13.both.{name}{'.rows' if move else ''}",
                f"複数の版をすべて集計した（二重計上）{who}{'。内部取引も二重に消去した' if move else ''}",
                place_,
                _both(world, [older[code] for code in codes], move),
            )


def _old(
    book: Book, newest: Mapping[str, Book], older: Mapping[str, Book], codes: tuple[str, ...]
) -> Book | None:
    code = book.company.code
    return None if code in codes and code in older and book is newest[code] else book


def _both(world: World, books: list[Book], move: bool) -> Seen:
    """The older versions counted beside the newer ones, as books of companies of their own."""
    wrong = copy.copy(world)
    twins = []
    for book in books:
        twin = copy.copy(book)
        twin.company = replace(book.company, code=f"{book.company.code}旧")
        if not move:
            twin.rows, twin.true_rows = [], None
        twins.append(twin)
    wrong.books = [*world.books, *twins]
    wrong.companies = [*world.companies, *(twin.company for twin in twins)]
    wrong.company = {company.code: company for company in wrong.companies}
    return Seen(wrong, move=move)


def _columns(world: World) -> Iterator[Found]:
    """Another column than 当四半期末 and 当期累計."""

    def read(sheet: str, amounts: Callable[[Book], Mapping[str, int]]) -> Callable[[Book], Figures]:
        return lambda book: {(sheet, code, CURRENT): amount for code, amount in amounts(book).items()}

    def column(sheet: str, letter: str) -> Callable[[Book], Mapping[str, int]]:
        return lambda book: shown_figures(book, sheet, letter, details(STATEMENTS[sheet]))

    def movement(book: Book) -> Mapping[str, int]:
        before = column("03", EARLIER)(book)
        return {code: now - before[code] for code, now in column("03", CURRENT)(book).items()}

    opening, change = read("03", column("03", EARLIER)), read("03", movement)
    prior, quarter = read("04", column("04", EARLIER)), read("04", column("04", "F"))
    rule_ = rule("集計する列")
    for name, title, parts in (
        ("prior", "当期の列ではなく前期の列（BSの前期末、PLの前年同期累計）を集計した", (opening, prior)),
        ("opening", "BSで当四半期末ではなく前期末の列を集計した", (opening,)),
        ("prior_pl", "PLで当期累計ではなく前年同期累計の列を集計した", (prior,)),
        ("quarter", "PLで当期累計ではなく当四半期の列を集計した", (quarter,)),
        ("movement", "BSで当四半期末ではなく増減の列を集計した", (change,)),
        ("next", "1列右（BSの増減、PLの当四半期）を集計した", (change, quarter)),
    ):
        figures = {
            book.company.code: {key: value for part in parts for key, value in part(book).items()}
            for book in world.latest()
        }
        yield f"column.{name}", title, rule_, with_other_figures(world, figures)
    nothing: dict[str, Figures] = {
        b.company.code: {("03", RETAINED_EARNINGS, EARLIER): 0} for b in world.latest()
    }
    title = "利益剰余金の計算で、前期末の金額を差し引かなかった"
    yield "RE.no_opening", title, rule("利益剰余金（RE）"), with_other_figures(world, nothing)
