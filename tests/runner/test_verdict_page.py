"""The page of a verdict: what an accountant finds on it, and what an agent's words cannot do to it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from runner.record import RunRecord
from runner.scenario import find, load
from runner.show import failures
from runner.verdict import Check, Finding, Verdict
from runner.verdict_page import accounting, columns, questions, reasons, verdict_page
from runner.words import DATASETS

RUN = RunRecord(
    scenario="pkg_batch",
    title="子会社90社の連結PKGを集計する",
    take_id="20270410-090000-abcd",
    started_at="2027-04-10T09:00:00+09:00",
    outcome="failed",
    provenance="authored",
    endpoint="rehearsal",
    model="rehearsal",
    mode="interactive",
    pace="human",
    seed=1,
    held_out_seed=2,
    checks=load(find("pkg_batch")).checks,
)


def check(name: str, *, ok: bool = True, title: str = "提出値・全社（同じデータ）", **more: object) -> Check:
    return Check.model_validate(
        {"id": name, "title": title, "ok": ok, "compared": 81, "non_null": 81, **more},
    )


def verdict(*checks: Check, **more: object) -> Verdict:
    failed = any(not each.ok for each in checks)
    outcome = {"outcome": "failed", "cause": "wrong"} if failed else {"outcome": "passed"}
    return Verdict.model_validate({**outcome, "checks": list(checks), **more})


class Words(HTMLParser):
    """The tags of a page, and its text as a person reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


WRONG = Finding(
    item="修正後 電装 2101",
    expected="123,456",
    actual="122,222",
    difference="-1,234",
    where="集計結果.xlsx 集計!E12",
    cause="△を負数として読んでいない場合の値と一致",
    evidence="PKG_0123 03 F27",
)


def test_a_failed_check_shows_both_sides_the_cause_and_where_to_look() -> None:
    failed = check(
        "seen.totals", ok=False, expected="81 件", actual="80 件", cause="△の読み違い", findings=[WRONG]
    )
    page = Words(verdict_page(verdict(failed), RUN)).text
    for word in ("不合格", "結果が正しくない", "81 件", "80 件", "△の読み違い", *WRONG.model_dump().values()):
        assert accounting(word) in page


DROPPED = "会社0011を集計していない場合の値と一致"


def dropped_company() -> Verdict:
    """One company left out: the same cause in every table of both datasets."""
    return verdict(
        *(
            check(
                f"{dataset}.totals.{part}",
                ok=False,
                title=f"{part}（{label}）",
                cause=DROPPED,
                difference="最大 -10,000 千円",
                detail=f"差異 4 件。原因: {DROPPED}",
                findings=[WRONG.model_copy(update={"cause": DROPPED})],
                where=f"rerun/{dataset}/output/集計結果.xlsx",
            )
            for dataset, label in DATASETS.items()
            for part in ("提出値・全社", "修正後・全社")
        )
    )


def test_a_cause_of_many_failures_is_named_once_with_what_it_concerns() -> None:
    (reason,) = reasons(dropped_company())
    assert reason.heading == DROPPED and reason.evidence == WRONG.evidence
    assert reason.concerned == "4 項目（提出値・全社、修正後・全社）"
    page = verdict_page(dropped_company(), RUN)
    assert page.count(DROPPED) == 1 + 4, "at the top, and once in each card"
    assert (page.count("<details"), page.count(" open>")) == (4, 1)


def test_the_terminal_names_a_cause_once_and_says_nothing_twice() -> None:
    assert failures(dropped_company()) == [
        f"[red]×[/] {DROPPED}",
        "　該当: 4 項目（提出値・全社、修正後・全社）",
        "　差異: 最大 △10,000 千円",
        f"　根拠: {WRONG.evidence}",
    ]
    missed = check("seen.a", ok=False, title="異常の検出率（同じデータ）", difference="見逃し 5 件")
    missed = missed.model_copy(update={"detail": "見逃し: 0001", "findings": [WRONG]})
    assert failures(verdict(missed))[:2] == ["[red]×[/] 異常の検出率: 見逃し 5 件", "　該当: 1 項目"]


def test_a_check_that_gives_no_reason_says_what_happened() -> None:
    drive = check("drive", ok=False, title="エージェントが制限時間内に終えた", actual="時間切れ")
    assert failures(verdict(drive))[0].endswith("エージェントが制限時間内に終えた: 時間切れ")


def test_the_page_speaks_of_files_and_figures_as_accountants_do() -> None:
    page = Words(verdict_page(dropped_company(), RUN)).text
    assert "再実行（同じデータ）の 集計結果.xlsx" in page and "rerun/" not in page
    assert "△10,000 千円" in page and "-10,000" not in page
    assert accounting("終了コード 0、-9") == "終了コード 0、-9"
    assert accounting("2026-11-21 PKG-01") == "2026-11-21 PKG-01"


@pytest.mark.parametrize(("kind", "heading"), [("set_match", "内容"), ("totals", "推定原因")])
def test_a_planted_fact_is_not_called_a_likely_cause(kind: str, heading: str) -> None:
    headings = dict(columns(check("seen.a", ok=False, kind=kind, findings=[WRONG])))
    assert headings["cause"] == heading and headings["evidence"] == "根拠"


def test_a_passed_verdict_has_no_section_of_failures() -> None:
    page = Words(verdict_page(verdict(check("seen.totals")), RUN)).text
    assert "合格" in page and "不合格" not in page and "適合しなかった項目" not in page


def test_limits_and_stray_files_are_listed() -> None:
    page = Words(
        verdict_page(verdict(check("seen.totals"), limits=["実行時間 300 秒"], strays=["work/x.bin"]), RUN)
    ).text
    assert "実行時間 300 秒" in page and "work/x.bin" in page


@pytest.mark.parametrize("field", ["actual", "detail", "cause", "where"])
def test_what_an_agent_wrote_stays_text(field: str) -> None:
    hostile = '<script>alert(1)</script><img src="x" onerror="y">'
    page = Words(verdict_page(verdict(check("seen.totals", ok=False, **{field: hostile})), RUN))
    assert hostile in page.text
    assert "script" not in page.tags and "img" not in page.tags


def test_the_page_is_one_file_that_asks_for_nothing_else() -> None:
    page = Words(verdict_page(verdict(check("seen.totals")), RUN))
    assert page.addresses == []
    assert "script" not in page.tags and "link" not in page.tags


@pytest.mark.parametrize(("provenance", "said"), [("authored", True), ("live", False), ("replay", False)])
def test_only_a_rehearsal_says_that_it_shows_no_models_performance(provenance: str, said: bool) -> None:
    run = RUN.model_copy(update={"provenance": provenance})
    page = Words(verdict_page(verdict(check("seen.totals")), run)).text
    assert ("モデルの性能を示すものではありません" in page) is said


def test_a_question_asked_of_both_datasets_is_one_row() -> None:
    both = [
        check("seen.totals"),
        check("heldout.totals", title="提出値・全社（別データ）"),
        check("input"),
    ]
    found = questions(verdict(*both))
    assert [(question.title, sorted(question.asked)) for question in found] == [
        ("提出値・全社", ["heldout", "seen"]),
        ("提出値・全社", ["seen"]),
    ]
