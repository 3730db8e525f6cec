"""What must not be seen in a recording, as a file of YAML: keys, patterns, home paths, user and host names.

Takes a path, gives a checked `Policy`; `runner.studio.matching` finds its words on screens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from runner.studio.card_screen import cells

SHORTEST_KEY = 8
SECRET = "secret"  # a pattern with a group of this name hides only the group

# Where the value of a header or variable begins: also in JSON, in Python, in a shell and in PowerShell.
_GIVEN = r"""["']?\]?\s*[:=]\s*["']?"""
_VALUE = rf"(?P<{SECRET}>(?!(?P<same>.)(?P=same){{7}})[A-Za-z0-9._~+/=-]{{8,}})"  # xxxxxxxx is masked already
_HEADERS = r"(?:CF[-_](?:Access[-_]Client[-_](?:Secret|Id)|Authorization)|X-Api-Key|Anthropic_(?:Api_Key|Auth_Token))"
_HEAD = 12  # so many first characters of a present key; "swallow-" alone is a word of this kit
OWN_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CF_ACCESS_CLIENT_ID", "CF_ACCESS_CLIENT_SECRET")


class PolicyError(Exception):
    """A policy that cannot be read or would hide everything; the message names the file and the entry."""


class Policy(BaseModel):
    """What to hide. All of it is compared in NFKC, full-width letters too; names and paths only as whole words.

    Of a pattern with a group named `secret` only that group is hidden.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: tuple[str, ...] = Field(default=(), description="secrets, literally; at least 8 characters each")
    patterns: tuple[str, ...] = Field(default=(), description="regular expressions of secrets")
    home_paths: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = Field(default=(), description="upper and lower case are the same")
    mask: str = Field(default="*", description="one character of one cell")

    @field_validator("keys")
    @classmethod
    def _long_enough(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            if len(key) < SHORTEST_KEY or re.search(r"\s", key):
                raise ValueError(
                    f"a key has {SHORTEST_KEY} characters or more and no blanks; one has {len(key)}"
                )
        return tuple(unicodedata.normalize("NFKC", key) for key in keys)

    @field_validator("patterns")
    @classmethod
    def _sound(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                found = re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
            if found.search(""):
                raise ValueError(
                    f"{pattern!r} matches the empty text, so everywhere; let it need a character"
                )
        return patterns

    @field_validator("home_paths", "users", "hosts")
    @classmethod
    def _words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(word.strip()) < 2 for word in words):
            raise ValueError("a name or path has two characters or more")
        return tuple(unicodedata.normalize("NFKC", word.rstrip("/")) for word in words)

    @model_validator(mode="after")
    def _mask_hides(self) -> Self:
        if len(self.mask) != 1 or not self.mask.isprintable() or self.mask.isspace() or cells(self.mask) != 1:
            raise ValueError("mask: one visible character of one cell is expected, such as * or x")
        if any(re.search(pattern, self.mask * 200) for pattern in self.patterns):
            raise ValueError(
                f"a pattern matches the mask {self.mask!r} itself; choose another mask or pattern"
            )
        return self


# The keys of the services that this kit talks to, as they write them; more stands in a policy file.
USUAL = Policy(
    patterns=(
        r"(?<![A-Za-z0-9])sk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]*",  # also when it is never finished
        r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}",
        r"(?<![0-9a-f])[0-9a-f]{32}\.access",
        rf"(?i:(?<![A-Za-z0-9]){_HEADERS}){_GIVEN}{_VALUE}",
        rf"(?i:(?<![A-Za-z0-9])Authorization){_GIVEN}(?i:Bearer|Basic)\s+{_VALUE}",
    )
)


def with_own_keys(policy: Policy, variables: Mapping[str, str]) -> Policy:
    """The policy, and what the variables of the live endpoint hold, from its first characters on.

    Values of less than 8 characters are left out. As `keys` they would also hide every word that begins as they do.
    """
    values = (variables.get(name, "").strip() for name in OWN_KEYS)
    keys = (unicodedata.normalize("NFKC", value) for value in values if len(value) >= SHORTEST_KEY)
    own = [rf"{re.escape(key[:_HEAD])}[A-Za-z0-9._~+/=-]*" for key in keys if not re.search(r"\s", key)]
    return policy.model_copy(update={"patterns": tuple(dict.fromkeys([*policy.patterns, *own]))})


def load_policy(path: Path) -> Policy:
    """The policy in a YAML file. Raises PolicyError."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path}: the policy cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: this is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise PolicyError(
            f"{path}: a policy has keys, patterns, home_paths, users, hosts or mask; none is there"
        )
    try:
        policy = Policy.model_validate(found)
    except ValidationError as error:
        wrong = "; ".join(_wrong(dict(one)) for one in error.errors())
        raise PolicyError(f"{path}: {wrong}") from error
    return policy


def _wrong(error: dict[str, Any]) -> str:
    """One entry of the file that is not as it should be, in words for its writer; never the entry's value."""
    name = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    why = {
        "extra_forbidden": f"unknown entry; known: {', '.join(Policy.model_fields)}",
        "tuple_type": "a list is expected, such as [one, two]",
        "string_type": "text is expected; put it in quotes",
        "value_error": str(error.get("ctx", {}).get("error", "")),
    }.get(error["type"], error["msg"])
    return f"{name}: {why}" if name else why
