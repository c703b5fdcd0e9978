"""``make check``: what can be said about the code before it runs. One line for each step, with its time."""

import os
import subprocess
import sys
import tempfile
import time

from scripts.install import PYTHON
from scripts.terminal import ROOT, fail, say

STEPS = {
    "ruff: rules": ["ruff", "check", "."],
    "ruff: format": ["ruff", "format", "--check", "."],
    "types of nlp.core": ["mypy"],
    "package arrows": ["pytest", "-q", "-p", "no:cacheprovider", "tests/test_architecture.py"],
    "system checks": ["manage.py", "check", "--fail-level", "ERROR"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": ["scripts.compile_messages", "--strict"],
}


def main() -> None:
    failed = []
    # The steps leave no database and no secret behind.
    with tempfile.TemporaryDirectory() as var:
        for name, arguments in STEPS.items():
            command = [PYTHON, *arguments] if arguments[0].endswith(".py") else [PYTHON, "-m", *arguments]
            started = time.monotonic()
            step = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {"MINYI_VAR": var},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            say(f"{'FAILED' if step.returncode else 'ok':<7} {name:<20} {time.monotonic() - started:6.1f} s")
            if step.returncode:
                say(step.stdout.rstrip())
                failed.append(name)
    if failed:
        fail(f"{len(failed)} of {len(STEPS)} checks failed: {', '.join(failed)}")


if __name__ == "__main__":
    sys.exit(main())
