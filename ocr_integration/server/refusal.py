"""Answers that are no result: one exception for each request that is refused."""

from dataclasses import dataclass, field

from ocr_integration.protocol import errors

ASK_AGAIN_SECONDS = 2


@dataclass
class Refused(Exception):
    """A request is answered with an error body; `message` never repeats what was sent."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def no_such_api() -> Refused:
    return Refused(
        404,
        errors.NO_SUCH_API,
        "The API does not exist or has not been published in the environment.",
    )


def bad_credentials(detail: str) -> Refused:
    return Refused(
        401, errors.BAD_CREDENTIALS, f"Incorrect IAM authentication information: {detail}"
    )


def stale_token() -> Refused:
    return Refused(401, errors.TOKEN_STALE, "The token must be updated.")


def body_too_large() -> Refused:
    return Refused(413, errors.REQUEST_FAILED, "Request entity too large.")


def body_too_slow() -> Refused:
    return Refused(408, errors.REQUEST_FAILED, "The request body did not arrive in time.")


def image_too_long() -> Refused:
    return Refused(413, errors.TOO_LONG, "Invalid Request Content Length.")


def bad_json() -> Refused:
    return Refused(400, errors.BAD_JSON, "The JSON format of the input data is incorrect.")


def bad_parameter(detail: str) -> Refused:
    return Refused(400, errors.BAD_PARAMETER, f"The input parameter is invalid. {detail}")


def bad_format() -> Refused:
    return Refused(400, errors.BAD_FORMAT, "The image format is not supported.")


def not_recognised() -> Refused:
    return Refused(400, errors.NOT_RECOGNISED, "Recognition failed.")


def too_busy() -> Refused:
    return Refused(
        429, errors.TOO_BUSY, "Max concurrency error.", {"Retry-After": str(ASK_AGAIN_SECONDS)}
    )


def over_quota(limit: int, seconds: int) -> Refused:
    return Refused(
        429,
        errors.OVER_QUOTA,
        "The throttling threshold has been reached: "
        f"policy user over ratelimit,limit:{limit},time:1 minute.",
        {"Retry-After": str(seconds)},
    )


def url_not_allowed() -> Refused:
    return Refused(
        400,
        errors.URL_NOT_ALLOWED,
        "The URL is not allowed: its host is none of those this server fetches from. Give image.",
    )


def not_fetched() -> Refused:
    return Refused(400, errors.NOT_FETCHED, "Obtaining the file from the URL failed.")


def failed() -> Refused:
    return Refused(500, errors.REQUEST_FAILED, "An unexpected error occurred.")
