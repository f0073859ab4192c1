"""The reviewers' lists: queue, filters, search, the next case."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kyc.accounts.http import StaffRequest
from kyc.accounts.permissions import case_reader_required, reviewer_required
from kyc.review import ahead, listing, onward, queue, search
from kyc.review.filters import Filters
from kyc.review.forms import SearchForm
from kyc.review.rail import NEWEST, Asked
from kyc.review.refusals import HandsFull


@require_http_methods(["GET", "HEAD", "POST"])
@case_reader_required
def case_list(request: StaffRequest) -> HttpResponse:
    """The queue; a POST searches. Of a list no entry is made: it has a name and half a number."""
    if request.method == "POST":
        return _search(request)
    word = request.GET.get("search", "")
    if word:
        return _show_matches(request, word)
    wanted = request.GET.get("view", "")
    view = queue.View(wanted) if wanted in list(queue.View) else queue.View.WAITING
    newest = not view.waits or request.GET.get("order") == NEWEST
    asked = Asked(view, Filters.read(request.GET), newest=newest)
    found = queue.page(
        asked.filters.narrow(queue.listed(view, request.user)),
        after=request.GET.get("after", ""),
        by="queued_at" if view.waits else "since",
        newest=newest,
    )
    return _list(request, found, asked)


@require_POST
@reviewer_required
def next_case(request: StaffRequest) -> HttpResponse:
    """Take the oldest case that is free, or the one whose page was fetched ahead."""
    if shown := onward.fetched_ahead(request):
        return JsonResponse(onward.open_shown(shown, by=request.user))
    try:
        application = queue.claim_next(by=request.user)
    except HandsFull as refusal:
        messages.info(request, refusal.sentence)
        return redirect(reverse("review:queue", query={"view": queue.View.MINE}))
    if application is None:
        messages.info(request, _("Nothing waits that is free for you."))
        return redirect("review:queue")
    ahead.reserve(by=request.user)
    return redirect("review:case", application.reference)


@require_POST
@reviewer_required
def let_go(request: StaffRequest) -> HttpResponse:
    """Release the case that was reserved and not used: whoever left works on no next one."""
    ahead.let_go(by=request.user)
    return HttpResponse(status=204)


def _search(request: StaffRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return redirect("review:queue")
    word = search.start(form.cleaned_data["q"], by=request.user, session=request.session)
    return _show_matches(request, word)


def _show_matches(request: StaffRequest, word: str) -> HttpResponse:
    sought = search.again(word, request.session)
    if sought is None:
        return redirect("review:queue")
    after = request.GET.get("after", "")
    found = queue.page(search.matches(sought), after=after, by="since", newest=True)
    return _list(request, found, Asked(None, word=word, newest=True))


def _list(request: StaffRequest, found: queue.Page, asked: Asked) -> HttpResponse:
    return render(request, "review/queue.html", listing.context(found, request.user, asked))
