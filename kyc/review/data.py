"""The whole case as data, for the systems of whoever runs the desk."""

from typing import Any

from kyc.applications import cases
from kyc.applications.case import Case
from kyc.applications.models import (
    Application,
    Decision,
    Document,
    Extraction,
    Note,
    Recommendation,
)
from kyc.applications.status import Status
from kyc.review import related
from ocr_integration.protocol.fields import Side


def whole_case(application: Application) -> dict[str, Any]:
    """Rounds with pictures, readings, answers, accepted values and what was decided."""
    rounds = cases.every_round(application)
    return {
        "reference": application.reference,
        "external_reference": application.external_reference,
        "status": application.status,
        "since": application.since,
        "submitted_at": application.submitted_at,
        "closed_at": application.closed_at,
        "language": application.language,
        "version": application.version,
        "accepted": _by_side(rounds[-1], rounds[-1].accepted),
        "rounds": [_round(one) for one in rounds],
        "notes": [_note(made, text) for made, text in related.notes(application)],
    }


def _round(case: Case) -> dict[str, Any]:
    return {
        "number": case.round.number,
        "start": case.round.start,
        "opened_at": case.round.opened_at,
        "pictures": _by_side(case, lambda side: _picture(case.documents[side])),
        "extractions": _by_side(case, lambda side: _extraction(case.extractions.get(side))),
        "readings": _by_side(case, lambda side: _readings(case, side)),
        "answers": _by_side(case, lambda side: _answers(case, side)),
        "accepted": _by_side(case, case.accepted),
        "open": [{"side": one.side.value, "field": one.name} for one in case.open],
        "recommendation": _verdict(case.round.recommendations.order_by("pk").last(), case),
        "returned": [
            _verdict(made, case)
            for made in case.round.recommendations.exclude(returned_at=None).order_by("pk")
        ],
        "decision": _verdict(Decision.objects.filter(round=case.round).first(), case),
    }


def _note(made: Note, text: str) -> dict[str, Any]:
    return {"kind": made.kind, "by": made.by.shown_name, "at": made.at, "text": text}


def _by_side(case: Case, give: Any) -> dict[str, Any]:
    return {side.value: give(side) for side in Side}


def _picture(document: Document | None) -> dict[str, Any] | None:
    if document is None:
        return None
    return {
        "uuid": document.uuid,
        "sha256": document.sha256,
        "width": document.width,
        "height": document.height,
    }


def _extraction(extraction: Extraction | None) -> dict[str, Any] | None:
    if extraction is None:
        return None
    return {
        "outcome": extraction.outcome,
        "error_code": extraction.error_code,
        "provider": extraction.provider,
        "region": extraction.region,
        "engine": extraction.engine,
        "latency_ms": extraction.latency_ms,
        "billed_as": extraction.billed_as,
        "finished_at": extraction.finished_at,
        "portrait_location": extraction.portrait_location,
        "places": extraction.places,
    }


def _readings(case: Case, on: Side) -> dict[str, Any]:
    return {
        name: {
            "value": reading.value,
            "confidence": reading.confidence,
            "threshold": reading.threshold,
            "highlighted": reading.highlighted,
        }
        for (side, name), reading in case.readings.items()
        if side is on
    }


def _answers(case: Case, on: Side) -> dict[str, Any]:
    return {
        name: {
            "kind": answer.kind,
            "value": answer.value if answer.kind == "corrected" else None,
            "by": answer.by,
            "at": answer.at,
            "seconds": answer.seconds,
            "kept": answer.kept,
        }
        for (side, name), answer in case.answers.items()
        if side is on
    }


def _verdict(made: Decision | Recommendation | None, case: Case) -> dict[str, Any] | None:
    if made is None:
        return None
    made.round = case.round
    erased = case.application.status == Status.ERASED
    return {
        "outcome": made.outcome,
        "reason": made.reason,
        "side": made.side,
        "by": made.by.shown_name,
        "at": made.at,
        "message": "" if erased else made.get("message"),
        "note": "" if erased else made.get("note"),
    }
