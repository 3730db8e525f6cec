"""`table_equals`: a table is the named part of the answer key within its tolerance, or says where it is not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

GROUP = {
    "check": "table_equals",
    "file": "output/全社.csv",
    "keys": ["科目コード"],
    "value": "金額",
    "answer": "totals",
    "only": {"区分": "修正後", "セグメント": "全社"},
}


@pytest.fixture
def tabled(desk, samples):
    """Writes the table of 修正後・全社 as `change` makes it, into the work folder and both reruns."""

    def write(change=lambda rows: rows, header: str = "科目コード,金額", **fields: object):
        desk.checks = samples.asked({**GROUP, **fields})

        def one(folder, answers) -> None:
            rows = [[t.code, t.amount] for t in answers.totals if (t.basis, t.segment) == ("修正後", "全社")]
            lines = [header, *(",".join(map(str, row)) for row in change(rows))]
            (folder / "output" / "全社.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

        desk.everywhere(one)
        return desk.check("seen.table")

    return write


def test_a_right_table_passes(tabled, desk) -> None:
    check = tabled()
    assert check.ok and check.compared == check.non_null == 3
    assert desk.verdict().outcome == "passed"


@pytest.mark.parametrize(
    ("change", "actual"),
    [
        (lambda rows: [[rows[0][0], rows[0][1] + 1], *rows[1:]], "千円"),
        (lambda rows: rows[1:], "行がない"),
        (lambda rows: [*rows, rows[0]], "行が重複（2 行）"),
        (lambda rows: [*rows, ["9999", 5]], "正解にない行"),
        (lambda rows: [[rows[0][0], "不明"], *rows[1:]], "不明"),
        (lambda rows: [[rows[0][0], ""], *rows[1:]], "空欄"),
    ],
)
def test_a_spoilt_row_fails_and_says_where(tabled, desk, change, actual: str) -> None:
    check = tabled(change)
    (finding,) = check.findings
    assert not check.ok and actual in finding.actual
    assert finding.where.startswith("rerun/seen/output/全社.csv")
    assert (desk.verdict().outcome, desk.verdict().cause) == ("failed", "wrong")


def test_the_largest_difference_comes_first(tabled) -> None:
    check = tabled(lambda rows: [[code, amount + 10**place] for place, (code, amount) in enumerate(rows)])
    assert [finding.difference for finding in check.findings] == ["+100 千円", "+10 千円", "+1 千円"]


def test_a_row_of_zero_that_nobody_asked_for_says_nothing_wrong(tabled) -> None:
    assert tabled(lambda rows: [*rows, ["9999", 0]]).ok


def test_the_unit_and_the_tolerance_are_the_scenarios(tabled) -> None:
    def in_millions(rows):
        return [[code, round(amount / 1000)] for code, amount in rows]

    header = "科目コード,金額（百万円）"
    assert tabled(in_millions, header, unit="百万円", tolerance=0.5).ok
    assert not tabled(in_millions, header, unit="百万円").ok


def test_a_table_that_is_not_there_fails(tabled, desk) -> None:
    tabled()
    (desk.rerun("seen") / "output" / "全社.csv").unlink()
    check = desk.check("seen.table")
    assert not check.ok and check.compared == 3 and "がありません" in check.detail


def test_a_part_of_the_key_that_holds_nothing_is_the_kits_error(tabled, desk) -> None:
    tabled(only={"区分": "修正後", "セグメント": "月面"})
    assert desk.verdict().outcome == "kit_error"


def test_a_part_of_zeros_alone_is_the_kits_error(tabled, desk) -> None:
    totals = [total.model_copy(update={"amount": 0}) for total in desk.answers["seen"].totals]
    desk.answers["seen"] = desk.answers["seen"].model_copy(update={"totals": totals})
    tabled()
    assert desk.verdict().outcome == "kit_error"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"keys": ["会社コード"]}, "has no column 会社コード"),
        ({"only": {"区分": "修正後"}}, "column セグメント is neither in keys nor fixed"),
    ],
)
def test_keys_that_mix_values_up_are_refused(samples, fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        samples.asked({**GROUP, **fields})
