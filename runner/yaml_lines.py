"""Where each value of a YAML file stands: (path of keys) → line; and pydantic errors told with file, line, field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

Path_ = tuple[str | int, ...]


class DuplicateKey(Exception):
    """A key stands twice in one mapping; YAML would silently take the last."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


def load_with_lines(path: Path) -> tuple[Any, dict[Path_, int]]:
    """The document (safe_load) and the 1-based line of each key or item; yaml.YAMLError if it is no YAML."""
    text = path.read_text(encoding="utf-8")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines: dict[Path_, int] = {(): 1}
    if root is not None:
        _walk(root, (), lines)
    return yaml.safe_load(text), lines


def _walk(node: yaml.Node, at: Path_, lines: dict[Path_, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, key.value)
            if here in lines:
                raise DuplicateKey(key.value, key.start_mark.line + 1)
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            lines[(*at, i)] = item.start_mark.line + 1
            _walk(item, (*at, i), lines)


def first_error(error: ValidationError, lines: dict[Path_, int]) -> tuple[int, str, str]:
    """(line, dotted field, message) of the first thing wrong.

    Pydantic puts the tag of a union into the location; it is not a key of the file and is passed over.
    """
    found = error.errors()
    # A misspelt field is told as itself, not as the one that is then missing.
    detail = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    at: Path_ = ()
    for part in detail["loc"]:
        if (*at, part) in lines:
            at = (*at, part)
        elif part == detail["loc"][-1] and detail["type"] == "missing":
            return lines[at], ".".join(map(str, (*at, part))), "is missing"
    message = "is not a field here" if detail["type"] == "extra_forbidden" else detail["msg"]
    if detail["type"] == "union_tag_not_found":
        message = f"the field {detail['ctx']['discriminator']} is missing, which says of what kind this is"
    return lines[at], ".".join(map(str, at)) or "(document)", message
