"""What an applicant may post. A photo's cleaned value is its canonical picture."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from kyc.accounts.models import User
from kyc.applications import attempts, images
from kyc.applications.images import Canonical
from ocr_integration.permit.finding import Place
from ocr_integration.protocol.fields import Side

BUSY: Final = "busy"
LONGEST_WORDS: Final = 200
CHOOSE: Final = {
    Side.FRONT: _("Choose a photo of the front."),
    Side.BACK: _("Choose a photo of the back."),
}
SUBMISSION_KEY: Final = r"\A[\w-]{16,64}\Z"
ACCEPTED: Final = "image/jpeg,image/png,image/bmp,image/tiff"


class PictureField(forms.FileField):
    """One photo; where it will not do, the sentence says what to do about it."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED, "class": "file-input"})

    def to_python(self, data: "File[Any] | None") -> Any:
        if data is None:
            return None
        if data.size > images.MOST_BYTES:
            raise _refused(images.Refusal.TOO_LARGE)
        return data


def _refused(refusal: images.Refusal) -> ValidationError:
    return ValidationError(refusal.label, code=refusal.value)


def sent_key(posted: Mapping[str, str]) -> str:
    """The submission key of a post, to look up what it became; "" where it is none."""
    key = posted.get("submission_key", "")
    return key if re.match(SUBMISSION_KEY, key) else ""


class PicturesForm(forms.Form):
    """Photos of one or both sides, and the key that makes sending them twice harmless.

    `sender` is the account that looking at them is counted for.
    """

    front = PictureField(required=False, label=_("Photo of the front"))
    back = PictureField(required=False, label=_("Photo of the back"))
    submission_key = forms.RegexField(
        SUBMISSION_KEY,
        widget=forms.HiddenInput,
        error_messages={
            key: _("This page could not be sent as it was. It is fresh now: send it again.")
            for key in ("required", "invalid")
        },
    )

    def __init__(self, *args: Any, sender: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender

    def clean_front(self) -> Canonical | None:
        return self._canonical(Side.FRONT)

    def clean_back(self) -> Canonical | None:
        return self._canonical(Side.BACK)

    @property
    def pictures(self) -> dict[Side, Canonical]:
        """The photos that will do, also where another one or the rest of the form is refused."""
        return {side: self.cleaned_data[side] for side in Side if self.cleaned_data.get(side)}

    @property
    def is_busy(self) -> bool:
        """Whether a photo could not be looked at for want of a free core."""
        return any(self.has_error(side, BUSY) for side in Side)

    def _canonical(self, side: Side) -> Canonical | None:
        upload = self.cleaned_data[side]
        if upload is None:
            return None
        try:
            with attempts.looking(self.sender):
                return images.canonical(upload.read())
        except images.PictureRefused as refused:
            raise _refused(refused.code) from refused
        except images.Busy as busy:
            raise ValidationError(
                _("Many photos are being looked at right now. Send this one again in a minute."),
                code=BUSY,
            ) from busy


class ApplyForm(PicturesForm):
    """A draft, one side or both; `kept` are the sides that the draft holds already."""

    consent = forms.BooleanField(required=False, label=_("I agree"))
    action = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kept: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept

    @property
    def is_whole(self) -> bool:
        """Whether both sides are there and the applicant asks for more than keeping them."""
        there = {*self.kept, *self.pictures}
        return there.issuperset(Side) and self.cleaned_data.get("action") != "keep"

    def clean(self) -> None:
        nothing_came = not self.pictures and not any(self.has_error(side) for side in Side)
        for side in Side:
            if nothing_came and side not in self.kept:
                self.add_error(side, ValidationError(CHOOSE[side], code="missing"))
        if self.is_whole and not self.cleaned_data.get("consent"):
            self.add_error(
                "consent", ValidationError(_("Tick this box to send your photos."), code="required")
            )


class PhoneForm(PicturesForm):
    """A side or two from a phone that a draft was handed to."""

    def clean(self) -> None:
        if not self.pictures and not any(self.has_error(side) for side in Side):
            self.add_error(Side.FRONT, ValidationError(CHOOSE[Side.FRONT], code="missing"))


class ResubmitForm(PicturesForm):
    """The sides that were asked for again, and no other."""

    def __init__(self, *args: Any, asked: Collection[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked

    def clean(self) -> None:
        for side in Side:
            if side in self.asked and side not in self.pictures and not self.has_error(side):
                self.add_error(side, ValidationError(CHOOSE[side], code="missing"))
            if side not in self.asked and side in self.pictures:
                self.add_error(
                    side, ValidationError(_("This side is kept as it is."), code="not_asked")
                )


class WithdrawForm(forms.Form):
    """Withdrawing is confirmed by a tick: nobody does it by a slip."""

    confirm = forms.BooleanField(
        label=_("Yes, withdraw this application"),
        error_messages={"required": _("Tick this box to withdraw.")},
    )


class CheckForm(forms.Form):
    """What an applicant says of the values that were read; `places` by the name of their inputs.

    A flagged value's words are posted with every button, so that none that were typed are lost.
    """

    def __init__(self, *args: Any, places: Mapping[str, Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        for name in places:
            self.fields[f"says-{name}"] = forms.CharField(required=False, max_length=LONGEST_WORDS)
        for button in ("flag", "unflag"):
            self.fields[button] = forms.ChoiceField(
                required=False, choices=[(name, name) for name in places]
            )

    @property
    def says(self) -> dict[Place, str]:
        """The flags there are to be, each with its words."""
        flagged = [name for name in self.places if f"says-{name}" in self.data]
        words = {self.places[name]: self.cleaned_data[f"says-{name}"] for name in flagged}
        if name := self.cleaned_data["flag"]:
            words.setdefault(self.places[name], "")
        return words

    @property
    def taken_back(self) -> list[Place]:
        """The flag that is taken back, if any."""
        name = self.cleaned_data["unflag"]
        return [self.places[name]] if name else []
