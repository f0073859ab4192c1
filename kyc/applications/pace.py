"""How long decisions have taken lately, so that whoever waits knows what is usual."""

import math
from typing import Final

from django.utils.translation import gettext as _

from kyc.applications.models import Decision

LATEST: Final = 50
FEWEST: Final = 10
"""Of fewer nothing is said: they may have been easy ones."""
MOST: Final = 0.8
_HOUR: Final = 3600
_DAY: Final = 24


def words() -> str:
    """Say within what time most of the latest decisions were made; "" while there are few."""
    latest = Decision.objects.order_by("-at").values_list("waited", flat=True)[:LATEST]
    waited = sorted(seconds for seconds in latest if seconds is not None)
    if len(waited) < FEWEST:
        return ""
    hours = math.ceil(waited[math.ceil(len(waited) * MOST) - 1] / _HOUR)
    if hours <= 1:
        return _("Most are decided within an hour.")
    if hours < _DAY:
        return _("Most are decided within %(hours)d hours.") % {"hours": hours}
    if hours == _DAY:
        return _("Most are decided within a day.")
    return _("Most are decided within %(days)d days.") % {"days": math.ceil(hours / _DAY)}
