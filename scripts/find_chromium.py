"""Find the Chromium the browser tests drive: CHROMIUM when set, else the usual names and places."""

import os
import shutil
from pathlib import Path

from scripts.terminal import fail, say

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/snap/bin/chromium",
)


def find() -> str | None:
    """The path of a Chromium that can be started, or None. A CHROMIUM that is set but wrong counts as none."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next(
        filter(None, map(shutil.which, NAMES)),
        next((place for place in PLACES if os.access(place, os.X_OK) and Path(place).is_file()), None),
    )


if __name__ == "__main__":
    say(find() or fail("No Chromium was found. On Debian: apt install chromium; or set CHROMIUM=/path/to/it"))
