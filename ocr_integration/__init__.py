"""The travel-permit OCR API: its words, its rules, a client, an engine and a server.

Plain Python without Django or Celery, usable on its own.
"""
