"""Keys for photos that wait in a browser because they could not be sent yet."""

import base64

from django.utils.crypto import salted_hmac


def key(whose: str) -> str:
    """Make the key that only `whose` pages bring: nobody else can open what that browser keeps."""
    made = salted_hmac("kyc.applications.waiting", whose, algorithm="sha256")
    return base64.b64encode(made.digest()).decode()
