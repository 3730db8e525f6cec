"""Reads a text that an agent wrote, as data that may be hostile: bounded, UTF-8 or cp932, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from runner.checks.safe_files import OutputError, open_regular

MAX_TEXT_BYTES = 64_000  # some forty pages; what reads a text may take a while over each amount in it


def read_text(folder: Path, file: str) -> str:
    """The text in NFKC (full width is half width), line ends as \\n. Raises OutputError."""
    with open_regular(folder, file, MAX_TEXT_BYTES) as stream:
        data = stream.read(MAX_TEXT_BYTES + 1)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise OutputError(f"{file} の文字コードが UTF-8 でも Shift_JIS（cp932）でもありません")
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise OutputError(f"{file} が空です")
    return text


def without_space(text: str) -> str:
    """`text` in NFKC without any white space: a term may be broken over a line."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
