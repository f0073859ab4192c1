"""Error codes and the error body.

Source: the vendor's error code pages for OCR and for its API gateway. Of the pages' many codes
these are the ones that a server of this API answers by itself.
"""

from dataclasses import dataclass
from typing import Final

BAD_PARAMETER: Final = "AIS.0101"
BAD_FORMAT: Final = "AIS.0102"
BAD_SIZE: Final = "AIS.0103"
NO_PERMIT: Final = "AIS.0104"
NOT_RECOGNISED: Final = "AIS.0105"
TOO_LONG: Final = "ModelArts.4104"
BAD_JSON: Final = "ModelArts.4105"
TOO_BUSY: Final = "ModelArts.4401"
URL_NOT_ALLOWED: Final = "ModelArts.4601"
NOT_FETCHED: Final = "ModelArts.4603"
NO_SUCH_API: Final = "APIG.0101"
REQUEST_FAILED: Final = "APIG.0201"
BAD_CREDENTIALS: Final = "APIG.0301"
TOKEN_STALE: Final = "APIG.0307"  # noqa: S105  a code
OVER_QUOTA: Final = "APIG.0308"


@dataclass(frozen=True)
class ErrorBody:
    """An answer that is no result."""

    error_code: str
    error_msg: str
    request_id: str = ""

    def to_json(self) -> dict[str, str]:
        """Spell it as the API does; `request_id` only where there is one."""
        body = {"error_code": self.error_code, "error_msg": self.error_msg}
        return body | ({"request_id": self.request_id} if self.request_id else {})
