"""A web server whose processes are killed: ``python -m tests.scale.forks PORT FILE``.

Django is loaded and the port opened once; each web process is a fork that runs uvicorn on it, and when one is gone the
next takes its place at once, as a supervisor would do it. FILE holds the number of the one that serves.
"""

import os
import socket
import sys
from pathlib import Path

import uvicorn

from civic.asgi import application
from tests.scale.processes import HOST


def main(port: int, file: Path) -> None:
    place = socket.create_server((HOST, port), backlog=128)
    while True:
        serving = os.fork()
        if not serving:
            serve(place)
        new = file.with_suffix(".new")
        new.write_text(str(serving))
        new.rename(file)
        os.waitpid(serving, 0)


def serve(place: socket.socket) -> None:
    config = uvicorn.Config(application, lifespan="on", log_level="warning", access_log=False, log_config=None)
    try:
        uvicorn.Server(config).run(sockets=[place])
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
