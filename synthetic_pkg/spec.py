"""What a dataset is made from: DatasetSpec (validated input) and the mix of plants it stands for.

Read by scenario files (`dataset:`) and by synthetic_pkg.dataset; the seed comes separately.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synthetic_pkg.errors import DatasetError
from synthetic_pkg.period import PeriodId

MOST_COMPANIES = 9000
LEVEL_COMPANIES = 90  # the mixes below are written for this many companies
LEVELS: dict[str, dict[str, int]] = {
    "core": {
        "N02": 12, "N03": 12, "R04": 4, "R07": 6, "R13": 3, "R15": 3,
        "R04-trap": 2, "R07-trap": 4, "R08-trap": 3, "R13-trap": 3, "R15-trap": 3, "N02-trap": 2, "T01": 1,
    },
    "easy": {
        "N01": 8, "N02": 8, "N03": 8, "R04": 2, "R07": 2, "R13": 2, "R15": 2,
        "R04-trap": 2, "R07-trap": 2, "R08-trap": 1, "R13-trap": 1, "R15-trap": 2, "N02-trap": 1, "T01": 1,
    },
    "standard": {
        "N01": 4, "N02": 3, "N03": 3, "N04": 2, "N05": 2, "N06": 2, "N07": 2, "N08": 2,
        "R01": 1, "R02": 3, "R03": 2, "R04": 3, "R06": 2, "R07": 5, "R08": 2, "R09": 2, "R10": 2, "R11": 1,
        "R13": 2, "R14": 1, "R15": 3, "R16": 2, "R17": 2, "R18": 2, "R19": 1, "R20": 1, "R21": 1, "R22": 2,
        "R24": 2, "R26": 1, "R32": 1, "R34": 1,
        "T01": 1, "R01-new-trap": 1, "R18-new-trap": 1, "R24-new-trap": 2, "R08-trap": 1, "R15-trap": 2,
        "R18-trap": 1, "R13-trap": 2, "N02-trap": 1, "N06-trap": 1, "N07-trap": 1, "R03-trap": 1, "R04-trap": 1,
        "R06-trap": 1, "R07-trap": 2, "R09-trap": 1, "R10-trap": 1, "R11-trap": 1,
        "R16-trap": 1, "R17-trap": 1, "R19-trap": 1,
    },
    "hard": {
        "N01": 4, "N02": 3, "N03": 3, "N04": 2, "N05": 2, "N06": 2, "N07": 2, "N08": 2, "N09": 2,
        "R01": 1, "R02": 3, "R03": 3, "R04": 3, "R06": 2, "R07": 5, "R08": 3, "R09": 2, "R10": 2, "R11": 2,
        "R12": 1, "R13": 2, "R14": 1, "R15": 3, "R16": 2, "R17": 3, "R18": 2, "R19": 2, "R20": 2, "R21": 2,
        "R22": 2, "R23": 2, "R24": 3, "R25": 2, "R26": 2, "R27": 1, "R28": 1, "R29": 1, "R30": 1, "R32": 2,
        "R33": 1, "R34": 1,
        "T01": 1, "R01-new-trap": 1, "R18-new-trap": 1, "R24-new-trap": 2, "R08-trap": 1, "R15-trap": 3,
        "R18-trap": 1, "R13-trap": 2, "N02-trap": 1, "N05-trap": 1, "N06-trap": 1,
        "N07-trap": 1, "R01-trap": 1, "R03-trap": 1, "R04-trap": 2, "R06-trap": 1,
        "R07-trap": 4, "R09-trap": 1, "R10-trap": 1, "R11-trap": 1, "R16-trap": 1, "R17-trap": 1, "R19-trap": 1,
        "R12-trap": 1, "R20-trap": 1, "R22-trap": 1, "R23-trap": 1, "R24-trap": 1, "R25-trap": 1, "R27-trap": 1,
        "R28-trap": 2, "R29-trap": 1, "R30-trap": 1,
    },
}  # fmt: skip
SECOND_QUARTER = {"standard": {"R05": 2}, "hard": {"R05": 2}}  # added where quarter and year so far differ
LEAST_COMPANIES = {"core": 17, "easy": 12, "standard": 12, "hard": 24}  # that a level's own mix needs
CARRIERS = {"easy": 8, "standard": 35, "hard": 45}  # of 90 companies: how many carry the level's R items


class DatasetSpec(BaseModel):
    """Companies, period and mix of one dataset.

    `irregularities` overrides the level's count of a kind ("R07: 6"; traps as "R07-trap: 2").
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    companies: int = Field(default=90, ge=12, le=MOST_COMPANIES)
    period: PeriodId = "2027Q1"
    level: Literal["core", "easy", "standard", "hard"] = "core"
    irregularities: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _room_for_the_level(self) -> DatasetSpec:
        least = LEAST_COMPANIES[self.level]
        if self.companies < least and not self.irregularities:
            raise ValueError(
                f"companies: {self.companies} are too few for level {self.level}; raise companies to {least}"
            )
        return self

    def mix(self) -> dict[str, int]:
        """Count of plants by kind: the level's, scaled to `companies`, then overrides.

        `core` keeps at least one of each kind; the other levels keep the sum, so rare kinds go first.
        """
        counts = LEVELS[self.level]
        if self.level == "core":
            scaled = {k: max(1, round(n * self.companies / LEVEL_COMPANIES)) for k, n in counts.items()}
        else:
            scaled = {}
            for wanted in (_is_root, _is_form, _is_trap):
                scaled |= _shared({k: n for k, n in counts.items() if wanted(k)}, self.companies)
        if self.level in SECOND_QUARTER and self.period == "2027Q2":
            added = SECOND_QUARTER[self.level].items()
            scaled |= {k: max(1, round(n * self.companies / LEVEL_COMPANIES)) for k, n in added}
        return {**scaled, **self.irregularities}

    def carriers(self) -> int:
        """How many companies carry R items; 0 at `core`, where no company carries two."""
        if self.level == "core":
            return 0
        return max(1, CARRIERS[self.level] * self.companies // LEVEL_COMPANIES)


def read_spec(**fields: Any) -> DatasetSpec:
    """A spec from loose values. DatasetError that names the first field which is wrong, and what it may be."""
    try:
        return DatasetSpec.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        if not field:
            raise DatasetError(first["msg"].removeprefix("Value error, ")) from error
        raise DatasetError(f"{field}: {first['input']!r}: {first['msg']}") from error


def _is_trap(kind: str) -> bool:
    return kind.endswith("-trap") or kind.startswith("T")


def _is_root(kind: str) -> bool:
    return kind.startswith("R") and not _is_trap(kind)


def _is_form(kind: str) -> bool:
    return kind.startswith("N") and not _is_trap(kind)


def _shared(counts: dict[str, int], companies: int) -> dict[str, int]:
    """The counts scaled so that their sum is scaled too: largest remainders, then the order of the level."""
    total = round(sum(counts.values()) * companies / LEVEL_COMPANIES)
    scaled = {kind: count * companies // LEVEL_COMPANIES for kind, count in counts.items()}
    by_remainder = sorted(counts, key=lambda kind: -(counts[kind] * companies % LEVEL_COMPANIES))
    for kind in by_remainder[: total - sum(scaled.values())]:
        scaled[kind] += 1
    return {kind: count for kind, count in scaled.items() if count}
