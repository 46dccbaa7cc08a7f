"""The page "Read, and checked": each sentence has its number, and each number its lesson."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
from printed_numbers import found  # noqa: E402, in the folder named above

PAGE = (ROOT / "book" / "checked.md").read_text("utf-8")
SENTENCES = re.findall(r"^- (\*\*“.+”\*\* .+)$", PAGE, re.MULTILINE)


def numbers(sentence):
    return re.findall(r"\{printed\}`([^`]+)`", sentence)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence[3:50])
def test_a_sentence_is_settled_by_a_number_that_a_lesson_prints(sentence):
    told = numbers(sentence)
    assert told or "](" in sentence
    for one in told:
        number, address = found(ROOT, one)
        assert re.search(r"\d", number), number
        assert (ROOT / address.partition("#")[0]).is_file()


def test_there_are_as_many_sentences_as_the_page_says():
    assert PAGE.splitlines()[2].startswith("Forty-one sentences")
    assert len(SENTENCES) == 41


def test_a_number_is_typed_by_nobody():
    """What stands outside a role is a setting, such as a rate, and no result."""
    for sentence in SENTENCES:
        typed = re.sub(r"\{printed\}`[^`]+`|\]\([^)]*\)", "", sentence)
        assert not re.search(r"\d+\.\d{3,}", typed), typed
