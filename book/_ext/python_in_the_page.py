"""Sphinx extension: the cells of a page can be changed and run, in the page itself.

Puts into the site what a browser needs to run Python, and into each page that was a notebook what
opens it. The scripts and the Python side are in `book/python`. Until somebody comes to a cell that
is there to be written in, or wants to run one, a page loads one small script and a style.

Two variables of the environment steer it. PYTHON says what happens where files are missing: the
site is built without, and one sentence says so; with `PYTHON=required` that is an error; with
`PYTHON=no` the site is built without in any case. PYODIDE_MIRROR names another place for Pyodide's
packages (see `pyodide_files.py`).
"""

from __future__ import annotations

import gzip
import hashlib
import html
import io
import json
import os
import posixpath
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from flit_core.wheel import make_wheel_in
from pyodide_files import VERSION, MissingFileError, collect
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

NOTEBOOKS = "notebooks/"
EXERCISES = "notebooks/exercises/"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
# What the first cell needs; other packages come when a cell needs them.
FIRST = ("numpy",)
WORDS = {
    "lesson": "Change the code and see what happens. Python comes from this site, once: {size} MB.",
    "exercises": "Write into the cells below and run them. Python comes from this site, once: "
    "{size} MB.",
}
OPENER = """<div class="py-open" data-page="{page}" data-cells="{cells}" data-kind="{kind}">
<button type="button">Run this page</button> <span>{words}</span>
</div>
"""

Json = dict[str, Any]


@dataclass
class Files:
    """What the site has for Python."""

    contents: dict[str, bytes]  # by their paths in `_static/python`
    modules: str  # the folder of the scripts
    size: int  # bytes that come before the first cell runs, where the host packs them


def prepare(app: Sphinx, config: Config) -> None:
    """Get the files, or say in one sentence what is missing."""
    wish = os.environ.get("PYTHON")
    app.python_files = None
    if wish == "no":
        return
    cache = Path(app.confdir) / ".cache"
    cache.mkdir(exist_ok=True)
    try:
        found = collect(cache, os.environ.get("PYODIDE_MIRROR", ""))
    except MissingFileError as error:
        sentence = (
            f"{error}; to have Python in the pages, let the build reach that place, or set "
            "PYODIDE_MIRROR to a folder, an address or a wheel (NAME==VERSION) with the packages "
            f"of Pyodide {VERSION}."
        )
        if wish == "required":
            raise ExtensionError(sentence) from error
        # Sphinx shows nothing but warnings when it is quiet, and each warning is an error.
        sys.stderr.write(f"The site is built without Python in its pages: {sentence}\n")
        return
    app.python_files = files(Path(app.confdir), *found)
    config.python_modules = app.python_files.modules
    config.python_in_pages = True


def files(root: Path, core: Path, packages: Path, lock: Json) -> Files:
    """Return what the site has for Python; the name of each folder changes with its content."""
    pyodide = {name: (core / name).read_bytes() for name in CORE}
    for name, package in lock["packages"].items():
        content = (packages / package["file_name"]).read_bytes()
        if name in FIRST:
            content = packed(content)
            package["sha256"] = hashlib.sha256(content).hexdigest()
        pyodide[package["file_name"]] = content
    pyodide["python_stdlib.zip"] = packed(pyodide["python_stdlib.zip"])
    pyodide["pyodide-lock.json"] = json.dumps(lock).encode()
    name, course = wheel(root)
    archives = ["python_stdlib.zip", *(lock["packages"][one]["file_name"] for one in FIRST)]
    size = len(course) + sum(len(pyodide[one]) for one in archives)
    # A browser compiles this while it arrives, and keeps it compiled: it stays as it is.
    size += (wasm := len(gzip.compress(pyodide["pyodide.asm.wasm"])))
    home = f"pyodide-{VERSION}-{digest(pyodide)}"
    ours = [path for kind in ("js", "css", "py") for path in root.glob(f"book/python/*.{kind}")]
    modules = {path.name: path.read_bytes() for path in ours}
    table = {
        "pyodide": home,
        "wheel": name,
        "packed": [*archives, name],
        "size": size,
        "wasm": wasm,
    }
    table["plainWasm"] = len(pyodide["pyodide.asm.wasm"])
    modules["files.json"] = json.dumps(table).encode()
    folder = digest(modules)
    contents = {f"{home}/{one}": content for one, content in pyodide.items()}
    contents |= {f"{folder}/{one}": content for one, content in modules.items()}
    script = len(gzip.compress(pyodide["pyodide.asm.js"]))
    return Files({**contents, name: course}, folder, size + script)


def packed(archive: bytes) -> bytes:
    """Return a zip that is packed as a whole, which is smaller than member by member."""
    return gzip.compress(unpacked(archive), mtime=0)


def unpacked(archive: bytes) -> bytes:
    """Return a zip whose members are not compressed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(result, "w") as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, member.date_time), old.read(member))
    return result.getvalue()


def wheel(root: Path) -> tuple[str, bytes]:
    """Return the course as a packed wheel, and its name, which changes with its content."""
    with tempfile.TemporaryDirectory() as scratch:
        made = make_wheel_in(root / "pyproject.toml", Path(scratch))
        content = packed(made.file.read_bytes())
    name, version, *tags = made.file.name.split("-")
    return "-".join([name, version, f"0{digest({name: content})}", *tags]), content


def digest(contents: dict[str, bytes]) -> str:
    """Return a short name for some files."""
    sha256 = hashlib.sha256()
    for name, content in sorted(contents.items()):
        sha256.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return sha256.hexdigest()[:12]


def write(app: Sphinx) -> None:
    """Put the files into the site, and take away those of an earlier build."""
    if app.builder.format != "html":
        return
    home = Path(app.outdir) / "_static" / "python"
    contents = app.python_files.contents if app.python_files else {}
    for path in home.rglob("*"):
        name = path.relative_to(home).as_posix()
        if path.is_file() and name not in contents and not (contents and name.startswith("cells/")):
            path.unlink()
    for folder in sorted(home.rglob("*/"), reverse=True):  # the innermost first
        if not any(folder.iterdir()):
            folder.rmdir()
    for name, content in contents.items():
        path = home / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def remember_cells(app: Sphinx, docname: str, content: list[str]) -> None:
    """Note the names of a notebook's cells, which MyST-NB does not write into the page."""
    if docname.startswith(NOTEBOOKS):
        ids = [cell["id"] for cell in json.loads(content[0])["cells"]]
        app.env.metadata[docname]["cells"] = ids


def complete(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Name the cells of a page, and set what opens it before the first one."""
    ids = app.env.metadata[docname].get("cells")
    if not (ids and app.config.python_in_pages and app.builder.format == "html"):
        return
    cells = [
        one for one in doctree.findall(nodes.container) if one.get("nb_element") == "cell_code"
    ]
    for cell in cells:
        cell["ids"].append(f"cell-{ids[cell['cell_index']]}")
    kind = "exercises" if docname.startswith(EXERCISES) else "lesson"
    opener = OPENER.format(
        cells=html.escape(relative(docname, f"_static/{cells_file(docname)}")),
        page=html.escape(docname),
        kind=kind,
        words=WORDS[kind].format(size=round(app.python_files.size / 1e6)),
    )
    first = cells[0]
    first.parent.insert(first.parent.index(first), nodes.raw("", opener, format="html"))


def add_scripts(app: Sphinx, page: str, template: str, context: Json, doctree: Any) -> None:
    """Let the page of a notebook load the script that opens it, and write the notebook's cells."""
    if not (app.config.python_in_pages and page.startswith(NOTEBOOKS) and doctree):
        return
    app.add_js_file(f"python/{app.config.python_modules}/open.js", defer="defer")
    app.add_css_file(f"python/{app.config.python_modules}/python.css")
    notebook = json.loads(Path(app.env.doc2path(page)).read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    path = Path(app.outdir) / "_static" / cells_file(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")


def cells_file(docname: str) -> str:
    """Return where in the static files the notebook of a page is, without its outputs."""
    return f"python/cells/{docname.removeprefix(NOTEBOOKS)}.json"


def relative(docname: str, file: str) -> str:
    """Return the address of a file, seen from a page."""
    return posixpath.relpath(file, posixpath.dirname(docname))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("python_modules", "", "html")
    app.connect("config-inited", prepare)
    app.add_config_value("python_in_pages", False, "env")
    app.connect("builder-inited", write)
    # After exercise_pages has added what only a page has.
    app.connect("source-read", remember_cells, priority=900)
    app.connect("doctree-resolved", complete)
    app.connect("html-page-context", add_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
