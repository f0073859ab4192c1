"""Pages of numbers: how good machine and people are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kyc.accounts.http import StaffRequest
from kyc.accounts.models import Role
from kyc.accounts.permissions import case_data_required, senior_required
from kyc.applications.labels import FIELD_LABELS
from kyc.review import numbers, plots, thresholds
from kyc.review.charts import Chart, bars
from kyc.review.forms import ProposalForm, ThresholdForm


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
        "may_set": request.user.has_role(Role.SENIOR),
    }
    return render(request, "review/team.html", words)


def _charts(days: list[numbers.Day]) -> list[tuple[str, str, Chart]]:
    """Each with its name and its unit."""
    labels = [date_format(one.day, pgettext("day on a chart", "j M")) for one in days]
    return [
        (_("Decided a day"), _("cases"), bars([one.decided for one in days], labels)),
        (_("Waiting time, median"), _("minutes"), bars([one.waited or 0 for one in days], labels)),
        (_("Time a case, median"), _("seconds"), bars([one.worked or 0 for one in days], labels)),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@senior_required
def threshold(request: StaffRequest) -> HttpResponse:
    """The threshold of each field, and what another one would do; a POST changes one."""
    if request.method == "POST":
        return _change(request)
    return _show(request, ProposalForm(request.GET))


def _change(request: StaffRequest) -> HttpResponse:
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return _show(request, ProposalForm(request.POST), status=422)
    name, value = form.cleaned_data["field"], form.cleaned_data["value"]
    try:
        thresholds.change(name, float(value), by=request.user)
    except thresholds.TooFew:
        messages.error(request, _("Too few values to let more of them pass unseen."))
        return _show(request, ProposalForm(request.POST), status=422)
    words = {"field": FIELD_LABELS[name], "value": f"{value:.2f}"}
    messages.success(request, _("%(field)s: threshold %(value)s from now on.") % words)
    return redirect(reverse("quality:threshold", query={"field": name}))


def _show(request: StaffRequest, form: ProposalForm, status: int = 200) -> HttpResponse:
    rows = thresholds.rows()
    chosen = next((row for row in rows if row.name == form.chosen), rows[0])
    found = thresholds.values(chosen.name)
    proposed, wanted = form.proposed(chosen.threshold), form.wanted_share
    words = {
        "rows": rows,
        "chosen": chosen,
        "proposed": proposed,
        "wanted": wanted,
        "changed": proposed != chosen.threshold,
        "curve": thresholds.curve(found),
        "plot": plots.wrong_share(
            thresholds.curve(found), wanted=wanted, now=chosen.threshold, proposed=proposed
        ),
        "reliable": plots.reliable(thresholds.reliability(found)),
        "now": thresholds.replay(found, chosen.threshold),
        "then": thresholds.replay(found, proposed),
        "history": thresholds.history(chosen.name),
    }
    return render(request, "review/thresholds.html", words, status=status)
