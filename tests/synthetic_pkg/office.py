"""Runs LibreOffice on books for the tests: a profile of its own that recalculates what it loads, no window."""

from __future__ import annotations

import shutil
from pathlib import Path

from runner import child

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
SECONDS_PER_BOOK = 30  # on a busy machine


def installed() -> bool:
    return shutil.which("soffice", path=child.SYSTEM_PATH) is not None


def recalculated(books: list[Path], folder: Path) -> list[Path]:
    """Copies of `books` as LibreOffice saves them after recalculating everything."""
    profile, out = folder / "profile", folder / "recalculated"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    argv = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    argv += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, books)]
    done = child.run(
        argv, env=child.clean_env(HOME=str(folder)), timeout_s=60 + SECONDS_PER_BOOK * len(books)
    )
    # LibreOffice gives 0 for a book it could not read, so the files decide.
    saved = [out / book.name for book in books]
    missing = [path.name for path in saved if not path.is_file()]
    assert not missing, (missing, done.returncode, done.stderr[-500:])
    return saved
