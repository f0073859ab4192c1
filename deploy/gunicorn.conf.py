"""How the web process serves: two processes of eight threads, whatever the client's pace."""

import os
from pathlib import Path

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "kyc.arrivals.Worker"
workers = 2
threads = 8
# Each is a file; many systems allow a process 1024.
worker_connections = 600
timeout = 60
graceful_timeout = 5
keepalive = 5
# A heartbeat file on a disk that is busy can look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Addresses are not logged: they hold references, and a proxy in front logs requests anyway.
accesslog = None
errorlog = "-"
control_socket_disable = True
