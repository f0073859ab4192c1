"""Say at once what could be better about a draft's photo. Advice only: nothing waits for it.

The reader's quality route is asked once a photo; where it does not answer there is no advice.
"""

import logging
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kyc.applications import finding_words
from kyc.applications.labels import Text
from kyc.applications.models import Document
from kyc.applications.reader import client
from ocr_integration.client.errors import OcrError
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.result import Corners

Ask = Callable[[bytes], tuple[Problem, ...] | None]

KEPT_SECONDS: Final = 3600
TAGS: Final[dict[ProblemCode, Text]] = {
    ProblemCode.GLARE: pgettext_lazy("on the photo", "Glare"),
    ProblemCode.BLURRED: pgettext_lazy("on the photo", "Not sharp"),
    ProblemCode.CUT_OFF: pgettext_lazy("on the photo", "Cut off"),
    ProblemCode.DARK: pgettext_lazy("on the photo", "Dark"),
}
FINE: Final[dict[ProblemCode, Text]] = {
    ProblemCode.CUT_OFF: gettext_lazy("Four corners"),
    ProblemCode.BLURRED: gettext_lazy("Sharp"),
    ProblemCode.GLARE: gettext_lazy("No glare"),
    ProblemCode.DARK: gettext_lazy("Enough light"),
}
"""What to say of each that was looked for and is not there."""
BLIND: Final = frozenset({ProblemCode.NOT_A_PERMIT, ProblemCode.TOO_SMALL})
"""Where one of these was found nothing else could be looked for."""
MOST_RETAKES: Final = 2

logger = logging.getLogger(__name__)
_asking = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Finding:
    """One thing that could be better, in words."""

    title: str
    text: str


@dataclass(frozen=True)
class Mark:
    """Where on the photo: brackets round the place, and a tag with its word, in its pixels."""

    brackets: str
    tag: str
    x: int
    y: int
    width: int
    size: int

    @property
    def baseline(self) -> int:
        """Where the tag's word stands."""
        return self.y + round(self.size * 1.05)

    @property
    def height(self) -> int:
        """How high the tag is."""
        return round(self.size * 1.4)

    @property
    def middle(self) -> int:
        """The tag's middle."""
        return self.x + self.width // 2


def problems(document: Document, *, ask: Ask | None = None) -> tuple[Problem, ...]:
    """Ask what is wrong with a photo; nothing when nobody answers, or many ask already."""
    key = f"advice-{document.uuid}"
    known = cache.get(key)
    if known is not None:
        return tuple(Problem.from_json(one) for one in known)
    if not _asking.acquire(blocking=False):
        return ()
    try:
        found = (ask or client().quality)(document.get_file("stored_as"))
    except OcrError as error:
        logger.info("no advice on %s: %s", document.uuid, type(error).__name__)
        return ()
    finally:
        _asking.release()
    cache.set(key, [problem.to_json() for problem in found or ()], KEPT_SECONDS)
    return found or ()


def findings(found: tuple[Problem, ...]) -> list[Finding]:
    """Put problems into words, each kind once."""
    codes = dict.fromkeys(problem.code for problem in found)
    return [_finding(code, [one for one in found if one.code == code]) for code in codes]


def marks(found: tuple[Problem, ...], document: Document) -> list[Mark]:
    """Point at the places that are known."""
    return [
        _mark(problem.where, str(TAGS.get(problem.code, "")), document)
        for problem in found
        if problem.where
    ]


def fine(found: tuple[Problem, ...]) -> list[Text]:
    """Say what is good about the photo, beside what could be better."""
    codes = {problem.code for problem in found}
    return [] if codes & BLIND else [words for code, words in FINE.items() if code not in codes]


def retakes(document: Document) -> int:
    """How often this side of the draft has been taken again already."""
    earlier = Document.objects.filter(
        application=document.application_id, sent_as=document.sent_as, removed_at__isnull=False
    )
    return earlier.count()


def retake_words(done: int) -> str:
    """Say how many retakes are left: at most two, then the photo is taken as it is."""
    if done >= MOST_RETAKES:
        return _("We take your photo as it is, and a person looks at it.")
    if done:
        return _(
            "Second and last retake. After that we take your photo as it is "
            "and a person looks at it."
        )
    return _(
        "First retake of two at most. After that we take your photo as it is "
        "and a person looks at it."
    )


def _finding(code: ProblemCode, alike: list[Problem]) -> Finding:
    title = finding_words.title(code, [one.field for one in alike])
    return Finding(title, finding_words.todo(code))


def _mark(where: Corners, tag: str, document: Document) -> Mark:
    left, right = min(x for x, _y in where), max(x for x, _y in where)
    top, bottom = min(y for _x, y in where), max(y for _x, y in where)
    arm = max(8, min(right - left, bottom - top) // 3)
    brackets = (
        f"M{left} {top + arm}V{top}h{arm}M{right - arm} {top}h{arm}v{arm}"
        f"M{right} {bottom - arm}v{arm}h-{arm}M{left + arm} {bottom}h-{arm}v-{arm}"
    )
    size = document.width // 26
    width = round(size * (0.9 + sum(_ems(character) for character in tag)))
    below = bottom + size // 3
    y = below if below + 2 * size < document.height else top - 2 * size
    return Mark(brackets, tag, min(left, max(0, document.width - width)), max(0, y), width, size)


def _ems(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58
