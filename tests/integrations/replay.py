"""A local server that answers as a network would, for real client libraries to talk to."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Answer:
    """What the server says next: `body` is sent as JSON unless it is bytes; `pause` is waited before it."""

    body: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    pause: float = 0.0


@dataclass
class Replay:
    """Scripted answers, given in order, the last one for ever; `asked` holds (path, query, headers) of each request."""

    base: str
    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def says(self, *answers: Answer) -> None:
        self.answers[:] = answers

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serve():
    """A Replay on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            parts = urlsplit(self.path)
            replay.asked.append((parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items())))
            answer = replay.next()
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            stop.wait(answer.pause)
            try:
                self.send_response(answer.status)
                headers = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args):
            pass

    stop = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    replay = Replay(base=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def number(minutes_ago: float, serial: int = 0) -> str:
    """A post number as X makes them: the time of the post in its upper bits."""
    milliseconds = int((time.time() - minutes_ago * 60) * 1000) - 1_288_834_974_657
    return str((milliseconds << 22) + serial)


def post(minutes_ago: float = 1, text: str = "捷運末班車可以再晚一點", **fields) -> dict:
    """One post in the documented spelling."""
    found = number(minutes_ago) if "id" not in fields else fields.pop("id")
    return {
        "id": found,
        "text": text,
        "author_id": "7700001",
        "conversation_id": found,
        "created_at": "2026-11-20T04:05:06.000Z",
        "edit_history_tweet_ids": [found],
        "lang": "zh",
        "public_metrics": {"retweet_count": 2, "reply_count": 1, "like_count": 5, "quote_count": 0},
        **fields,
    }


def page(*posts: dict, next_token: str | None = None, **more) -> dict:
    """A page of search results."""
    if not posts:
        return {"meta": {"result_count": 0}, **more}
    numbers = sorted(int(one["id"]) for one in posts if str(one.get("id", "")).isdigit())
    meta = {"result_count": len(posts), "newest_id": str(numbers[-1]), "oldest_id": str(numbers[0])}
    if next_token:
        meta["next_token"] = next_token
    return {"data": list(posts), "meta": meta, **more}
