"""The page that says in plain words what is kept, how long, and who looks."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Open to everybody, also before anything is sent."""
    context = {"days": settings.RESUBMISSION_DAYS}
    return render(request, "applications/privacy.html", context)
