"""The one thread that forks, living as long as the process; called by `child` alone.

The kernel's "die with your parent" follows the thread that started a child, not its process: a child started
by a worker would die with the worker.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_lock = threading.Lock()
_executor: ThreadPoolExecutor | None = None


def call(start: Callable[[], _T]) -> _T:
    """Runs `start` on the thread and gives its result, or raises its error."""
    global _executor
    with _lock:
        if _executor is None:
            _executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")
        executor = _executor
    return executor.submit(start).result()


def _forget() -> None:
    """A forked worker does not have its parent's thread."""
    global _executor, _lock
    _executor, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
