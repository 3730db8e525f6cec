"""The short table at the end of a trial: every check, the outcome, where to look. Japanese: accountants read it."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runner.record import RunRecord
from runner.trial import Trial
from runner.verdict import Check, Verdict

OUTCOMES = {
    "passed": "[bold green]合格[/]",
    "failed": "[bold red]不合格[/]",
    "endpoint_error": "[bold yellow]接続先の障害（エージェントの評価対象外）[/]",
    "kit_error": "[bold yellow]デモキット側の不具合（エージェントの評価対象外）[/]",
    "blocked": "[bold red]データ持ち出し防止により停止[/]",
    "interrupted": "[bold yellow]中断[/]",
}
CAUSES = {
    "wrong": "結果が正しくない",
    "missing": "成果物がない",
    "timeout": "時間切れ",
    "protocol": "モデルの応答が規約に反する",
}
DATASETS = {"seen": "同じデータ", "heldout": "未公開データ"}
MOST_FAILURES = 4
TITLE_CELLS = 20  # the longest title; narrower columns would cut it on a terminal of 80
PROVENANCES = {
    "authored": "リハーサル（台本による応答）",
    "replay": "再生（記録した実行の再現）",
    "live": "本番（モデルが応答）",
    None: "応答なし",
}


def show_trial(trial: Trial, console: Console | None = None) -> None:
    """Checks, outcome, provenance and the places to look at."""
    console = console or Console()
    if trial.verdict is not None:
        _print_checks(trial.verdict, console)
    run = trial.run
    console.print(f"判定: {OUTCOMES[run.outcome]}" + (f"（{CAUSES[run.cause]}）" if run.cause else ""))
    if run.message and run.outcome not in ("passed", "failed"):
        console.print(f"理由: {escape(run.message)}")
    console.print(f"応答: {PROVENANCES[run.provenance]}　モデル: {escape(run.model)}")
    if run.provenance == "authored":
        console.print("台本による操作見本です。モデルの性能を示すものではありません。")
    console.print(f"時間: {_timings(run)}")
    take = _short(trial.take)
    console.print(f"記録: {escape(take)}", soft_wrap=True)
    for name, what in (
        ("verdict.json", "照合結果"),
        ("session.cast", "録画（swallow-demo play で再生）"),
        ("work", "エージェントが作ったファイル"),
        ("screens", "場面ごとの画面"),
    ):
        if (trial.take / name).exists():
            console.print(f"  {name:<13} {what}")


def show_verdict(verdict: Verdict, console: Console | None = None) -> None:
    """The table of a verdict made again."""
    console = console or Console()
    _print_checks(verdict, console)
    cause = f"（{CAUSES[verdict.cause]}）" if verdict.cause else ""
    console.print(f"判定: {OUTCOMES[verdict.outcome]}{cause}")


def _print_checks(verdict: Verdict, console: Console) -> None:
    console.print(checks_table(verdict))
    for line in failures(verdict):
        console.print(line)


def checks_table(verdict: Verdict) -> Table:
    """One row a question; what was asked of both datasets stands side by side."""
    table = Table(title="検証結果", title_justify="left")
    table.add_column("検証項目", no_wrap=True, min_width=TITLE_CELLS)
    table.add_column("照合数", no_wrap=True, justify="right")
    for label in DATASETS.values():
        table.add_column(label)
    rows: dict[str, dict[str, Check]] = {}
    for check in verdict.checks:
        dataset, _, question = check.id.partition(".")
        if dataset in DATASETS:
            rows.setdefault(question, {})[dataset] = check
        else:
            rows[check.id] = {"seen": check}
    for found in rows.values():
        title = next(iter(found.values())).title
        for label in DATASETS.values():
            title = title.replace(f"（{label}）", "")
        compared = "／".join(dict.fromkeys(f"{check.compared:,}" for check in found.values()))
        table.add_row(escape(title), compared, *(_cell(found.get(name)) for name in DATASETS))
    return table


def _cell(check: Check | None) -> str:
    if check is None:
        return ""
    return f"{'[green]○[/]' if check.ok else '[bold red]×[/]'} {escape(check.actual)}"


def failures(verdict: Verdict) -> list[str]:
    """What did not hold, most basic first, each in a line; the rest stands in verdict.json."""
    failed = verdict.failed_checks
    lines = [
        f"[red]×[/] {escape(check.title)}: {escape('　'.join(t for t in (check.difference, check.detail) if t))}"
        for check in failed[:MOST_FAILURES]
    ]
    if len(failed) > MOST_FAILURES:
        lines.append(f"　ほか {len(failed) - MOST_FAILURES} 項目（verdict.json）")
    return lines


def _timings(run: RunRecord) -> str:
    names = (("dataset", "データ"), ("drive", "操作"), ("rerun", "再実行"), ("total", "合計"))
    return "　".join(f"{label} {run.timings_s[key]:.1f} 秒" for key, label in names if key in run.timings_s)


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
