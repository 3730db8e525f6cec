"""The agent's scripts, run again: fresh folder, pristine input, and hostile scripts that gain nothing."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from runner.agent_python import AgentPython, find_agent_python
from runner.rerun import RerunLimits, RerunResult, rerun
from runner.sandbox import MIB, SandboxError
from runner.verdict import ScriptRun
from tests.runner.sandbox.watching import gone

SMALL = RerunLimits(wall_s=20, cpu_s=20, disk_bytes=64 * MIB)
CANARY = "answers-canary-81b2"
Rerun = Callable[..., RerunResult]


@pytest.fixture
def again(tmp_path: Path) -> Rerun:
    """Reruns programs given as text, named a.py, b.py …, on an input folder with one file."""
    (tmp_path / "input" / "国内").mkdir(parents=True)
    (tmp_path / "input" / "国内" / "PKG_001.csv").write_text("金額\n100\n", encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scratch").mkdir()
    (tmp_path / f"{CANARY}.json").write_text(CANARY, encoding="utf-8")

    def rerun_texts(*programs: str, limits: RerunLimits = SMALL) -> RerunResult:
        scripts = [tmp_path / "scripts" / f"{name}.py" for name in "abcdef"[: len(programs)]]
        for script, program in zip(scripts, programs, strict=True):
            script.write_text(program, encoding="utf-8")
        return rerun_files(scripts, limits)

    def rerun_files(scripts: Sequence[Path], limits: RerunLimits) -> RerunResult:
        result = rerun(
            scripts,
            tmp_path / "input",
            tmp_path / "out",
            limits,
            agent_python=find_agent_python(),
            scratch=tmp_path / "scratch",
        )
        assert list((tmp_path / "scratch").iterdir()) == [], "the rerun left something behind"
        return result

    return rerun_texts


def only(result: RerunResult) -> ScriptRun:
    (script,) = result.evidence.scripts
    return script


def said(result: RerunResult, name: str = "a") -> str:
    return (result.output.parent / f"{name}.stdout.txt").read_text(encoding="utf-8")


# --- honest scripts ---------------------------------------------------------------------------------


def test_an_honest_scripts_output_is_brought_out(again: Rerun) -> None:
    result = again(
        "import pandas as pd\n"
        "table = pd.read_csv('input/国内/PKG_001.csv')\n"
        "table.to_excel('output/集計結果.xlsx', index=False)\n"
        "print(table['金額'].sum())\n"
    )
    assert only(result).exit_code == 0 and only(result).limit is None, only(result).stderr_tail
    assert result.gathered.files == ["集計結果.xlsx"] and result.gathered.refused == {}
    assert said(result) == "100\n"


def test_a_later_script_finds_what_an_earlier_one_wrote(again: Rerun) -> None:
    result = again(
        "import os; os.makedirs('output/parts', exist_ok=True); open('output/parts/x', 'w').write('1')",
        "print(open('output/parts/x').read())",
    )
    assert said(result, "b") == "1\n" and result.gathered.files == ["parts/x"]


def test_a_later_script_runs_though_an_earlier_one_failed(again: Rerun) -> None:
    result = again("raise SystemExit('壊れた')", "print('動いた')")
    assert [script.exit_code for script in result.evidence.scripts] == [1, 0]
    assert result.evidence.scripts[0].stderr_tail == "壊れた\n"


def test_a_script_that_is_not_there_has_no_entry(tmp_path: Path, again: Rerun) -> None:
    again("print(1)")
    scripts = [tmp_path / "scripts" / "gone.py", tmp_path / "scripts" / "a.py"]
    result = rerun(
        scripts,
        tmp_path / "input",
        tmp_path / "out",
        SMALL,
        agent_python=find_agent_python(),
        scratch=tmp_path / "scratch",
    )
    assert [script.script for script in result.evidence.scripts] == ["a.py"]


def test_the_scripts_may_import_the_agents_other_modules(tmp_path: Path, again: Rerun) -> None:
    main, module = tmp_path / "scripts" / "main.py", tmp_path / "scripts" / "pkg_reader.py"
    main.write_text(
        "import pkg_reader; open('output/said.txt', 'w').write(pkg_reader.WORD)", encoding="utf-8"
    )
    module.write_text("WORD = '読込'", encoding="utf-8")
    result = rerun(
        [main],
        tmp_path / "input",
        tmp_path / "out",
        SMALL,
        agent_python=find_agent_python(),
        scratch=tmp_path / "scratch",
        modules=[module],
    )
    assert only(result).exit_code == 0, only(result).stderr_tail
    assert (result.output / "said.txt").read_text(encoding="utf-8") == "読込"


def test_the_scripts_may_import_a_folder_of_modules_and_find_nothing_else_in_it(
    tmp_path: Path, again: Rerun
) -> None:
    main, package = tmp_path / "scripts" / "main.py", tmp_path / "scripts" / "lib"
    package.mkdir()
    (package / "x.py").write_text("WORD = '読込'", encoding="utf-8")
    (package / "figures.csv").write_text("1,2", encoding="utf-8")
    main.write_text(
        "import os; from lib import x; open('output/said.txt', 'w').write(x.WORD + str(os.listdir('lib')))",
        encoding="utf-8",
    )
    result = rerun(
        [main],
        tmp_path / "input",
        tmp_path / "out",
        SMALL,
        agent_python=find_agent_python(),
        scratch=tmp_path / "scratch",
        modules=[package],
    )
    assert only(result).exit_code == 0, only(result).stderr_tail
    assert (result.output / "said.txt").read_text(encoding="utf-8") == "読込['x.py']"
    assert result.evidence.strays == []


def test_what_is_installed_beside_the_base_python_is_not_found(again: Rerun) -> None:
    result = again(
        "import sys, pathlib; base = pathlib.Path(sys.base_prefix) / 'lib';"
        "print([p.name for folder in base.glob('python3*/site-packages') for p in folder.iterdir()])"
    )
    assert said(result).strip() == "[]"


def test_the_record_beside_the_output_holds_evidence_and_limits(again: Rerun) -> None:
    result = again("open('output/x', 'w')")
    record = json.loads((result.output.parent / "rerun.json").read_text(encoding="utf-8"))
    assert record["evidence"]["scripts"][0]["script"] == "a.py"
    assert record["limits"]["wall_s"] == 20 and record["gathered"]["files"] == ["x"]


def test_two_processes_and_a_temporary_file_are_nothing_unusual(again: Rerun) -> None:
    result = again(
        "import tempfile\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "tempfile.mkdtemp()\n"
        "if __name__ == '__main__':\n    print(sum(ProcessPoolExecutor(2).map(abs, range(10))))\n"
    )
    assert said(result) == "45\n", only(result).stderr_tail


# --- hostile scripts --------------------------------------------------------------------------------


def test_neither_answers_nor_the_agents_folder_are_found(again: Rerun, tmp_path: Path) -> None:
    result = again(
        "import os\n"
        f"found = [n for _, ds, fs in os.walk('/') for n in ds + fs if {CANARY!r} in n]\n"
        f"print(found, os.path.exists({str(tmp_path)!r}), sorted(os.listdir('/work')), os.path.exists('/run/tap'))\n"
    )
    assert said(result) == "[] False ['a.py', 'input', 'output'] False\n"


def test_there_is_no_network(again: Rerun) -> None:
    result = again(
        "import socket\n"
        "for address in (('127.0.0.1', 11434), ('192.0.2.1', 80)):\n"
        "    try:\n        socket.create_connection(address, 2)\n        print('reached')\n"
        "    except OSError:\n        print('no')\n"
    )
    assert said(result) == "no\nno\n"


@pytest.mark.parametrize(
    "attack",
    [
        "open('input/国内/PKG_001.csv', 'w')",
        "import os; os.remove('input/国内/PKG_001.csv')",
        "import os; os.rename('input', 'elsewhere')",
        "open('input/new.csv', 'w')",
        "open('b.py', 'w')",
        "import os; os.remove('b.py')",
        "import os; os.replace('a.py', 'b.py')",
    ],
)
def test_neither_the_input_nor_the_other_script_can_be_changed(again: Rerun, attack: str) -> None:
    result = again(attack, "print(open('input/国内/PKG_001.csv').read().split())")
    assert result.evidence.scripts[0].exit_code == 1
    assert said(result, "b") == "['金額', '100']\n"


def test_links_pipes_and_sockets_stay_behind(again: Rerun) -> None:
    result = again(
        "import os, socket\nos.chdir('output')\n"
        "os.symlink('/etc/passwd', 'link.csv'); os.symlink('/', 'folder'); os.mkfifo('pipe')\n"
        "socket.socket(socket.AF_UNIX).bind('socket'); open('異常一覧.csv', 'w').write('x')\n"
    )
    assert result.gathered.files == ["異常一覧.csv"]
    assert result.gathered.refused == {
        "link.csv": "not a regular file (symbolic link)",
        "folder": "not a regular file (symbolic link)",
        "pipe": "not a regular file (pipe)",
        "socket": "not a regular file (socket)",
    }
    assert [path.name for path in result.output.iterdir()] == ["異常一覧.csv"]


@pytest.mark.parametrize("instead", ["os.symlink('/etc', 'output')", "open('output', 'w').close()"])
def test_something_else_in_the_place_of_the_output_folder_is_not_entered(again: Rerun, instead: str) -> None:
    result = again(f"import os; os.rmdir('output'); {instead}")
    assert result.gathered.files == [] and list(result.gathered.refused) == ["output"]
    assert list(result.output.iterdir()) == []


def test_folders_and_files_that_are_closed_do_not_stop_us(again: Rerun) -> None:
    result = again(
        "import os\nos.makedirs('output/closed/x'); open('output/secret', 'w').write('x')\n"
        "os.chmod('output/closed', 0); os.chmod('output/secret', 0); open('output/y', 'w')\n"
    )
    assert "y" in result.gathered.files
    if os.geteuid() != 0:
        assert set(result.gathered.refused) == {"closed", "secret"}


def test_a_name_that_is_no_text_stays_behind(again: Rerun) -> None:
    result = again("open(b'output/\\xff\\xfe', 'w'); open('output/x', 'w')")
    assert result.gathered.files == ["x"]
    assert list(result.gathered.refused.values()) == ["its name is not valid UTF-8"]


def test_a_maze_of_folders_is_left_at_some_depth(again: Rerun) -> None:
    result = again(
        "import os\nos.chdir('output')\nfor _ in range(300): os.mkdir('d'); os.chdir('d')\nopen('x', 'w')"
    )
    assert only(result).exit_code == 0 and result.gathered.files == []
    assert "folders deep" in next(iter(result.gathered.refused.values()))


@pytest.mark.parametrize(("name", "depth"), [("d", 1500), ("深" * 80, 40)])
def test_folders_deeper_than_a_path_can_say_do_not_stop_us(again: Rerun, name: str, depth: int) -> None:
    result = again(
        f"import os\nos.chdir('output')\nfor _ in range({depth}): os.mkdir({name!r}); os.chdir({name!r})"
    )
    assert result.gathered.files == []


def test_an_endless_loop_runs_out_of_processor_time(again: Rerun) -> None:
    script = only(again("while True: pass", limits=replace(SMALL, cpu_s=1)))
    assert (script.exit_code, script.timed_out, script.limit) == (None, True, "CPU time: 1 s")


def test_a_script_that_waits_for_ever_runs_out_of_wall_time(again: Rerun) -> None:
    marker = str(uuid.uuid4())
    program = f"import os; os.execv('/bin/sh', ['sh', '-c', 'sleep 300; : {marker}'])"
    script = only(again(program, limits=replace(SMALL, wall_s=0.5)))
    assert (script.exit_code, script.timed_out, script.limit) == (None, True, "wall time: 0.5 s")
    assert gone(marker)


def test_a_memory_hog_gets_a_memory_error(again: Rerun) -> None:
    script = only(again("data = bytearray(1 << 30)", limits=replace(SMALL, memory_bytes=512 * MIB)))
    assert script.exit_code == 1 and "MemoryError" in script.stderr_tail


def test_a_fork_bomb_ends_with_the_script(again: Rerun) -> None:
    marker = str(uuid.uuid4())
    bomb = (
        f"import os\nwhile True:\n    try:\n        pid = os.fork()\n    except BlockingIOError:\n        break\n"
        f"    if pid == 0: os.execv('/bin/sh', ['sh', '-c', 'sleep 300; : {marker}'])\n"
    )
    script = only(again(bomb, limits=replace(SMALL, processes=20)))
    assert script.exit_code == 0
    assert gone(marker)


def test_a_huge_file_is_stopped(again: Rerun) -> None:
    result = again("open('output/x', 'wb').write(bytes(64 << 20))", limits=replace(SMALL, file_bytes=4 * MIB))
    assert only(result).exit_code == 1 and "File too large" in only(result).stderr_tail
    assert (result.output / "x").stat().st_size <= 4 * MIB


def test_many_large_files_are_stopped(again: Rerun) -> None:
    program = "for n in range(10**6):\n    open(f'output/{n}', 'wb').write(bytes(4 << 20))\n"
    script = only(again(program, limits=replace(SMALL, disk_bytes=32 * MIB)))
    assert script.exit_code is None and script.limit is not None and script.limit.startswith("disk")


def test_many_small_files_are_stopped(again: Rerun) -> None:
    program = "import time\nfor n in range(10**9):\n    open(f'output/{n % 5000}', 'w').close()\n"
    script = only(again(program, limits=replace(SMALL, files=500)))
    assert script.limit is not None and script.limit.startswith("disk")


def test_what_is_brought_out_is_bounded_too(again: Rerun) -> None:
    program = "for n in range(30): open(f'output/{n:02}', 'wb').write(bytes(1 << 20))"
    result = again(program, limits=replace(SMALL, files=500, disk_bytes=8 * MIB))
    assert result.gathered.bytes_in_all <= 8 * MIB
    assert set(result.gathered.refused.values()) <= {"more than 8388608 bytes in all"}


def test_a_background_process_cannot_change_the_output_afterwards(again: Rerun) -> None:
    marker = str(uuid.uuid4())
    again(
        "import subprocess\n"
        f"subprocess.Popen(['setsid', 'sh', '-c', 'while :; do echo {marker} > output/x; done'])\n"
    )
    assert gone(marker)


def test_a_flood_of_words_keeps_its_end(again: Rerun) -> None:
    result = again("print('x' * (8 << 20) + '終わり')")
    assert len(said(result).encode()) == SMALL.said_bytes and said(result).endswith("終わり\n")


def test_a_script_that_looks_like_a_failing_sandbox_is_the_scripts_doing(again: Rerun) -> None:
    script = only(again("import sys; sys.stderr.write('bwrap: No permissions\\n'); raise SystemExit(1)"))
    assert script.exit_code == 1


def test_a_failing_sandbox_is_not_the_scripts_doing(tmp_path: Path, again: Rerun) -> None:
    again("print(1)")
    python = find_agent_python()
    broken = AgentPython(tmp_path / "input", python.base_prefix, python.version)
    with pytest.raises(SandboxError, match="Python does not start in the sandbox"):
        rerun(
            [tmp_path / "scripts" / "a.py"],
            tmp_path / "input",
            tmp_path / "out",
            SMALL,
            agent_python=broken,
            scratch=tmp_path / "scratch",
        )


# --- what the record says -------------------------------------------------------------------------------------------


def test_the_record_says_what_stood_there_and_what_each_script_made(again: Rerun) -> None:
    result = again(
        "open('cache.json', 'w').write('1'); open('output/x', 'w').write('1')",
        "open('output/y', 'w').write('1'); open('output/x', 'a').write('2')",
    )
    first, second = result.evidence.scripts
    assert (first.beside, first.made) == ([], ["x"])
    assert (second.beside, second.made) == (["cache.json", "output/x"], ["x", "y"])
    assert result.evidence.strays == ["cache.json"]


def test_alone_each_script_finds_nothing_of_another(tmp_path: Path, again: Rerun) -> None:
    again(
        "open('cache.json', 'w').write('7'); open('output/x', 'w').write('1')",
        "print(open('cache.json').read())",
    )
    scripts = [tmp_path / "scripts" / name for name in ("a.py", "b.py")]
    result = rerun(
        scripts,
        tmp_path / "input",
        tmp_path / "alone",
        SMALL,
        agent_python=find_agent_python(),
        scratch=tmp_path / "scratch",
        alone=True,
    )
    assert said(result, "b") == "", "the cache of the first script was there"
    first, second = result.evidence.scripts
    assert (first.exit_code, second.exit_code, second.beside) == (0, 1, [])
    assert result.gathered.files == ["x"]


@pytest.mark.parametrize(
    ("program", "limits", "hit"),
    [
        ("while True: pass", {"cpu_s": 1}, "cpu"),
        ("import time; time.sleep(60)", {"wall_s": 0.5}, "wall"),
        ("data = bytearray(1 << 30)", {"memory_bytes": 512 * MIB}, "memory"),
        ("import os\nwhile True: os.fork()", {"processes": 20, "wall_s": 5}, "processes"),
        ("open('output/x', 'wb').write(bytes(64 << 20))", {"file_bytes": 4 * MIB}, "file_size"),
        (
            "try:\n    open('output/x', 'wb').write(bytes(64 << 20))\nexcept OSError:\n    pass",
            {"file_bytes": 4 * MIB},
            "file_size",
        ),
        ("x = [open('/dev/null') for _ in range(900)]", {"open_files": 256}, "open_files"),
    ],
)  # fmt: skip
def test_a_limit_that_was_hit_is_in_the_record(
    again: Rerun, program: str, limits: dict[str, float], hit: str
) -> None:
    assert hit in only(again(program, limits=replace(SMALL, **limits))).hit  # type: ignore[arg-type]


def test_a_full_disk_is_in_the_record(again: Rerun) -> None:
    program = (
        "import time\nfor n in range(99):\n open(f'output/{n}', 'wb').write(bytes(8 << 20)); time.sleep(0.05)"
    )
    assert only(again(program, limits=replace(SMALL, disk_bytes=32 * MIB))).hit == ["disk"]


def test_an_honest_script_hits_no_limit(again: Rerun) -> None:
    assert only(again("open('output/x', 'w').write('1')")).hit == []
