"""A door between us and the S3 server that does harm on purpose: errors, cuts, lost answers, sleep."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Plan = Callable[[str, str], str]
"""What happens to a request, by its method and path: pass, 500, 503, cut (never arrives), half (its body breaks off), lose (arrives, the
answer does not), short (the answer breaks off), or a number of seconds to sleep before it passes."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    plan: Plan
    target: str

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        harm = self.plan(self.command, self.path)
        size = int(self.headers.get("Content-Length", 0))
        if harm in ("cut", "half"):
            self.rfile.read(size // 2 if harm == "half" else 0)
            self.close_connection = True
            return
        if self.headers.get("Expect"):
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(size)
        if harm.isdigit() and len(harm) == 3:
            self._answer(int(harm), b"")
            return
        if harm.replace(".", "").isdigit():
            time.sleep(float(harm))
        status, headers, data = self._forward(body)
        if harm == "lose":
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        length = {n.lower(): v for n, v in headers}.get("content-length", str(len(data)))
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(data)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(data[: len(data) // 2] if harm == "short" else data)
        if harm == "short":
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        at = urlsplit(self.target)
        link = http.client.HTTPConnection(at.hostname or "", at.port or 80, timeout=30)
        with contextlib.closing(link):
            link.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("expect", "connection"):
                    link.putheader(name, value)
            link.endheaders(body)
            answer = link.getresponse()
            return answer.status, answer.getheaders(), answer.read()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextlib.contextmanager
def troubled(target: str, plan: Plan) -> Iterator[str]:
    """The address of a door to `target` where `plan` decides what each request meets."""
    handler = type("Handler", (_Handler,), {"plan": staticmethod(plan), "target": target})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def first(count: int, harm: str, *, method: str = "", holds: str = "") -> Plan:
    """Harm to the first `count` requests of a method whose path holds a word; all others pass."""
    lock, left = threading.Lock(), [count]

    def plan(verb: str, path: str) -> str:
        with lock:
            if left[0] and (not method or verb == method) and holds in path:
                left[0] -= 1
                return harm
        return "pass"

    return plan
