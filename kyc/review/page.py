"""What the page of a case shows: its rows, its pictures, and what may be done."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kyc.accounts.models import Role, User
from kyc.applications import progress
from kyc.applications.case import PLACES, Case
from kyc.applications.labels import (
    PERMIT_LABELS,
)
from kyc.applications.models import Application, Document, Extraction
from kyc.applications.status import REVIEWABLE, Outcome, Reason, Status
from kyc.review import ahead, deadline, keymap, queue, related, second_look
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
from kyc.review.rows import Row
from kyc.review.sheets import Sheet
from ocr_integration.permit.finding import Place
from ocr_integration.permit.numbers import NumberKind, kind_of, plain
from ocr_integration.protocol.fields import Side


def context(
    case: Case, form: CaseForm, user: User, *, refusal: Refused | None = None
) -> dict[str, Any]:
    """Everything the template asks for."""
    rows, sheets = _rows(case, form, refusal), _sheets(case)
    earlier = related.earlier(case.application)
    settled = [rows[one.side, one.name] for one in case.settled]
    can_answer = user.has_role(Role.REVIEWER, Role.SENIOR) and _is_open_to(case, user)
    # What was typed and refused stays in its inputs, whoever holds the case meanwhile.
    editable = can_answer or form.is_bound
    return {
        "application": case.application,
        "case": case,
        "form": form,
        "deadline": deadline.of(case.application),
        "keys": keymap.keys_of(user, keymap.CASE),
        "save": SAVE,
        "refusal": refusal,
        "refused_rows": [row for row in rows.values() if row.refused],
        "doubtful": [rows[one.side, one.name] for one in case.doubtful],
        "settled": settled,
        "settled_count": len(case.fields) - len(case.open),
        "uncounted": [row for row in rows.values() if not row.counts],
        "sheets": sheets,
        "cuts": {mark.name for sheet in sheets if sheet.has_cuts for mark in sheet.marks},
        "person": _person(case),
        "flags": related.flags(case),
        "earlier": earlier,
        "earlier_face": next((one for one in earlier if one.portrait), None),
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
            "offered": row.offered,
            "rests": row.rests_on,
            "reasons": render_to_string("review/case.html#reasons", {"row": row}),
            "chips": render_to_string("review/case.html#chips", {"row": row}),
            "line": render_to_string("review/case.html#line", {"row": row}),
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
    suspect = case.judgement.suspect
    return {
        place: Row(
            case.field(place),
            form[input_name(place)],
            form[answer_name(place)],
            counts=place in case.fields,
            refused=place in named,
            accepted=case.value(place),
            digits=dict(case.judgement.digits),
            offers=case.judgement.offers,
            suspect=suspect[1] if suspect and suspect[0] == place else None,
            printed=index,
        )
        for index, place in enumerate(PLACES)
    }


def _sheets(case: Case) -> list[Sheet]:
    digits = case.judgement.digits
    return [Sheet(side, case.documents[side], case.extractions.get(side), digits) for side in Side]


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
