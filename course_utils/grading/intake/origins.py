"""Whose a file is, by the layouts of the sites that hand out submissions.

Moodle, Canvas, Blackboard, Gradescope, Brightspace, nbgrader, and plain folders.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from course_utils.grading.intake.files import NOTEBOOK, File

__all__ = ["Origin", "origins_of"]

COPY = re.compile(r"(?:\s?\((\d+)\)|-Copy(\d*))$", re.IGNORECASE)
# As Colab names a copy, in the languages of its readers.
COPIED = re.compile(
    r"^(?:(?:copy of|kopie von|copie de|copia de|cópia de|kopie van|kopia)[\s_]+)+", re.IGNORECASE
)
RESUBMITTED = re.compile(r"-(\d{1,3})$")  # as Canvas names a second file of the same name
# "Jane Doe_123456_assignsubmission_file_", a folder or the beginning of a file's name
MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(_(?P<file>.*))?$"
)
# "doejane_12345_678901_x.ipynb", "doejane_LATE_12345_678901_x.ipynb", "anon_Ab3dE_678901_x.ipynb"
CANVAS = re.compile(
    r"^(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_(?P<serial>\d{3,})_(?P<file>.+)$"
)
# "Exercise 3_jdoe_attempt_2026-11-09-10-14-33_x.ipynb", and a receipt without the file's name
BLACKBOARD = re.compile(
    r"^.+_(?P<name>[^_]+)_attempt_(?P<when>\d{4}(-\d\d){5})(?:_(?P<file>.+)|(?P<receipt>\.txt))$"
)
# "12345-678901 - Jane Doe - Nov 9, 2026 1014 AM", a folder or the beginning of a file's name
BRIGHTSPACE = re.compile(
    r"^(?P<id>\d+)-(?P<serial>\d+)\s+-\s+(?P<name>.+?)\s+-\s+"
    r"(?P<when>\w+\.? \d{1,2}, \d{4} \d{1,2}:?\d{2} ?[AP]M)(?:\s+-\s+(?P<file>.+))?$"
)
GRADESCOPE = re.compile(r"^submission_(?P<id>\d+)$")
# What a site adds about the submissions.
OF_SITE = re.compile(r"^(index\.html?|(submission_)?metadata\.ya?ml)$", re.IGNORECASE)
GENERIC = re.compile(
    r"^(\W|\d|_)*((class|course|submissions?|submitted|downloads?|exports?|students?|all|notebooks?"
    r"|assignments?|homework|hw|labs?|weeks?|exercises?|handed?[ _-]?ins?|files?|archive|group\w*"
    r"|abgaben?|einreichungen|entregas?|rendus?|consegne)(\W|\d|_)*)+$",
    re.IGNORECASE,
)
# A word by which a student tells one own version from another.
VERSION = re.compile(
    r"draft|final|untitled|scratch|copy|old|new|test|backup|version|attempt|v\d|answers?|solutions?",
    re.IGNORECASE,
)
CANVAS_TEXT = re.compile(r"^(?P<name>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<file>(text|link)\.html)$")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the path of a file tells: whose it is, and which of several attempts."""

    student: str
    identifier: str
    name: str  # of the file as the student named it
    attempt: int = 0  # larger is newer, among files of the same base
    late: bool = False
    typed: bool = False  # a text typed into the site, no file
    moment: int = 0  # when it was handed in, where the site says so
    unnamed: bool = False  # the name tells the exercise and nobody
    nameless: bool = False  # the site does not tell who it is, as in marking without names

    @property
    def base(self) -> str:
        """The file's name without the number of the attempt and without its ending."""
        return RESUBMITTED.sub("", COPY.sub("", stem_of(self.name))).casefold()


# One return for each layout.
def origin_of(parts: Sequence[str], slugs: Iterable[str]) -> Origin:  # noqa: PLR0911
    """Return whose file this is, by the layouts of Moodle, Canvas, nbgrader and plain folders.

    Examples
    --------
    >>> origin_of(["Jane Doe_123456_assignsubmission_file_", "adam.ipynb"], [])
    Origin(student='Jane Doe', identifier='123456', name='adam.ipynb', attempt=0, late=False, typed=False, moment=0, unnamed=False, nameless=False)
    >>> origin_of(["doejane_LATE_12_678901_adam-1.ipynb"], [])
    Origin(student='doejane', identifier='12', name='adam-1.ipynb', attempt=678901, late=True, typed=False, moment=0, unnamed=False, nameless=False)
    >>> origin_of(["jane-doe", "13_adam", "adam (2).ipynb"], [])
    Origin(student='jane-doe', identifier='', name='adam (2).ipynb', attempt=2, late=False, typed=False, moment=0, unnamed=False, nameless=False)
    """  # noqa: E501 (shows what it returns)
    name, first = parts[-1], parts[0]
    # Only the outermost name is the platform's; the student named what is below it.
    if found := MOODLE.match(first):
        student, identifier = found["name"], found["id"]
        nameless = student.casefold() in {"participant", "teilnehmer/in", "participante"}
        if nameless:
            student = f"{student} {identifier}"
        name = (found["file"] or name) if first == name else name
        typed = found["kind"] != "file"
        return Origin(student, identifier, name, attempt_of(name), typed=typed, nameless=nameless)
    if found := CANVAS.match(first) if first == name else None:
        identifier = found["id"].removeprefix("anon_")
        student = found["name"] or f"anonymous {identifier}"
        serial = int(found["serial"][:18])
        late, nameless = bool(found["late"]), not found["name"]
        return Origin(student, identifier, found["file"], serial, late=late, nameless=nameless)
    if found := CANVAS_TEXT.match(first) if first == name else None:
        return Origin(
            found["name"], found["id"], found["file"], late=bool(found["late"]), typed=True
        )
    if found := BLACKBOARD.match(first) if first == name else None:
        attempt = int(found["when"].replace("-", ""))
        receipt = bool(found["receipt"])
        file = found["file"] or name
        return Origin(found["name"], "", file, attempt, typed=receipt, moment=attempt)
    if found := BRIGHTSPACE.match(first):
        file = found["file"] or (name if first != name else "")
        if file or first != name:
            moment = moment_of(found["when"])
            return Origin(found["name"], found["id"], file, moment, moment=moment)
    if len(parts) > 1:
        return Origin(parts[0], "", name, attempt_of(name))
    stem = stem_of(name) if NOTEBOOK.search(name) else PurePosixPath(name).stem
    bare = without_slug(COPY.sub("", COPIED.sub("", stem)), slugs)
    # Files that all bear the exercise's name are of several students: no one's is an attempt.
    attempt = attempt_of(name) if bare else 0
    return Origin(bare or stem, "", name, attempt, unnamed=not bare, nameless=not bare)


def stem_of(name: str) -> str:
    """Return the name of a notebook without its ending, and of a checkpoint the notebook's."""
    return re.sub(r"-checkpoint$", "", NOTEBOOK.sub("", name))


def moment_of(text: str) -> int:
    """Return a moment as Brightspace writes it, as a number that grows; 0 where it is another."""
    plain = text.replace(":", "").replace(".", "").replace(" AM", "AM").replace(" PM", "PM")
    for month in ("%b", "%B"):
        with contextlib.suppress(ValueError):
            moment = datetime.strptime(plain.zfill(1), f"{month} %d, %Y %I%M%p")  # noqa: DTZ007
            return int(moment.strftime("%Y%m%d%H%M"))
    return 0


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


def origins_of(files: Iterable[File], slugs: Iterable[str]) -> Iterator[tuple[File, Origin]]:
    """Yield the files with their origins; what belongs to no student has `aside` set.

    Where Gradescope tells the members of a group, the group's file is yielded for each of them.
    """
    listed = list(files)
    slugs = list(slugs)
    paths = unwrapped([(file, file.parts) for file in listed], slugs)
    groups = submitters([file for file, parts in paths if OF_SITE.match(parts[-1])])
    for file, parts in paths:
        if len(parts) == 1 and OF_SITE.match(parts[0]) and not file.aside:
            file = replace(file, aside="added by the site")
        origin = origin_of(parts, slugs)
        if found := GRADESCOPE.match(parts[0]) if len(parts) > 1 else None:
            for name, number in groups.get(found["id"], [("", "")]):
                student, identifier = name or f"submission {found['id']}", number or found["id"]
                yield (
                    file,
                    replace(origin, student=student, identifier=identifier, nameless=not name),
                )
        else:
            yield file, origin


Paths = list[tuple[File, tuple[str, ...]]]


def unwrapped(paths: Paths, slugs: Sequence[str]) -> Paths:
    """Return the paths without folders that are around all of them."""
    while True:
        theirs = [parts for file, parts in paths if not file.aside and not OF_SITE.match(parts[-1])]
        theirs = theirs or [parts for file, parts in paths if len(parts) > 1]
        tops = {parts[0] if len(parts) > 1 else "" for parts in theirs}
        if len(tops) != 1 or "" in tops or not is_around(theirs, slugs):
            return paths
        [top] = tops
        paths = [
            (file, parts[1:] if parts[0] == top and len(parts) > 1 else parts)
            for file, parts in paths
        ]


def is_around(paths: Sequence[tuple[str, ...]], slugs: Sequence[str]) -> bool:
    """Whether the one folder that all files are in is around students, and no student itself."""
    top, inside = paths[0][0], {parts[1] for parts in paths}
    if MOODLE.match(top) or BRIGHTSPACE.match(top) or GRADESCOPE.match(top):
        return False
    folders = {parts[1] for parts in paths if len(parts) > 2}
    # One folder with several folders in it is not the one student of the class, unless those are
    # the exercises.
    deeper = {parts[2] for parts in paths if len(parts) > 3}
    if len(folders - set(slugs)) > 1 or top == "submitted":
        return True
    if len(inside) == 1 and len(deeper - set(slugs)) > 1:
        return True
    layouts = (MOODLE, CANVAS, CANVAS_TEXT, BLACKBOARD, BRIGHTSPACE, GRADESCOPE)
    if all(any(layout.match(name) for layout in layouts) for name in inside):
        return True
    stems = [COPY.sub("", stem_of(name)) for name in inside - folders if NOTEBOOK.search(name)]
    own = {without_slug(COPIED.sub("", stem), slugs) for stem in stems}
    named = len(own) > 1 and "" not in own
    several = named and len(own) > 2 and not any(VERSION.search(name) for name in own)
    return several or (named and bool(GENERIC.match(top)))


def submitters(files: Iterable[File]) -> dict[str, list[tuple[str, str]]]:
    """Return the names and numbers that Gradescope's list has for each submission."""
    found: dict[str, list[tuple[str, str]]] = {}
    submission = name = ""
    for file in files:
        if not file.path.lower().endswith((".yml", ".yaml")):
            continue
        with contextlib.suppress(Exception):
            for line in file.read().decode("utf-8").splitlines():
                if told := re.match(r"""^["']?submission_(\d+)["']?:""", line):
                    submission, name = told[1], ""
                elif told := re.match(r"^\s+(?:- )?:?(name|sid):\s*(.*?)\s*$", line):
                    value = told[2].strip("\"'")
                    if told[1] == "name":
                        name = value
                        found.setdefault(submission, []).append((name, ""))
                    elif name:
                        found[submission][-1] = (name, value)
    return found
