"""The closed set of check kinds: what may stand in a scenario's `checks:`, told apart by the field `check`.

Read by `runner.scenario` and `runner.record`; a new kind is a module of its own and one name here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from runner.checks.files import Files
from runner.checks.glossary import Glossary
from runner.checks.inputs_unchanged import InputsUnchanged
from runner.checks.question import Question
from runner.checks.script_needs_only_input import ScriptNeedsOnlyInput
from runner.checks.script_reruns import ScriptReruns
from runner.checks.set_match import SetMatch
from runner.checks.table_equals import TableEquals
from runner.checks.text_facts import TextFacts
from runner.checks.totals import Totals

AnyCheck = Annotated[
    Files
    | Glossary
    | InputsUnchanged
    | ScriptNeedsOnlyInput
    | ScriptReruns
    | SetMatch
    | TableEquals
    | TextFacts
    | Totals,
    Field(discriminator="check"),
]
Checks = Annotated[list[AnyCheck], Field(min_length=1)]


def doubled(checks: Sequence[Question]) -> int | None:
    """The place of the first check whose id another one before it has; None when every id stands once."""
    names: set[str] = set()
    for place, check in enumerate(checks):
        if check.name in names:
            return place
        names.add(check.name)
    return None
