"""What administrators see of the desk's parts."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kyc.accounts.http import StaffRequest
from kyc.accounts.permissions import administrator_required
from kyc.applications import breakers
from kyc.operations import providers as readers


@require_safe
@administrator_required
def providers(request: StaffRequest) -> HttpResponse:
    """Show each provider, whether it is called, and how often two of them agree."""
    context = {
        "standings": readers.standings(),
        "agreements": readers.agreements(),
        "shadow_percent": settings.OCR_SHADOW_PERCENT,
    }
    return render(request, "operations/providers.html", context)


@require_POST
@administrator_required
def try_provider(request: StaffRequest, place: int) -> HttpResponse:
    """Have one that is left alone called again at once; `place` is its row of the page."""
    known = settings.OCR_PROVIDERS
    if not 1 <= place <= len(known):
        raise Http404
    breakers.try_now(known[place - 1])
    return redirect("providers")
