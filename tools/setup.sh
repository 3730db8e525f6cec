#!/bin/sh
# Prepares this checkout: .venv, .agent-python, node_modules and the system's sandbox program.
# Called by make as `sh tools/setup.sh` (for demos) or `sh tools/setup.sh test` (also what only the tests need);
# `sh tools/setup.sh check` only says whether the checkout is ready.
# Each part keeps a list of its files and a copy of what it was made from, written last: a second call is instant; a
# changed lock, a set-up that was cut off or a part that has lost files is done again.
# Exit codes: 0 ready, 2 something of yours is missing, 4 the set-up failed.
set -eu
cd "$(dirname "$0")/.."

readonly NODE_MAJOR_NEEDED=18 # measured: the pinned agent installs with node 18.19 and npm 9.2 and later
readonly LOG=.cache/setup.log

say() { printf '%s\n' "$*"; }

# stop CODE WHAT-IS-WRONG WHAT-TO-DO
stop() {
    printf 'setup: %s → %s\n' "$2" "$3" >&2
    exit "$1"
}

# quietly WHAT COMMAND…: output goes to the log; when the command fails, its last lines are shown.
quietly() {
    what=$1
    shift
    if ! "$@" >"$LOG" 2>&1 </dev/null; then
        tail -n 15 "$LOG" >&2
        stop 4 "$what failed (all of it: $LOG)" "put the cause right, then run make setup again / 原因を直して make setup をもう一度"
    fi
}

# ---- what each part is made from: compared with the copy inside the part -------------------------------------------

made_from_venv() { pwd && cat requirements/kit.txt; }
made_from_kit() { pwd && cat pyproject.toml; }
made_from_agent_python() { cat .venv/pyvenv.cfg requirements/agent.txt tools/build_agent_python.py; }
made_from_node_modules() { cat package.json package-lock.json; }

# files_of FOLDER: what it holds; byte code is left out, which Python writes and spares as it likes.
files_of() { (cd "$1" && find . -name __pycache__ -prune -o ! -type d -print | LC_ALL=C sort); }
list_files() {
    files_of "$1" >.cache/files.new
    mv .cache/files.new "$1/.files"
}
# whole FOLDER: true when no file of its list is gone; what came later does no harm.
whole() { [ -s "$1/.files" ] && [ -z "$(files_of "$1" | LC_ALL=C comm -13 - "$1/.files")" ]; }

# native_agent: the folder of this machine's Claude Code, as runner/agent_version.py finds it.
native_agent() {
    case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) machine=$(uname -m) ;;
    esac
    getconf GNU_LIBC_VERSION >/dev/null 2>&1 || machine=$machine-musl
    echo "node_modules/@anthropic-ai/claude-code-linux-$machine"
}
pinned_agent() { sed -n 's|.*"@anthropic-ai/claude-code": *"\([^"]*\)".*|\1|p' package.json; }
# fresh_agent: the program is there and says that it is the pinned one; only Linux runs it.
fresh_agent() {
    [ "$(uname -s)" = Linux ] || return 0
    [ -x "$(native_agent)/claude" ] || return 1
    [ "$(sed -n 's|.*"version": *"\([^"]*\)".*|\1|p' "$(native_agent)/package.json" 2>/dev/null)" = "$(pinned_agent)" ]
}

fresh_venv() { [ -x .venv/bin/python ] && made_from_venv | cmp -s - .venv/.made-from && whole .venv; }
fresh_kit() { fresh_venv && made_from_kit | cmp -s - .venv/.kit-made-from; }
fresh_agent_python() { made_from_agent_python | cmp -s - .agent-python/made-from && whole .agent-python; }
fresh_node_modules() { made_from_node_modules | cmp -s - node_modules/.made-from && whole node_modules && fresh_agent; }

have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

# ---- 1: the tools that must be there -------------------------------------------------------------------------------

# as_root: prints how to become root without a question, or fails. It never prompts.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        echo env
    elif have sudo && sudo -n true 2>/dev/null; then
        echo "sudo -n env"
    else
        return 1
    fi
}

# apt_install PACKAGE: installs where apt and root are at hand; otherwise fails and leaves the message to the caller.
apt_install() {
    have apt-get && root=$(as_root) || return 1
    say "      installing $1 with apt"
    # $root is one or three plain words, split on purpose; the lists may be old or absent, hence the second try
    # shellcheck disable=SC2086
    for refresh in true "apt-get update -q"; do
        $root $refresh </dev/null >"$LOG" 2>&1 || return 1
        $root DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o DPkg::Lock::Timeout=120 "$1" </dev/null >>"$LOG" 2>&1 && return
    done
    return 1
}

good_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# find_python: sets $python. When the caller gives PYTHON=… only that one is looked at.
find_python() {
    for python in "${PYTHON:-python3.13}" "${PYTHON:-python3.12}" "${PYTHON:-python3.11}" "${PYTHON:-python3}"; do
        good_python "$python" && break
        python=
    done
    [ -n "$python" ] || stop 2 "no Python 3.11 or later (looked for ${PYTHON:-python3.13, 3.12, 3.11, python3})" \
        "install one, on Debian 12 and Ubuntu 24.04: sudo apt install python3 python3-venv"
    makes_venvs "$python" && return
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! apt_install "python$version-venv" || ! makes_venvs "$python"; then
        stop 2 "$python has no venv module" "sudo apt install python$version-venv"
    fi
}

need_tool() {
    found=$(command -v "$1" 2>/dev/null) || stop 2 "$1 is not installed" "$2"
    case $found in
    /mnt/[a-z]/*) stop 2 "$1 is the Windows one ($found), which cannot work here" "inside WSL: $2" ;;
    esac
}

check_tools() {
    find_python
    need_tool git "install it, on Debian and Ubuntu: sudo apt install git"
    need_tool node "install Node.js $NODE_MAJOR_NEEDED or later, on Debian 12 and Ubuntu 24.04: sudo apt install nodejs npm"
    need_tool npm "install it, on Debian and Ubuntu: sudo apt install npm"
    node_version=$(node --version 2>/dev/null </dev/null) ||
        stop 2 "node is there but does not run" "install Node.js $NODE_MAJOR_NEEDED or later again"
    node_major=${node_version#v}
    node_major=${node_major%%.*}
    [ "$node_major" -ge "$NODE_MAJOR_NEEDED" ] ||
        stop 2 "Node.js $node_version is too old" "install Node.js $NODE_MAJOR_NEEDED or later"
}

# ---- 2–4: the three folders ----------------------------------------------------------------------------------------

build_venv() {
    rm -rf .venv
    quietly "making .venv" "$python" -m venv .venv
    quietly "installing requirements/kit.txt" .venv/bin/python -m pip install --disable-pip-version-check \
        --no-input --require-hashes --only-binary :all: -r requirements/kit.txt
    list_files .venv
    made_from_venv >.venv/.made-from
}

install_kit() {
    rm -f .venv/.kit-made-from
    quietly "installing the kit into .venv" .venv/bin/python -m pip install --disable-pip-version-check \
        --no-input --no-deps --no-build-isolation --no-index -e .
    list_files .venv
    made_from_kit >.venv/.kit-made-from
}

build_agent_python() {
    rm -rf .agent-python.*.partial .agent-python.*.old # what a run that was cut off left behind
    whole .agent-python || rm -f .agent-python/base.json # the builder leaves alone what it knows as built
    quietly "building .agent-python" .venv/bin/python tools/build_agent_python.py
    list_files .agent-python
    made_from_agent_python >.agent-python/made-from
}

build_node_modules() {
    # The agent's native program arrives as an optional package and runs without npm's install scripts.
    quietly "npm ci" npm ci --ignore-scripts --include=optional --no-audit --no-fund --loglevel=error
    fresh_agent || stop 4 "npm ci left no Claude Code $(pinned_agent) for this machine ($(native_agent))" \
        "look whether package-lock.json names it, then run make setup again"
    list_files node_modules
    made_from_node_modules >node_modules/.made-from
}

# ---- 5: system programs --------------------------------------------------------------------------------------------

# system_program COMMAND PACKAGE WHAT-NEEDS-IT: through apt where it may, else one line; never a reason to stop here,
# because whoever needs the program refuses by name.
system_program() {
    have "$1" && return
    apt_install "$2" && have "$1" && return
    say "setup: $2 is missing, $3 → sudo apt install $2"
}

system_programs() {
    case $(uname -s) in
    Linux) system_program bwrap bubblewrap "demos need it to lock the agent in" ;;
    *) say "setup: demos run on Linux and WSL only; here you can view, report and render" ;;
    esac
    [ "$purpose" = test ] || return 0
    system_program soffice libreoffice-calc "the tests that recalculate workbooks need it and will fail by name"
    system_program chromium chromium "the tests of the highlight page need it and will fail by name"
    system_program chromedriver chromium-driver "the tests of the highlight page need it and will fail by name"
    if ! have nginx; then
        system_program nginx nginx-light "the endpoint tests need it and will fail by name"
        # Debian starts a fresh nginx on port 80; the tests start their own on a free loopback port.
        if have nginx && have systemctl && root=$(as_root); then
            # shellcheck disable=SC2086
            $root systemctl disable --now nginx >"$LOG" 2>&1 || say "setup: nginx was installed and may be running on port 80"
        fi
    fi
}

# ---- the whole -----------------------------------------------------------------------------------------------------

parts_fresh() { fresh_kit && fresh_agent_python && fresh_node_modules; }

# One set-up at a time in one checkout. The lock belongs to the open file, so it ends with this script, however that ends.
wait_for_turn() {
    exec 9>.cache/setup.lock
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null && return
    say "      another set-up is running in this checkout; waiting for it / 別のセットアップの完了を待っています"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

build_parts() {
    case $PWD in
    /mnt/[a-z]/*) say "setup: this checkout is on a Windows drive and will be slow; a clone under ~ in WSL is faster" ;;
    esac
    say "[1/5] checking python, node, npm, git / 道具の確認"
    check_tools
    wait_for_turn
    say "[2/5] .venv: what the kit runs on / Python の部品"
    fresh_venv || build_venv
    fresh_kit || install_kit
    say "[3/5] .agent-python: what the agent may use / エージェント用の Python"
    fresh_agent_python || build_agent_python
    say "[4/5] node_modules: the coding agent / コーディングエージェント本体"
    fresh_node_modules || build_node_modules
    say "[5/5] system programs / システムの部品"
    system_programs
    say "      ready / 準備ができました"
}

purpose=${1:-demo}
case $purpose in
demo | test) ;;
check) if parts_fresh; then exit 0; else stop 4 "not set up, or a lock has changed since" "make setup"; fi ;;
*) stop 2 "unknown purpose '$purpose'" "sh tools/setup.sh [demo|test|check]" ;;
esac

unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_USER VIRTUAL_ENV || :
if ! mkdir -p .cache 2>/dev/null || ! [ -w .cache ] || ! [ -w . ]; then
    stop 2 "this checkout belongs to another user" "make your own clone of it, or run make as its owner"
fi
if [ ! -d "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    HOME=$PWD/.cache/home # pip and npm keep their download caches somewhere
    mkdir -p "$HOME"
    export HOME
fi

if parts_fresh; then system_programs; else build_parts; fi
