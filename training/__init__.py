"""Draws the cards, trains the weights and fits the confidence the engine ships with."""
