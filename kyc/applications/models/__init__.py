"""What an applicant sends, what was read from it, how it ended."""

from kyc.applications.models.application import (
    CLAIM,
    Application,
    ApplicationQuerySet,
    IllegalStep,
    SearchToken,
)
from kyc.applications.models.flags import FieldFlag
from kyc.applications.models.handovers import HandOver
from kyc.applications.models.notes import Note
from kyc.applications.models.providers import Breaker, CallQuota, ProviderToken
from kyc.applications.models.readings import (
    Extraction,
    FieldAnswer,
    FieldReading,
    SecondReading,
    Threshold,
)
from kyc.applications.models.rounds import (
    Decision,
    Document,
    LikenessBand,
    Recommendation,
    Round,
    Verdict,
)

__all__ = [
    "CLAIM",
    "Application",
    "ApplicationQuerySet",
    "Breaker",
    "CallQuota",
    "Decision",
    "Document",
    "Extraction",
    "FieldAnswer",
    "FieldFlag",
    "FieldReading",
    "HandOver",
    "IllegalStep",
    "LikenessBand",
    "Note",
    "ProviderToken",
    "Recommendation",
    "Round",
    "SearchToken",
    "SecondReading",
    "Threshold",
    "Verdict",
]
