import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.protocol import signature
from ocr_integration.protocol.signature import Message

GUIDE = Message(
    method="GET",
    path="/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
    headers={
        "content-type": "application/json",
        "host": "service.region.example.com",
        "x-sdk-date": "20191115T033655Z",
    },
    query=(("limit", "2"), ("marker", "13551d6b-755d-4757-b956-536f674975c0")),
)
GUIDE_KEYS = {
    "access": "QTWAOYTTINDUT2QVKYUC",
    "secret": "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
}
POST = Message(
    method="POST",
    path="/v2/0123456789abcdef0123456789abcdef/ocr/mainland-travel-permit",
    headers={
        "Content-Type": "application/json;charset=UTF-8",
        "Host": "ocr.ap-southeast-1.myhuaweicloud.com",
        "X-Project-Id": "0123456789abcdef0123456789abcdef",
        "X-Sdk-Date": "20240131T120000Z",
    },
    body=b'{"image": "aGVsbG8=", "return_portrait_image": true}',
)
POST_KEYS = {
    "access": "AKEXAMPLE00000000000",
    "secret": "SKexample0000000000000000000000000000000",
}

header_values = st.text("aZ09 -_.,;=/%é中\t", max_size=12)
plain_text = st.text("abcXYZ019-._~ /%+&=é中", max_size=12)


@pytest.mark.parametrize(
    ("message", "keys", "canonical", "signed"),
    [
        (
            GUIDE,
            GUIDE_KEYS,
            "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
            "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
        ),
        (
            POST,
            POST_KEYS,
            "499fee003f15299146d7ec348922c96e345284caf6726af0219f3c0b36a583d3",
            "53e142e3a37681298f94920fe0bfe837b1830a04b6de438f4792bfae464f08e3",
        ),
    ],
)
def test_it_signs_as_the_published_examples(message, keys, canonical, signed):
    authorization = signature.sign(message, **keys)
    request = signature.canonical_request(message, authorization.signed_headers)

    assert hashlib.sha256(request.encode()).hexdigest() == canonical
    assert authorization.signature == signed


def test_the_header_is_spelled_as_published():
    assert str(signature.sign(POST, **POST_KEYS)) == (
        "SDK-HMAC-SHA256 Access=AKEXAMPLE00000000000, "
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date, "
        "Signature=53e142e3a37681298f94920fe0bfe837b1830a04b6de438f4792bfae464f08e3"
    )


@given(
    path=plain_text,
    query=st.lists(st.tuples(plain_text, plain_text), max_size=3),
    headers=st.dictionaries(st.from_regex(r"X-[A-Za-z0-9-]{1,12}", fullmatch=True), header_values),
    body=st.binary(max_size=40),
    temporary=st.booleans(),
)
def test_it_agrees_with_the_vendors_own_signer(path, query, headers, body, temporary):
    headers = {
        **{name.title(): value for name, value in headers.items()},
        "Content-Type": "application/json",
        "X-Sdk-Date": "20240131T120000Z",
        **({"X-Security-Token": "a/temporary+one=="} if temporary else {}),
    }
    headers.pop("X-Sdk-Content-Sha256", None)
    request = SdkRequest(
        method="POST",
        host="ocr.example",
        resource_path=f"/v2/{path}",
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    theirs = Signer(BasicCredentials("AK", "SK")).sign(request).header_params["Authorization"]

    sent = {**headers, "Host": "ocr.example"}
    ours = Message("POST", f"/v2/{path}", sent, body, tuple(query))

    assert str(signature.sign(ours, access="AK", secret="SK")) == theirs
    parsed = signature.parse_authorization(theirs)
    assert signature.is_signed_by(ours, parsed, secret="SK")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/v2/other"},
        {"body": b"{}"},
        {"query": (("a", "b"),)},
        {"headers": {**POST.headers, "X-Project-Id": "other"}},
        {"headers": {**POST.headers, "X-Sdk-Date": "20240131T120001Z"}},
        {"headers": {k: v for k, v in POST.headers.items() if k != "Host"}},
    ],
)
def test_a_changed_request_is_not_signed(change):
    authorization = signature.sign(POST, **POST_KEYS)
    changed = Message(**{**vars(POST), **change})

    assert signature.is_signed_by(POST, authorization, secret=POST_KEYS["secret"])
    assert not signature.is_signed_by(changed, authorization, secret=POST_KEYS["secret"])


def test_another_secret_did_not_sign():
    authorization = signature.sign(POST, **POST_KEYS)
    assert not signature.is_signed_by(POST, authorization, secret="other")


def test_a_signature_without_a_date_is_none():
    header = f"SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature={'0' * 64}"
    authorization = signature.parse_authorization(header)
    assert not signature.is_signed_by(POST, authorization, secret="SK")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        "SDK-HMAC-SHA256 Access=a",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=b",
        f"OTHER Access=a, SignedHeaders=b, Signature={'0' * 64}",
    ],
)
def test_what_is_no_signature_is_none(header):
    assert signature.parse_authorization(header) is None


def test_stamps_are_utc():
    east = timezone(timedelta(hours=8))
    moment = datetime(2024, 1, 31, 20, 0, tzinfo=east)

    assert signature.stamp(moment) == "20240131T120000Z"
    assert signature.signed_at("20240131T120000Z") == moment.astimezone(UTC)
    assert signature.signed_at("yesterday") is None


def test_a_secret_part_is_not_in_the_repr():
    assert "53e142e3" not in repr(signature.sign(POST, **POST_KEYS))
