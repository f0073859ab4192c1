"""An applicant's own data in one file: everything kept of an application but what is not theirs.

The reviewers' internal notes, their names and the confidences are left out.
"""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.utils import translation

from kyc.applications import cases, consent
from kyc.applications.case import Case
from kyc.applications.models import Application, Decision, Document
from kyc.audit import log
from kyc.audit.actions import Action
from ocr_integration.protocol.fields import Side


def take(application: Application) -> bytes:
    """Pack JSON and photos as a zip, and record that the applicant took it.

    It is made in memory: a temporary file would leave an identity document outside the vault.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        said = json.dumps(_everything(application), ensure_ascii=False, indent=2)
        archive.writestr("application.json", said)
        for document in _photos(application):
            archive.writestr(_name(document), document.get_file("stored_as"))
    with log.act():
        application.record(Action.APPLICATION_COPIED, actor=application.applicant)
    return buffer.getvalue()


def _everything(application: Application) -> dict[str, Any]:
    return {
        "reference": application.shown_reference,
        "email": application.applicant.email,
        "language": application.language,
        "state": application.status,
        "since": _at(application.since),
        "created": _at(application.created_at),
        "submitted": _at(application.submitted_at),
        "closed": _at(application.closed_at),
        "consent": _consent(application),
        "rounds": [_round(case) for case in cases.every_round(application)],
    }


def _consent(application: Application) -> dict[str, Any]:
    with translation.override(application.language):
        return {
            "given": _at(application.consented_at),
            "version": application.consent_version,
            "words": consent.as_given(application.consent_version),
        }


def _round(case: Case) -> dict[str, Any]:
    decision = Decision.objects.filter(round=case.round).first()
    return {
        "number": case.round.number,
        "opened": _at(case.round.opened_at),
        "photos": {
            side.value: _photo(document) for side, document in case.documents.items() if document
        },
        "read": {side.value: _read(case, side) for side in Side},
        "flagged": {
            f"{side.value} {name}": reading.flag
            for (side, name), reading in case.readings.items()
            if reading.flag is not None
        },
        "decision": _decision(decision) if decision else None,
    }


def _read(case: Case, side: Side) -> dict[str, str]:
    return {name: reading.value for (on, name), reading in case.readings.items() if on is side}


def _photo(document: Document) -> dict[str, Any]:
    return {
        "file": _name(document),
        "sha256": document.sha256,
        "sent": _at(document.created_at),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome,
        "reason": decision.reason,
        "side": decision.side,
        "message": decision.get("message"),
        "at": _at(decision.at),
    }


def _photos(application: Application) -> list[Document]:
    kept = application.documents.filter(removed_at=None).order_by("created_at")
    return list(kept.select_related("application"))


def _name(document: Document) -> str:
    return f"{document.sent_as}-{document.sha256[:8]}.jpg"


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
