"""Find pictures that were sent before: the very same one, or one that looks like it.

A picture is reduced to 256 bits, the signs of its coarse frequencies against their median, which
scaling, recompression, brightness and a slight crop hardly change. The bits are sealed. What is
searched are pieces of them under INDEX_KEY, so a dump says which pictures share a piece and nothing
of what they show.
"""

import hashlib
import hmac
import io
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from PIL import Image

from kyc.applications.models import Application, Document, LikenessBand
from kyc.applications.status import Status
from kyc.vault.keys import KeyGone

GRID: Final = 64
COLUMNS: Final = 16
BITS: Final = 256
BANDS: Final = 16
"""Pictures that differ in fewer bits than there are bands share one for certain."""
NEAR: Final = 24
"""Of 88 specimens a photo that was scaled to a third and recompressed differed in 24 bits of 256 at
most; no two photos of one side differed in less than 54."""
MOST_COMPARED: Final = 20
LEAST_CONTRAST: Final = 40.0
"""A picture without any resembles everything, so it has no look."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Alike:
    """A picture of another application that looks like one of ours."""

    document: Document
    differs: int

    @property
    def same(self) -> bool:
        """Whether it is the very same picture."""
        return self.differs == 0


def keep(document: Document, picture: bytes) -> None:
    """Note what a picture looks like, once. A picture that does not open is left to the reader."""
    if document.look is not None:
        return
    try:
        seen = look(picture)
    except OSError:
        logger.warning("the picture of document %s has no look", document.uuid)
        return
    with transaction.atomic():
        document.put("look", seen)
        unseen = Document.objects.filter(pk=document.pk, look=None)
        if unseen.update(look=document.look) == 1:
            LikenessBand.objects.bulk_create(
                LikenessBand(document=document, digest=digest) for digest in _digests(seen)
            )


def look(picture: bytes) -> bytes:
    """Reduce a picture to 32 bytes, b"" where it shows nothing."""
    with Image.open(io.BytesIO(picture)) as image:
        image.draft("L", (2 * GRID, 2 * GRID))
        grey = image.convert("L").resize((GRID, GRID), Image.Resampling.BOX)
    frequencies = _frequencies(grey.tobytes())
    if max(map(abs, frequencies)) < LEAST_CONTRAST:
        return b""
    middle = median(frequencies)
    bits = sum(1 << place for place, one in enumerate(frequencies) if one > middle)
    return bits.to_bytes(BITS // 8, "little")


def distance(one: bytes, other: bytes) -> int:
    """In how many bits two looks differ; a picture that shows nothing is like no other."""
    if not one or not other:
        return BITS
    return (int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).bit_count()


def alike(application: Application) -> list[Alike]:
    """Pictures of other applications that look like this one's current ones, nearest first."""
    latest = application.current_round
    found: dict[int, Alike] = {}
    for document in (latest.front, latest.back):
        for one in _alike(document) if document else ():
            known = found.get(one.document.pk)
            if known is None or one.differs < known.differs:
                found[one.document.pk] = one
    return sorted(found.values(), key=lambda one: one.differs)


def _alike(document: Document) -> Iterable[Alike]:
    seen = document.get_bytes("look")
    digests = [bytes(digest) for digest in document.bands.values_list("digest", flat=True)]
    others = (
        Document.objects.filter(Q(bands__digest__in=digests) | Q(sha256=document.sha256))
        .exclude(application=document.application_id)
        .exclude(application__status__in=[Status.DRAFT, Status.ERASED])
        .annotate(shared=Count("bands"))
        .order_by("-shared", "-pk")
    )
    for other in others.select_related("application")[:MOST_COMPARED]:
        differs = 0 if other.sha256 == document.sha256 else _differs(other, seen)
        if differs <= NEAR:
            yield Alike(other, differs)


def _differs(other: Document, seen: bytes) -> int:
    try:
        # A picture that was changed at all is not the very same, whatever its look.
        return max(1, distance(other.get_bytes("look"), seen))
    except KeyGone:
        return BITS


def _digests(seen: bytes) -> list[bytes]:
    width = len(seen) // BANDS
    return [
        hmac.digest(
            settings.INDEX_KEY,
            b"look|%d|" % place + seen[place * width : (place + 1) * width],
            hashlib.sha256,
        )[:16]
        for place in range(BANDS if seen else 0)
    ]


def _cosines() -> list[list[float]]:
    scale = math.sqrt(2 / GRID)
    return [
        [
            (scale if rank else math.sqrt(1 / GRID))
            * math.cos(math.pi * (2 * place + 1) * rank / (2 * GRID))
            for place in range(GRID)
        ]
        for rank in range(BITS // COLUMNS + 1)
    ]


_COSINES: Final = _cosines()


def _frequencies(grey: bytes) -> list[float]:
    """The coarse part of a two-dimensional cosine transform, the mean brightness left out."""
    across = [
        [_product(row, wave) for wave in _COSINES[:COLUMNS]]
        for row in (grey[start : start + GRID] for start in range(0, GRID * GRID, GRID))
    ]
    columns = list(zip(*across, strict=True))
    down = [_product(column, wave) for wave in _COSINES for column in columns]
    return down[1 : BITS + 1]


def _product(values: Iterable[float], wave: Iterable[float]) -> float:
    return sum(value * weight for value, weight in zip(values, wave, strict=True))
