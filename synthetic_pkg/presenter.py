"""Shows the presenter, in Japanese, what was planted in a dataset and why. Called by synthetic_pkg.cli.

Reads answers.json and manifest.json; opens no workbook.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from synthetic_pkg.answers import Anomaly, Answers, Normalisation, Trap, load_answers
from synthetic_pkg.intercompany import BALANCES, TRADE
from synthetic_pkg.irregularities import KINDS
from synthetic_pkg.irregularities.base import figure
from synthetic_pkg.manifest import Manifest, load_manifest

TREATMENTS = {"fix": "修正", "keep": "採用", "exclude": "除外"}  # as 要領 says
SEVERITIES = {1: "軽微：金額に影響しない", 2: "通常", 3: "重大：集計に大きく影響する"}
DEALINGS = (BALANCES, TRADE)
NEAR = 4  # ids shown when one is not there
WIDE = 200  # columns on a pipe, where nothing should be folded


class PresenterError(Exception):
    """There is no such dataset or item; the message says where and what to do."""


def show_planted(folder: Path) -> None:
    """A table of every root cause; traps and unusual notations by kind and count."""
    answers, manifest = _read(folder)
    console = _console()
    title = f"{answers.dataset_id}：仕込み {len(answers.anomalies)} 件（{manifest.companies} 社）"
    table = Table(title=title, title_justify="left")
    table.add_column("root id", no_wrap=True)
    table.add_column("会社", no_wrap=True)
    table.add_column("種類")
    table.add_column("シート・セル")
    table.add_column("何を仕込んだか", ratio=1)
    table.add_column("検査番号", no_wrap=True)
    titles = _titles()
    for item in sorted(answers.anomalies, key=lambda item: item.root_id):
        place = " ".join(part for part in (item.sheet, item.cell) if part)
        table.add_row(
            item.root_id, item.company, titles.get(item.kind, item.kind), place, item.why, item.check_id
        )
    console.print(table)
    console.print(_counted(answers))


def _counted(answers: Answers) -> Table:
    """Traps and unusual places by kind; the cells of one normalisation count as one."""
    table = Table(title="報告の対象ではないもの", title_justify="left")
    table.add_column("区分", no_wrap=True)
    table.add_column("種類")
    table.add_column("件数", justify="right")
    groups = {
        "わな（報告すると誤報）": Counter(trap.kind for trap in answers.traps),
        "正規化（表記・様式の違い）": Counter({n.root_id: n.kind for n in answers.normalisations}.values()),
    }
    titles = _titles()
    for group, counts in groups.items():
        for kind, count in sorted(counts.items()):
            table.add_row(group, titles.get(kind, kind), str(count))
        table.add_row(group, "計", str(counts.total()), end_section=True)
    return table


def show_item(folder: Path, root_id: str) -> None:
    """Everything about one root cause, trap or normalised place, by its id."""
    answers, manifest = _read(folder)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    for label, text in _facts(answers, manifest, root_id):
        table.add_row(label, text)
    _console().print(table)


def _facts(answers: Answers, manifest: Manifest, root_id: str) -> list[tuple[str, str]]:
    for item in answers.anomalies:
        if item.root_id == root_id:
            return _root_facts(item, manifest)
    for trap in answers.traps:
        if trap.trap_id == root_id:
            return _trap_facts(trap, manifest)
    places = [item for item in answers.normalisations if item.root_id == root_id]
    if places:
        return _notation_facts(places, manifest)
    raise PresenterError(_unknown(answers, root_id))


def _unknown(answers: Answers, root_id: str) -> str:
    """How many ids there are, those that look most like the one asked for, and who lists them all."""
    ids = {a.root_id for a in answers.anomalies} | {n.root_id for n in answers.normalisations}
    ids |= {trap.trap_id for trap in answers.traps}
    near = sorted(sorted(ids), key=lambda known: -SequenceMatcher(None, root_id.upper(), known).ratio())
    such = f", such as {', '.join(near[:NEAR])}" if near else ""
    return (
        f"--root {root_id}: nothing of this id was planted; there are {len(ids)} ids{such}; "
        "python -m synthetic_pkg inspect DIR lists every root cause"
    )


def _root_facts(item: Anomaly, manifest: Manifest) -> list[tuple[str, str]]:
    others = [f"会社 {s.company}・検査 {'、'.join(s.check_ids)}" for s in item.accepted]
    return [
        ("仕込み", f"{item.root_id}　{_titles().get(item.kind, item.kind)}"),
        ("どこ", _place(item)),
        ("ファイル", _files(manifest, item.company)),
        ("報告値", _shown(item.observed)),
        ("期待値", _shown(item.expected_value)),
        ("なぜ", item.why),
        *([("要領の書き方", item.as_ruled)] if item.as_ruled else []),
        ("検査番号", item.check_id),
        ("処理", TREATMENTS[item.treatment]),
        ("重要度", f"{item.severity}（{SEVERITIES[item.severity]}）"),
        ("正解とする報告", " / ".join(others)),
        ("似ているが別の検査", "、".join(item.must_not_report) or "なし"),
    ]


def _place(item: Anomaly) -> str:
    """Company, sheet and cell; a row that was taken out of 08 or 09 has no cell."""
    where = f"会社 {item.company}　{item.sheet or 'ファイル全体'} {item.cell}".rstrip()
    is_gone = item.sheet[:2] in DEALINGS and not item.cell
    return f"{where}（消した行なので、このブックに行もセルもない）" if is_gone else where


def _trap_facts(trap: Trap, manifest: Manifest) -> list[tuple[str, str]]:
    where = " ".join([*(trap.sheets or ()), *(trap.cells or ())])
    return [
        ("わな", trap.trap_id),
        ("どこ", f"会社 {trap.company}　{where}".rstrip()),
        ("ファイル", _files(manifest, trap.company)),
        ("なぜ", trap.why),
        ("誤報となる検査", "、".join(trap.check_ids)),
    ]


def _notation_facts(places: list[Normalisation], manifest: Manifest) -> list[tuple[str, str]]:
    first = places[0]
    rows = [
        ("正規化", f"{first.root_id}　{_titles().get(first.kind, first.kind)}"),
        ("ファイル", _files(manifest, first.company)),
    ]
    return rows + [
        (f"{p.sheet} {p.cell}".strip(), f"{_shown(p.observed)} → {_shown(p.value)}") for p in places
    ]


def _files(manifest: Manifest, company: str) -> str:
    own = [f.path for f in manifest.files if f.company_code == company and "/" not in f.path]
    return "、".join(own) or "提出なし"


def _shown(value: int | str | None) -> str:
    return "なし" if value is None else figure(value) if isinstance(value, int) else value or "（空欄）"


def _titles() -> dict[str, str]:
    """Kinds with their Japanese names; a kind's trap is something that resembles it."""
    traps = {
        kind.trap_id: f"{kind.trap_id} {kind.title}{'に見えるもの' if kind.plant else ''}"
        for kind in KINDS
        if kind.trap_id
    }
    return traps | {kind.id: f"{kind.id} {kind.title}" for kind in KINDS if kind.plant}


def _console() -> Console:
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=WIDE)


def _read(folder: Path) -> tuple[Answers, Manifest]:
    try:
        return load_answers(folder / "answers.json"), load_manifest(folder / "manifest.json")
    except OSError as error:
        raise PresenterError(
            f"{error.filename}: {error.strerror}; give the folder that build made, with answers.json in it"
        ) from error
    except ValidationError as error:
        raise PresenterError(f"{folder}: not the answers of a dataset: {error.errors()[0]['msg']}") from error
