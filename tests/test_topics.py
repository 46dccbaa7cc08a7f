"""The page "From question to experiment": each topic has a section of a lesson that works."""

import re
from pathlib import Path

import pytest
from test_lessons import links, places

BOOK = Path(__file__).parents[1] / "book"
PAGE = (BOOK / "topics.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!topic|---)(.+?) \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("topic", "where"), ROWS, ids=lambda text: text[:40])
def test_each_topic_leads_to_sections_that_exist(topic, where):
    found = links(where)
    assert found, f"{topic} has no place"
    for words, file, place in found:
        target = (BOOK / file).resolve()
        assert target.is_file(), f"{topic}: there is no {file}"
        if place:
            heading = places(target)[place]
            assert words == heading.removesuffix(" (optional)")


def test_no_topic_is_missing_and_none_stands_twice():
    topics = [topic for topic, _ in ROWS]
    assert len(topics) >= 119
    assert len(set(topics)) == len(topics)


def test_each_lesson_has_a_topic():
    lessons = {path.name for path in BOOK.parent.glob("notebooks/[0-9]_*/*.ipynb")}
    assert {Path(file).name for _, where in ROWS for _, file, _ in links(where)} >= lessons
