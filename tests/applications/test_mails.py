"""What applicants are told by mail."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from kyc.applications import mails
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action
from tests import factories


@pytest.mark.parametrize("kind", mails.Kind)
def test_each_names_the_reference_and_the_page_and_nothing_of_the_person(ana, kind):
    made = factories.case(ana)
    assert mails.announce(made.pk, kind)
    (told,) = mail.outbox
    assert told.to == [ana.email]
    assert told.subject.endswith(made.shown_reference)
    assert f"http://127.0.0.1:8000/applications/{made.reference}/" in told.body
    for value in (*factories.FRONT.values(), *factories.BACK.values()):
        if len(value) > 3:
            assert value not in told.subject + told.body


def test_it_is_told_once_the_act_has_happened(ana, rui, django_capture_on_commit_callbacks):
    made = factories.application(ana)
    with django_capture_on_commit_callbacks(execute=True), log.act():
        made.move(Status.APPROVED, action=Action.APPLICATION_DECIDED, actor=rui)
        mails.after_commit(made)
        assert mail.outbox == []
    assert "approved" in mail.outbox[0].subject


def test_states_that_are_nobodys_news_are_not_told(ana, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        mails.after_commit(factories.application(ana, Status.IN_REVIEW))
    assert callbacks == []


def test_a_mail_server_that_is_down_undoes_nothing(ana, monkeypatch, caplog):
    def down(*args):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    made = factories.application(ana)
    assert mails.announce(made.pk, mails.Kind.APPROVED) is False
    assert made.reference in caplog.text
    assert ana.email not in caplog.text
