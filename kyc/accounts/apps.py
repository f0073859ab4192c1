from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kyc.accounts"

    def ready(self) -> None:
        """Make the worker's application current, so that web processes ring at our broker."""
        import kyc.celery  # noqa: F401 the apps must be loaded first
