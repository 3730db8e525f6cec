"""Builds `.agent-python/`: the Python that the agent finds in its sandbox, with pandas and openpyxl.

Takes requirements/agent.txt (hash-locked); gives a relocated virtual environment that works only where the
sandbox binds it: itself at /opt/agent, the base interpreter at /opt/python. Run by set-up with a Python that
has pip.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INSIDE = "/opt/agent"
BASE_INSIDE = "/opt/python"
RECORD = "base.json"


def main() -> int:
    """Builds unless what is there fits these requirements, this interpreter and this script already."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements" / "agent.txt")
    parser.add_argument("--target", type=Path, default=ROOT / ".agent-python")
    options = parser.parse_args()
    record = describe(options.requirements)
    written = options.target / RECORD
    if written.exists() and json.loads(written.read_text(encoding="utf-8")) == record:
        return 0
    # The folder itself must be open to the uid that the sandbox runs under, whatever the caller's umask.
    os.umask(0o022)
    draft = Path(
        tempfile.mkdtemp(prefix=f"{options.target.name}.", suffix=".partial", dir=options.target.parent)
    )
    try:
        build(draft / "tree", options.requirements)
        (draft / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        draft.chmod(0o755)
        replace(draft, options.target)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"pip could not install {options.requirements}: {error}\n")
        return 1
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return 0


def describe(requirements: Path) -> dict[str, str]:
    """What the result depends on; stands beside the tree, because it names a folder of this machine."""
    return {
        "base_prefix": sys.base_prefix,
        "version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "full_version": sys.version.split()[0],
        "requirements_sha256": hashlib.sha256(requirements.read_bytes()).hexdigest(),
        "builder_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
    }


def build(tree: Path, requirements: Path) -> None:
    """Installs into `tree` and makes it look, from inside, like a virtual environment at /opt/agent."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = tree / "lib" / f"python{version}" / "site-packages"
    packages.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pip += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    subprocess.run([*pip, "--target", str(packages), "-r", str(requirements)], check=True)
    # Entry points of the packages: their first lines name the interpreter of this machine.
    shutil.rmtree(packages / "bin", ignore_errors=True)
    compileall.compile_dir(
        packages,
        quiet=1,
        stripdir=str(tree),
        prependdir=INSIDE,
        invalidation_mode=compileall.py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    binaries = tree / "bin"
    binaries.mkdir()
    for name in ("python", "python3", f"python{version}"):
        (binaries / name).symlink_to(f"{BASE_INSIDE}/bin/python{version}")
    configuration = f"home = {BASE_INSIDE}/bin\ninclude-system-site-packages = false\nversion = {version}\n"
    (tree / "pyvenv.cfg").write_text(configuration, encoding="utf-8")


def replace(draft: Path, target: Path) -> None:
    """Puts `draft` in the place of `target`; a killed run leaves the old folder, the new one, or none."""
    old = draft.with_suffix(".old")
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
