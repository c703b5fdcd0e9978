"""A web server whose processes are killed: ``python -m tests.scale.forks PORT FILE``.

Django is loaded and the port opened once; each web process is a fork that runs uvicorn on it, and when one is gone the
next takes its place at once, as a supervisor would do it. FILE holds the number of the last one that has read what it
reads at its start.
"""

import os
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from civic import warming
from civic.asgi import application
from tests.scale.processes import HOST


def main(port: int, file: Path) -> None:
    place = socket.create_server((HOST, port), backlog=128)
    while True:
        serving = os.fork()
        if not serving:
            serve(place, file)
        os.waitpid(serving, 0)


def serve(place: socket.socket, file: Path) -> None:
    threading.Thread(target=tell, args=(file,), daemon=True).start()
    config = uvicorn.Config(application, lifespan="on", log_level="warning", access_log=False, log_config=None)
    try:
        uvicorn.Server(config).run(sockets=[place])
    finally:
        os._exit(1)


def tell(file: Path) -> None:
    # The server reads the model beside its start; who asks for it meanwhile goes on when it is there.
    warming.warm()
    new = file.with_suffix(".new")
    new.write_text(str(os.getpid()))
    new.rename(file)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
