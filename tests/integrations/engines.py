"""A search server of our own for the contract tests: speaks Elasticsearch's protocol over HTTP."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Started on one port, stopped and started again at will; its data stays."""

    def __init__(self, binary: str, folder):
        self.binary, self.folder, self.port = binary, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self) -> None:
        command = [self.binary, "start", "--only", "elasticsearch", "--elasticsearch-port", str(self.port)]
        command += ["--data-dir", str(self.folder)]
        # A group of its own: the command is a wrapper that would leave the server behind when it ends.
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._wait_until(self._answers, "did not start")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
            self._wait_until(lambda: not self._answers(), "did not stop")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _wait_until(self, condition, complaint: str) -> None:
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"{self.binary} {complaint}")
            time.sleep(0.05)


@contextmanager
def serve(binary: str, folder):
    """A running Server."""
    server = Server(binary, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
