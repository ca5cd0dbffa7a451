"""The link checker against a real server; only the names of hosts and the way to them are feigned, at the socket."""

import socket
import socketserver
import threading
import time

import pytest

from articles import links
from articles.links import Verdict, check, is_public

PUBLIC = "93.184.215.14"


class Handler(socketserver.StreamRequestHandler):
    """Answers by path, and remembers what it was asked."""

    answers = {
        "/ok": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "/gone": "HTTP/1.1 410 Gone\r\n\r\n",
        "/missing": "HTTP/1.1 404 Not Found\r\n\r\n",
        "/busy": "HTTP/1.1 503 Busy\r\n\r\n",
        "/robots": "HTTP/1.1 403 Forbidden\r\n\r\n",
        "/for-now": "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n",
        "/for-good": "HTTP/1.1 301 Moved\r\nLocation: http://source.example/ok\r\n\r\n",
        "/round": "HTTP/1.1 302 Found\r\nLocation: /round\r\n\r\n",
        "/inside": "HTTP/1.1 302 Found\r\nLocation: http://inside.example/secret\r\n\r\n",
        "/loopback": "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/secret\r\n\r\n",
        "/other-port": "HTTP/1.1 302 Found\r\nLocation: http://source.example:6379/\r\n\r\n",
        "/file": "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        "/nonsense": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    }

    def handle(self):
        path = self.rfile.readline().split()[1].decode()
        self.server.asked.append(path)
        if path == "/endless":
            self._send_until_gone(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 60_000 + b"\r\n", pause=0)
        elif path == "/drip":
            self._send_until_gone(b"HTTP/1.1 200 OK\r\n", b"X", pause=0.05)
        else:
            self.wfile.write(self.answers[path].encode())

    def _send_until_gone(self, first: bytes, part: bytes, *, pause: float):
        try:
            self.wfile.write(first)
            for _ in range(400):
                self.wfile.write(part)
                time.sleep(pause)
        except OSError:
            pass  # the asker has hung up, as it should


@pytest.fixture
def server():
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        asked: list[str] = []

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


class Internet:
    """Names lead to the addresses given, in turn; what goes to PUBLIC reaches *server*."""

    def __init__(self, server, monkeypatch):
        self.hosts = {"source.example": [[PUBLIC]], "inside.example": [["10.0.0.7"]]}
        self.asked_for, self.went_to = [], []
        self.server = server
        self.connect = socket.create_connection
        monkeypatch.setattr(socket, "getaddrinfo", self.getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", self.create_connection)

    def getaddrinfo(self, host, port, **kwargs):
        self.asked_for.append(host)
        if host[0].isdigit():
            addresses = [host]
        elif host in self.hosts:
            turns = self.hosts[host]
            addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        else:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def create_connection(self, address, timeout):
        self.went_to.append(address)
        assert address == (PUBLIC, 80)
        there = socket.socket()
        there.settimeout(timeout)
        there.connect(self.server.server_address)
        return there


@pytest.fixture
def internet(server, monkeypatch):
    return Internet(server, monkeypatch)


@pytest.mark.parametrize(
    ("path", "verdict", "detail"),
    [
        ("/ok", Verdict.WORKS, "200"),
        ("/for-now", Verdict.WORKS, "200"),
        ("/for-good", Verdict.MOVED, "http://source.example/ok"),
        ("/gone", Verdict.GONE, "410"),
        ("/missing", Verdict.GONE, "404"),
        ("/round", Verdict.GONE, "more than 3 redirects"),
        ("/busy", Verdict.UNCERTAIN, "503"),
        ("/robots", Verdict.UNCERTAIN, "403"),
        ("/nonsense", Verdict.UNCERTAIN, "no proper answer"),
        ("/endless", Verdict.UNCERTAIN, "no proper answer"),
        ("/inside", Verdict.REFUSED, "not public"),
        ("/loopback", Verdict.REFUSED, "not public"),
        ("/other-port", Verdict.REFUSED, "port 6379"),
        ("/file", Verdict.REFUSED, "no web address"),
    ],
)
def test_each_answer_has_its_verdict(internet, path, verdict, detail):
    answer = check(f"http://source.example{path}")
    assert answer.verdict == verdict
    assert detail in answer.detail
    assert "/secret" not in internet.server.asked


def test_a_host_that_has_no_address_is_gone(internet):
    assert check("http://nowhere.example/").verdict == Verdict.GONE


def test_an_answer_that_drips_is_given_up_in_time(internet, monkeypatch):
    monkeypatch.setattr(links, "SECONDS", 0.4)
    began = time.monotonic()
    answer = check("http://source.example/drip")
    assert (answer.verdict, answer.detail) == (Verdict.UNCERTAIN, "it did not answer in time")
    assert time.monotonic() - began < 2


def test_a_name_that_turns_inwards_when_asked_again_is_asked_once(internet):
    """DNS rebinding: the address that was checked is the one that is connected to."""
    internet.hosts["source.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert check("http://source.example/ok").verdict == Verdict.WORKS
    assert internet.asked_for == ["source.example"]
    assert internet.went_to == [(PUBLIC, 80)]


def test_a_name_with_one_address_inside_is_refused_whole(internet):
    internet.hosts["source.example"] = [[PUBLIC, "192.168.1.1"]]
    assert check("http://source.example/ok").verdict == Verdict.REFUSED
    assert internet.went_to == []


def test_each_redirect_is_distrusted_afresh(internet):
    internet.hosts["source.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert check("http://source.example/for-now").verdict == Verdict.REFUSED
    assert internet.server.asked == ["/for-now"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://source.example/",
        "gopher://source.example:70/",
        "http://user:secret@source.example/",
        "http://source.example:22/",
        "https://source.example:80/",
        "http:///path",
        "http://127.0.0.1/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
    ],
)
def test_what_is_not_on_the_public_web_is_never_connected_to(internet, address):
    assert check(address).verdict == Verdict.REFUSED
    assert internet.went_to == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d70e", True),  # PUBLIC, through NAT64
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("127.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("198.18.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize("path", ["/a b", "/ok\r\nX: y", "/é", "/ok?q=a b"])
def test_a_strange_path_cannot_write_a_header(internet, path):
    Handler.answers |= {"/a%20b": "HTTP/1.1 200 OK\r\n\r\n", "/%C3%A9": "HTTP/1.1 200 OK\r\n\r\n"}
    Handler.answers |= {"/okX:%20y": "HTTP/1.1 200 OK\r\n\r\n", "/ok?q=a%20b": "HTTP/1.1 200 OK\r\n\r\n"}
    assert check(f"http://source.example{path}").verdict == Verdict.WORKS
