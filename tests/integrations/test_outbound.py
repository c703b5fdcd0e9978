"""Figure A6: an address somebody typed in never leads to a private place, to a long wait or to a flood."""

import socket
import threading
import time

import pytest

from integrations import outbound
from integrations.outbound import OutboundError
from tests.integrations.canary import Canary

LOCAL = [
    "127.0.0.1", "127.1", "127.0.0.2", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "017700000001",
    "0177.0.0.1", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[2002:0a00:0001::]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd12:3456:789a::1]",
    "[ff02::1]", "[2001:db8::1]", "[100::1]", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "192.168.1.254", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.127.255.254", "192.0.0.1",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "3232235777", "0xc0a80101",
    "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1",
]  # fmt: skip
ODD = [
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/_x",
    "ftp://example.org/",
    "dict://127.0.0.1:11211/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//127.0.0.1/",
    "http:///path",
    "http://",
    "",
    "http://user:secret@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1:22/",
    "http://example.org:25/",
    "http://example.org:99999/",
    "http://127.0.0.1\r\nX: y/",
    "http://[::1/",
]


@pytest.fixture
def serve():
    running = []

    def start(answer=None):
        running.append(Canary(answer))
        return running[-1]

    yield start
    for canary in running:
        canary.close()


@pytest.fixture
def local_is_allowed(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]


@pytest.mark.parametrize("host", LOCAL)
def test_no_spelling_of_a_private_place_is_called(serve, host):
    canary = serve()
    with pytest.raises(OutboundError):
        outbound.request("GET", f"http://{host}:{canary.port}/")
    assert not canary.seen


@pytest.mark.parametrize("url", ODD)
def test_no_other_kind_of_address_is_called(url):
    with pytest.raises(OutboundError):
        outbound.request("GET", url)


def test_a_name_that_changes_its_mind_is_called_where_it_was_judged(serve, monkeypatch):
    """DNS rebinding: public at the first look-up, private at every later one."""
    canary, asked = serve(), []
    real = socket.getaddrinfo

    def fickle(host, port, *args, **kwargs):
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        address = "192.88.99.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", fickle)
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    with pytest.raises(OutboundError):
        outbound.request("GET", f"http://rebind.example:{canary.port}/")
    assert len(asked) <= 1 and not canary.seen


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    def mixed(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)
    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", "http://mixed.example/")
    assert refusal.value.code == "refused"


def test_what_an_operator_allows_is_called(serve, local_is_allowed):
    canary = serve()
    answer = outbound.request("POST", canary.url + "hook?x=1", body=b"{}", headers={"X-One": "1"})
    assert answer.is_success and answer.body == b"ok"
    command, path, headers = canary.seen[0]
    assert (command, path, headers["X-One"], headers["Host"]) == ("POST", "/hook?x=1", "1", f"127.0.0.1:{canary.port}")


def test_a_redirect_to_a_private_place_is_not_followed(serve, local_is_allowed):
    secret = serve()

    def leads(handler):
        handler.send_response(302)
        handler.send_header("Location", f"http://127.0.0.2:{secret.port}/")
        handler.end_headers()

    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", serve(leads).url, redirects=3)
    assert refusal.value.code == "refused" and not secret.seen


def test_at_most_three_redirects_and_none_where_none_was_asked_for(serve, local_is_allowed):
    def round_and_round(handler):
        handler.send_response(307)
        handler.send_header("Location", "/again")
        handler.end_headers()

    canary = serve(round_and_round)
    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", canary.url, redirects=9)
    assert refusal.value.code == "too_many_redirects" and len(canary.seen) == 4
    assert outbound.request("POST", canary.url, body=b"x").status == 307


@pytest.mark.parametrize("pace", ["silent", "dripping", "headers", "greeting"])
def test_a_side_that_hangs_is_left_in_time(serve, local_is_allowed, monkeypatch, pace):
    monkeypatch.setattr(outbound, "SECONDS", 0.4)
    stop = threading.Event()

    def hangs(handler):
        if pace == "dripping":
            handler.send_response(200)
            handler.end_headers()
        if pace == "headers":
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        while not stop.wait(0.05):
            if pace != "silent":
                try:
                    handler.wfile.write(b".")
                    handler.wfile.flush()
                except OSError:
                    return

    started = time.monotonic()
    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", serve(hangs).url)
    stop.set()
    assert refusal.value.code == "too_slow" and time.monotonic() - started < 3


def test_a_flood_is_cut_off(serve, local_is_allowed, monkeypatch):
    monkeypatch.setattr(outbound, "MOST_BYTES", 100_000)

    def floods(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(10_000):
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", serve(floods).url)
    assert refusal.value.code == "too_big"


def test_a_host_that_does_not_exist_is_said_to_be_missing():
    with pytest.raises(OutboundError) as refusal:
        outbound.request("GET", "http://nowhere.invalid/")
    assert refusal.value.code == "unreachable"


def test_sixty_addresses_are_tried():
    assert len(LOCAL) + len(ODD) >= 60
