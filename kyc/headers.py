"""Headers that stand on every answer, whoever made it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

SIGN_OUT = "/accounts/logout/"
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Outermost, so that errors, redirects and refusals carry them too.

    Static files are public and named after their content: only they may be kept. Signing out
    clears what the browser still holds of the pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if not request.path.startswith("/static/") or response.status_code >= 400:
            response.headers["Cache-Control"] = "private, no-store"
        if request.path == SIGN_OUT and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
