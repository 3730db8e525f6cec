"""Leaves a folder in the place of its output, with a right looking file in it."""

from pathlib import Path

Path("output/集計結果.xlsx").mkdir()
Path("output/集計結果.xlsx/集計結果.xlsx").write_bytes(b"PK\x03\x04")
