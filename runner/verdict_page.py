"""The verdict as one Japanese HTML page that an accountant can read: what was asked, known, found, and why it differs.

Takes a `Verdict` and the record of its trial, gives the page's text: one file, no script, no network. Pure; everything
an agent may have written is escaped. Called by the trial and by `swallow-demo verify --html`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from runner.record import PROVENANCE_LABELS, RunRecord
from runner.verdict import Check, Finding, Verdict
from runner.words import CAUSES, DATASETS, OUTCOMES, REHEARSAL_NOTICE, question_title

_ENVIRONMENT = Environment(
    loader=PackageLoader("runner"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_MOST_SHOWN = 3  # pieces of evidence, and differences, named for one cause
_NEGATIVE = re.compile(r"(?<![\w.,)-])-(?=\d)")
_RERUN_PATH = re.compile(rf"(?<![\w/.-])rerun/({'|'.join(DATASETS)})/(?:output/)?")
_WORK_PATH = re.compile(r"(?<![\w/.-])work/(?:output/)?")


def accounting(text: str) -> str:
    """Negative figures as accountants write them: 「-1,234」 is 「△1,234」; an exit code is no figure."""
    return text if "終了コード" in text else _NEGATIVE.sub("△", text)


def place(text: str) -> str:
    """The kit's paths in words: 「rerun/seen/output/集計結果.xlsx」 is 「再実行（同じデータ）の 集計結果.xlsx」."""
    text = _RERUN_PATH.sub(lambda found: f"再実行（{DATASETS[found[1]]}）の ", text)
    return _WORK_PATH.sub("エージェントが作った ", text)


_ENVIRONMENT.filters |= {"accounting": accounting, "place": place}


@dataclass
class Reason:
    """One cause, and every check that did not hold because of it. text: the cause, else what the checks say."""

    text: str
    checks: list[Check] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """The questions it concerns, each once."""
        return list(dict.fromkeys(question_title(check.title) for check in self.checks))

    @property
    def heading(self) -> str:
        """The text, behind the question's title where it would not stand by itself."""
        alone = bool(self.checks[0].cause) or len(self.titles) > 1
        return accounting(place(self.text if alone else f"{self.titles[0]}: {self.text}"))

    @property
    def concerned(self) -> str:
        """How many checks it concerns, and which, unless the heading has named them."""
        named = self.titles[0] in self.heading and len(self.titles) == 1
        return f"{len(self.checks)} 項目" + ("" if named else f"（{'、'.join(self.titles)}）")

    @property
    def differences(self) -> str:
        """The differences of its checks, unless they are its text."""
        return accounting(_shortened([c.difference for c in self.checks if c.difference != self.text]))

    @property
    def evidence(self) -> str:
        """What of the input shows it, over all its checks."""
        return _shortened([finding.evidence for check in self.checks for finding in check.findings])


def _shortened(texts: list[str]) -> str:
    distinct = list(dict.fromkeys(text for text in texts if text))
    more = f" ほか {len(distinct) - _MOST_SHOWN} 件" if len(distinct) > _MOST_SHOWN else ""
    return "、".join(distinct[:_MOST_SHOWN]) + more


def reasons(verdict: Verdict) -> list[Reason]:
    """Why the checks did not hold, most basic first, each reason once."""
    found: dict[str, Reason] = {}
    for check in verdict.failed_checks:
        told = check.difference if check.findings else check.detail
        text = check.cause or told or check.detail or check.difference or check.actual or "不適合"
        found.setdefault(text, Reason(text)).checks.append(check)
    return list(found.values())


def columns(check: Check) -> list[tuple[str, str]]:
    """(field, heading) of the findings' table: no empty column, and no cause that the check itself has named."""
    headings = {
        "item": "項目",
        "expected": "正解",
        "actual": "報告",
        "difference": "差異",
        "cause": "内容" if check.kind == "set_match" else "推定原因",
        "evidence": "根拠",
        "where": "出力の場所",
    }

    def says_more(name: str) -> bool:
        said: set[str] = {_value(finding, name) for finding in check.findings}
        return bool(said - ({"", check.cause} if name == "cause" else {""}))

    return [(name, heading) for name, heading in headings.items() if says_more(name)]


def _value(finding: Finding, name: str) -> str:
    return str(getattr(finding, name))


@dataclass
class Question:
    """One question of the table: asked once, or of the same and of the held-out data."""

    title: str
    asked: dict[str, Check] = field(default_factory=dict)  # "seen" or "heldout"; "seen" also when asked once
    once: bool = False

    @property
    def compared(self) -> str:
        """How many values were compared, for one or for both datasets."""
        return "／".join(dict.fromkeys(f"{check.compared:,}" for check in self.asked.values()))


def questions(verdict: Verdict) -> list[Question]:
    """The checks in their order, those on both datasets side by side."""
    found: dict[str, Question] = {}
    for check in verdict.checks:
        dataset, _, question = check.id.partition(".")
        both = dataset in DATASETS and question
        entry = found.setdefault(
            question if both else check.id, Question(question_title(check.title), once=not both)
        )
        entry.asked[dataset if both else "seen"] = check
    return list(found.values())


def verdict_page(verdict: Verdict, run: RunRecord) -> str:
    """The page's text."""
    return _ENVIRONMENT.get_template("verdict.html.j2").render(
        verdict=verdict,
        run=run,
        started=f"{datetime.fromisoformat(run.started_at):%Y年%-m月%-d日 %-H時%M分 (%Z)}",
        title=run.title or run.scenario,
        outcome=OUTCOMES[verdict.outcome],
        cause=CAUSES[verdict.cause] if verdict.cause else "",
        provenance=PROVENANCE_LABELS[run.provenance],
        notice=REHEARSAL_NOTICE if run.provenance == "authored" else "",
        datasets=DATASETS,
        questions=questions(verdict),
        reasons=reasons(verdict),
        columns=columns,
    )
