"""Mistakes of treatment: corrections left out or made in 提出値 too, excluded companies counted, others excluded.

What is 修正, 採用 or 除外 is read from the roots of the planted world; each kind, each root, and all of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from synthetic_pkg.answers import Anomaly, Basis
from synthetic_pkg.intercompany import Row
from synthetic_pkg.layout import CURRENT
from synthetic_pkg.mistakes.reading import Found, place_of
from synthetic_pkg.mistakes.recount import Seen, kept, seen_through, with_figures
from synthetic_pkg.mistakes.wording import cell_of, rule, several
from synthetic_pkg.world import Book, World

Change = Callable[[Book], Book]
EXCLUSION = rule("除外会社の扱い")
FIX_WORDS = {
    "R01": "ブック全体の桁誤り（A09）",
    "R02": "1行の桁ずれ（B02）",
    "R03": "符号誤り（B03）",
    "R05": "累計と当四半期の取違え（D04）",
    "R19": "勘定科目にない科目（B06）",
}
KEEP_WORDS = {"R04": "貸借不一致（B01）", "R26": "棚卸資産のマイナス（B07）", "R27": "現金のマイナス（B08）"}
ONLY_CORRECTED: tuple[Basis, ...] = ("修正後",)
ONLY_SUBMITTED: tuple[Basis, ...] = ("提出値",)


def found(world: World) -> Iterator[Found]:
    yield from _fixes(world)
    yield from _kept_ones(world)
    yield from _added_accounts(world)
    yield from _counted_though_excluded(world)
    yield from _excluded_too(world)


def _where(roots: Sequence[Anomaly]) -> str:
    return several([cell_of(root.company, root.sheet, root.cell) for root in roots])


def _groups(roots: list[Anomaly], words: dict[str, str]) -> Iterator[tuple[str, str, list[Anomaly]]]:
    """(name, words, roots): each kind, each single root where a kind has several, then all kinds together."""
    kinds = [kind for kind in words if any(root.kind == kind for root in roots)]
    for kind in kinds:
        own = [root for root in roots if root.kind == kind]
        yield kind, words[kind], own
        for root in own if len(own) > 1 else []:
            yield root.root_id, f"{words[kind]}のうち{root.company}の1件", [root]
    if len(kinds) > 1:
        yield "all", "・".join(words[kind] for kind in kinds), roots


def _changed(world: World, roots: Sequence[Anomaly], change: Callable[[Book, Anomaly], Book]) -> World:
    by_company: dict[str, list[Anomaly]] = {}
    for root in roots:
        by_company.setdefault(root.company, []).append(root)

    def apply(book: Book) -> Book:
        for root in by_company.get(book.company.code, []):
            book = change(book, root)
        return book

    return seen_through(world, apply)


# ---------------------------------------------------------------- 修正 and 採用


def _fixes(world: World) -> Iterator[Found]:
    roots = [root for root in world.anomalies if root.kind in FIX_WORDS]
    for name, words, chosen in _groups(roots, FIX_WORDS):
        where = _where(chosen)
        left = _changed(world, chosen, _uncorrected)
        yield (
            f"fix.left.{name}",
            f"{words}を修正後でも修正していない",
            where,
            Seen(left, bases=ONLY_CORRECTED),
        )
        if any(root.kind == "R01" for root in chosen):
            title = f"{words}を修正していない（内部取引の消去額だけは修正した）"
            yield f"fix.left.{name}.amounts", title, where, Seen(left, move=False, bases=ONLY_CORRECTED)
            title = f"{words}の修正で、08・09の報告通貨額を修正していない"
            yield f"fix.left.{name}.rows", title, where, Seen(left, tell=False, bases=ONLY_CORRECTED)
        both = _changed(world, chosen, _corrected)
        yield f"fix.submitted.{name}", f"{words}を提出値でも修正した", where, Seen(both, bases=ONLY_SUBMITTED)


def _uncorrected(book: Book, root: Anomaly) -> Book:
    wrong = copy.copy(book)
    if root.kind == "R01":
        wrong.ledger, wrong.misscaled = book.ledger.times(book.misscaled), 1
        wrong.true_rows = [_times(row, book.misscaled) for row in book.corrected_rows()]
    else:
        wrong.marks.reported = {
            key: kept(figure) if _belongs(key, root) else figure for key, figure in book.reported.items()
        }
    return wrong


def _times(row: Row, factor: int) -> Row:
    return replace(row, amount=row.amount * factor)


def _corrected(book: Book, root: Anomaly) -> Book:
    wrong = copy.copy(book)
    wrong.misscaled = 1 if root.kind == "R01" else book.misscaled
    wrong.marks.reported = {key: figure for key, figure in book.reported.items() if not _belongs(key, root)}
    return wrong


def _belongs(key: tuple[str, str, str], root: Anomaly) -> bool:
    """Is this reported figure part of the root? R05 fills a whole column, R19's cell is the added row's code."""
    if root.kind == "R05":
        return key[0] == "04"
    if root.kind == "R19":
        return key[0] == "03" and key[1] == root.expected_value
    if root.kind in ("R26", "R27"):
        return key[0] == "03"
    return key == place_of(root.sheet[:2], root.cell)


def _kept_ones(world: World) -> Iterator[Found]:
    """Roots that 要領 leaves as submitted, put right all the same."""
    roots = [root for root in world.anomalies if root.kind in KEEP_WORDS]
    for name, words, chosen in _groups(roots, KEEP_WORDS):
        seen = _changed(world, chosen, _put_right)
        title = f"処理が「採用」の{words}を、修正後で修正した"
        yield f"keep.fixed.{name}", title, _where(chosen), Seen(seen, bases=ONLY_CORRECTED)


def _put_right(book: Book, root: Anomaly) -> Book:
    if root.kind != "R04":
        return _corrected(book, root)
    at = place_of(root.sheet[:2], root.cell)
    assert at is not None and isinstance(root.expected_value, int)
    return with_figures(book, {at: root.expected_value})


def _added_accounts(world: World) -> Iterator[Found]:
    """Approved accounts (R19's trap) that nobody adds to the account they belong to."""
    traps = [trap.company for trap in world.traps if trap.kind == "R19-trap"]

    def lost(book: Book) -> Book:
        line = book.edits.inserted.get("03")
        if book.company.code not in traps or line is None:
            return book
        home = {"1115": "1113", "1408": "1406"}[str(line.values[0])]
        return with_figures(book, {("03", home, CURRENT): book.ledger.closing[home] - int(line.values[4])})

    title = "承認済みの追加科目を集計先科目に加えていない"
    where = several([cell_of(code, "03", "追加された行") for code in traps])
    yield "added.lost", title, where, Seen(seen_through(world, lost))


# ---------------------------------------------------------------- 除外


def _counted_though_excluded(world: World) -> Iterator[Found]:
    there = {book.company.code for book in world.latest()}
    roots = [root for root in world.anomalies if root.treatment == "exclude" and root.company in there]
    words = {root.kind: "" for root in roots}
    for name, _, chosen in _groups(roots, words):
        codes = sorted({root.company for root in chosen})
        checks = "・".join(sorted({root.check_id for root in chosen}))
        seen = seen_through(world, lambda book: readmitted(book) if book.company.code in codes else book)  # noqa: B023
        who = f"除外会社（{checks}）" + (f" {'・'.join(codes)} " if len(codes) <= 2 else "")
        title = f"{who}を修正後に含めた"
        where = _where(chosen)
        yield f"exclude.counted.{name}", title, where, Seen(seen, bases=ONLY_CORRECTED)
        yield (
            f"exclude.counted.{name}.amounts", f"{title}（その会社との内部取引は消去していない）", where,
            Seen(seen, move=False, bases=ONLY_CORRECTED),
        )  # fmt: skip
        yield (
            f"exclude.counted.{name}.rows", f"{who}との内部取引も消去した", where,
            Seen(seen, tell=False, bases=ONLY_CORRECTED),
        )  # fmt: skip
        one_sided = seen_through(world, lambda b: silent(b) if b.company.code in codes else b)  # noqa: B023
        yield (
            f"exclude.counted.{name}.partners", f"{who}を相手とする、相手会社側の内部取引を消去した", where,
            Seen(one_sided, tell=False, bases=ONLY_CORRECTED),
        )  # fmt: skip
    for copied in [root for root in roots if root.kind == "R14"]:
        original = next(s.company for s in copied.accepted if s.company != copied.company)
        codes_ = {copied.company: False, original: True}
        seen = seen_through(world, lambda b: _excluded(b, codes_.get(b.company.code, b.excluded)))  # noqa: B023
        title = f"写しの会社 {copied.company} ではなく、元の会社 {original} を除外した"
        yield f"exclude.original.{copied.root_id}", title, _where([copied]), Seen(seen, bases=ONLY_CORRECTED)


def readmitted(book: Book) -> Book:
    """A book that counts in 修正後 with the sheets it has."""
    wrong = copy.copy(book)
    wrong.excluded, wrong.missing = False, ()
    wrong.true_rows = [row for row in book.corrected_rows() if row.sheet not in book.missing]
    ledger = wrong.ledger = book.ledger.replaced({})
    if "03" in book.missing:
        ledger.closing = dict.fromkeys(ledger.closing, 0)
        ledger.opening = dict.fromkeys(ledger.opening, 0)
        ledger.opening_re_yen = ledger.dividend = 0
    if "04" in book.missing:
        ledger.pl = dict.fromkeys(ledger.pl, 0)
    return wrong


def silent(book: Book) -> Book:
    """The same book without rows of its own: only what its partners say is there."""
    wrong = readmitted(book)
    wrong.rows, wrong.true_rows = [], None
    return wrong


def _excluded(book: Book, excluded: bool) -> Book:
    wrong = copy.copy(book)
    wrong.excluded = excluded
    return wrong


def _excluded_too(world: World) -> Iterator[Found]:
    groups: tuple[tuple[str, str, Callable[[Anomaly], bool]], ...] = (
        ("keep", "処理が「採用」の異常がある会社を修正後から除外した", lambda root: root.treatment == "keep"),
        ("fix", "処理が「修正」の異常がある会社を修正後から除外した", lambda root: root.treatment == "fix"),
        ("any", "異常のある会社をすべて修正後から除外した", lambda root: True),
        ("serious", "重要度の高い異常のある会社を修正後から除外した", lambda root: root.severity == 3),
    )
    for name, title, wanted in groups:
        codes = {root.company for root in world.anomalies if wanted(root)}
        seen = seen_through(world, lambda b: _excluded(b, True) if b.company.code in codes else b)  # noqa: B023
        yield f"excluded.{name}", title, EXCLUSION, Seen(seen, bases=ONLY_CORRECTED)
        yield (
            f"excluded.{name}.amounts", f"{title}（内部取引の消去は残る）", EXCLUSION,
            Seen(seen, move=False, bases=ONLY_CORRECTED),
        )  # fmt: skip
    gone = {root.company for root in world.anomalies if root.treatment == "exclude"}
    seen = seen_through(world, lambda b: None if b.company.code in gone else b)
    yield "excluded.submitted", "除外会社を提出値からも除いた", EXCLUSION, Seen(seen, bases=ONLY_SUBMITTED)
    for code in sorted(gone):
        seen = seen_through(world, lambda b: None if b.company.code == code else b)  # noqa: B023
        title = f"除外会社 {code} を提出値からも除いた"
        yield f"excluded.submitted.{code}", title, EXCLUSION, Seen(seen, bases=ONLY_SUBMITTED)
