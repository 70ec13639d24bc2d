"""A TCP server on a free port whose every connection is played by a script, byte for byte."""

import contextlib
import socket
import threading
from collections.abc import Callable

type Script = Callable[["RawServer", socket.socket], None]

WAIT_SECONDS = 5.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class RawServer:
    """Each connection runs the next script; the last script runs for all that follow."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._closed = threading.Semaphore(0)
        self.stopped = threading.Event()
        self.requests: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed: no more connections
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(WAIT_SECONDS)
                self._connections.append(connection)
                script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
                self._start(self._play, script, connection)

    def _play(self, script: Script, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the client has gone: the play is over
            script(self, connection)
        self._closed.release()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def __enter__(self) -> "RawServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for each in (self._listener, *self._connections):
            with contextlib.suppress(OSError):  # closed before
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(WAIT_SECONDS)

    def wait_closed(self) -> None:
        """Until one more connection is closed on this side."""
        assert self._closed.acquire(timeout=WAIT_SECONDS)

    def read_request(self, connection: socket.socket) -> bytes:
        """One request with its body; empty when the client has closed the connection."""
        text = b""
        while b"\r\n\r\n" not in text:
            more = connection.recv(65_536)
            if not more:
                return b""
            text += more
        head, _, body = text.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += connection.recv(65_536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def trickle(self, connection: socket.socket, text: bytes, *, pause_seconds: float) -> None:
        """Send byte by byte until the client or the test has had enough."""
        for number in range(len(text)):
            connection.sendall(text[number : number + 1])
            if self.stopped.wait(pause_seconds):
                return
