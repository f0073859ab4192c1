"""How many people have looked at an application, as its trail says."""

from typing import Final

from kyc.accounts.models import Role
from kyc.applications.models import Application
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry

LOOKS: Final = (
    Action.APPLICATION_VIEWED,
    Action.APPLICATION_DATA_TAKEN,
    Action.DOCUMENT_VIEWED,
    Action.PORTRAIT_VIEWED,
)


def staff_who_looked(application: Application) -> int:
    """Count the staff, each once, who opened the case, a photo or a portrait of it."""
    looks = AuditEntry.objects.filter(
        subject=application.reference, action__in=LOOKS, actor_role__in=Role.values
    )
    others = looks.exclude(actor=application.applicant_id)
    return others.values("actor").distinct().count()
