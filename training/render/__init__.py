"""Draws look-alike permits of made-up people and photographs them, truth beside each picture."""
