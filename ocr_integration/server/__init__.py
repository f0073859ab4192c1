"""Serves the engine under the API, for clients of the cloud that once had it and for ours."""
