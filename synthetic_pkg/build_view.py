"""The progress of a build on stderr: files written, seconds passed, seconds left. Used by synthetic_pkg.cli.

It runs no thread, so that worker processes can be forked beside it.
"""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class BuildProgress:
    """Shows tell(done, total) while it is entered, on a terminal; on a pipe it is silent."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("残り"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("グループと正解を計算", total=None)

    def __enter__(self) -> BuildProgress:
        if self._console.is_terminal:
            self._bar.start()
            self._bar.refresh()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def tell(self, done: int, total: int) -> None:
        """`done` of `total` files are written."""
        self._bar.update(self._task, description="ブックを作成", completed=done, total=total)
        if self._console.is_terminal:
            self._bar.refresh()
