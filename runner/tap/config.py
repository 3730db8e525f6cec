"""What the tap is told on its config line. Read by `python -m runner.tap`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator


class GuardConfig(BaseModel):
    """What rule G01 compares: the folders the agent can write, and what may stand in them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roots: list[Path] = Field(min_length=1, description="folders that are scanned, as the host sees them")
    manifest: Path = Field(description="manifest.json of the dataset: sha256 of every input file")
    hooks: Path = Field(description="hook journal of the trial")
    agent_uid: int | None = Field(default=None, description="owner of what the agent writes, when it has one")


class TapConfig(BaseModel):
    """The whole config line; times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upstream: str = Field(pattern=r"^https?://[^/\s]+", description="ANTHROPIC_BASE_URL, without /v1")
    api_key: str = Field(min_length=1, repr=False)
    extra_headers: dict[str, str] = Field(default_factory=dict, repr=False)
    public: list[str] = Field(default_factory=list, description="words that are no secret: the model's names")
    socket: Path
    cassette: Path | None = None
    audit: Path
    connect_timeout_s: float = Field(default=10.0, gt=0)
    first_byte_timeout_s: float = Field(default=300.0, gt=0)
    idle_timeout_s: float = Field(default=120.0, gt=0)
    guard: GuardConfig

    @field_validator("upstream")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def secrets(self) -> list[str]:
        """Every value that must stand nowhere but in requests to the endpoint."""
        return [self.api_key, *self.extra_headers.values()]
