"""An independent reading of a dataset: workbooks and 連結決算要領.xlsx in, every answer out.

Shares no code with the generator and no knowledge beyond what 要領 says. Exact arithmetic with Fraction.
reading → books → totals, scopes, detection, values.
"""

from __future__ import annotations

from .detection import Detection, uncorrected
from .reading import day, number
from .scopes import details, proof
from .totals import Oracle
from .values import values

__all__ = ["Detection", "Oracle", "day", "details", "number", "proof", "uncorrected", "values"]
