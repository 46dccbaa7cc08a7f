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

# Those beside code, and blank lines.
ASIDES = re.compile(
    r"/\*\* @type [^*\n]*\*/ ?|[ \t]+// [^\n\"'`]*$|^[ \t]*\n|(?<=,)\n[ \t]*(?=\S)", re.MULTILINE
)
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
# A text in backticks that goes on in the next line, where white space is part of it.
LONG_TEXT = re.compile(r"^(?:[^`\n]*`[^`\n]*`)*[^`\n]*`[^`\n]*$", re.MULTILINE)

BROWSER = Path(__file__).parent / "browser"


def joined(panels: Iterable[Path]) -> str:
    """Return the player's modules and those of the panels as the text of one ES module.

    Raises
    ------
    ValueError
        If two panels have one name, a file is missing, or a line is not understood.
    """
    found = _Modules()
    rooms = list(panels)
    for file in rooms:
        found.require(file, ["panel"], ())
    found.require(BROWSER / "figure.js", ["player"], ())
    entries = ", ".join(f"{file.stem}: $panels_{file.stem}.panel" for file in rooms)
    whole = "".join(found.texts.values())
    return f"{whole}export default $browser_figure.player({{ {entries} }});\n"


def style_sheet(file: Path) -> str:
    """Return a style sheet without its comments and indentation, as a page gets it."""
    text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?<=[:,;{}])\s+|\s+(?=\{)|;\s*(?=\})|^\s+|\s+$", "", text)


class _Modules:
    """Modules that were found, by the names that stand for them, each after those it imports."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.texts: dict[str, str] = {}
        self.exports: dict[str, list[str]] = {}

    def require(self, file: Path, wanted: Iterable[str], waiting: tuple[Path, ...]) -> str:
        """Add a module that exports these names; return the name that stands for it."""
        name = f"${'browser' if file.parent == BROWSER else 'panels'}_{file.stem}"
        if file in waiting:
            circle = " → ".join(path.name for path in (*waiting[waiting.index(file) :], file))
            raise ValueError(f"Modules import each other in a circle: {circle}; cut it somewhere.")
        if self.files.setdefault(name, file) != file:
            raise ValueError(
                f"Two panels are called {file.stem!r}: {self.files[name]} and {file}; rename one."
            )
        if name not in self.texts:
            self._add(name, file, waiting)
        for missing in set(wanted) - set(self.exports[name]):
            raise ValueError(
                f"{file} exports no {missing!r}; it exports {', '.join(self.exports[name])}."
            )
        return name

    def _add(self, name: str, file: Path, waiting: tuple[Path, ...]) -> None:
        if not file.is_file():
            asking = f", which {waiting[-1]} imports" if waiting else ""
            raise ValueError(
                f"There is no module {file}{asking}; write it beside the panel's class."
            )
        text = file.read_text(encoding="utf-8")
        imports = ""
        for names, path in IMPORT.findall(text):
            asked = [one.split(" as ") for one in names.strip(" ,").split(",")]
            wanted = [one[0].strip() for one in asked]
            source = self.require(_found(file, path), wanted, (*waiting, file))
            imports += f"const {{{names.replace(' as ', ': ')}}} = {source};\n"
        body = COMMENTS.sub("", IMPORT.sub("", text))
        self.exports[name] = EXPORT.findall(body)
        body = ASIDES.sub("", EXPORT.sub("", body)).strip("\n")
        if not LONG_TEXT.search(body):
            body = INDENTATION.sub("", body)
        if line := OTHER.search(body):
            raise ValueError(
                f"{file} has a line that is not understood: {line[0]!r}; write `import {{ a }} from"
                ' "./file.js";` on one line, and `export` before a function or a const.'
            )
        gives = ", ".join(self.exports[name])
        self.texts[name] = (
            f"const {name} = (() => {{\n{imports}{body}\nreturn {{ {gives} }};\n}})();\n"
        )


def _found(file: Path, path: str) -> Path:
    """Return the file that an import means: beside the module, or else one of the player's own."""
    beside = (file.parent / path).resolve()
    own = BROWSER / Path(path).name
    return own if not beside.is_file() and own.is_file() else beside
