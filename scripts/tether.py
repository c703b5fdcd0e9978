"""Run a Python module or script in this process, and end it when the one who started it is gone.

``python -m scripts.tether FD uvicorn civic.asgi:application ...`` or ``... FD manage.py worker``. FD is the reading end
of a pipe whose writing end only the starter holds: however the starter ends, by kill -9 too, the pipe closes.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 8


def main() -> None:
    lifeline, target = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(lifeline, False)
    threading.Thread(target=end_with, args=(lifeline,), name="tether", daemon=True).start()
    sys.argv = sys.argv[2:]
    if target.endswith(".py"):
        runpy.run_path(target, run_name="__main__")
    else:
        runpy.run_module(target, run_name="__main__", alter_sys=True)


def end_with(lifeline: int) -> None:
    """Wait for the pipe to close; then ask this process to stop, and after a grace stop it and its children."""
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
