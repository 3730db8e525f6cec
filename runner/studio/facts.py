"""The figures and names that a story may show: read from a take's own files, never typed by anyone.

`facts_of(take)` gives a `Facts`; `fill` puts them into a text with {placeholders}. Used by the editor and the
storyboard's lint. A take whose files do not fit each other has no facts (runner.studio.take).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from runner.record import PROVENANCE_LABELS
from runner.studio.answers import told
from runner.studio.take import FactsError, OpenTake
from runner.verdict import MOST_FINDINGS, Check, Verdict
from runner.words import HELD_OUT, OUTCOMES, REHEARSAL_NOTICE

# The closed set, and what each one is. docs/studio.md shows this table; a test holds the two together.
PLACEHOLDERS: dict[str, str] = {
    "companies": "提出対象の会社数（manifest.json）",
    "pkg_files": "input に届いたPKGのファイル数（manifest.json）",
    "prompts": "人が入力した指示の数（run.json の turns）",
    "scripts": "エージェントが書いたスクリプトの数（work/*.py）",
    "script_lines": "そのスクリプトの行数の合計（work/*.py）",
    "total_checks": "正解と照合した集計値の数（verdict.json、今回のデータ）",
    "roots_planted": "仕込んだ異常の数（verdict.json、今回のデータ）",
    "roots_found": "そのうち検出した数（verdict.json、今回のデータ）",
    "false_alarms": "誤検出の数（verdict.json、今回のデータ）",
    "listed": "異常一覧の行数（verdict.json、今回のデータ）",
    "checks": "検証項目の数（verdict.json）",
    "checks_passed": "そのうち基準を満たした数（verdict.json）",
    "model": "応答したモデルの名前（run.json）",
    "date": "記録した日（run.json）",
}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NOTICES = {
    "authored": REHEARSAL_NOTICE,
    "replay": "記録した実行の再生です。新たな実行の結果ではありません。",
}
_OF = re.compile(r"（(\d+)/(\d+) 件）")
_FALSE = re.compile(r"誤検出 (\d[\d,]*) 件")
_ROWS = re.compile(r"(\d[\d,]*) 行")


@dataclass(frozen=True)
class Facts:
    """What is known of a take: `values` by placeholder, who answered, and the verdict in lines for a card."""

    values: Mapping[str, str]
    badge: str
    notice: str  # who performed, as a sentence
    verdict_lines: tuple[str, ...]
    passed: bool


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled. FactsError for one that is unknown or that this take has not."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in PLACEHOLDERS:
            raise FactsError(f"{unknown_placeholder(name)}")
        if name not in values:
            raise FactsError(
                f"{{{name}}} in 「{text}」 has no figure in this take ({PLACEHOLDERS[name]}); take it out of the text"
            )
        return values[name]

    return PLACEHOLDER.sub(value, text)


def unknown_placeholder(name: str) -> str:
    """The line that says so and names the known ones."""
    return f"unknown placeholder {{{name}}}; known: {', '.join(f'{{{known}}}' for known in PLACEHOLDERS)}"


def facts_of(take: OpenTake) -> Facts:
    """The figures of a take, who answered in it, and its verdict for a card."""
    values = {
        **_of_manifest(take),
        **_of_verdict(take.verdict),
        **_of_scripts(take),
        "prompts": str(len(take.run.turns)),
        "model": take.run.answered_by or take.run.model,
        "date": _date(take),
    }
    return Facts(
        values=values,
        badge=badge_of(take),
        notice=notice_of(take),
        verdict_lines=verdict_lines(take.verdict),
        passed=take.verdict.outcome == "passed",
    )


def badge_of(take: OpenTake) -> str:
    """Who answered, for the corner of every frame; from the record alone."""
    run = take.run
    if run.provenance == "live":
        return f"{_LIVE}　{run.answered_by or run.model}　{_date(take)}　接続先：{told(take.answers.hosts)}"
    return PROVENANCE_LABELS[run.provenance]


def notice_of(take: OpenTake) -> str:
    """The sentence for closing card and page: that no model performed, or which one, when and where."""
    run = take.run
    if run.provenance == "live":
        hosts = told(take.answers.hosts)
        return f"{run.answered_by or run.model}が応答した実行の記録です（{_date(take)}、接続先：{hosts}）。"
    return NOTICES[run.provenance or ""]


_LIVE = "本番"


def verdict_lines(verdict: Verdict) -> tuple[str, ...]:
    """The verdict as rows 「項目：結果」 of a card, good or bad: this data, other data, the judgement over all."""
    lines = []
    if said := _of_totals(verdict, "seen"):
        lines.append(f"集計値：{said}")
    if said := _of_anomalies(verdict, "seen"):
        lines.append(f"異常の検出：仕込んだ{said}")
    if again := _of_other_data(verdict):
        lines.append(f"{HELD_OUT}：{again}")
    passed = sum(check.ok for check in verdict.checks)
    lines.append(
        f"判定：{OUTCOMES[verdict.outcome]}（検証{len(verdict.checks)}項目中{passed}項目が基準どおり）"
    )
    return tuple(lines)


def _of_totals(verdict: Verdict, dataset: str) -> str:
    totals = _totals(verdict, dataset)
    if not totals:
        return ""
    agreed = "件がすべて一致" if all(check.ok for check in totals) else "件の中に不一致あり"
    return f"{sum(check.compared for check in totals):,}{agreed}"


def _of_anomalies(verdict: Verdict, dataset: str) -> str:
    counted = _roots(verdict, dataset)
    if counted is None:
        return ""
    found, planted = counted
    said = f"{planted:,}件をすべて検出" if found == planted else f"{planted:,}件中{found:,}件を検出"
    false = _false_alarms(verdict, dataset)
    return said if false is None else f"{said}、誤検出{false:,}件"


def _of_other_data(verdict: Verdict) -> str:
    """The same figures, shorter: the row has the longest name."""
    parts = []
    if totals := _totals(verdict, "heldout"):
        agreed = "件一致" if all(check.ok for check in totals) else "件中に不一致"
        parts.append(f"集計値{sum(check.compared for check in totals):,}{agreed}")
    if counted := _roots(verdict, "heldout"):
        found, planted = counted
        parts.append(f"異常{planted:,}件検出" if found == planted else f"異常{planted:,}件中{found:,}件検出")
    if (false := _false_alarms(verdict, "heldout")) is not None:
        parts.append(f"誤検出{false:,}件")
    return "、".join(parts)


def _of_manifest(take: OpenTake) -> dict[str, str]:
    books = [file for file in take.manifest.files if "/" not in file.path and file.path.startswith("PKG_")]
    return {"companies": f"{take.manifest.companies:,}", "pkg_files": f"{len(books):,}"}


def _of_scripts(take: OpenTake) -> dict[str, str]:
    names = [name for name in take.run.files if re.fullmatch(r"work/[^/]+\.py", name)]
    lines = sum(len((take.folder / name).read_bytes().splitlines()) for name in names)
    return {"scripts": str(len(names)), "script_lines": f"{lines:,}"}


def _of_verdict(verdict: Verdict) -> dict[str, str]:
    found = {
        "checks": str(len(verdict.checks)),
        "checks_passed": str(sum(check.ok for check in verdict.checks)),
    }
    if totals := _totals(verdict, "seen"):
        found["total_checks"] = f"{sum(check.compared for check in totals):,}"
    if counted := _roots(verdict, "seen"):
        found["roots_found"], found["roots_planted"] = (f"{count:,}" for count in counted)
    if (false := _false_alarms(verdict, "seen")) is not None:
        found["false_alarms"] = f"{false:,}"
    form = _check(verdict, "seen.anomalies.form")
    if form and (rows := _ROWS.search(form.actual)):
        found["listed"] = rows.group(1)
    return found


def _roots(verdict: Verdict, dataset: str) -> tuple[int, int] | None:
    """(planted irregularities that were found, planted ones); None when they were not asked for."""
    kinds = _check(verdict, f"{dataset}.anomalies.kinds")
    groups = [group for group in kinds.groups if group.by == "kind"] if kinds else []
    if groups:
        return sum(group.found for group in groups), sum(group.planted for group in groups)
    recall = _check(verdict, f"{dataset}.anomalies.recall")  # verdicts before 0.2 have no groups
    told = _OF.search(recall.actual) if recall else None
    return (int(told.group(1)), int(told.group(2))) if told else None


def _false_alarms(verdict: Verdict, dataset: str) -> int | None:
    """Rows of the list that no planted irregularity explains; None when nobody looked."""
    precision = _check(verdict, f"{dataset}.anomalies.precision")
    if precision is None:
        return None
    if 0 < len(precision.findings) < MOST_FINDINGS:
        return len(precision.findings)  # one for each; a longer list is cut, and one from before 0.2 is empty
    told = _FALSE.search(precision.actual)
    return int(told.group(1).replace(",", "")) if told else None


def _totals(verdict: Verdict, dataset: str) -> list[Check]:
    """The checks that hold totals against known ones, figure by figure; not the one that looks at the form."""
    return [
        check
        for check in verdict.checks
        if check.id.startswith(f"{dataset}.totals.") and check.id != f"{dataset}.totals.form"
    ]


def _check(verdict: Verdict, name: str) -> Check | None:
    return next((check for check in verdict.checks if check.id == name), None)


def _date(take: OpenTake) -> str:
    day = take.recorded_on
    return f"{day.year}年{day.month}月{day.day}日"
