"""Run by test_children: a child that starts another and dies, and the end of what it left."""

import subprocess
import sys

from kyc.operations.children import adopt_orphans, kill_orphans

STARTS_ANOTHER = (
    "import subprocess, sys;"
    "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
    " stdout=subprocess.DEVNULL).pid)"
)

adopt_orphans()
left = subprocess.run([sys.executable, "-c", STARTS_ANOTHER], capture_output=True, check=True)
kill_orphans(set())
sys.stdout.write(left.stdout.decode())
