"""How long ago, in words."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def age(passed: timedelta) -> str:
    """A duration in its largest whole unit."""
    minutes = int(passed.total_seconds() // 60)
    if minutes < 60:
        return _("%(count)s min") % {"count": max(minutes, 0)}
    if minutes < 24 * 60:
        return _("%(count)s h") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def ago(moment: datetime) -> str:
    """How long ago something was, to the second while that is what tells."""
    passed = timezone.now() - moment
    seconds = max(int(passed.total_seconds()), 0)
    said = _("%(count)s s") % {"count": seconds} if seconds < 60 else age(passed)
    return _("%(age)s ago") % {"age": said}
