"""What a posted form says of a field."""

import pytest
from django.urls import reverse

from kyc.applications import cases
from kyc.applications.models import Decision, Extraction, FieldAnswer
from kyc.audit.models import AuditEntry
from ocr_integration.protocol.fields import PermitType, Side
from tests import factories
from tests.review import case_form

Kind = FieldAnswer.Kind
SAVE = {"action": "save"}


def _answer(field="name", side="front"):
    return FieldAnswer.objects.filter(side=side, field=field).first()


def _entries():
    return AuditEntry.objects.filter(action="field.answered").order_by("pk")


def test_saving_keeps_answers_without_deciding(as_rui, url, case, form):
    response = as_rui.post(url, {**form, "front-name": "陈小文", **SAVE})
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.version, str(case.held_by)) == ("in_review", 1, "Rui Chan")
    answer = _answer()
    assert (answer.kind, answer.get("value")) == (Kind.CORRECTED, "陈小文")
    assert case_form.read(as_rui.get(url))["front-name"] == "陈小文"


def test_what_was_written_survives_saving(as_rui, url, case, form, rui):
    written = {"message": "Apply again, please.", "note": "ask Rita", "reason": "expired"}
    response = as_rui.post(url, {**form, "front-name": "陈小文", **written, **SAVE})
    assert response.status_code == 200
    page = response.content.decode()
    assert "Answers saved. What you wrote is kept once you decide." in page
    again = case_form.read(response)
    assert {name: again[name] for name in written} == written
    assert (again["front-name"], again["version"]) == ("陈小文", "1")
    assert _answer().kind == Kind.CORRECTED

    assert as_rui.post(url, {**again, "outcome": "declined"}).status_code == 302
    decision = Decision.objects.get()
    assert (decision.get("message"), decision.get("note")) == ("Apply again, please.", "ask Rita")


def test_what_was_written_is_kept_in_no_session_and_in_no_address(as_rui, url, form):
    response = as_rui.post(url, {**form, "note": "ask Rita", **SAVE})
    assert "Location" not in response
    assert "Rita" not in str(dict(as_rui.session))
    assert "ask Rita" not in as_rui.get(url).content.decode()


def test_saving_nothing_new_changes_nothing(as_rui, url, case, form):
    as_rui.post(url, {**form, **SAVE})
    case.refresh_from_db()
    assert case.version == 0
    assert not _entries().exists()


def test_the_same_answer_again_is_not_recorded_again(as_rui, url, form):
    as_rui.post(url, {**form, "front-name": "陈小文", **SAVE})
    again = case_form.read(as_rui.get(url))
    as_rui.post(url, {**again, **SAVE})
    assert _entries().count() == 1


@pytest.mark.parametrize(("field", "value"), [("front-name", "陳大文"), ("back-id_name", "陈大文")])
def test_the_other_script_of_a_name_is_a_correction(as_rui, url, form, field, value):
    as_rui.post(url, {**form, field: value, **SAVE})
    side, _, name = field.partition("-")
    assert (_answer(name, side).kind, _answer(name, side).get("value")) == (Kind.CORRECTED, value)


@pytest.mark.parametrize("answer", ["", "confirmed", "blank", "illegible", "not_this_document"])
def test_another_value_is_a_correction_whatever_its_answer_says(as_rui, url, form, answer):
    as_rui.post(url, {**form, "front-name": "陈小文", "front-name-answer": answer, **SAVE})
    assert (_answer().kind, _answer().get("value")) == (Kind.CORRECTED, "陈小文")


@pytest.mark.parametrize(
    ("field", "spelled"),
    [
        ("name_en", "CHAN, TAI  MAN"),
        ("sex", "男"),
        ("birth_date", "1990-01-01"),
        ("name", "陈 大文"),
    ],
)
def test_another_spelling_of_the_reading_is_no_correction(as_rui, url, form, field, spelled):
    posted = {**form, f"front-{field}": spelled, f"front-{field}-answer": "confirmed"}
    as_rui.post(url, {**posted, **SAVE})
    assert _answer(field).kind == Kind.CONFIRMED


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("confirmed", Kind.BLANK),
        ("blank", Kind.BLANK),
        ("illegible", Kind.ILLEGIBLE),
        ("not_this_document", Kind.NOT_THIS_DOCUMENT),
    ],
)
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_takes_its_answer(as_rui, url, case, form, answer, kind, value):
    posted = {**form, "front-name": value, "front-name-answer": answer}
    as_rui.post(url, {**posted, **SAVE})
    assert _answer().kind == kind
    assert "name" not in cases.of(case).accepted(Side.FRONT)


def test_an_answer_beside_the_untouched_value_is_taken(as_rui, url, form):
    as_rui.post(url, {**form, "front-name-answer": "illegible", **SAVE})
    assert _answer().kind == Kind.ILLEGIBLE


@pytest.mark.parametrize("more", [SAVE, {"outcome": "declined", "reason": "other"}])
def test_a_value_emptied_without_an_answer_is_refused(as_rui, url, form, more):
    response = as_rui.post(url, {**form, "front-number": "", **more})
    assert response.status_code == 422
    page = response.content.decode()
    assert '<a href="#id_front-number">Number</a>' in page
    assert "Say why it was emptied." in page
    assert not FieldAnswer.objects.exists()


def test_a_field_that_was_not_read_stays_open_while_it_is_empty(as_rui, ana):
    case = factories.application(ana)
    factories.extraction(factories.document(case, "front"), {**factories.FRONT, "number": ""})
    factories.extraction(factories.document(case, "back"))
    url = reverse("review:case", args=[case.reference])
    form = case_form.read(as_rui.get(url))
    response = as_rui.post(url, {**form, "outcome": "approved"})
    assert response.status_code == 422
    assert "#id_front-number" in response.content.decode()

    posted = {**form, "front-number": "H12345678", "outcome": "approved"}
    assert as_rui.post(url, posted).status_code == 302
    assert _answer("number").kind == Kind.CORRECTED


def test_a_field_that_the_form_leaves_out_stays_as_it_was(as_rui, url, form):
    as_rui.post(url, {**form, "front-name": "陈小文", **SAVE})
    as_rui.post(url, {"version": "1", "front-sex-answer": "confirmed", **SAVE})
    assert _answer().kind == Kind.CORRECTED
    assert _answer("sex").kind == Kind.CONFIRMED


def test_taking_an_answer_back_leaves_it_untouched(as_rui, url, form):
    as_rui.post(url, {**form, "front-name": "陈小文", **SAVE})
    as_rui.post(url, {**form, "version": "1", **SAVE})
    assert _answer().kind == Kind.UNTOUCHED
    assert [entry.data["kind"] for entry in _entries()] == [Kind.CORRECTED, Kind.UNTOUCHED]


def test_the_entry_has_fingerprints_and_no_value(as_rui, url, form):
    as_rui.post(url, {**form, "front-name": "陈小文", "front-sex-answer": "confirmed", **SAVE})
    corrected, confirmed = (entry.data for entry in _entries())
    assert (corrected["side"], corrected["field"], corrected["kind"]) == (
        "front",
        "name",
        "corrected",
    )
    assert len(corrected["reading"]) == len(corrected["answer"]) == 64
    assert corrected["reading"] != corrected["answer"]
    assert confirmed["reading"] == confirmed["answer"]
    everything = "".join(entry.canonical for entry in AuditEntry.objects.all())
    assert "陈" not in everything
    assert "H12345678" not in everything


def test_an_answer_says_how_long_the_case_had_been_held(as_rui, url, case, form):
    as_rui.post(reverse("review:claim", args=[case.reference]))
    as_rui.post(url, {**form, "front-sex-answer": "confirmed", **SAVE})
    assert 0 <= _answer("sex").seconds < 60


def test_a_place_of_issue_counts_on_taiwan_permits_only(as_rui, url, case, form):
    assert "front-issue_place" in form
    as_rui.post(url, {**form, "front-issue_place": "香港", **SAVE})
    assert _answer("issue_place") is None

    taiwan = {"front-type": PermitType.TAIWAN.value, "front-issue_place": "福建"}
    as_rui.post(url, {**form, **taiwan, **SAVE})
    assert _answer("issue_place").get("value") == "福建"
    assert cases.of(case).permit_type is PermitType.TAIWAN


def test_a_taiwan_permit_without_its_place_of_issue_is_open(as_rui, url, form):
    posted = {**form, "front-type": PermitType.TAIWAN.value, "outcome": "approved"}
    response = as_rui.post(url, posted)
    assert response.status_code == 422
    assert "#id_front-issue_place" in response.content.decode()


def test_a_permit_of_no_kind_is_refused(as_rui, url, form):
    response = as_rui.post(url, {**form, "front-type": "Library card", **SAVE})
    assert response.status_code == 422


def test_a_value_too_long_is_refused(as_rui, url, form):
    assert as_rui.post(url, {**form, "front-name": "x" * 201, **SAVE}).status_code == 422


@pytest.mark.parametrize("outcome", [Extraction.Outcome.UNREADABLE, Extraction.Outcome.FAILED])
def test_a_side_that_was_not_read_is_typed(as_rui, ana, outcome):
    case = factories.application(ana)
    factories.extraction(factories.document(case, "front"))
    back = factories.extraction(factories.document(case, "back"), {})
    back.readings.all().delete()
    Extraction.objects.filter(pk=back.pk).update(outcome=outcome, side="", permit_type="")
    url = reverse("review:case", args=[case.reference])
    form = case_form.read(as_rui.get(url))
    assert as_rui.post(url, {**form, "outcome": "approved"}).status_code == 422

    typed = {f"back-{name}": value for name, value in factories.BACK.items()}
    typed["back-type"] = PermitType.HK_MACAO.value
    assert as_rui.post(url, {**form, **typed, "outcome": "approved"}).status_code == 302
    assert cases.of(case).accepted(Side.BACK) == {
        **factories.BACK,
        "type": PermitType.HK_MACAO.value,
    }
