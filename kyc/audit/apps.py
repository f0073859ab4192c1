from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "kyc.audit"

    def ready(self) -> None:
        """Hear of sign-ins, and put the triggers back after each migrate.

        SQLite drops a table's triggers when a migration rebuilds the table.
        """
        from kyc.audit import sign_ins, triggers

        post_migrate.connect(triggers.install, sender=self)
        sign_ins.listen()
