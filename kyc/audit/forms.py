"""What an auditor looks for."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kyc.accounts.models import Role, User
from kyc.audit.actions import Action
from kyc.audit.trail import APPLICANT, SYSTEM, Query

_MISREAD: Final = str.maketrans("ILO", "110")
_REFERENCE_LENGTH: Final = 12
_EARLIEST: Final = dt.date(2000, 1, 1)
_LATEST: Final = dt.date(2999, 12, 31)
"""At either end of the calendar a day's own end cannot be reckoned any more."""


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


def _actors() -> list[tuple[str, Any]]:
    staff = User.objects.filter(groups__name__in=Role.values).distinct().order_by("name", "pk")
    return [
        ("", _("Anybody")),
        (SYSTEM, _("System")),
        (APPLICANT, _("Applicants")),
        *((str(user.pk), user.shown_name) for user in staff),
    ]


class DayField(forms.DateField):
    """A day that there can be entries of."""

    widget = DateInput
    default_validators = [MinValueValidator(_EARLIEST), MaxValueValidator(_LATEST)]

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, input_formats=["%Y-%m-%d"])


class SearchForm(forms.Form):
    """Search by subject, actor, act and days; the same words stand in the export's address."""

    subject = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=64,
        validators=[
            RegexValidator(r"^[0-9A-Za-z_. -]+$", _("A reference is letters and figures only."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    actor = forms.CharField(
        label=_("Who"),
        required=False,
        validators=[RegexValidator(rf"^({SYSTEM}|{APPLICANT}|[0-9]{{1,18}})$")],
        widget=forms.Select(attrs={"class": "input"}, choices=lazy(_actors, list)()),
    )
    action = forms.ChoiceField(
        label=_("Act"),
        required=False,
        choices=[("", _("Any act")), *Action.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )
    to = DayField(_("To"))

    field_order = ("subject", "actor", "action", "from", "to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `from` is no name for an attribute, and is the word in the address.
        self.fields["from"] = DayField(_("From"))
        self.order_fields(self.field_order)

    def clean_subject(self) -> str:
        """Read a reference as it is spoken: case, dashes and spaces do not matter, nor O for 0."""
        typed: str = self.cleaned_data["subject"]
        plain = typed.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
        return plain if len(plain) == _REFERENCE_LENGTH else typed

    def query(self) -> Query:
        """What was asked for, days in the desk's own time zone; the form must be valid."""
        said = self.cleaned_data
        return Query(
            subject=said["subject"],
            actor=said["actor"],
            action=said["action"],
            since=_start(said["from"]),
            until=_start(said["to"] + dt.timedelta(days=1)) if said["to"] else None,
        )


def _start(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
