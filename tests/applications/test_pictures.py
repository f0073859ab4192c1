"""Pictures are shown to whoever may see them, and each showing is recorded."""

import hashlib
import logging
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from kyc.applications import attempts
from kyc.applications.models import Document
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.models import AuditEntry
from kyc.vault import keys
from tests import factories


@pytest.fixture
def front(ana) -> Document:
    return factories.document(factories.application(ana))


@pytest.fixture
def portrait(front):
    made = factories.extraction(front)
    crop = factories.jpeg(160, 200)
    made.put_file("portrait_stored_as", crop)
    made.portrait_sha256 = hashlib.sha256(crop).hexdigest()
    made.save()
    return made


def get(user, row, kind="pictures", **headers):
    return factories.browser(user).get(f"/{kind}/{row.uuid}.jpg", headers=headers)


def test_it_comes_with_every_lock_there_is(ana, front):
    response = get(ana, front)
    assert hashlib.sha256(response.content).hexdigest() == front.sha256
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Disposition"] == 'inline; filename="front.jpg"'


def test_owner_and_case_readers_see_it_and_nobody_else(ana, bruno, rui, sofia, eva, adam, front):
    seen = {user.email: get(user, front).status_code for user in (ana, rui, sofia, eva)}
    assert set(seen.values()) == {200}
    assert [get(user, front).status_code for user in (bruno, adam)] == [404, 404]


def test_an_owner_who_never_stops_looking_writes_no_more_entries(
    ana, rui, front, monkeypatch, clean_cache
):
    monkeypatch.setattr(attempts, "OWN_PHOTOS_A_MINUTE", 2)
    assert [get(ana, front).status_code for _ in range(3)] == [200, 200, 429]
    assert get(rui, front).status_code == 200
    assert AuditEntry.objects.filter(action="document.viewed", actor=ana.pk).count() == 2


def test_the_portrait_is_for_case_readers_only(ana, bruno, rui, sofia, eva, adam, portrait):
    for reader in (rui, sofia, eva):
        assert get(reader, portrait, "portraits").status_code == 200
    for other in (ana, bruno, adam):
        assert get(other, portrait, "portraits").status_code == 404


def test_staff_without_the_second_factor_see_nothing(rui, front, settings):
    settings.STAFF_SECOND_FACTOR = True
    assert get(rui, front).status_code == 404


def test_a_draft_is_its_owners_alone(ana, rui):
    draft = factories.document(factories.application(ana, Status.DRAFT))
    assert get(ana, draft).status_code == 200
    assert get(rui, draft).status_code == 404


def test_a_stranger_signs_in_first(client, front, portrait):
    for kind, row in (("pictures", front), ("portraits", portrait)):
        response = client.get(f"/{kind}/{row.uuid}.jpg")
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


def test_each_showing_is_recorded(rui, front, portrait):
    get(rui, front)
    get(rui, front)
    get(rui, portrait, "portraits")
    entries = AuditEntry.objects.filter(subject=front.application.reference).order_by("pk")
    assert [entry.action for entry in entries] == [
        "document.viewed",
        "document.viewed",
        "portrait.viewed",
    ]
    assert entries[0].actor == rui.pk
    assert entries[0].data["document"] == str(front.uuid)
    assert entries[0].data["sha256"] == front.sha256


def test_no_entry_no_picture(ana, front, monkeypatch):
    def refuse(*args, **kwargs):
        raise log.OutsideAct("no entry")

    browser = factories.browser(ana)
    monkeypatch.setattr(log, "record", refuse)
    browser.raise_request_exception = False
    response = browser.get(f"/pictures/{front.uuid}.jpg")
    assert response.status_code == 500
    assert b"\xff\xd8\xff" not in response.content


def test_another_site_gets_nothing(ana, front):
    assert get(ana, front, sec_fetch_site="cross-site").status_code == 403
    assert get(ana, front, sec_fetch_site="same-origin").status_code == 200


def lose(document: Document) -> None:
    default_storage.delete(document.stored_as)


def damage(document: Document) -> None:
    with default_storage.open(document.stored_as, "rb+") as stored:
        stored.seek(200)
        stored.write(b"\0\0\0")


def exchange(document: Document) -> None:
    document.put_file("stored_as", factories.jpeg(color="red"))
    document.save()


def erase(document: Document) -> None:
    keys.destroy(document.application.key_id)


@pytest.mark.parametrize("happened", [lose, damage, exchange, erase])
def test_a_lost_or_changed_file_is_never_shown(ana, front, happened, caplog):
    happened(front)
    with caplog.at_level(logging.ERROR, "kyc.applications.pictures"):
        assert get(ana, front).status_code == 404
    (line,) = [entry for entry in caplog.records if entry.name == "kyc.applications.pictures"]
    assert str(front.uuid) in line.getMessage()
    assert line.exc_info is None
    assert not AuditEntry.objects.filter(action="document.viewed").exists()


def test_there_is_no_picture_of_nothing(ana, rui):
    assert factories.browser(ana).get(f"/pictures/{uuid4()}.jpg").status_code == 404
    assert factories.browser(rui).get(f"/portraits/{uuid4()}.jpg").status_code == 404
    assert factories.browser(ana).get("/pictures/1.jpg").status_code == 404
