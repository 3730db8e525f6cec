"""What a dataset is made from: DatasetSpec (validated input) and the mix of plants it stands for.

Read by scenario files (`dataset:`) and by synthetic_pkg.dataset; the seed comes separately.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LEVEL_COMPANIES = 90  # the mixes below are written for this many companies
LEVELS: dict[str, dict[str, int]] = {
    "core": {
        "N02": 12, "N03": 12, "R04": 4, "R07": 6, "R13": 3, "R15": 3,
        "R04-trap": 2, "R07-trap": 4, "R08-trap": 3, "R13-trap": 3, "R15-trap": 3, "N02-trap": 2, "T01": 1,
    },
}  # fmt: skip


class DatasetSpec(BaseModel):
    """Companies, period and mix of one dataset.

    `irregularities` overrides the level's count of a kind ("R07: 6"; traps as "R07-trap: 2").
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    companies: int = Field(default=90, ge=12, le=900)
    period: Literal["2027Q1"] = "2027Q1"
    level: Literal["core"] = "core"
    irregularities: dict[str, int] = Field(default_factory=dict)

    def mix(self) -> dict[str, int]:
        """Count of plants by kind: the level's, scaled to `companies` (at least one), then overrides."""
        scaled = {
            kind: max(1, round(count * self.companies / LEVEL_COMPANIES))
            for kind, count in LEVELS[self.level].items()
        }
        return {**scaled, **self.irregularities}
