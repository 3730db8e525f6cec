"""Takes recorded before a scenario listed its checks hold three thresholds in run.json: the same, as checks.

`runner.record` reads every run.json through this, so that such a take is judged by what it was judged by then.
"""

from __future__ import annotations

from typing import Any

SCRIPTS = ["aggregate_pkg.py", "detect_anomalies.py"]
OUTPUTS = ["output/集計結果.xlsx", "output/異常一覧.csv"]
KIND_RECALL_MIN = 0.3  # the limit per kind that came with the list of checks


def checks_of_thresholds(checks: Any) -> Any:
    """The checks of that time when `checks` is a mapping of thresholds; anything else is given back as it is."""
    if not isinstance(checks, dict):
        return checks
    return [
        {"check": "files", "id": "deliverables", "present": [*SCRIPTS, *OUTPUTS]},
        {"check": "inputs_unchanged"},
        {"check": "script_reruns", "scripts": SCRIPTS},
        {"check": "totals"},
        {"check": "set_match", "kind_recall_min": KIND_RECALL_MIN, **checks},
    ]
