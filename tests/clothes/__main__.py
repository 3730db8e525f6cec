"""Prints how the corpus fared, and the names of the pieces that fared wrongly; the benchmark's line."""

from __future__ import annotations

import sys

from tests.clothes import count

counts = count()
print(counts)
for title in (*counts.rejected, *counts.accepted):
    print(f"  {title}")
sys.exit(1 if counts.rejected or counts.accepted else 0)
