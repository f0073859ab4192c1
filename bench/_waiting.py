"""Cases that wait for a reviewer, made without a reader; runs inside `./run manage shell`."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from bench.pipeline import SAMPLES
from kyc.applications.models import Application
from tests import factories

MISREAD: Final = {"name": "陈大丈", "issuing_authority": "中华人民共和国出入境管理周"}


def seed(waiting: int, *, misread: int) -> None:
    """Make cases as if they had been read; of the oldest ones every other has two values wrong."""
    pictures = {side: (SAMPLES / f"01_hk_{side}.jpg").read_bytes() for side in ("front", "back")}
    applicant = factories.account("thousand@example.org")
    begun = timezone.now() - timedelta(days=1)
    for number in range(waiting):
        made = factories.application(applicant)
        wrong = MISREAD if number % 2 and number < misread else {}
        front = factories.document(made, "front", pictures["front"])
        doubts = dict.fromkeys(wrong, 0.55)
        factories.extraction(front, {**factories.FRONT, **wrong}, confidence=doubts)
        factories.extraction(factories.document(made, "back", pictures["back"]))
        since = begun + timedelta(seconds=number)
        Application.objects.filter(pk=made.pk).update(queued_at=since)
