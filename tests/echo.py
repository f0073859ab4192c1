"""A WSGI application that says how many bytes it was sent."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    try:
        body = environ["wsgi.input"].read()
    except OSError:
        start_response("408 Request Timeout", [("Content-Length", "0")])
        return []
    said = str(len(body)).encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
