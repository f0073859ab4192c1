"""Which keys somebody works with."""

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kyc.accounts.http import StaffRequest
from kyc.accounts.permissions import case_reader_required
from kyc.review import keymap


@require_POST
@case_reader_required
def keys(request: StaffRequest) -> HttpResponse:
    """Change some, by the names of their acts, or with `usual` take all back."""
    if "usual" in request.POST:
        keymap.forget(request.user)
        return HttpResponse(status=204)
    wanted = request.POST.dict()
    wanted.pop("csrfmiddlewaretoken", None)
    try:
        keymap.change(request.user, wanted)
    except keymap.KeyRefused:
        return JsonResponse({"error": _("This key cannot stand for that.")}, status=422)
    return HttpResponse(status=204)
