"""``make lock``: resolve the ``requirements*.in`` files into the lock files, for every platform, with hashes.

What is locked already stays where it can; ``make lock UPGRADE=1`` looks for newer versions of all, UPGRADE=name of one.
The resolver lives in an environment of its own, ``.venv-lock``.
"""

import os
import subprocess
import venv

from scripts import packages
from scripts.terminal import ROOT, Progress, fail, say

TOOLS = ROOT / ".venv-lock"
RESOLVER = "uv==0.13.9"
# In this order: the later ones are held to the first.
NAMES = ("requirements", "requirements-dev", "requirements-scale")


def main() -> None:
    resolver = TOOLS / "bin" / "uv"
    if not resolver.exists():
        with Progress("Making .venv-lock"):
            venv.create(TOOLS, with_pip=True, clear=True)
        pip = [TOOLS / "bin" / "python", "-m", "pip", "install", "--quiet", RESOLVER]
        if subprocess.run(pip, env=packages.environment()).returncode:
            fail(f"The resolver {RESOLVER} could not be installed.")
    wish = os.environ.get("UPGRADE", "")
    upgrade = [] if not wish else ["--upgrade"] if wish == "1" else ["--upgrade-package", wish]
    for name in NAMES:
        command = [
            resolver, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock", *upgrade,
            f"{name}.in", "--output-file", f"{name}.txt",
        ]  # fmt: skip
        if subprocess.run(command, cwd=ROOT).returncode:
            fail(f"{name}.in cannot be resolved.")
        say(f"{name}.txt: {len(packages.pins(ROOT / f'{name}.txt'))} packages")


if __name__ == "__main__":
    main()
