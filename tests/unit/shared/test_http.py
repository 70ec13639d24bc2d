"""An outgoing call ends in time, and tells what was not sent from what was not answered."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.http import HttpClient, NotAnswered, NotSent
from tests.unit.shared.raw_server import ANSWER, RawServer


def client(url: str, *, total_seconds: float = 2.0) -> HttpClient:
    return HttpClient(url, headers={"Authorization": "Bearer sk_test"}, total_seconds=total_seconds)


def answer(body: bytes, *, status: str = "200 OK", more: bytes = b"") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode()
    return head + more + b"\r\n" + body


def answering(server: RawServer, connection: socket.socket) -> None:
    """Answer every request on the connection."""
    while server.read_request(connection):
        connection.sendall(ANSWER)


@contextmanager
def within(*, seconds: float, at_least: float = 0.0) -> Iterator[None]:
    start = time.monotonic()
    yield
    assert at_least <= time.monotonic() - start < seconds


def test_a_call_carries_its_body_and_headers() -> None:
    with RawServer(answering) as server:
        told = client(server.url + "/").call(
            "POST", "/v1/payments", body={"amount": 3998}, headers={"Idempotency-Key": "k:1"}
        )
    assert (told.status, told.body) == (200, {})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/payments HTTP/1.1"
    assert {
        "Authorization: Bearer sk_test",
        "Content-Type: application/json",
        "Idempotency-Key: k:1",
    } <= set(lines)
    assert json.loads(body) == {"amount": 3998}


def test_a_path_of_the_base_url_stands_before_every_path() -> None:
    with RawServer(answering) as server:
        client(server.url + "/sandbox/").call("GET", "/v1/operations?reference=a%2Fb")
    assert server.requests[0].startswith(b"GET /sandbox/v1/operations?reference=a%2Fb HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        ("201 Created", b'{"id": "op_1"}', {"id": "op_1"}),
        ("402 Payment Required", b'{"error": {}}', {"error": {}}),
        ("500 Internal Server Error", b"[]", []),
        ("502 Bad Gateway", b"<html>Bad Gateway</html>", None),
        ("200 OK", b"", None),
        ("200 OK", b"\xff\xfe\x00", None),
        ("200 OK", b'{"amount": NaN}', None),
        ("200 OK", b"[" * 100_000, None),
        ("204 No Content", b"", None),
        ("302 Found", b"{}", {}),
    ],
)
def test_whatever_the_status_the_answer_is_given(status: str, body: bytes, expected: Any) -> None:
    def script(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(answer(body, status=status, more=b"Location: /elsewhere\r\n"))

    with RawServer(script) as server:
        told = client(server.url).call("GET", "/")
    assert (told.status, told.body) == (int(status[:3]), expected)
    assert len(server.requests) == 1


def test_a_chunked_answer_is_read() -> None:
    def script(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendall(b'8\r\n{"id": "\r\n7\r\nop_1", \r\n7\r\n"a": 1}\r\n0\r\n\r\n')

    with RawServer(script) as server:
        http = client(server.url)
        assert [http.call("GET", "/").body for _ in range(2)] == [{"id": "op_1", "a": 1}] * 2
    assert len(server.requests) == 2


def test_an_answer_beyond_the_limit_is_no_document() -> None:
    body = b'"' + b"x" * 1_100_000 + b'"'

    def script(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(answer(body))

    with RawServer(script) as server:
        http = client(server.url)
        assert [http.call("GET", "/").body for _ in range(2)] == [None, None]


def test_a_refused_connection_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotSent):
        client(f"http://127.0.0.1:{port}").call("POST", "/", body={})


def test_an_unknown_host_was_not_sent() -> None:
    with pytest.raises(NotSent):
        client("http://host.invalid").call("POST", "/", body={})


def test_a_connection_that_is_never_made_was_not_sent() -> None:
    """The backlog of a listener that does not accept is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        http = client(f"http://127.0.0.1:{address[1]}", total_seconds=0.5)
        with within(seconds=2), pytest.raises(NotSent):
            http.call("POST", "/", body={})
        for each in waiting:
            each.close()


def closing_at_once(server: RawServer, connection: socket.socket) -> None:
    del server, connection


def closing_after_the_request(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)


def resetting(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def stopping_in_the_head(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 20")


def stopping_in_the_body(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"id":')


def talking_nonsense(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def packing_badly(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(answer(b"not gzip", more=b"Content-Encoding: gzip\r\n"))


@pytest.mark.parametrize(
    "script",
    [
        closing_at_once,
        closing_after_the_request,
        resetting,
        stopping_in_the_head,
        stopping_in_the_body,
        talking_nonsense,
        packing_badly,
    ],
)
def test_a_line_that_breaks_leaves_the_outcome_unknown(script: Any) -> None:
    with RawServer(script) as server, within(seconds=2), pytest.raises(NotAnswered):
        client(server.url).call("POST", "/", body={"amount": 1})


def silent(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    server.stopped.wait(5)


def trickling_the_head(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    server.trickle(connection, b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 50, pause_seconds=0.05)


def trickling_the_body(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    server.trickle(connection, b"[" * 500, pause_seconds=0.05)


def trickling_chunks(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    server.trickle(connection, b"1\r\n[\r\n" * 100, pause_seconds=0.05)


def trickling_for_ever(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    server.trickle(connection, b" " * 500, pause_seconds=0.05)


@pytest.mark.parametrize(
    "script",
    [silent, trickling_the_head, trickling_the_body, trickling_chunks, trickling_for_ever],
)
def test_a_server_that_takes_its_time_does_not_outlast_the_deadline(script: Any) -> None:
    with RawServer(script) as server:
        http = client(server.url, total_seconds=0.4)
        with within(seconds=2, at_least=0.3), pytest.raises(NotAnswered):
            http.call("POST", "/", body={"amount": 1})


def test_a_byte_shortly_before_the_deadline_buys_no_time() -> None:
    def script(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        server.stopped.wait(0.8)
        connection.sendall(b"H")
        server.stopped.wait(5)

    with RawServer(script) as server:
        http = client(server.url, total_seconds=1.0)
        with within(seconds=1.6, at_least=0.9), pytest.raises(NotAnswered):
            http.call("POST", "/", body={"amount": 1})


def test_an_answer_without_an_end_is_left_at_the_deadline() -> None:
    def script(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.stopped.is_set():
            connection.sendall(b"x" * 65_536)

    with RawServer(script) as server:
        http = client(server.url, total_seconds=0.4)
        with within(seconds=2):
            told = http.call("GET", "/")
    assert (told.status, told.body) == (200, None)


def test_the_deadline_is_that_of_each_call() -> None:
    def script(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            server.trickle(connection, ANSWER, pause_seconds=0.005)

    with RawServer(script) as server:
        http = client(server.url, total_seconds=1.2)
        with within(seconds=5, at_least=1.2):
            assert [http.call("GET", "/").status for _ in range(4)] == [200] * 4


def test_calls_share_a_connection() -> None:
    connections: list[int] = []

    def script(server: RawServer, connection: socket.socket) -> None:
        connections.append(connection.fileno())
        answering(server, connection)

    with RawServer(script) as server:
        http = client(server.url)
        assert [http.call("GET", "/").status for _ in range(3)] == [200, 200, 200]
    assert len(connections) == 1


def test_a_connection_that_the_server_closed_between_calls_is_made_anew() -> None:
    def once(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(ANSWER)

    with RawServer(once) as server:
        http = client(server.url)
        for _ in range(3):
            assert http.call("POST", "/", body={}).status == 200
            server.wait_closed()
    assert len(server.requests) == 3


def test_after_a_broken_call_the_next_has_a_connection_of_its_own() -> None:
    with RawServer(stopping_in_the_body, trickling_the_body, answering) as server:
        http = client(server.url, total_seconds=0.3)
        for _ in range(2):
            with pytest.raises(NotAnswered):
                http.call("POST", "/", body={})
        assert http.call("GET", "/").status == 200
