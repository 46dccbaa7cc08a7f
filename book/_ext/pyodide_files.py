"""Get what Python in the page is made of: Pyodide, and the packages of its release.

The core is fetched from npm at a pinned version. Its lock names the sha256 of every package of the
release, so that it does not matter where the packages come from: from Pyodide's own place, whose
address the core knows, or from a mirror (a folder, an address, or a wheel that holds them).
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from npm_package import fetch

VERSION = "0.27.7"
SHA512 = "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
# What a page can import; matplotlib, with all that it needs, is loaded when a cell imports it.
PACKAGES = ("numpy", "traitlets", "matplotlib")
PATIENCE = 30  # seconds without an answer, before another place counts as out of reach

Read = Callable[[str], bytes]


class MissingFileError(Exception):
    """A file could not be had; the message says which, from where, and why."""


def collect(cache: Path, mirror: str) -> tuple[Path, Path, dict[str, Any]]:
    """Return the folder of the core, the folder of the packages, and the lock of these packages.

    Parameters
    ----------
    cache
        Where the files stay; a second build makes no request.
    mirror
        A folder, the address of one, or a wheel as ``name==version``; empty for Pyodide's place.

    Raises
    ------
    MissingFileError
        Where a file cannot be had or is not the one that the lock names.
    """
    try:
        core = fetch("pyodide", VERSION, SHA512, cache / "npm")
    except RuntimeError as error:
        raise MissingFileError(str(error)) from error
    lock = json.loads((core / "pyodide-lock.json").read_text("utf-8"))
    packages = {name: lock["packages"][name] for name in needed(lock["packages"], PACKAGES)}
    folder = cache / f"pyodide-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {one["file_name"]: one["sha256"] for one in packages.values()}
    missing = [file for file in hashes if not (folder / file).exists()]
    if missing:
        place = mirror or own_place(core)
        read = reader(place, cache)
        for file in missing:
            store(folder / file, get(read, file, place), hashes[file])
    return core, folder, {**lock, "packages": packages}


def needed(packages: dict[str, Any], wanted: tuple[str, ...]) -> list[str]:
    """Return packages with all that they depend on, each once."""
    names = list(wanted)
    for name in names:
        names += [one for one in packages[name]["depends"] if one not in names]
    return names


def own_place(core: Path) -> str:
    """Return the address at which Pyodide publishes its packages, as its own script has it."""
    found = re.search(r"`(https://[^`]*)\$\{[^`]*`", (core / "pyodide.mjs").read_text("utf-8"))
    if found is None:
        raise MissingFileError(f"Pyodide {VERSION} does not say where its packages are")
    return f"{found[1]}{VERSION}/full"


def reader(place: str, cache: Path) -> Read:
    """Return a function that reads a file by its name from a folder, an address or a wheel."""
    if re.match(r"https?://", place):
        return lambda file: download(f"{place.rstrip('/')}/{file}")
    if "==" in place:
        members = dict(unpacked(place, cache))
        return lambda file: members[file]
    files = {path.name: path for path in Path(place).rglob("*") if path.is_file()}
    return lambda file: files[file].read_bytes()


def get(read: Read, file: str, place: str) -> bytes:
    """Return a file, or say why it cannot be had."""
    try:
        return read(file)
    except KeyError:
        raise MissingFileError(f"{file} is not in {place}") from None
    except OSError as error:
        raise MissingFileError(f"{file} could not be had from {place} ({error})") from error


def download(address: str) -> bytes:
    """Return what an address holds."""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310, http(s) alone
        return answer.read()


def unpacked(wheel: str, cache: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of the packages in a wheel that pip can fetch."""
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary", ":all:", "--dest", scratch, wheel]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise MissingFileError(f"pip could not fetch {wheel} ({done.stderr.strip()[-300:]})")
        [path] = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.endswith((".whl", ".zip")):
                    yield member.rpartition("/")[2], archive.read(member)


def store(path: Path, content: bytes, sha256: str) -> None:
    """Keep a file if it is the one that the lock names."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise MissingFileError(
            f"{path.name} is not the file that the lock of Pyodide {VERSION} names"
        )
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
