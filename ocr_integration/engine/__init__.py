"""Reads one side of one permit from a picture."""
