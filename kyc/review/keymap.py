"""Which key does what on the queue and on a case, and what each person has changed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kyc.accounts.models import User
from kyc.applications.labels import Text

CASE: Final = "case"
QUEUE: Final = "queue"


@dataclass(frozen=True)
class Act:
    """What a key does, and on which pages. Enter, Tab and Escape belong to no act."""

    name: str
    usual: str
    label: Text
    pages: tuple[str, ...] = (CASE,)


ACTS: Final = (
    Act("approve", "a", _("approve")),
    Act("ask_again", "x", _("ask for a photo again")),
    Act("decline", "d", _("decline")),
    Act("second_look", "l", _("ask for a second look before it is decided")),
    Act("edit", "e", _("edit; Enter keeps what you typed, Esc leaves it as it was")),
    Act("use_code", "t", _("use what the other side says")),
    Act("blank", "b", _("blank on the card")),
    Act("illegible", "i", _("illegible")),
    Act("not_this_document", "w", _("not this document")),
    Act("undo", "z", _("take the last answer back")),
    Act("down", "j", _("next row"), (CASE, QUEUE)),
    Act("up", "k", _("row before"), (CASE, QUEUE)),
    Act("front", "1", _("front alone, both again")),
    Act("back", "2", _("back alone, both again")),
    Act("zoom_in", "+", _("zoom in")),
    Act("zoom_out", "-", _("zoom out")),
    Act("fit", "0", _("fit, and as photographed")),
    Act("rotate", "r", _("rotate")),
    Act("brighter", "]", _("brighter")),
    Act("darker", "[", _("darker")),
    Act("more_contrast", "}", _("more contrast")),
    Act("less_contrast", "{", _("less contrast")),
    Act("outlines", "p", _("outlines of card and portrait")),
    Act("faces", "v", _("portraits larger, small again")),
    Act("hold", "h", _("hold for longer")),
    Act("next", "n", _("next case"), (CASE, QUEUE)),
    Act("search", "/", _("search"), (QUEUE,)),
    Act("filter", "f", _("filter"), (QUEUE,)),
    Act("refresh", "r", _("refresh"), (QUEUE,)),
    Act("keys", "?", _("these keys"), (CASE, QUEUE)),
)
_BY_NAME: Final = {act.name: act for act in ACTS}
_TAKEN: Final = {QUEUE: frozenset("12345")}
"""The queue's lists are numbered."""


class KeyRefused(ValueError):
    """No key that could stand for an act, or one that stands for two on one page."""


@dataclass(frozen=True)
class Key:
    """An act with the key that it has for somebody."""

    act: Act
    key: str

    @property
    def shown(self) -> str:
        """As it is printed on a keyboard."""
        return "−" if self.key == "-" else self.key.upper()


def keys_of(user: User, page: str) -> dict[str, Key]:
    """The keys of one page by act, the usual ones where nothing was changed."""
    chosen = _chosen(user)
    return {
        act.name: Key(act, chosen.get(act.name, act.usual)) for act in ACTS if page in act.pages
    }


def change(user: User, wanted: Mapping[str, str]) -> None:
    """Give acts other keys; what is not named stays. Raises KeyRefused."""
    chosen = {**_chosen(user), **wanted}
    for name, key in wanted.items():
        if name not in _BY_NAME or len(key) != 1 or not key.isprintable() or key.isspace():
            raise KeyRefused
        if key != key.lower():
            raise KeyRefused
    for page in (CASE, QUEUE):
        used = [chosen.get(act.name, act.usual) for act in ACTS if page in act.pages]
        if len(set(used)) < len(used) or _TAKEN.get(page, frozenset()) & set(used):
            raise KeyRefused
    _keep(user, {name: key for name, key in chosen.items() if key != _BY_NAME[name].usual})


def forget(user: User) -> None:
    """The usual keys again."""
    _keep(user, {})


def _chosen(user: User) -> dict[str, str]:
    """What was changed; an act that there is no more is passed over."""
    kept: dict[str, Any] = user.keys
    return {name: key for name, key in kept.items() if name in _BY_NAME}


def _keep(user: User, keys: dict[str, str]) -> None:
    user.keys = keys
    user.save(update_fields=["keys"])
