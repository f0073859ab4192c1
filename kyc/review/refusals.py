"""Why an act on a case is refused. Each says it in a sentence that the reviewer reads."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from kyc.accounts.models import User
from kyc.review.ages import ago
from ocr_integration.permit.finding import Place


class Refused(Exception):
    """The act did not happen."""

    @property
    def sentence(self) -> str:
        """What the reviewer is told."""
        raise NotImplementedError

    @property
    def since(self) -> str:
        """Since when it stands so, in words; "" where that says nothing."""
        return ""


class Forbidden(Refused):
    """This person may not do it, now or later."""


class OwnApplication(Forbidden):
    """Nobody decides an application of their own."""

    @property
    def sentence(self) -> str:
        return _("This application is your own. Somebody else decides it.")


class SameEyes(Forbidden):
    """A second look needs a second person."""

    @property
    def sentence(self) -> str:
        return _("You gave the first opinion on this case. Somebody else decides it.")


class ForSeniors(Forbidden):
    """A case was handed to the seniors."""

    @property
    def sentence(self) -> str:
        return _("This case was handed to a senior. A senior decides it.")


class Conflict(Refused):
    """The case is not, or no longer, as the reviewer saw it."""


class HeldByAnother(Conflict):
    """Somebody else has the case open."""

    def __init__(self, holder: User, since: datetime | None) -> None:
        super().__init__()
        self.holder, self._since = holder, since

    @property
    def sentence(self) -> str:
        return _("%(name)s holds this case.") % {"name": self.holder.shown_name}

    @property
    def since(self) -> str:
        return _("Taken %(ago)s.") % {"ago": ago(self._since)} if self._since else ""


class HandsFull(Conflict):
    """Somebody has taken as many cases as they can work on."""

    @property
    def sentence(self) -> str:
        return _("You hold several cases. Decide one or give one back, then take the next.")


class Decided(Conflict):
    """Somebody has decided the case."""

    def __init__(self, by: User, outcome: str, at: datetime) -> None:
        super().__init__()
        self.by, self.outcome, self.at = by, outcome, at

    @property
    def sentence(self) -> str:
        words = {"name": self.by.shown_name, "outcome": self.outcome}
        return _("%(name)s has decided this case: %(outcome)s.") % words

    @property
    def since(self) -> str:
        return _("That was %(ago)s.") % {"ago": ago(self.at)}


class NotWaiting(Conflict):
    """The case does not wait for a reviewer."""

    def __init__(self, status: str) -> None:
        super().__init__()
        self.status = status

    @property
    def sentence(self) -> str:
        words = {"status": self.status}
        return _("This case does not wait for a reviewer. It stands at: %(status)s.") % words


class Stale(Conflict):
    """The case has changed since the page was opened."""

    @property
    def sentence(self) -> str:
        return _("This case has changed since you opened it. Look again, then decide.")


class FieldsRefused(Refused):
    """Some fields keep the act from happening."""

    def __init__(self, places: Iterable[Place]) -> None:
        super().__init__()
        self.places = tuple(places)

    @property
    def at_field(self) -> str:
        """What stands at each of them."""
        raise NotImplementedError


class StillOpen(FieldsRefused):
    """Approving waits until every open field has an answer."""

    @property
    def sentence(self) -> str:
        return _("Fields are open. Answer each of them, then approve.")

    @property
    def at_field(self) -> str:
        return _("Answer this field.")


class Unidentified(FieldsRefused):
    """Approving takes a value of everything that makes an identity."""

    @property
    def sentence(self) -> str:
        return _("Without these values nobody is identified. Type them, or do not approve.")

    @property
    def at_field(self) -> str:
        return _("This value is needed.")


class Emptied(FieldsRefused):
    """A value was taken away without saying why."""

    @property
    def sentence(self) -> str:
        return _("A value was emptied. Say whether it is blank, illegible or not of this document.")

    @property
    def at_field(self) -> str:
        return _("Say why it was emptied.")
