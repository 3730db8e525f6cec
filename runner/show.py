"""The short table at the end of a trial: every check, the outcome, where to look. Japanese: accountants read it."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runner.outcome import Outcome
from runner.record import PROVENANCE_LABELS, RunRecord, path_from_here
from runner.trial import Trial
from runner.verdict import Cause, Check, Verdict
from runner.verdict_page import accounting, questions, reasons
from runner.words import CAUSES, DATASETS, HELD_OUT, OUTCOMES, REHEARSAL_NOTICE

STYLES: dict[Outcome, str] = {"passed": "bold green", "failed": "bold red", "blocked": "bold red"}
MOST_FAILURES = 4
INSTALLED = ".venv/bin/swallow-demo"
TITLE_CELLS = 20  # the longest title; narrower columns would cut it on a terminal of 80


def show_trial(trial: Trial, console: Console | None = None) -> None:
    """Checks, outcome, provenance and the places to look at."""
    console = console or Console()
    if trial.verdict is not None:
        _print_checks(trial.verdict, console)
    run = trial.run
    console.print(_outcome(run.outcome, run.cause))
    if run.message and run.outcome not in ("passed", "failed", "interrupted"):
        console.print(f"理由: {escape(run.message)}")
    _print_provenance(run, console)
    if kept := sorted({scene.take_id for scene in run.scenes} - {run.take_id}):
        anew = "、".join(scene.marker for scene in run.scenes if scene.take_id == run.take_id)
        console.print(f"録り直した場面: {escape(anew)}（ほかの場面は {'、'.join(kept)} の録画）")
    for note in run.notes:
        console.print(f"注記: {escape(note)}")
    console.print(f"時間: {_timings(run)}")
    take = path_from_here(trial.take)
    console.print(f"記録: {escape(take)}", soft_wrap=True)
    for name, what in (
        ("verdict.html", "検証結果（ブラウザで開く）"),
        ("verdict.json", "照合結果"),
        ("session.cast", "録画（swallow-demo play で再生）"),
        ("work", "エージェントが作ったファイル"),
        ("screens", "場面ごとの画面"),
    ):
        if (trial.take / name).exists():
            console.print(f"  {name:<13} {what}")


def show_next(trial: Trial, console: Console | None = None) -> None:
    """The command to type next, for a take with a verdict: its film, or what there is to be looked at."""
    console = console or Console()
    if trial.verdict is None:
        return
    what = ("highlight", "動画を作成") if trial.run.mode == "interactive" else ("verify", "もう一度検証")
    if not trial.has_story and trial.run.mode == "interactive":
        what = ("play", "録画を再生")
    console.print(f"次の操作（{what[1]}）:")
    console.print(
        f"  {program()} {what[0]} {shlex.quote(path_from_here(trial.take))}", markup=False, soft_wrap=True
    )


def program() -> str:
    """How this kit's command is typed from here."""
    return INSTALLED if Path(INSTALLED).is_file() else "swallow-demo"


def one_line(trial: Trial) -> str:
    """Scenario, outcome, seconds and place of a take, for a list of takes."""
    run = trial.run
    told = f"（{escape(run.message)}）" if run.message and run.outcome not in ("passed", "failed") else ""
    ended = f"{_outcome(run.outcome, run.cause)}{told}　{run.timings_s['total']:.0f} 秒"
    return f"{run.scenario}　{ended}　{escape(path_from_here(trial.take))}"


def show_verdict(
    verdict: Verdict, run: RunRecord, changed: list[str], console: Console | None = None
) -> None:
    """The table of a verdict made again, with what has changed in the take since it was recorded."""
    console = console or Console()
    _print_checks(verdict, console)
    console.print(_outcome(verdict.outcome, verdict.cause))
    _print_provenance(run, console)
    if changed:
        names = "、".join(changed[:MOST_FAILURES]) + ("、ほか" if len(changed) > MOST_FAILURES else "")
        console.print(
            f"[bold red]注意: 記録後に変更されたファイルが {len(changed)} 件あります[/]（{escape(names)}）"
        )


def _print_provenance(run: RunRecord, console: Console) -> None:
    """Who answered, under which name; the name that was asked for too where it differs."""
    model = run.answered_by or run.model
    asked = f"（指定: {run.model}）" if model != run.model else ""
    console.print(f"応答: {PROVENANCE_LABELS[run.provenance]}　モデル: {escape(model + asked)}")
    if run.provenance == "authored":
        console.print(REHEARSAL_NOTICE)


def _print_checks(verdict: Verdict, console: Console) -> None:
    console.print(checks_table(verdict))
    for line in failures(verdict):
        console.print(line)


def checks_table(verdict: Verdict) -> Table:
    """One row a question; what was asked of both datasets stands side by side."""
    table = Table(
        title="検証結果",
        title_justify="left",
        caption=f"{DATASETS['heldout']}: {HELD_OUT}（同じスクリプトを再実行）",
        caption_justify="left",
    )
    table.add_column("検証項目", no_wrap=True, min_width=TITLE_CELLS)
    table.add_column("照合数", no_wrap=True, justify="right")
    for label in DATASETS.values():
        table.add_column(label)
    for question in questions(verdict):
        cells = (_cell(question.asked.get(name)) for name in DATASETS)
        table.add_row(escape(question.title), question.compared, *cells)
    return table


def _cell(check: Check | None) -> str:
    if check is None:
        return ""
    return f"{'[green]○[/]' if check.ok else '[bold red]×[/]'} {escape(accounting(check.actual))}"


def failures(verdict: Verdict) -> list[str]:
    """Why it did not hold, most basic first, each cause once; the checks by themselves stand in verdict.html."""
    found = reasons(verdict)
    lines: list[str] = []
    for reason in found[:MOST_FAILURES]:
        lines.append(f"[red]×[/] {escape(reason.heading)}")
        told = (("該当", reason.concerned), ("差異", reason.differences), ("根拠", reason.evidence))
        lines += [f"　{label}: {escape(text)}" for label, text in told if text]
    if len(found) > MOST_FAILURES:
        lines.append(f"　ほか {len(found) - MOST_FAILURES} 件の原因（verdict.html）")
    lines += [f"上限に達したもの: {escape(line)}" for line in verdict.limits]
    if verdict.strays:
        names = "、".join(verdict.strays[:MOST_FAILURES])
        more = (
            f"、ほか {len(verdict.strays) - MOST_FAILURES} 件" if len(verdict.strays) > MOST_FAILURES else ""
        )
        lines.append(f"依頼にないファイル: {escape(names)}{more}")
    return lines


def _outcome(outcome: Outcome, cause: Cause | None) -> str:
    style = STYLES.get(outcome, "bold yellow")
    return f"判定: [{style}]{OUTCOMES[outcome]}[/]" + (f"（{CAUSES[cause]}）" if cause else "")


def _timings(run: RunRecord) -> str:
    names = (("dataset", "データ"), ("drive", "操作"), ("rerun", "再実行"), ("total", "合計"))
    return "　".join(f"{label} {run.timings_s[key]:.1f} 秒" for key, label in names if key in run.timings_s)
