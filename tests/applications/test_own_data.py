"""What applicants may know: who has looked, what is kept, what they agreed to."""

import hashlib
import io
import json
import zipfile

import pytest
from django.utils import translation

from kyc.accounts.models import Role
from kyc.applications import consent, flagging, onlookers
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit.models import AuditEntry
from ocr_integration.protocol.fields import Side
from tests import factories


@pytest.fixture
def case(ana):
    return factories.case(ana)


def taken(user, application):
    response = factories.browser(user).post(f"/applications/{application.reference}/data/")
    assert response["Content-Disposition"].startswith("attachment; filename=")
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return archive, json.loads(archive.read("application.json"))


def test_the_file_holds_photos_values_flags_and_the_decision(ana, case, rui):
    flagging.flag(case, says={(Side.FRONT, "name"): "陈大杰"})
    factories.decide(
        case, Outcome.DECLINED, by=rui, reason=Reason.EXPIRED, message="It expired in May."
    )
    archive, said = taken(ana, case)
    (first,) = said["rounds"]
    assert first["read"]["front"]["number"] == "H12345678"
    assert first["flagged"] == {"front name": "陈大杰"}
    assert first["decision"]["message"] == "It expired in May."
    for photo in first["photos"].values():
        assert hashlib.sha256(archive.read(photo["file"])).hexdigest() == photo["sha256"]


def test_it_leaves_out_confidences_and_who_the_reviewers_are(ana, case, rui):
    factories.decide(case, Outcome.APPROVED, by=rui)
    text = json.dumps(taken(ana, case)[1])
    for left_out in ("confidence", "0.99", "Rui", "note"):
        assert left_out not in text


def test_taking_it_is_recorded(ana, case):
    taken(ana, case)
    entry = AuditEntry.objects.get(action="application.copied")
    assert (entry.subject, entry.actor_role) == (case.reference, "applicant")


def test_of_an_erased_application_nothing_can_be_taken(ana):
    made = factories.application(ana, Status.ERASED)
    response = factories.browser(ana).post(f"/applications/{made.reference}/data/")
    assert response.status_code == 409


def test_staff_are_counted_once_each_and_only_when_they_looked(ana, case, rui, rita):
    assert onlookers.staff_who_looked(case) == 0
    for reviewer in (rui, rui, rita):
        factories.browser(reviewer).get(f"/review/{case.reference}/")
    factories.browser(rui).get(f"/pictures/{case.current_round.front.uuid}.jpg")
    factories.browser(ana).get(f"/pictures/{case.current_round.front.uuid}.jpg")
    assert onlookers.staff_who_looked(case) == 2
    page = factories.browser(ana).get(f"/applications/{case.reference}/").content.decode()
    assert "Seen by 2 staff." in page


def test_staff_who_apply_are_no_onlookers_of_their_own(case):
    both = factories.account("both@example.org", Role.REVIEWER)
    own = factories.case(both)
    factories.browser(both).get(f"/pictures/{own.current_round.front.uuid}.jpg")
    assert onlookers.staff_who_looked(own) == 0


def test_what_was_agreed_to_is_kept_with_its_version(ana):
    hers = factories.browser(ana)
    photos = {side: factories.photo() for side in ("front", "back")}
    hers.post("/apply/", {**photos, "consent": "on", "submission_key": "k" * 24})
    made = ana.applications.get()
    assert made.consent_version == consent.VERSION
    entry = AuditEntry.objects.get(action="application.submitted")
    assert entry.data["consent"] == consent.VERSION
    kept = taken(ana, made)[1]["consent"]
    assert kept["given"]
    assert kept["words"][-1] == "I agree that my permit is read and checked in this way."


def test_other_words_are_another_version():
    """Where this fails: leave the old words as they are and add a version with the new ones."""
    with translation.override("en"):
        words = "\n".join(consent.as_given("2026-11"))
    digest = hashlib.sha256(words.encode()).hexdigest()
    assert digest == "5bbc332c4454158e4f8d70d8cf809034ff383f7bd0b41543f3d5c2cbc2a979b2"


def test_the_words_at_the_box_are_those_of_the_version(ana):
    page = factories.browser(ana).get("/apply/").content.decode()
    with translation.override("en"):
        for words in consent.as_given(consent.VERSION):
            assert words.replace("'", "&#x27;") in page
    assert 'href="/privacy/"' in page


def test_anybody_may_read_what_is_kept(client, db, settings):
    settings.RESUBMISSION_DAYS = 12
    page = client.get("/privacy/").content.decode()
    assert "closes after 12 days" in page
