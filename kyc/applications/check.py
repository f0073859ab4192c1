"""The page on which an applicant checks what was read: values without confidences, and flags.

Offered while the case waits, never required; a flag changes nothing, a reviewer sees it.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from kyc.accounts.http import ApplicantRequest
from kyc.accounts.permissions import signed_in_required
from kyc.applications import cases, flagging
from kyc.applications.case import PLACES, Case
from kyc.applications.forms import CheckForm
from kyc.applications.labels import (
    FIELD_LABELS,
    PERMIT_LABELS,
    SIDE_LABELS,
    Text,
    language_of_value,
)
from kyc.applications.models import Application, IllegalStep
from kyc.applications.status import REVIEWABLE
from kyc.applications.views import SeeOther, own
from ocr_integration.permit.dates import parse_date, parse_period
from ocr_integration.permit.finding import Place
from ocr_integration.protocol.fields import MACHINE_CODE, Side, permit_type_named

SHOWN: Final = tuple(place for place in PLACES if place != (Side.BACK, "type"))
"""Both sides have a permit type; the front's title says it."""
LONG: Final = 22


@dataclass(frozen=True)
class Row:
    """One value as an applicant reads it."""

    place: Place
    value: str = field(repr=False)
    flag: str | None = field(default=None, repr=False)
    error: str = ""

    @property
    def is_flagged(self) -> bool:
        """Whether the applicant says that it is wrong."""
        return self.flag is not None

    @property
    def name(self) -> str:
        """Of its inputs."""
        return name_of(self.place)

    @property
    def label(self) -> Text:
        """The field's name as people say it."""
        return FIELD_LABELS[self.place[1]]

    @property
    def lang(self) -> str:
        """The language of the value; dates and words are the page's own."""
        return "" if self.shown != self.value else language_of_value(self.place[1])

    @property
    def shown(self) -> str:
        """The value in words where it is a date, a sex or a permit; else as it stands there."""
        return _spoken(self.place[1], self.value)

    @property
    def is_code(self) -> bool:
        """Whether it is a line of the machine readable code."""
        return self.place[1] in MACHINE_CODE

    @property
    def is_long(self) -> bool:
        """Whether it needs smaller letters."""
        return len(self.shown) > LONG


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def check(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Show what was read, and take flags; the same form adds them and takes them back."""
    application = own(request, reference)
    waits = application.status in REVIEWABLE
    if request.method != "POST":
        status = redirect("applications:status", application.reference)
        return _page(request, cases.of(application)) if waits else status
    if not waits:
        return render(request, "409.html", status=409)
    return _flag(request, application)


def name_of(place: Place) -> str:
    """Name a field's inputs as the reviewer's page does."""
    side, name = place
    return f"{side.value}-{name}"


def _flag(request: ApplicantRequest, application: Application) -> HttpResponse:
    case = cases.of(application)
    form = CheckForm(request.POST, places={name_of(row.place): row.place for row in _rows(case)})
    if not form.is_valid():
        return _page(request, case, form, code=422)
    try:
        flagging.flag(application, says=form.says, taken_back=form.taken_back)
    except IllegalStep:
        return render(request, "409.html", status=409)
    if "done" in request.POST:
        return SeeOther(redirect("applications:status", application.reference).url)
    pressed = form.cleaned_data["flag"] or form.cleaned_data["unflag"]
    return SeeOther(f"{request.path}#row-{pressed}" if pressed else request.path)


def _page(
    request: ApplicantRequest, case: Case, form: CheckForm | None = None, *, code: int = 200
) -> HttpResponse:
    rows = [_refused(row, form) if form else row for row in _rows(case)]
    context = {
        "application": case.application,
        "sides": [
            (side.value, SIDE_LABELS[side], [row for row in rows if row.place[0] is side])
            for side in Side
        ],
        "flagged": sum(row.is_flagged for row in rows),
        "errors": form.errors if form else None,
    }
    return render(request, "applications/check.html", context, status=code)


def _refused(row: Row, form: CheckForm) -> Row:
    """The row with what was typed into it, and what is wrong with that."""
    name = f"says-{row.name}"
    return replace(
        row,
        flag=form.data.get(name, row.flag),
        error=" ".join(map(str, form.errors.get(name, []))),
    )


def _rows(case: Case) -> list[Row]:
    shown = [case.field(place) for place in SHOWN if place in case.places]
    return [Row((one.side, one.name), one.read, one.flag) for one in shown]


def _spoken(name: str, value: str) -> str:
    if name == "birth_date" and (day := parse_date(value)):
        return _written(day)
    if name == "valid_period" and (period := parse_period(value)):
        return _("%(start)s to %(end)s") % {
            "start": _written(period.start),
            "end": _written(period.end),
        }
    if name == "sex":
        return {"M": pgettext("sex", "Male"), "F": pgettext("sex", "Female")}.get(value, value)
    if name == "type" and (permit := permit_type_named(value)):
        return str(PERMIT_LABELS[permit])
    return value


def _written(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")
