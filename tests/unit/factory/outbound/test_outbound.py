"""Nothing that is not public is ever connected to: each probe has a real listener that counts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.errors import FactoryError, InputError, RefusedError
from factory.outbound.addresses import CLOSED_V4, allowed, check_url, public
from factory.outbound.client import Client


class Listener:
    """Takes connections on every loopback address and counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.sockets = [self._listen(socket.AF_INET, "0.0.0.0", 0)]
        self.port = self.sockets[0].getsockname()[1]
        if socket.has_ipv6:
            self.sockets.append(self._listen(socket.AF_INET6, "::", self.port))
        for s in self.sockets:
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _listen(self, family: int, host: str, port: int) -> socket.socket:
        s = socket.socket(family, socket.SOCK_STREAM)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((host, port))
        s.listen()
        return s

    def _serve(self, s: socket.socket) -> None:
        while True:
            try:
                got, _ = s.accept()
            except OSError:
                return
            self.count += 1
            got.close()

    def close(self) -> None:
        for s in self.sockets:
            s.shutdown(socket.SHUT_RDWR)
            s.close()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A listener whose port may be named, so that only the address can be what a probe is refused for."""
    held = Listener()
    monkeypatch.setattr("factory.outbound.addresses.PORTS", (held.port,))
    yield held
    held.close()


LITERALS = [
    "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "localhost", "localhost.", "LOCALHOST", "ip6-localhost",
]


@pytest.mark.parametrize("host", LITERALS)
def test_an_address_in_disguise_is_refused_and_nothing_is_connected(listener: Listener, host: str) -> None:
    with pytest.raises(FactoryError):
        Client(seconds=2).post(f"https://{host}:{listener.port}/", b"{}", {})
    assert listener.count == 0


ANSWERS = [
    ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["64:ff9b:1::1"], ["2002:7f00:1::1"], ["2001:0:1::1"], ["fe80::1%lo"],
    ["fd00:ec2::254"], ["169.254.169.254"], ["168.63.129.16"], ["100.100.100.200"], ["0.0.0.0"], ["10.1.2.3"], ["255.255.255.255"],
    ["93.184.216.34", "127.0.0.1"], ["2606:4700::1111", "::1"], [],
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_name_with_one_closed_address_is_refused_whole(listener: Listener, answer: list[str]) -> None:
    with pytest.raises(RefusedError) as told:
        Client(seconds=2, resolver=lambda _name, _port: answer).post(f"https://hooks.example.com:{listener.port}/", b"{}", {})
    assert told.value.fault.code == "url.closed"
    assert listener.count == 0


def test_a_name_that_answers_differently_the_second_time_gains_nothing(listener: Listener) -> None:
    asked: list[str] = []

    def rebinding(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["198.18.0.1"] if len(asked) == 1 else ["127.0.0.1"]

    client = Client(seconds=2, resolver=rebinding)
    with pytest.raises(RefusedError):
        client.post(f"https://rebind.example.com:{listener.port}/", b"{}", {})
    assert (len(asked), listener.count) == (1, 0)


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    import httpcore

    asked: list[str] = []
    reached: list[str] = []

    def rebinding(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(_self: object, host: str, *_rest: object, **_more: object) -> None:
        reached.append(host)
        raise httpcore.ConnectError("not today")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(ConnectionError):
        Client(seconds=2, resolver=rebinding).post(f"https://rebind.example.com:{listener.port}/", b"{}", {})
    assert (asked, reached, listener.count) == (["rebind.example.com"], ["93.184.216.34"], 0)


class Receiver(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_POST(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))  # type: ignore[attr-defined]
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.path[4:]}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/long":
            self.send_response(200)
            self.end_headers()
            with_size = b"x" * 65536
            try:
                for _ in range(400):
                    self.wfile.write(with_size)
            except OSError:
                self.server.cut.set()  # type: ignore[attr-defined]
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b".")
                    self.wfile.flush()
                    if self.server.stop.wait(0.05):  # type: ignore[attr-defined]
                        return
            except OSError:
                self.server.cut.set()  # type: ignore[attr-defined]
        else:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.seen, server.cut, server.stop = [], threading.Event(), threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.stop.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_a_redirect_is_an_answer_and_not_a_way(receiver: ThreadingHTTPServer) -> None:
    other = Listener()
    answer = Client(loopback=True).post(f"http://127.0.0.1:{receiver.server_port}/to/{other.port}", b"{}", {})
    assert (answer.status, other.count) == (302, 0)
    other.close()


def test_a_long_answer_is_cut_at_the_limit(receiver: ThreadingHTTPServer) -> None:
    answer = Client(loopback=True).post(f"http://127.0.0.1:{receiver.server_port}/long", b"{}", {})
    assert len(answer.body) == 64 * 1024
    assert receiver.cut.wait(5)  # type: ignore[attr-defined]


def test_a_server_that_drips_is_left_at_the_deadline(receiver: ThreadingHTTPServer) -> None:
    with pytest.raises(TimeoutError):
        Client(loopback=True, seconds=0.4).post(f"http://127.0.0.1:{receiver.server_port}/drip", b"{}", {})
    assert receiver.cut.wait(5)  # type: ignore[attr-defined]


def test_a_resolver_that_hangs_is_left_at_the_deadline() -> None:
    held = threading.Event()

    def hangs(_name: str, _port: int) -> Sequence[str]:
        held.wait(10)
        return []

    with pytest.raises(TimeoutError):
        Client(seconds=0.3, resolver=hangs).post("https://slow.example.com/", b"{}", {})
    held.set()


def test_headers_and_body_arrive_and_the_host_is_the_name(receiver: ThreadingHTTPServer) -> None:
    Client(loopback=True, resolver=lambda _n, _p: ["127.0.0.1"]).post(f"http://localhost:{receiver.server_port}/in", b'{"a":1}', {"webhook-id": "e"})
    path, headers, body = receiver.seen[0]  # type: ignore[attr-defined]
    assert (path, body, headers["webhook-id"]) == ("/in", b'{"a":1}', "e")
    assert headers["Host"] == f"localhost:{receiver.server_port}"


CERTIFICATE = Path(__file__).with_name("hooks.example.com.pem")
"""A certificate of that name and nothing else, signed by itself for a hundred years; its key is for this test only."""


def test_the_certificate_must_be_the_names_though_the_connection_goes_to_an_address(receiver: ThreadingHTTPServer) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(CERTIFICATE)
    receiver.socket = own.wrap_socket(receiver.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    port = receiver.server_port

    def to(name: str) -> int:
        # a public name whose (twin) resolver names this machine: let through here only by the setting for tests
        client = Client(loopback=True, tls=trust, resolver=lambda _n, _p: ["127.0.0.1"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("factory.outbound.addresses.PORTS", (port,))
            return client.post(f"https://{name}:{port}/in", b"{}", {}).status

    assert to("hooks.example.com") == 200
    with pytest.raises(ConnectionError, match=r"[Cc]ertificate|CERTIFICATE"):
        to("other.example.com")


@pytest.mark.parametrize(("url", "code"), [
    ("http://hooks.example.com/", "url.scheme"), ("ftp://hooks.example.com/", "url.scheme"), ("//hooks.example.com/", "url.scheme"),
    ("https://user:secret@hooks.example.com/", "url.parts"), ("https://hooks.example.com/#x", "url.parts"),
    ("https://hooks.example.com:22/", "url.port"), ("https://hooks.example.com:99999/", "url.shape"), ("https://[::1/", "url.shape"),
    ("https://hooks/", "url.host"), ("https:///x", "url.host"), ("https://exa mple.com/", "url.shape"), ("https://exämple.com/", "url.shape"),
    ("https://hooks.example.com/" + "x" * 2000, "url.shape"), ("https://hooks.example.com\\@127.0.0.1/", "url.shape"),
    ("https://1.2.3/", "url.host"), ("https://example.com.0x7f/", "url.host"), ("https://-a.example.com/", "url.host"),
    ("http://127.0.0.1/", "url.scheme"), ("javascript:alert(1)", "url.scheme"), ("", "url.scheme"),
])  # fmt: skip
def test_a_url_is_refused_with_its_reason(url: str, code: str) -> None:
    with pytest.raises(InputError) as told:
        check_url(url)
    assert code in [f.code for f in told.value.faults]


@pytest.mark.parametrize("url", ["https://hooks.example.com/a?b=c", "https://hooks.example.com:8443/", "https://93.184.216.34/", "https://[2606:4700::1111]/",
                                 "https://xn--exmple-cua.com/"])
def test_public_urls_are_fine(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8123/", "http://localhost:8123/", "http://[::1]:9/", "https://127.0.0.1/"])
def test_the_setting_for_tests_opens_this_machine_and_no_other(url: str) -> None:
    check_url(url, loopback=True)
    with pytest.raises(InputError):
        check_url(url)
    with pytest.raises(InputError):
        check_url("http://10.0.0.1/", loopback=True)


@given(st.ip_addresses(v=4))
def test_a_public_address_lies_in_none_of_the_closed_nets(address: object) -> None:
    assert public(str(address)) == (not any(address in net for net in CLOSED_V4))  # type: ignore[operator]


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_of_an_ipv4_address_is_called(address: object) -> None:
    packed = f"{int(address):08x}"  # type: ignore[call-overload]
    pair = f"{packed[:4]}:{packed[4:]}"
    for form in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{pair}", f"64:ff9b:1::{pair}", f"2002:{pair}::", f"2001:0:{pair}::"):
        with pytest.raises(RefusedError):
            allowed([form], "x", loopback=False)
