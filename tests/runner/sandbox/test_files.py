"""The sandbox shows the work folder and nothing else of the host; little of it can be written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.runner.boxes import ROOT, TestBox, make_box
from tests.runner.sandbox.watching import CANARY


def test_the_work_folder_is_shared_whatever_its_path(box: TestBox) -> None:
    done = box.run(["sh", "-c", "pwd; echo 結果 > 出力.txt"])
    assert done.stdout == b"/work\n", done.stderr
    assert (box.work / "出力.txt").read_text(encoding="utf-8") == "結果\n"


def test_a_secret_on_the_host_is_nowhere_inside(box: TestBox, secret: Path) -> None:
    program = f"""
import glob, json, os
direct = [root + {str(secret)!r} for root in ('', *glob.glob('/proc/[0-9]*/root'), *glob.glob('/proc/[0-9]*/cwd'))]
walked = [name for _, folders, files in os.walk('/') for name in folders + files if {CANARY!r} in name]
print(json.dumps([[path for path in direct if os.path.exists(path)], walked]))
"""
    assert box.sees(program) == [[], []]


def test_neither_the_checkout_nor_homes_nor_other_temporary_files_are_there(box: TestBox) -> None:
    places = [
        "/root",
        "/home/" + os.environ.get("USER", "nobody"),
        "/mnt",
        "/srv",
        "/sys",
        "/boot",
        "/run/user",
    ]
    places += [str(ROOT), str(box.private)]
    program = f"import json, os; print(json.dumps([p for p in {places!r} if os.path.exists(p)]))"
    assert box.sees(program) == []
    assert box.sees("import json, os; print(json.dumps(os.listdir('/tmp')))") == []
    listed = "import json, os; print(json.dumps(sorted(os.listdir('/'))))"
    assert set(box.sees(listed)) <= {
        *("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "opt", "run", "home", "var", "tmp"),
        *("dev", "proc", "work"),
    }


def test_what_the_machine_put_below_usr_is_hidden(box: TestBox) -> None:
    places = ["/usr/local", "/usr/src"]
    program = f"import json, os; print(json.dumps([os.listdir(p) for p in {places} if os.path.isdir(p)]))"
    assert all(names == [] for names in box.sees(program))


def test_only_the_work_folder_and_temporary_files_can_be_written(box: TestBox) -> None:
    program = """
import json, os
def writable(folder):
    try:
        open(folder + '/new', 'w').close()
    except OSError:
        return False
    return True
folders = ['/', '/usr', '/usr/local', '/usr/bin', '/etc', '/opt', '/opt/agent', '/opt/python/lib', '/dev', '/run',
           '/home', '/var', '/proc', '/proc/sys/kernel', '/work', '/tmp', '/var/tmp', '/dev/shm']
print(json.dumps([folder for folder in folders if writable(folder)]))
"""
    assert box.sees(program) == ["/work", "/tmp", "/var/tmp", "/dev/shm"]


def test_the_user_and_the_machine_are_called_demo(box: TestBox) -> None:
    done = box.run(["sh", "-c", "id -un; id -gn; hostname; cat /etc/hostname; awk 'BEGIN { print 1 }'"])
    assert done.stdout.decode().split() == ["demo", "demo", "demo", "demo", "1"], done.stderr


def test_no_host_path_shows_in_python(box: TestBox) -> None:
    program = """
import json, sys, sysconfig, traceback, pandas
try:
    pandas.read_excel('missing.xlsx')
except Exception:
    shown = traceback.format_exc()
print(json.dumps([shown, sys.path, sys.prefix, sys.base_prefix, sys.executable, pandas.__file__]))
"""
    shown, *paths = box.sees(program)
    assert "/opt/agent/lib" in shown and "/opt/agent/lib" in str(paths) and "/opt/python/lib" in str(paths)
    for host in (sys.base_prefix, str(ROOT), str(box.private)):
        assert host == "/usr" or host not in shown + str(paths)


def test_another_trial_and_its_answers_cannot_be_reached_by_any_path(
    box: TestBox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_box(tmp_path_factory.mktemp("other-trial"))
    (other.work / "answers.json").write_text(CANARY, encoding="utf-8")
    (other.work / "answers.json").chmod(0o644)
    relative = os.path.relpath(other.work / "answers.json", box.work)
    program = f"""
import json, os
wanted = [{str(other.work / "answers.json")!r}, {relative!r}, '../' * 40 + {str(other.work / "answers.json")[1:]!r}]
os.symlink(wanted[0], 'link'); wanted.append('link')
print(json.dumps([path for path in wanted if os.path.exists(path)]))
"""
    assert box.sees(program) == []


def test_above_the_work_folder_lies_the_sandbox_and_not_the_host(box: TestBox) -> None:
    shown = "import json, os; print(json.dumps([os.getcwd(), sorted(os.listdir('..')) == sorted(os.listdir('/'))]))"
    assert box.sees(shown) == ["/work", True]
