"""One picture of a case, and where on it card, portrait and fields stand."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from kyc.applications import standing
from kyc.applications.labels import FIELD_LABELS, SIDE_LABELS, Text
from kyc.applications.models import Document, Extraction
from kyc.applications.standing import Quad
from kyc.review.forms import input_name
from ocr_integration.permit.finding import Place
from ocr_integration.permit.mrz import LINE_LENGTH
from ocr_integration.permit.repair import ZONES
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, Side
from ocr_integration.protocol.places import CARD

ARM = 0.35
"""Of a place's height: how long each leg of a bracket is."""
ROOM = 0.18
"""Of a place's height: how far outside it the brackets stand."""


@dataclass(frozen=True)
class Mark:
    """Where a field stands, as SVG writes it, in pixels of the picture."""

    place: Place
    quad: Quad
    seen: bool

    @property
    def name(self) -> str:
        """Of the field's input."""
        return input_name(self.place)

    @property
    def words(self) -> str:
        """Said beside the picture while the place is framed."""
        label = FIELD_LABELS[self.place[1]]
        return str(label) if self.seen else _("%(field)s, about here") % {"field": label}

    @property
    def points(self) -> str:
        """Its corners."""
        return _points(self.quad)

    @cached_property
    def frame(self) -> Quad:
        """Its corners with a little room around what is printed."""
        return standing.grown(self.quad, ROOM)

    @property
    def fill(self) -> str:
        """What is tinted."""
        return _points(self.frame)

    @property
    def brackets(self) -> str:
        """The four registration corners."""
        return " ".join(_corners(self.frame))


@dataclass(frozen=True)
class Sheet:
    """One picture, and what stands on it."""

    side: Side
    document: Document | None
    extraction: Extraction | None
    digits: Mapping[str, Verdict]
    """What the check digits of the code say, by the part each guards."""

    @property
    def label(self) -> Text:
        """Front or back."""
        return SIDE_LABELS[self.side]

    @property
    def url(self) -> str:
        """Where the picture is served, which records that it was shown."""
        return reverse("applications:picture", args=[self.document.uuid]) if self.document else ""

    @property
    def portrait_points(self) -> str:
        """The portrait's corners."""
        corners = (self.extraction.portrait_location if self.extraction else None) or []
        return _points(corners)

    @property
    def card_points(self) -> str:
        """The card's corners, where its reader said them: a guess is no outline."""
        said = self.has_cuts and CARD in self._places
        return _points(self._places[CARD].at) if said else ""

    @property
    def marks(self) -> list[Mark]:
        """Where its fields stand."""
        return [
            Mark((self.side, name), place.at, place.seen)
            for name, place in self._places.items()
            if name != CARD
        ]

    @property
    def faults(self) -> dict[str, list[str]]:
        """By the input of a line of the code: what stands before a check digit that fails."""
        found: dict[str, list[str]] = defaultdict(list)
        for part, (row, start, end) in ZONES.items():
            name = MACHINE_CODE[row]
            if self.digits.get(part) is Verdict.DISAGREE and name in self._places:
                quad = standing.part(self._places[name].at, start, end + 1, LINE_LENGTH)
                found[input_name((self.side, name))].append(_points(quad))
        return dict(found)

    @property
    def has_cuts(self) -> bool:
        """Whether its reader said where it read: only that can be cut out."""
        return bool(self.extraction and self.extraction.places)

    @property
    def why_unread(self) -> str:
        """Why nothing was read, "" where something was."""
        if self.extraction is None:
            return _("It has not been read.")
        if self.extraction.outcome == Extraction.Outcome.UNREADABLE:
            return _("The reader found no such permit in the picture, or could not read it.")
        if self.extraction.outcome == Extraction.Outcome.FAILED:
            return _("The reader did not answer.")
        if self.extraction.side and self.extraction.side != self.side:
            return _("The reader took this picture for the other side.")
        return ""

    @cached_property
    def _places(self) -> dict[str, standing.Standing]:
        return standing.of(self.extraction) if self.extraction else {}


def _points(corners: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in corners)


def _corners(quad: Quad) -> Iterator[str]:
    """From a point on one edge over the corner to a point on the other, four times."""
    arm = ARM * standing.height(quad)
    for index, (x, y) in enumerate(quad):
        first = standing.towards((x, y), quad[index - 1], arm)
        last = standing.towards((x, y), quad[(index + 1) % 4], arm)
        yield f"M{first[0]:.1f} {first[1]:.1f}L{x:.1f} {y:.1f}L{last[0]:.1f} {last[1]:.1f}"
