"""What the page of a case shows, and what opening it records."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from kyc.accounts.models import Role
from kyc.applications import cases, tokens
from kyc.applications.models import Extraction
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories
from tests.review import case_form


def _page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_opening_is_the_only_thing_it_records(as_rui, url, case, rui):
    _page(as_rui, url)
    entry = AuditEntry.objects.exclude(action="account.signed_in").get()
    assert (entry.action, entry.subject, entry.actor) == (
        "application.viewed",
        case.reference,
        rui.pk,
    )
    assert entry.data == {"round": 1}
    case.refresh_from_db()
    assert (case.version, case.held_by) == (0, None)


def _views(case, by):
    return AuditEntry.objects.filter(
        action="application.viewed", subject=case.reference, actor=by.pk
    )


@pytest.mark.parametrize(
    "posted", [{"version": "99999"}, {"version": "0"}, {"version": "0", "front-type": "Library"}]
)
def test_a_page_that_refuses_a_post_is_recorded_too(as_rui, url, case, rui, posted):
    response = as_rui.post(url, posted)
    assert response.status_code in {409, 422}
    assert "陈大文" in response.content.decode()
    assert _views(case, rui).get().data == {"round": 1}


def test_a_page_that_refuses_a_claim_is_recorded_too(as_rui, case, rui, rita):
    queue.claim(case, by=rita)
    response = as_rui.post(reverse("review:claim", args=[case.reference]))
    assert (response.status_code, "陈大文" in response.content.decode()) == (409, True)
    assert _views(case, rui).count() == 1


def test_a_page_that_refuses_to_reopen_is_recorded_too(client, case, sofia, rui):
    factories.decide(case, Outcome.DECLINED, by=rui, reason="other")
    client.force_login(sofia)
    response = client.post(reverse("review:reopen", args=[case.reference]))
    assert (response.status_code, "陈大文" in response.content.decode()) == (422, True)
    assert _views(case, sofia).count() == 1


def test_a_case_that_cannot_be_recorded_is_not_shown(as_rui, url, monkeypatch):
    monkeypatch.setattr("kyc.audit.log._link", _fail)
    with pytest.raises(RuntimeError):
        as_rui.post(url, {"version": "99999"})


def _fail(entries):
    raise RuntimeError


def test_the_form_holds_every_field_of_each_side(form):
    sides = {"front": [*factories.FRONT, "type"], "back": [*factories.BACK, "type"]}
    for side, fields in sides.items():
        for field in fields:
            assert f"{side}-{field}" in form
            assert form[f"{side}-{field}-answer"] == ""
    assert {"version", "message", "note"} <= set(form)
    assert form["front-name"] == "陈大文"
    assert form["version"] == "0"


def test_doubtful_fields_come_first(as_rui, url):
    page = _page(as_rui, url)
    assert page.index('id="row-front-birth_date"') < page.index('id="row-front-name"')
    assert "Check" in page
    assert "0.86" in page
    assert "Above the threshold, 14" in page


def test_values_carry_their_language(as_rui, url):
    page = _page(as_rui, url)
    assert 'name="front-name" value="陈大文" lang="zh-Hans"' in page
    assert 'name="back-id_name" value="陳大文" lang="zh-Hant"' in page


def test_the_portrait_is_drawn_in_the_pictures_own_pixels(as_rui, url):
    page = _page(as_rui, url)
    assert 'viewBox="0 0 640 404"' in page
    assert 'points="60,90 220,90 220,290 60,290"' in page


def test_both_pictures_are_shown(as_rui, url, case):
    page = _page(as_rui, url)
    for document in (case.current_round.front, case.current_round.back):
        assert f"/pictures/{document.uuid}.jpg" in page


def test_the_first_button_of_the_form_saves_so_that_enter_never_approves(as_rui, url):
    form = _page(as_rui, url).split('id="case"')[1]
    first = form.split("<button", 1)[1]
    assert first[: first.index(">")].endswith('name="action" value="save"')


def test_check_digits_are_marked(as_rui, ana):
    case = factories.application(ana)
    factories.extraction(factories.document(case, "front"))
    wrong = {**factories.BACK, "machine_code1": "CRH1234567830133406142M9001012"}
    factories.extraction(factories.document(case, "back"), wrong)
    page = _page(as_rui, reverse("review:case", args=[case.reference]))
    assert '<span class="mrz__char mrz__char--fails">2</span>' in page
    assert "Birth digit: 2 read, 1 expected." in page
    assert page.count("mrz__char--holds") == 4


def test_each_row_says_what_every_rule_found(as_rui, url, case):
    page = _page(as_rui, url)
    fields = cases.of(case).fields
    for (side, name), field in fields.items():
        row = page.split(f'id="row-{side.value}-{name}" data-row')[1].split(" data-row ")[0]
        for remark in field.remarks:
            assert f'data-rule="{remark.rule}"' in row
            assert escape(remark.reason) in row
    assert sum(len(field.remarks) for field in fields.values()) > 20


def test_a_correction_stands_before_what_the_machine_read(as_rui, url, form):
    as_rui.post(url, {**form, "front-name": "陈小文", "action": "save"})
    page = _page(as_rui, url)
    assert 'name="front-name" value="陈小文"' in page
    assert '<s class="strike" lang="zh-Hans">陈大文</s> 0.99' in page
    assert "Corrected" in page


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Extraction.Outcome.UNREADABLE, "found no such permit in the picture"),
        (Extraction.Outcome.FAILED, "The reader did not answer."),
    ],
)
def test_a_side_that_was_not_read_says_why(as_rui, url, outcome, sentence):
    Extraction.objects.filter(side="back").update(outcome=outcome)
    page = _page(as_rui, url)
    assert "Back: the machine read nothing" in page
    assert sentence in page


def test_a_side_read_as_the_other_says_so(as_rui, url):
    Extraction.objects.filter(side="back").update(side="front")
    assert "took this picture for the other side" in _page(as_rui, url)


def test_an_earlier_application_with_the_same_number_is_named(as_rui, url, case, bruno):
    earlier = factories.decide(factories.case(bruno), Outcome.DECLINED, by=bruno, reason="other")
    for application in (case, earlier):
        tokens.index(application, {"number": "H12345678"})
    page = _page(as_rui, url)
    assert "Sent before" in page
    assert earlier.shown_reference in page


def test_anothers_hold_is_shown_and_nothing_can_be_typed(as_rui, url, case, rita):
    queue.claim(case, by=rita)
    page = _page(as_rui, url)
    assert "Held by Rita Wong" in page
    assert 'name="outcome"' not in page
    assert 'name="front-name"' not in page


def test_auditors_read_and_type_nothing(client, eva, url):
    client.force_login(eva)
    page = _page(client, url)
    assert "陈大文" in page
    assert 'name="front-name"' not in page
    assert 'name="outcome"' not in page


def test_a_decided_case_says_by_whom_and_why(as_rui, url, case, rita):
    factories.decide(case, Outcome.DECLINED, by=rita, reason="expired", message="Apply again.")
    page = _page(as_rui, url)
    assert "decided by Rita Wong: Decline" in page
    assert "Expired" in page
    assert "Apply again." in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.AUDITOR])
def test_nobody_reads_their_own_case(client, rita, role):
    own = factories.case(factories.account("", role))
    url = reverse("review:case", args=[own.reference])
    client.force_login(rita)
    form = case_form.read(client.get(url))
    said = {"outcome": "declined", "reason": "other", "note": "looks odd"}
    client.post(url, {**form, **said})
    assert "looks odd" in _page(client, url)

    client.force_login(own.applicant)
    response = client.get(url)
    assert (response.status_code, "your own" in response.content.decode()) == (403, True)
    assert "陈大文" not in response.content.decode()
    assert not _views(own, own.applicant).exists()


def test_nobody_reads_their_own_case_by_an_empty_reopening(client, sofia):
    own = factories.case(sofia)
    client.force_login(sofia)
    response = client.post(reverse("review:reopen", args=[own.reference]))
    assert response.status_code == 403
    assert "陈大文" not in response.content.decode()


def test_an_erased_case_shows_no_value(as_rui, case, url):
    type(case).objects.filter(pk=case.pk).update(status=Status.ERASED, closed_at=case.since)
    page = _page(as_rui, url)
    assert "陈大文" not in page


def test_hostile_text_is_shown_as_text(as_rui, ana):
    case = factories.application(ana)
    hostile = {**factories.FRONT, "name": '"><script>alert(1)</script>{{7*7}}'}
    factories.extraction(factories.document(case, "front"), hostile)
    factories.extraction(factories.document(case, "back"))
    page = _page(as_rui, reverse("review:case", args=[case.reference]))
    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_nothing_personal_stands_in_the_title(as_rui, url, case):
    page = _page(as_rui, url)
    title = page.split("<title>")[1].split("</title>")[0]
    assert title == f"{case.shown_reference} · PermitDesk"


def test_the_queries_of_a_case_are_few(as_rui, url, django_assert_max_num_queries):
    as_rui.get(url)
    with django_assert_max_num_queries(50):
        as_rui.get(url)


def test_applicants_and_strangers_do_not_see_it(client, ana, url):
    assert client.get(url).status_code == 302
    client.force_login(ana)
    assert client.get(url).status_code == 403


def test_there_is_no_such_case(as_rui):
    assert as_rui.get("/review/000000000000/").status_code == 404


def test_a_card_is_outlined_only_where_its_reader_said_where_it_lies(as_rui, case, url):
    assert "overlay__card" not in as_rui.get(url).content.decode()
    card = {"at": [[9, 9], [600, 9], [600, 390], [9, 390]], "seen": True}
    fronts = Extraction.objects.filter(document=case.current_round.front)
    fronts.update(places={"card": card})
    assert 'class="overlay__card" points="9,9 600,9' in as_rui.get(url).content.decode()
