"""A webhook receiver that writes down what reached it, refuses some on purpose, and checks every signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on loopback. `moody` is the share of deliveries that are answered with 500 when they first come."""

    def __init__(self, moody: float = 0.1, seed: int = 0) -> None:
        self.secret = ""
        self.got: list[dict[str, Any]] = []
        self.forged = 0
        self._moody, self._chance, self._guard = moody, random.Random(seed), threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where to deliver."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def ids(self) -> set[str]:
        """Ids of everything that came, however often."""
        with self._guard:
            return {g["id"] for g in self.got}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _take(self, headers: Any, body: bytes) -> int:
        name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signed = hmac.new(base64.b64decode(self.secret.removeprefix("whsec_")), f"{name}.{stamp}.".encode() + body, hashlib.sha256)
        wanted = "v1," + base64.b64encode(signed.digest()).decode()
        with self._guard:
            if wanted not in headers.get("webhook-signature", "").split(" "):
                self.forged += 1
                return 401
            first = all(g["id"] != name for g in self.got)
            self.got.append({"id": name, **json.loads(body)})
            return 500 if first and self._chance.random() < self._moody else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(receiver._take(self.headers, body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        return Handler
