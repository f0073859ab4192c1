"""Reads one side of one permit from a picture."""

import os

# One thread a process: OpenBLAS's second one would wait ten times as long as it works. It looks
# at this once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
