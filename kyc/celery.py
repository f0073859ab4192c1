"""The worker's application: `celery -A kyc.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyc.settings")
# Celery's command line takes BROKER_URL from the environment over its head; the settings read it.
os.environ.pop("CELERY_BROKER_URL", None)

app = Celery("kyc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["kyc.applications"])
