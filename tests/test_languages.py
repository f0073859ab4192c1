"""The desk in Simplified and Traditional Chinese: all of it, in its own words and signs."""

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from kyc.applications import mails
from kyc.applications.status import Outcome, Reason, Status
from tests import factories, routes

ROOT = Path(__file__).parent.parent
LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}
HAN = re.compile(r"[\u3400-\u9fff]")
FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}|<[^>]+>")
CHARACTERS = {"zh-hans": "gb2312", "zh-hant": "big5"}
"""Each of these character sets holds the forms of one script, and not the other's."""
NOT_SAID = {
    "zh-hans": ("登入", "登出", "档案", "电邮", "萤幕", "程式", "资讯"),
    "zh-hant": (
        *("照片", "登錄", "信息", "設置", "搜索", "郵箱", "打印", "屏幕", "文件"),
        *("于", "后", "里", "发", "只能"),
    ),
}
"""Words of the other shore, and simplified forms that stand in Big5 as other characters."""
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,.:;!?()]|[,.:;!?()][\u3400-\u9fff]")
TIGHT = re.compile(r"[\u3400-\u9fff][0-9A-Za-z]|[0-9A-Za-z](?![年月日])[\u3400-\u9fff]")
DAY_ON_A_CHART = "n月j日"
"""Django's letters for month and day, which are not shown."""
LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
KEPT_IN_LATIN = {
    *("PermitDesk", "English", "Enter", "JPEG", "TIFF", "HEIC", "JSON", "FILE", "python", "verify"),
    *("SHADOW", "PERCENT"),
    *("Rui", "Chan", "Rita", "Wong", "Sofia", "Eva", "Sousa", "Adam"),
    # A line of machine readable code, read aloud.
    *re.findall(LATIN_WORD, " ".join(factories.BACK.values())),
    *re.findall(LATIN_WORD, factories.FRONT["name_en"]),
}
"""Names, formats, keys, commands, and what stands on the card."""
NO_WORD = re.compile(
    r"\S+@\S+|https?://\S+|\b[0-9a-f]{8,}\b|\b[0-9a-f]{4} [0-9a-f]{4}\b"
    r"|\b[A-Z2-7]{32}\b|[0-9A-Z]{4}(-[0-9A-Z]{4})+"
)
"""Addresses, digests, keys and references."""

every_language = pytest.mark.parametrize("language", LOCALES)


def catalogue(language):
    return polib.pofile(str(ROOT / "kyc/locale" / LOCALES[language] / "LC_MESSAGES/django.po"))


def texts(language):
    """Every translation beside its source."""
    for entry in catalogue(language):
        source = entry.msgid_plural or entry.msgid
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            yield source, text


def prose(text):
    return FILLED_IN.sub(" ", text)


@pytest.fixture(scope="session")
def extracted(tmp_path_factory):
    """Every message of templates and code, as a fresh extraction finds it."""
    folder = tmp_path_factory.mktemp("extracted")
    left_out = shutil.ignore_patterns("__pycache__", "locale", "specimens")
    for part in ("kyc", "templates"):
        shutil.copytree(ROOT / part, folder / part, ignore=left_out)
    shutil.copy(ROOT / "manage.py", folder)
    (folder / "kyc/locale").mkdir()
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PERMITDESK_VAR": str(folder / "var"),
        "SECRET_KEY": "only-for-this-test-and-long-enough-to-please-the-check-of-its-length",
        "MEDIA_KEY": "11" * 32,
        "INDEX_KEY": "22" * 32,
    }
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-wrap"]
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
    found = polib.pofile(str(folder / "kyc/locale/zh_Hans/LC_MESSAGES/django.po"))
    return {(entry.msgctxt, entry.msgid) for entry in found}


@every_language
def test_every_message_has_its_translation_and_no_translation_is_left_over(extracted, language):
    translated = {
        (entry.msgctxt, entry.msgid) for entry in catalogue(language).translated_entries()
    }
    assert extracted - translated == set()
    assert translated - extracted == set()


@every_language
def test_nothing_is_left_in_english(language):
    sentences = [pair for pair in texts(language) if re.search(r"[A-Za-z]", prose(pair[0]))]
    assert [source for source, text in sentences if not HAN.search(prose(text))] == []


@every_language
def test_what_is_filled_in_stays(language):
    for source, text in texts(language):
        assert sorted(FILLED_IN.findall(text)) == sorted(FILLED_IN.findall(source)), source


@every_language
def test_a_script_is_not_mixed_with_the_other(language):
    """The languages' own names stand in templates, each in its script."""
    for _source, text in texts(language):
        "".join(HAN.findall(text)).encode(CHARACTERS[language])
        assert [word for word in NOT_SAID[language] if word in text] == [], text


@every_language
def test_signs_are_full_width_and_figures_stand_apart(language):
    for _source, text in texts(language):
        assert not HALF_WIDTH.search(prose(text)), text
        assert text == DAY_ON_A_CHART or not TIGHT.search(prose(text)), text


class Shown(HTMLParser):
    """Collect what a page says, seen or heard, but for values marked as being in English."""

    SAID = ("title", "alt", "placeholder", "aria-label")
    VOID = ("meta", "link", "input", "img", "br", "hr", "path", "circle", "rect", "use", "polygon")

    def __init__(self):
        super().__init__()
        self.said, self.quiet, self.open = [], 0, []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        hush = tag in ("script", "style", "code") or attributes.get("lang") == "en"
        if not self.quiet and not hush:
            self.said += [
                value
                for name, value in attrs
                if value and (name in self.SAID or name.startswith("data-say"))
            ]
        if tag not in self.VOID:
            self.open.append((tag, hush))
            self.quiet += hush

    def handle_startendtag(self, tag, attrs):
        """An empty element of a drawing says nothing."""

    def handle_endtag(self, tag):
        while self.open:
            name, hush = self.open.pop()
            self.quiet -= hush
            if name == tag:
                return

    def handle_data(self, data):
        if not self.quiet:
            self.said.append(data)


def english_on(response):
    """What a page says in Latin words that are no name, key or value."""
    page = Shown()
    page.feed(response.content.decode())
    said = [NO_WORD.sub("", prose(text)) for text in page.said]
    return {text.strip() for text in said if set(LATIN_WORD.findall(text)) - KEPT_IN_LATIN}


def reader(user, language):
    """A browser that speaks a language, of somebody who is signed in, or of nobody."""
    browser = factories.browser(user) if user else Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser


@pytest.fixture
def world(clean_cache, monkeypatch):
    monkeypatch.setattr("kyc.operations.probes.reader_answers", lambda: False)
    return routes.make_world()


def test_what_is_english_is_found(client, db):
    assert english_on(client.get("/"))


@every_language
def test_no_page_says_anything_in_english(world, language):
    left = {}
    for name, route in routes.ROUTES.items():
        for who, status in route.expected("get").items():
            response = reader(world.people[who], language).get(routes.address(name, world))
            if status == 200 and response.get("Content-Type", "").startswith("text/html"):
                left |= {(name, who): said} if (said := english_on(response)) else {}
    assert left == {}


@every_language
@pytest.mark.parametrize(
    "status", [one for one in Status if one not in (Status.RESUBMISSION_REQUESTED, Status.DECLINED)]
)
def test_no_status_page_says_anything_in_english(language, status, ana):
    made = factories.application(ana, status)
    factories.document(made, "front")
    address = reverse("applications:status", args=[made.reference])
    assert english_on(reader(ana, language).get(address, follow=True)) == set()


@every_language
@pytest.mark.parametrize("reason", Reason)
def test_no_outcome_says_anything_in_english(language, reason, ana, rui, rita):
    declined, asked = factories.case(ana), factories.case(ana)
    factories.decide(declined, Outcome.DECLINED, by=rui, reason=reason)
    factories.decide(asked, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=reason, side="both")
    for made in (declined, asked):
        for who, name in ((ana, "applications:status"), (rita, "review:case")):
            response = reader(who, language).get(reverse(name, args=[made.reference]))
            assert english_on(response) == set()


@every_language
def test_no_finding_of_a_case_is_said_in_english(language, ana, rui):
    """A card on which nothing fits makes every rule speak."""
    made = factories.application(ana)
    front = {**factories.FRONT, "number": "T1234567", "birth_date": "2011.02.03", "sex": "F"}
    front |= {"name": "李小明", "valid_period": "2001.01.01-2003.01.01", "issuing_authority": "甲"}
    code = factories.BACK["machine_code1"][:-1] + "7"
    back = {**factories.BACK, "id_number": "A123456(9)", "machine_code1": code}
    factories.extraction(factories.document(made, "front"), front, confidence={"name": 0.5})
    factories.extraction(factories.document(made, "back"), back)
    browser = reader(rui, language)
    for address in (reverse("review:queue"), reverse("review:case", args=[made.reference])):
        assert english_on(browser.get(address)) == set()
    refused = browser.post(
        reverse("review:case", args=[made.reference]), {"outcome": "declined", "version": "0"}
    )
    assert refused.status_code in {409, 422}
    assert english_on(refused) == set()


@every_language
def test_no_refusal_says_anything_in_english(language, ana, rui, clean_cache):
    nobody, applicant, staff = (reader(who, language) for who in (None, ana, rui))
    staff.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    said = [
        nobody.get("/nowhere/"),
        nobody.post(reverse("account_login"), {"login": rui.email, "password": "wrong"}),
        nobody.post(reverse("account_login"), {"login": "nobody"}),
        nobody.post(reverse("account_request_login_code"), {"email": "nobody"}),
        nobody.post(reverse("account_request_login_code"), {"email": ana.email}, follow=True),
        nobody.post(reverse("account_confirm_login_code"), {"code": "00000000"}),
        applicant.post(reverse("applications:apply"), {}),
        applicant.post(reverse("applications:apply"), {"front": factories.photo(b"%PDF-1.4")}),
        applicant.get(reverse("review:queue")),
        staff.post(reverse("account_change_password"), {"oldpassword": "wrong", "password1": "a"}),
        staff.post(
            reverse("account_change_password"),
            {"oldpassword": factories.PASSWORD, "password1": "rui", "password2": "other"},
        ),
        staff.post(reverse("mfa_activate_totp"), {"code": "000000"}),
    ]
    for response in said:
        assert english_on(response) == set(), response.request["PATH_INFO"]


@every_language
@pytest.mark.parametrize("kind", mails.Kind)
def test_a_mail_about_an_application_is_in_its_language(language, kind, ana):
    made = factories.application(ana, language=language)
    mails.announce(made.pk, kind)
    assert without_names(mail.outbox[0]) == set()


@every_language
def test_mails_about_an_account_are_in_the_language_of_who_acts(language, rui, clean_cache):
    nobody, staff = reader(None, language), reader(rui, language)
    for email in ("ana@example.org", rui.email):
        nobody.post(reverse("account_request_login_code"), {"email": email})
    passwords = {"oldpassword": factories.PASSWORD, "password1": "another-long-phrase"}
    with time_machine.travel(dt.datetime(2026, 11, 22, 5, 28, tzinfo=dt.UTC), tick=False):
        staff = reader(rui, language)
        staff.post(
            reverse("account_change_password"), {**passwords, "password2": "another-long-phrase"}
        )
    assert len(mail.outbox) == 3
    assert [without_names(message) for message in mail.outbox] == [set()] * 3
    assert "2026年11月22日 13:28" in mail.outbox[2].body


def without_names(message):
    """What a mail says in Latin words that are no name."""
    said = NO_WORD.sub("", f"{message.subject}\n{message.body}")
    return set(LATIN_WORD.findall(said)) - KEPT_IN_LATIN


@pytest.mark.parametrize(
    ("language", "this_year", "another", "exact"),
    [
        ("en", "Sunday 22 November, 13:28", "22 November 2025, 13:28", "22 Nov 2026, 13:28"),
        ("zh-hans", "11月22日 13:28", "2025年11月22日 13:28", "2026年11月22日 13:28"),
        ("zh-hant", "11月22日 13:28", "2025年11月22日 13:28", "2026年11月22日 13:28"),
    ],
)
def test_a_date_is_written_as_the_language_does(language, this_year, another, exact, ana, rui):
    moment, before = (dt.datetime(year, 11, 22, 5, 28, tzinfo=dt.UTC) for year in (2026, 2025))
    with time_machine.travel(moment, tick=False):
        made = factories.case(ana)
    with time_machine.travel(before, tick=False):
        old = factories.application(ana, Status.WITHDRAWN)
    with time_machine.travel(moment + dt.timedelta(days=2), tick=False):
        pages = [
            reader(who, language).get(address).content.decode()
            for who, address in (
                (ana, reverse("applications:status", args=[made.reference])),
                (ana, reverse("applications:status", args=[old.reference])),
                (rui, reverse("review:queue")),
            )
        ]
    for shown, page in zip((this_year, another, exact), pages, strict=True):
        assert shown in page


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        *(("zh-HK", "zh-Hant"), ("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-MO", "zh-Hant")),
        *(("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("zh", "zh-Hans"), ("pt-PT,en", "en")),
    ],
)
def test_a_browser_is_answered_in_the_script_of_its_place(client, db, asked, spoken):
    page = client.get("/", headers={"accept-language": asked}).content.decode()
    assert f'<html lang="{spoken}">' in page
