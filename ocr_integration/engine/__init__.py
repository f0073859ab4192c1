"""Reads one side of one permit from a picture."""

import os

# One thread a process: OpenBLAS's second one would wait ten times as long as it works. It looks
# at this once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# onnxruntime's wheels tell their maker, over the network, that they are used, keep an identifier
# in the user's folder for it, and start a thread that a fork does not survive. Not with identity
# documents. It looks at this once, when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
