"""What is bounded before anyone is known: sizes and connections."""

import contextlib
import socket

import pytest

from support.signed import Signer, form

MEBIBYTE = 1024 * 1024


def address(server):
    host, port = server.address.split(":")
    return host, int(port)


def first_line(connection):
    """The first line that comes back; empty where the connection is closed without one."""
    connection.settimeout(20)
    try:
        return connection.makefile("rb").readline().decode()
    except ConnectionResetError:
        return ""


def test_a_body_may_be_as_large_as_any_document(server):
    answer = Signer(server.address).post(f"{form('ListUsers')}&Padding={'x' * (12 * MEBIBYTE)}")
    assert answer.status == 200


def test_a_body_that_says_it_is_too_large_is_refused_unread(server):
    with contextlib.closing(socket.create_connection(address(server))) as connection:
        head = f"POST / HTTP/1.1\r\nHost: {server.address}\r\nContent-Length: {1024 * MEBIBYTE}\r\n\r\n"
        connection.sendall(head.encode())
        assert "413" in first_line(connection)


def test_a_body_that_grows_too_large_is_refused(server):
    with contextlib.closing(socket.create_connection(address(server))) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: {server.address}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                connection.sendall(chunk)
        assert "413" in first_line(connection) or first_line(connection) == ""
    assert server.http("GET", "/healthz")[0] == 200


def test_a_head_that_is_too_large_is_refused(server):
    with contextlib.closing(socket.create_connection(address(server))) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(
                f"GET /healthz HTTP/1.1\r\nHost: {server.address}\r\nX-Long: {'x' * MEBIBYTE}\r\n\r\n".encode()
            )
        line = first_line(connection)
    assert line == "" or " 431 " in line or " 400 " in line, line
    assert server.http("GET", "/healthz")[0] == 200


def test_more_connections_than_allowed_wait_their_turn(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text("[limits]\nconnections = 2\n")
    server = start("dev", "--listen", "127.0.0.1:0", "--config", configuration)
    held = [socket.create_connection(address(server)) for _ in range(2)]
    request = f"GET /healthz HTTP/1.1\r\nHost: {server.address}\r\nConnection: close\r\n\r\n".encode()
    for connection in held:
        connection.sendall(request[:10])
    third = socket.create_connection(address(server))
    third.sendall(request)
    third.settimeout(0.5)
    with pytest.raises(TimeoutError):
        third.recv(1)
    held[0].sendall(request[10:])
    assert "200" in first_line(held[0])
    assert "200" in first_line(third)
    for connection in [*held, third]:
        connection.close()


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_harms_nobody(server, garbage):
    with contextlib.closing(socket.create_connection(address(server))) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        assert "200" not in first_line(connection)
    assert server.http("GET", "/healthz")[0] == 200
