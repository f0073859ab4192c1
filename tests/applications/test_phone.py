"""Handing a draft to a phone: one code, one browser, one draft, ten minutes."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kyc.applications import attempts, intake
from kyc.applications.models import HandOver
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from tests import factories

KEY = "a-key-of-sixteen-or-more"


def offered(user) -> str:
    """The secret in the code, as the other device shows it."""
    response = factories.browser(user).post("/apply/hand-over/")
    assert response.status_code == 200
    return response.context["link"].partition("#")[2]


def take(secret: str, phone: Client | None = None):
    return (phone or Client()).post("/apply/phone/", {"secret": secret, "agreed": "yes"})


@pytest.fixture
def phone(ana) -> Client:
    """A phone that has taken ana's draft; nobody is signed in there."""
    client = Client()
    assert take(offered(ana), client).status_code == 303
    return client


def send(phone: Client, **photos):
    return phone.post("/apply/phone/", {"submission_key": KEY, **photos})


def test_the_page_needs_no_sign_in_and_asks_for_the_code(client, db):
    response = client.get("/apply/phone/")
    assert response.status_code == 200
    text = response.content.decode()
    assert 'name="secret"' in text
    assert "Scan the code on your other device" in text


def test_the_code_stands_behind_the_hash_and_nowhere_else(ana):
    secret = offered(ana)
    assert len(secret) >= 40
    row = HandOver.objects.get()
    assert secret not in str(vars(row))
    assert secret not in str(list(AuditEntry.objects.values()))


def test_the_phone_adds_sides_to_the_draft(phone, ana):
    response = send(phone, front=factories.photo())
    assert (response.status_code, response.url) == (303, "/apply/phone/")
    assert send(phone, back=factories.photo()).status_code == 303
    first = intake.draft_of(ana).current_round
    assert first.front
    assert first.back
    assert "Both photos have arrived" in phone.get("/apply/phone/").content.decode()


def test_it_sees_no_photo_and_opens_nothing_else(phone, ana):
    send(phone, front=factories.photo())
    front = intake.draft_of(ana).current_round.front
    assert "/pictures/" not in phone.get("/apply/phone/").content.decode()
    for path in (f"/pictures/{front.uuid}.jpg", "/apply/", "/applications/"):
        assert phone.get(path).status_code == 302


def test_a_refused_photo_is_told_at_its_side(phone):
    response = send(phone, front=factories.photo(b"%PDF-1.7"), back=factories.photo())
    assert response.status_code == 422
    assert "This is a PDF" in response.content.decode()
    assert send(phone).status_code == 422


def test_a_code_is_taken_once(ana):
    secret = offered(ana)
    assert [take(secret).status_code for _ in range(2)] == [303, 422]


def test_a_code_is_good_for_ten_minutes(ana):
    secret = offered(ana)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert take(secret).status_code == 422


@pytest.mark.parametrize("secret", ["", "guessed", "x" * 5000])
@pytest.mark.parametrize("agreed", [{}, {"agreed": "yes"}])
def test_a_code_of_ones_own_opens_nothing(ana, secret, agreed):
    offered(ana)
    response = Client().post("/apply/phone/", {"secret": secret, **agreed})
    assert response.status_code == 422
    assert "Make a new one." in response.content.decode()


def test_it_says_whose_application_it_is_before_it_takes_a_code(ana):
    secret, phone = offered(ana), Client()
    response = phone.post("/apply/phone/", {"secret": secret})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Photos go to the application of a***@example.org" in page
    assert "ana@" not in page
    assert send(phone, front=factories.photo()).status_code == 422
    assert intake.draft_of(ana).current_round.front is None
    assert take(secret, phone).status_code == 303


def test_the_next_code_ends_the_one_before(phone, ana):
    earlier = offered(ana)
    assert send(phone, front=factories.photo()).status_code == 422
    offered(ana)
    assert take(earlier).status_code == 422


def test_it_ends_when_the_owner_signs_out(ana, bruno):
    desk, phone = factories.browser(ana), Client()
    link = desk.post("/apply/hand-over/").context["link"]
    take(link.partition("#")[2], phone)
    factories.browser(bruno).post("/accounts/logout/")
    assert send(phone, front=factories.photo()).status_code == 303
    desk.post("/accounts/logout/")
    assert send(phone, back=factories.photo()).status_code == 422
    assert intake.draft_of(ana).current_round.back is None


def test_an_hour_later_it_is_over(phone, ana):
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert send(phone, front=factories.photo()).status_code == 422
    assert intake.draft_of(ana).current_round.front is None


def test_once_the_draft_is_sent_it_is_over(phone, ana):
    draft = intake.draft_of(ana)
    intake.withdraw(draft)
    assert send(phone, front=factories.photo()).status_code == 422
    factories.application(ana, Status.DRAFT)
    assert send(phone, front=factories.photo()).status_code == 422
    assert intake.draft_of(ana).current_round.front is None


def test_every_step_is_recorded_and_photos_are_the_phones_act(phone, ana):
    send(phone, front=factories.photo())
    draft = intake.draft_of(ana)
    entries = AuditEntry.objects.filter(subject=draft.reference).order_by("pk")
    assert [(entry.action, entry.actor_role) for entry in entries] == [
        ("application.started", "applicant"),
        ("application.handed_over", "applicant"),
        ("application.taken_over", "phone"),
        ("document.added", "phone"),
    ]
    assert entries.last().actor is None


def test_the_other_page_follows_the_phone(ana, clean_cache):
    desk, phone = factories.browser(ana), Client()
    assert desk.get("/apply/hand-over/").url == "/apply/"
    secret = desk.post("/apply/hand-over/").context["link"].partition("#")[2]
    assert followed(desk) == ("offered", [False, False])
    assert secret not in desk.get("/apply/hand-over/").content.decode()
    take(secret, phone)
    assert followed(desk) == ("lent", [False, False])
    send(phone, back=factories.photo())
    assert followed(desk) == ("lent", [False, True])
    intake.withdraw(intake.draft_of(ana))
    assert desk.get("/apply/hand-over/").url == "/apply/"


def followed(desk: Client):
    context = desk.get("/apply/hand-over/").context
    return context["stage"], [is_here for _side, is_here in context["kept"]]


@pytest.mark.parametrize(("taken", "later"), [(False, 11), (True, 61)])
def test_when_its_time_is_over_a_new_code_is_offered(ana, taken, later):
    desk = factories.browser(ana)
    with time_machine.travel(timezone.now() - timedelta(minutes=later)):
        secret = desk.post("/apply/hand-over/").context["link"].partition("#")[2]
        if taken:
            take(secret)
    text = desk.get("/apply/hand-over/").content.decode()
    assert "The code no longer works." in text
    assert "Show a new code" in text


def test_a_draft_that_is_handed_over_is_followed_by_its_own_page(ana):
    desk = factories.browser(ana)
    assert "js/follow.js" not in desk.get("/apply/").content.decode()
    with time_machine.travel(timezone.now()) as clock:
        desk.post("/apply/hand-over/")
        assert "js/follow.js" in desk.get("/apply/").content.decode()
        clock.shift(timedelta(minutes=11))
        assert "js/follow.js" not in desk.get("/apply/").content.decode()


def test_a_phone_whose_part_is_done_is_told_so(phone, ana):
    intake.withdraw(intake.draft_of(ana))
    text = phone.get("/apply/phone/").content.decode()
    assert "This phone is done" in text
    assert "Scan the code" not in text


def test_another_language_keeps_the_code_that_was_scanned(ana):
    secret, phone = offered(ana), Client()
    page = phone.post("/apply/phone/", {"secret": secret})
    back = f"/apply/phone/#{secret}"
    assert f'name="next" value="{back}"' in page.content.decode()
    assert phone.post("/language/", {"language": "zh-hant", "next": back}).url == back


def test_a_day_allows_so_many_codes(ana, monkeypatch, clean_cache):
    monkeypatch.setattr(attempts, "HAND_OVERS_A_DAY", 2)
    hers = factories.browser(ana)
    answers = [hers.post("/apply/hand-over/").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert AuditEntry.objects.filter(action="application.handed_over").count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert factories.browser(ana).post("/apply/hand-over/").status_code == 200
