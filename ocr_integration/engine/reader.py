"""The engine's front door: one picture in, one `Result` or a refusal out."""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import back, coded, frames, geometry, looks, problems, views, words
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.confidence import Judge
from ocr_integration.engine.decode import Picture, open_picture
from ocr_integration.engine.detect import LineFinder
from ocr_integration.engine.errors import NO_PERMIT, PictureRefused
from ocr_integration.engine.frames import Frame
from ocr_integration.engine.front import Front
from ocr_integration.engine.front import Spot as Standing
from ocr_integration.engine.locate import Locator
from ocr_integration.engine.machine import CodeReader
from ocr_integration.engine.models import Floats
from ocr_integration.engine.portrait import PhotoFinder
from ocr_integration.engine.recognise import Posterior, large_reader, name_reader
from ocr_integration.engine.sheet import Sheet
from ocr_integration.engine.small import QuickReader, SmallReader
from ocr_integration.engine.values import FieldReader, Value
from ocr_integration.permit import mrz, numbers
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType, Side, fields_of
from ocr_integration.protocol.places import CARD
from ocr_integration.protocol.quality import Problem
from ocr_integration.protocol.result import Corners, Result, Spot

VERSION: Final = "permitdesk-1"
_DECIDED: Final = 0.45
_SHORT: Final = 0.36
_LONG: Final = 0.6
"""Of a card's width: a back's values are short, a value behind its label at most so long."""


@dataclass(frozen=True)
class Found:
    """One side of a permit, straightened, and its values.

    `places` says where on the straightened card each field stands, `text` where any text does;
    `supposed` names the fields where nothing was seen, `beside` has what else stands somewhere:
    the title, the lines of the code. `failed` counts the code's check digits that do not hold.
    """

    type: PermitType
    side: Side
    frame: Frame
    values: dict[str, Value]
    type_score: float
    places: dict[str, Floats]
    text: Floats
    failed: int = 0
    supposed: frozenset[str] = frozenset()
    beside: dict[str, Floats] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[int, int, bool]:
        """What tells the better of two looks at one picture."""
        return self._read, -self.failed, not self._cut

    @property
    def will_do(self) -> bool:
        """Whether another look is not worth its time."""
        nearly = self._read >= len(self.values) - 1
        return nearly and not self.failed and not self._cut

    @property
    def whole(self) -> bool:
        """Whether something was read for every field."""
        return self._read == len(self.values)

    @property
    def _read(self) -> int:
        return sum(bool(value.text) for value in self.values.values())

    @property
    def _cut(self) -> bool:
        """Whether a line of the permit reaches the border: the outline is of something else."""
        places = [quad for name, quad in self.places.items() if name not in self.supposed]
        corners = np.concatenate([*places, *self.beside.values()])
        return bool((corners < 0).any() or (corners > (views.WIDTH, views.HEIGHT)).any())


class Reader:
    """Holds the networks; build one in each process, after forking."""

    version: str = VERSION

    def __init__(self) -> None:
        self._locator = Locator()
        self._finder = LineFinder()
        large, small = large_reader(), SmallReader()
        self._quick = QuickReader(small, large)
        self._fields = FieldReader(name_reader(), large, small)
        self._codes = CodeReader()
        self._photos = PhotoFinder()
        self._judge = Judge()

    def read(self, picture: bytes) -> Result:
        """Read one side. Raises PictureRefused."""
        opened = open_picture(picture)
        found = self.find(opened)
        if found is None:
            raise PictureRefused(NO_PERMIT, "No Mainland Travel Permit was found in the picture.")
        return self.result(opened, found)

    def result(self, picture: Picture, found: Found) -> Result:
        """What the API answers of a side that was found."""
        photo = self._photo(picture, found) if found.side is Side.FRONT else None
        return Result(
            type=found.type,
            side=found.side,
            values={field: value.text for field, value in found.values.items()},
            confidence=self._judge.confidence(found.values, found.type),
            type_confidence=found.type_score,
            side_confidence=found.type_score,
            portrait_location=photo[0] if photo else None,
            portrait_image=photo[1] if photo else None,
            places=_spots(picture, found),
        )

    def problems(self, picture: bytes) -> list[Problem]:
        """Say what is wrong with a picture, whether or not it can be read."""
        opened = open_picture(picture)
        found = self.find(opened)
        if found is None:
            return problems.of_pixels(opened)
        unseen = [field for field, value in found.values.items() if not value.text]
        return problems.of_card(opened, found.frame, found.places, unseen)

    def find(self, picture: Picture) -> Found | None:
        """Look at the picture in several ways until one gives every field, or all but one; what is
        then missing is looked for more closely."""
        best: Found | None = None
        for frame in frames.frames(picture.view, self._locator, self._finder):
            found = self._side(frame)
            if found is None:
                continue
            if best is None or found.standing > best.standing:
                best = found
            if found.will_do:
                break
        if best is None or best.whole:
            return best
        again = self._side(frames.closer(best.frame, self._finder))
        return again if again and again.standing > best.standing else best

    def _side(self, frame: Frame) -> Found | None:
        return self._back(frame) or self._front(frame)

    def _back(self, frame: Frame) -> Found | None:
        found = self._codes.find(frame.card, frame.boxes)
        if found is None:
            return None
        code = self._codes.read(found)
        upright = frame.turned() if found.is_turned else frame
        return self._read_back(upright, code) if code else None

    def _read_back(self, frame: Frame, code: list[CodeLine]) -> Found:
        permit_type = PermitType.TAIWAN if code[0].text[1] == "T" else PermitType.HK_MACAO
        parsed = mrz.parse([line.text for line in code], permit_type)
        sheet, spots = self._printed(frame, parsed)
        # In which script the Chinese name of somebody who is no Chinese is written, is not settled.
        foreign = numbers.kind_of(parsed.number) is numbers.NumberKind.HK_MACAO_NON_CHINESE
        values = {
            name: self._fields.read(sheet, name, spots.get(name), permit_type, any_script=foreign)
            for name in ("id_name", "id_number")
        }
        values = coded.settled(values, parsed, code, permit_type)
        rows = dict(zip(MACHINE_CODE, code, strict=True))
        for name, line in rows.items():
            sure = min(line.sure)
            values[name] = Value(line.text, sure, sum(line.sure) / len(line.sure), line.repaired)
        return Found(
            permit_type,
            Side.BACK,
            frame,
            values,
            0.99,
            {name: spot.quad for name, spot in spots.items()},
            frame.boxes,
            failed=sum(verdict is Verdict.DISAGREE for verdict in parsed.checks.values()),
            beside={name: line.quad for name, line in rows.items() if line.quad is not None},
        )

    def _printed(self, frame: Frame, code: mrz.Code) -> tuple[Sheet, dict[str, Standing]]:
        """Name and number of a back, looked for among its longer lines if need be."""
        widths = [geometry.sides(box)[0] / views.WIDTH for box in frame.boxes]
        known: dict[int, Posterior] = {}
        for longest in (_SHORT, _LONG):
            kept = [place for place, width in enumerate(widths) if width < longest]
            for place in kept:
                if place not in known:
                    known[place] = self._quick.look(frame.card, frame.boxes[place])
            boxes, read = frame.boxes[kept], dict(enumerate(known[place] for place in kept))
            sheet = Sheet(frame.card, boxes, self._quick, read)
            spots, sure = back.spots(sheet, code)
            if sure:
                break
        return sheet, spots

    def _front(self, frame: Frame) -> Found | None:
        frame, known = self._upright(frame)
        sheet = Sheet(frame.card, frame.boxes, self._quick, known)
        titles = [
            (*title, line.quad) for line in sheet.lines if (title := words.title_of(line.text))
        ]
        if not titles:
            return None
        permit_type, score, printed_at = max(titles, key=lambda title: title[1])
        spots = Front(sheet, permit_type).spots
        values = {
            name: self._fields.read(sheet, name, spots.get(name), permit_type)
            for name in fields_of(permit_type, Side.FRONT)
        }
        standing = {name: spots[name] for name in values if name in spots}
        return Found(
            permit_type,
            Side.FRONT,
            frame,
            values,
            score,
            {name: spot.whole for name, spot in standing.items()},
            sheet.text_boxes,
            supposed=frozenset(name for name, spot in standing.items() if spot.supposed),
            beside={"type": printed_at},
        )

    def _upright(self, frame: Frame) -> tuple[Frame, dict[int, Posterior]]:
        """Read a few lines both ways; the right way up, the recogniser is surer."""
        order = sorted(
            range(len(frame.boxes)), key=lambda i: abs(geometry.sides(frame.boxes[i])[0] - 260)
        )
        votes = 0.0
        upright, turned = dict[int, Posterior](), dict[int, Posterior]()
        for place in order[:4]:
            box = frame.boxes[place]
            upright[place] = self._quick.look(frame.card, box)
            if looks.makes_sense(upright[place].plain):
                return frame, upright
            turned[place] = self._quick.look(frame.card, geometry.turned(box))
            votes += upright[place].plain.mean - turned[place].plain.mean
            if abs(votes) > _DECIDED:
                break
        return (frame, upright) if votes >= 0 else (frame.turned(), turned)

    def _photo(self, picture: Picture, found: Found) -> tuple[Corners, bytes] | None:
        place = self._photos.find(found.frame.card)
        if place is None:
            return None
        quad = found.frame.in_picture(place) * np.array(picture.scale, np.float32)
        corners = problems.clipped(quad, picture)
        sharp = np.asarray(quad / np.array(picture.sharp_scale), np.float32)
        width, height = (max(1, round(side)) for side in geometry.sides(sharp))
        photo = geometry.cut(picture.sharp, sharp, width, height)
        coded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
        return corners, coded.tobytes()


def _spots(picture: Picture, found: Found) -> dict[str, Spot]:
    """Card and fields in pixels of the picture as sent."""
    scale = np.array(picture.scale, np.float32)
    card = geometry.rectangle(views.WIDTH, views.HEIGHT)
    quads = {CARD: card, **found.places, **found.beside}
    unseen = found.supposed if found.frame.outlined else found.supposed | {CARD}
    return {
        name: Spot(problems.corners(found.frame.in_picture(quad) * scale), name not in unseen)
        for name, quad in quads.items()
    }
