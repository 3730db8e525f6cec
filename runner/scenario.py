"""A scenario: one YAML file that says what is shown, to whom it is typed and how it is judged.

Takes a name or a path; gives a validated `Scenario`, or a ScenarioError naming file, line and field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from runner.checks.catalogue import Checks, doubled
from runner.studio.storyboard import Story, problems
from runner.yaml_lines import DuplicateKey, first_error, load_with_lines
from synthetic_pkg.spec import DatasetSpec

KIT_ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = KIT_ROOT / "scenarios"
# Labels of a recording's markers beside the scenario's own: a command's result, a turn's end, a dialog's answer.
RESULT, DONE, DIALOG = "：結果", "：完了", "確認に答える"


class ScenarioError(Exception):
    """The scenario cannot be used; the message is one line: what, where, what to do."""


def joined_lines(text: str) -> str:
    """Lines of a block joined without spaces between them, as Japanese is written."""
    return "".join(line.strip() for line in text.splitlines())


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShellScene(_Part):
    """A command typed into the recorded shell before or after the agent."""

    scene: Literal["shell"]
    marker: str = Field(min_length=1)
    command: str = Field(min_length=1)
    read_s: float = Field(default=1.5, ge=0, le=30)  # the audience reads the result


class Prompt(_Part):
    marker: str = Field(min_length=1)
    text: str = Field(min_length=1)
    deadline_s: float = Field(default=900, gt=0, le=7200)  # the whole turn, model and tools together

    @field_validator("text")
    @classmethod
    def one_paragraph(cls, text: str) -> str:
        joined = joined_lines(text)
        if joined.startswith(("/", "!", "#", "@")):
            raise ValueError("a prompt may not start with / ! # or @: Claude Code takes these as commands")
        return joined


class AgentScene(_Part):
    """The agent is started, the prompts are typed one by one, the agent is left with /exit."""

    scene: Literal["agent"]
    marker: str = Field(min_length=1)
    prompts: list[Prompt] = Field(min_length=1)


Scene = Annotated[ShellScene | AgentScene, Field(discriminator="scene")]


class AskRule(_Part):
    """A tool call for which the permission dialog is shown on camera (and answered Yes)."""

    tool: str = Field(min_length=1)
    pattern: str = Field(min_length=1)  # regular expression on the command or the path

    @field_validator("tool", "pattern")
    @classmethod
    def compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from error
        return pattern


class Endpoint(_Part):
    """Bounds on the endpoint in seconds; each one that passes is an endpoint_error."""

    connect_timeout_s: float = Field(default=5, gt=0)
    first_byte_timeout_s: float = Field(default=300, gt=0)
    idle_timeout_s: float = Field(default=120, gt=0)


class Scenario(_Part):
    scenario: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = Field(min_length=1)
    seed: int = Field(ge=0, le=2**31)
    held_out_seed: int = Field(ge=0, le=2**31)
    dataset: DatasetSpec
    cassette: str = Field(min_length=1)  # folder beside the scenario file
    system_prompt: str = Field(min_length=1)
    ask: list[AskRule] = []
    scenes: list[Scene] = Field(min_length=1)
    checks: Checks
    endpoint: Endpoint = Endpoint()
    rerun_wall_s: float = Field(default=300, gt=0, le=3600)
    story: Story | None = None  # None: no film is made of its takes
    _joined = field_validator("system_prompt")(joined_lines)
    path: Path  # filled in by `load`, not a field of the file

    @property
    def cassette_dir(self) -> Path:
        return self.path.parent / self.cassette

    @property
    def prompts(self) -> list[Prompt]:
        return [p for s in self.scenes if isinstance(s, AgentScene) for p in s.prompts]

    @property
    def markers(self) -> list[str]:
        """Every label that a recording of this scenario can have, in the order of the scenes."""
        found = []
        for scene in self.scenes:
            if isinstance(scene, ShellScene):
                found += [scene.marker, f"{scene.marker}{RESULT}"]
                continue
            found.append(scene.marker)
            for prompt in scene.prompts:
                found += [prompt.marker, *([DIALOG] if self.ask else []), f"{prompt.marker}{DONE}"]
        return list(dict.fromkeys(found))


def available(folder: Path = SCENARIOS) -> list[str]:
    return sorted(p.stem for p in folder.glob("*.yaml"))


def find(name: str, folder: Path = SCENARIOS) -> Path:
    """A scenario's file by name, or by path when it ends in .yaml; ScenarioError when there is none."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(available(folder)) or "none"
        raise ScenarioError(f"no scenario {name!r}; available: {known} (see `swallow-demo list`)")
    return path.resolve()


def load(path: Path) -> Scenario:
    """Read and validate; ScenarioError with file:line and field."""
    try:
        document, lines = load_with_lines(path)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioError(f"{path}:{line}: not valid YAML: {error.problem}; correct this line") from error
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path}: not valid YAML: {' '.join(str(error).split())}; correct it") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except DuplicateKey as error:
        raise ScenarioError(f"{path}:{error.line}: field `{error.key}`: stands twice; remove one") from error
    if not isinstance(document, dict):
        raise ScenarioError(f"{path}:1: a scenario is a mapping of fields; see scenarios/pkg_batch.yaml")
    if "path" in document:
        raise ScenarioError(f"{path}:{lines[('path',)]}: field `path`: is not a field here; remove it")
    try:
        scenario = Scenario.model_validate({**document, "path": path})
    except ValidationError as error:
        line, field, message = first_error(error, lines)
        raise ScenarioError(
            f"{path}:{line}: field `{field}`: {message}; correct it (see scenarios/pkg_batch.yaml)"
        ) from error
    _hold_together(scenario, path, lines)
    return scenario


def _hold_together(scenario: Scenario, path: Path, lines: Mapping[tuple[str | int, ...], int]) -> None:
    """What no field can see alone: seeds, ids, files beside it and the story's markers. ScenarioError."""
    if scenario.seed == scenario.held_out_seed:
        raise ScenarioError(
            f"{path}:{lines[('held_out_seed',)]}: field `held_out_seed`: equals `seed`, so nothing would "
            "be held out; choose another number"
        )
    if (again := doubled(scenario.checks)) is not None:
        raise ScenarioError(
            f"{path}:{lines[('checks', again)]}: field `checks.{again}`: another check has the id "
            f"`{scenario.checks[again].name}` already; give this one an `id` of its own, or remove it"
        )
    if not (scenario.cassette_dir / "cassette.jsonl").is_file():
        raise ScenarioError(
            f"{path}:{lines[('cassette',)]}: field `cassette`: no cassette.jsonl in {scenario.cassette_dir}"
        )
    if scenario.story is not None:
        for at, wrong in problems(scenario.story, scenario.markers, [p.text for p in scenario.prompts]):
            field = ".".join(map(str, ("story", *at)))
            raise ScenarioError(f"{path}:{lines[('story', *at)]}: field `{field}`: {wrong}")
