"""The street of docs/architecture.md, held: downward imports, one way to start a process, safe YAML.

Each rule is a pure function over {module name: source}; it is tried on the real packages and on small
sources that break it, so a rule that has gone blind is noticed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Sources = dict[str, str]
ROOT = Path(__file__).resolve().parents[1]

# The houses of the street, from the top. A module that is not named here is a part of whatever imports it:
# what it reaches counts for its importer. Each package of the runner is one house.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("runner.cli",),
    ("runner.stage_check",),
    ("runner.performing",),
    ("runner.progress", "runner.show", "runner.highlighting"),
    ("runner.trial",),
    ("runner.driving", "runner.grading", "runner.stills", "runner.retake"),
    ("runner.stage",),
    (
        "runner.drive_claude",
        "runner.recorder",
        "runner.verify_outputs",
        "runner.workspace",
        "runner.rerun",
        "runner.tap",
        "runner.rehearsal",
    ),
    (
        "runner.scenario",
        "runner.screen",
        "runner.sandbox",
        "runner.services",
        "runner.checks",
        "runner.verdict",
        "runner.studio",
    ),
    ("runner.child",),
)
PACKAGE_HOUSES = ("runner.tap", "runner.rehearsal", "runner.inside", "runner.studio", "runner.checks")
# The verdict is a pure function over files: it must not be able to run, drive or fetch anything.
OUT_OF_THE_VERDICTS_REACH = (
    "runner.child",
    "runner.sandbox",
    "runner.rerun",
    "runner.workspace",
    "runner.drive_claude",
    "runner.recorder",
    "runner.tap",
    "runner.rehearsal",
)

PROCESS_STARTERS = frozenset(
    [
        f"subprocess.{name}"
        for name in ("run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput")
    ]
    + [
        f"os.{kind}{how}"
        for kind in ("exec", "spawn")
        for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")
    ]
    + [
        "os.fork",
        "os.forkpty",
        "os.popen",
        "os.system",
        "os.posix_spawn",
        "os.posix_spawnp",
        "pty.fork",
        "pty.spawn",
    ]
    + [
        "pexpect.spawn",
        "pexpect.spawnu",
        "pexpect.run",
        "pexpect.pty_spawn",
        "pexpect.popen_spawn",
        "pexpect.pxssh",
    ]
    + ["asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "asciinema_automation"]
)
# asciinema-automation starts the recorder's pexpect process itself.
MAY_START = {"runner.child": PROCESS_STARTERS, "runner.recorder": frozenset({"asciinema_automation"})}
UNSAFE_YAML = frozenset(
    [f"yaml.{kind}load{how}" for kind in ("", "full_", "unsafe_") for how in ("", "_all")]
    + [f"yaml.{kind}Loader" for kind in ("", "Full", "Unsafe", "C", "CFull", "CUnsafe")]
)


def package_sources(*packages: str) -> Sources:
    """The sources of whole packages of this checkout, by module name."""
    files = sorted(file for package in packages for file in (ROOT / package).rglob("*.py"))
    names = {
        file: ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in files
    }
    return {names[file]: file.read_text(encoding="utf-8") for file in files}


def imported(module: str, source: str) -> Iterator[str]:
    """Every dotted name that a module imports, also within functions; relative imports made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(module.split(".")[: -node.level]) + "." if node.level else ""
            origin = (base + (node.module or "")).strip(".")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def houses(sources: Sources) -> dict[str, set[str]]:
    """Which house imports which, within the given sources."""

    def house(name: str) -> str | None:
        while name and name not in sources:
            name = name.rpartition(".")[0]
        inner = [package for package in PACKAGE_HOUSES if name == package or name.startswith(package + ".")]
        return inner[0] if inner else name or None

    graph: dict[str, set[str]] = {}
    for module, source in sources.items():
        own = house(module) or module
        found = {house(name) for name in imported(module, source)}
        graph.setdefault(own, set()).update(name for name in found if name and name != own)
    return {name: {target for target in targets if "." in target} for name, targets in graph.items()}


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """All that a house reaches, directly or through others."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        fresh = graph.get(todo.pop(), set()) - seen
        seen |= fresh
        todo += fresh
    return seen


def upward_imports(sources: Sources) -> list[str]:
    """Imports that run up the street or in a circle."""
    graph = houses(sources)
    floor_of = {name: number for number, names in enumerate(FLOORS) for name in names}
    wrong = []
    for name in sorted(graph):
        below = reached(graph, name)
        if name in below:
            wrong.append(f"{name} imports itself in a circle")
        wrong += [
            f"{name} reaches up to {target}"
            for target in sorted(below)
            if floor_of.get(target, len(FLOORS)) < floor_of.get(name, -1)
        ]
    return wrong


def impure_verdict(sources: Sources) -> list[str]:
    below = reached(houses(sources), "runner.verify_outputs")
    return [f"runner.verify_outputs reaches {name}" for name in OUT_OF_THE_VERDICTS_REACH if name in below]


def runner_in_the_data(sources: Sources) -> list[str]:
    data = {module: source for module, source in sources.items() if module.split(".")[0] == "synthetic_pkg"}
    return [
        f"{module} imports {name}"
        for module, source in data.items()
        for name in imported(module, source)
        if name.split(".")[0] == "runner"
    ]


def strangers_inside(sources: Sources) -> list[str]:
    """What runs inside the sandbox finds the standard library there and nothing else."""
    inside = {module: source for module, source in sources.items() if module.startswith("runner.inside")}
    return [
        f"{module} imports {name}"
        for module, source in inside.items()
        for name in imported(module, source)
        if name.split(".")[0] not in sys.stdlib_module_names
    ]


def used_names(module: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, full dotted name) of each import and each use of an imported name, annotations left out."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    annotations: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            plain = [alias.name.split(".")[0] for alias in node.names if not alias.asname]
            known |= {name: name for name in plain}
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        notes = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        annotations |= {id(part) for note in notes if isinstance(note, ast.AST) for part in ast.walk(note)}
    yield from ((0, name) for name in imported(module, source))
    for node in ast.walk(tree):
        if id(node) in annotations or not isinstance(node, ast.Attribute | ast.Name):
            continue
        first, *rest = ast.unparse(node).split(".")
        if first in known:
            yield node.lineno, ".".join([known[first], *rest])


def uses(
    sources: Sources, banned: frozenset[str], allowed: dict[str, frozenset[str]] | None = None
) -> list[str]:
    """Uses of banned names (a banned package stands for all within it) outside the modules that may."""
    found = set()
    for module, source in sources.items():
        may = (allowed or {}).get(module, frozenset())
        for line, name in used_names(module, source):
            parts = name.split(".")
            hits = {".".join(parts[: n + 1]) for n in range(len(parts))} & (banned - may)
            found |= {f"{module}:{line} uses {hit}" if line else f"{module} imports {hit}" for hit in hits}
    return sorted(found)


def processes_started(sources: Sources) -> list[str]:
    outside = {module: source for module, source in sources.items() if not module.startswith("runner.inside")}
    return uses(outside, PROCESS_STARTERS, MAY_START)


def unsafe_yaml(sources: Sources) -> list[str]:
    return uses(sources, UNSAFE_YAML)


RULES: tuple[Callable[[Sources], list[str]], ...] = (
    upward_imports,
    impure_verdict,
    runner_in_the_data,
    strangers_inside,
    processes_started,
    unsafe_yaml,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_this_checkout_keeps_the_rule(rule: Callable[[Sources], list[str]]) -> None:
    sources = package_sources("runner", "synthetic_pkg")
    assert len(sources) > 20, "the packages were not found"
    assert rule(sources) == []


def test_every_floor_names_houses_that_stand() -> None:
    standing = set(houses(package_sources("runner", "synthetic_pkg")))
    assert {name for floor in FLOORS for name in floor} - standing == set()
    assert set(OUT_OF_THE_VERDICTS_REACH) - standing == set()


BREACHES: tuple[tuple[Callable[[Sources], list[str]], Sources, str], ...] = (
    (
        upward_imports,
        {"runner.child": "import runner.trial", "runner.trial": ""},
        "runner.child reaches up to runner.trial",
    ),
    (
        upward_imports,
        {
            "runner.screen": "def later():\n    from runner import bits",
            "runner.bits": "from .tap.proxy import serve",
            "runner.tap.proxy": "",
        },
        "runner.screen reaches up to runner.tap",
    ),
    (
        upward_imports,
        {"runner.a": "import runner.b", "runner.b": "from runner.a import x"},
        "runner.a imports itself in a circle",
    ),
    (
        impure_verdict,
        {
            "runner.verify_outputs": "import runner.bits",
            "runner.bits": "import runner.child",
            "runner.child": "",
        },
        "runner.verify_outputs reaches runner.child",
    ),
    (
        runner_in_the_data,
        {"synthetic_pkg.ledger": "from runner import x"},
        "synthetic_pkg.ledger imports runner.x",
    ),
    (
        strangers_inside,
        {"runner.inside.hook": "import json, pydantic"},
        "runner.inside.hook imports pydantic",
    ),
    (
        processes_started,
        {"runner.x": "import subprocess as s\ns.run(['x'])"},
        "runner.x:2 uses subprocess.run",
    ),
    (processes_started, {"runner.x": "from os import execv"}, "runner.x imports os.execv"),
    (
        processes_started,
        {"runner.x": "import pexpect\na = pexpect.spawn('sh')"},
        "runner.x:2 uses pexpect.spawn",
    ),
    (
        processes_started,
        {"runner.recorder": "import os\nos.system('ls')"},
        "runner.recorder:2 uses os.system",
    ),
    (
        processes_started,
        {"runner.x": "from asciinema_automation.script import Script"},
        "runner.x imports asciinema_automation",
    ),
    (
        unsafe_yaml,
        {"runner.x": "import yaml\nyaml.load(a, Loader=yaml.SafeLoader)"},
        "runner.x:2 uses yaml.load",
    ),
    (unsafe_yaml, {"runner.x": "from yaml import unsafe_load"}, "runner.x imports yaml.unsafe_load"),
)


@pytest.mark.parametrize(("rule", "sources", "finding"), BREACHES)
def test_a_breach_is_seen(rule: Callable[[Sources], list[str]], sources: Sources, finding: str) -> None:
    assert finding in rule(sources)


ALLOWED: tuple[Sources, ...] = (
    {"runner.screen": "import pexpect\ndef f(p: pexpect.spawn[bytes]) -> None:\n    raise pexpect.EOF('x')"},
    {"runner.services": "import subprocess\nx = subprocess.PIPE"},
    {"runner.child": "import subprocess\nsubprocess.Popen(['x'])"},
    {"runner.inside.relay": "import subprocess\nsubprocess.run(['x'])"},
    {"runner.recorder": "import asciinema_automation.script, runner.drive_claude", "runner.drive_claude": ""},
    {"runner.scenario": "import yaml\nyaml.safe_load('a: 1')"},
    {"runner.cli": "import runner.trial", "runner.trial": "from runner import child", "runner.child": ""},
)


@pytest.mark.parametrize("sources", ALLOWED)
def test_what_is_allowed_is_let_through(sources: Sources) -> None:
    assert [finding for rule in RULES for finding in rule(sources)] == []
