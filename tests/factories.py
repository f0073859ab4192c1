"""Rows as the product would have made them, with sensible defaults. Plain functions."""

import hashlib
import io
import itertools
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kyc.accounts.models import Role, User
from kyc.applications import traits
from kyc.applications.models import (
    Application,
    Decision,
    Document,
    Extraction,
    FieldReading,
    Round,
    SecondReading,
    Threshold,
)
from kyc.applications.status import CLOSED, Outcome, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.jobs.models import Job, Kind
from kyc.vault import keys
from ocr_integration.protocol.fields import PermitType, Side

PASSWORD = "a-long-enough-pass-phrase"
_serial = itertools.count(1)

FRONT = {
    "name": "陈大文",
    "name_en": "CHAN,TAI MAN",
    "birth_date": "1990.01.01",
    "sex": "M",
    "valid_period": "2024.06.15-2034.06.14",
    "issuing_authority": "中华人民共和国出入境管理局",
    "number": "H12345678",
    "issue_times": "01",
}
BACK = {
    "id_name": "陳大文",
    "id_number": "A123456(3)",
    "machine_code1": "CRH1234567830133406142M9001011",
    "machine_code2": "LDMCLEPDMOME<<<<00BA1234563<48",
    "machine_code3": "CHAN<<TAI<MAN<<<<<<<<<<<<<<<<<",
}


def account(email: str = "", *roles: Role, name: str = "", password: str | None = None) -> User:
    """Make an account; staff get PASSWORD, an applicant none."""
    email = email or f"person{next(_serial)}@example.org"
    user = User.objects.create_user(email, password or (PASSWORD if roles else None), name=name)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def browser(user: User, **how: Any) -> Client:
    """A browser of its own in which somebody is signed in."""
    client = Client(**how)
    client.force_login(user)
    return client


def photo(content: bytes | None = None) -> SimpleUploadedFile:
    """A photo as a browser sends it, under a name that must not be kept."""
    return SimpleUploadedFile("CANARY-CHAN-TAI-MAN.jpg", jpeg() if content is None else content)


def jpeg(width: int = 640, height: int = 404, color: str = "#dde6e2") -> bytes:
    """Draw a plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def application(
    applicant: User | None = None, status: Status = Status.IN_REVIEW, **extra: object
) -> Application:
    """Make an application in a state, with its first round and no pictures."""
    now = timezone.now()
    sent = {} if status is Status.DRAFT else {"submitted_at": now, "consented_at": now}
    made = Application.objects.create(
        applicant=applicant or account(),
        status=status,
        key_id=keys.create(),
        closed_at=now if status in CLOSED else None,
        **sent,
        **extra,
    )
    Round.objects.create(application=made)
    return made


def document(
    application: Application, side: str = "front", picture: bytes | None = None
) -> Document:
    """Store a picture as one side of an application's current round."""
    picture = picture or jpeg(color="#c8d8d2" if side == "front" else "#d8d2c8")
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    made = Document(
        application=application,
        sent_as=side,
        sha256=hashlib.sha256(picture).hexdigest(),
        width=width,
        height=height,
    )
    made.put_file("stored_as", picture)
    made.save()
    application.current_round.set_document(side, made)
    return made


def extraction(
    document: Document,
    values: Mapping[str, str] | None = None,
    *,
    side: Side | None = None,
    confidence: Mapping[str, float] | None = None,
    permit_type: PermitType = PermitType.HK_MACAO,
) -> Extraction:
    """Record a reading of a document: every field sure unless `confidence` says otherwise."""
    side = side or Side(document.sent_as)
    values = values if values is not None else (FRONT if side is Side.FRONT else BACK)
    job, _ = Job.objects.get_or_create(kind=Kind.EXTRACTION, subject=document.uuid)
    made = Extraction.objects.create(
        document=document,
        fence=job.fence + 1,
        attempt=1,
        outcome=Extraction.Outcome.READ,
        started_at=timezone.now(),
        permit_type=permit_type.value,
        type_confidence=0.999,
        side=side.value,
        side_confidence=0.999,
        portrait_location=[[60, 90], [220, 90], [220, 290], [60, 290]]
        if side is Side.FRONT
        else None,
    )
    everything = {**values, "type": permit_type.value}
    for field, value in everything.items():
        reading(made, field, value, (confidence or {}).get(field, 0.99 if value else 0.0))
    return made


def decide(
    application: Application,
    outcome: Outcome,
    *,
    by: User,
    reason: str = "",
    side: str = "",
    message: str = "",
) -> Application:
    """Decide the current round, without asking whether one may."""
    made = Decision(
        round=application.current_round, by=by, outcome=outcome, reason=reason, side=side
    )
    made.put("message", message)
    made.save()
    with log.act():
        application.move(Status(outcome.value), action=Action.APPLICATION_DECIDED, actor=by)
    return application


def reading(
    extraction: Extraction, field: str, value: str, confidence: float = 0.99
) -> FieldReading:
    """Record one field as read."""
    made = FieldReading(
        extraction=extraction,
        field=field,
        confidence=confidence,
        threshold=Threshold.FIRST,
        highlighted=confidence < Threshold.FIRST or not value,
    )
    made.put("value", value)
    made.save()
    return made


def second_reading(
    reading: FieldReading, value: str, *, agrees: bool, provider: str = "other"
) -> SecondReading:
    """Record what another provider made of a field, which is doubtful where it differs."""
    made = SecondReading(reading=reading, provider=provider, confidence=0.9, agrees=agrees)
    made.put("value", value)
    made.save()
    if not agrees:
        FieldReading.objects.filter(pk=reading.pk).update(highlighted=True)
    return made


def case(applicant: User | None = None, **confidence: float) -> Application:
    """Make an application that waits for a reviewer, both sides read.

    Keywords are confidences of the front's fields, or of the back's where the front has no such.
    """
    made = application(applicant)
    for side in Side:
        extraction(document(made, side.value), confidence=confidence)
    traits.refresh(made)
    return made
