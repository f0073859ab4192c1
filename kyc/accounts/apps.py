from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "kyc.accounts"

    def ready(self) -> None:
        """Make the worker's application current, so that web processes ring at our broker.

        The roles' groups and the throttles' table are there after each migrate.
        """
        import kyc.celery  # noqa: F401 the apps must be loaded first
        from kyc.accounts import groundwork

        post_migrate.connect(groundwork.lay, sender=self)
