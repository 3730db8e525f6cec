"""Leaves an endless device, a hard link to the input or a symbolic one in the place of its output."""

import os
import stat
from pathlib import Path

NAME = "output/集計結果.xlsx"
WAYS = (
    lambda: os.mknod(NAME, 0o644 | stat.S_IFCHR, os.makedev(1, 5)),
    lambda: os.link("input/連結決算要領.xlsx", NAME),
    lambda: os.link("/proc/self/exe", NAME),
    lambda: Path(NAME).symlink_to("/dev/zero"),
)
for way in WAYS:
    try:
        way()
        break
    except OSError as error:
        print(error.strerror)
