"""Trains the small reader of lines: `python -m training.lines`."""
