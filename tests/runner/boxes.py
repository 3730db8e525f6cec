"""Real sandboxes for tests: a box around one folder, programs run in it, and the life of an ordinary user.

Everything here runs the same as root and as an ordinary user; `as_ordinary_user` lets a suite that root started
run its tests a second time without any privilege.
"""

from __future__ import annotations

import itertools
import json
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner import child, sandbox
from runner.agent_python import find_agent_python
from runner.folders import give_to
from runner.sandbox import Bind, Box, Limits

ROOT = Path(__file__).resolve().parents[2]
ORDINARY_UID = 12_345
ORDINARY = "the tests run a second time as an ordinary user"
WALL_S = 60.0
FOLDER = "作業 フォルダ (日本)"


@dataclass
class TestBox:
    """A sandbox around one work folder whose name has spaces and Japanese in it."""

    __test__ = False

    private: Path
    box: Box
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def work(self) -> Path:
        return self.private / FOLDER

    def argv(self, argv: Sequence[str], host: sandbox.Host | None = None) -> list[str]:
        return sandbox.command(self.box, argv, self.private / f"{next(self._numbers)}.args", host)

    def run(self, argv: Sequence[str], wall_s: float = WALL_S) -> child.Completed:
        return child.run(self.argv(argv), timeout_s=wall_s, grace_s=0)

    def python(self, program: str, wall_s: float = WALL_S) -> child.Completed:
        """Runs a program with the agent's Python, inside."""
        return self.run([sandbox.PYTHON, "-c", program], wall_s)

    def sees(self, program: str) -> Any:
        """What a program prints as JSON, inside.

        Raises:
            AssertionError: it failed; shows what it said.
        """
        done = self.python(program)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def limited(self, **limits: int) -> TestBox:
        """The same box with other limits."""
        return replace(self, box=replace(self.box, limits=Limits(**limits)))


def make_box(private: Path) -> TestBox:
    """A box with the agent's Python around a new folder below `private`."""
    work = private / FOLDER
    work.mkdir()
    give_to(work, sandbox.preflight().agent_uid)
    python = find_agent_python()
    return TestBox(
        private,
        Box(
            binds=[*sandbox.etc(private / "etc"), *python.binds(), Bind(work, sandbox.WORK, writable=True)],
            environment=sandbox.shell_environment() | python.environment(),
        ),
    )


def as_ordinary_user(tests: Sequence[Path], temporary: Path) -> list[str]:
    """The command that runs these test files as a uid without privileges, on the machine such a user would have.

    Folders closed to others on the way to the checkout and to the base interpreter are replaced by open ones that
    hold just these two: what an ordinary user's own folders would be.
    """
    needed = [Path(sys.base_prefix), ROOT, temporary]
    world = ["--dev-bind", "/", "/"]
    for path in needed:
        closed = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH]
        if closed:
            made = [folder for folder in reversed(path.parents) if folder.is_relative_to(closed[0])]
            world += ["--perms", "0755", "--tmpfs", str(made[0])]
            world += [word for folder in made[1:] for word in ("--perms", "0755", "--dir", str(folder))]
            world += ["--bind", str(path), str(path)]
    os.chown(temporary, ORDINARY_UID, ORDINARY_UID)
    drop = ["/usr/bin/setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups"]
    drop += ["--inh-caps=-all", "--bounding-set=-all", "--"]
    pytest = [sys.executable, "-B", "-m", "pytest", "-q", "-x", f"--basetemp={temporary / 'of-pytest'}"]
    return ["bwrap", *world, "--chdir", str(ROOT), "--", *drop, *pytest, *map(str, tests)]
