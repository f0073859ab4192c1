"""Numbers for Prometheus, asked of the database: the same from each of several web processes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from kyc.applications.models import Application, Extraction
from kyc.applications.status import REVIEWABLE, Status
from kyc.audit import trail
from kyc.jobs.models import Job
from kyc.operations import providers

WAITING: Final = (Status.READING, *REVIEWABLE)


class Desk(Collector):
    """Asks when it is scraped."""

    def collect(self) -> Iterator[Metric]:
        """Give every number there is."""
        yield from _applications()
        yield from _jobs()
        yield CounterMetricFamily(
            "permitdesk_audit_entries", "Entries in the audit chain", value=trail.head().seq
        )
        yield _readings()
        yield from _providers()


def exposition() -> bytes:
    """Write the numbers in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Desk())
    return generate_latest(registry)


def _applications() -> Iterator[Metric]:
    number = GaugeMetricFamily(
        "permitdesk_applications", "Applications by status", labels=["status"]
    )
    oldest = GaugeMetricFamily(
        "permitdesk_oldest_waiting_seconds",
        "How long the longest has waited in a status, 0 when none does",
        labels=["status"],
    )
    rows = {
        row["status"]: row
        for row in Application.objects.values("status").annotate(n=Count("pk"), since=Min("since"))
    }
    for status in Status.values:
        number.add_metric([status], rows[status]["n"] if status in rows else 0)
    for waiting in WAITING:
        oldest.add_metric([waiting], _seconds_since(rows.get(waiting, {}).get("since")))
    yield from (number, oldest)


def _jobs() -> Iterator[Metric]:
    still = Job.objects.open().aggregate(n=Count("pk"), attempts=Sum("attempts"))
    due = Job.objects.due().order_by().aggregate(n=Count("pk"), oldest=Min("due_at"))
    yield GaugeMetricFamily("permitdesk_jobs_open", "Jobs that have not ended", value=still["n"])
    yield GaugeMetricFamily("permitdesk_jobs_due", "Jobs that nobody holds", value=due["n"])
    yield GaugeMetricFamily(
        "permitdesk_oldest_due_job_seconds",
        "How long the oldest due job has waited for a worker, 0 when none is due",
        value=_seconds_since(due["oldest"]),
    )
    yield GaugeMetricFamily(
        "permitdesk_open_job_attempts",
        "Attempts made at jobs that have not ended",
        value=still["attempts"] or 0,
    )
    yield CounterMetricFamily(
        "permitdesk_job_attempts",
        "Attempts made at any job",
        value=Job.objects.aggregate(n=Sum("attempts"))["n"] or 0,
    )


def _readings() -> Metric:
    summary = SummaryMetricFamily(
        "permitdesk_extraction_seconds",
        "From the claim of a job to its outcome, by outcome",
        labels=["outcome"],
    )
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    rows = Extraction.objects.values("outcome").annotate(n=Count("pk"), took=Sum(took))
    for row in rows.order_by("outcome"):
        seconds = (row["took"] or timedelta()).total_seconds()
        summary.add_metric([row["outcome"]], count_value=row["n"], sum_value=seconds)
    return summary


def _providers() -> Iterator[Metric]:
    called = GaugeMetricFamily(
        "permitdesk_provider_called",
        "1 while a reader is called, 0 while it is left alone",
        labels=["provider"],
    )
    alarm = GaugeMetricFamily(
        "permitdesk_provider_misconfigured",
        "1 while a reader waits for the operator",
        labels=["provider"],
    )
    for one in providers.standings():
        called.add_metric([one.provider.label], one.state != "open")
        alarm.add_metric([one.provider.label], one.needs_operator)
    yield from (called, alarm)


def _seconds_since(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
