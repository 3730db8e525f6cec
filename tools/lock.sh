#!/bin/sh
# Renews requirements/*.txt (exact versions with hashes) and package-lock.json. Called by `make lock`.
# Versions that still fit are kept; `make lock UPGRADE=--upgrade` takes the newest ones. No download address is written.
set -eu
cd "$(dirname "$0")/.."

tools=.cache/lock-tools
if [ ! -x "$tools/bin/python" ] || ! cmp -s requirements/lock.txt "$tools/.made-from"; then
    echo "[1/3] uv, used for this only / ロック専用の uv"
    rm -rf "$tools"
    mkdir -p .cache
    "${PYTHON:-python3}" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        --only-binary :all: -r requirements/lock.txt
    cp requirements/lock.txt "$tools/.made-from"
fi

echo "[2/3] requirements/*.txt"
for asked in requirements/*.in; do
    locked=${asked%.in}.txt
    # shellcheck disable=SC2086
    "$tools/bin/python" -m uv --no-config --system-certs --quiet pip compile "$asked" --output-file "$locked" ${UPGRADE:-} \
        --generate-hashes --no-annotate --universal --python-version 3.11 --only-binary :all: --no-emit-index-url \
        --custom-compile-command "make lock" >/dev/null
done

echo "[3/3] package-lock.json"
npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null

if grep -n '://' requirements/*.txt || grep -n '"resolved"' package-lock.json; then
    echo "lock: a download address got into a lock file (above) → look at the pip, uv or npm settings of this machine" >&2
    exit 4
fi
