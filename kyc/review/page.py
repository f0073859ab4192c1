"""What the page of a case shows, row by row and picture by picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as column
from typing import Any, Final

from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kyc.accounts.models import Role, User
from kyc.applications import progress
from kyc.applications.case import PLACES, Case, Field
from kyc.applications.labels import (
    FIELD_LABELS,
    PERMIT_LABELS,
    SIDE_LABELS,
    Text,
    language_of_value,
    listed,
)
from kyc.applications.models import Application, Document, Extraction
from kyc.applications.rules import Remark
from kyc.applications.status import REVIEWABLE, Outcome, Reason, Status
from kyc.review import ahead, queue, related, second_look
from kyc.review.forms import (
    AGREE,
    ESCALATE,
    SAVE,
    SEND_BACK,
    CaseForm,
    ReopenForm,
    answer_name,
    input_name,
)
from kyc.review.refusals import FieldsRefused, Refused
from ocr_integration.permit.finding import Place
from ocr_integration.permit.numbers import NumberKind, kind_of, plain
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, Side, permit_type_named

CHECKED_AT: Final = {
    "machine_code1": {11: "number", 14: "renewals", 21: "expiry", 29: "birth"},
    "machine_code2": {28: "id_number", 29: "overall"},
}
"""Where the check digits stand in the lines of the code, and what each guards."""

_SIGNS: Final = {
    Verdict.AGREE: "agrees",
    Verdict.DISAGREE: "disagrees",
    Verdict.CANNOT_TELL: "unknown",
}
_DIGIT_CLASSES: Final = {Verdict.AGREE: "holds", Verdict.DISAGREE: "fails"}


@dataclass(frozen=True)
class Row:
    """One field with its two inputs."""

    field: Field
    value: BoundField
    answer: BoundField
    counts: bool
    refused: bool
    accepted: str = column(repr=False)
    digits: dict[str, Verdict]
    printed: int
    """Where it stands on the card."""

    @property
    def id(self) -> str:
        """Of the row's element."""
        return f"row-{self.value.html_name}"

    @property
    def label(self) -> str:
        """The field's name as people say it; both sides have a permit type."""
        label = str(FIELD_LABELS[self.field.name])
        if self.field.name != "type":
            return label
        return _("%(field)s, %(side)s") % {
            "field": label,
            "side": str(SIDE_LABELS[self.field.side]).lower(),
        }

    @property
    def lang(self) -> str:
        """The language of the value."""
        return language_of_value(self.field.name)

    @property
    def is_code(self) -> bool:
        """Whether it is a line of the machine readable code."""
        return self.field.name in MACHINE_CODE

    @property
    def shown(self) -> str:
        """The accepted value as people read it."""
        named = permit_type_named(self.accepted) if self.field.name == "type" else None
        return str(PERMIT_LABELS[named]) if named else self.accepted

    @property
    def permits(self) -> list[tuple[str, Text]]:
        """What can be chosen as the permit."""
        named = [(kind.value, label) for kind, label in PERMIT_LABELS.items()]
        return [("", ""), *named]

    @property
    def reasons(self) -> list[tuple[str, Remark]]:
        """Each remark with its sign: what disagrees first."""
        order = (Verdict.DISAGREE, Verdict.AGREE, Verdict.CANNOT_TELL)
        remarks = sorted(self.field.remarks, key=lambda remark: order.index(remark.verdict))
        return [(_SIGNS[remark.verdict], remark) for remark in remarks]

    @property
    def rests_on(self) -> str:
        """The inputs of other fields that may be what is wrong where this one disagrees."""
        if self.field.highlighted:
            return ""
        here = (self.field.side, self.field.name)
        wrong = [one for one in self.field.remarks if one.verdict is Verdict.DISAGREE]
        others = {place for remark in wrong for place in remark.fields if place != here}
        return " ".join(sorted(input_name(place) for place in others))

    @property
    def agrees_with(self) -> str:
        """The sources that agree, once each."""
        return self._sources(Verdict.AGREE)

    @property
    def unsure_of(self) -> str:
        """The sources that cannot tell, where none agrees."""
        return "" if self.agrees_with else self._sources(Verdict.CANNOT_TELL)

    @property
    def changed(self) -> bool:
        """Whether a person wrote something else than the machine."""
        return self.field.state == "corrected"

    @property
    def characters(self) -> Iterator[tuple[str, str]]:
        """Each character of a line of the code, and whether it is a check digit that holds."""
        line = self.accepted
        checked = CHECKED_AT.get(self.field.name, {}) if len(line) == 30 else {}
        for index, character in enumerate(line):
            verdict = self.digits.get(checked.get(index, ""))
            yield character, _DIGIT_CLASSES.get(verdict, "") if verdict else ""

    def _sources(self, verdict: Verdict) -> str:
        """Leave out what a value says of itself, and a code's digits, which are marked in it."""
        found = (
            remark.source
            for remark in self.field.remarks
            if remark.verdict is verdict and remark.compares and not self.is_code
        )
        return listed(found)


@dataclass(frozen=True)
class Sheet:
    """One picture, and what stands on it."""

    side: Side
    document: Document | None
    extraction: Extraction | None

    @property
    def label(self) -> Text:
        """Front or back."""
        return SIDE_LABELS[self.side]

    @property
    def url(self) -> str:
        """Where the picture is served, which records that it was shown."""
        return _address("picture", self.document) if self.document else ""

    @property
    def portrait_points(self) -> str:
        """The portrait's corners in pixels of the picture, as SVG writes them."""
        corners = (self.extraction.portrait_location if self.extraction else None) or []
        return " ".join(f"{x},{y}" for x, y in corners)

    @property
    def why_unread(self) -> str:
        """Why nothing was read, "" where something was."""
        if self.extraction is None:
            return _("It has not been read.")
        if self.extraction.outcome == Extraction.Outcome.UNREADABLE:
            return _("The reader found no such permit in the picture, or could not read it.")
        if self.extraction.outcome == Extraction.Outcome.FAILED:
            return _("The reader did not answer.")
        if self.extraction.side and self.extraction.side != self.side:
            return _("The reader took this picture for the other side.")
        return ""


def context(
    case: Case, form: CaseForm, user: User, *, refusal: Refused | None = None
) -> dict[str, Any]:
    """Everything the template asks for."""
    rows = _rows(case, form, refusal)
    settled = [rows[one.side, one.name] for one in case.settled]
    can_answer = user.has_role(Role.REVIEWER, Role.SENIOR) and _is_open_to(case, user)
    # What was typed and refused stays in its inputs, whoever holds the case meanwhile.
    editable = can_answer or form.is_bound
    return {
        "application": case.application,
        "case": case,
        "form": form,
        "save": SAVE,
        "refusal": refusal,
        "refused_rows": [row for row in rows.values() if row.refused],
        "doubtful": [rows[one.side, one.name] for one in case.doubtful],
        "settled": settled,
        "settled_count": len(case.fields) - len(case.open),
        "uncounted": [row for row in rows.values() if not row.counts],
        "sheets": _sheets(case),
        "person": _person(case),
        "flags": related.flags(case),
        "earlier": related.earlier(case.application),
        "verdicts": related.verdicts(case.application),
        "notes": related.notes(case.application),
        **_hand_on(case, user),
        "can_answer": can_answer,
        "upcoming": _upcoming(case, user) if can_answer else None,
        "editable": editable,
        "decidable": editable and case.application.status in REVIEWABLE,
        "approve_waits": not settings.APPROVE_WITH_OPEN_DOUBTS,
        "may_review": user.has_role(Role.REVIEWER, Role.SENIOR),
        "told": _told(case.application),
        "told_language": _language_tag(case.application.language),
        "reopen_form": ReopenForm() if _may_reopen(case, user) else None,
    }


def judged(case: Case, form: CaseForm) -> dict[str, dict[str, Any]]:
    """What the rules say of each row, by the name of its input."""
    return {
        row.value.html_name: {
            "doubtful": row.field.doubtful,
            "offer": row.field.offer,
            "rests": row.rests_on,
            "reasons": render_to_string("review/case.html#reasons", {"row": row}),
            "chips": render_to_string("review/case.html#chips", {"row": row}),
        }
        for row in _rows(case, form, None).values()
        if row.counts
    }


def _hand_on(case: Case, user: User) -> dict[str, Any]:
    """What the page needs to offer a second look, or to give the second one."""
    waits = case.application.status in REVIEWABLE
    return {
        "agree": AGREE,
        "send_back": SEND_BACK,
        "escalate": ESCALATE,
        "standing": second_look.standing(case.application),
        "may_ask_second": case.application.status == Status.IN_REVIEW,
        "may_escalate": waits and not user.has_role(Role.SENIOR),
        "may_take_over": user.has_role(Role.REVIEWER, Role.SENIOR)
        and _is_open_to(case, user, whoever_holds=True),
    }


def _upcoming(case: Case, user: User) -> Application | None:
    """The case that is reserved for them, unless it is this one."""
    found = ahead.reserved(by=user)
    return None if found is None or found.pk == case.application.pk else found


def _address(name: str, row: Document | Extraction) -> str:
    return reverse(f"applications:{name}", args=[row.uuid])


def _may_reopen(case: Case, user: User) -> bool:
    return user.has_role(Role.SENIOR) and case.application.status in Outcome.values


def _told(application: Application) -> list[tuple[str, str, str]]:
    """Each reason as the applicant will read it, in their language."""
    with translation.override(application.language):
        return [(reason.value, *progress.advice(reason.value)) for reason in Reason]


def _language_tag(language: str) -> str:
    """Write a language as HTML does: `zh-Hans`."""
    first, _dash, script = language.partition("-")
    return f"{first}-{script.title()}" if script else first


def _is_open_to(case: Case, user: User, *, whoever_holds: bool = False) -> bool:
    try:
        queue.ensure_open_to(case.application, by=user, whoever_holds=whoever_holds)
    except Refused:
        return False
    return True


def _rows(case: Case, form: CaseForm, refusal: Refused | None) -> dict[Place, Row]:
    named = refusal.places if isinstance(refusal, FieldsRefused) else ()
    return {
        place: Row(
            case.field(place),
            form[input_name(place)],
            form[answer_name(place)],
            counts=place in case.fields,
            refused=place in named,
            accepted=case.value(place),
            digits=dict(case.judgement.digits),
            printed=index,
        )
        for index, place in enumerate(PLACES)
    }


def _sheets(case: Case) -> list[Sheet]:
    return [Sheet(side, case.documents[side], case.extractions.get(side)) for side in Side]


def _person(case: Case) -> dict[str, Any]:
    front = case.extractions.get(Side.FRONT)
    return {
        "name": case.value((Side.FRONT, "name")),
        "latin": case.value((Side.FRONT, "name_en")),
        "permit": _permit(case),
        "portrait_url": _address("portrait", front) if front and front.portrait_stored_as else "",
    }


def _permit(case: Case) -> str:
    if case.permit_type is None:
        return _("Permit not known")
    words = _("%(place)s permit") % {"place": PERMIT_LABELS[case.permit_type]}
    kind = kind_of(plain(case.value((Side.FRONT, "number"))))
    if kind is NumberKind.HK_MACAO_NON_CHINESE:
        return _("%(permit)s, non-Chinese holder, 2024 card") % {"permit": words}
    if kind is NumberKind.HK_MACAO:
        return _("%(permit)s, 2013 card") % {"permit": words}
    return words
