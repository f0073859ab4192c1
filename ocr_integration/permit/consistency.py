"""Everything the rules have to say about one permit."""

from collections.abc import Mapping
from datetime import date

from ocr_integration.permit import card_rules, code_rules
from ocr_integration.permit.card import Card
from ocr_integration.permit.finding import Finding
from ocr_integration.protocol.fields import PermitType


def check(
    front: Mapping[str, str] | None,
    back: Mapping[str, str] | None,
    *,
    front_type: PermitType | None,
    back_type: PermitType | None,
    today: date,
) -> list[Finding]:
    """Ask every rule; the order is always the same, and a rule without its values cannot tell.

    Values are as read or as people wrote them, keyed by the API's names; a side that is not there
    is None.
    """
    card = Card(front or {}, back or {}, front_type, back_type, today)
    return [rule(card) for rule in (*card_rules.RULES, *code_rules.RULES)]
