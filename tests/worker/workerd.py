"""The real Worker in the real `workerd`, on loopback, and the internet it sees: played, and remembered.

One process serves several variants of the Worker, each with settings of its own. Whatever
address a variant asks for, the same server answers: what `Internet.answers` has for it.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import trustme

WORKER = files("casa24").joinpath("worker")
PATH = "/api/credentials"
_LONGEST = 20.0
# Runs a variant's cron trigger, as Cloudflare's clock would.
_CRON = """
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const result = await env[url.pathname.slice(1)].scheduled({
      scheduledTime: new Date(Number(url.searchParams.get("now"))), cron: "0 16 * * *" });
    return Response.json(result);
  },
};
"""
# Cloudflare's rate limiter is not part of workerd; this one lets five through.
_LIMITER = """
import { WorkerEntrypoint } from "cloudflare:workers";
let left = 5;
export default class extends WorkerEntrypoint {
  async limit({ key }) { return { success: key === "unknown" && left-- > 0 }; }
}
"""


@dataclass
class Asked:
    """A request the Worker made."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Internet:
    """What the Worker reaches. ``answers``: (status, body) by address, or several, of which the last stays."""

    answers: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def play(self, url: str, *answers: tuple[int, bytes]) -> None:
        """From now on, this address answers so."""
        self.answers[url] = list(answers)

    def times(self, url: str) -> int:
        """How often an address was asked."""
        return sum(request.url == url for request in self.asked)

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        """The next answer."""
        self.asked.append(asked)
        found = self.answers.get(asked.url, [(404, b"nothing here")])
        return found.pop(0) if len(found) > 1 else found[0]


@dataclass(frozen=True)
class Running:
    """A running workerd: its variants' addresses, its log, the internet it sees."""

    ports: Mapping[str, int]
    log_file: Path
    internet: Internet
    authority: trustme.CA

    def url(self, variant: str, path: str = PATH) -> str:
        """An address of a variant."""
        return f"https://127.0.0.1:{self.ports[variant]}{path}"

    def ask(self, variant: str, bearer: str | None = None, *, method: str = "GET", path: str = PATH) -> httpx.Response:
        """Ask a variant, over TLS."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        headers = {} if bearer is None else {b"Authorization": f"Bearer {bearer}".strip().encode()}
        with httpx.Client(verify=context, trust_env=False, timeout=_LONGEST) as client:
            return client.request(method, self.url(variant, path), headers=headers)

    def strike(self, variant: str, now: float) -> str:
        """Run a variant's cron trigger at a time (in seconds); how it ended, ``ok`` or ``exception``."""
        address = f"http://127.0.0.1:{self.ports['cron']}/{variant}?now={now * 1000:.0f}"
        outcome: str = httpx.get(address, trust_env=False, timeout=_LONGEST).json()["outcome"]
        return outcome

    def log(self) -> str:
        """Everything the variants logged so far."""
        return self.log_file.read_text("utf-8")


def settings() -> dict[str, Any]:
    """The shipped wrangler.jsonc, its comments left out."""
    lines = WORKER.joinpath("wrangler.jsonc").read_text("utf-8").splitlines()
    text = "\n".join(re.sub(r"(^|[\s,])//(?=\s).*$", "", line) for line in lines)
    found: dict[str, Any] = json.loads(text)
    return found


def binary() -> Path:
    """Where `workerd` is: the environment variable WORKERD names it."""
    named = os.environ.get("WORKERD", "")
    if not named:
        pytest.skip("WORKERD does not name the workerd program (npm install workerd)")
    return Path(named)


@contextmanager
def running(folder: Path, authority: trustme.CA, variants: Mapping[str, Mapping[str, str]]) -> Iterator[Running]:
    """Workerd with these variants of the Worker, by name with their settings and secrets."""
    program = binary()
    with _played() as (internet, port):
        _lay_out(folder, authority, variants, port)
        listening, tell = os.pipe()
        command = [str(program), "serve", "--experimental", f"--control-fd={tell}", str(folder / "config.capnp")]
        log_file = folder / "log.txt"
        with log_file.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, pass_fds=(tell,), cwd=folder)
        os.close(tell)
        try:
            ports = _ports(listening, [*variants, "cron"], log_file)
            yield Running(ports, log_file, internet, authority)
        finally:
            process.terminate()
            try:
                process.wait(_LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_LONGEST)


def _ports(listening: int, names: list[str], log_file: Path) -> dict[str, int]:
    """The ports workerd chose; it tells them, a line each, when it listens."""
    ports: dict[str, int] = {}
    with os.fdopen(listening, encoding="utf-8") as told:
        while len(ports) < len(names):
            line = told.readline()
            assert line, f"workerd did not start: {log_file.read_text('utf-8')}"
            event = json.loads(line)
            if event.get("event") == "listen":
                ports[event["socket"]] = event["port"]
    return ports


def _lay_out(folder: Path, authority: trustme.CA, variants: Mapping[str, Mapping[str, str]], internet: int) -> None:
    """The configuration, the certificate and the Worker's modules, as workerd takes them."""
    own = authority.issue_cert("127.0.0.1")
    own.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in own.cert_chain_pems))
    modules = []
    for module in WORKER.joinpath("src").iterdir():
        (folder / module.name).write_bytes(module.read_bytes())
        modules.append(module.name)
    modules.sort(key=lambda name: name != Path(settings()["main"]).name)
    (folder / "cron.js").write_text(_CRON, "utf-8")
    (folder / "limiter.js").write_text(_LIMITER, "utf-8")
    shared = {"date": settings()["compatibility_date"], "modules": modules}
    workers = [_worker(name, given, **shared) for name, given in variants.items()]
    services = "".join(f'(name = "{name}", worker = .v{number}),' for number, name in enumerate(variants))
    sockets = "".join(
        f'(name = "{name}", address = "127.0.0.1:0", service = "{name}", https = (tlsOptions = (keypair = ('
        'privateKey = embed "key.pem", certificateChain = embed "cert.pem")))),'
        for name in variants
    )
    bound = "".join(f'(name = "{name}", service = "{name}"),' for name in variants)
    text = f"""
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [{services}
    (name = "cron", worker = .cron), (name = "limiter", worker = .limiter),
    (name = "internet", external = (address = "127.0.0.1:{internet}", http = (style = proxy)))],
  sockets = [{sockets} (name = "cron", address = "127.0.0.1:0", service = "cron", http = ())]
);
const cron :Workerd.Worker = (compatibilityDate = "{shared["date"]}",
  compatibilityFlags = ["service_binding_extra_handlers"],
  modules = [(name = "cron.js", esModule = embed "cron.js")], bindings = [{bound}]);
const limiter :Workerd.Worker = (compatibilityDate = "{shared["date"]}",
  modules = [(name = "limiter.js", esModule = embed "limiter.js")]);
""" + "".join(f"const v{number} :Workerd.Worker = {worker};\n" for number, worker in enumerate(workers))
    (folder / "config.capnp").write_text(text, "utf-8")


def _worker(name: str, given: Mapping[str, str], *, date: str, modules: list[str]) -> str:
    texts = [f"(name = {json.dumps(key)}, text = {json.dumps(value)})" for key, value in given.items()]
    if name == "limited":
        texts.append('(name = "RATE_LIMITER", service = "limiter")')
    own = ", ".join(f'(name = "{module}", esModule = embed "{module}")' for module in modules)
    head = f'compatibilityDate = "{date}", globalOutbound = "internet"'
    return f"({head}, modules = [{own}], bindings = [{', '.join(texts)}])"


@contextmanager
def _played() -> Iterator[tuple[Internet, int]]:
    """The internet as a proxy sees it: whole addresses on the request line."""
    internet = Internet()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = internet.answer(Asked(self.command, self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield internet, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_LONGEST)
