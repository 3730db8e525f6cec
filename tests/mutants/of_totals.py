"""Mutants of 集計結果.xlsx: one figure, one row, one block or one column wrong, on either dataset or on both.

`MUTANTS` lists them; places are chosen by a fixed seed when a mutant is made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from runner.checks.read_outputs import TOTALS_COLUMNS
from tests.mutants.work import AMOUNT, BASIS, CODE, SEGMENT, WHOLE, Desk, Label, Mutant, Rows

SEED = 4
SCOPES: dict[str, tuple[Label, ...]] = {
    "both": ("seen", "heldout"),
    "seen only": ("seen",),
    "held-out only": ("heldout",),
}
USUAL = ("both", "seen only", "held-out only")


@dataclass
class Spot:
    """Where and how often: `number` counts the mutants of one operator; `other` are the other dataset's rows."""

    random: random.Random
    number: int
    other: Rows


Change = Callable[[Rows, Spot], None]  # spoils the rows in place


def figure(rows: Rows, spot: Spot, least: int = 1000) -> int:
    """The index of some row whose amount is at least this far from zero."""
    return spot.random.choice([i for i, row in enumerate(rows) if abs(amount(row)) >= least])


def amount(row: list[object]) -> int:
    assert isinstance(row[AMOUNT], int)
    return row[AMOUNT]


def index_of(rows: Rows, basis: str, segment: str, code: str) -> int:
    return next(i for i, row in enumerate(rows) if row[: CODE + 1] == [basis, segment, code])


def block(rows: Rows, spot: Spot) -> list[int]:
    """Indices of the rows of one 区分 and セグメント."""
    blocks = [
        [i for i, _ in found] for _, found in groupby(enumerate(rows), key=lambda one: tuple(one[1][:CODE]))
    ]
    return spot.random.choice(blocks)


def scaled(factor: int, divisor: int = 1) -> Change:
    """One figure in another unit, or with a digit too many or too few."""

    def change(rows: Rows, spot: Spot) -> None:
        row = rows[figure(rows, spot, 100_000)]
        row[AMOUNT] = amount(row) * factor // divisor

    return change


def off_by(step: int) -> Change:
    """One figure off by this many 千円: each mutant in another basis, for the group and for a segment."""

    def change(rows: Rows, spot: Spot) -> None:
        basis = ("提出値", "修正後")[spot.number // 2 % 2]
        fitting = [r for r in rows if r[BASIS] == basis and (r[SEGMENT] == WHOLE) == (spot.number % 2 == 0)]
        row = spot.random.choice(fitting)
        row[AMOUNT] = amount(row) + step

    return change


def sign(rows: Rows, spot: Spot) -> None:
    row = rows[figure(rows, spot)]
    row[AMOUNT] = -amount(row)


def digits_exchanged(rows: Rows, spot: Spot) -> None:
    row = rows[figure(rows, spot, 100_000)]
    text = str(abs(amount(row)))
    at = spot.random.choice([i for i in range(len(text) - 1) if text[i] != text[i + 1]])
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    row[AMOUNT] = int(swapped) * (1 if amount(row) > 0 else -1)


def another_digit(rows: Rows, spot: Spot) -> None:
    row = rows[figure(rows, spot, 100_000)]
    text = str(abs(amount(row)))
    at = spot.random.randrange(1, len(text))
    digit = spot.random.choice([d for d in "0123456789" if d != text[at]])
    row[AMOUNT] = int(text[:at] + digit + text[at + 1 :]) * (1 if amount(row) > 0 else -1)


def in_place_of_the_figure(*values: object) -> Change:
    """Something that is no amount, or another one; the mutants take these in turn."""

    def change(rows: Rows, spot: Spot) -> None:
        rows[figure(rows, spot)][AMOUNT] = values[spot.number % len(values)]

    return change


def row_lost(rows: Rows, spot: Spot) -> None:
    del rows[figure(rows, spot)]


def row_twice(rows: Rows, spot: Spot) -> None:
    rows.insert(spot.random.randrange(len(rows)), list(rows[figure(rows, spot)]))


def row_twice_with_another_amount(rows: Rows, spot: Spot) -> None:
    row = list(rows[figure(rows, spot)])
    row[AMOUNT] = amount(row) // 2
    rows.append(row)


def row_added(rows: Rows, spot: Spot) -> None:
    """A row that nobody asked for: an unknown account, an unknown segment, a basis of its own."""
    row = list(rows[figure(rows, spot)])
    part, text = ((CODE, "9999"), (SEGMENT, "本社"), (BASIS, "予算"))[spot.number % 3]
    row[part] = text
    rows.append(row)


def label_changed(rows: Rows, spot: Spot) -> None:
    """One row under another account, segment or basis, where there is a row already."""
    row = rows[figure(rows, spot)]
    part = (CODE, SEGMENT, BASIS)[spot.number % 3]
    row[part] = spot.random.choice(sorted({str(one[part]) for one in rows} - {str(row[part])}))


def _exchange(rows: Rows, one: int, other: int) -> None:
    rows[one][AMOUNT], rows[other][AMOUNT] = rows[other][AMOUNT], rows[one][AMOUNT]


def accounts_exchanged(rows: Rows, spot: Spot) -> None:
    """Receivables and payables (売掛金, 買掛金) of one block, or two accounts side by side."""
    chosen = block(rows, spot)
    basis, segment = str(rows[chosen[0]][BASIS]), str(rows[chosen[0]][SEGMENT])
    if spot.number % 2 == 0:
        _exchange(rows, index_of(rows, basis, segment, "1104"), index_of(rows, basis, segment, "2103"))
        return
    pairs = [(i, i + 1) for i in chosen[:-1] if rows[i][AMOUNT] != rows[i + 1][AMOUNT]]
    _exchange(rows, *spot.random.choice(pairs))


def segments_exchanged(rows: Rows, spot: Spot) -> None:
    """Two segments, in one account or in all of them."""
    names = sorted({str(row[SEGMENT]) for row in rows} - {WHOLE})
    one, other = spot.random.sample(names, 2)
    if spot.number % 2:
        for row in rows:
            row[SEGMENT] = {one: other, other: one}.get(str(row[SEGMENT]), row[SEGMENT])
        return
    code = str(rows[figure(rows, spot)][CODE])
    _exchange(rows, index_of(rows, "提出値", one, code), index_of(rows, "提出値", other, code))


def bases_exchanged(rows: Rows, spot: Spot) -> None:
    """提出値 and 修正後: all rows, or the sales of the group."""
    if spot.number % 2:
        for row in rows:
            row[BASIS] = "修正後" if row[BASIS] == "提出値" else "提出値"
    else:
        _exchange(rows, index_of(rows, "提出値", WHOLE, "4101"), index_of(rows, "修正後", WHOLE, "4101"))


def one_basis_for_both(rows: Rows, spot: Spot) -> None:
    """修正後 is 提出値 over again (nothing excluded, corrected or eliminated), or the reverse."""
    source, target = ("提出値", "修正後") if spot.number % 2 == 0 else ("修正後", "提出値")
    known = {(row[SEGMENT], row[CODE]): row[AMOUNT] for row in rows if row[BASIS] == source}
    for row in rows:
        if row[BASIS] == target:
            row[AMOUNT] = known[row[SEGMENT], row[CODE]]


def figures_one_row_down(rows: Rows, spot: Spot) -> None:
    """The column of amounts slipped against its labels."""
    chosen = block(rows, spot)
    shifted = [rows[chosen[-1]][AMOUNT], *(rows[i][AMOUNT] for i in chosen[:-1])]
    for i, value in zip(chosen, shifted, strict=True):
        rows[i][AMOUNT] = value


def codes_shuffled(rows: Rows, spot: Spot) -> None:
    chosen = block(rows, spot)
    codes = [rows[i][CODE] for i in chosen]
    spot.random.shuffle(codes)
    for i, code in zip(chosen, codes, strict=True):
        rows[i][CODE] = code


def everywhere(change: Callable[[int], object]) -> Change:
    """Every amount; every second mutant only those of one block."""

    def apply(rows: Rows, spot: Spot) -> None:
        chosen = range(len(rows)) if spot.number % 2 == 0 else block(rows, spot)
        for i in chosen:
            rows[i][AMOUNT] = change(amount(rows[i]))

    return apply


def group_without_a_segment(rows: Rows, spot: Spot) -> None:
    _add_to_group(rows, spot, -1)


def group_with_a_segment_twice(rows: Rows, spot: Spot) -> None:
    _add_to_group(rows, spot, 1)


def _add_to_group(rows: Rows, spot: Spot, factor: int) -> None:
    segment = spot.random.choice(sorted({str(row[SEGMENT]) for row in rows} - {WHOLE}))
    parts = {(row[BASIS], row[CODE]): amount(row) for row in rows if row[SEGMENT] == segment}
    for row in rows:
        if row[SEGMENT] == WHOLE:
            row[AMOUNT] = amount(row) + factor * parts[row[BASIS], row[CODE]]


def figures_of_other_data(rows: Rows, spot: Spot) -> None:
    """Everything, or one block, is that of the other dataset: as if it was copied."""
    known = {tuple(row[: CODE + 1]): row[AMOUNT] for row in spot.other}
    chosen = range(len(rows)) if spot.number % 2 == 0 else block(rows, spot)
    for i in chosen:
        rows[i][AMOUNT] = known.get(tuple(rows[i][: CODE + 1]), 0)


def half_of_the_rows(rows: Rows, spot: Spot) -> None:
    del rows[len(rows) // 2 :]


def a_segment_lost(rows: Rows, spot: Spot) -> None:
    segment = spot.random.choice(sorted({str(row[SEGMENT]) for row in rows}))
    rows[:] = [row for row in rows if row[SEGMENT] != segment]


OPERATORS: tuple[tuple[str, str, Change, tuple[str, ...]], ...] = (  # name, family, change, scopes in turn
    ("the sign of one figure", "sign", sign, (*USUAL, "both", "both")),
    ("no signs", "sign", everywhere(abs), ("both", "held-out only")),
    ("credit is debit", "sign", everywhere(lambda value: -value), ("both", "both")),
    ("one figure in yen", "unit", scaled(1000), USUAL),
    ("one figure in millions", "unit", scaled(1, 1000), ("both", "held-out only")),
    ("ten times", "unit", scaled(10), ("both", "seen only")),
    ("a tenth", "unit", scaled(1, 10), ("both", "held-out only")),
    ("all in yen", "unit", everywhere(lambda value: value * 1000), ("both", "both")),
    ("all in millions", "unit", everywhere(lambda value: value // 1000), ("both", "both")),
    ("one thousand yen more", "off by one", off_by(1), ("both",) * 4 + ("held-out only",) * 4),
    ("one thousand yen less", "off by one", off_by(-1), ("seen only",) * 4 + ("both",) * 4),
    ("two digits exchanged", "digits", digits_exchanged, (*USUAL, "both")),
    ("another digit", "digits", another_digit, (*USUAL, "both")),
    ("no fraction", "digits", everywhere(lambda value: value - value % 10), ("both", "both")),
    ("a fraction is left", "digits", everywhere(lambda value: value + 0.4), ("both", "held-out only")),
    ("no figure", "no amount", in_place_of_the_figure("", "約1,234", "#REF!", "NaN", "同上"), ("both",) * 5),
    ("nothing", "no amount", in_place_of_the_figure(0), USUAL),
    ("nothing at all", "no amount", everywhere(lambda value: 0), ("both", "both")),
    ("a row is lost", "rows", row_lost, USUAL),
    ("a row stands twice", "rows", row_twice, USUAL),
    ("a row stands twice with two amounts", "rows", row_twice_with_another_amount, USUAL),
    ("a row that nobody asked for", "rows", row_added, ("both", "both", "both")),
    ("half of the rows", "rows", half_of_the_rows, ("both",)),
    ("a segment is lost", "rows", a_segment_lost, ("both", "held-out only")),
    ("a row under another label", "labels", label_changed, ("both", "both", "both", "held-out only")),
    ("codes shuffled", "labels", codes_shuffled, ("both", "held-out only")),
    ("figures one row down", "labels", figures_one_row_down, ("both", "held-out only")),
    ("accounts exchanged", "exchanged", accounts_exchanged, ("both",) * 4 + ("held-out only",) * 2),
    ("segments exchanged", "exchanged", segments_exchanged, ("both",) * 3 + ("held-out only",)),
    ("bases exchanged", "exchanged", bases_exchanged, ("both", "both", "held-out only")),
    ("one basis for both", "the group", one_basis_for_both, ("both", "both", "held-out only")),
    ("the group without a segment", "the group", group_without_a_segment, ("both", "held-out only")),
    ("the group with a segment twice", "the group", group_with_a_segment_twice, ("both", "held-out only")),
    ("figures of other data", "labels", figures_of_other_data, ("held-out only",) * 2 + ("seen only",) * 2),
)  # fmt: skip


def _mutant(name: str, family: str, change: Change, scope: str, number: int) -> Mutant:
    def spoil(desk: Desk) -> None:
        for label in SCOPES[scope]:
            rows = desk.right.totals(label)
            other = desk.right.totals("heldout" if label == "seen" else "seen")
            change(rows, Spot(random.Random(f"{SEED} {name} {number} {label}"), number, other))
            desk.put_totals(label, rows)

    return Mutant(f"{name} ({scope}, {number})", f"totals: {family}", spoil)


def _under_a_wrong_unit(heading: str) -> Mutant:
    """Right figures, but the heading declares another unit than 千円."""

    def spoil(desk: Desk) -> None:
        for label in SCOPES["both"]:
            desk.put_totals(label, desk.right.totals(label), (*TOTALS_COLUMNS[:AMOUNT], heading))

    parts = (f"{basis}.{part}" for basis in ("submitted", "corrected") for part in ("group", "segments"))
    caught_by = tuple(f"{label}.totals.{part}" for part in parts for label in SCOPES["both"])
    return Mutant(f"the heading says {heading}", "totals: unit", spoil, caught_by, exactly=False)


def mutants() -> Iterator[Mutant]:
    """All of them, in a fixed order."""
    for name, family, change, scopes in OPERATORS:
        for number, scope in enumerate(scopes):
            yield _mutant(name, family, change, scope, number)
    yield _under_a_wrong_unit("金額（百万円）")
    yield _under_a_wrong_unit("金額（円）")
