"""Sending a permit: one form, both sides at once or one at a time."""

import secrets
import threading

import pytest
from django.core import mail
from django.urls import reverse

from kyc.applications import attempts, images, intake, uploads
from kyc.applications.models import Application, Document
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit.models import AuditEntry
from kyc.jobs.models import Job
from kyc.vault import files
from tests import factories

URL = "/apply/"


def key() -> str:
    return secrets.token_urlsafe(24)


def whole(**changed) -> dict[str, object]:
    everything = {
        "front": factories.photo(),
        "back": factories.photo(),
        "consent": "on",
        "submission_key": key(),
    }
    return {name: value for name, value in (everything | changed).items() if value is not None}


@pytest.fixture
def hers(ana):
    return factories.browser(ana)


def test_a_stranger_signs_in_first(client, db):
    response = client.post(URL, whole())
    assert (response.status_code, Application.objects.count()) == (302, 0)
    assert response.url.startswith("/accounts/login/")


def test_both_sides_and_consent_lead_to_the_status_page(hers, ana):
    response = hers.post(URL, whole())
    sent = ana.applications.get()
    assert response.status_code == 303
    assert response.url == f"/applications/{sent.reference}/"
    assert sent.status == Status.READING
    assert sent.submitted_at == sent.consented_at
    assert sent.language == "en"


def test_there_is_one_job_a_side_and_one_entry_for_each_step(hers, ana):
    hers.post(URL, whole())
    sent = ana.applications.get()
    latest = sent.current_round
    assert {job.subject for job in Job.objects.open()} == {latest.front.uuid, latest.back.uuid}
    entries = AuditEntry.objects.filter(subject=sent.reference).order_by("pk")
    assert [entry.action for entry in entries] == [
        "application.started",
        "document.added",
        "document.added",
        "application.submitted",
    ]
    assert {entry.actor for entry in entries} == {ana.pk}
    assert entries[3].data["documents"] == {
        "front": latest.front.sha256,
        "back": latest.back.sha256,
    }


def test_what_is_stored_is_the_canonical_picture_and_is_sealed(hers, ana):
    upload = factories.jpeg(color="#334455")
    hers.post(URL, whole(front=factories.photo(upload)))
    front = ana.applications.get().current_round.front
    made = images.canonical(upload)
    assert front.get_file("stored_as") == made.jpeg
    assert (front.sha256, front.width, front.height) == (made.sha256, made.width, made.height)
    with files.default_storage.open(front.stored_as) as stored:
        assert made.jpeg[:200] not in stored.read()


def test_the_name_of_the_file_is_kept_nowhere(hers, ana):
    hers.post(URL, whole())
    kept = [str(vars(row)) for model in (Document, AuditEntry) for row in model.objects.all()]
    assert not [line for line in kept if "CANARY" in line]


def test_one_side_is_kept_and_shown_again(hers, ana):
    response = hers.post(URL, whole(back=None, consent=None))
    draft = ana.applications.get()
    assert (response.status_code, response.url) == (303, URL)
    assert draft.status == Status.DRAFT
    page = hers.get(URL).content.decode()
    assert f"/pictures/{draft.current_round.front.uuid}.jpg" in page
    assert 'data-step="back"' in page


def test_a_draft_goes_on_in_another_browser_of_the_same_account(hers, ana):
    hers.post(URL, whole(back=None))
    other = factories.browser(ana)
    front = ana.applications.get().current_round.front
    assert f"/pictures/{front.uuid}.jpg" in other.get(URL).content.decode()
    assert other.get(reverse("applications:picture", args=[front.uuid])).status_code == 200
    response = other.post(URL, whole(front=None))
    assert response.url == f"/applications/{ana.applications.get().reference}/"


def test_nobody_else_sees_a_draft(hers, bruno, rui, ana):
    hers.post(URL, whole(back=None))
    front = ana.applications.get().current_round.front
    for stranger in (bruno, rui):
        other = factories.browser(stranger)
        assert str(front.uuid) not in other.get(URL).content.decode()
        assert other.get(f"/pictures/{front.uuid}.jpg").status_code == 404


def test_keeping_both_sides_asks_for_no_consent_yet(hers, ana):
    response = hers.post(URL, whole(consent=None, action="keep"))
    assert (response.status_code, response.url) == (303, URL)
    assert ana.applications.get().status == Status.DRAFT
    assert 'data-step="check"' in hers.get(URL).content.decode()


def test_without_consent_nothing_is_sent_and_both_photos_are_kept(hers, ana):
    response = hers.post(URL, whole(consent=None))
    assert response.status_code == 422
    assert "Tick this box" in response.content.decode()
    draft = ana.applications.get()
    assert draft.status == Status.DRAFT
    assert draft.current_round.front
    assert draft.current_round.back


def test_nothing_at_all_is_refused_at_both_fields(hers, ana):
    response = hers.post(URL, whole(front=None, back=None))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a photo of the front." in page
    assert "Choose a photo of the back." in page
    assert not ana.applications.exists()


def test_the_missing_side_is_named_when_the_other_is_kept(hers):
    hers.post(URL, whole(back=None))
    page = hers.post(URL, whole(front=None, back=None)).content.decode()
    assert "Choose a photo of the back." in page
    assert "Choose a photo of the front." not in page


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "Most Compatible"),
        (b"<svg/>", "This is not a JPEG, PNG, BMP or TIFF picture"),
        (factories.jpeg(200, 900), "The picture is too small"),
        (factories.jpeg()[:1500], "it is damaged or cut short"),
    ],
)
def test_a_refused_side_is_told_why_and_the_good_one_is_kept(hers, ana, upload, sentence):
    response = hers.post(URL, whole(back=factories.photo(upload)))
    assert response.status_code == 422
    form = response.context["form"]
    assert sentence in form.errors["back"][0]
    assert sentence in response.content.decode()
    kept = ana.applications.get()
    assert kept.status == Status.DRAFT
    assert kept.current_round.front
    assert kept.current_round.back is None


def test_a_file_over_the_limit_is_refused_while_it_streams(hers, ana, monkeypatch):
    grown = []
    receive = uploads.MemoryUploadHandler.receive_data_chunk

    def watched(handler, raw_data, start):
        receive(handler, raw_data, start)
        grown.append(handler.kept.getbuffer().nbytes)

    monkeypatch.setattr(uploads.MemoryUploadHandler, "receive_data_chunk", watched)
    large = factories.photo(b"\xff\xd8\xff" + b"\0" * (images.MOST_BYTES + 500_000))
    response = hers.post(URL, whole(front=large))
    assert response.status_code == 422
    assert "larger than 10 MB" in response.context["form"].errors["front"][0]
    assert max(grown) <= images.MOST_BYTES
    assert 0 in grown
    assert ana.applications.get().current_round.back


def test_a_flood_is_not_even_heard_out(hers, ana, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    monkeypatch.setattr(uploads, "MOST_DRAINED", 100_000)
    response = hers.post(URL, whole(front=factories.photo(b"\0" * 300_000)))
    assert response.status_code == 400
    assert not ana.applications.exists()


def test_no_upload_touches_the_disk(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["kyc.applications.uploads.MemoryUploadHandler"]


def test_when_too_many_photos_wait_it_says_so_plainly(hers, monkeypatch):
    def busy(upload):
        raise images.Busy

    monkeypatch.setattr(images, "canonical", busy)
    response = hers.post(URL, whole())
    assert response.status_code == 503
    assert "again in a minute" in response.content.decode()


def test_an_account_has_one_photo_looked_at_at_a_time(hers, ana, bruno, monkeypatch, clean_cache):
    monkeypatch.setattr(images, "LONGEST_WAIT", 0.05)
    with attempts.looking(ana):
        assert hers.post(URL, whole()).status_code == 503
        assert factories.browser(bruno).post(URL, whole()).status_code == 303
    assert hers.post(URL, whole()).status_code == 303


def test_only_a_few_photos_take_threads_at_once(hers, bruno, monkeypatch):
    monkeypatch.setattr(attempts, "_places", threading.BoundedSemaphore(1))
    with attempts.looking(bruno):
        assert hers.post(URL, whole()).status_code == 503


def test_photos_that_are_refused_use_up_the_day_too(hers, settings, monkeypatch, clean_cache):
    settings.APPLICATIONS_PER_DAY = 1
    monkeypatch.setattr(intake, "PHOTOS_FOR_EACH", 2)
    broken = factories.jpeg()[:2000]
    for _ in range(2):
        assert hers.post(URL, whole(front=factories.photo(broken), back=None)).status_code == 422
    assert hers.post(URL, whole()).status_code == 429


def test_a_better_photo_replaces_the_first_and_its_file_goes(
    hers, ana, django_capture_on_commit_callbacks
):
    hers.post(URL, whole(back=None))
    first = ana.applications.get().current_round.front
    with django_capture_on_commit_callbacks(execute=True):
        hers.post(URL, whole(front=factories.photo(factories.jpeg(color="red")), back=None))
    now = ana.applications.get().current_round.front
    first.refresh_from_db()
    assert now != first
    assert first.removed_at
    with pytest.raises(files.FileLost):
        first.get_file("stored_as")
    assert now.get_file("stored_as")
    assert hers.get(f"/pictures/{first.uuid}.jpg").status_code == 404
    assert AuditEntry.objects.filter(action="document.replaced").count() == 1


def test_the_same_key_again_is_the_same_application(hers, ana):
    same = key()
    first = hers.post(URL, whole(submission_key=same))
    again = hers.post(URL, whole(submission_key=same))
    assert (again.status_code, again.url) == (303, first.url)
    assert ana.applications.count() == 1
    assert Document.objects.count() == 2


def test_a_page_whose_photos_another_device_sent_says_so(hers, ana):
    hers.post(URL, whole())
    (sent,) = ana.applications.all()
    stale = hers.post(URL, {"submission_key": "of-another-device-", "consent": "on"})
    text = stale.content.decode()
    assert stale.status_code == 422
    assert "Your photos were sent already" in text
    assert f"/applications/{sent.reference}/" in text
    refused = hers.post(URL, whole(consent="")).content.decode()
    assert "Your photos were sent already" not in refused


def test_another_account_may_have_the_same_key(hers, ana, bruno):
    same = key()
    first = hers.post(URL, whole(submission_key=same))
    other = factories.browser(bruno)
    assert other.post(URL, whole(submission_key=same)).url != first.url


@pytest.mark.parametrize(
    "bad", ["", "short", "x" * 65, "with spaces and more of them", "a-null\0among-twenty"]
)
def test_a_page_that_lost_its_key_is_sent_again_without_loss(hers, ana, bad):
    response = hers.post(URL, whole(submission_key=bad))
    assert response.status_code == 422
    assert "It is fresh now" in response.content.decode()
    assert ana.applications.get().current_round.back


def test_whoever_comes_back_sees_what_was_sent_and_waits(hers, ana):
    factories.application(ana, Status.APPROVED)
    assert "Sent before" not in hers.get(URL).content.decode()
    made = factories.application(ana, Status.IN_REVIEW)
    text = hers.get(URL).content.decode()
    assert "Sent before" in text
    assert f"/applications/{made.reference}/" in text
    factories.application(ana, Status.DRAFT)
    assert "Sent before" not in hers.get(URL).content.decode()


def test_whoever_is_asked_for_a_better_photo_does_not_begin_anew_unawares(hers, ana, rui):
    made = factories.case(ana)
    how = {"reason": Reason.CUT_OFF, "side": "back"}
    factories.decide(made, Outcome.RESUBMISSION_REQUESTED, by=rui, **how)
    assert "On this page you would send another permit." in hers.get(URL).content.decode()


def test_a_day_allows_so_many_and_no_more(hers, ana, settings):
    settings.APPLICATIONS_PER_DAY = 2
    assert [hers.post(URL, whole()).status_code for _ in range(3)] == [303, 303, 422]
    assert ana.applications.filter(status=Status.READING).count() == 2
    kept = intake.draft_of(ana)
    assert kept
    assert kept.current_round.back


def test_a_day_allows_so_many_photos_however_they_are_sent(hers, ana, settings, monkeypatch):
    settings.APPLICATIONS_PER_DAY = 1
    monkeypatch.setattr(intake, "PHOTOS_FOR_EACH", 2)
    answers = [hers.post(URL, whole(back=None)).status_code for _ in range(3)]
    assert answers == [303, 303, 429]
    assert "go on tomorrow" in hers.post(URL, {}).content.decode()


def test_a_day_allows_so_many_drafts(hers, ana, settings, monkeypatch):
    settings.APPLICATIONS_PER_DAY = 1
    monkeypatch.setattr(intake, "MOST_LEFT", 1)
    for _ in range(2):
        assert hers.post("/apply/hand-over/").status_code == 200
        intake.withdraw(intake.draft_of(ana))
    assert hers.post("/apply/hand-over/").status_code == 429
    assert hers.post(URL, whole()).status_code == 429
    assert ana.applications.count() == 2


def test_the_applicant_is_told_by_mail_in_the_language_of_the_page(
    hers, ana, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        hers.post(URL, whole(), headers={"accept-language": "en"})
    sent = ana.applications.get()
    (told,) = mail.outbox
    assert told.to == [ana.email]
    assert sent.shown_reference in told.subject
    assert f"http://127.0.0.1:8000/applications/{sent.reference}/" in told.body


def test_the_form_names_what_programs_rely_on(hers):
    page = hers.get(URL).content.decode()
    for name in ("front", "back", "consent", "submission_key"):
        assert f'name="{name}"' in page
    assert 'enctype="multipart/form-data"' in page


def test_a_post_from_another_site_is_refused(ana):
    assert factories.browser(ana, enforce_csrf_checks=True).post(URL, whole()).status_code == 403
