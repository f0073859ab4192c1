"""What administrators see of the desk's parts."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kyc.accounts.http import StaffRequest
from kyc.accounts.permissions import administrator_required
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
