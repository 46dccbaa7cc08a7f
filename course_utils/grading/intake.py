"""Read what students handed in: folders, and the zips that Moodle and Canvas hand out.

Only texts are taken from notebooks, by a JSON parser with limits. Nothing is extracted to disk,
and nothing of a submission is compiled or executed here. What cannot be read becomes a `Submission`
with a `problem`, which tells the instructor what is wrong, and `advice`, which tells the student
how to mend it. Uses the standard library alone.
"""

import contextlib
import hashlib
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from course_utils.exercises.errors import CourseError

__all__ = ["Cell", "IntakeError", "Known", "Submission", "Submissions", "known_exercises"]

Json = dict[str, Any]

MEGABYTE = 2**20
MAX_FILE = 32 * MEGABYTE  # of one notebook
MAX_CODE = 1 * MEGABYTE  # of the code in one notebook
MAX_PROSE = 20_000  # characters of a cell that is not code; pasted pictures are cut off
MAX_CELLS = 5_000
MAX_VALUES = 2_000_000  # values in one JSON text: each costs memory, however short it is
MAX_MEMBERS = 200_000  # of one zip
MAX_RATIO = 200  # how far one member of a zip may be compressed, if it is large
MAX_DEPTH = 12  # of folders
MAX_NOTEBOOKS = 50  # of one student, the newest
MAX_NAME = 120  # characters of a student's name

NOTEBOOK = re.compile(r"\.ipynb(\s?\(\d+\))?(\.txt|\.json)?(\s?\(\d+\))?$", re.IGNORECASE)
ARCHIVE = re.compile(r"\.(zip|rar|7z|tar|gz|tgz|bz2|xz)$", re.IGNORECASE)
CLUTTER = re.compile(r"^(\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*-checkpoint\.ipynb)$")
COPY = re.compile(r"(?:\s?\((\d+)\)|-Copy(\d*))$", re.IGNORECASE)
RESUBMITTED = re.compile(r"-(\d{1,3})$")  # as Canvas names a second file of the same name
DRIVE = re.compile(r"^[A-Za-z]:")
# Characters that steer a terminal or turn the direction of writing have no place in a name.
STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

# "Jane Doe_123456_assignsubmission_file_", a folder or the beginning of a file's name
MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(_(?P<file>.*))?$"
)
# "doejane_12345_678901_x.ipynb", "doejane_LATE_12345_678901_x.ipynb", "anon_Ab3dE_678901_x.ipynb"
CANVAS = re.compile(
    r"^(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_(?P<serial>\d{3,})_(?P<file>.+)$"
)
CANVAS_TEXT = re.compile(r"^(?P<name>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<file>(text|link)\.html)$")


class IntakeError(CourseError):
    """The submissions as a whole cannot be read; the message tells the instructor why."""


class UnreadableError(Exception):
    """One file cannot be read: what is wrong, for the instructor, and what the student can do."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


HAND_IN_AGAIN = "Save the notebook, check that it opens again in Jupyter or Colab, and hand it in."
AS_NOTEBOOK = (
    "Hand in the notebook itself, a file whose name ends in .ipynb: in Jupyter use File > Download,"
    " in Colab File > Download > Download .ipynb."
)
SMALLER = "Clear the outputs (in Jupyter: Edit > Clear Outputs of All Cells), save, and hand it in."


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook; `id` and `grade_id` are empty where the notebook names none."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    id: str
    grade_id: str


@dataclass(frozen=True)
class Submission:
    """What one student handed in to one exercise.

    Parameters
    ----------
    student
        The name, as far as the file's name tells it.
    identifier
        The number that Moodle or Canvas gives the student; empty where there is none.
    path
        Where the file was, inside the submissions.
    digest
        SHA-256 of the file.
    exercise
        The exercise's short name, None where it could not be told.
    cells
        The notebook's cells.
    notes
        What happened on the way that somebody may want to know.
    problem, advice
        Why it cannot be graded, for the instructor, and how to mend it, for the student.
    """

    student: str
    identifier: str
    path: str
    digest: str
    exercise: str | None
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    problem: str | None = None
    advice: str | None = None


@dataclass(frozen=True)
class Known:
    """What has to be known of an exercise to sort submissions and to sum up marks."""

    slug: str
    path: str
    title: str
    points: Mapping[str, float]  # of each question, in the order of the notebook
    digest: str


def known_exercises(sources: str | os.PathLike[str]) -> dict[str, Known]:
    """Return the exercises whose source notebooks lie in a folder, by their short names.

    Raises
    ------
    IntakeError
        Where the folder holds no exercise.
    """
    known = {}
    for path in sorted(Path(sources).glob("*.ipynb")):
        data = path.read_bytes()
        script = path.with_suffix(".py")
        digest = hashlib.sha256(data + (script.read_bytes() if script.exists() else b""))
        try:
            title, points = questions_of(json.loads(data))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntakeError(f"{path} is no source of an exercise: {error!r}.") from error
        if points:
            known[path.stem] = Known(
                path.stem, str(path), title or path.stem, points, digest.hexdigest()
            )
    if not known:
        raise IntakeError(
            f"There is no exercise in {os.fspath(sources)}: name the folder with the source"
            " notebooks of the exercises, for instance --sources notebooks/exercises/sources."
        )
    return known


def questions_of(source: Json) -> tuple[str, dict[str, float]]:
    """Return the title of a source notebook and the points of its questions."""
    title, points = "", {}
    for cell in source["cells"]:
        heading = re.search(r"^#\s+(.+)$", text_of(cell["source"]), re.MULTILINE)
        if heading and not title:
            title = re.sub(r"^Exercises?:\s*", "", heading[1].strip())
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade"):
            points[mark["grade_id"].removeprefix("check-")] = float(mark["points"])
    return title[:1].upper() + title[1:], points


# Files, wherever they lie


@dataclass(frozen=True)
class File:
    """A file among the submissions; `read` returns its bytes or raises UnreadableError."""

    path: str
    modified: float
    read: Callable[[], bytes]

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts


def too_large(size: int) -> UnreadableError:
    limit = MAX_FILE // MEGABYTE
    return UnreadableError(
        f"The file has {size / MEGABYTE:.0f} MB; more than {limit} MB are not read.",
        f"The notebook is larger than {limit} MB, most likely because of its outputs. {SMALLER}",
    )


def refused(problem: str, advice: str = AS_NOTEBOOK) -> Callable[[], bytes]:
    """Return a way to read a file that refuses to."""

    def read() -> bytes:
        raise UnreadableError(problem, advice)

    return read


def files_of_folder(root: Path) -> Iterator[File]:
    """Yield the files in a folder, in the order of their names; links stay in their folder."""
    folders = [(root, 0)]
    while folders:
        folder, depth = folders.pop()
        below = []
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = Path(entry.path)
            if CLUTTER.match(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    below.append((path, depth + 1))
                continue
            name = path.relative_to(root).as_posix()
            if entry.is_symlink() and (folder == root or not linked_inside(path, folder)):
                yield File(name, 0.0, refused("It is a link to a file elsewhere."))
            elif entry.is_file():
                yield File(name, entry.stat().st_mtime, partial(read_file, path))
        folders += reversed(below)


def linked_inside(path: Path, root: Path) -> bool:
    """Whether a link leads to a file inside a folder."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def read_file(path: Path) -> bytes:
    """Return what is in a regular file, up to the limit."""
    try:
        # A pipe that took the file's place meanwhile would otherwise be waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 (a descriptor, not a path)
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("It is no regular file.", AS_NOTEBOOK)
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        problem = f"The file cannot be opened ({error.strerror or 'the system refused'})."
        raise UnreadableError(problem, HAND_IN_AGAIN) from error
    if len(data) > MAX_FILE:
        raise too_large(status.st_size)
    return data


def files_of_zip(archive: zipfile.ZipFile, size: int) -> Iterator[File]:
    """Yield the files in a zip. They are read one by one when asked for, never extracted."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise IntakeError(f"The zip holds more than {MAX_MEMBERS} files; grade it in parts.")
    if sum(member.compress_size for member in members) > size:
        raise IntakeError(
            "The zip says of its files that they take more space than the zip has, as zip bombs do:"
            " download it again from the course's site."
        )
    for member in members:
        name = member_name(member)
        parts = PurePosixPath(name).parts
        if any(CLUTTER.match(part) for part in parts if part != ".."):
            continue
        read = refused_member(name, member) or partial(read_member, archive, member)
        safe = [DRIVE.sub("", part) for part in parts if part not in {"..", "/", "//"}]
        modified = float("".join(f"{number:02}" for number in member.date_time))
        yield File("/".join(part for part in safe if part) or "file", modified, read)


def member_name(member: zipfile.ZipInfo) -> str:
    """Return the name of a member, with slashes, in UTF-8 where it is that."""
    name = member.orig_filename.split("\0")[0]
    if not member.flag_bits & 0x800:  # said to be in the code page of the first PCs
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")[:1000]


def refused_member(name: str, member: zipfile.ZipInfo) -> Callable[[], bytes] | None:
    """Return a refusal to read a member of a zip, None where it can be read."""
    outside = ".." in PurePosixPath(name).parts or name.startswith("/") or DRIVE.match(name)
    share = member.file_size // max(member.compress_size, 1)
    problem, advice = "", AS_NOTEBOOK
    if outside:
        problem = "Its name in the zip has a path that leads out of the zip."
    elif stat.S_ISLNK(member.external_attr >> 16):
        problem = "It is a link, not a file."
    elif member.flag_bits & 0x1:
        problem, advice = "It is encrypted.", f"The file asks for a password. {AS_NOTEBOOK}"
    elif member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        problem = "It is compressed in a way that neither Moodle nor Canvas uses."
    elif member.file_size > MAX_FILE:
        error = too_large(member.file_size)
        problem, advice = error.problem, error.advice
    elif member.file_size > MEGABYTE and share > MAX_RATIO:
        problem, advice = f"It was compressed to 1/{share} of its size, as zip bombs are.", SMALLER
    return refused(problem, advice) if problem else None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what is in a member of a zip, up to the limit whatever its header says."""
    try:
        with archive.open(member) as file:
            data = file.read(MAX_FILE + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        problem = "The file is damaged inside the zip."
        raise UnreadableError(problem, HAND_IN_AGAIN) from error
    if len(data) > MAX_FILE:
        raise too_large(len(data))
    return data


# Who handed in what


@dataclass(frozen=True)
class Origin:
    """What the path of a file tells: whose it is, and which of several attempts."""

    student: str
    identifier: str
    name: str  # of the file as the student named it
    attempt: int = 0  # larger is newer, among files of the same base
    late: bool = False
    typed: bool = False  # a text typed into the site, no file

    @property
    def base(self) -> str:
        """The file's name without the number of the attempt and without its ending."""
        return RESUBMITTED.sub("", COPY.sub("", NOTEBOOK.sub("", self.name))).casefold()


def origin_of(parts: Sequence[str], slugs: Iterable[str]) -> Origin:
    """Return whose file this is, by the layouts of Moodle, Canvas, nbgrader and plain folders.

    Examples
    --------
    >>> origin_of(["Jane Doe_123456_assignsubmission_file_", "adam.ipynb"], [])
    Origin(student='Jane Doe', identifier='123456', name='adam.ipynb', attempt=0, late=False, typed=False)
    >>> origin_of(["doejane_LATE_12_678901_adam-1.ipynb"], [])
    Origin(student='doejane', identifier='12', name='adam-1.ipynb', attempt=678901, late=True, typed=False)
    >>> origin_of(["jane-doe", "13_adam", "adam (2).ipynb"], [])
    Origin(student='jane-doe', identifier='', name='adam (2).ipynb', attempt=2, late=False, typed=False)
    """  # noqa: E501 (shows what it returns)
    name, first = parts[-1], parts[0]
    # Only the outermost name is the platform's; the student named what is below it.
    if found := MOODLE.match(first):
        student, identifier = found["name"], found["id"]
        if student.casefold() in {"participant", "teilnehmer/in", "participante"}:
            student = f"{student} {identifier}"  # marked without names
        name = (found["file"] or name) if first == name else name
        typed = found["kind"] != "file"
        return Origin(student, identifier, name, attempt_of(name), typed=typed)
    if found := CANVAS.match(first) if first == name else None:
        identifier = found["id"].removeprefix("anon_")
        student = found["name"] or f"anonymous {identifier}"
        serial = int(found["serial"][:18])
        return Origin(student, identifier, found["file"], serial, late=bool(found["late"]))
    if found := CANVAS_TEXT.match(first) if first == name else None:
        return Origin(
            found["name"], found["id"], found["file"], late=bool(found["late"]), typed=True
        )
    if len(parts) > 1:
        return Origin(parts[0], "", name, attempt_of(name))
    stem = NOTEBOOK.sub("", name) if NOTEBOOK.search(name) else PurePosixPath(name).stem
    bare = without_slug(COPY.sub("", stem), slugs)
    # Files that all bear the exercise's name are of several students: no one's is an attempt.
    return Origin(bare or stem, "", name, attempt_of(name) if bare else 0)


def attempt_of(name: str) -> int:
    """Return the number that a browser or Jupyter gave a file of a name that existed."""
    if found := COPY.search(NOTEBOOK.sub("", name)):
        return int((found[1] or found[2] or "1")[:9])
    found = re.search(r"\((\d+)\)", name)  # "x.ipynb (1).txt"
    return int(found[1][:9]) if found else 0


def without_slug(stem: str, slugs: Iterable[str]) -> str:
    """Return a file's name without the exercise's name in it: what is left names the student."""
    for slug in sorted(slugs, key=len, reverse=True):
        words = r"[^A-Za-z0-9]+".join(map(re.escape, slug.split("_")))
        if found := re.search(rf"(?<![A-Za-z0-9]){words}(?![A-Za-z0-9])", stem, re.IGNORECASE):
            stem = f"{stem[: found.start()]} {stem[found.end() :]}"
            break
    return stem.strip(" _-.+")


def presentable(text: str, limit: int = MAX_NAME) -> str:
    """Return a name or path that may be shown and stored: no control characters, not too long."""
    text = STEERING.sub("", storable(text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def storable(text: str) -> str:
    """Return a text that UTF-8 can hold: halves of surrogate pairs become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


# Notebooks


def text_of(value: Any) -> str:
    """Return a text that a notebook holds whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def parsed(data: bytes) -> tuple[Json, list[str]]:
    """Return the JSON of a notebook, and notes on what had to be overlooked."""
    notes: list[str] = []
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("The file is empty.", f"The file is empty. {HAND_IN_AGAIN}")
    recognise_other(data)
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        notes.append("Some characters of the file are not UTF-8 and were replaced.")
    quotes = text.count('"') - text.count('\\"')
    if text.count("{") + text.count("[") + quotes // 2 > MAX_VALUES:
        problem = f"The file holds more than {MAX_VALUES:,} values, too many for a notebook."
        raise UnreadableError(problem, SMALLER)
    try:
        notebook = json.loads(
            text, strict=False, parse_int=small, parse_float=small, parse_constant=small
        )
    except RecursionError as error:
        problem = "The file nests brackets too deeply for a notebook."
        raise UnreadableError(problem, HAND_IN_AGAIN) from error
    except ValueError as error:
        raise broken(text, error) from error
    if not isinstance(notebook, dict):
        problem = "The file holds JSON, but no notebook."
        raise UnreadableError(problem, AS_NOTEBOOK)
    return notebook, notes


def small(text: str) -> int:
    """Return a number of a notebook; only its version matters, and no digits without end."""
    return int(text) if len(text) < 4 and text.isdigit() else 0


def recognise_other(data: bytes) -> None:
    """Raise UnreadableError for files that are something else under a notebook's name."""
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kinds = {
        b"pk\x03\x04": "a zip",
        b"%pdf": "a PDF",
        b"<!doctype": "a web page",
        b"<html": "a web page",
        b"\x89png": "a picture",
        b"version https://git-lfs": "a pointer of Git LFS, not the file",
    }
    for sign, kind in kinds.items():
        if start.startswith(sign):
            raise UnreadableError(f"The file is {kind} under a notebook's name.", AS_NOTEBOOK)
    if start[:1] not in {b"{", b"[", b"\xff", b"\xfe"} and b"\0" not in start:
        raise UnreadableError("The file is no notebook: it does not hold JSON.", AS_NOTEBOOK)


def broken(text: str, error: ValueError) -> UnreadableError:
    """Return what to say of a text that is almost JSON."""
    if re.search(r"^(<{7} |>{7} |={7}$)", text, re.MULTILINE):
        return UnreadableError(
            "The file holds the marks of a merge by Git that was not finished.",
            "Resolve the conflict that Git marked with <<<<<<< and >>>>>>>, then hand it in.",
        )
    position = getattr(error, "pos", 0)
    unfinished = position >= len(text.rstrip("\0 \t\r\n")) or "Unterminated" in str(error)
    if unfinished:
        return UnreadableError(
            f"The file breaks off after {len(text):,} characters: it was not written to its end.",
            f"The file breaks off in the middle, as after an upload that was cut. {HAND_IN_AGAIN}",
        )
    line = text.count("\n", 0, position) + 1
    return UnreadableError(
        f"The file is not valid JSON from line {line} on.",
        f"The file is damaged at line {line}: it was most likely edited as a text. {HAND_IN_AGAIN}",
    )


def cells_of(notebook: Json) -> tuple[tuple[Cell, ...], list[str]]:
    """Return the cells of a notebook of any format, and notes on what had to be overlooked."""
    listed = notebook.get("cells")
    if not isinstance(listed, list) and isinstance(notebook.get("worksheets"), list):
        listed = [  # formats 2 and 3
            cell
            for sheet in notebook["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(listed, list):
        raise UnreadableError("The file holds JSON, but no notebook with cells.", AS_NOTEBOOK)
    if len(listed) > MAX_CELLS:
        raise UnreadableError(f"The notebook has {len(listed):,} cells.", HAND_IN_AGAIN)
    cells = tuple(cell_of(cell) for cell in listed if isinstance(cell, dict))
    code = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if code > MAX_CODE:
        raise UnreadableError(
            f"The notebook has {code / MEGABYTE:.1f} MB of code.",
            "Take data that were pasted into code cells out of the notebook, and hand it in.",
        )
    skipped = len(listed) - len(cells)
    return cells, [f"{skipped} cells are no cells and were skipped."] if skipped else []


def cell_of(cell: Json) -> Cell:
    """Return one cell; Colab keeps its id in the metadata, format 3 its code in `input`."""
    metadata = mapping(cell.get("metadata"))
    kind = cell.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in {"code", "raw"} else "markdown"
    source = storable(text_of(cell["source"] if "source" in cell else cell.get("input")))
    return Cell(
        kind,
        source if kind == "code" else source[:MAX_PROSE],
        name_of(cell.get("id")) or name_of(metadata.get("id")),
        name_of(mapping(metadata.get("nbgrader")).get("grade_id")),
    )


def mapping(value: Any) -> Json:
    """Return a JSON object, an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def name_of(value: Any) -> str:
    """Return an id, empty where something else stands."""
    return presentable(value) if isinstance(value, str) else ""


CHECKED = re.compile(r"\bcheck\([ \t]*[\"'](\w+)[\"']")
DEFINED = re.compile(r"^def[ \t]+(\w+)", re.MULTILINE)


def exercise_of(
    notebook: Json, cells: Sequence[Cell], parts: Sequence[str], known: Mapping[str, Known]
) -> str | None:
    """Return which exercise a notebook is: by its metadata, its name, then what is in it."""
    told = mapping(mapping(notebook.get("metadata")).get("course")).get("exercise")
    if isinstance(told, str) and told in known:
        return told
    if named := exercise_by_name(parts, known):
        return named
    names = {name.removeprefix("check-") for cell in cells for name in (cell.id, cell.grade_id)}
    for cell in cells:
        if cell.kind == "code":
            names.update(CHECKED.findall(cell.source), DEFINED.findall(cell.source))
    hits = Counter({slug: len(names & set(it.points)) for slug, it in known.items()})
    (best, most), *rest = hits.most_common(2)
    if most and (not rest or rest[0][1] < most):
        return best
    return best if len(known) == 1 else None


def exercise_by_name(parts: Sequence[str], known: Mapping[str, Known]) -> str | None:
    """Return the exercise that a file's name, else that of a folder around it, speaks of."""
    for part in reversed(parts):
        words = "_" + re.sub(r"[^a-z0-9]+", "_", part.casefold()) + "_"
        for shorten in (str, lambda slug: slug.lstrip("0123456789_")):
            hits = [slug for slug in known if f"_{shorten(slug)}_".casefold() in words]
            if hits:
                return max(hits, key=len)
    return None


# All of it


class Submissions:
    """The submissions in a folder, a zip or one notebook, read one after the other.

    Iterating yields a `Submission` for each student and exercise, sorted by student; `len` is the
    number of students. At any time one student's files are in memory.

    Parameters
    ----------
    path
        A folder of notebooks, a folder of a folder for each student, the zip that Moodle or Canvas
        hands out, a folder of nbgrader's with `submitted` in it, or one notebook.
    known
        The exercises that there are, by their short names.
    exercise
        The exercise that all submissions belong to; None: each tells it itself.

    Raises
    ------
    IntakeError
        Where there is nothing that could be read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        known: Mapping[str, Known],
        exercise: str | None = None,
    ) -> None:
        self.known = known
        self.exercise = exercise
        if exercise is not None and exercise not in known:
            raise IntakeError(
                f"There is no exercise {exercise!r}; there are {', '.join(sorted(known))}."
            )
        self.students: dict[tuple[str, str], list[tuple[File, Origin]]] = {}
        for file, parts in unwrapped(files_at(Path(path)), known):
            origin = origin_of(parts, known)
            self.students.setdefault((origin.student, origin.identifier), []).append((file, origin))
        if not self.students:
            raise IntakeError(
                f"There is no file in {os.fspath(path)}: name the folder or the zip that holds the"
                " students' notebooks."
            )

    def __len__(self) -> int:
        return len(self.students)

    def __iter__(self) -> Iterator[Submission]:
        seen: set[tuple[str, str]] = set()
        # Two names may look the same once they can be shown: who bears it as it is keeps it.
        for key in sorted(
            self.students, key=lambda key: (tuple(map(presentable, key)) != key, key)
        ):
            shown, identifier = map(presentable, key)
            student, again = shown, 1
            while (student, identifier) in seen:
                again += 1
                student = f"{shown} ({again})"
            seen.add((student, identifier))
            for submission in self.of_student(self.students[key]):
                yield replace(
                    submission,
                    student=student or "(no name)",
                    identifier=identifier,
                    path=presentable(submission.path, 400),
                    notes=tuple(presentable(note, 400) for note in submission.notes),
                    problem=submission.problem and presentable(submission.problem, 400),
                    advice=submission.advice and presentable(submission.advice, 400),
                )

    def of_student(self, files: Sequence[tuple[File, Origin]]) -> Iterator[Submission]:
        """Yield one submission for each exercise that a student handed in."""
        notebooks = [pair for pair in files if NOTEBOOK.search(pair[1].name)]
        notebooks = sorted(notebooks, key=lambda pair: -pair[0].modified)[:MAX_NOTEBOOKS]
        if not notebooks:
            yield no_notebook(files)
            return
        groups: dict[str | None, list[tuple[Submission, File, Origin]]] = {}
        for file, origin in notebooks:
            submission = self.read(file, origin)
            groups.setdefault(submission.exercise, []).append((submission, file, origin))
        strays = groups.pop(None, [])
        if not groups:
            groups, strays = {None: strays}, []
        notes = tuple(
            f"{PurePosixPath(stray.path).name} was not graded: {stray.problem}"
            for stray, _, _ in strays
        )
        for exercise in sorted(groups, key=str):
            chosen, *older = newest_first(groups[exercise])
            left = tuple(PurePosixPath(other.path).name for other in older)
            told = f"Of {len(left) + 1} files {PurePosixPath(chosen.path).name} was taken, the"
            told += f" newest that can be read; left out: {', '.join(left[:5])}."
            yield replace(chosen, notes=chosen.notes + ((told,) if left else ()) + notes)
            notes = ()

    def read(self, file: File, origin: Origin) -> Submission:
        """Return one file as a submission, with a problem where it cannot be read."""
        notes = ["Canvas says that it was handed in late."] if origin.late else []
        by_name = self.exercise or exercise_by_name((*file.parts[:-1], origin.name), self.known)
        blank = Submission("", "", file.path, "", by_name, (), tuple(notes))
        try:
            data = file.read()
            blank = replace(blank, digest=hashlib.sha256(data).hexdigest())
            notebook, overlooked = parsed(data)
            cells, skipped = cells_of(notebook)
        except UnreadableError as error:
            return replace(blank, problem=error.problem, advice=error.advice)
        except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
            # No notebook, however odd, may stop the others.
            problem = f"The notebook is odd in a way that was not foreseen: {error!r}."
            return replace(blank, problem=problem, advice=HAND_IN_AGAIN)
        parts = (*file.parts[:-1], origin.name)
        exercise = self.exercise or exercise_of(notebook, cells, parts, self.known)
        read = replace(blank, exercise=exercise, notes=(*notes, *overlooked, *skipped))
        if exercise is None:
            return replace(
                read,
                problem="It cannot be told which exercise this is; --exercise names it for all.",
                advice="Start from the exercise's own notebook, and keep its file name.",
            )
        return replace(read, cells=cells)


def files_at(path: Path) -> Iterator[File]:
    """Yield the files of a folder, of a zip, or the one file at a path."""
    if path.is_dir():
        submitted = path / "submitted"  # a course's folder of nbgrader's
        yield from files_of_folder(submitted if submitted.is_dir() else path)
    elif zipfile.is_zipfile(path):
        try:
            archive = zipfile.ZipFile(path)
            yield from files_of_zip(archive, path.stat().st_size)
        except (
            zipfile.BadZipFile,
            struct.error,
            NotImplementedError,
            OSError,
            ValueError,
        ) as error:
            raise IntakeError(f"The zip {path} is damaged: download it again.") from error
    elif path.is_file() and NOTEBOOK.search(path.name):
        yield File(path.name, path.stat().st_mtime, lambda: read_file(path))
    elif path.exists():
        raise IntakeError(
            f"{path} is neither a folder nor a zip nor a notebook: name the folder of the"
            " submissions, or the zip as Moodle or Canvas handed it out."
        )
    else:
        raise IntakeError(f"There is no {path}: name the folder or the zip of the submissions.")


def unwrapped(
    files: Iterable[File], slugs: Iterable[str]
) -> Iterator[tuple[File, tuple[str, ...]]]:
    """Yield files with their paths, without a folder that is around all of them."""
    listed = list(files)
    tops = {file.parts[0] if len(file.parts) > 1 else "" for file in listed}
    second = {file.parts[1] for file in listed if len(file.parts) > 2}
    # One folder with several folders in it is not the one student of the class, unless those are
    # the exercises.
    several = len(second - set(slugs)) > 1
    moodle = all(len(file.parts) > 1 and MOODLE.match(file.parts[1]) for file in listed)
    around = len(tops) == 1 and "" not in tops and (several or moodle or tops == {"submitted"})
    for file in listed:
        yield file, file.parts[1:] if around else file.parts


def no_notebook(files: Sequence[tuple[File, Origin]]) -> Submission:
    """Return what to say of a student who handed in everything but a notebook."""
    names = ", ".join(origin.name for _, origin in files[:5])
    path = files[0][0].path
    blank = Submission(
        "", "", path, hashlib.sha256(names.encode("utf-8", "replace")).hexdigest(), None, ()
    )
    if all(origin.typed for _, origin in files):
        return replace(
            blank,
            problem="There is a text typed into the site, but no notebook.",
            advice=f"You typed a text instead of attaching a file. {AS_NOTEBOOK}",
        )
    if any(ARCHIVE.search(origin.name) for _, origin in files):
        return replace(
            blank,
            problem=f"There is an archive inside the submission, which is not opened: {names}.",
            advice=f"Archives are not opened. {AS_NOTEBOOK}",
        )
    return replace(
        blank,
        problem=f"There is no notebook among the files: {names}.",
        advice=f"There is no notebook among your files. {AS_NOTEBOOK}",
    )


def newest_first(
    group: Sequence[tuple[Submission, File, Origin]],
) -> list[Submission]:
    """Return the files of one student to one exercise, the one to be graded first.

    What can be read goes before what cannot. Of files with the same name the higher number is
    newer; else the time decides, and the name where two are of one time.
    """
    latest: dict[str, float] = {}
    for _, file, origin in group:
        latest[origin.base] = max(latest.get(origin.base, 0.0), file.modified)

    def age(item: tuple[Submission, File, Origin]) -> tuple[Any, ...]:
        submission, file, origin = item
        return (
            submission.problem is None,
            latest[origin.base],
            origin.base,
            origin.attempt,
            file.modified,
            file.path,
        )

    return [submission for submission, _, _ in sorted(group, key=age, reverse=True)]
