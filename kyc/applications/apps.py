from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.urls import register_converter


class ApplicationsConfig(AppConfig):
    name = "kyc.applications"

    def ready(self) -> None:
        """Let every app's addresses say `<reference:reference>`; a converter registers once.

        Accounts, where people sign out, may not import what ends with that.
        """
        from kyc.applications import handover
        from kyc.applications.references import ReferenceConverter

        user_logged_out.connect(handover.end_at_sign_out)
        register_converter(ReferenceConverter, "reference")
