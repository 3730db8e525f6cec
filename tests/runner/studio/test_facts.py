"""Every figure of a film comes from the take's own files, whatever the verdict says of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from runner.record import PROVENANCE_LABELS
from runner.scenario import KIT_ROOT
from runner.studio.facts import PLACEHOLDERS, badge_of, facts_of, fill, verdict_lines
from runner.studio.take import FactsError, OpenTake, open_take
from runner.verdict import MOST_FINDINGS, Finding, Group, Verdict

CURATED = KIT_ROOT / "recordings" / "pkg_batch" / "curated"


@pytest.fixture(scope="module")
def take() -> OpenTake:
    return open_take(CURATED)


def judged(**changes: dict[str, Any]) -> Verdict:
    """The curated verdict with fields of some checks changed, by the last word or two of their id."""
    content = json.loads((CURATED / "verdict.json").read_text())
    for check in content["checks"]:
        check.update(changes.get(check["id"].replace("seen.", "").replace(".", "_"), {}))
    return Verdict.model_validate(content)


def test_the_figures_are_those_of_the_files(take: OpenTake) -> None:
    facts = facts_of(take)
    compared = {check.id: check.compared for check in take.verdict.checks}
    actual = {check.id: check.actual for check in take.verdict.checks}
    totals = sum(n for name, n in compared.items() if name.startswith("seen.totals.") and "form" not in name)
    lines = sum(len(path.read_text().splitlines()) for path in (CURATED / "work").glob("*.py"))
    assert totals > 0 and facts.values["total_checks"] == f"{totals:,}"
    assert facts.values["script_lines"] == f"{lines:,}"
    assert facts.values["companies"] == "90" and facts.values["checks"] == str(len(compared))
    planted = compared["seen.anomalies.recall"]
    assert planted > 0 and facts.values["roots_planted"] == f"{planted:,}"
    assert f"（{facts.values['roots_found']}/{planted} 件）" in actual["seen.anomalies.recall"]
    assert f"誤検出 {facts.values['false_alarms']} 件" in actual["seen.anomalies.precision"]
    assert actual["seen.anomalies.form"] == f"{facts.values['listed']} 行"
    assert set(facts.values) == set(PLACEHOLDERS), "the curated take has a figure for every placeholder"


def test_the_document_names_every_placeholder() -> None:
    document = (KIT_ROOT / "docs" / "studio.md").read_text(encoding="utf-8")
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in document] == []


def test_placeholders_are_filled_and_unknown_ones_refused() -> None:
    assert fill("{companies}社のPKG", {"companies": "90"}) == "90社のPKG"
    with pytest.raises(FactsError, match=r"unknown placeholder \{figure\}; known: \{companies\}"):
        fill("{figure}件", {})
    with pytest.raises(FactsError, match="has no figure in this take"):
        fill("{listed}件", {})


def test_the_badge_follows_the_record_and_nothing_else(take: OpenTake) -> None:
    def badge(**changes: Any) -> str:
        return badge_of(
            replace(take, run=take.run.model_copy(update=changes), recorded_on=date(2026, 11, 21))
        )

    assert badge() == PROVENANCE_LABELS["authored"]
    assert badge(provenance="replay", endpoint="live") == PROVENANCE_LABELS["replay"]
    live = badge(provenance="live", endpoint="live", answered_by="swallow-120b")
    assert live == "本番　swallow-120b　2026年11月21日　接続先：この端末"


def test_a_failed_verdict_is_told_as_one(take: OpenTake) -> None:
    wrong = judged(totals_corrected_group={"ok": False})
    verdict = wrong.model_copy(update={"outcome": "failed", "cause": "wrong"})
    checks, told = len(verdict.checks), facts_of(take).values
    totals, planted, false = told["total_checks"], told["roots_planted"], told["false_alarms"]
    assert told["roots_found"] == planted, "a rehearsal finds all that was planted"
    assert verdict_lines(verdict) == (
        f"集計値：{totals}件の中に不一致あり",
        f"異常の検出：仕込んだ{planted}件をすべて検出、誤検出{false}件",
        f"AIに見せていない別データ：集計値{totals}件一致、異常{planted}件検出、誤検出{false}件",
        f"判定：不合格（検証{checks}項目中{checks - 1}項目が基準どおり）",
    )


def test_irregularities_are_counted_from_the_groups_and_the_findings() -> None:
    groups = [Group(by="kind", name="R01", planted=4, found=3, false_alarms=2).model_dump()]
    groups += [Group(by="check", name="A01", planted=9, found=9, false_alarms=0).model_dump()]
    false = [Finding(item=f"行 {n}").model_dump() for n in range(2)]
    content = judged(anomalies_precision={"findings": false, "actual": "?"}).model_dump()
    content["checks"] = [c for c in content["checks"] if c["id"] != "seen.anomalies.kinds"]
    kinds = {"id": "seen.anomalies.kinds", "title": "種類", "ok": False, "compared": 2, "groups": groups}
    verdict = Verdict.model_validate(content | {"checks": [*content["checks"], kinds]})
    assert "異常の検出：仕込んだ4件中3件を検出、誤検出2件" in verdict_lines(verdict)


def test_more_false_alarms_than_are_listed_are_told_in_full() -> None:
    false = [Finding(item=f"行 {n}").model_dump() for n in range(MOST_FINDINGS)]
    verdict = judged(anomalies_precision={"findings": false, "actual": "50.0%（誤検出 45 件）"})
    assert verdict_lines(verdict)[1].endswith("誤検出45件")
