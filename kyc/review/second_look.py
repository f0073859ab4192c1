"""When a second person decides, as settings say; whoever decides first may ask for it besides."""

import secrets
from typing import Final

from django.conf import settings

from kyc.applications.case import Case, Kind
from kyc.applications.models import Application, Recommendation
from kyc.applications.status import Outcome, Status
from ocr_integration.permit.verdict import Verdict

KEY_FIELDS: Final = frozenset({"name", "name_en", "birth_date", "number", "id_number"})


def asked_for(case: Case, outcome: Outcome, *, by_reviewer: bool = False) -> list[str]:
    """The rules that ask for a second look at a first outcome; none where it decides.

    Asking for another photo decides nothing, so it needs no second person.
    """
    asked_already = case.application.status == Status.SECOND_REVIEW
    if asked_already or outcome is Outcome.RESUBMISSION_REQUESTED:
        return []
    rules = settings.SECOND_LOOK
    asks = {
        "sampled": secrets.randbelow(100) < rules["sampled_percent"],
        "changed_key_fields": rules["changed_key_fields"] and _changed_a_key_field(case),
        "failed_checks": rules["failed_checks"]
        and Verdict.DISAGREE in case.judgement.digits.values(),
        "permit_types": case.permit_type is not None
        and case.permit_type.name in rules["permit_types"],
        "reviewer": by_reviewer,
        "returned": Recommendation.objects.filter(round=case.round).exists(),
    }
    return [rule for rule, asked in asks.items() if asked]


def standing(application: Application) -> Recommendation | None:
    """The recommendation that waits for a second person."""
    if application.status != Status.SECOND_REVIEW:
        return None
    found = Recommendation.objects.filter(round=application.current_round, returned_at=None)
    return found.select_related("by", "round__application").first()


def _changed_a_key_field(case: Case) -> bool:
    return any(
        answer.kind == Kind.CORRECTED and name in KEY_FIELDS
        for (_side, name), answer in case.answers.items()
    )
