"""Which companies 修正後 leaves out: A01, A02, A04 and A06 of 検査一覧."""

from __future__ import annotations

from fractions import Fraction

from .books import BS, PL, Book, Rules

Found = dict[str, tuple[str, str, str]]  # company → check, sheet, cell


def excluded_companies(books: dict[str, Book], rules: Rules) -> Found:
    """Companies to leave out, each with the check that says so. A company without a file is A01."""
    found: Found = {c: ("A01", "", "") for c in rules.companies if c not in books}
    for company, book in books.items():
        if book.missing:
            found[company] = ("A02", book.missing[0], "")
    if "A04" in rules.checks:
        found |= _copies({c: b for c, b in books.items() if c not in found}, rules)
    if "A06" in rules.checks:
        for company, book in books.items():
            if company not in found and _is_stale(book, rules):
                found[company] = ("A06", BS, "")
    return found


def _is_active(book: Book) -> bool:
    return book.fixed.get("4101", Fraction(0)) != 0


def _copies(books: dict[str, Book], rules: Rules) -> Found:
    groups: dict[tuple[tuple[str, Fraction], ...], list[Book]] = {}
    for book in books.values():
        if _is_active(book):
            groups.setdefault(tuple(sorted(book.sent().items())), []).append(book)
    found: Found = {}
    for alike in (group for group in groups.values() if len(group) > 1):
        for book in alike:
            if book.on_cover("会社名") != rules.companies[book.company]["会社名"]:
                found[book.company] = ("A04", "00_表紙", book.cover["会社名"][1])
    return found


def _is_stale(book: Book, rules: Rules) -> bool:
    """A06: nearly every figure equals the archived one."""
    if not book.prior or not _is_active(book):
        return False
    same = total = 0
    for sheet, title in ((BS, "当四半期末"), (PL, "当期累計")):
        now = book.figures(sheet, title)
        for code, line in book.prior[sheet].by_code().items():
            before = line.figure(title)
            if rules.is_detail(code) and before:
                total += 1
                same += now.get(code) == before
    return total > 0 and same >= rules.tolerance["K9"] * total
