from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kyc.jobs"
