"""What an applicant sends, what was read from it, how it ended."""

from kyc.applications.models.application import (
    CLAIM,
    Application,
    ApplicationQuerySet,
    IllegalStep,
    SearchToken,
)
from kyc.applications.models.handovers import HandOver
from kyc.applications.models.readings import Extraction, FieldAnswer, FieldReading, Threshold
from kyc.applications.models.rounds import Decision, Document, Recommendation, Round, Verdict

__all__ = [
    "CLAIM",
    "Application",
    "ApplicationQuerySet",
    "Decision",
    "Document",
    "Extraction",
    "FieldAnswer",
    "FieldReading",
    "HandOver",
    "IllegalStep",
    "Recommendation",
    "Round",
    "SearchToken",
    "Threshold",
    "Verdict",
]
