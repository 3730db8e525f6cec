"""A real headless Chromium for tests of pages: a new profile, nothing of the caller, nothing asked of a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium(profile: Path, width: int = 1440, height: int = 1400) -> Iterator[Chrome]:
    """A browser with a window of this size in pixels and a new profile. The test fails by name without Chromium."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.fail("chromium or chromedriver is missing: sudo apt install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = program
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    for argument in (*QUIET, *sandbox, f"--window-size={width},{height}", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()
