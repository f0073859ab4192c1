"""Why a picture is not read."""

from typing import Final

FORMAT: Final = "AIS.0102"
SIZE: Final = "AIS.0103"
NO_PERMIT: Final = "AIS.0104"


class PictureRefused(Exception):
    """The picture cannot be read as a permit; `code` is the API's, `message` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
