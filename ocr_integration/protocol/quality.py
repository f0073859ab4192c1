"""What is wrong with a picture: the quality route of our own servers.

`POST /v2/{project_id}/ocr/mainland-travel-permit/quality`, authentication and `image` as in the
API's own call, answers `{"problems": [{"code", "field", "where"}]}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ocr_integration.protocol.result import Corners


class ProblemCode(StrEnum):
    """Each names something that whoever took the picture can do better."""

    DARK = "dark"
    BLURRED = "blurred"
    GLARE = "glare"
    CUT_OFF = "cut_off"
    TOO_SMALL = "too_small"
    NOT_A_PERMIT = "not_a_permit"


@dataclass(frozen=True)
class Problem:
    """One thing wrong; `field` is the API's name of what it spoils, None for the whole picture."""

    code: ProblemCode
    field: str | None = None
    where: Corners | None = None

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Take what `to_json` spelled."""
        where = said["where"] and tuple((x, y) for x, y in said["where"])
        return cls(ProblemCode(said["code"]), said["field"], where)

    def to_json(self) -> dict[str, Any]:
        """Spell it as the route does."""
        where = [list(corner) for corner in self.where] if self.where else None
        return {"code": self.code.value, "field": self.field, "where": where}
