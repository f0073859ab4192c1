"""The API's words, written down once."""
