"""What can go wrong with a call, told by whose turn it is.

    OcrError
    ├── TryAgain          nobody's: the same request may succeed later, not before `after` seconds
    │   └── NotCalled     no call was made, so this was no attempt
    │       ├── QuotaUsedUp   others have taken the slots that come soon
    │       └── BreakerOpen   the provider failed a moment ago and is left alone
    ├── PictureAtFault    whoever took the picture: another one may be read, this one never will be
    ├── Misconfigured     the operator's: address, credentials or subscription; all calls fail alike
    │   └── RequestAtFault   our own request, which others need not share; it is never repeated
    └── ProviderAtFault   the provider's: an answer that is no answer; a person types instead

The class is chosen by (status, error code), then code, then status; a message is never looked at,
nor kept: it may repeat what was sent. Codes and advice: the vendor's error pages for OCR, its API
gateway and its model platform.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

_CODE: Final = re.compile(r"[A-Za-z]{2,12}\.[0-9]{2,5}")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,80}")
SHORT_WAIT: Final = 2.0
"""Seconds that the vendor's advice asks to wait after throttling or an overload."""


class OcrError(Exception):
    """A call that brought no result.

    `status` is None where no answer came. Nothing in it comes from a card or is a secret.
    """

    def __init__(
        self, reason: str, *, status: int | None = None, code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.code = code if _CODE.fullmatch(code) else ""
        self.request_id = request_id if _REQUEST_ID.fullmatch(request_id) else ""

    def __str__(self) -> str:
        facts = {"status": self.status, "code": self.code, "request": self.request_id}
        known = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
        return f"{self.reason} ({known})" if known else self.reason


class TryAgain(OcrError):
    """`after`: seconds to wait at least; `at_most`: calls in all that are worth making."""

    def __init__(
        self,
        reason: str,
        *,
        after: float | None = None,
        at_most: int | None = None,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(reason, status=status, code=code, request_id=request_id)
        self.after = after
        self.at_most = at_most


class NotCalled(TryAgain):
    """The provider was not asked."""


class QuotaUsedUp(NotCalled):
    """The next free slot comes later than the caller would wait."""


class BreakerOpen(NotCalled):
    """The provider is left alone for a while."""


class PictureAtFault(OcrError):
    """Another picture is needed; `code` says why."""


class Misconfigured(OcrError):
    """Every call will fail in the same way until the operator changes something."""


class RequestAtFault(Misconfigured):
    """This request will be refused again; those of other pictures may be taken."""


class ProviderAtFault(OcrError):
    """The provider answered what cannot be used."""


Fault = Callable[..., OcrError]

_FEW: Final = 3
_UNAUTHORISED: Final = 401
_LATER: Final[Fault] = partial(TryAgain, "the service is unavailable")
_SOON: Final[Fault] = partial(TryAgain, "the service is overloaded", after=SHORT_WAIT)
_A_FEW_TIMES: Final[Fault] = partial(TryAgain, "the service failed", at_most=_FEW)
_CREDENTIALS: Final[Fault] = partial(Misconfigured, "the credentials were refused")
_FORBIDDEN: Final[Fault] = partial(Misconfigured, "the account may not make this call")
_ADDRESS: Final[Fault] = partial(Misconfigured, "there is no such API at this address")
_REQUEST: Final[Fault] = partial(RequestAtFault, "the service does not take our requests")
_PICTURE: Final[Fault] = partial(PictureAtFault, "the picture was refused")
_TOO_LARGE: Final[Fault] = partial(PictureAtFault, "the picture is too large")
_OTHER_API: Final[Fault] = partial(ProviderAtFault, "the answer belongs to another API")
_UNKNOWN: Final[Fault] = partial(ProviderAtFault, "the answer is an unknown error")


def _codes(service: str, numbers: str, fault: Fault) -> dict[str, Fault]:
    return {f"{service}.{number}": fault for number in numbers.split()}


_BY_CODE: Final[Mapping[str, Fault]] = {
    **_codes("AIS", "0101", _REQUEST),
    **_codes("AIS", "0102 0103 0104", _PICTURE),
    **_codes("AIS", "0105", _A_FEW_TIMES),
    **_codes("AIS", "0117 0118 0119 0120 0121 0122", _OTHER_API),
    **_codes("ModelArts", "0203 0212 4101 4102 4103", _CREDENTIALS),
    **_codes("ModelArts", "4104", _TOO_LARGE),
    **_codes("ModelArts", "4105 4601 4603 4702 4703 4704 4705 4706", _REQUEST),
    **_codes("ModelArts", "4106 4203 4204 6201", _FORBIDDEN),
    **_codes("ModelArts", "4107 4301 4302 4402 4403 4508", _LATER),
    **_codes("ModelArts", "4502 4505", _A_FEW_TIMES),
    **_codes("ModelArts", "4201 4202", _ADDRESS),
    **_codes("ModelArts", "4401", _SOON),
    **_codes("ModelArts", "4503 4504 4506", _ADDRESS),
    **_codes("APIG", "0101", _ADDRESS),
    **_codes("APIG", "0103 0104 0105 0202 0601 0605 0606 0608 0609 0610 0611 0613 0705", _LATER),
    **_codes("APIG", "0106", _REQUEST),
    **_codes("APIG", "0301 0303 0305 0307 0311", _CREDENTIALS),
    **_codes("APIG", "0302 0304 0306 0310 0401 0402 0501 0502 0802", _FORBIDDEN),
    **_codes("APIG", "0308", _SOON),
}

_BY_PAIR: Final[Mapping[tuple[int, str], Fault]] = {
    (400, "APIG.0201"): _REQUEST,
    (413, "APIG.0201"): _REQUEST,
    (414, "APIG.0201"): _REQUEST,
    (494, "APIG.0201"): _REQUEST,
    (500, "APIG.0201"): _SOON,
    (502, "APIG.0201"): _SOON,
    (504, "APIG.0201"): _SOON,
}

_BY_STATUS: Final[Mapping[int, Fault]] = {
    **dict.fromkeys((*range(300, 400), 404, 405), _ADDRESS),
    **dict.fromkeys((401, 407), _CREDENTIALS),
    403: _FORBIDDEN,
    413: _TOO_LARGE,
    429: _SOON,
    **dict.fromkeys((408, 425, 500, 502, 503, 504), _LATER),
    # Of proxies in front of it, which have statuses of their own.
    **dict.fromkeys(range(506, 600), _A_FEW_TIMES),
}

_STALE_TOKEN: Final = frozenset(
    ["APIG.0301", "APIG.0307", *(f"ModelArts.{n}" for n in ("0203", "4101", "4102", "4103"))]
)


def error_for(
    status: int, code: str, *, after: float | None = None, request_id: str = ""
) -> OcrError:
    """Choose whose turn it is after an answer that is no result.

    `after` is what the answer itself asks to wait; it replaces the table's wait.
    """
    known = known_code(code)
    fault = _BY_PAIR.get((status, known)) or _BY_CODE.get(known) or _BY_STATUS.get(status)
    error = (fault or _UNKNOWN)(status=status, code=code, request_id=request_id)
    if isinstance(error, TryAgain) and after is not None:
        error.after = after
    return error


def is_stale_token(status: int, code: str) -> bool:
    """Whether this is how a token that has ended is answered: a new one is worth one try.

    The gateway says so with a 401; of the model platform's codes no status is published.
    """
    known = known_code(code)
    return known in _STALE_TOKEN and (status == _UNAUTHORISED or known.startswith("ModelArts."))


def known_code(code: str) -> str:
    """Give the gateway's newer code its older name: APIGW counts as APIG does."""
    return code.replace("APIGW.", "APIG.", 1)
