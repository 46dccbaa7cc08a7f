"""What the outcomes of an answer are worth: the one place that decides.

`check` in the notebook and the grader of a class both ask `judge`, so that they cannot disagree.
A `Prepared` question holds inputs, expected answers and the known wrong answers as plain data; an
`Outcome` is what one call came to. Nothing here runs a student's code.

Sentences and hints hold no input and no expected value, because the inputs of a class are secret;
the rows of a verdict hold them.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from course_utils.exercises.expected import Expected, expected_from
from course_utils.exercises.relations import Answered, Relation, related
from course_utils.exercises.running import BUILTIN_ERRORS, Failure, Outcome
from course_utils.exercises.values import decode, encode
from course_utils.exercises.wording import NO_FUNCTIONS, shown

__all__ = ["Case", "Mistake", "Prepared", "Row", "Symptom", "Verdict", "judge"]


@dataclass(frozen=True)
class Case:
    """One call of an answer: its inputs, and what it is to return."""

    inputs: Mapping[str, Any]
    expected: Expected


@dataclass(frozen=True)
class Symptom:
    """What a known wrong answer does in one case.

    Attributes
    ----------
    kind
        The kind of its outcome.
    like
        What its answer is compared with; None where it gives none.
    changed
        The inputs that it changes in place.
    error, message
        The class of its exception, and its text without numbers.
    right
        Whether it is right in this case, so that nothing can be learned from it.
    """

    kind: str
    like: Expected | None = None
    changed: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    right: bool = False

    def fits(self, outcome: Outcome) -> bool:
        """Whether an outcome is that of the wrong answer."""
        if outcome.kind != self.kind or not set(self.changed) <= set(outcome.changed):
            return False
        if self.like is not None:
            return self.like.mismatch(outcome.value) is None
        failure = outcome.failure
        return failure is None or (failure.kind, gist(failure)) == (self.error, self.message)


def gist(failure: Failure) -> str:
    """Return the text of an exception without its numbers: two mistakes share a class."""
    return re.sub(r"\d+", "0", failure.message)[:120]


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: its name, the hint that it earns, and what it does in each case."""

    name: str
    hint: str
    symptoms: tuple[Symptom, ...]


@dataclass(frozen=True)
class Part:
    """Some of a question's points, and for what they are given.

    The first part is what the others build on: without it they earn nothing.

    Attributes
    ----------
    name
        What it is about, in a few words.
    points
        What it is worth.
    cases
        The numbers of the cases that have to be right; of none where it is given for leaving the
        inputs as they are.
    sentence
        What is said to whoever misses it.
    """

    name: str
    points: float
    cases: tuple[int, ...]
    sentence: str = ""


@dataclass(frozen=True)
class PartVerdict:
    """What a part of a question earned; `sentence` is for the student, "" where it is earned."""

    name: str
    points: float
    out_of: float
    sentence: str = ""


@dataclass(frozen=True)
class Prepared:
    """A question with its inputs drawn and the answers computed: all that is needed to judge.

    Attributes
    ----------
    name
        The name that the answer defines.
    points
        What it is worth.
    call
        The expression that is evaluated for each case.
    cases
        Inputs and expected answers; one case without inputs where the answer is a value.
    wrong
        The known wrong answers.
    blocked
        The modules of `course_utils` that cannot be imported when it is graded.
    parts
        The parts of its points; where there is none, all or nothing is given.
    problem
        What is given to the student, where each student has a problem.
    """

    name: str
    points: float
    call: str
    cases: tuple[Case, ...]
    wrong: tuple[Mistake, ...] = ()
    blocked: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    problem: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def room(self) -> int:
        """How many bytes the answer for one case may take."""
        return max(case.expected.room for case in self.cases)

    @cached_property
    def encoded(self) -> list[Any]:
        """The inputs of the cases, as what JSON can hold."""
        return [encode(dict(case.inputs)) for case in self.cases]

    @property
    def is_value(self) -> bool:
        """Whether the answer is a value and not a function."""
        return not any(case.inputs for case in self.cases)

    def data(self) -> dict[str, Any]:
        """Turn it into what JSON can hold; `Prepared.from_data` reads it."""
        return {
            "name": self.name,
            "points": self.points,
            "call": self.call,
            "blocked": list(self.blocked),
            "cases": [
                {
                    "inputs": _encoded(case.inputs),
                    "expected": case.expected.data(),
                }
                for case in self.cases
            ],
            "wrong": [
                {
                    "name": one.name,
                    "hint": one.hint,
                    "signs": [_symptom(symptom) for symptom in one.symptoms],
                }
                for one in self.wrong
            ],
            **({"parts": [asdict(part) for part in self.parts]} if self.parts else {}),
            **({"problem": _encoded(self.problem)} if self.problem else {}),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Prepared":
        """Read what `data` returned."""
        cases = [
            Case(
                _decoded(case["inputs"]),
                expected_from(case["expected"]),
            )
            for case in data["cases"]
        ]
        wrong = [
            Mistake(one["name"], one["hint"], tuple(map(_read_symptom, one["signs"])))
            for one in data["wrong"]
        ]
        blocked = tuple(data["blocked"])
        given = data["name"], data["points"], data["call"]
        parts = [Part(**part | {"cases": tuple(part["cases"])}) for part in data.get("parts", ())]
        problem = _decoded(data.get("problem", {}))
        return cls(*given, tuple(cases), tuple(wrong), blocked, tuple(parts), problem)

    def variation(self) -> list[Any]:
        """Turn what differs between a question's problems into what `varied` reads."""
        data = self.data()
        return [
            data["problem"],
            data["cases"][0]["expected"],
            [one["signs"][0] for one in data["wrong"]],
        ]

    def varied(self, variations: Sequence[Sequence[Any]]) -> tuple["Prepared", ...]:
        """Return the question with the problems of which `variation` gave the data."""
        return tuple(
            replace(
                self,
                problem=_decoded(problem),
                cases=(Case({}, expected_from(expected)),),
                wrong=tuple(
                    replace(one, symptoms=(_read_symptom(sign),))
                    for one, sign in zip(self.wrong, signs, strict=True)
                ),
            )
            for problem, expected, signs in variations
        )


def _encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: encode(value) for name, value in values.items()}


def _decoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decode(value, descriptions=True) for name, value in values.items()}


def _symptom(symptom: Symptom) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": symptom.kind, "right": symptom.right}
    if symptom.like is not None:
        data["like"] = symptom.like.data()
    if symptom.changed:
        data["changed"] = list(symptom.changed)
    if symptom.error:
        data |= {"error": symptom.error, "message": symptom.message}
    return data


def _read_symptom(data: Mapping[str, Any]) -> Symptom:
    like = expected_from(data["like"]) if "like" in data else None
    changed, error = tuple(data.get("changed", ())), data.get("error", "")
    return Symptom(data["kind"], like, changed, error, data.get("message", ""), data["right"])


@dataclass(frozen=True)
class Row:
    """One case for a person to read. It holds the values: never for a student's feedback.

    Attributes
    ----------
    case, outcome
        What was asked and what came.
    ok
        Whether it is right.
    sentence, detail
        What is wrong: without values, and with them; "" where there is nothing to say.
    """

    case: Case
    outcome: Outcome
    ok: bool
    sentence: str = ""
    detail: str = ""

    # These are made when they are asked for: most cases of a class are never looked at.
    @property
    def inputs(self) -> str:
        """The inputs, as a person reads them, on some lines."""
        return _inputs(self.case)

    @property
    def expected(self) -> str:
        """The expected answer in one line."""
        return self.case.expected.text

    @property
    def came(self) -> str:
        """What came, in one line."""
        return _came(self.outcome)


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth, and why.

    Attributes
    ----------
    question
        The name of the question.
    points, out_of
        All or nothing, or the sum of its parts.
    kind
        "right", "wrong", "changed inputs", "error", "not attempted", "missing", "unreadable",
        "out of time", "out of memory" or "ended".
    sentence
        What is to be said to the student; holds no input and no expected value.
    hint
        The hint of the recognised wrong answer, or "".
    wrong
        The name of the recognised wrong answer, or "".
    rows
        The cases, with their values.
    parts
        What each part of the points came to, where the question has parts.
    """

    question: str
    points: float
    out_of: float
    kind: str
    sentence: str
    hint: str = ""
    wrong: str = ""
    rows: tuple[Row, ...] = field(default=(), repr=False)
    parts: tuple[PartVerdict, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it is right."""
        return self.kind == "right"


@dataclass(frozen=True)
class _Found:
    """What was found out about one case."""

    kind: str
    sentence: str = ""
    detail: str = ""


def judge(prepared: Prepared, outcomes: Sequence[Outcome]) -> Verdict:
    """Say what an answer is worth.

    Parameters
    ----------
    prepared
        The question.
    outcomes
        What came of each of its cases, in their order.

    Raises
    ------
    ValueError
        If there is not one outcome for each case.

    Examples
    --------
    >>> from course_utils.exercises.expected import Close
    >>> question = Prepared("double", 1, "double(x)", (Case({"x": 2}, Close(4)),))
    >>> judge(question, [Outcome("answer", 4.0)]).passed
    True
    >>> judge(question, [Outcome("answer", 2.0)]).sentence
    'Not right for its input. The answer is not the expected number.'
    """
    if len(outcomes) != len(prepared.cases):
        raise ValueError(
            f"{prepared.name} has {len(prepared.cases)} cases and {len(outcomes)} outcomes;"
            " give one outcome for each case."
        )
    found = [
        _found(prepared, case, outcome)
        for case, outcome in zip(prepared.cases, outcomes, strict=True)
    ]
    known = _recognised(prepared, found, outcomes) or _related(prepared, found, outcomes)
    kind, sentence = _summary(prepared, found)
    changed = any(outcome.changed for outcome in outcomes)
    parts = tuple(_parts(prepared, found, changed=changed))
    points = sum(part.points for part in parts)
    return Verdict(
        prepared.name,
        prepared.points if kind == "right" else points,
        prepared.points,
        kind,
        sentence,
        known.hint if known else "",
        known.name if known else "",
        tuple(
            Row(case, outcome, one.kind == "right", one.sentence, one.detail)
            for case, outcome, one in zip(prepared.cases, outcomes, found, strict=True)
        ),
        parts,
    )


def _parts(prepared: Prepared, found: Sequence[_Found], *, changed: bool) -> Iterator[PartVerdict]:
    """What each part of the points comes to."""
    for_inputs = any(not part.cases for part in prepared.parts)
    # Where leaving inputs alone has points of its own, it costs no others.
    right = {"right", "changed inputs"} if for_inputs else {"right"}
    base = True
    for number, part in enumerate(prepared.parts):
        earned = {found[case].kind for case in part.cases} <= right if part.cases else not changed
        base = earned if number == 0 else base
        told = part.sentence or (
            f"Not right for {part.name}." if part.cases else "An input is changed in place."
        )
        if earned and not base:
            told = f"This counts once {prepared.parts[0].name} come out right."
        earned = earned and base
        yield PartVerdict(
            part.name, part.points if earned else 0, part.points, "" if earned else told
        )


def _found(prepared: Prepared, case: Case, outcome: Outcome) -> _Found:
    if outcome.kind in {"answer", "not attempted"}:
        return _compared(case, outcome)
    if outcome.kind in _WITHOUT_ANSWER:
        reason = _said(outcome.failure) if outcome.failure else ""
        if outcome.failure and outcome.kind == "unreadable":
            reason = f"The answer {outcome.failure.message}."
        return _Found(outcome.kind, _WITHOUT_ANSWER[outcome.kind].format(prepared.name), reason)
    failure = outcome.failure or Failure("Exception")
    return _Found("error", _raised(prepared, failure), _said(failure))


_WITHOUT_ANSWER = {
    "missing": "{0} is not defined: its cell is missing, or stops with an error before it.",
    "unreadable": "The answer is too large, or nested too deep, to be compared.",
    "out of time": "It did not end in time: is there a loop that never ends?",
    "out of memory": "It needed more memory than there is: does an array or a list grow?",
    "ended": "It ended Python itself, so that there is no answer.",
}


def _compared(case: Case, outcome: Outcome) -> _Found:
    mismatch = case.expected.mismatch(outcome.value)
    if mismatch and outcome.kind == "not attempted":
        return _Found("not attempted", "The answer is None: is a return missing?")
    if mismatch and outcome.value is None:
        return _Found("wrong", "It computes, but returns None: is a return missing?")
    if mismatch:
        return _Found("wrong", mismatch.sentence, mismatch.detail)
    changed = [name for name in case.inputs if name in outcome.changed]
    return _Found("changed inputs", _in_place(changed)) if changed else _Found("right")


def _in_place(names: Sequence[str]) -> str:
    several = len(names) > 1
    return (
        f"It changes {'inputs' if several else 'its input'} {' and '.join(names)} in place, which"
        f" whoever calls it does not expect: work on {'copies' if several else 'a copy'}, such as"
        f" np.array({names[0]}, dtype=float), and beware of -= and +=."
    )


_MEANINGS = {
    "NameError": "a name is used that is not defined",
    "UnboundLocalError": "a variable is used before it has a value",
    "ZeroDivisionError": "something is divided by 0",
    "IndexError": "an index lies outside of its list or array",
    "KeyError": "a dictionary does not have the key",
    "AttributeError": "an object does not have what stands behind the dot",
    "RecursionError": "a function calls itself without end",
    "ModuleNotFoundError": "a module is imported that is not there",
    "OverflowError": "a number grew too large",
    "EOFError": "it asks for input(), and nobody is there to answer",
    "SystemExit": "exit() ends the program before there is an answer",
}


_UNSEEN = {
    "00A0": "a no-break space (U+00A0) where a space should be",
    "00AD": "a soft hyphen (U+00AD), which cannot be seen",
    "00D7": "a multiplication sign (×) where * should be",
    "2009": "a thin space (U+2009) where a space should be",
    "200B": "a zero-width space (U+200B), which cannot be seen",
    "2013": "a dash (–) where a minus should be",
    "2018": "a curly quote (‘) where a straight one should be",
    "2019": "a curly quote (’) where a straight one should be",
    "201C": "a curly quote (“) where a straight one should be",
    "201D": "a curly quote (”) where a straight one should be",
    "202F": "a narrow no-break space (U+202F) where a space should be",
    "2212": "a long minus (U+2212) where - should be",
    "3000": "a wide space (U+3000) where a space should be",
    "FEFF": "a byte order mark (U+FEFF), which cannot be seen",
}


def _raised(prepared: Prepared, failure: Failure) -> str:
    # The name of a class of the student's own could be made from an input.
    kind = failure.kind if failure.kind in BUILTIN_ERRORS else "an exception of your own"
    where = f"Line {failure.line} of your cell" if failure.line > 0 else "The call"
    line = f": {failure.text}" if failure.text and failure.line > 0 else ""
    if failure.kind == "BlockedError":
        names = ", ".join(f"course_utils.{name}" for name in prepared.blocked)
        return f"{where} imports what is blocked here ({names}): write it yourself{line or '.'}"
    if failure.kind == "TypeError" and not line and failure.message in NO_FUNCTIONS:
        return (
            f"{prepared.name} is {NO_FUNCTIONS[failure.message]}, where a function is expected,"
            f" which is called as {prepared.call}: write def {prepared.name}(...), and give the"
            " function itself, not what it returns."
        )
    meaning = _MEANINGS.get(failure.kind, "")
    if failure.kind == "SyntaxError" and (code := re.search(r"U\+([0-9A-F]{4})", failure.message)):
        # Of few characters, since what an exception says may be made from an input.
        look = _UNSEEN.get(code[1])
        meaning = f"it has {look}: delete it and type it anew" if look else ""
    if failure.kind == "TypeError" and not line:
        meaning = f"it is called as {prepared.call}: does your function take that?"
    return f"{where} raises {kind}{f' ({meaning})' if meaning else ''}{line or '.'}"


def _said(failure: Failure) -> str:
    return f"{failure.kind}: {failure.message}" if failure.message else failure.kind


def _summary(prepared: Prepared, found: Sequence[_Found]) -> tuple[str, str]:
    """The kind of the whole, and what there is to say."""
    wrong = [one for one in found if one.kind != "right"]
    count = len(found)
    if not wrong:
        inputs = f" for all {count} inputs" if count > 1 else ""
        return "right", f"Right{inputs}."
    if all(one.kind == "not attempted" for one in found):
        if prepared.is_value:
            return "not attempted", f"Not attempted yet: {prepared.name} is None."
        return "not attempted", "Not attempted yet: your code is still missing."
    # A wrong answer is to be mended before a right one that changes its inputs.
    first = next((one for one in wrong if one.kind != "changed inputs"), wrong[0])
    kind = "wrong" if first.kind == "not attempted" else first.kind
    if kind == "changed inputs":
        return kind, f"The values are right. {first.sentence}"
    if prepared.is_value or kind in {"missing", "ended"}:
        return kind, first.sentence
    in_place = [one.sentence for one in wrong if one.kind == "changed inputs"]
    return kind, " ".join([_so_far(count - len(wrong), count), first.sentence, *in_place[:1]])


def _so_far(right: int, count: int) -> str:
    if count == 1:
        return "Not right for its input."
    return f"Right for {right or 'none'} of {count} inputs."


def _recognised(
    prepared: Prepared, found: Sequence[_Found], outcomes: Sequence[Outcome]
) -> Mistake | None:
    """The known wrong answer that does in every case what this one does.

    It has to be right where this one is right, and wrong where this one is wrong: a mistake that
    would have shown is not made, and where it does not show another one is.
    """
    right = [one.kind == "right" for one in found]
    if all(right) or all(one.kind == "not attempted" for one in found):
        return None
    for known in prepared.wrong:
        cases = zip(known.symptoms, right, outcomes, strict=True)
        if all(
            symptom.right == ok and (ok or symptom.fits(outcome)) for symptom, ok, outcome in cases
        ):
            return known
    return None


def _related(
    prepared: Prepared, found: Sequence[_Found], outcomes: Sequence[Outcome]
) -> Relation | None:
    """What a wrong answer that is not known has to do with the right one."""
    right = [one.kind == "right" for one in found]
    answered = all(outcome.kind == "answer" for outcome in outcomes)
    if all(right) or not answered or prepared.is_value:
        return None
    if any(one.kind == "changed inputs" for one in found):
        return None
    return related(
        [
            Answered(case.inputs, case.expected, outcome.value, ok)
            for case, outcome, ok in zip(prepared.cases, outcomes, right, strict=True)
        ]
    )


def _inputs(case: Case) -> str:
    """The inputs, each on a line, but numbers that follow each other on one."""
    lines: list[str] = []
    for several, group in itertools.groupby(case.inputs.items(), lambda item: _is_long(item[1])):
        parts = [f"{name} = {shown(value)}" for name, value in group]
        lines += parts if several else [", ".join(parts)]
    return "\n".join(lines)


def _is_long(value: Any) -> bool:
    return not isinstance(value, (bool, int, float, complex, str, type(None)))


def _came(outcome: Outcome) -> str:
    if outcome.kind == "answer":
        return shown(outcome.value)
    if outcome.kind == "not attempted":
        return "None"
    if outcome.failure is not None and outcome.kind == "error":
        return _said(outcome.failure)
    return outcome.kind
