"""Twenty-four opinions of as many people about buses, as they lie in the stream; and a chat model of our own."""

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nlp import stream
from nlp.models import Corpus

LATE_BUSES = [
    "末班車太早，加班的人回不了家",
    "晚上十點以後幾乎沒有公車",
    "希望延後末班車的時間到半夜",
    "夜間公車班次太少，等一個小時",
    "夜班護理師下班沒有公車可搭",
    "深夜回家只能坐計程車，公車收班太早",
    "可不可以在週末加開夜間公車",
    "末班車的時間應該配合捷運收班",
]
SEATS = [
    "公車上的博愛座常常被年輕人占走",
    "博愛座應該改成人人都能坐的座位",
    "老人家上車沒有人讓座，很危險",
    "讓座文化需要多宣導，尤其博愛座",
    "孕婦站在博愛座前面也沒有人讓",
    "我覺得博愛座造成太多爭吵，乾脆取消",
    "座位太少，長輩站著很辛苦",
    "希望增加博愛座的數量給行動不便的人",
]
MONEY = [
    "票價調漲對學生負擔太大",
    "月票一千二百元很划算，請繼續補助",
    "漲價之前應該先改善服務品質",
    "轉乘優惠取消以後通勤費變很多",
    "學生票應該有更多折扣",
    "票價十五元其實很便宜，可以接受調整",
    "弱勢家庭的車資補助應該提高",
    "用手機付車資應該有回饋折扣",
]


@pytest.fixture
def corpus(db):
    made = Corpus.objects.create(key="bus", title="公車")
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    for number, text in enumerate(LATE_BUSES + SEATS + MONEY):
        stream.submit(
            corpus_id=made.pk,
            source="comment" if number % 2 else "x",
            channel="" if number % 2 else "#公車",
            key=number,
            text=text,
            author=f"member:{number}",
            posted_at=moment + timedelta(days=number),
            url=f"/p/bus/c/{number}/",
        )
    return made


class Model(BaseHTTPRequestHandler):
    """A chat model that answers what its server was told to answer."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), body))
        self.server.let_go.wait(self.server.delay)
        with suppress(ConnectionError):
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(self.server.answer.encode())

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def model():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.asked, server.status, server.delay, server.let_go = [], 200, 0, threading.Event()
    server.answer = json.dumps({"choices": [{"message": {"content": "夜間公車"}}]})
    server.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.let_go.set()
    server.shutdown()
    server.server_close()
    thread.join()
