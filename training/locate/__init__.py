"""Trains the network that finds a card in a picture."""
