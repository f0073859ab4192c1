"""Log lines: one JSON object each, on one line, with nothing of a person in them."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """Write a record as one JSON line.

    A traceback is reduced to its frames: an exception's own text may quote what it choked on. Of an
    answer only its status and its page's name are told: Django's own words quote what was asked.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
        }
        if record.exc_info and record.exc_info[0] and not self._is_refusal(record):
            line["error"] = record.exc_info[0].__name__
            line["frames"] = self._frames(record)
        return json.dumps(line, ensure_ascii=True)

    def _message(self, record: logging.LogRecord) -> str:
        status = getattr(record, "status_code", None)
        if status is None:
            return record.getMessage()
        page = getattr(getattr(record, "request", None), "resolver_match", None)
        return f"answered {status} at {page.view_name}" if page else f"answered {status}"

    def _is_refusal(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", 500) < 500

    def _frames(self, record: logging.LogRecord) -> list[str]:
        frames = []
        trace = record.exc_info[2] if record.exc_info else None
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
            trace = trace.tb_next
        return frames[-12:]
