"""How likely a value is right: among values with confidence c, a share of about c should be.

A logistic curve over a few signs of good reading, fitted by `training.calibrate` on cards that
were drawn for nothing else.
"""

import json
import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from ocr_integration.engine import soundness
from ocr_integration.engine.models import OWN, Floats
from ocr_integration.engine.values import Value
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType

CURVES: Final = OWN / "confidence.json"
SIGNS: Final = ("constant", "weakest", "mean", "changed", "agrees", "disagrees")
IMPOSSIBLE: Final = 0.6
"""No more for a value that cannot be, or that fails its check digit."""

CHANGED: Final = 0.9
_CHECKED: Final = frozenset({*MACHINE_CODE, "name"})
_HIGHEST: Final = 0.9995


def signs(value: Value, verdict: Verdict) -> Floats:
    """The numbers the curve weighs, in the order of SIGNS."""
    return np.array(
        [
            1.0,
            _odds(value.weakest),
            _odds(value.mean),
            float(value.changed),
            float(verdict is Verdict.AGREE),
            float(verdict is Verdict.DISAGREE),
        ],
        np.float32,
    )


class Judge:
    """Gives each value of a side its confidence."""

    def __init__(self) -> None:
        stored = json.loads(CURVES.read_text(encoding="utf-8"))
        self._curves = {field: np.array(curve, np.float32) for field, curve in stored.items()}

    def confidence(self, values: Mapping[str, Value], permit_type: PermitType) -> dict[str, float]:
        texts = {field: value.text for field, value in values.items()}
        evidence = soundness.evidence(texts, permit_type)
        return {
            field: self._of(field, value, evidence.get(field, Verdict.CANNOT_TELL), permit_type)
            for field, value in values.items()
        }

    def _of(self, field: str, value: Value, verdict: Verdict, permit_type: PermitType) -> float:
        if not value.text:
            return 0.0
        score = float(self._curves[field] @ signs(value, verdict))
        likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
        limit = CHANGED if value.changed else _HIGHEST
        if soundness.impossible(field, value.text, permit_type):
            limit = IMPOSSIBLE
        if field in _CHECKED and verdict is Verdict.DISAGREE:
            limit = IMPOSSIBLE
        return round(min(likely, limit), 4)


def _odds(share: float) -> float:
    bounded = min(0.9999, max(0.001, share))
    return math.log(bounded / (1 - bounded))
