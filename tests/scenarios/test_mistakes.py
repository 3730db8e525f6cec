"""Mistakes that people and models make, planted one by one in the authored scripts: the verdict sees each.

Each mistake is one replacement in a file of theirs; `caught_by` is a check that must fail on the seen data.
The limits are the strictest: among many roots one kind that is missed may stay within those of a scenario.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runner.verdict import Checks, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, list_input, verify
from tests.graded_work import SCRIPTS, SEEN_SEED, Grader, dataset, hand_in

AGGREGATE, DETECT = SCRIPTS
READER, CORRECTIONS = "pkg_reader.py", "pkg_corrections.py"
SUBMITTED, CORRECTED = "seen.totals.submitted.group", "seen.totals.corrected.group"
RECALL, PRECISION, TRAPS = (f"seen.anomalies.{part}" for part in ("recall", "precision", "traps"))

MISTAKES = {
    "△ is dropped": (READER, "return -Decimal(digits) if negative", "return Decimal(digits) if negative", SUBMITTED),
    "full-width signs are not known": (READER, 'in "△▲-−"', 'in "-"', SUBMITTED),
    "full-width digits are not known": (READER, 'unicodedata.normalize("NFKC", str(value))', "str(value)", SUBMITTED),
    "the yen sign makes no figure": (READER, 'r"[\\s,円¥]"', 'r"[\\s,]"', SUBMITTED),
    "the first version is used": (READER, "files[code][-1][1]", "files[code][0][1]", SUBMITTED),
    "the unit is forgotten": (
        READER, 'Decimal(self.companies[company]["単位倍率"])', "Decimal(1000)", SUBMITTED,
    ),
    "one table of rates for all year-ends": (READER, 'row["決算月"], kind', '"3", kind', SUBMITTED),
    "closing rates for everything": (
        AGGREGATE, "amount * unit * rates[kind]", 'amount * unit * rates["CR"]', SUBMITTED,
    ),
    "dividends at the average rate": (AGGREGATE, '"配当決議日レート"', '"期中平均レート"', SUBMITTED),
    "CTA as submitted": (AGGREGATE, "    if overseas:", "    if False:", SUBMITTED),
    "rounded down": (AGGREGATE, "ROUND_HALF_UP))", '"ROUND_DOWN"))', SUBMITTED),
    "excluded companies are not in the submitted figures": (
        AGGREGATE, "for code, package in packages.items():\n        add(SUBMITTED",
        "for code, package in packages.items():\n        if code in corrected:\n            add(SUBMITTED", SUBMITTED,
    ),
    "approved accounts are left out": (
        CORRECTIONS, 'homes = {code: row["集計先科目"] for', "homes = {code: code for", SUBMITTED,
    ),
    "nobody is excluded": (CORRECTIONS, '== "除外"', '== ""', CORRECTED),
    "a copied book is counted": (CORRECTIONS, "if name != expected:", "if False:", CORRECTED),
    "a book in the wrong unit is counted as it is": (CORRECTIONS, "return THOUSAND", "return Decimal(1)", CORRECTED),
    "slipped digits are left": (CORRECTIONS, "amounts[line] = fixed", "pass", CORRECTED),
    "unknown accounts are left out": (CORRECTIONS, "homes[row.code] = home", "pass", CORRECTED),
    "nothing is eliminated": (AGGREGATE, "in eliminations(corrected, yoryo)", "in ()", CORRECTED),
    "no difference account": (AGGREGATE, 'pair["差異科目"], difference', 'pair["差異科目"], Decimal(0)', CORRECTED),
    "differences to the creditor's segment": (
        AGGREGATE, 'debtor = code if side == "債務側"', 'debtor = code if side == "債権側"',
        "seen.totals.corrected.segments",
    ),
    "whole numbers with a thousandth": (AGGREGATE, "/ 1000).quantize", "/ 1).quantize", SUBMITTED),
    "goods in transit are reported": (DETECT, "<= allowed or in_transit:", "<= allowed:", TRAPS),
    "no tolerance": (DETECT, "<= allowed or", "<= 0 or", TRAPS),
    "no tolerance for the balance": (
        DETECT, 'abs(assets - claims) > self.yoryo.tolerance["K1"]', "abs(assets - claims) > 0", TRAPS,
    ),
    "no tolerance for totals": (CORRECTIONS, "if abs(gap) > allowed:", "if gap:", PRECISION),
    "balances are not checked": (DETECT, "        self.check_balance()\n", "", RECALL),
    "schedules are not checked": (DETECT, "self.check_fixed_assets()", "pass", RECALL),
    "the archive is not read": (READER, ".prior = Package(code, path, yoryo)", ".prior = None", RECALL),
    "restatements are reported": (DETECT, ' or "遡及修正" in row.text("コメント")', "", TRAPS),
    "old currency names are reported": (DETECT, " and not renamed", "", TRAPS),
    "excluded companies are compared": (CORRECTIONS, "if code not in excluded}", "}", PRECISION),
    "unused sheets are missing sheets": (READER, "not in {*self.grids, *not_applicable}", "not in self.grids", TRAPS),
}  # fmt: skip
STRICTEST = Checks(recall_min=1, precision_min=1, trap_alarms_max=0)
IN_THE_SHORT_RUN = {"△ is dropped", "nothing is eliminated", "goods in transit are reported"}


def judge(folder: Path, script: str, right: str, wrong: str) -> Verdict:
    data = dataset(SEEN_SEED)
    grader = Grader(folder, data, data)
    work = grader.hand_out()
    hand_in(work)
    source = (work / script).read_text(encoding="utf-8")
    assert source.count(right) >= 1, f"the authored script no longer holds {right!r}"
    (work / script).write_text(source.replace(right, wrong), encoding="utf-8")
    result = grader.rerun("seen", data)
    shutil.copytree(folder / "seen" / "output", work / "output")
    case = DatasetCase("seen", data.answers_path, folder / "seen", result.evidence)
    return verify(VerifyCase(STRICTEST, work, list_input(work / "input"), data.manifest, [case]))


@pytest.mark.parametrize(
    "name",
    [name if name in IN_THE_SHORT_RUN else pytest.param(name, marks=pytest.mark.long) for name in MISTAKES],
)
def test_a_mistake_is_seen(tmp_path: Path, name: str) -> None:
    script, right, wrong, caught_by = MISTAKES[name]
    verdict = judge(tmp_path, script, right, wrong)
    failed = {check.id: check for check in verdict.failed_checks}
    assert (verdict.outcome, verdict.cause) == ("failed", "wrong")
    assert caught_by in failed, failed
    assert "seen.rerun" not in failed, failed["seen.rerun"].detail
