"""Start a script of this folder with a Python that is new enough: ``python3 scripts/boot.py install [arguments]``.

Written so that any old Python can read it: what is missing is then said in one line instead of a syntax error.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
# Looked for, in this order, when the Python that reads this is too old.
OTHERS = ("python3.13", "python3.12", "python3.11")
ASK = "import sys; print(sys.version_info >= (3, 11))"


def is_new_enough(command):
    """Whether a command starts a Python we can use. A stub that only says how to install one counts as none."""
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.check_output([command, "-c", ASK], stderr=nowhere).strip() == b"True"
    except (OSError, subprocess.CalledProcessError):
        return False


def main(arguments):
    here = ".".join(str(part) for part in sys.version_info[:3])
    python = sys.executable
    if sys.version_info[:2] < NEEDED:
        # A Python that was named (make install PYTHON=...) is meant; only the default may be replaced.
        named = os.environ.get("PYTHON")
        python = next((other for other in OTHERS if not named and is_new_enough(other)), None)
        if python is None:
            sys.stderr.write(
                "Minyi needs Python 3.11 or newer, and "
                + (named or "python3")
                + " is "
                + here
                + ". Install a newer one, or name it: make install PYTHON=/path/to/python3.11\n"
            )
            return 1
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.execvp(python, [python, "-m", "scripts." + arguments[0]] + arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
