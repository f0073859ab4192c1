"""Trains the network that finds the lines of text on a straightened card."""
