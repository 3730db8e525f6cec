"""Claude Code's dialogs, read from the screen by their text; pure. Called by the driver.

Order and preselection of the options differ between versions, so a dialog is answered by the option whose
*text* is wanted, by its number, and never by a blind Enter. A dialog that is not known is not answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPTION = re.compile(r"^[\s│|]*(?:❯\s*)?(\d)\.\s+(\S.*?)[\s│|]*$")

# (text that names the dialog, start of the option that is wanted)
KNOWN: tuple[tuple[str, str], ...] = (
    (r"Do you trust the files|Is this a project you (created|trust)|trust this folder", "Yes"),
    (r"Detected a custom API key|Do you want to use this API key", "Yes"),
    (r"Do you want to proceed\?", "Yes"),
    (r"Do you want to (create|make this edit|overwrite|write)", "Yes"),
)


@dataclass(frozen=True)
class Dialog:
    """A menu on the screen: its options as (number, text), and the one to press (None: not known)."""

    options: tuple[tuple[str, str], ...]
    question: str
    press: str | None


def read_dialog(rows: list[str]) -> Dialog | None:
    """The dialog that is open on the screen, if any: numbered options, one of them under the ❯."""
    options = [(m.group(1), m.group(2)) for row in rows if (m := _OPTION.match(row))]
    chosen = any(re.match(r"^[\s│|]*❯\s*\d\.\s", row) for row in rows)
    if len(options) < 2 or not chosen:
        return None
    shown = "\n".join(rows)
    for pattern, wanted in KNOWN:
        question = re.search(pattern, shown)
        if question is None:
            continue
        for number, text in options:
            if text.startswith(wanted):
                return Dialog(tuple(options), question.group(), number)
    return Dialog(tuple(options), options[0][1], None)
