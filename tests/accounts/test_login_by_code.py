"""`/accounts/login/code/`: applicants, by a mailed code."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kyc.accounts.models import LoginCode, Role, User
from kyc.audit.models import AuditEntry
from tests import factories

ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"

pytestmark = pytest.mark.usefixtures("clean_cache")


def ask(client, email, **extra):
    return client.post(ASK, {"email": email}, **extra)


def mailed_code():
    return re.search(r"^\d{8}$", mail.outbox[-1].body, re.MULTILINE)[0]


def use(client, code):
    return client.post(CONFIRM, {"code": code})


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_an_applicant_without_a_password_comes_in(client, ana):
    assert ask(client, "ana@example.org")["Location"] == CONFIRM
    response = use(client, mailed_code())
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in(client) == str(ana.pk)


def test_an_unknown_address_gets_its_account_when_the_code_is_used(client):
    ask(client, "New@Example.org", HTTP_ACCEPT_LANGUAGE="zh-hant")
    assert not User.objects.exists()

    client.post(CONFIRM, {"code": mailed_code()}, HTTP_ACCEPT_LANGUAGE="zh-hant")
    user = User.objects.get()
    assert (user.email, user.language) == ("new@example.org", "zh-hant")
    assert not user.has_usable_password()
    assert user.emailaddress_set.filter(verified=True, primary=True).exists()
    assert signed_in(client) == str(user.pk)
    assert AuditEntry.objects.get().action == "account.signed_in"


def test_two_browsers_of_one_unknown_address_share_its_account(client):
    other = Client()
    ask(client, "new@example.org")
    first = mailed_code()
    ask(other, "new@example.org")
    use(other, mailed_code())
    use(client, first)
    assert signed_in(client) == signed_in(other) == str(User.objects.get().pk)


@pytest.mark.parametrize("role", Role)
def test_staff_cannot_get_in_by_code(client, role):
    factories.account("staff@example.org", role)
    assert ask(client, "staff@example.org")["Location"] == CONFIRM

    body = mail.outbox[-1].body
    assert "staff sign in with their password" in body
    assert "/accounts/login/" in body
    assert not re.search(r"\d{8}", body)
    assert LoginCode.objects.get().digest == ""
    for code in ["00000000", "", "-"]:
        use(client, code)
    assert not signed_in(client)


def test_who_became_staff_meanwhile_stays_out(client, ana):
    ask(client, "ana@example.org")
    ana.groups.add(factories.account("x@example.org", Role.SENIOR).groups.get())
    assert use(client, mailed_code())["Location"] == ASK
    assert not signed_in(client)


def test_a_closed_account_gets_no_code(client, ana):
    ana.is_active = False
    ana.save()
    ask(client, "ana@example.org")
    assert not re.search(r"\d{8}", mail.outbox[-1].body)


def test_every_address_gets_the_same_answer(ana, rui):
    """Status, headers, cookies and both pages, for an applicant, for staff and for nobody."""
    answers = []
    for email in ["ana@example.org", "rui@example.org", "nobody@example.org"]:
        client = Client()
        asked = ask(client, email)
        confirm = client.get(CONFIRM)
        wrong = use(client, "12345678")
        answers.append(
            (
                asked.status_code,
                asked.content,
                sorted(asked.headers.items()),
                sorted(asked.cookies),
                without_tokens(confirm),
                wrong.status_code,
                without_tokens(wrong),
            )
        )
    assert len(mail.outbox) == 3
    assert answers[0] == answers[1] == answers[2]


def without_tokens(response):
    """Nor the address, which whoever asked has typed."""
    pattern = r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+|\w+@example.org'
    return re.sub(pattern, "", response.text)


def test_every_address_costs_the_same_work(ana, rui):
    """An account's roles are one small query more; everything slow is done for everybody."""
    counts = []
    for email in ["ana@example.org", "rui@example.org", "nobody@example.org"]:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), email)
        counts.append(len(queries))
    assert max(counts) - min(counts) <= 1


def test_every_address_is_throttled_alike(ana):
    for email in ["ana@example.org", "nobody@example.org"]:
        statuses = [ask(Client(), email).status_code for _ in range(4)]
        assert statuses == [302, 302, 302, 429]


def test_nobody_keeps_somebody_else_out_by_asking_in_their_name(ana):
    for _ in range(6):
        ask(Client(REMOTE_ADDR="192.0.2.66"), "ana@example.org")
    assert ask(Client(REMOTE_ADDR="192.0.2.7"), "ana@example.org").status_code == 302


def test_one_address_gets_so_many_mails_however_many_ask(ana):
    asked = [Client(REMOTE_ADDR=f"192.0.2.{number}") for number in range(31)]
    statuses = [ask(client, "ana@example.org").status_code for client in asked]
    assert statuses == [302] * 30 + [429]


def test_the_mail_speaks_the_pages_language(client, ana):
    ask(client, "ana@example.org", HTTP_ACCEPT_LANGUAGE="en")
    assert mail.outbox[-1].subject == "Your sign-in code"
    assert mail.outbox[-1].to == ["ana@example.org"]


def test_it_says_where_the_code_went_and_asks_for_no_address_twice(client, ana):
    ask(client, "ana@example.org")
    assert "We sent it to ana@example.org." in client.get(CONFIRM).text
    assert 'value="ana@example.org"' in client.get(ASK).text
    assert "ana@example.org" not in Client().get(ASK).text
    use(client, mailed_code())
    client.logout()
    assert "ana@example.org" not in client.get(ASK).text


def test_a_code_works_once(client, ana):
    ask(client, "ana@example.org")
    code = mailed_code()
    use(client, code)
    client.logout()
    assert use(client, code)["Location"] == ASK
    assert not LoginCode.objects.exists()


def test_a_code_works_in_the_browser_that_asked_only(client, ana):
    ask(client, "ana@example.org")
    thief = Client()
    ask(thief, "thief@example.org")
    thief_code, code = mailed_code(), re.search(r"\d{8}", mail.outbox[0].body)[0]
    assert use(thief, code).status_code == 200
    assert not signed_in(thief)
    assert use(Client(), thief_code)["Location"] == ASK


def test_a_code_may_be_typed_with_spaces(client, ana):
    ask(client, "ana@example.org")
    code = mailed_code()
    use(client, f" {code[:4]} {code[4:]} ")
    assert signed_in(client)


def test_five_wrong_tries_end_a_code(client, ana):
    ask(client, "ana@example.org")
    code = mailed_code()
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for _ in range(5):
        response = use(client, wrong)
        assert response.status_code == 200
        assert "That is not the code" in response.text
    assert use(client, code)["Location"] == ASK
    assert not signed_in(client)
    assert AuditEntry.objects.filter(action="account.sign_in_failed").count() == 5


def test_a_code_lasts_fifteen_minutes(client, ana):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, "ana@example.org")
        code = mailed_code()
        clock.shift(timedelta(minutes=15, seconds=1))
        assert use(client, code)["Location"] == ASK
        ask(client, "ana@example.org")
        assert LoginCode.objects.count() == 1
        clock.shift(timedelta(minutes=14, seconds=59))
        use(client, mailed_code())
        assert signed_in(client)


def test_no_code_is_kept(client, ana):
    ask(client, "ana@example.org")
    code = mailed_code()
    row = LoginCode.objects.get()
    assert code not in f"{row.digest} {dict(client.session)}"


def test_it_leads_to_the_page_that_was_wanted(client, ana):
    client.post(f"{ASK}?next=/apply/", {"email": "ana@example.org"})
    assert use(client, mailed_code())["Location"] == "/apply/"


def test_it_never_leads_to_another_site(client, ana):
    client.post(f"{ASK}?next=//elsewhere.example/", {"email": "ana@example.org"})
    assert use(client, mailed_code())["Location"] == "/"


def test_what_is_no_address_is_said_at_the_field(client, db):
    response = ask(client, "ana at example")
    assert response.status_code == 200
    assert "email" in response.context["form"].errors
    assert not mail.outbox


def test_a_mail_server_that_is_down_is_said_to_everybody(client, ana, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    for email in ["ana@example.org", "nobody@example.org"]:
        response = ask(client, email)
        assert response.status_code == 503
        assert "could not be sent" in response.text


def test_who_is_signed_in_has_no_business_here(client, ana):
    client.force_login(ana)
    assert client.get(ASK)["Location"] == "/"
    assert client.get(CONFIRM)["Location"] == "/"


def test_the_confirming_page_needs_a_code_that_was_asked_for(client, db):
    assert client.get(CONFIRM)["Location"] == ASK
