from django.apps import AppConfig
from django.urls import register_converter


class ApplicationsConfig(AppConfig):
    name = "kyc.applications"

    def ready(self) -> None:
        """Let every app's addresses say `<reference:reference>`; a converter registers once."""
        from kyc.applications.references import ReferenceConverter

        register_converter(ReferenceConverter, "reference")
