"""Who is in a class: the lists of people that sites and spreadsheets write, and whose a file is.

Canvas, Moodle, Gradescope, Brightspace, Blackboard, nbgrader, GitHub Classroom, and plain tables of
names and logins.
"""

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from course_utils.exercises.errors import CourseError
from course_utils.grading.intake.files import MEGABYTE
from course_utils.grading.intake.names import presentable
from course_utils.grading.intake.origins import without_slug

__all__ = ["Matching", "Person", "Roster", "RosterError", "owners", "people_of", "read_roster"]

Rows = list[list[str]]
Key = tuple[str, str]

LARGEST = 16 * MEGABYTE
MOST_PEOPLE = 200_000
_MOST_WORDS = 6


class RosterError(CourseError):
    """The roster cannot be read; the message tells why, and what to do."""


@dataclass
class Roster:
    """A CSV file that the site handed out: its rows, and how it was written."""

    rows: Rows
    delimiter: str
    mark: str  # the byte order mark, where it has one


def read_roster(path: str | PathLike[str]) -> Roster:
    """Read a CSV file as the site, or a spreadsheet after it, wrote it.

    Raises
    ------
    RosterError
        If it cannot be read, is empty, or is too large to be one.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise RosterError(f"The roster {path} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise RosterError(
            f"The roster {path} has more than {LARGEST // MEGABYTE} MB, which no list of names has:"
            " name the CSV file that the site hands out."
        )
    text, mark = decoded(data)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    if told := re.fullmatch(r"sep=([,;\t])\r?", first):  # for Excel, which shows it to nobody
        delimiter = told[1]
        text = text.partition("\n")[2]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise RosterError(f"{path} is no roster ({error}); download it again.") from None
    if not any(map(any, rows)):
        raise RosterError(f"The roster {path} is empty; download it again.")
    return Roster(rows, delimiter, mark)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text of a CSV file, and its byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # "Unicode text", as Excel calls it
        return data.decode("utf-16", "replace"), ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return text.removeprefix("\ufeff"), mark


# Whose a file is


class Named(Protocol):
    """Whoever has a name and a number."""

    @property
    def name(self) -> str: ...

    @property
    def identifier(self) -> str: ...


Somebody = TypeVar("Somebody", bound=Named)


def same(name: str) -> str:
    """Return a name without what differs between two spellings of it: order, case, signs."""
    return " ".join(sorted(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())))


def joined(name: str) -> str:
    """Return a name as Canvas writes it into file names."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", name).casefold())


class Matching(Generic[Somebody]):
    """Finds who is meant by a roster's row, by number, by login, then by name.

    A name that two people or two rows bear finds nobody.
    """

    def __init__(self, people: Sequence[Somebody], names: Iterable[str]) -> None:
        self.people = people
        self.numbers = unique((one.identifier, one) for one in people)
        self.names = unique((same(one.name), one) for one in people)
        self.joined = unique((joined(one.name), one) for one in people)
        self.rows = Counter(map(same, names))
        self.found: set[int] = set()

    def __call__(self, identifier: str, name: str, logins: Iterable[str]) -> Somebody | None:
        """Return who is meant by a row; None where its student handed in nothing."""
        found = self.numbers.get(identifier)
        for login in logins:
            for spelling in (login, login.split("@")[0]):
                found = found or self.names.get(same(spelling))
        if found is None and self.rows[same(name)] == 1:
            found = self.names.get(same(name)) or self.joined.get(joined(name))
            if found and found.identifier and identifier:
                found = None  # a number that is another's
        if found:
            self.found.add(id(found))
        return found

    def missing(self, names: Sequence[str] = ()) -> list[str]:
        """Say whose marks went nowhere, and which of the roster's names have no submission."""
        absent = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
        nothing = [f"{len(names)} in the roster handed in nothing: {absent}."] if names else []
        lost = [one for one in self.people if id(one) not in self.found]
        people = [f"{one.name} {one.identifier}".strip() for one in lost]
        listed = ", ".join(people[:20]) + (", ..." if len(people) > 20 else "")
        told = f"Not in the roster, so that their marks are not in this file: {listed}."
        return ([told] if people else []) + nothing


def unique(pairs: Iterable[tuple[str, Somebody]]) -> dict[str, Somebody]:
    """Return a table of what is named once."""
    listed = [pair for pair in pairs if pair[0]]
    times = Counter(name for name, _ in listed)
    return {name: one for name, one in listed if times[name] == 1}


# The people of a class


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a roster.

    Attributes
    ----------
    name
        The name, or what stands in its place; it may be shown.
    identifier
        The number that the site gives; "" where the roster has none.
    aliases
        Logins, addresses and other numbers.
    """

    name: str
    identifier: str
    aliases: tuple[str, ...]


# What columns are called, in lower case and with spaces for signs.
_FULL = {
    *("student", "students", "name", "full name", "student name", "display name", "learner"),
    *("vollständiger name", "nom complet", "nombre completo"),
}
_FIRST = {
    *("first name", "given name", "forename", "first names", "firstname"),
    *("vorname", "prénom", "nombre"),
}
_LAST = {"last name", "surname", "family name", "lastname", "nachname", "nom", "apellidos"}
_NUMBER = ("id", "identifier", "sid", "student id", "org defined id", "orgdefinedid")
_LOGIN = {
    *("login", "login id", "user", "username", "user name", "user id", "netid", "net id"),
    *("email", "email address", "e mail", "e mail address", "mail", "sis user id", "sis login id"),
    *("id number", "lms user id", "github", "github username", "github id", "github login"),
    *("roster identifier", "student number", "matriculation number", "anmeldename"),
    *("e mail adresse", "id nummer", "matrikelnummer", "adresse de courriel", "correo electrónico"),
}


def people_of(path: str | PathLike[str]) -> tuple[list[Person], list[str]]:
    """Return the people on a roster, each once, and what the instructor should know of it.

    Raises
    ------
    RosterError
        If it cannot be read, or has no column that tells who somebody is.
    """
    header, *rows = [row for row in read_roster(path).rows if any(cell.strip() for cell in row)]
    titles = [" ".join(re.findall(r"[^\W_]+", cell.casefold())) for cell in header]
    if len(rows) > MOST_PEOPLE:
        raise RosterError(f"The roster {path} has more than {MOST_PEOPLE} rows: give it in parts.")
    known = {*_FULL, *_FIRST, *_LAST, *_LOGIN, *_NUMBER}
    if not known & set(titles):
        found = ", ".join(presentable(cell, 40) for cell in header[:8])
        raise RosterError(
            f"The roster {path} has no column that tells who somebody is, such as Name, Student,"
            f" Username, Email address or ID, in its first line; that has: {found}."
        )
    people: dict[Key, Person] = {}
    remarks = []
    nobody = 0
    for row in rows:
        # Not a student: a line of the table's own, or what Canvas adds to try things with.
        if re.match(r"\s*(points possible\b|student, test$)", row[0], re.IGNORECASE):
            continue
        person = person_of(dict(zip(titles, row, strict=False)))
        if person is None:
            nobody += 1
            continue
        # Whoever is in two groups or sections has a line for each.
        logins = (login.casefold() for login in person.aliases)
        key = same(person.name), person.identifier or min(logins, default="")
        if before := people.get(key):
            aliases = tuple(dict.fromkeys((*before.aliases, *person.aliases)))
            person = Person(before.name, before.identifier, aliases)
            if not key[1]:
                remarks.append(
                    f"{person.name} is on the roster more than once, with no number or login to"
                    " tell whether that is one person: it is taken for one."
                )
        people[key] = person
    if not people:
        raise RosterError(f"The roster {path} has a first line and nobody below it.")
    if nobody:
        remarks.append(f"{nobody} lines of the roster name nobody and were left out.")
    twice = Counter(name for name, _ in people)
    remarks += [
        f"{twice[name]} on the roster are called alike, {person.name}: number or login tell them"
        " apart, and the name does not."
        for (name, _), person in people.items()
        if twice[name] > 1
    ]
    return list(people.values()), list(dict.fromkeys(remarks))


def person_of(row: Mapping[str, str]) -> Person | None:
    """Return who is meant by a row, under the titles of its columns; None where that is nobody."""
    # ="101", '101 and #101 are how sites have a spreadsheet leave a number alone.
    plain = {title: re.sub(r'^="(.*)"$', r"\1", presentable(cell)) for title, cell in row.items()}
    cells = {title: cell.lstrip("#'") for title, cell in plain.items()}

    def of(titles: Iterable[str]) -> list[str]:
        return [cells[title] for title in cells if title in titles and cells[title]]

    parts = [*of(_FIRST)[:1], *of(_LAST)[:1]]
    name = " ".join(parts) if parts else next(iter(of(_FULL)), "")
    # "Participant 12345" of Moodle's worksheets, in whichever language
    numbers = [re.sub(r"^[^\W\d]\D* (\d+)$", r"\1", cells.get(title, "")) for title in _NUMBER]
    identifier, *others = [*filter(None, numbers), ""]
    logins = tuple(dict.fromkeys(filter(None, [*of(_LOGIN), *others])))
    if not identifier.isdecimal():
        logins, identifier = tuple(filter(None, dict.fromkeys((identifier, *logins)))), ""
    name = name or next(iter(logins), identifier)
    return Person(name, identifier, logins) if re.search(r"\w", name) else None


@dataclass(frozen=True)
class _HandedIn:
    """A name and a number under which something was handed in."""

    name: str
    identifier: str
    key: Key


def owners(
    people: Sequence[Person], keys: Iterable[Key], slugs: Iterable[str]
) -> dict[Key, Person]:
    """Return who on a roster is meant by the names and numbers under which files were handed in.

    What two people could be is nobody's: it has to be looked at.
    """
    slugs = list(slugs)
    # A repository is called ASSIGNMENT-LOGIN.
    handed_in = [
        _HandedIn(key[0] if key[1] else without_slug(key[0], slugs) or key[0], key[1], key)
        for key in keys
    ]
    numbered = same_numbers(people, handed_in)
    matching = Matching(handed_in, [person.name for person in people])
    claims: dict[Key, list[Person]] = defaultdict(list)
    for person in people:
        logins = *person.aliases, person.identifier
        found = matching(person.identifier if numbered else "", person.name, logins)
        # Some sites write a login where others have a number.
        for login in person.aliases:
            found = found or (None if login.isdecimal() else matching.numbers.get(login))
        if not (numbered and person.identifier):
            for spelling in rotations(person.name):
                found = found or matching.joined.get(spelling)
        if found:
            claims[found.key].append(person)
    return {key: claimed[0] for key, claimed in claims.items() if len(claimed) == 1}


def rotations(name: str) -> Iterator[str]:
    """Yield a name with the last name first, as Canvas does, wherever that begins.

    Examples
    --------
    >>> "doejanealice" in rotations("Jane Alice Doe")
    True
    """
    words = name.split()[:_MOST_WORDS]
    for start in range(1, len(words)):
        yield joined("".join((*words[start:], *words[:start])))


def same_numbers(people: Iterable[Person], handed_in: Iterable[_HandedIn]) -> bool:
    """Whether the roster's numbers are those of the files, and not by chance some of another kind.

    Then most of those who have one number have one name as well.
    """
    names = {person.identifier: person.name for person in people if person.identifier}
    pairs = [(names[one.identifier], one.name) for one in handed_in if one.identifier in names]
    agree = sum(alike_names(*pair) for pair in pairs)
    return 2 * agree >= len(pairs) > 0


def alike_names(name: str, other: str) -> bool:
    """Whether two names have a word in common, or one is told by a number alone.

    Examples
    --------
    >>> alike_names("Doe, Jane", "doejane"), alike_names("Jane Doe", "Bo Li")
    (True, False)
    """
    words = set(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))
    plain = joined(other)
    return not re.search(r"[^\W\d]", re.sub(r"^\w+ (?=\d+$)", "", other)) or any(
        len(word) > 1 and word in plain for word in words
    )
