"""The auditor's pages: search, one subject's history, export."""

import inspect
from dataclasses import dataclass
from typing import Any, Final

from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from kyc.accounts.http import StaffRequest
from kyc.accounts.models import User
from kyc.accounts.permissions import auditor_required
from kyc.audit import checking, export, log, wording
from kyc.audit import verify as verify_module
from kyc.audit.actions import Action
from kyc.audit.checking import Check, Fault
from kyc.audit.forms import SearchForm
from kyc.audit.models import CHAIN, AuditLink

ROWS: Final = 50


@dataclass(frozen=True)
class Row:
    """One line of the table; `chain` is verified, broken, or after: not followed to here."""

    link: AuditLink
    who: str
    role: str
    subject: str
    kind: str
    about: str
    chain: str


@require_GET
@auditor_required
def search(request: StaffRequest) -> HttpResponse:
    """List what is found, newest first."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "audit/search.html", {"form": form}, status=422)
    query, before = form.query(), _seq(request.GET, "before")
    if query.filters and before is None:
        _record_search(request.user, filters=query.filters)
    found = query.links().order_by("-seq")
    if before is not None:
        found = found.filter(seq__lt=before)
    links = list(found[: ROWS + 1])
    context = _table(links[:ROWS]) | {
        "form": form,
        "searched": bool(query.filters),
        "asked": _asked(form),
        "first_page": before is None,
        "older": links[ROWS - 1].seq if len(links) > ROWS else None,
    }
    return render(request, "audit/search.html", context)


@require_GET
@auditor_required
def subject(request: StaffRequest, subject: str) -> HttpResponse:
    """Tell one subject's history from its beginning."""
    form = SearchForm({"subject": subject})
    if not form.is_valid():
        raise Http404
    query, after = form.query(), _seq(request.GET, "after")
    found = query.links().order_by("seq")
    links = list(found.filter(seq__gt=after or 0)[: ROWS + 1])
    if not links:
        raise Http404
    _record_search(request.user, of=query.subject)
    kind = links[0].entry.subject_type
    context = _table(links[:ROWS]) | {
        "kind": wording.kind(kind),
        "subject": _shown(kind, query.subject),
        "asked": _asked(form),
        "total": found.count(),
        "first_page": after is None,
        "newer": links[ROWS - 1].seq if len(links) > ROWS else None,
    }
    return render(request, "audit/subject.html", context)


@require_POST
@auditor_required
def verify(request: StaffRequest) -> HttpResponse:
    """Follow the whole chain now, and go back to the page that asked."""
    checking.verify_now()
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else reverse("audit:search"))


@require_GET
@auditor_required
def export_jsonl(request: StaffRequest) -> HttpResponseBase:
    """Stream the chain, whole or with digests for what was not asked for."""
    return _export(request, "jsonl")


@require_GET
@auditor_required
def export_csv(request: StaffRequest) -> HttpResponseBase:
    """Stream what is found as a table."""
    return _export(request, "csv")


@require_GET
@auditor_required
def verifier(request: StaffRequest) -> HttpResponse:
    """Hand out the one file that checks an export, to be read and run elsewhere."""
    source = inspect.getsource(verify_module)
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


def _export(request: StaffRequest, kind: str) -> HttpResponseBase:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), content_type="text/plain", status=422)
    query = form.query()
    end = export.begin(query, by=request.user, kind=kind)
    if kind == "csv":
        response = StreamingHttpResponse(
            export.csv_lines(query, end), content_type="text/csv; charset=utf-8"
        )
    else:
        response = StreamingHttpResponse(
            export.json_lines(query, end), content_type="application/x-ndjson; charset=utf-8"
        )
    response["Content-Disposition"] = f'attachment; filename="audit-{CHAIN}-{end.seq}.{kind}"'
    return response


def _table(links: list[AuditLink]) -> dict[str, Any]:
    """Check what is about to be shown, besides the chain as far as it was followed."""
    check = checking.carry_on()
    faults = {link.seq: wrong for link in links if (wrong := checking.fault(link))}
    if faults:
        check = checking.broken_at(check, *min(faults.items(), key=lambda item: item[0]))
    names = wording.names_of(link.entry for link in links)
    return {"check": check, "rows": [_row(link, names, check, faults) for link in links]}


def _row(link: AuditLink, names: dict[int, str], check: Check, faults: dict[int, Fault]) -> Row:
    entry, fault = link.entry, faults.get(link.seq)
    if link.seq == check.broken:
        fault = fault or check.fault
    after = link.seq > check.verified
    return Row(
        link=link,
        who=wording.who(entry, names),
        role=wording.role(entry),
        subject=_shown(entry.subject_type, entry.subject),
        kind=wording.kind(entry.subject_type),
        about=str(fault.label) if fault else wording.about(entry.data),
        chain="broken" if fault else "after" if after else "verified",
    )


def _shown(kind: str, subject: str) -> str:
    return wording.in_fours(subject) if kind == "application" else subject


def _record_search(by: User, **data: Any) -> None:
    with log.act():
        log.record(Action.AUDIT_SEARCHED, actor=by, subject_type="audit", subject=CHAIN, **data)


def _seq(said: QueryDict, name: str) -> int | None:
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _asked(form: SearchForm) -> str:
    """The query as it stands in an address."""
    asked = QueryDict(mutable=True)
    for name in form.fields:
        if form.cleaned_data[name]:
            asked[name] = str(form.cleaned_data[name])
    return asked.urlencode()
