"""The one form of a case: every field of each side with its answer, and the decision."""

from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kyc.applications.case import PLACES, Case
from kyc.applications.labels import FIELD_LABELS
from kyc.applications.models import FieldAnswer
from kyc.applications.status import AskedSide, Outcome, Reason
from kyc.review.answers import SAYABLE, Posted
from kyc.review.thresholds import WANTED
from ocr_integration.client.answers import MAX_VALUE_CHARACTERS
from ocr_integration.permit.finding import Place
from ocr_integration.protocol.fields import PermitType

SAVE: Final = "save"
AGREE: Final = "agree"
SEND_BACK: Final = "send_back"
ESCALATE: Final = "escalate"
_SAID_IN_WORDS: Final = (SEND_BACK, ESCALATE)
_ACTIONS: Final = (SAVE, AGREE, *_SAID_IN_WORDS)
_LONGEST_TEXT: Final = 2000

ANSWERS: Final = {
    FieldAnswer.Kind.CONFIRMED: _("Confirmed"),
    FieldAnswer.Kind.BLANK: _("Blank on card"),
    FieldAnswer.Kind.ILLEGIBLE: _("Illegible"),
    FieldAnswer.Kind.NOT_THIS_DOCUMENT: _("Not this document"),
}


def input_name(place: Place) -> str:
    """The name of a field's input."""
    return f"{place[0].value}-{place[1]}"


def answer_name(place: Place) -> str:
    """The name of the select beside it."""
    return f"{input_name(place)}-answer"


class CaseForm(forms.Form):
    """`front-…` and `back-…` with their `…-answer`, then outcome, why, and two texts.

    An `action` does something else than decide: keep the answers, or hand the case on.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    action = forms.ChoiceField(choices=[(one, one) for one in _ACTIONS], required=False)
    outcome = forms.ChoiceField(choices=Outcome, required=False)
    reason = forms.ChoiceField(choices=Reason, required=False, label=_("Reason"))
    side = forms.ChoiceField(choices=AskedSide, required=False, label=_("Photo wanted again"))
    message = forms.CharField(
        required=False, max_length=_LONGEST_TEXT, label=_("Message to the applicant")
    )
    note = forms.CharField(
        required=False, max_length=_LONGEST_TEXT, label=_("Internal note, never shown to them")
    )

    second_look = forms.BooleanField(required=False, label=_("Second look"))
    why = forms.CharField(required=False, max_length=_LONGEST_TEXT, label=_("What to look at"))

    def __init__(self, case: Case, data: QueryDict | None = None) -> None:
        super().__init__(data, initial=_initial(case))
        for place in PLACES:
            self.fields[input_name(place)] = _value_field(place)
            choices = [("", ""), *((kind.value, ANSWERS[kind]) for kind in SAYABLE)]
            self.fields[answer_name(place)] = forms.ChoiceField(choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        """A decision says why, unless it approves; what it does not need is left out."""
        said = super().clean() or {}
        outcome = said.get("outcome")
        if action := said.get("action"):
            if action in _SAID_IN_WORDS and not said.get("why") and "why" not in self.errors:
                self.add_error("why", _("Say what they should look at."))
            return said
        if not outcome and "outcome" not in self.errors:
            self.add_error("outcome", _("Choose an outcome."))
        if outcome in ("", None, Outcome.APPROVED):
            said["reason"] = ""
        elif not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason."))
        if outcome != Outcome.RESUBMISSION_REQUESTED:
            said["side"] = ""
        elif not said.get("side") and "side" not in self.errors:
            self.add_error("side", _("Choose which photo is wanted again."))
        return said

    def shown_again(self, case: Case) -> "CaseForm":
        """What was typed, over the case as it stands now: the version to post is the new one."""
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(case.application.version)
        return CaseForm(case, data)

    @property
    def asked(self) -> str:
        """What is to be done instead of deciding, "" where it decides."""
        return str(self.cleaned_data["action"])

    @property
    def has_texts(self) -> bool:
        """Whether something was written to the applicant or to colleagues."""
        return bool(self.cleaned_data["message"] or self.cleaned_data["note"])

    def posted(self) -> dict[Place, Posted]:
        """The fields as they came back; what the form did not have stays as it was."""
        return {
            place: Posted(
                self.cleaned_data[input_name(place)] if input_name(place) in self.data else None,
                self.cleaned_data[answer_name(place)] if answer_name(place) in self.data else None,
            )
            for place in PLACES
        }

    def decision(self) -> dict[str, Any]:
        """Outcome, reason, side, the two texts, and whether a second person is wanted."""
        why = {name: self.cleaned_data[name] for name in ("reason", "side", "message", "note")}
        return {
            "outcome": Outcome(self.cleaned_data["outcome"]),
            "ask_second": self.cleaned_data["second_look"],
            **why,
        }


class ReopenForm(forms.Form):
    """Why a decided case is looked at again."""

    reason = forms.ChoiceField(choices=[("", ""), *Reason.choices], label=_("Reason"))


class NoteForm(forms.Form):
    """What somebody tells their colleagues of a case."""

    text = forms.CharField(max_length=_LONGEST_TEXT, label=_("Note to colleagues"))


class TakeOverForm(forms.Form):
    """Why a case is taken out of a colleague's hands."""

    why = forms.CharField(max_length=_LONGEST_TEXT, label=_("Why you take it over"))


class ProposalForm(forms.Form):
    """Which field's threshold is looked at, and which other one is tried on past cases."""

    field = forms.ChoiceField(choices=list(FIELD_LABELS.items()), required=False)
    value = forms.DecimalField(min_value=0, max_value=1, decimal_places=2, required=False)
    wanted = forms.FloatField(min_value=0.1, max_value=20, required=False)

    @property
    def chosen(self) -> str:
        """The field, "" where there is no such."""
        return str(self._cleaned("field") or "")

    @property
    def wanted_share(self) -> float:
        """How many in a hundred may be wrong."""
        return float(self._cleaned("wanted") or WANTED)

    def proposed(self, present: float) -> float:
        """The threshold that is tried, the present one where none is."""
        value = self._cleaned("value")
        return present if value is None else float(value)

    def _cleaned(self, name: str) -> Any:
        """What was asked for; an odd address shows the page as it begins."""
        self.is_valid()
        return self.cleaned_data.get(name)


class ThresholdForm(ProposalForm):
    """A threshold that is to hold."""

    field = forms.ChoiceField(choices=list(FIELD_LABELS.items()))
    value = forms.DecimalField(min_value=0, max_value=1, decimal_places=2)


class SearchForm(forms.Form):
    """What somebody types to find a case."""

    q = forms.CharField(max_length=100, label=_("Search"))


def _value_field(place: Place) -> forms.Field:
    if place[1] == "type":
        return forms.ChoiceField(
            choices=[("", ""), *((kind.value, kind.value) for kind in PermitType)], required=False
        )
    return forms.CharField(required=False, max_length=MAX_VALUE_CHARACTERS)


def _initial(case: Case) -> dict[str, Any]:
    """What stands in the inputs: the correction, or what the machine read, whatever was said."""
    initial: dict[str, Any] = {"version": case.application.version}
    for place in PLACES:
        field = case.field(place)
        corrected = field.answer is not None and field.answer.kind == FieldAnswer.Kind.CORRECTED
        initial[input_name(place)] = case.value(place) if corrected else field.read
        if field.answer and field.answer.kind in SAYABLE:
            initial[answer_name(place)] = field.answer.kind
    return initial
