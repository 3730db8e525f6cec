"""`text_facts`: facts pass in whatever words they are told; a wrong, swapped or missing one fails."""

from __future__ import annotations

import time

import pytest

TOTAL = {"fact": "total", "segment": "全社", "code": "4010", "words": ["売上高"]}
# The figures of the small answer key: account 4010, in 千円, of 全社 and of a segment.
SUBMITTED, CORRECTED = 2 * 1_234_567 * 3 + 1, 2 * 1_234_567 * 3 + 1 - 321
CARS, INDUSTRY = 2 * 1_234_567 + 1, 2 * 1_234_567 * 2 + 1
BOTH = f"売上高は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円。確認中"


@pytest.fixture
def judged(desk, samples):
    desk.checks = samples.asked(
        {
            "check": "text_facts",
            "file": "output/要約.md",
            "facts": [
                {**TOTAL, "basis": "提出値"},
                {**TOTAL, "basis": "修正後"},
                {"fact": "words", "any": ["確認", "照会"]},
            ],
        }
    )

    def judge(text: str):
        (desk.work / "output" / "要約.md").write_text(text, encoding="utf-8")
        return desk.check("facts")

    return judge


RIGHT = (
    f"売上高は提出値 {SUBMITTED:,}千円，修正後 {CORRECTED:,}千円．各社に確認します．",
    f"売上高は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円です。各社に確認します。",
    f"売上高（千円）: 提出値 {SUBMITTED:,} → 修正後 {CORRECTED:,}\n確認をお願いします。",
    f"修正後の売上高は{CORRECTED:,}千円（提出値{SUBMITTED:,}千円）。要照会。",
    f"売上高: {CORRECTED:,}千円（修正後）、{SUBMITTED:,}千円（提出値）。確認してください",
    f"- 売上高（全社）\n  - 提出値: {SUBMITTED * 1000:,}円\n  - 修正後: {CORRECTED * 1000:,}円\n\n確認事項あり",
    f"提出値と修正後の売上高は、それぞれ{SUBMITTED:,}千円、{CORRECTED:,}千円。確認済み",
    f"| 千円 | 提出値 | 修正後 |\n|---|---|---|\n| 売上高 | {SUBMITTED:,} | {CORRECTED:,} |\n\n照会中",
    f"| 千円 | 売上高 |\n|---|---|\n| 提出値 | {SUBMITTED:,} |\n| 修正後 | {CORRECTED:,} |\n\n照会中",
    f"売上高は単純合算で{SUBMITTED:,}千円、子会社合算・内部取引消去後で{CORRECTED:,}千円。確認中。",
    f"提出値と修正後で集計。提出値の売上高 {SUBMITTED:,}千円、修正後の売上高 {CORRECTED:,}千円（321千円減）。確認中",
    f"全社の{BOTH}。車載の売上高は提出値 {CARS:,}千円。",
    f"{BOTH}。産業は、売上高が提出値 {INDUSTRY:,}千円です。",
    f"{BOTH}。提出値の売上高{CARS:,}千円（車載）を含みます。",
    f"{BOTH}\n\n## 車載\n\n売上高は提出値 {CARS:,}千円です。",
    f"車載・産業の合計で全社（産業を含む）の{BOTH}",
)


@pytest.mark.parametrize("text", RIGHT)
def test_right_facts_pass_in_many_words(judged, text: str) -> None:
    check = judged(text)
    assert check.ok, check.findings
    assert check.compared == check.non_null == 3


WRONG = {
    "contradicted": f"売上高は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円。\n\n"
    f"売上高は提出値 {CORRECTED:,}千円、修正後 {SUBMITTED:,}千円。確認中",
    "no unit": f"売上高は提出値 {SUBMITTED:,}、修正後 {CORRECTED:,}。確認中",
    "swapped": f"売上高は提出値 {CORRECTED:,}千円、修正後 {SUBMITTED:,}千円。確認中",
    "swapped columns": f"| 千円 | 修正後 | 提出値 |\n|---|---|---|\n| 売上高 | {SUBMITTED:,} | {CORRECTED:,} |\n\n照会",
    "one is missing": f"売上高は修正後 {CORRECTED:,}千円。確認中",
    "one off": f"売上高は提出値 {SUBMITTED + 1:,}千円、修正後 {CORRECTED:,}千円。確認中",
    "another unit": f"売上高は提出値 {SUBMITTED:,}百万円、修正後 {CORRECTED:,}千円。確認中",
    "another account": f"売上原価は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円。確認中",
    "nothing asked of the companies": f"売上高は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円。",
    "a wrong one beside": f"売上高は9,999千円。売上高は提出値 {SUBMITTED:,}千円、修正後 {CORRECTED:,}千円。確認中",
    "a segment's figure as that of 全社": f"{BOTH}。全社の売上高は提出値 {CARS:,}千円です。",
    "a segment's figure of no segment": f"{BOTH}\n\n売上高は提出値 {CARS:,}千円です。",
    "a segment's figure as that of another": f"{BOTH}。産業の売上高は提出値 {CARS:,}千円です。",
    "a segment named before 全社": f"{BOTH}。車載を含む全社の売上高は提出値 {CARS:,}千円です。",
    "empty": "",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_facts_fail(judged, name: str) -> None:
    check = judged(WRONG[name])
    assert not check.ok and (check.findings or check.detail)


def test_what_is_said_beside_the_right_facts_is_told_in_the_table(judged) -> None:
    check = judged(WRONG["a wrong one beside"])
    assert (check.actual, check.difference) == ("3 件が一致、誤った記載 1 件", "誤った記載 1 件")
    (finding,) = judged(WRONG["a segment's figure as that of 全社"]).findings
    assert (finding.expected, finding.actual) == ("全社の金額", "セグメント「車載」の金額")


def test_a_wrong_fact_is_told_with_what_is_right(judged) -> None:
    (finding,) = judged(WRONG["one is missing"]).findings
    assert finding.item == "売上高（提出値・全社）"
    assert (finding.expected, finding.actual) == (f"{SUBMITTED:,} 千円", "一致する金額の記載なし")


@pytest.fixture
def companies(desk, samples):
    anomalies = [
        one.model_copy(update={"treatment": "exclude"}) if one.company in {"0003", "0007"} else one
        for one in desk.answers["seen"].anomalies
    ]
    desk.answers["seen"] = desk.answers["seen"].model_copy(update={"anomalies": anomalies})
    files = desk.manifest.files
    group = [files[0].model_copy(update={"path": f"{n}.xlsx", "company_code": f"{n:04d}"}) for n in range(10)]
    desk.manifest = desk.manifest.model_copy(update={"files": [*files, *group]})
    fact = {"fact": "companies", "treatment": "exclude", "words": ["除外"]}
    desk.checks = samples.asked({"check": "text_facts", "file": "output/要約.md", "facts": [fact]})

    def judge(text: str):
        (desk.work / "output" / "要約.md").write_text(text, encoding="utf-8")
        return desk.check("facts")

    return judge


@pytest.mark.parametrize(
    "text",
    [
        "除外: 0003、0007",
        "除外した会社は0003，0007．",
        "0003、0007を除外し、0002は修正した。ほかに除外した会社はありません。",
        "除外した会社は次のとおり\n\n- 0003: 0001の写し\n- 0007\n\n0002は確認中",
        "1. 除外した会社:\n   - 0003\n   - 0007\n2. 確認: 0001",
        "| 除外した会社 | 理由 |\n|---|---|\n| 0003 | 未提出 |\n| 0007 | 未提出 |\n\n0001は照会中",
        "0002は除外せず修正し、0003、0007は除外した。",
        "除外した会社は０００３（0001の写し）と0007です。\n0002は確認中",
    ],
)
def test_every_company_must_be_named(companies, text: str) -> None:
    assert companies(text).ok


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("除外: 0003", "会社 0007"),
        ("除外: 0003、10007", "会社 0007"),
        ("除外: 0003、0007.5円", "会社 0007"),
        (f"除外: {'、'.join(f'{n:04d}' for n in range(10))}", "除外の会社"),
        ("除外した会社は次のとおり\n" + "\n".join(f"- {n:04d}" for n in range(10)), "除外の会社"),
        ("除外: 0001、0002、0003、0007", "除外の会社"),
        ("除外: 0003、0007。除外なし。", "除外の会社"),
    ],
)
def test_a_company_left_out_or_a_list_of_all_fails(companies, text: str, item: str) -> None:
    assert [finding.item for finding in companies(text).findings] == [item]


def test_the_right_companies_under_another_heading_fail(companies) -> None:
    assert len(companies("集計に含めた会社: 0003、0007。除外なし。").findings) == 3


def test_a_text_of_nothing_but_headings_fails_in_a_bounded_time(companies) -> None:
    """Every line heads all below it: without a bound, minutes."""
    assert not companies("0003、0007を除外\n" + "除外\n" * 8_000).ok


def test_a_fact_that_the_key_does_not_hold_is_the_kits_error(desk, samples) -> None:
    fact = {**TOTAL, "code": "9999", "basis": "提出値"}
    desk.checks = samples.asked({"check": "text_facts", "file": "output/要約.md", "facts": [fact]})
    (desk.work / "output" / "要約.md").write_text("売上高 1千円", encoding="utf-8")
    assert desk.verdict().outcome == "kit_error"


def test_a_fact_of_nothing_is_the_kits_error(desk, samples) -> None:
    totals = [total.model_copy(update={"amount": 0}) for total in desk.answers["seen"].totals]
    desk.answers["seen"] = desk.answers["seen"].model_copy(update={"totals": totals})
    fact = {**TOTAL, "basis": "提出値"}
    desk.checks = samples.asked({"check": "text_facts", "file": "output/要約.md", "facts": [fact]})
    (desk.work / "output" / "要約.md").write_text("売上高 提出値 0千円", encoding="utf-8")
    assert desk.verdict().outcome == "kit_error"


HOSTILE = {
    "figures of a segment": f"売上高 提出値 {CARS} " * 3_000,
    "blank lines": "a" + "\n " * 30_000 + "売上高 12,345",
    "one amount under the other's name": "売上高 修正後 " + f"{SUBMITTED} " * 7_000,
    "a row of a table": "| 売上高 |" + f" {SUBMITTED} | 修正後" * 3_000,
    "strange amounts": "売上高 提出値 " + "12345 " * 10_000,
    "blanks behind a sign": "-" + " " * 60_000 + "x 12,345",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_judged_in_a_bounded_time(judged, name: str) -> None:
    started = time.process_time()
    assert not judged(HOSTILE[name]).ok
    assert time.process_time() - started < 8


def test_a_text_that_no_one_would_read_is_refused(judged) -> None:
    check = judged(RIGHT[0] + "\n" * 64_000)
    assert not check.ok and "大きすぎます" in check.detail
