"""Firefox without a window, spoken to in its own protocol, which needs no other program.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ["firefox", "firefox-esr"]


def firefox_path() -> str | None:
    """Return the path of an installed Firefox."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """One window of a running Firefox."""

    def __init__(self, connection: socket.socket, stream: BinaryIO) -> None:
        self.connection = connection
        self.stream = stream
        self.count = 0
        self.receive()  # it says who it is
        self.ask("WebDriver:NewSession", capabilities={})
        self.ask("WebDriver:SetTimeouts", script=120_000)

    def receive(self) -> Any:
        """Return one message; its length stands before it."""
        length = b""
        while (one := self.stream.read(1)) != b":":
            length += one
        return json.loads(self.stream.read(int(length)))

    def ask(self, command: str, **arguments: Any) -> Any:
        """Send a command and return the answer."""
        self.count += 1
        message = json.dumps([0, self.count, command, arguments]).encode()
        self.connection.sendall(f"{len(message)}:".encode() + message)
        _, _, error, result = self.receive()
        assert not error, error
        return result

    def open(self, address: str) -> None:
        """Open a page."""
        self.ask("WebDriver:Navigate", url=address)

    def evaluate(self, script: str) -> Any:
        """Return what the body of an asynchronous function returns on the page."""
        run = f"(async () => {{ {script} }})()"
        body = f"const done = arguments[0]; {run}.then(done, (error) => done(String(error)));"
        return self.ask("WebDriver:ExecuteAsyncScript", script=body, args=[])["value"]

    def press(self, key: str) -> None:
        """Press a key, by its name in WebDriver, where the focus is."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keyboard", "actions": strokes}
        self.ask("WebDriver:PerformActions", actions=[keys])

    def complaints(self) -> list[str]:
        """Return the errors in the console since somebody last looked."""
        self.ask("Marionette:SetContext", value="chrome")
        found = self.ask("WebDriver:ExecuteScript", script=COMPLAINTS, args=[])["value"]
        self.ask("Marionette:SetContext", value="content")
        return list(found)


# What scripts of pages threw. A formula of which a part has not arrived yet is called invalid, too;
# tests/test_book.py sees whether formulas are whole.
COMPLAINTS = """
  const thrown = Services.console.getMessageArray()
    .filter((one) => one instanceof Ci.nsIScriptError)
    .filter(({ flags }) => !(flags & Ci.nsIScriptError.warningFlag))
    .filter(({ sourceName }) => /^(http|file|blob)/.test(sourceName))
    .filter(({ errorMessage }) => !errorMessage.startsWith("Invalid markup: Incorrect number of"))
    .map(({ sourceName, errorMessage }) => `${sourceName}: ${errorMessage}`);
  Services.console.reset();
  return thrown;
"""


@contextmanager
def firefox(path: str, folder: Path) -> Iterator[Firefox]:
    """Run a Firefox whose profile is a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Names of other hosts are not looked up.
    settings = {"marionette.port": port, "network.dns.localDomains": "", "network.proxy.type": 0}
    lines = [
        f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in settings.items()
    ]
    (folder / "user.js").write_text("\n".join(lines), "utf-8")
    command = [path, "--headless", "--no-remote", "--marionette", "--profile", str(folder)]
    # Without it nobody may read the console.
    command.append("--remote-allow-system-access")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}
        )
        try:
            with connect(port, process) as connection, connection.makefile("rb") as stream:
                yield Firefox(connection, stream)
        finally:
            process.terminate()
            process.wait()


def connect(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    """Return a connection to Firefox, once it listens."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=180)
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("Firefox did not start.")
