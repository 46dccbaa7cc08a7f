"""Joins ES modules into one text, as anywidget takes it, without a bundler.

Each module keeps its own scope: it becomes a function that returns what it exports. So modules may
use the same names for different things, and can be read, checked and tested as the files they are.
Understood are `import { a, b } from "./file.js";` and `export` before a declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Comments that fill whole lines: the reader of a page has no use for them.
COMMENTS = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL
)

BROWSER = Path(__file__).parent / "browser"


def joined(panels: Iterable[Path]) -> str:
    """Return the player's modules and those of the panels as the text of one ES module.

    Raises
    ------
    ValueError
        If two panels have one name, a file is missing, or a line is not understood.
    """
    files: dict[str, Path] = {}
    texts: dict[str, str] = {}
    rooms = list(panels)
    for file in rooms:
        _add(file, files, texts, ())
    _add(BROWSER / "figure.js", files, texts, ())
    entries = ", ".join(f"{file.stem}: $panels_{file.stem}.panel" for file in rooms)
    return "".join(texts.values()) + f"export default $browser_figure.player({{ {entries} }});\n"


def _add(
    file: Path, files: dict[str, Path], texts: dict[str, str], waiting: tuple[Path, ...]
) -> str:
    """Add a module after those that it imports; return the name that stands for it."""
    name = f"${'browser' if file.parent == BROWSER else 'panels'}_{file.stem}"
    if file in waiting:
        circle = " → ".join(path.name for path in (*waiting[waiting.index(file) :], file))
        raise ValueError(f"Modules import each other in a circle: {circle}; cut it at one place.")
    if files.setdefault(name, file) != file:
        raise ValueError(
            f"Two panels are called {file.stem!r}: {files[name]} and {file}; rename one of them."
        )
    if name in texts:
        return name
    if not file.is_file():
        asking = f", which {waiting[-1]} imports" if waiting else ""
        raise ValueError(f"There is no module {file}{asking}; write it beside the panel's class.")
    text = file.read_text(encoding="utf-8")
    imports = "".join(
        f"const {{{names.replace(' as ', ': ')}}} = "
        f"{_add(_found(file, path), files, texts, (*waiting, file))};\n"
        for names, path in IMPORT.findall(text)
    )
    body = COMMENTS.sub("", IMPORT.sub("", text))
    exported = EXPORT.findall(body)
    body = EXPORT.sub("", body).strip("\n")
    if line := OTHER.search(body):
        raise ValueError(
            f'{file} has a line that is not understood: {line[0]!r}; write `import {{ a }} from "./'
            'file.js";` on one line, and `export` before a function or a const.'
        )
    gives = ", ".join(exported)
    texts[name] = f"const {name} = (() => {{\n{imports}{body}\nreturn {{ {gives} }};\n}})();\n"
    return name


def _found(file: Path, path: str) -> Path:
    """Return the file that an import means: beside the module, or else one of the player's own."""
    beside = (file.parent / path).resolve()
    own = BROWSER / Path(path).name
    return own if not beside.is_file() and own.is_file() else beside
