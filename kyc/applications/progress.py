"""How an application stands, in the words and steps that its applicant sees."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kyc.accounts.models import User
from kyc.applications import pace
from kyc.applications.models import Application, Decision, FieldFlag
from kyc.applications.status import CLOSED, REVIEWABLE, AskedSide, Reason, Status
from kyc.jobs.models import Job

WAITS: Final = (Status.READING, *REVIEWABLE)
_RECENT: Final = timedelta(days=300)
"""Within it a day and a month name one date."""
_LATELY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Step:
    """One node of the timeline; `state` is done, now or next."""

    state: str
    title: str
    text: str = ""


def shown_status(application: Application) -> str:
    """The status as applicants see it: a second look is nothing they need to know of."""
    waits = application.status in REVIEWABLE
    return Status.IN_REVIEW.value if waits else application.status


def state_words(application: Application) -> str:
    """Name the state for its applicant, whose permit is another thing that expires."""
    if application.status in REVIEWABLE:
        return _("With a reviewer")
    if application.status == Status.EXPIRED:
        return pgettext("application", "Closed")
    return str(Status(application.status).label)


def waiting_for(application: Application) -> str | None:
    """Whose turn it is: reading, provider, reviewer, applicant; None when it is over."""
    if application.status == Status.READING:
        return "provider" if _reader_is_late(application) else "reading"
    if application.status in REVIEWABLE:
        return "reviewer"
    if application.status in (Status.DRAFT, Status.RESUBMISSION_REQUESTED):
        return "applicant"
    return None


def as_json(application: Application) -> dict[str, str | None]:
    """What a program may ask again and again."""
    since = application.since.astimezone(UTC).isoformat(timespec="milliseconds")
    return {
        "reference": application.reference,
        "status": shown_status(application),
        "waiting_for": waiting_for(application),
        "since": since.replace("+00:00", "Z"),
    }


def moment(at: datetime) -> str:
    """A date and a time as people say them, in the page's language."""
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return _("%(time)s today") % {"time": formats.date_format(local, "TIME_FORMAT")}
    recent = timezone.localdate() - local.date() < _RECENT
    return formats.date_format(local, "MONTH_DAY_TIME_FORMAT" if recent else "DATETIME_FORMAT")


def day(at: datetime) -> str:
    """A date as people say it."""
    return formats.date_format(timezone.localtime(at), "MONTH_DAY_FORMAT")


def answer_by(application: Application) -> str:
    """The last day on which an open request or a draft can be answered."""
    return day(application.since + timedelta(days=settings.RESUBMISSION_DAYS))


def title(application: Application, decision: Decision | None) -> str:
    """Say the state in one sentence: the page's title and heading."""
    if application.status == Status.RESUBMISSION_REQUESTED and decision:
        return {
            AskedSide.FRONT.value: _("Send the front again"),
            AskedSide.BACK.value: _("Send the back again"),
        }.get(decision.side, _("Send both sides again"))
    return {
        Status.READING.value: _("We are reading your photos"),
        Status.APPROVED.value: _("Your permit is approved"),
        Status.DECLINED.value: _("We could not accept this permit"),
        Status.WITHDRAWN.value: _("You withdrew this application"),
        Status.EXPIRED.value: _("This application has closed"),
        Status.ERASED.value: _("This application was erased"),
    }.get(application.status, _("A person is checking your permit"))


def lead(application: Application, decision: Decision | None) -> str:
    """Say since when, and what to expect."""
    since = moment(application.since)
    if application.status == Status.RESUBMISSION_REQUESTED and decision:
        return {
            AskedSide.FRONT.value: _("The back is fine and is kept. You do not send it again."),
            AskedSide.BACK.value: _("The front is fine and is kept. You do not send it again."),
        }.get(decision.side, _("Take two new photos."))
    if application.status == Status.READING and _reader_is_late(application):
        return _(
            "Reading takes longer than usual. Your photos are safe, we go on by ourselves. "
            "Since %(since)s."
        ) % {"since": since}
    if application.status in WAITS:
        lasting = _lasting(application.since)
        usual = pace.words() if application.status in REVIEWABLE else ""
        return _("%(one)s %(other)s") % {"one": lasting, "other": usual} if usual else lasting
    if application.status == Status.EXPIRED:
        return _closed_because(application) % {"days": settings.RESUBMISSION_DAYS}
    return since


def advice(reason: str) -> tuple[str, str]:
    """Tell an applicant what is wrong and what to do, for each reason a reviewer may give."""
    words = {
        Reason.UNREADABLE.value: (
            _("The text cannot be read"),
            _("Hold still, tap the card to focus and tilt it away from the light."),
        ),
        Reason.CUT_OFF.value: (
            _("Part of the card is missing"),
            _("Fit the whole card in the frame, all four corners, and hold it by its edges."),
        ),
        Reason.WRONG_DOCUMENT.value: (
            _("This is not the document we need"),
            _("Send a Mainland Travel Permit for residents of Hong Kong, Macao or Taiwan."),
        ),
        Reason.EXPIRED.value: (
            _("The permit has expired"),
            _("You can apply again with a valid one."),
        ),
        Reason.DIFFERENT_CARDS.value: (
            _("The two sides are of different cards"),
            _("Send front and back of the same card."),
        ),
        Reason.DATA_DISAGREE.value: (
            _("What stands on the card does not fit together"),
            _("Send clear photos of both sides of your current card."),
        ),
        Reason.SUSPECTED_ALTERATION.value: (
            _("We could not confirm this card"),
            _("Send photos of the card itself, not of a copy or a screen."),
        ),
        Reason.UNDER_AGE.value: (
            _("The holder is too young for this service"),
            _("A parent or guardian can say more."),
        ),
    }
    return words.get(reason, (_("The reviewer has a question"), ""))


def timeline(application: Application, decision: Decision | None) -> list[Step]:
    """The four steps from photos to decision, as far as this application has come."""
    if application.submitted_at is None:
        return []
    sent = Step("done", _("Photos received"), moment(application.submitted_at))
    reading, review = _("Read by the machine"), _("With a reviewer")
    ending = Step(
        "next",
        _("Decision"),
        _("We send an e-mail to %(address)s.") % {"address": masked(application.applicant.email)},
    )
    if application.status == Status.READING:
        late = _reader_is_late(application)
        text = _("It is tried again by itself.") if late else _("Usually a few seconds.")
        now = Step("now", _("Being read"), text)
        return [sent, now, Step("next", review), ending]
    if application.status in REVIEWABLE:
        text = _("Now. They compare each value with your photos.")
        read = Step("done", reading, _read_words(application))
        return [sent, read, Step("now", review, text), ending]
    if application.status == Status.RESUBMISSION_REQUESTED:
        now = Step("now", _("Your turn"), moment(application.since))
        return [sent, Step("done", reading), now, ending]
    steps = [sent, Step("done", reading)] if decision else [sent]
    return [*steps, Step("done", state_words(application), moment(application.since))]


def sent_meanwhile(applicant: User) -> Application | None:
    """What an account without a draft has sent lately: an older page may still show its photos."""
    if applicant.applications.filter(status=Status.DRAFT).exists():
        return None
    lately = applicant.applications.filter(submitted_at__gt=timezone.now() - _LATELY)
    return lately.order_by("-submitted_at").first()


def still_open(applicant: User) -> Application | None:
    """The account's latest application that waits for somebody, a draft left out."""
    sent = applicant.applications.exclude(status__in=[*CLOSED, Status.DRAFT])
    return sent.order_by("-submitted_at").first()


def is_open(application: Application) -> bool:
    """Whether the applicant can still withdraw it."""
    return application.status not in CLOSED


def masked(email: str) -> str:
    """Show of an address what its owner knows it by."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host}"


def _lasting(since: datetime) -> str:
    """Since when, and on the first day for how long: later the date says it."""
    lasts = timezone.now() - since
    if not _MINUTE <= lasts < _LATELY:
        return _("Since %(since)s.") % {"since": moment(since)}
    told = {"since": moment(since), "duration": timesince(since, depth=1)}
    return _("Since %(since)s, %(duration)s ago.") % told


def _read_words(application: Application) -> str:
    """When the machine was done, and what the applicant said of it."""
    read = moment(application.queued_at)
    latest = application.current_round
    flagged = FieldFlag.objects.filter(
        reading__extraction__current=True,
        reading__extraction__document__in=[latest.front_id, latest.back_id],
    ).count()
    if not flagged:
        return read
    told = {"moment": read, "number": flagged}
    return (
        ngettext(
            "%(moment)s, you flagged %(number)d value",
            "%(moment)s, you flagged %(number)d values",
            flagged,
        )
        % told
    )


def _closed_because(application: Application) -> str:
    if application.submitted_at is None:
        return _("It was not sent within %(days)d days. You can start a new one.")
    return _("It stayed unanswered for %(days)d days. You can start a new one.")


def _reader_is_late(application: Application) -> bool:
    latest = application.current_round
    uuids = [document.uuid for document in (latest.front, latest.back) if document]
    return Job.objects.open().filter(subject__in=uuids).exclude(last_error="").exists()
