"""A TCP proxy before the S3 server that can answer 500, be slow, or cut connections, as the benchmark says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

ANSWER = (b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: 97\r\n\r\n"
          b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>chaos</Message><x>ab</x></Error>  ")  # fmt: skip


class Proxy:
    """Passes bytes on. `mood` is "well", "broken" (500 to every new connection and cut old ones) or "slow" (.5 s a piece)."""

    def __init__(self, target: int) -> None:
        self.target, self.mood = target, "well"
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The endpoint that clients are given."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def turn(self, mood: str) -> None:
        """Change the mood; connections that are open are cut."""
        self.mood = mood
        for one in list(self._open):
            _close(one)

    def close(self) -> None:
        """Stop."""
        self.turn("broken")
        _close(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self.mood == "broken":
            with contextlib.suppress(OSError):
                client.settimeout(5)
                client.recv(65536)
                client.sendall(ANSWER)
            _close(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            server.settimeout(None)
        except OSError:
            _close(client)
            return
        self._open |= {client, server}
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        self._open -= {client, server}

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if self.mood == "slow":
                    time.sleep(0.5)
                sink.sendall(piece)
        _close(sink)
        _close(source)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
