"""Sphinx extension: directives that lead into the course, for its first page.

`course-start` has the first steps; `course-routes` ways through the lessons, with the time of each;
`course-map` the lessons with what builds on what. All that they show is written elsewhere: the
modules in the table of contents; the title of a lesson, its question, its minutes and what it needs
in its opening cell. The script that marks on the map what a reader has done is
`book/_static/progress.js`.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

LESSONS = "notebooks/"
LANE = 24  # pixels between the lines on the map
DOT = 32  # pixels from the top of a row to the middle of its dot


@dataclass
class Lesson:
    """A notebook, as its opening cell describes it."""

    docname: str
    title: str
    question: str
    minutes: int
    needs: list[str]
    questions: int
    exercises: str = ""  # the page below the lesson in the table of contents
    checks: int = 0  # how many exercises it has

    @property
    def number(self) -> str:
        """The number that its file's name begins with."""
        return Path(self.docname).name.partition("_")[0].lstrip("0").upper() or "0"


def read_lesson(docname: str, path: Path) -> Lesson:
    """Return the lesson in a notebook, or say what its opening cell lacks."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    opening = "".join(cells[0]["source"])
    folder = posixpath.dirname(docname)

    def find(pattern: str) -> str:
        found = re.search(pattern, opening, re.MULTILINE | re.DOTALL)
        if found is None:
            raise ExtensionError(
                f"The opening cell of {docname} has nothing like {pattern!r}, which the map of "
                "the course shows; write it as the other lessons do."
            )
        return plain(found[1])

    needed = re.search(r"\*\*You need\*\*(.*?)(?:^>\s*$|\Z)", opening, re.MULTILINE | re.DOTALL)
    needs = re.findall(r"\]\(([^)#]+)\.ipynb", needed[1] if needed else "")
    return Lesson(
        docname=docname,
        title=find(r"^# ([^\n]+)"),
        question=find(r"^\*([^*\n]+)\*$"),
        minutes=int(find(r"\*\*Time\*\* about (\d+) minutes")),
        needs=[posixpath.normpath(posixpath.join(folder, one)) for one in needs],
        questions=sum(
            cell["cell_type"] == "code" and "Question(" in "".join(cell["source"]) for cell in cells
        ),
    )


def plain(text: str) -> str:
    """Return a text without the targets of its links."""
    return re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)


@dataclass
class Row:
    """Where the lines of the map run beside one lesson. Lanes are counted from the left."""

    lane: int
    arriving: list[int]  # lanes from which a line leads to the dot
    passing: list[int]  # lanes with a line from the top to the bottom
    leaving: list[int]  # lanes with a line at the bottom


def draw_lines(lessons: list[Lesson]) -> list[Row]:
    """Return, for each lesson, the lines that lead to it and past it.

    A line leaves a lesson downwards, in its lane, until the last lesson that builds on it. Where a
    lesson needs A and B, and B needs A, only the line from B is drawn.
    """
    position = {lesson.docname: row for row, lesson in enumerate(lessons)}
    before: list[set[int]] = []
    parents: list[list[int]] = []
    for row, lesson in enumerate(lessons):
        needs = {position[name] for name in lesson.needs if position.get(name, row) < row}
        beyond = set(chain.from_iterable(before[need] for need in needs))
        before.append(needs | beyond)
        parents.append(sorted(needs - beyond))
    last = [
        max((row for row, needs in enumerate(parents) if here in needs), default=here)
        for here in range(len(lessons))
    ]
    rows: list[Row] = []
    lanes: list[int] = []
    for row, needs in enumerate(parents):
        open_above = [here for here in range(row) if last[here] >= row]
        passing = [lanes[here] for here in open_above if last[here] > row]
        ending = [lanes[here] for here in needs if last[here] == row]
        free = (lane for lane in range(len(lessons)) if lane not in passing)
        lane = ending[0] if ending else next(free)
        lanes.append(lane)
        leaving = [*passing, lane] if last[row] > row else passing
        rows.append(Row(lane, [lanes[here] for here in needs], passing, leaving))
    return rows


def middle(lane: int) -> int:
    """Return how far from the left a lane runs, in pixels."""
    return LANE * lane + LANE // 2


def rail(passing: list[int], row: Row | None = None) -> str:
    """Return the picture of the lines beside one row of the map."""
    lines = [f'<line x1="{middle(one)}" x2="{middle(one)}" y2="100%" />' for one in passing]
    if row:
        x = middle(row.lane)
        for lane in row.arriving:
            start = middle(lane)
            lines.append(f'<path d="M{start} 0C{start} {DOT - 8} {x} 2 {x} {DOT}" />')
        if row.lane in row.leaving:
            lines.append(f'<line x1="{x}" x2="{x}" y1="{DOT}" y2="100%" />')
    return f'<svg class="course-rail" aria-hidden="true">{"".join(lines)}</svg>'


class CourseDirective(SphinxDirective):
    """What the directives share: the lessons that the table of contents names."""

    def parts(self) -> dict[str, list[Lesson]]:
        """Return the lessons of each part of the course."""
        return {
            tree.caption: [self.lesson(name) for name in tree.files() if name.startswith(LESSONS)]
            for tree in self.config.external_site_map.root.subtrees
        }

    def lesson(self, name: str) -> Lesson:
        """Return a lesson that the table of contents names."""
        docname = name.removesuffix(".ipynb")
        _, path = self.env.relfn2path(f"/{docname}.ipynb")
        self.env.note_dependency(f"{docname}.ipynb")
        lesson = read_lesson(docname, Path(path))
        below = self.config.external_site_map[docname].child_files()
        if below:
            lesson.exercises = below[0].removesuffix(".ipynb")
            _, path = self.env.relfn2path(f"/{lesson.exercises}.ipynb")
            cells = json.loads(Path(path).read_text("utf-8"))["cells"]
            lesson.checks = sum(cell["id"].startswith("check-") for cell in cells)
        return lesson

    def address(self, docname: str) -> str:
        """Return the address of a page, seen from this page."""
        return self.env.app.builder.get_relative_uri(self.env.docname, docname)


class CourseStart(CourseDirective):
    """Where to begin: the first lesson, or where a reader left off, and the gallery."""

    def run(self) -> list[nodes.Node]:
        """Return two links as HTML."""
        first = next(chain.from_iterable(self.parts().values()))
        page = (
            '<p class="course-start"><span class="course-continue">'
            f'<a class="course-button" href="{self.address(first.docname)}">'
            f"Start ({duration(first.minutes)})</a></span>"
            f'<a class="course-button" href="{self.address("book/gallery")}">Gallery</a></p>\n'
        )
        return [nodes.raw("", page, format="html")]


class CourseRoutes(CourseDirective):
    """Ways through the lessons: each line a title, what it is for, and the names of its lessons.

    A name is that of a lesson's file without its number; none means all lessons.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the routes as a list in HTML."""
        every = {
            Path(lesson.docname).name.partition("_")[2]: lesson
            for lesson in chain.from_iterable(self.parts().values())
        }
        items = []
        for line in self.content:
            title, purpose, names = (part.strip() for part in line.split("|"))
            if missing := set(names.split()) - every.keys():
                raise self.error(f"The route {title!r} leads over {missing}, which are no lessons.")
            lessons = [every[name] for name in names.split()] or list(every.values())
            links = " ".join(
                f'<a href="{self.address(one.docname)}" title="{html.escape(one.title)}">'
                f"{one.number}</a>"
                for one in lessons
            )
            items.append(
                f"<li><strong>{html.escape(title)}</strong> "
                f'<span class="course-minutes">{duration(sum(one.minutes for one in lessons))}'
                f"</span><p>{html.escape(purpose)}</p>"
                f'<p class="course-notes">Lessons {links}</p></li>\n'
            )
        page = f'<ul class="course-routes" role="list">\n{"".join(items)}</ul>\n'
        return [nodes.raw("", page, format="html")]


def duration(minutes: int) -> str:
    """Return a number of minutes in words: 95 is 1 h 35 min."""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


class CourseMap(CourseDirective):
    """The map of the lessons that the table of contents names."""

    def run(self) -> list[nodes.Node]:
        """Return the map as HTML."""
        parts = self.parts()
        lessons = list(chain.from_iterable(parts.values()))
        rows = iter(draw_lines(lessons))
        above: list[int] = []
        pieces = []
        for caption, members in parts.items():
            if not members:
                continue
            minutes = sum(lesson.minutes for lesson in members)
            together = f"{duration(minutes)} together" if len(members) > 1 else ""
            pieces.append(
                f'<div class="course-module">{rail(above)}<h3>{html.escape(caption)}</h3>'
                f'<span class="course-minutes">{together}</span></div>\n<ol role="list">\n'
            )
            for lesson in members:
                row = next(rows)
                pieces.append(self.item(lesson, row, lessons))
                above = row.leaving
            pieces.append("</ol>\n")
        lanes = 1 + max(row.lane for row in draw_lines(lessons))
        page = (
            f'<div class="course-map" style="--rail: {LANE * lanes}px; --dot: {DOT}px">\n'
            f"{''.join(pieces)}</div>\n"
            '<p class="course-memory" tabindex="-1" hidden>This browser remembers which lessons '
            "you opened, which questions you answered and which exercises came out right. "
            "None of it is sent anywhere. "
            '<button type="button" class="course-forget">Forget it</button></p>\n'
        )
        return [nodes.raw("", page, format="html")]

    def item(self, lesson: Lesson, row: Row, lessons: list[Lesson]) -> str:
        """Return one lesson of the map."""
        numbers = [one.number for one in lessons if one.docname in lesson.needs]
        builds = f"builds on {' and '.join(numbers)}" if numbers else ""
        exercises = ""
        if lesson.exercises:
            exercises = (
                f'<a href="{self.address(lesson.exercises)}">exercises'
                f'<span class="course-unseen"> to lesson {lesson.number}</span></a>'
            )
        return (
            f'<li data-lesson="{lesson.docname}" data-questions="{lesson.questions}" '
            f'data-exercises="{lesson.exercises}" data-checks="{lesson.checks}">'
            f"{rail(row.passing, row)}"
            f'<span class="course-dot" aria-hidden="true" style="left: {middle(row.lane)}px">'
            f"{lesson.number}</span>"
            f'<p class="course-title"><a href="{self.address(lesson.docname)}">'
            f'<span class="course-unseen">Lesson {lesson.number}: </span>'
            f"{html.escape(lesson.title)}</a></p>"
            f'<span class="course-minutes">{lesson.minutes} min</span>'
            f'<p class="course-question">{html.escape(lesson.question)}</p>'
            f'<p class="course-notes"><span>{builds}</span>{exercises}'
            '<span class="course-done"></span></p></li>\n'
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_directive("course-map", CourseMap)
    app.add_directive("course-routes", CourseRoutes)
    app.add_directive("course-start", CourseStart)
    app.add_js_file("progress.js", defer="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
