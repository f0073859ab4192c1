import pytest

from ocr_integration.providers import BadSetting, Provider, read

TWO = """
[[provider]]
name = "own"
endpoint = "http://127.0.0.1:8001"
ak = "AK"
sk = "hush-sk"

[[provider]]
endpoint = "https://ocr.ap-southeast-1.myhuaweicloud.com"
auth = "token"
project_id = "p"
username = "u"
password_file = "{password}"
domain = "d"
qps = 2.5
plain_http_hosts = ["a", "b"]
billed_as = "package of 2026"
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "providers.toml"
        path.write_text(text)
        return {"OCR_PROVIDERS_FILE": str(path)}

    return write


def test_the_environment_describes_one(tmp_path):
    secret = tmp_path / "sk"
    secret.write_text("hush-sk\n")
    (found,) = read({"OCR_AK": "AK", "OCR_SK_FILE": str(secret), "OCR_QPS": "10"})
    assert (found.ak, found.sk, found.qps) == ("AK", "hush-sk", 10.0)
    assert (found.label, found.served_in) == ("127.0.0.1:8001", "")
    assert found.iam_endpoint == found.endpoint
    assert "hush" not in repr(found)
    assert "AK" not in repr(found)


def test_a_file_describes_several_in_order(file, tmp_path):
    (tmp_path / "password").write_text("hush-password")
    own, cloud = read(file(TWO.format(password=tmp_path / "password")))
    assert (own.label, own.auth, own.sk) == ("own", "aksk", "hush-sk")
    assert cloud.label == "ocr.ap-southeast-1.myhuaweicloud.com"
    assert cloud.served_in == "ap-southeast-1"
    assert (cloud.password, cloud.qps, cloud.plain_http_hosts) == ("hush-password", 2.5, ("a", "b"))


def test_another_credential_is_another_key():
    keys = {Provider(ak="A").key, Provider(ak="B").key, Provider(ak="A", project_id="x").key}
    assert len(keys) == 3
    assert Provider(ak="A", sk="1").key == Provider(ak="A", sk="2").key


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"OCR_ENDPOINT": "hush-hush"}, "OCR_ENDPOINT"),
        ({"OCR_ENDPOINT": "https://"}, "OCR_ENDPOINT"),
        ({"OCR_IAM_ENDPOINT": "https://a:hush"}, "OCR_IAM_ENDPOINT"),
        ({"OCR_AUTH": "hush"}, "OCR_AUTH"),
        ({"OCR_QPS": "hush"}, "OCR_QPS"),
        ({"OCR_QPS": "-1"}, "OCR_QPS"),
        ({"OCR_QPS": "nan"}, "OCR_QPS"),
        ({"OCR_SK_FILE": "/hush"}, "OCR_SK_FILE"),
        ({"OCR_PROVIDERS_FILE": "/hush"}, "OCR_PROVIDERS_FILE"),
    ],
)
def test_what_makes_no_sense_is_named_and_not_shown(environ, named):
    with pytest.raises(BadSetting, match=named) as caught:
        read(environ)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "nothing but"),
        ("provider = 1", "nothing but"),
        ("provider = [1]", "nothing but"),
        ("other = 1", "nothing but"),
        ("[[provider]]\nhush", "TOML"),
        ("[[provider]]\nsecret_key = 'hush'", "secret_key is no setting"),
        ("[[provider]]\nak = true", "ak must be a text"),
        ("[[provider]]\n[[provider]]", "same name"),
        ("[[provider]]\nendpoint = 'hush'", "provider 1, endpoint"),
    ],
)
def test_a_file_that_makes_no_sense_is_named(file, text, named):
    with pytest.raises(BadSetting, match=named) as caught:
        read(file(text))
    assert "hush" not in str(caught.value)
