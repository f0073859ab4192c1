"""The same picture again, or nearly."""

import hashlib
import io
import random

import pytest
from django.db import connection
from PIL import Image, ImageDraw, ImageEnhance

from kyc.applications import likeness, traits
from kyc.applications.models import Document, LikenessBand
from kyc.applications.status import Outcome, Status
from kyc.applications.traits import Trait
from kyc.vault import keys
from tests import factories


def _card(seed, size=(900, 570)):
    """A light card with a portrait, lines of print and a chip, each card's a little elsewhere."""
    luck = random.Random(seed)
    image = Image.new("RGB", size, "#dfe8ee")
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = luck.randrange(size[0]), luck.randrange(size[1])
        width, height = luck.randrange(20, 260), luck.randrange(8, 40)
        pen.rectangle((x, y, x + width, y + height), fill=(luck.randrange(200),) * 3)
    return image


def _jpeg(image, quality=90):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


CHANGES = {
    "recompressed": lambda image: _jpeg(image, 50),
    "smaller": lambda image: _jpeg(image.resize((450, 285))),
    "brighter": lambda image: _jpeg(ImageEnhance.Brightness(image).enhance(1.1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_photo_is_near_however_it_was_sent(change):
    card = _card(1)
    changed = likeness.look(CHANGES[change](card))
    assert likeness.distance(likeness.look(_jpeg(card)), changed) <= likeness.NEAR


def test_other_cards_are_far():
    looks = [likeness.look(_jpeg(_card(seed))) for seed in range(12)]
    far = [likeness.distance(a, b) for a in looks for b in looks if a is not b]
    assert min(far) > 2 * likeness.NEAR


def test_a_picture_that_shows_nothing_is_like_no_other():
    assert likeness.look(factories.jpeg()) == b""
    assert likeness.distance(b"", b"") == likeness.BITS


@pytest.fixture
def sent(db):
    """An application with one photo, looked at."""

    def send(picture, status=Status.IN_REVIEW):
        made = factories.application(status=status)
        likeness.keep(factories.document(made, "front", picture), picture)
        return made

    return send


def _found(application):
    return [(one.document.application, one.same) for one in likeness.alike(application)]


def test_it_finds_the_very_same_and_the_nearly_same(sent):
    card = _card(1)
    same, near = sent(_jpeg(card)), sent(CHANGES["recompressed"](card))
    sent(_jpeg(_card(2)))
    again = sent(_jpeg(card))
    assert _found(again) == [(same, True), (near, False)]


def test_drafts_and_what_was_erased_are_left_out(sent):
    card = _jpeg(_card(1))
    sent(card, Status.DRAFT)
    sent(card, Status.ERASED)
    assert _found(sent(card)) == []


def test_a_key_that_is_gone_makes_no_page_fail(sent):
    card = _card(1)
    keys.destroy(sent(CHANGES["recompressed"](card)).key_id)
    assert _found(sent(_jpeg(card))) == []


def test_looking_twice_keeps_one_look(sent):
    picture = _jpeg(_card(1))
    sent(picture)
    likeness.keep(Document.objects.get(), picture)
    likeness.keep(Document.objects.get(), _jpeg(_card(2)))
    assert LikenessBand.objects.count() == likeness.BANDS


def test_what_does_not_open_has_no_look_and_breaks_nothing(ana):
    document = factories.document(factories.application(ana))
    likeness.keep(document, b"no picture")
    assert Document.objects.get().look is None


def test_the_tables_say_nothing_of_the_look(sent):
    picture = _jpeg(_card(1))
    sent(picture)
    seen = likeness.look(picture)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM applications_likenessband")
        rows = [bytes(row[0]) for row in cursor.fetchall()]
    pieces = [b"look|%d|" % place + seen[2 * place : 2 * place + 2] for place in range(16)]
    assert len(rows) == likeness.BANDS
    assert not {hashlib.sha256(piece).digest()[:16] for piece in pieces} & set(rows)
    assert seen not in bytes(Document.objects.get().look)


def test_another_key_gives_other_pieces(sent, settings):
    card = _card(1)
    sent(_jpeg(card))
    settings.INDEX_KEY = b"k" * 32
    assert _found(sent(CHANGES["recompressed"](card))) == []


def test_the_case_says_what_was_decided_then(client, sent, rui, rita):
    card = _jpeg(_card(1))
    first = factories.decide(sent(card), Outcome.DECLINED, by=rita, reason="suspected_alteration")
    again = sent(card)
    traits.refresh(again)
    client.force_login(rui)
    page = client.get(f"/review/{again.reference}/").content.decode()
    assert first.shown_reference in page
    assert "Same picture" in page
    assert "Rita Wong" in page
    assert "Suspected alteration" in page
    assert again.traits & Trait.SAME_PICTURE
    shown = client.get("/review/", {"flag": "same-picture"}).content.decode()
    assert again.reference in shown
