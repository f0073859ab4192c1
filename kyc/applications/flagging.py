"""What an applicant says of what was read: which values are wrong, and what stands on the card."""

from collections.abc import Collection, Mapping

from kyc.applications import cases, traits
from kyc.applications.models import Application, FieldFlag, FieldReading, IllegalStep
from kyc.applications.status import REVIEWABLE
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.vault import keys
from ocr_integration.permit.finding import Place


def flag(
    application: Application, *, says: Mapping[Place, str], taken_back: Collection[Place] = ()
) -> None:
    """Flag values, each with what stands there instead or "", and take flags back.

    The case's version stays: a reviewer's page is not stale because of it. What was not read
    cannot be flagged and is passed over. Raises IllegalStep when the case no longer waits.
    """
    with log.act():
        application = Application.objects.select_for_update().get(pk=application.pk)
        if application.status not in REVIEWABLE:
            raise IllegalStep(f"{application.reference} does not wait for a reviewer")
        readings = cases.of(application).readings
        for place in says.keys() & readings.keys() - set(taken_back):
            if readings[place].value and says[place] != readings[place].flag:
                _put(application, place, readings[place].row, says[place])
        for place in readings.keys() & set(taken_back):
            _take_back(application, place, readings[place].row)
        traits.refresh(application)


def _put(application: Application, place: Place, reading: FieldReading, says: str) -> None:
    """A fingerprint tells the auditor whether words changed, and nothing of them."""
    row = FieldFlag.objects.filter(reading=reading).first() or FieldFlag(reading=reading)
    row.reading = reading
    row.put("says", says)
    row.save()
    side, field = place
    label = f"{side.value} {field}"
    application.record(
        Action.FIELD_FLAGGED,
        actor=application.applicant,
        side=side.value,
        field=field,
        says=keys.fingerprint(application.key_id, label, says) if says else "",
    )


def _take_back(application: Application, place: Place, reading: FieldReading) -> None:
    removed, _ = FieldFlag.objects.filter(reading=reading).delete()
    if removed:
        side, field = place
        application.record(
            Action.FIELD_UNFLAGGED, actor=application.applicant, side=side.value, field=field
        )
