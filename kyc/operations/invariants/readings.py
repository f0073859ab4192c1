"""I3: one current reading a photo, none late. I7: nothing outside its limits is stored."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from kyc.applications.models import Document, Extraction, FieldAnswer, FieldReading, Threshold
from kyc.jobs.models import Job
from kyc.operations.invariants.findings import Findings
from ocr_integration.protocol.fields import FIELDS, PermitType, Side, fields_of
from ocr_integration.protocol.places import CARD

_PROBABILITY = {"gte": 0.0, "lte": 1.0}


def check_current(findings: Findings) -> str:
    """A document has one current reading, recorded under a fence that was once handed out."""
    doubled = (
        Extraction.objects.filter(current=True)
        .values("document__uuid")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in doubled:
        findings.add(row["document__uuid"], f"has {row['n']} current readings")
    late = Extraction.objects.filter(outcome=Extraction.Outcome.SUPERSEDED, current=True)
    for uuid in late.values_list("document__uuid", flat=True):
        findings.add(uuid, "a late reading is the one shown")
    handed_out = Job.objects.filter(subject=OuterRef("document__uuid")).values("fence")[:1]
    unknown = Extraction.objects.annotate(handed_out=Subquery(handed_out)).filter(
        Q(handed_out=None) | Q(fence__gt=F("handed_out"))
    )
    for uuid in unknown.values_list("document__uuid", flat=True):
        findings.add(uuid, "was read under a fence that no job has reached")
    counted = Extraction.objects.aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(outcome=Extraction.Outcome.SUPERSEDED))
    )
    return f"{counted['all']} readings, {counted['late']} of them late and put aside"


def check_limits(findings: Findings) -> str:
    """Confidences, words and places are what the API can say."""
    for field in ("confidence", "threshold"):
        _list(findings, FieldReading.objects.exclude(_within(field)), f"{field} is none")
    for field in ("type_confidence", "side_confidence"):
        _list(findings, Extraction.objects.exclude(_within(field)), f"{field} is none")
    _list(findings, Threshold.objects.exclude(_within("value")), "the threshold is none")
    _list(
        findings,
        Extraction.objects.exclude(permit_type__in=["", *PermitType], side__in=["", *Side]),
        "no such permit or side",
    )
    _list(findings, FieldReading.objects.exclude(field__in=FIELDS), "no such field")
    _list(
        findings,
        FieldAnswer.objects.exclude(field__in=FIELDS, side__in=list(Side)),
        "an answer to no such field",
    )
    for permit_type in PermitType:
        for side in Side:
            elsewhere = FieldReading.objects.filter(
                extraction__permit_type=permit_type, extraction__side=side
            ).exclude(field__in=[*fields_of(permit_type, side), "type", "side"])
            _list(findings, elsewhere, f"stands on no {side} of such a permit")
    portraits = _portraits(findings)
    return f"{FieldReading.objects.count()} values, {portraits} portraits placed"


def _within(field: str) -> Q:
    return Q(**{f"{field}__{bound}": value for bound, value in _PROBABILITY.items()})


def _list(findings: Findings, wrong: Any, what: str) -> None:
    """Name rows of any of the models by the code that is safe to show."""
    for row in wrong[:100]:
        findings.add(getattr(row, "uuid", row), what)


def _portraits(findings: Findings) -> int:
    placed = Extraction.objects.filter(Q(portrait_location__isnull=False) | ~Q(places={}))
    seen = 0
    for extraction in placed.select_related("document").iterator(chunk_size=500):
        document = extraction.document
        if extraction.portrait_location is not None:
            seen += 1
            if not _are_on(extraction.portrait_location, document):
                findings.add(extraction.uuid, "the portrait lies outside the picture")
        if not all(_is_place(name, said, document) for name, said in extraction.places.items()):
            findings.add(extraction.uuid, "a place is none, or nowhere near the picture")
    return seen


def _is_place(name: str, place: Any, document: Document) -> bool:
    """Of the card or of a field; a card that is cut off reaches a little beyond its picture."""
    reach = max(document.width, document.height)
    known = name == CARD or name in FIELDS
    return known and isinstance(place, dict) and _are_on(place.get("at"), document, reach=reach)


def _are_on(corners: Any, document: Document, *, reach: int = 0) -> bool:
    if not isinstance(corners, list) or len(corners) != 4:
        return False
    return all(
        isinstance(corner, list)
        and len(corner) == 2
        and all(type(number) in {int, float} for number in corner)
        and -reach <= corner[0] <= document.width + reach
        and -reach <= corner[1] <= document.height + reach
        for corner in corners
    )
