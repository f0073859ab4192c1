"""The demo's accounts and specimen applications, made by the product's own acts."""

from pathlib import Path
from typing import Final

from allauth.account.models import EmailAddress

from kyc.accounts.demo import make_demo_accounts
from kyc.accounts.models import Language, User
from kyc.applications import intake
from kyc.applications.images import canonical
from kyc.applications.models import Application
from kyc.applications.status import Status
from ocr_integration.protocol.fields import Side

SPECIMENS: Final = Path(__file__).with_name("specimens")
KINDS: Final = ("hk", "tw", "foreign")
SENDER: Final = "specimens@demo.example"


def seed() -> None:
    """Make what is missing; what was sent once is not sent again."""
    make_demo_accounts()
    sender = _sender()
    for kind in KINDS:
        if not intake.sent_with(sender, _key(kind)):
            _send(sender, kind)


def specimens_read() -> bool:
    """Whether every specimen has been sent and has once left READING."""
    keys = [_key(kind) for kind in KINDS]
    sent = Application.objects.filter(applicant__email=SENDER, submission_key__in=keys)
    return sent.exclude(status__in=[Status.DRAFT, Status.READING]).count() == len(keys)


def _sender() -> User:
    """Nobody signs in as this applicant: the account has no password."""
    sender = User.objects.filter(email=SENDER).first()
    sender = sender or User.objects.create_user(SENDER, name="Specimens")
    EmailAddress.objects.get_or_create(
        user=sender, email=SENDER, defaults={"verified": True, "primary": True}
    )
    return sender


def _send(sender: User, kind: str) -> None:
    pictures = {
        side: canonical((SPECIMENS / f"{kind}_{side.value}.jpg").read_bytes()) for side in Side
    }
    intake.submit(
        sender, pictures=pictures, submission_key=_key(kind), language=Language.ENGLISH.value
    )


def _key(kind: str) -> str:
    return f"specimen-{kind}"
