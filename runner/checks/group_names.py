"""What a kind of root or a 検査番号 is, in the words of the 連結決算要領 that the accountants have.

Takes a group and the planted roots, gives Japanese. Pure. Called by `runner.checks.set_match`.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.verdict import Group
from synthetic_pkg.answers import Anomaly
from synthetic_pkg.irregularities import KINDS


def group_name(group: Group, roots: Sequence[Anomaly]) -> str:
    """「内部取引の不一致（検査 C01・C02）」 or 「検査 C01（債権債務の不一致）」; else the label."""
    if group.by == "check":
        title = next((c.title for kind in KINDS for c in kind.checks if c.id == group.name), "")
        return f"{group.label}（{title}）" if title else group.label
    kind = next((kind for kind in KINDS if kind.id == group.name), None)
    checks = sorted({root.check_id for root in roots if root.kind == group.name})
    return f"{kind.title}（検査 {'・'.join(checks)}）" if kind else group.label
