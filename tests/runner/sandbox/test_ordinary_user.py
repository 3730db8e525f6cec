"""Everything the sandbox promises to root it promises to an ordinary user too."""

from __future__ import annotations

from pathlib import Path

from runner import child
from tests.runner.boxes import ORDINARY_UID, as_ordinary_user
from tests.runner.sandbox.watching import root_only


@root_only
def test_all_this_holds_for_an_ordinary_user_too(tmp_path: Path) -> None:
    here = Path(__file__).parent
    attempts = [file for file in sorted(here.glob("test_*.py")) if file != Path(__file__)]
    others = [here.parent / f"test_{name}.py" for name in ("workspace", "rerun")]
    done = child.run(as_ordinary_user([*attempts, *others], tmp_path), timeout_s=300)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert (tmp_path / "of-pytest").stat().st_uid == ORDINARY_UID
