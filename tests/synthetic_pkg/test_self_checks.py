"""Sheet 02 says NG where something was planted, and nowhere else: clean books, traps and odd forms are all OK."""

from __future__ import annotations

import pytest
from python_calamine import CalamineWorkbook

from synthetic_pkg.answers import load_answers
from synthetic_pkg.building import CleanGroup, build_world
from synthetic_pkg.grid import Evaluator
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.layout import CURRENT, cell, form
from synthetic_pkg.ledger import tax_on_net
from synthetic_pkg.schedules import LEASE
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.workbook import fill
from synthetic_pkg.world import Book, World

CHECKS, CASH_FLOW = "02_整合性チェック", "07_CF精算"
IDS = {row.code for row in form("02")}
DEFERRED_AND_VALUED = ("1405", "2203", "3201")
RESULT_INDEX, GAP_INDEX, ALLOWED_INDEX = 8, 6, 7


class NoLook:
    """Formats are not looked at here."""

    def __getattr__(self, name: str) -> None:
        return None


def _results(rows: list[list[object]]) -> dict[str, str]:
    """What sheet 02 says by check, as a reader of the file sees it."""
    return {str(row[0]): str(row[RESULT_INDEX]) for row in rows if row and str(row[0]) in IDS}


def _cash(values: Evaluator, code: str) -> int:
    return int(values.value(CASH_FLOW, int(cell("07", code, "")) - 1, 6))


def _sold_and_paid_off(book: Book) -> tuple[int, int]:
    """Cash that fixed assets brought and that leases cost, by the schedules; ending a lease early is no cash."""
    pl, schedules = book.ledger.pl, book.schedules
    ended = sum(row.disposed for row in schedules.assets if row.code == "1205")
    sold = ended - sum(row.disposed for row in schedules.assets) + pl["8101"] - pl["8201"]
    return sold, sum(row.repaid for row in schedules.borrowings if row.kind == LEASE) - ended


def _tax_among_securities(values: Evaluator, book: Book) -> int:
    """What CF31 holds beyond purchases and sales: the tax on other reserves than that of the securities."""
    in_item = sum(_cash(values, code) for code in DEFERRED_AND_VALUED)
    before, after = (ledger["3201"] for ledger in (book.ledger.opening, book.ledger.closing))
    revalued = after - before + tax_on_net(after, book.company) - tax_on_net(before, book.company)
    return in_item - revalued


def _sheet_02(book: Book, world: World) -> tuple[dict[str, str], Evaluator]:
    """What sheet 02 of a book will say, and the values of all its cells."""
    grids, _ = fill(Page(NoLook(), book, world, "SYNTH"))  # type: ignore[arg-type]
    values = Evaluator({grid.name: grid for grid in grids.values()})
    last = max(row for row, _ in grids["02"].cells) + 1
    rows = [[values.value(CHECKS, row, c) for c in range(RESULT_INDEX + 1)] for row in range(last)]
    return _results(rows), values


@pytest.mark.parametrize(("seed", "period"), [(5, "2027Q1"), (6, "2027Q2")])
def test_every_check_is_ok_and_cash_ties_before_anything_is_planted(seed, period):
    world = build_world(DatasetSpec(companies=24, period=period, level="hard"), seed)
    judged = 0
    for book in world.books:
        if book.company.shape == "dormant":
            continue
        results, values = _sheet_02(book, world)
        assert results.keys() == IDS
        assert set(results.values()) <= {"OK", "該当なし"}, (book.company.code, results)
        judged += sum(result == "OK" for result in results.values())
        assert _cash(values, "CF99") == 0
        assert (_cash(values, "CF33"), _cash(values, "CF54")) == _sold_and_paid_off(book), book.company.code
        assert abs(_tax_among_securities(values, book)) <= 2, book.company.code
    assert judged > 15 * len(world.books) * 2 // 3
    _check_translated(world, seed)


def _check_translated(world: World, seed: int) -> None:
    """Where a trap books a translation difference, it is no sale: 07 takes it out, and cash still ties."""
    plant_all(world, {"R22-trap": 3}, seed, 24)
    translated = [book for book in world.books if any(row.fx for row in book.schedules.assets)]
    assert len(translated) == 3
    for book in translated:
        _, values = _sheet_02(book, world)
        assert (_cash(values, "CF33"), _cash(values, "CF54")) == _sold_and_paid_off(book), book.company.code
        assert _cash(values, "CF70") == -sum(row.fx for row in book.schedules.assets)
        assert _cash(values, "CF99") == 0


@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
def test_cash_that_ran_out_was_paid_to_creditors_and_every_schedule_ties(period):
    """R27 and its trap: no other asset takes the cash up, no debt is paid twice, an overdraft stands on 13."""
    spec = DatasetSpec(companies=40, period=period, level="hard")
    group = CleanGroup(spec, 3)
    clean, world = group.world(), group.world()
    plant_all(world, {"R27": 3, "R27-trap": 3}, 3, spec.carriers())
    trapped = {trap.company for trap in world.traps}
    for code in {*trapped, *(anomaly.company for anomaly in world.anomalies)}:
        book, before = world.book(code), clean.book(code).ledger.closing
        results, values = _sheet_02(book, world)
        assert set(results.values()) <= {"OK", "該当なし"}, (code, results)
        assert _cash(values, "CF99") == 0
        changed = {c: after - before[c] for c, after in book.ledger.closing.items() if after != before[c]}
        overdraft = changed.pop("2104", 0)
        assert "支払" in book.comments[("03", "1101")]
        left = book.ledger.closing["1101"]
        assert (overdraft > 0 and left == 0) if code in trapped else (overdraft == 0 > left)
        assert changed.pop("1101") == sum(changed.values()) + overdraft
        assert all(-3 * before[c] <= 4 * move < 0 and c[0] == "2" for c, move in changed.items()), changed
        lent = [row.lender for row in book.schedules.borrowings if row.closing == overdraft]
        assert any("当座借越" in lender for lender in lent) == (code in trapped)
    assert len(trapped) == 3


def test_stock_below_zero_is_the_stock_of_the_cost_report_too():
    """R26: 05 says that it names 1108 and 1106 of 03, and the cost of sales stays."""
    spec, made = DatasetSpec(companies=40, level="hard"), 0
    world = build_world(spec, 3)
    plant_all(world, {"R26": 6}, 3, spec.carriers())
    for book in (world.book(anomaly.company) for anomaly in world.anomalies):
        results, values = _sheet_02(book, world)
        assert set(results.values()) <= {"OK", "該当なし"}, (book.company.code, results)
        if book.schedules.manufacturing:
            for code, line in (("1108", "MC12"), ("1106", "MC62")):
                shown = values.value("05_製造原価報告書", int(cell("05", line, "")) - 1, 2)
                assert shown == -book.reported[("03", code, CURRENT)].value, book.company.code
            made += 1
    assert made


@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
def test_a_change_of_policy_has_its_other_side_and_its_note_and_moves_no_cash(period):
    """The trap of R20: EQ15 is part of closing 3103, an asset rose as much, 07 shows neither, 16 says why."""
    spec = DatasetSpec(companies=40, period=period, level="hard")
    group = CleanGroup(spec, 4)
    clean, world = group.world(), group.world()
    plant_all(world, {"R20-trap": 3}, 4, spec.carriers())
    for code in {trap.company for trap in world.traps}:
        book, before = world.book(code), clean.book(code)
        policy, other = (book.schedules.equity.get((row, "3103"), 0) for row in ("EQ15", "EQ50"))
        assert policy > 0 and other == before.schedules.equity[("EQ50", "3103")]
        moved = {c: after - before.ledger.closing[c] for c, after in book.ledger.closing.items()}
        assert {c: move for c, move in moved.items() if move} == {"1110": policy, "3103": policy}
        (note,) = [note for note in book.schedules.notes if note.topic == "会計方針の変更"]
        assert note.amount == policy and "前払費用" in note.text and "税効果は、重要性が乏しい" in note.text
        (shown, values), (_, was) = _sheet_02(book, world), _sheet_02(before, clean)
        assert set(shown.values()) <= {"OK", "該当なし"}, (code, shown)
        flow = [int(cell("07", row.code, "")) - 1 for row in form("07")]
        assert [values.value(CASH_FLOW, row, 6) for row in flow] == [
            was.value(CASH_FLOW, row, 6) for row in flow
        ]
    assert len(world.traps) == 3


@pytest.mark.parametrize(
    ("seed", "companies", "period"), [(1, 90, "2027Q1"), (5, 60, "2027Q2")], ids=["Q1", "Q2"]
)
def test_books_with_only_traps_or_odd_forms_show_no_ng_and_each_ng_is_beyond_its_tolerance(
    build, oracle, seed, companies, period
):
    dataset = build(seed, companies, "hard", period)
    answers = load_answers(dataset.answers_path)
    planted = {anomaly.company for anomaly in answers.anomalies}
    odd = {x.company for x in (*answers.traps, *answers.normalisations)} - planted
    kinds = {x.kind for x in (*answers.traps, *answers.normalisations) if x.company in odd}
    tolerance = oracle.books.Rules(dataset.input_dir / "連結決算要領.xlsx").tolerance["K1"]
    shown_ng, clean = set(), 0
    for file in dataset.manifest.files:
        if not file.path.startswith("PKG_"):
            continue
        rows = _table(dataset.input_dir / file.path)
        results = _results(rows)
        assert results.keys() == IDS
        for row in rows:
            if row[0] in IDS and row[RESULT_INDEX] == "NG":
                assert row[ALLOWED_INDEX] == tolerance < abs(row[GAP_INDEX]), (file.path, row)
        if "NG" in results.values():
            shown_ng.add(file.company_code)
        else:
            clean += file.company_code in odd
    assert shown_ng <= planted and len(shown_ng) > 10
    assert clean > 10 and len(kinds) > 20


def _table(path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(CHECKS).to_python(skip_empty_area=False)
