"""GitHub's issues, as far as our workflow uses them, on loopback."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = "ana/label"


@dataclass
class Issues:
    """The issues of one repository, with their comments."""

    port: int = 0
    issues: list[dict[str, Any]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """What GitHub answers."""
        parts = urlsplit(path.removeprefix(f"/repos/{REPOSITORY}/"))
        match (method, parts.path.split("/")):
            case ("GET", ["issues"]):
                asked = parse_qs(parts.query)
                wanted = (asked["labels"], asked["state"][0])
                return 200, [issue for issue in self.issues if (issue["labels"], issue["state"]) == wanted]
            case ("POST", ["labels"]):
                new = body["name"] not in self.labels
                self.labels.add(body["name"])
                return (201, body) if new else (422, {"message": "Validation Failed"})
            case ("POST", ["issues"]):
                issue = {"number": len(self.issues) + 7, "state": "open", "comments": [], **body}
                self.issues.append(issue)
                return 201, issue
            case ("POST", ["issues", number, "comments"]):
                self._issue(number)["comments"].append(body["body"])
                return 201, body
            case ("PATCH", ["issues", number]):
                self._issue(number).update(body)
                return 200, self._issue(number)
        return 404, {"message": "Not Found"}

    def _issue(self, number: str) -> dict[str, Any]:
        (found,) = (issue for issue in self.issues if issue["number"] == int(number))
        return found


@contextmanager
def issues() -> Iterator[Issues]:
    """A repository without issues, for the length of a test."""
    known = Issues()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.tokens.add(self.headers["Authorization"])
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = known.answer(self.command, self.path, json.loads(content) if content else None)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_POST = do_PATCH = do_GET  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
