"""Files among submissions, in a folder or a zip: read one by one, never extracted.

What cannot be read, or is not a student's work, is still yielded, so that it can be named.
"""

import contextlib
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from course_utils.exercises.errors import CourseError

__all__ = ["ARCHIVE", "NOTEBOOK", "File", "IntakeError", "RefusedError", "files_at"]

MEGABYTE = 2**20
MAX_FILE = 32 * MEGABYTE  # of one notebook
MAX_MEMBERS = 200_000  # of one zip
MAX_RATIO = 200  # how far one member of a zip may be compressed, if it is large
MAX_DEPTH = 12  # of folders
_ANY_TIME = (1980, 1, 1, 0, 0, 0)  # what was read of a member needs no memory of its own any more

NOTEBOOK = re.compile(r"\.ipynb(\s?\(\d+\))?(\.txt|\.json)?(\s?\(\d+\))?$", re.IGNORECASE)
ARCHIVE = re.compile(r"\.(zip|rar|7z|tar|gz|tgz|bz2|xz)$", re.IGNORECASE)
DRIVE = re.compile(r"^[A-Za-z]:")
SYSTEM = re.compile(r"^(\._.*|__MACOSX|__pycache__|\.DS_Store|\.git|Thumbs\.db|desktop\.ini)$")
CHECKPOINT = re.compile(r"^(\.ipynb_checkpoints|.*-checkpoint\.ipynb)$")
EMPTY = "an empty folder"


class IntakeError(CourseError):
    """The submissions as a whole cannot be read; the message tells the instructor why."""


class RefusedError(Exception):
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


@dataclass(frozen=True, slots=True)  # of a large class there are many
class File:
    """A file among the submissions; `read` returns its bytes or raises RefusedError.

    `aside` says why it is nobody's work, where it is not.
    """

    path: str
    modified: float
    read: Callable[[], bytes]
    aside: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts


def too_large(size: int) -> RefusedError:
    limit = MAX_FILE // MEGABYTE
    return RefusedError(
        f"The file has {size / MEGABYTE:.0f} MB; more than {limit} MB are not read.",
        f"The notebook is larger than {limit} MB, most likely because of its outputs. {SMALLER}",
    )


def refused(problem: str, advice: str = AS_NOTEBOOK) -> Callable[[], bytes]:
    """Return a way to read a file that refuses to."""

    def read() -> bytes:
        raise RefusedError(problem, advice)

    return read


def files_of_folder(root: Path) -> Iterator[File]:
    """Yield the files in a folder, in the order of their names; links stay in their folder."""
    folders = [(root, 0)]
    while folders:
        folder, depth = folders.pop()
        below = []
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            name = folder.relative_to(root).as_posix()
            problem = f"The folder cannot be opened ({error.strerror})."
            yield File(f"{name}/", 0.0, refused(problem, HAND_IN_AGAIN))
            continue
        for entry in entries:
            path = Path(entry.path)
            name = path.relative_to(root).as_posix()
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    below.append((path, depth + 1))
                else:
                    yield File(f"{name}/", 0.0, refused("It lies in too many folders."))
            elif entry.is_symlink() and (folder == root or not linked_inside(path, folder)):
                yield File(name, 0.0, refused("It is a link to a file elsewhere."))
            elif entry.is_file():
                modified = entry.stat().st_mtime
                yield File(name, modified, partial(read_file, path), aside(name))
            else:
                yield File(name, 0.0, refused("It is no regular file."), aside(name))
        if not entries and folder != root:
            name = f"{folder.relative_to(root).as_posix()}/"
            yield File(name, 0.0, refused("The folder is empty."), aside(name) or EMPTY)
        folders += reversed(below)


def aside(path: str) -> str:
    """Return why a file is nobody's work, by its name; "" where it may be somebody's."""
    parts = PurePosixPath(path).parts
    if any(SYSTEM.match(part) for part in parts):
        return "made by the system"
    if any(CHECKPOINT.match(part) for part in parts):
        return "a checkpoint of Jupyter's"
    return "hidden" if any(part.startswith(".") and part != ".." for part in parts) else ""


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
                raise RefusedError("It is no regular file.", AS_NOTEBOOK)
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        problem = f"The file cannot be opened ({error.strerror or 'the system refused'})."
        raise RefusedError(problem, HAND_IN_AGAIN) from error
    if len(data) > MAX_FILE:
        raise too_large(status.st_size)
    return data


def files_of_zip(archive: zipfile.ZipFile, size: int) -> Iterator[File]:
    """Yield the files in a zip. They are read one by one when asked for, never extracted."""
    every = archive.infolist()
    members = [member for member in every if not member.is_dir()]
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
        read = refused_member(name, member) or Member(archive, member)
        safe = [DRIVE.sub("", part) for part in parts if part not in {"..", "/", "//"}]
        modified = float("".join(f"{number:02}" for number in member.date_time))
        member.date_time = _ANY_TIME
        path = "/".join(part for part in safe if part) or "file"
        path = member.filename if path == member.filename else path
        yield File(path, modified, read, aside(name))
    filled = {parent for member in members for parent in PurePosixPath(member_name(member)).parents}
    # Members are read by what is known of them, and nobody asks the archive for its list again.
    archive.NameToInfo.clear()
    for folder in (PurePosixPath(member_name(member)) for member in every if member.is_dir()):
        if folder not in filled and ".." not in folder.parts and not folder.is_absolute():
            filled.update(folder.parents)
            name = f"{folder}/"
            yield File(name, 0.0, refused("The folder is empty."), aside(name) or EMPTY)


@dataclass(frozen=True, slots=True)
class Member:
    """A way to read a member of a zip."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo

    def __call__(self) -> bytes:
        return read_member(self.archive, self.member)


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
        raise RefusedError(problem, HAND_IN_AGAIN) from error
    if len(data) > MAX_FILE:
        raise too_large(len(data))
    return data


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
