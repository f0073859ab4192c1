"""Take uploads into memory, and stop keeping one that grows too large.

A temporary file would leave an identity document on disk outside the vault.
"""

import io
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from kyc.applications.images import MOST_BYTES

MOST_DRAINED: Final = 6 * MOST_BYTES
"""A browser shows our answer only when we hear it out, so a little too much is read and dropped."""


class MemoryUploadHandler(FileUploadHandler):
    """Keep up to MOST_BYTES of a file; beyond that only its size is known, and its bytes are gone.

    The name the sender gave the file is dropped: it may be a person's.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= MOST_BYTES:
            self.kept.write(raw_data)
        elif self.received <= MOST_DRAINED:
            self.kept = io.BytesIO()
        else:
            raise RequestDataTooBig("an upload is far beyond what a photo may have")

    def file_complete(self, file_size: int) -> UploadedFile:
        self.kept.seek(0)
        return UploadedFile(file=self.kept, name="photo", size=self.received)
