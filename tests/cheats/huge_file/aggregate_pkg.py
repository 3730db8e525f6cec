"""Writes an output so large that a reader would give up."""

from pathlib import Path

BLOCK = bytes(8 << 20)
with Path("output/集計結果.xlsx").open("wb") as file:
    while True:
        file.write(BLOCK)
