"""Whether Claude Code's screen is still the one of the curated take: plays a rehearsal and compares scene by scene.

Takes a scenario's name, prints what changed and where, and writes a picture of each changed scene. Called by
`swallow-demo stage check`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from runner import scenario as scenarios
from runner.cast import Cast, CastError, read_cast
from runner.performing import BAD_INPUT, KIT_ERROR, PerformError, Wish, perform
from runner.record import CAST, CURATED, RunRecord, changed_files, path_from_here, read_run
from runner.scenario import KIT_ROOT
from runner.studio.fonts import FontError
from runner.studio.screen_changes import RowChange, changed_rows
from runner.studio.screens import MarkedScreen, screens_at_markers
from runner.studio.side_by_side import side_by_side, write_side_by_side
from runner.studio.stills import file_name
from runner.trial import Trial

FOLDER = "stage-check"
SHOWN_ROWS = 4  # of a scene, in the terminal; the picture shows all
KINDS = {"text": "文字", "colour": "色・書式"}


@dataclass(frozen=True)
class SceneCheck:
    """One marker: the screens of both takes, None where one did not come so far, and the rows that differ."""

    label: str
    golden: MarkedScreen | None
    now: MarkedScreen | None
    changes: tuple[RowChange, ...]

    @property
    def changed(self) -> bool:
        return self.golden is None or self.now is None or bool(self.changes)


def check_stage(name: str, golden: Path | None, out: Path | None, console: Console | None = None) -> bool:
    """Whether anything changed; says what. Raises PerformError."""
    console = console or Console(stderr=True)
    try:
        scenario = scenarios.load(scenarios.find(name))
    except scenarios.ScenarioError as error:
        raise PerformError(str(error), BAD_INPUT) from error
    own = KIT_ROOT / "recordings" / scenario.scenario
    golden = golden or own / CURATED
    run, cast = _golden(golden, scenario.scenario)
    with tempfile.TemporaryDirectory(prefix="swallow-stage-") as folder:
        trial = perform(name, Wish(Path(folder), pace="fast", seed=run.seed))
        checks = compared(cast, _played(trial))
    _say(checks, run, trial.run, console)
    try:
        _draw(checks, run, trial.run, (out or own / FOLDER), cast.size, console)
    except FontError as error:
        raise PerformError(str(error), KIT_ERROR) from error
    except OSError as error:
        raise PerformError(f"{error.filename}: {error.strerror}; choose another --out", BAD_INPUT) from error
    return any(check.changed for check in checks)


def compared(golden: Cast, now: Cast) -> list[SceneCheck]:
    """Every marker of either recording, in the golden one's order; one label's first with its first, and so on."""
    left = list(screens_at_markers(now))
    checks = []
    for screen in screens_at_markers(golden):
        match = next((one for one in left if one.label == screen.label), None)
        if match is not None:
            left.remove(match)
        rows = changed_rows(screen.cells, match.cells) if match else []
        checks.append(SceneCheck(screen.label, screen, match, tuple(rows)))
    return [*checks, *(SceneCheck(screen.label, None, screen, ()) for screen in left)]


def _golden(take: Path, scenario: str) -> tuple[RunRecord, Cast]:
    try:
        run = read_run(take)
        if run.scenario != scenario:
            raise PerformError(
                f"{take}: a take of {run.scenario}, not of {scenario}; give --golden TAKE", BAD_INPUT
            )
        if changed := changed_files(take, run):
            raise PerformError(f"{take}: {changed[0]} is not as it was recorded; restore it", BAD_INPUT)
        return run, read_cast(take / CAST)
    except CastError as error:
        raise PerformError(str(error), BAD_INPUT) from error
    except (OSError, ValueError) as error:
        raise PerformError(
            f"{take}: no take to compare with; record one and give it as --golden, or see `make curate`",
            BAD_INPUT,
        ) from error


def _played(trial: Trial) -> Cast:
    """The recording of the rehearsal; PerformError when it has not shown one scene."""
    try:
        return read_cast(trial.take / CAST)
    except CastError as error:
        raise PerformError(
            f"the rehearsal showed nothing: {trial.run.message or error}", KIT_ERROR
        ) from error


def _say(checks: Sequence[SceneCheck], golden: RunRecord, now: RunRecord, console: Console) -> None:
    versions = [run.versions.get("claude_code", "?") for run in (golden, now)]
    console.print(f"基準の録画: Claude Code {versions[0]}　今回: Claude Code {versions[1]}", highlight=False)
    for check in checks:
        if not check.changed:
            continue
        console.print(
            f"[bold red]変化あり[/] 「{escape(check.label)}」{_where(check)}", highlight=False, soft_wrap=True
        )
        for change in check.changes[:SHOWN_ROWS]:
            console.print(f"  {change.row}行目（{KINDS[change.kind]}）", highlight=False)
            console.print(f"    基準: {escape(change.golden)}", highlight=False, soft_wrap=True)
            if change.kind == "text":
                console.print(f"    今回: {escape(change.now)}", highlight=False, soft_wrap=True)
    if now.outcome not in ("passed", "failed"):
        console.print(
            f"今回の実行は途中で止まりました: {escape(now.message)}", highlight=False, soft_wrap=True
        )
    changed = sum(check.changed for check in checks)
    if not changed:
        console.print(f"変化なし: {len(checks)}場面の画面は基準の録画と同じです")
        return
    console.print(f"{len(checks)}場面のうち{changed}場面の画面が変わりました")
    if golden.dataset_id != now.dataset_id:
        console.print("基準の録画とは合成データの版が異なります。数字の違いはそのためかもしれません")


def _where(check: SceneCheck) -> str:
    if check.now is None:
        return ": 今回はこの場面まで進みませんでした"
    if check.golden is None:
        return ": 基準の録画にない場面です"
    rows = "、".join(str(change.row) for change in check.changes)
    return f": {len(check.changes)}行（{rows}行目）"


def _draw(
    checks: Sequence[SceneCheck],
    golden: RunRecord,
    now: RunRecord,
    folder: Path,
    size: tuple[int, int],
    console: Console,
) -> None:
    """A picture of each changed scene into `folder`; what an earlier check left there goes."""
    if folder.is_dir():
        for old in folder.iterdir():
            if re.fullmatch(r"\d{2}-.+\.png", old.name):
                old.unlink()
    changed = [(number, check) for number, check in enumerate(checks, start=1) if check.changed]
    if not changed:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number, check in changed:
        heads = (
            f"基準　{check.label}　Claude Code {golden.versions.get('claude_code', '?')}",
            f"今回　{check.label}　Claude Code {now.versions.get('claude_code', '?')}",
        )
        path = folder / f"{file_name(number, check.label)}.png"
        write_side_by_side(path, side_by_side(check.golden, check.now, check.changes, heads, size))
        console.print(f"  {path_from_here(path)}　左が基準、右が今回", highlight=False, soft_wrap=True)
