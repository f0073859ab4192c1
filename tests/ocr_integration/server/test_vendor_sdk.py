"""The vendor's own SDK, unchanged, against our server: only its endpoint is ours."""

import base64
import threading

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkocr.v1 import (
    MainlandTravelPermitRequestBody,
    OcrClient,
    RecognizeMainlandTravelPermitRequest,
)
from werkzeug.serving import make_server

from ocr_integration.protocol.fields import PermitType, permit_type_named
from tests.ocr_integration.server.conftest import PROJECT

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture
def endpoint(app):
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ask(endpoint, tmp_path, monkeypatch):
    """Ask with the SDK; it keeps a file under the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def recognise(picture, *, secret="SECRET", **flags):
        credentials = BasicCredentials("AK", secret, PROJECT)
        client = (
            OcrClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()
        )
        image = base64.b64encode(picture).decode()
        request = RecognizeMainlandTravelPermitRequest(
            enterprise_project_id="0",
            body=MainlandTravelPermitRequestBody(image=image, **flags),
        )
        return client.recognize_mainland_travel_permit(request)

    return recognise


def test_it_gets_the_result(ask):
    response = ask(b"a picture", return_portrait_image=True, return_portrait_location=True)

    result = response.result
    assert (result.name, result.number, result.side) == ("陈大文", "H12345678", "front")
    assert permit_type_named(result.type) is PermitType.HK_MACAO
    assert (result.confidence.name, result.confidence.number) == (0.9, 1.0)
    assert (result.confidence.type, result.confidence.side) == (0.9, 0.8)
    assert base64.b64decode(result.portrait_image) == b"jpeg"
    assert result.portrait_location == [[1, 2], [30, 2], [30, 40], [1, 40]]
    assert result.id_name is None
    assert len(response.x_request_id) == 32


@pytest.mark.parametrize(
    ("picture", "secret", "status", "code"),
    [
        (b"no permit", "SECRET", 400, "AIS.0104"),
        (b"crash", "SECRET", 400, "AIS.0105"),
        (b"a picture", "guessed", 401, "APIG.0301"),
    ],
)
def test_it_gets_the_error(ask, picture, secret, status, code):
    with pytest.raises(ClientRequestException) as caught:
        ask(picture, secret=secret)
    assert (caught.value.status_code, caught.value.error_code) == (status, code)
    assert caught.value.error_msg
    assert len(caught.value.request_id) == 32
