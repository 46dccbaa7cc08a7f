"""What shows the course in a browser: the browser itself, a server for the site, a JupyterLab.

Shared by the browser tests and the benchmarks.
"""

import functools
import http.server
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]

# The first is made for nothing but tests, and opens a page in half the time of the others.
BROWSERS = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
]

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str | None:
    """Return the path of an installed Chromium, or of a browser made of it."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Run a browser without a window."""
    # Chromium's sandbox refuses to run for root, the usual user of a container.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *(["--no-sandbox"] if root else [])]
        )
        yield browser
        browser.close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and give its address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class JupyterLab:
    """A running JupyterLab that knows nothing of the user's own settings."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token

    def open(self, page: Page, notebook: str) -> None:
        """Open a notebook, by its path in the served folder, and wait for its kernel."""
        page.goto(f"{self.address}lab/tree/{notebook}?token={self.token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.await_kernel(page)

    def await_kernel(self, page: Page) -> None:
        """Wait until the kernel has nothing to do."""
        page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel.status === 'idle'"
        )

    def run(self, page: Page, command: str, **arguments: str) -> None:
        """Run one of JupyterLab's commands, such as `notebook:run-all-cells`, to its end."""
        page.evaluate(
            "([command, args]) => jupyterapp.commands.execute(command, args).then(() => null)",
            [command, arguments],
        )

    def run_code(self, page: Page, code: str) -> None:
        """Write code into a new cell below the current one and run it."""
        self.run(page, "notebook:insert-cell-below")
        page.evaluate(
            "code => jupyterapp.shell.currentWidget.content.activeCell"
            ".model.sharedModel.setSource(code)",
            code,
        )
        self.run(page, "notebook:run-cell")


@contextmanager
def jupyterlab(folder: Path, course: Path | None = None) -> Iterator[JupyterLab]:
    """Run JupyterLab on `folder/notebooks`, with its settings and its scratch files in `folder`.

    Where a copy of the course is given, that is what `make lab` serves in it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = [
        *("--no-browser", "--allow-root"),
        "--expose-app-in-browser",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
        f"--LabApp.user_settings_dir={folder / 'settings'}",
    ]
    if course:
        command = ["make", "lab", f"VENV={sys.prefix}", f"LESSON={shlex.join([LESSON, *options])}"]
    else:
        (folder / "notebooks").mkdir(exist_ok=True)
        root = f"--ServerApp.root_dir={folder / 'notebooks'}"
        command = [sys.executable, "-m", "jupyterlab", root, *options]
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), "utf-8")
    private = {name: str(folder / name.lower()) for name in PRIVATE_FOLDERS}
    environment = {**os.environ, **private, "PYTHONPATH": str(ROOT)}
    with (folder / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=course, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(f"{address}api/status?token={token}", server, folder / "jupyterlab.log")
            yield JupyterLab(address, token)
        finally:
            stop(server)


# The lesson that a reader opens first.
LESSON = "notebooks/1_cost_functions/03_the_descent_loop.ipynb"
PRIVATE_FOLDERS = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310, our own server
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, and its kernels with it; by force if asking does not help."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(server.pid, signal.SIGKILL)
        server.kill()
        server.wait()
