"""What an applicant does: keep a draft, submit, send again, withdraw.

Pictures are sealed into storage before any row is locked; the account's row, or the application's,
then serialises what several browsers post at once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications import attempts, consent, mails
from kyc.applications.images import Canonical
from kyc.applications.models import Application, Document, IllegalStep, Round
from kyc.applications.status import AskedSide, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.jobs import doorbell
from kyc.jobs.models import Job, Kind
from kyc.vault import files, keys
from ocr_integration.protocol.fields import Side

Pictures = Mapping[Side, Canonical]
Documents = Mapping[Side, Document]

TRIES: Final = 5
PHOTOS_FOR_EACH: Final = 20
"""How many photos, better ones included, a day allows for each of its applications."""
MOST_LEFT: Final = 20  # a day's drafts beyond those that are submitted


class Overtaken(Exception):
    """Another browser of the same account was faster; the act is tried again on what it left."""


class Incomplete(Exception):
    """A side is missing, or one was sent that is not wanted."""


class TooManyToday(Exception):
    """The account has submitted APPLICATIONS_PER_DAY within a day."""


def draft_of(applicant: User) -> Application | None:
    """The account's one draft, begun on whatever device."""
    return applicant.applications.filter(status=Status.DRAFT).first()


def sent_with(applicant: User, submission_key: str) -> Application | None:
    """What this submission key has become: the same answer for each post that carries it."""
    return applicant.applications.filter(submission_key=submission_key).first()


def asked_sides(application: Application) -> frozenset[Side]:
    """The sides that the latest decision asks for again."""
    asked = application.current_round.decision.side
    return frozenset(Side) if asked == AskedSide.BOTH else frozenset({Side(asked)})


def may_begin(applicant: User) -> bool:
    """Whether the account has a draft, or may begin one more today: each is there for good."""
    begun = applicant.applications.filter(created_at__gt=timezone.now() - timedelta(days=1))
    return (
        begun.count() < settings.APPLICATIONS_PER_DAY + MOST_LEFT or draft_of(applicant) is not None
    )


def may_send_photos(applicant: User) -> bool:
    """Whether the account has photos left today: looking at each costs a core for a moment."""
    since = timezone.now() - timedelta(days=1)
    lately = Document.objects.filter(application__applicant=applicant, created_at__gt=since)
    looked_at = lately.count() + attempts.refused_today(applicant)
    return looked_at < settings.APPLICATIONS_PER_DAY * PHOTOS_FOR_EACH


def keep(
    applicant: User, *, pictures: Pictures, submission_key: str, role: str = ""
) -> Application:
    """Keep sides in the account's draft; what the key was submitted with already, as it is.

    A role says that somebody not signed in sent them.
    """
    return _write(applicant, pictures, submission_key, submit_in=None, role=role)


def submit(
    applicant: User, *, pictures: Pictures, submission_key: str, language: str
) -> Application:
    """Send a draft and the sides that come with this post, with the applicant's consent.

    One submission key makes one application. Raises TooManyToday or Incomplete, and then
    nothing of the post is kept.
    """
    return _write(applicant, pictures, submission_key, submit_in=language)


def _write(
    applicant: User,
    pictures: Pictures,
    submission_key: str,
    *,
    submit_in: str | None,
    role: str = "",
) -> Application:
    for _ in range(TRIES):
        if sent := sent_with(applicant, submission_key):
            return sent
        current = draft_of(applicant)
        draft = current or Application(applicant=applicant, key_id=keys.create())
        documents = _sealed(draft, pictures)
        try:
            with log.act():
                _hold_draft(draft, submission_key)
                _keep(draft, documents, role)
                if submit_in is not None:
                    _submit(draft, submission_key, submit_in)
        except (Overtaken, IntegrityError, Incomplete, TooManyToday) as refused:
            # Of any other error nobody knows whether it struck before or after the commit.
            _unseal(documents)
            if current is None:
                keys.destroy(draft.key_id)
            if isinstance(refused, Incomplete | TooManyToday):
                raise
        else:
            return draft
    raise Overtaken(TRIES)


def resubmit(application: Application, *, pictures: Pictures, submission_key: str) -> None:
    """Open the next round with the sides that were asked for; the other one is kept.

    Harmless to repeat with the same key. Raises IllegalStep when nothing is asked for any more.
    """
    if application.rounds.filter(submission_key=submission_key).exists():
        return
    documents = _sealed(application, pictures)
    try:
        with log.act():
            _open_next_round(_locked(application), documents, submission_key)
    except (IllegalStep, Incomplete):
        _unseal(documents)
        raise
    except Overtaken:
        _unseal(documents)


def withdraw(application: Application) -> None:
    """Take an application back before it is decided."""
    with log.act():
        application = _locked(application)
        application.move(
            Status.WITHDRAWN, action=Action.APPLICATION_WITHDRAWN, actor=application.applicant
        )


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update().get(pk=application.pk)


def _hold_draft(draft: Application, submission_key: str) -> None:
    """Lock the account, and see that its draft is still the one the pictures were sealed for."""
    applicant = User.objects.select_for_update().get(pk=draft.applicant_id)
    current = draft_of(applicant)
    if (current and current.pk) != draft.pk or sent_with(applicant, submission_key):
        raise Overtaken(draft.reference)
    if current is None:
        draft.save(force_insert=True)
        Round.objects.create(application=draft)
        draft.record(Action.APPLICATION_STARTED, actor=applicant)


def _keep(draft: Application, documents: Documents, role: str) -> None:
    first = draft.current_round
    for side, document in documents.items():
        replaced = first.document(side)
        document.save(force_insert=True)
        first.set_document(side, document)
        if replaced:
            _remove(replaced)
        draft.record(
            Action.DOCUMENT_REPLACED if replaced else Action.DOCUMENT_ADDED,
            actor=None if role else draft.applicant,
            role=role,
            side=side.value,
            document=str(document.uuid),
            sha256=document.sha256,
        )


def _remove(document: Document) -> None:
    """Forget a draft's photo: its row stays, its file goes once the act has happened."""
    Document.objects.filter(pk=document.pk).update(removed_at=timezone.now())
    name = document.stored_as
    transaction.on_commit(lambda: files.remove(name), robust=True)


def _submit(draft: Application, submission_key: str, language: str) -> None:
    first = draft.current_round
    if first.front is None or first.back is None:
        raise Incomplete(draft.reference)
    now = timezone.now()
    lately = draft.applicant.applications.filter(submitted_at__gt=now - timedelta(days=1))
    if lately.count() >= settings.APPLICATIONS_PER_DAY:
        raise TooManyToday(draft.reference)
    Application.objects.filter(pk=draft.pk).update(
        submission_key=submission_key,
        submitted_at=now,
        consented_at=now,
        consent_version=consent.VERSION,
        language=language,
    )
    documents = [first.front, first.back]
    _read(draft, Action.APPLICATION_SUBMITTED, first, documents, consent=consent.VERSION)


def _open_next_round(application: Application, documents: Documents, submission_key: str) -> None:
    if application.rounds.filter(submission_key=submission_key).exists():
        raise Overtaken(application.reference)
    if application.status != Status.RESUBMISSION_REQUESTED:
        raise IllegalStep(f"{application.reference} is not asked for a photo")
    if documents.keys() != asked_sides(application):
        raise Incomplete(application.reference)
    before = application.current_round
    for document in documents.values():
        document.save(force_insert=True)
    opened = Round.objects.create(
        application=application,
        number=before.number + 1,
        start=Round.Start.RESUBMITTED,
        front=documents.get(Side.FRONT, before.front),
        back=documents.get(Side.BACK, before.back),
        submission_key=submission_key,
    )
    _read(application, Action.APPLICATION_RESUBMITTED, opened, list(documents.values()))


def _read(
    application: Application,
    action: Action,
    opened: Round,
    documents: list[Document],
    **data: str,
) -> None:
    """Hand new photos to the reader: state, jobs and entry in one transaction, then ring."""
    application.move(
        Status.READING,
        action=action,
        actor=application.applicant,
        round=opened.number,
        documents={document.sent_as: document.sha256 for document in documents},
        **data,
    )
    for document in documents:
        doorbell.ring_after_commit(Job.objects.create(kind=Kind.EXTRACTION, subject=document.uuid))
    mails.after_commit(application)


def _sealed(application: Application, pictures: Pictures) -> dict[Side, Document]:
    """Seal pictures into storage for rows that are yet to be written."""
    documents = {}
    for side, picture in pictures.items():
        document = Document(
            application=application,
            sent_as=side.value,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
        )
        document.put_file("stored_as", picture.jpeg)
        documents[side] = document
    return documents


def _unseal(documents: Documents) -> None:
    """Take files out of storage whose rows were not written."""
    for document in documents.values():
        files.remove(document.stored_as)
