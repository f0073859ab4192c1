"""What any server may say to `python -m ocr_integration.client`: each answer and its exit status.

The command's own function runs in this process; its shell is `test_command_line`'s.
"""

import base64
import gzip
import json
import ssl
import struct
import zlib

import pytest

from ocr_integration.client import __main__ as command
from tests.ocr_integration.client.fakes import HK_FRONT, picture
from tests.ocr_integration.client.wire import a_certificate, reply

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]

READ, PHOTO, AGAIN, NONSENSE, SETTINGS = 0, 65, 75, 76, 78
PASSWORD = {
    "OCR_AUTH": "token",
    "OCR_USERNAME": "desk",
    "OCR_PASSWORD": "HUSH",
    "OCR_DOMAIN": "domain",
}


def read(**changes):
    return reply({"result": {**HK_FRONT, **changes}})


def refused(status, code, *more):
    return reply({"error_code": code, "error_msg": "HUSH"}, status, *more)


def token(value="token", said=None, status=201):
    return reply(said if said is not None else {"token": {}}, status, f"X-Subject-Token: {value}")


def without(*names):
    return reply({"result": {k: v for k, v in HK_FRONT.items() if k not in names}})


def chunked(*chunks, end=b"0\r\n\r\n"):
    head = reply(b"", 200, "Transfer-Encoding: chunked", length=False)
    return head + b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + end


def encoded(raw):
    return base64.b64encode(raw).decode()


def png_bomb(width, height):
    """A picture of few bytes that says it is this large."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def text_bomb():
    """A small picture with a text beside it that unpacks to very much."""
    data = b"Comment\0\0" + zlib.compress(bytes(80_000_000))
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data
    small = picture(8, 10, "PNG")
    return small[:33] + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + data)) + small[33:]


def scans_bomb():
    """A picture that says again and again what it said."""
    file = picture(1500, 2000, progressive=True)
    start = file.rindex(b"\xff\xda")
    return file[:start] + file[start:-2] * 3000 + file[-2:]


CHINESE = {
    "HK": "港澳居民来往内地通行证",
    "HK traditional": "港澳居民來往內地通行證",
    "Taiwan": "台湾居民来往大陆通行证",
}
BODY = json.dumps({"result": HK_FRONT}).encode()
BOTTOMLESS = b'{"result":' + b'{"a":' * 50_000
CORNERS = [[10, 10], [30, 10], [30, 40], [10, 40]]

ANSWERS = {
    # good ones
    "plain": (reply(BODY), READ),
    "chunked": (chunked(BODY[:7], BODY[7:]), READ),
    "chunked with a trailer": (chunked(BODY, end=b"0\r\nX: y\r\n\r\n"), READ),
    "until the connection's end": (reply(BODY, length=False), READ),
    "another content type": (reply(BODY, 200, "Content-Type: text/plain"), READ),
    "a charset that is not so": (reply(BODY, 200, "Content-Type: a/b; charset=gbk"), READ),
    "escaped": (reply({"result": HK_FRONT}), READ),
    "not escaped": (reply(json.dumps({"result": HK_FRONT}, ensure_ascii=False).encode()), READ),
    "a byte order mark": (reply(b"\xef\xbb\xbf" + BODY), READ),
    "white space": (reply(b" \r\n\t" + BODY + b"\n"), READ),
    "a hundred before": (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + reply(BODY), READ),
    "unknown members": (reply({"result": {**HK_FRONT, "x": [1, {}]}, "y": None}), READ),
    "no error code": (reply({"result": HK_FRONT, "error_code": None}), READ),
    "cookies": (reply(BODY, 200, *["Set-Cookie: a=b"] * 50), READ),
    "a header that is none": (reply(BODY, 200, "\x01 HUSH"), READ),
    **{f"type {name}": (read(type=text), READ) for name, text in CHINESE.items()},
    "type in small letters": (read(type=HK_FRONT["type"].lower()), READ),
    "a back": (read(side="back", id_name="陈大文", machine_code1="C" * 30), READ),
    "side in capitals": (read(side="BACK"), READ),
    **{f"sex {s!r}": (read(sex=s), READ) for s in ("M", "F", "男", "女", "男/M", "女/F", "", None)},
    **{f"{name} missing": (without(name), READ) for name in HK_FRONT},
    **{f"{name} null": (read(**{name: None}), READ) for name in HK_FRONT},
    **{f"{name} empty": (read(**{name: ""}), READ) for name in HK_FRONT},
    "fields missing": (without("name", "number", "confidence"), READ),
    "fields null": (read(name=None, number=None, confidence=None), READ),
    "nothing read": (read(**dict.fromkeys(set(HK_FRONT) - {"type", "side", "confidence"}, "")), 0),
    # confidences
    **{
        f"confidence {value!r}": (read(confidence={"name": value}), READ)
        for value in (0, 1, 0.5, -0.1, 1.1, "0.9", True, None, [], {}, 10**30)
    },
    "confidence NaN": (reply(BODY.replace(b"0.99", b"NaN")), READ),
    "confidence infinite": (reply(BODY.replace(b"0.99", b"-Infinity")), READ),
    "confidence too large": (reply(BODY.replace(b"0.99", b"1e999")), READ),
    "confidence a list": (read(confidence=[0.9]), NONSENSE),
    "confidence a number": (read(confidence=0), NONSENSE),
    # no result
    "empty": (reply(b""), NONSENSE),
    "HTML": (reply(b"<html><h1>Welcome</h1></html>"), NONSENSE),
    "cut JSON": (reply(BODY[:-5]), NONSENSE),
    "more after it": (reply(BODY + b"{}"), NONSENSE),
    "two keys": (reply(BODY.replace(b'"sex"', b'"name"')), NONSENSE),
    "two results": (reply(b'{"result": {}, ' + BODY[1:]), NONSENSE),
    "single quotes": (reply(str({"result": HK_FRONT}).encode()), NONSENSE),
    "latin-1": (reply('{"result": {"name": "é"}}'.encode("latin-1")), NONSENSE),
    "GBK": (reply(json.dumps({"result": HK_FRONT}, ensure_ascii=False).encode("gbk")), NONSENSE),
    "UTF-16": (reply(BODY.decode().encode("utf-16")), NONSENSE),
    "a list": (reply([{"result": HK_FRONT}]), NONSENSE),
    "a text": (reply('"result"'), NONSENSE),
    "null": (reply(None), NONSENSE),
    "no result": (reply({}), NONSENSE),
    "result null": (reply({"result": None}), NONSENSE),
    "result a list": (reply({"result": [HK_FRONT]}), NONSENSE),
    "an error as a success": (refused(200, "AIS.0104"), NONSENSE),
    "an error beside a result": (reply({"result": HK_FRONT, "error_code": "AIS.0104"}), NONSENSE),
    "deep": (reply(BOTTOMLESS), NONSENSE),
    "deep lists": (reply(b"[" * 500_000), NONSENSE),
    "wide": (reply(b"[" + b"[]," * 500_000 + b"0]"), NONSENSE),
    "a number without end": (reply(b'{"result": ' + b"9" * 100_000 + b"}"), NONSENSE),
    "binary": (reply(bytes(range(256)) * 20), NONSENSE),
    "too large": (reply(b" " * 9_000_000 + BODY), NONSENSE),
    "too large in chunks": (chunked(*[b" " * 65_536] * 150, BODY), NONSENSE),
    "too large to the end": (reply(b" " * 9_000_000, length=False), NONSENSE),
    "compressed": (reply(gzip.compress(BODY), 200, "Content-Encoding: gzip"), NONSENSE),
    "a bomb": (
        reply(gzip.compress(bytes(50_000_000)), 200, "Content-Encoding: gzip"),
        NONSENSE,
    ),
    "an unsaid bomb": (reply(gzip.compress(bytes(50_000_000))), NONSENSE),
    "a bomb on the way elsewhere": (
        reply(gzip.compress(bytes(50_000_000)), 302, "Location: /a", "Content-Encoding: gzip"),
        SETTINGS,
    ),
    # values
    **{
        f"{name} {str(value)[:9]!r}": (read(**{name: value}), NONSENSE)
        for name, value in [
            ("type", "Passport"),
            ("type", 1),
            ("side", "left"),
            ("side", 0),
            ("name", 7),
            ("name", ["陈"]),
            ("name", {"a": 1}),
            ("name", False),
            ("name", "x" * 201),
            ("name", "x" * 2_000_000),
            ("name", "a\0b"),
            ("name", "a\x1b[2Jb"),
            ("name", "a\u202eb"),
            ("name", "\ud800"),
            ("issue_times", 1),
        ]
    },
    # portraits and places
    "a portrait": (read(portrait_image=encoded(picture(24, 30))), READ),
    "a portrait as PNG": (read(portrait_image=encoded(picture(24, 30, "PNG"))), READ),
    "no portrait": (read(portrait_image=None, portrait_location=None), READ),
    "an empty portrait": (read(portrait_image="", portrait_location=[]), READ),
    **{
        f"a portrait that is {name}": (read(portrait_image=value), NONSENSE)
        for name, value in {
            "no text": 7,
            "false": False,
            "a list": [],
            "no Base64": "not base64!",
            "Base64 cut": encoded(picture(24, 30))[:-3],
            "prefixed": "data:image/jpeg;base64," + encoded(picture(24, 30)),
            "no picture": encoded(b"<svg/>"),
            "a GIF": encoded(picture(24, 30, "GIF")),
            "cut": encoded(picture(400, 500)[:600]),
            "large": encoded(picture(3001, 20)),
            "a bomb": encoded(png_bomb(60_000, 60_000)),
            "a smaller bomb": encoded(png_bomb(2999, 2999)),
            "a text bomb": encoded(text_bomb()),
            "gone over for ever": encoded(scans_bomb()),
            "many bytes": encoded(bytes(3_000_000)),
        }.items()
    },
    "a place": (read(portrait_location=CORNERS), READ),
    "a place a little outside": (read(portrait_location=[[-2, 10], *CORNERS[1:]]), NONSENSE),
    **{
        f"a place that is {str(value)[:20]}": (read(portrait_location=value), NONSENSE)
        for value in (
            *("here", 7, False, {}, CORNERS[:3], [*CORNERS, [1, 1]], [[1]] * 4, [[1, 2, 3]] * 4),
            *([["1", "2"]] * 4, [[1.5, 2]] * 4, [[True, False]] * 4, [[10**9, 0]] * 4),
            *([[None, None]] * 4, [1, 2, 3, 4], [[10**400, 1]] * 4),
        )
    },
    # statuses
    "204": (reply(b"", 204, length=False), NONSENSE),
    "206": (reply(BODY, 206), NONSENSE),
    "304": (reply(b"", 304, length=False), SETTINGS),
    "418": (reply(b"", 418), NONSENSE),
    "501": (reply(b"", 501), NONSENSE),
    "999": (reply(BODY, 999), NONSENSE),
    **{
        f"{status} to {where[:8]}": (reply(b"", status, f"Location: {where}"), SETTINGS)
        for status in (301, 302, 303, 307, 308)
        for where in ("http://[", "/again", "https://elsewhere.example/", "\xff")
    },
    "a redirect nowhere": (reply(b"", 302), SETTINGS),
    **{
        str(status): (reply(b"", status), AGAIN)
        for status in (408, 425, 429, 500, 502, 503, 504, 520)
    },
    **{str(status): (reply(b"<html>", status), SETTINGS) for status in (401, 403, 404, 405, 407)},
    "413": (reply(b"", 413), PHOTO),
    # codes
    **{
        f"{status} {code}": (refused(status, code), whose)
        for status, code, whose in [
            (400, "AIS.0101", SETTINGS),
            (400, "AIS.0102", PHOTO),
            (400, "AIS.0103", PHOTO),
            (400, "AIS.0104", PHOTO),
            (400, "AIS.0105", AGAIN),
            (400, "AIS.0117", NONSENSE),
            (400, "AIS.9999", NONSENSE),
            (400, "ModelArts.4105", SETTINGS),
            (400, "ModelArts.4204", SETTINGS),
            (403, "ModelArts.4203", SETTINGS),
            (429, "ModelArts.4401", AGAIN),
            (500, "ModelArts.4502", AGAIN),
            (404, "APIG.0101", SETTINGS),
            (400, "APIG.0201", SETTINGS),
            (413, "APIG.0201", SETTINGS),
            (414, "APIG.0201", SETTINGS),
            (494, "APIG.0201", SETTINGS),
            (504, "APIG.0201", AGAIN),
            (401, "APIG.0301", SETTINGS),
            (429, "APIG.0308", AGAIN),
            (405, "APIG.0501", SETTINGS),
            (503, "APIG.0613", AGAIN),
            (429, "APIGW.0308", AGAIN),
        ]
    },
    "a code that is none": (reply({"error_code": 7, "error_msg": []}, 400), NONSENSE),
    "a code without end": (refused(400, "AIS." + "1" * 1_000_000), NONSENSE),
    "two codes": (reply(b'{"error_code": "AIS.0104", "error_code": "APIG.0301"}', 400), NONSENSE),
    "a deep refusal": (reply(BOTTOMLESS, 503), AGAIN),
    "a refusal in HTML": (reply(b"<html>AIS.0104</html>", 400), NONSENSE),
    "a refusal that is a bomb": (
        reply(gzip.compress(bytes(50_000_000)), 503, "Content-Encoding: gzip"),
        AGAIN,
    ),
    "a refusal too large": (reply(b" " * 9_000_000, 503), AGAIN),
    "a refusal too large whose code matters": (reply(b" " * 9_000_000, 400), NONSENSE),
    **{
        f"Retry-After {text[:20]!r}": (reply(b"", 429, f"Retry-After: {text}"), AGAIN)
        for text in (
            *("0", "7", "-5", "1.5", "soon", "", "9" * 5000, "\xb2", "1, 2"),
            *("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 9999 07:28:00 GMT"),
            *(
                "Mon, 01 Jan 99999999999999 00:00:00 GMT",
                "Mon, 99999999999999999999 Jan 2024 0:0:0",
            ),
            *("Mon, 01 Jan 2024 00:00:00 +9999999999", "Wed, 21 Oct 2099 07:28:00"),
        )
    },
    # no HTTP, or not the whole of it
    "nothing": (b"", AGAIN),
    "a word": (b"hello\r\n\r\n", NONSENSE),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", NONSENSE),
    "a status that is none": (b"HTTP/1.1 abc OK\r\n\r\n", NONSENSE),
    "another version": (b"HTTP/9.9 200 OK\r\n\r\n" + BODY, NONSENSE),
    "many headers": (reply(BODY, 200, *[f"X-{i}: y" for i in range(5000)]), NONSENSE),
    "a huge header": (reply(BODY, 200, "X-Request-Id: " + "y" * 500_000), NONSENSE),
    "two lengths": (reply(BODY, 200, f"Content-Length: {len(BODY) - 9}"), NONSENSE),
    "a length that is none": (reply(BODY, length="many"), READ),
    "a length below nothing": (reply(BODY, length="-5"), READ),
    "a length not kept": (reply(BODY, length=len(BODY) + 10), AGAIN),
    "a huge length": (reply(BODY, length=10**18), AGAIN),
    "broken off in the head": (b"HTTP/1.1 200 OK\r\nContent-Ty", AGAIN),
    "broken off in a chunk": (chunked(BODY)[:-20], AGAIN),
    "no last chunk": (chunked(BODY, end=b""), AGAIN),
    "a huge request id": (reply(BODY, 200, "X-Request-Id: " + "a b" * 9000), READ),
}

LOGINS = {
    "a token": ([token(), reply(BODY)], READ),
    "a large token": ([token("x" * 20_000), reply(BODY)], READ),
    "a token without a body": ([reply(b"", 201, "X-Subject-Token: t"), reply(BODY)], READ),
    "a token with an odd body": ([token(said=BOTTOMLESS), reply(BODY)], READ),
    "a token with a huge catalogue": (
        [token(said={"token": {"catalog": [{}] * 60_000}}), reply(BODY)],
        READ,
    ),
    **{
        f"a token from {begins!r} to {ends!r}": (
            [token(said={"token": {"issued_at": begins, "expires_at": ends}}), reply(BODY)],
            READ,
        )
        for begins, ends in [
            ("2020-01-04T09:05:22.701000Z", "2020-01-05T09:05:22.701000Z"),
            ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
            ("2020-01-05T00:00:00Z", "2020-01-04T00:00:00Z"),
            ("soon", "later"),
            (None, None),
            (7, []),
            ("0001-01-01T00:00:00+23:59", "9999-12-31T00:00:00-23:59"),
        ]
    },
    "a stale token": ([token("a"), refused(401, "APIG.0307"), token("b"), reply(BODY)], READ),
    "a stale token, newer words": (
        [token("a"), refused(401, "APIGW.0301"), token("b"), reply(BODY)],
        READ,
    ),
    "always stale": (
        [token("a"), refused(401, "APIG.0307"), token("b"), refused(401, "APIG.0307")],
        SETTINGS,
    ),
    "stale, and IAM is down": ([token("a"), refused(401, "APIG.0307"), reply(b"", 503)], AGAIN),
    "forbidden": ([token(), refused(403, "APIG.0302")], SETTINGS),
    "no token": ([reply({"token": {}}, 201)], NONSENSE),
    "an empty token": ([token("")], NONSENSE),
    "a token that is none": ([token("a b")], NONSENSE),
    "a token in another alphabet": ([token("\xe9\xe9")], NONSENSE),
    "a token too large": ([token("x" * 40_000)], NONSENSE),
    "a token larger than any header": ([token("x" * 100_000)], NONSENSE),
    "a token in a 200": ([token(status=200)], NONSENSE),
    "a page": ([reply(b"<html>Sign in</html>")], NONSENSE),
    "a login that is a bomb": (
        [reply(gzip.compress(bytes(50_000_000)), 201, "Content-Encoding: gzip")],
        NONSENSE,
    ),
    "a login too large": ([token(said=b" " * 9_000_000)], NONSENSE),
    "a wrong password": ([reply({"error": {"code": 401, "message": "HUSH"}}, 401)], SETTINGS),
    "no programmatic access": ([reply({"error": {"code": 403}}, 403)], SETTINGS),
    "a bad login": ([reply({"error": {"code": 400}}, 400)], SETTINGS),
    "no IAM here": ([reply(b"<html>", 404)], SETTINGS),
    "IAM elsewhere": ([reply(b"", 302, "Location: https://elsewhere.example")], SETTINGS),
    "IAM throttles": ([reply(b"", 429, "Retry-After: 9")], AGAIN),
    "IAM is down": ([reply(b"", 503)], AGAIN),
    "IAM fails": ([reply(b"oops", 500)], AGAIN),
    "IAM hangs up": ([b""], AGAIN),
    "IAM is something else": ([b"220 smtp ready\r\n"], NONSENSE),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(name, run, photo):
    said, expected = ANSWERS[name]
    status, out, err, _ = run([said], photo)
    assert (status, len(out)) == (expected, 1 if expected == READ else 0), err
    assert expected == READ or len(err) == 1


@pytest.mark.parametrize("name", LOGINS)
def test_a_login(name, run, photo):
    said, expected = LOGINS[name]
    status, out, err, left = run(said, photo, **PASSWORD)
    assert (status, len(out), left) == (expected, 1 if expected == READ else 0, []), err
    assert expected == READ or len(err) == 1


CHECKED = {
    **{
        code: (refused(400, code), READ)
        for code in ("AIS.0102", "AIS.0103", "AIS.0104", "AIS.0105")
    },
    "a result": (reply(BODY), READ),
    "a proxy that lets nothing through": (reply(b"", 413), SETTINGS),
    "a refused key": (refused(401, "APIG.0301"), SETTINGS),
    "no such API": (refused(404, "APIG.0101"), SETTINGS),
    "a page": (reply(b"<html>"), NONSENSE),
    "overload": (refused(429, "APIG.0308"), AGAIN),
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_check(name, run):
    said, expected = CHECKED[name]
    status, out, err, _ = run([said], "--check")
    assert (status, out) == (expected, [{"checked": True}] if expected == READ else []), err


def endless(head, piece):
    """Say one thing after another until somebody hangs up."""

    def behave(connection, stopped):
        connection.sendall(head)
        while not stopped.wait(0.01):
            connection.sendall(piece)

    return behave


CHUNKS = reply(b"", 200, "Transfer-Encoding: chunked", length=False)
SLOW = {
    "silence": lambda _, stopped: stopped.wait(30),
    "a head for ever": endless(b"HTTP/1.1 200 OK\r\n", b"X"),
    "headers for ever": endless(b"HTTP/1.1 200 OK\r\n", b"X"),
    "a body for ever": endless(reply(b"", length=1_000_000), b" "),
    "a body to the end for ever": endless(reply(b"", length=False), b" "),
    "chunks for ever": endless(CHUNKS, b"1\r\n \r\n"),
    "trailers for ever": endless(CHUNKS + b"0\r\n", b"X: y\r\n"),
    "continue for ever": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_never_ends_is_left(name, run, photo, monkeypatch):
    monkeypatch.setattr(command, "SECONDS", 0.6)
    status, out, err, _ = run([SLOW[name]], photo)
    assert (status, out, len(err)) == (AGAIN, [], 1)


@pytest.mark.parametrize("name", ["silence", "a body for ever"])
def test_a_login_that_never_ends_is_left(name, run, photo, monkeypatch):
    monkeypatch.setattr(command, "SECONDS", 0.6)
    status, out, err, _ = run([SLOW[name]], photo, **PASSWORD)
    assert (status, out, len(err)) == (AGAIN, [], 1)


def spoken_with(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two that say they are this machine's, and one that says it is another's."""
    hosts = ("127.0.0.1", "127.0.0.1", "127.0.0.9")
    return [a_certificate(tmp_path_factory.mktemp("tls"), host) for host in hosts]


@pytest.mark.parametrize(
    ("shown", "trusted", "expected"),
    [(0, 0, READ), (0, 1, SETTINGS), (0, None, SETTINGS), (2, 2, SETTINGS)],
)
def test_who_is_trusted(shown, trusted, expected, run, photo, certificates):
    tls = spoken_with(certificates[shown])
    trust = {} if trusted is None else {"OCR_CA_FILE": certificates[trusted]}
    status, out, err, _ = run([reply(BODY)], photo, tls=tls, **trust)
    assert (status, len(out)) == (expected, 1 if expected == READ else 0), err


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_of_no_certificates_trusts_nobody(content, run, photo, certificates, tmp_path):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    tls = spoken_with(certificates[0])
    status, out, err, _ = run([reply(BODY)], photo, tls=tls, OCR_CA_FILE=str(file))
    assert (status, out, len(err)) == (SETTINGS, [], 1)


def test_several_photos_and_what_became_of_each(run, photo):
    said = [reply(BODY), refused(400, "AIS.0104"), read(name="李四"), b"", reply(BODY)]
    status, out, err, left = run(said, *[photo] * 5)
    assert (status, len(out), len(err), left) == (PHOTO, 3, 2, [])


def test_the_first_failure_gives_the_status(run, photo):
    status, _, err, _ = run([b"", refused(400, "AIS.0104"), reply(b"<html>")], *[photo] * 3)
    assert (status, len(err)) == (AGAIN, 3)


def test_a_request_that_is_refused_keeps_no_other_photo_from_being_read(run, photo):
    status, out, err, left = run([refused(400, "AIS.0101"), reply(BODY)], *[photo] * 2)
    assert (status, len(out), len(err), left) == (SETTINGS, 1, 1, [])


def test_what_would_fail_for_all_is_tried_once(run, photo):
    status, out, err, left = run([refused(401, "APIG.0301"), reply(BODY)], *[photo] * 4)
    assert (status, out, len(err), len(left)) == (SETTINGS, [], 1, 1)
