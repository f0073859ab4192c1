"""Celery entry points: one id in, one call."""

from celery import shared_task

from kyc.applications import extraction


@shared_task(ignore_result=True)
def extract_document(job_id: int) -> None:
    """Harmless to deliver twice, late, or never: see `Job.claim` and the sweeper."""
    extraction.run(job_id)
