"""Copies a list that stood in the folder of the session; without it there is nothing to copy."""

import shutil

shutil.copy("cache/検査済み.csv", "output/異常一覧.csv")
