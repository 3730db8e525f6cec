"""The sandbox holds against programs that try to get out: files, other processes, the network, privileges, size."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner import child, sandbox
from runner.agent_python import find_agent_python
from runner.refusal import APPARMOR_PROFILE, explain_refusal
from runner.sandbox import MIB, Bind, SandboxError
from tests.runner.boxes import ORDINARY_UID, ROOT, TestBox, as_ordinary_user, make_box

CANARY = "canary-4f1c9d"
PATIENCE_S = 10.0
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="about root")
as_root_or_not = "root" if os.geteuid() == 0 else "an ordinary user"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> TestBox:
    return make_box(tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An answer key on the host, open to everybody there."""
    file = tmp_path_factory.mktemp("answers") / f"answers-{CANARY}.json"
    file.write_text(CANARY, encoding="utf-8")
    return file


def host_processes(marker: str) -> list[int]:
    """Processes of the host whose command line holds the marker; ours does not."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def gone(marker: str) -> bool:
    until = time.monotonic() + PATIENCE_S
    while host_processes(marker) and time.monotonic() < until:
        time.sleep(0.02)
    return not host_processes(marker)


# --- files ------------------------------------------------------------------------------------------


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


# --- other processes --------------------------------------------------------------------------------


def test_nothing_of_the_hosts_processes_is_seen(box: TestBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    program = """
import glob, json
def read(kind):
    texts = {}
    for path in glob.glob(f'/proc/[0-9]*/{kind}'):
        try:
            texts[path] = open(path, 'rb').read().replace(b'\\0', b' ').decode()
        except OSError as error:
            texts[path] = ''
    return texts
print(json.dumps([read('cmdline'), read('environ')]))
"""
    commands, environments = box.sees(program)
    assert len(commands) == 2, "the sandbox's first process and Python"
    for text in (*commands.values(), *environments.values()):
        for host in (
            CANARY,
            str(ROOT),
            str(box.private),
            sys.base_prefix + "/lib",
            os.environ.get("HOME", CANARY) + "/",
        ):
            assert host not in text
    assert environments["/proc/1/environ"].strip() == ""


def test_the_first_process_cannot_be_left_through(box: TestBox) -> None:
    program = """
import json, os
print(json.dumps([os.readlink('/proc/1/root'), sorted(os.listdir('/proc/1/root')) == sorted(os.listdir('/')),
                  [os.readlink(f'/proc/1/fd/{n}') for n in os.listdir('/proc/1/fd')]]))
"""
    root, same, descriptors = box.sees(program)
    assert (root, same) == ("/", True)
    assert not [
        path
        for path in descriptors
        if path.startswith("/") and "(deleted)" not in path and path != "/dev/null"
    ]


@pytest.mark.parametrize("parting", ["", "setsid ", "nohup "])
def test_background_processes_end_with_the_sandbox(box: TestBox, parting: str) -> None:
    marker = str(uuid.uuid4())
    done = box.run(["sh", "-c", f"{parting}sh -c 'sleep 300; : {marker}' > /dev/null 2>&1 & echo started"])
    assert (done.returncode, done.stdout) == (0, b"started\n")
    assert gone(marker)


def test_a_daemon_that_forked_twice_ends_with_the_sandbox(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    program = f"""
import os
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.dup2(tell, 3)
        os.execv('/bin/sh', ['sh', '-c', 'echo >&3; sleep 300; : {marker}'])
    os._exit(0)
assert os.read(ready, 1)
"""
    assert box.python(program).returncode == 0
    assert gone(marker)


def test_the_sandbox_dies_with_the_kit_even_by_kill_9(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    argv = box.argv(["sh", "-c", f"echo started; sleep 300; : {marker}"])
    program = f"import time\nfrom runner import child\nchild.start({argv!r})\ntime.sleep(300)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as kit:
        assert kit.stdout is not None and kit.stdout.readline() == b"started\n"
        kit.send_signal(signal.SIGKILL)
    assert gone(marker)


# --- privileges -------------------------------------------------------------------------------------


def test_there_is_no_capability_and_none_can_be_gained(box: TestBox) -> None:
    status = box.run(["cat", "/proc/self/status"]).stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {fields[f"Cap{kind}"].strip("0") for kind in ("Inh", "Prm", "Eff", "Amb")} == {""}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Uid"].split() == [str(sandbox.UID_INSIDE)] * 4
    assert fields["Gid"].split() == [str(sandbox.UID_INSIDE)] * 4


def test_on_the_host_it_runs_under_a_uid_that_is_not_root(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    with child.start(box.argv(["sh", "-c", f"echo; sleep 300; : {marker}"]), stdout=child.PIPE) as started:
        assert started.stdout is not None and started.stdout.readline() == b"\n"
        uids = {Path(f"/proc/{pid}").stat().st_uid for pid in host_processes(f"sleep 300; : {marker}")}
    expected = sandbox.preflight().agent_uid or os.geteuid()
    assert expected in uids and expected != 0


@root_only
def test_as_root_no_supplementary_group_stays(box: TestBox) -> None:
    groups = next(
        line
        for line in box.run(["cat", "/proc/self/status"]).stdout.decode().splitlines()
        if "Groups" in line
    )
    assert groups.split() == ["Groups:"] or groups.split()[1:] == [str(sandbox.UID_INSIDE)]


@pytest.mark.parametrize("attempt", ["unshare --user true", "unshare --user --map-root-user --net true"])
def test_no_nested_user_namespace_can_be_made(box: TestBox, attempt: str) -> None:
    if sandbox.DISABLE_USERNS not in sandbox.preflight().offers:
        pytest.skip("this bubblewrap is older than 0.8: it cannot forbid nested namespaces")
    done = box.run(["sh", "-c", attempt])
    assert done.returncode != 0 and b"unshare failed" in done.stderr


def test_nothing_can_be_mounted(box: TestBox) -> None:
    program = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
result = libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)
raise SystemExit(os.strerror(ctypes.get_errno()) if result else 0)
"""
    assert b"not permitted" in box.python(program).stderr


def test_with_the_oldest_bubblewrap_it_still_runs(box: TestBox) -> None:
    old = replace(sandbox.preflight(), offers=frozenset())
    assert child.run(box.argv(["true"], old), timeout_s=10).returncode == 0


# --- network ----------------------------------------------------------------------------------------


@pytest.fixture
def host_listeners() -> Iterator[tuple[int, str]]:
    """A TCP port and an abstract Unix socket of the host."""
    name = f"\0{uuid.uuid4()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(name)
        unix.listen()
        yield tcp.getsockname()[1], name


def test_no_network_is_reached_not_even_the_hosts_loopback(
    box: TestBox, host_listeners: tuple[int, str]
) -> None:
    port, name = host_listeners
    program = f"""
import json, socket
def reached(family, address):
    with socket.socket(family) as tried:
        tried.settimeout(2)
        try:
            tried.connect(address)
        except OSError as error:
            return False
        return True
def resolved(name):
    try:
        return socket.getaddrinfo(name, 80) != []
    except OSError:
        return False
interfaces = [name for _, name in socket.if_nameindex()]
print(json.dumps([interfaces, reached(socket.AF_INET, ('127.0.0.1', {port})), reached(socket.AF_UNIX, {name!r}),
                  reached(socket.AF_INET, ('192.0.2.1', 80)), resolved('example.com'), resolved('localhost')]))
"""
    assert box.sees(program) == [["lo"], False, False, False, False, True]


# --- size -------------------------------------------------------------------------------------------


def test_a_fork_bomb_stops_at_the_limit(box: TestBox) -> None:
    program = """
import json, os, signal
born = []
try:
    for _ in range(400):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        born.append(pid)
    stopped = False
except BlockingIOError:
    stopped = True
for pid in born:
    os.kill(pid, signal.SIGKILL)
print(json.dumps([stopped, len(born)]))
"""
    stopped, born = box.limited(processes=40).sees(program)
    assert stopped and born < 40


def test_threads_count_as_processes(box: TestBox) -> None:
    program = """
import json, threading
wait = threading.Event()
begun = 0
try:
    for _ in range(200):
        threading.Thread(target=wait.wait, daemon=True).start()
        begun += 1
except RuntimeError:
    pass
print(json.dumps(begun), flush=True)
wait.set()
"""
    assert box.limited(processes=40).sees(program) < 40


def test_two_sandboxes_do_not_share_their_process_limit(box: TestBox) -> None:
    small = box.limited(processes=8)
    crowd = small.argv(["sh", "-c", "sleep 300 & sleep 300 & sleep 300 & echo; wait"])
    with child.start(crowd, stdout=child.PIPE) as first:
        assert first.stdout is not None and first.stdout.readline() == b"\n"
        assert small.run(["sh", "-c", "true & true & true & wait; echo fine"]).stdout == b"fine\n"


def test_a_memory_hog_gets_a_memory_error(box: TestBox) -> None:
    done = box.limited(memory_bytes=512 * MIB).python("data = bytearray(1 << 30)")
    assert done.returncode == 1 and b"MemoryError" in done.stderr


def test_memory_that_is_reserved_and_not_written_is_let_through_by_the_agents_limit(box: TestBox) -> None:
    limited = box.limited(data_bytes=512 * MIB)
    reserve = "import mmap; mmap.mmap(-1, 4 << 30, prot=mmap.PROT_READ)"
    assert limited.python(reserve).returncode == 0
    assert b"MemoryError" in limited.python("data = bytearray(1 << 30)").stderr


def test_an_endless_loop_runs_out_of_processor_time(box: TestBox) -> None:
    done = box.limited(cpu_s=1).python("while True: pass", wall_s=30)
    assert done.returncode == 128 + signal.SIGXCPU and not done.timed_out


def test_who_ignores_the_warning_is_killed(box: TestBox) -> None:
    program = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert box.limited(cpu_s=1).python(program, wall_s=30).returncode == 128 + signal.SIGKILL


def test_a_limit_cannot_be_raised_from_inside(box: TestBox) -> None:
    program = """
import json, resource
raised = []
for name in ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_NPROC', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE', 'RLIMIT_CORE'):
    number = getattr(resource, name)
    hard = resource.getrlimit(number)[1]
    try:
        resource.setrlimit(number, (hard, hard + 1))
        raised.append(name)
    except (ValueError, PermissionError, OverflowError):
        pass
print(json.dumps(raised))
"""
    assert box.limited(memory_bytes=4 << 30, cpu_s=60).sees(program) == []


def test_a_file_stops_growing_at_the_limit(box: TestBox) -> None:
    program = """
import errno, json
with open('huge', 'wb', buffering=0) as file:
    try:
        for _ in range(100):
            file.write(bytes(1 << 20))
        reason = None
    except OSError as error:
        reason = errno.errorcode[error.errno]
print(json.dumps(reason))
"""
    assert box.limited(file_bytes=8 * MIB).sees(program) == "EFBIG"
    assert (box.work / "huge").stat().st_size <= 8 * MIB


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_in_memory_stop_growing_at_the_limit(box: TestBox, folder: str) -> None:
    program = f"""
import errno, json
written, reason = 0, None
try:
    for number in range(64):
        with open(f'{folder}/{{number}}', 'wb', buffering=0) as file:
            written += file.write(bytes(1 << 20))
except OSError as error:
    reason = errno.errorcode[error.errno]
print(json.dumps([written, reason]))
"""
    written, reason = box.limited(temporary_bytes=8 * MIB).sees(program)
    assert reason == "ENOSPC" and written <= 8 * MIB


def test_open_files_are_bounded(box: TestBox) -> None:
    program = "import json, os, resource; print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))"
    assert box.limited(open_files=64).sees(program) == [64, 64]


# --- building it ------------------------------------------------------------------------------------


def test_the_exit_code_comes_out(box: TestBox) -> None:
    assert box.run(["sh", "-c", "exit 7"]).returncode == 7


def test_a_missing_source_is_named_with_its_place_inside(box: TestBox, tmp_path: Path) -> None:
    broken = replace(box.box, binds=[*box.box.binds, Bind(tmp_path / "ない", "/opt/x")])
    with pytest.raises(SandboxError, match=r"ない to /opt/x: No such file"):
        sandbox.command(broken, ["true"], tmp_path / "args")


@root_only
def test_as_root_a_folder_closed_to_others_is_named_with_the_remedy(box: TestBox, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    broken = replace(box.box, binds=[*box.box.binds, Bind(closed, "/opt/x")])
    with pytest.raises(SandboxError, match=r"chmod -R a\+rX"):
        sandbox.command(broken, ["true"], tmp_path / "args")


@root_only
def test_as_root_sources_below_a_closed_folder_are_reached(tmp_path: Path) -> None:
    private = tmp_path / "closed"
    private.mkdir(mode=0o700)
    mask = os.umask(0o077)
    try:
        made = make_box(private)
        assert made.run(["sh", "-c", "id -un > name; cat /etc/hosts name"]).returncode == 0
    finally:
        os.umask(mask)


def test_the_options_stand_in_a_file_and_not_in_the_command(box: TestBox) -> None:
    argv = box.argv(["true"])
    inside = argv[argv.index("/bin/sh") :] if "/bin/sh" in argv else argv
    assert str(box.work) not in inside


def settings_and_messages() -> list[tuple[dict[str, str], list[str]]]:
    return [
        (
            {"kernel.apparmor_restrict_unprivileged_userns": "1"},
            [
                "/etc/apparmor.d/bwrap",
                "userns,",
                "apparmor_parser -r",
                "kernel.apparmor_restrict_unprivileged_userns=0",
            ],
        ),
        ({"kernel.unprivileged_userns_clone": "0"}, ["sysctl kernel.unprivileged_userns_clone=1"]),
        ({"user.max_user_namespaces": "0"}, ["sysctl user.max_user_namespaces"]),
        ({"user.max_user_namespaces": "100"}, ["container", "seccomp=unconfined"]),
    ]


@pytest.mark.parametrize(("settings", "expected"), settings_and_messages())
def test_a_refusal_is_explained_in_one_line(settings: dict[str, str], expected: list[str]) -> None:
    message = explain_refusal("bwrap: setting up uid map:\n Permission denied\n", settings)
    assert "\n" not in message and "bubblewrap said: bwrap: setting up uid map: Permission denied" in message
    assert [part for part in expected if part not in message] == []


def test_the_apparmor_profile_is_what_printf_makes_of_it() -> None:
    written = child.run(["printf", APPARMOR_PROFILE], timeout_s=5).stdout.decode()
    assert written.splitlines()[2:] == ["profile bwrap /usr/bin/bwrap flags=(unconfined) {", "  userns,", "}"]


@pytest.fixture
def fresh_preflight() -> Iterator[None]:
    sandbox.preflight.cache_clear()
    yield
    sandbox.preflight.cache_clear()


def test_without_bubblewrap_it_says_what_to_install(
    fresh_preflight: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(child, "SYSTEM_PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        sandbox.preflight()


def test_off_linux_it_says_where_to_run(fresh_preflight: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="WSL 2"):
        sandbox.preflight()


def test_where_namespaces_are_forbidden_preflight_says_so() -> None:
    program = (
        "from runner import sandbox\ntry: sandbox.preflight()\nexcept sandbox.SandboxError as e: print(e)"
    )
    forbidding = [
        "bwrap",
        "--unshare-user",
        "--uid",
        "1234",
        "--disable-userns",
        "--dev-bind",
        "/",
        "/",
        "--",
    ]
    done = child.run([*forbidding, "env", f"PYTHONPATH={ROOT}", sys.executable, "-c", program], timeout_s=20)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1 and "bubblewrap said: bwrap:" in lines[0], done.stderr.decode()


@pytest.mark.parametrize(
    ("folder", "shown"),
    [
        ("/usr/share/demo", True),
        ("/usr/local/demo", False),
        ("/usr/src/app", False),
        ("/home/demo", False),
    ],
)
def test_a_checkout_that_the_sandbox_would_show_is_known(folder: str, shown: bool) -> None:
    assert sandbox.is_shown(Path(folder)) == shown


def test_the_uid_of_the_sandbox_belongs_to_nobody() -> None:
    uid = sandbox.free_uid()
    assert child.run(["getent", "passwd", str(uid)], timeout_s=5).returncode != 0
    assert 0 < uid < 65_536


def test_an_agent_python_that_is_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="make setup"):
        find_agent_python(tmp_path)


def test_an_agent_python_without_its_interpreter_says_what_to_run(tmp_path: Path) -> None:
    record: dict[str, Any] = {"base_prefix": str(tmp_path / "gone"), "version": "3.11"}
    (tmp_path / "base.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(SandboxError, match=r"gone, which is gone: run `rm -r"):
        find_agent_python(tmp_path)


@root_only
def test_all_this_holds_for_an_ordinary_user_too(tmp_path: Path) -> None:
    here = Path(__file__).parent
    tests = [here / f"test_{name}.py" for name in ("sandbox", "workspace", "rerun")]
    done = child.run(as_ordinary_user([file for file in tests if file.exists()], tmp_path), timeout_s=300)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert (tmp_path / "of-pytest").stat().st_uid == ORDINARY_UID
