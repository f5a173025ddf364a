"""Where Chromium is, and how it is started without a window: for the tests of the pages, and for the book on paper."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
HOW_TO_GET_IT = (
    "Install it (on Debian and Ubuntu: apt-get install chromium), or say where it is: CHROMIUM=/path/to/chrome make"
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
