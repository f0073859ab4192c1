"""Calls a server of the API: ours, or a cloud that still has it."""

from ocr_integration.client.client import Answer, OcrClient

__all__ = ["Answer", "OcrClient"]
