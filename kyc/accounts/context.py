"""What every page of the staff's shows at its head."""

from typing import Any

from django.http import HttpRequest


def staff_nav(request: HttpRequest) -> dict[str, Any]:
    """Offer the pages that the roles of whoever is signed in may open."""
    return {"staff_nav": []}
