"""Finds the Python that the agent has in its sandbox and says what of it is bound where.

Takes the folder that tools/build_agent_python.py made; gives an `AgentPython`. Called by `rerun` and the trial.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from runner.sandbox import AGENT_PYTHON, BASE_PYTHON, Bind, SandboxError

FOLDER = Path(__file__).resolve().parents[1] / ".agent-python"
RECORD = "base.json"


@dataclass(frozen=True)
class AgentPython:
    """The relocated Python: its tree, and the interpreter it rests on."""

    tree: Path
    base_prefix: Path
    version: str
    """Major and minor number, as in `python3.11`."""

    def binds(self) -> list[Bind]:
        """The tree at /opt/agent; the interpreter and its standard library, no more, at /opt/python."""
        python, library = f"bin/python{self.version}", f"lib/python{self.version}"
        return [
            Bind(self.tree, AGENT_PYTHON),
            Bind(self.base_prefix / python, f"{BASE_PYTHON}/{python}"),
            Bind(self.base_prefix / library, f"{BASE_PYTHON}/{library}"),
            *(Bind(file, f"{BASE_PYTHON}/lib/{file.name}") for file in self._shared_libraries()),
            *self._cover(f"{library}/site-packages"),
        ]

    def _cover(self, installed: str) -> list[Bind]:
        """An empty folder over what this machine's owner installed beside the standard library."""
        if not (self.base_prefix / installed).is_dir():
            return []
        empty = self.tree.parent / "empty"
        empty.mkdir(exist_ok=True)
        if empty.stat().st_mode & 0o055 != 0o055:
            empty.chmod(0o755)  # the agent runs under another uid, whatever the umask was
        return [Bind(empty, f"{BASE_PYTHON}/{installed}")]

    def environment(self) -> dict[str, str]:
        """A shared libpython is looked for where it was built, which is not inside: this says where it is."""
        return {"LD_LIBRARY_PATH": f"{BASE_PYTHON}/lib"} if self._shared_libraries() else {}

    def _shared_libraries(self) -> list[Path]:
        return sorted((self.base_prefix / "lib").glob(f"libpython{self.version}*.so*"))


def find_agent_python(folder: Path = FOLDER) -> AgentPython:
    """The agent's Python of this checkout.

    Raises:
        SandboxError: it has not been built, or the interpreter it rests on is gone.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SandboxError(f"the agent's Python is not built ({folder}): run `make setup`") from error
    found = AgentPython(folder / "tree", Path(record["base_prefix"]), record["version"])
    if not (found.base_prefix / "bin" / f"python{found.version}").exists():
        raise SandboxError(
            f"the agent's Python rests on {found.base_prefix}, which is gone: "
            f"run `rm -r '{folder}'; make setup`"
        )
    return found
