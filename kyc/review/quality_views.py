"""Pages of numbers: how good machine and people are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kyc.accounts.http import StaffRequest
from kyc.accounts.permissions import case_data_required
from kyc.review import numbers
from kyc.review.charts import Chart, bars


@require_GET
@case_data_required
def team(request: StaffRequest) -> HttpResponse:
    """What the team did in the last days."""
    asked = request.GET.get("days", "")
    span = int(asked) if asked in map(str, numbers.SPANS) else numbers.SPANS[1]
    days = numbers.days(span)
    words = {
        "span": span,
        "spans": numbers.SPANS,
        "days": days,
        "whole": numbers.whole(span),
        "people": numbers.people(span),
        "corrections": numbers.corrections(span),
        "charts": _charts(days),
    }
    return render(request, "review/team.html", words)


def _charts(days: list[numbers.Day]) -> list[tuple[str, str, Chart]]:
    """Each with its name and its unit."""
    labels = [date_format(one.day, "MONTH_DAY_FORMAT") for one in days]
    return [
        (_("Decided a day"), _("cases"), bars([one.decided for one in days], labels)),
        (_("Waiting time, median"), _("minutes"), bars([one.waited or 0 for one in days], labels)),
        (_("Time a case, median"), _("seconds"), bars([one.worked or 0 for one in days], labels)),
    ]
