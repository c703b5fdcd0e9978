"""Compile the translation catalogues: each ``civic/locale/*/LC_MESSAGES/django.po`` into the ``.mo`` beside it.

``python -m scripts.compile_messages`` runs in the environment, because it needs polib; asking what is stale does not.
With ``--strict`` gettext's msgfmt, where it is installed, reads the catalogues too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.terminal import ROOT, fail, say

CATALOGUES = "civic/locale/*/LC_MESSAGES/*.po"


def stale(root: Path = ROOT) -> list[Path]:
    """Catalogues that are newer than what was compiled from them."""
    return [po for po in sorted(root.glob(CATALOGUES)) if _age(po.with_suffix(".mo")) < _age(po)]


def compile_all(root: Path = ROOT) -> int:
    """Compile what is stale and return how many; a reader never sees half a file. Raises OSError on a broken one."""
    import polib  # in the environment only

    catalogues = stale(root)
    for po in catalogues:
        fresh = po.with_suffix(".mo.new")
        polib.pofile(str(po), check_for_duplicates=True).save_as_mofile(str(fresh))
        os.replace(fresh, po.with_suffix(".mo"))
    return len(catalogues)


def complaints(root: Path = ROOT) -> str:
    """What gettext's own msgfmt says against the catalogues: placeholders lost in translation, above all.

    Empty when it has nothing to say, and where gettext is not installed.
    """
    if not (msgfmt := shutil.which("msgfmt")):
        return ""
    checks = [
        subprocess.run([msgfmt, "--check-format", "--output-file", os.devnull, po], capture_output=True, text=True)
        for po in sorted(root.glob(CATALOGUES))
    ]
    return "".join(check.stderr for check in checks if check.returncode)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return -1


def main() -> None:
    try:
        count = compile_all()
    except (OSError, ValueError) as error:
        fail(f"A translation catalogue cannot be read: {error}")
    if count:
        say(f"Translations compiled: {count}")
    if "--strict" in sys.argv and (said := complaints()):
        fail(said.rstrip())


if __name__ == "__main__":
    main()
