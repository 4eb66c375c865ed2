"""An external registry to try `flexbourse registry follow` with: units from a JSON file, over HTTP.

    python docs/examples/external_registry.py units.json 8099
    flexbourse registry follow http://127.0.0.1:8099 --kind unit --every 60

The file holds a list of objects with the columns of a unit. It is read again at each request; its hash is the ETag, so
that nothing is sent while nothing changed. A page holds 1,000 objects.
"""

from __future__ import annotations

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PAGE_SIZE = 1000


class UnitsHandler(BaseHTTPRequestHandler):
    """Answers `GET /units?after=N`."""

    file: Path

    def do_GET(self) -> None:
        """Send a page, 304 where nothing changed, or 404 for other kinds."""
        where = urlsplit(self.path)
        if where.path != "/units":
            self.send_error(404)
            return
        content = self.file.read_bytes()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        after = int(parse_qs(where.query).get("after", ["0"])[0])
        if not after and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        units = json.loads(content)
        page = {"items": units[after : after + PAGE_SIZE]}
        if after + PAGE_SIZE < len(units):
            page["next"] = f"/units?after={after + PAGE_SIZE}"
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def server(file: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a file's units on this machine."""
    handler = type("Handler", (UnitsHandler,), {"file": file})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    server(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
