"""Docker's health check of an agent of ours: `healthy.py PORT TOKEN_FILE`; exit code 0 if it is ready."""

import sys
from http.client import HTTPConnection
from pathlib import Path

port, token = int(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8").strip()
http = HTTPConnection("127.0.0.1", port, timeout=8)
http.request("GET", "/readyz", headers={"Authorization": f"Bearer {token}"})
answer = http.getresponse()
# What is in the way is what `docker inspect` shows.
sys.stdout.write(answer.read(2000).decode("utf-8", "replace"))
sys.exit(answer.status != 200)
