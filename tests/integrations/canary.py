"""A server on this machine for tests about requests that leave the house."""

import http.server
import threading


class Canary:
    """A server on this machine that must never be reached, or is reached on purpose; it counts who comes."""

    def __init__(self, answer=None):
        self.seen, self.bodies = [], []
        canary = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                size = int(self.headers.get("Content-Length") or 0)
                canary.seen.append((self.command, self.path, dict(self.headers)))
                canary.bodies.append(self.rfile.read(size))
                (answer or _plain)(self)

            do_POST = do_GET

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def _plain(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "2")
    handler.end_headers()
    handler.wfile.write(b"ok")
