"""Copies a table that stood in the folder of the session; without it there is nothing to copy."""

import shutil

shutil.copy("cache/集計済み.xlsx", "output/集計結果.xlsx")
