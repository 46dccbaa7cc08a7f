"""Names and texts of others, made fit to be shown and stored."""

import re
import unicodedata

__all__ = ["STEERING", "presentable", "storable"]

MAX_NAME = 120  # characters of a student's name
# Characters that steer a terminal, turn the direction of writing or cannot be seen have no place in
# a name.
STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def presentable(text: str, limit: int = MAX_NAME) -> str:
    """Return a name or path that may be shown and stored: nothing invisible, and not too long."""
    visible = STEERING.sub("", unicodedata.normalize("NFC", storable(text)))
    text = " ".join(visible.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def storable(text: str) -> str:
    """Return a text that UTF-8 can hold: halves of surrogate pairs become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
