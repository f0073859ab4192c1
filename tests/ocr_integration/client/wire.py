"""Servers on this machine that answer byte for byte what a test says."""

import ipaddress
import json
import re
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def reply(body=b"", status=200, *more, length=None):
    """An answer byte for byte, its connection closed after it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Said", "Connection: close", *more]
    if length is not False:
        lines.append(f"Content-Length: {len(raw) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + raw


@contextmanager
def serving(behave, tls=None):
    """A server that hands each connection to `behave` once a request's head has come."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
                    with spoken:
                        take_request(spoken)
                        behave(spoken, stopped)
                except OSError:
                    continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def take_request(connection):
    """Receive the head and a small body: closing before all was read would reset the connection.

    Of a TLS greeting only the first piece.
    """
    received = b""
    while not re.search(rb"\r\n\r\n|^\x16", received) and (piece := connection.recv(65536)):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: ([0-9]{1,4})\r", head + b"\r")
    while length and len(body) < int(length[1]) and (piece := connection.recv(65536)):
        body += piece


def saying(text):
    return lambda connection, _: connection.sendall(text.replace("\n", "\r\n").encode())


def a_certificate(folder, host="127.0.0.1"):
    """A file with a certificate for this host and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return str(file)
