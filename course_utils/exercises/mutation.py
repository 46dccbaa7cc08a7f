"""Mistakes that a student could make, made by machine, to see whether a question notices them.

A mutant is the solution with one thing changed: an operator, an index, a sign, a constant, an axis,
the order of two lines. One that gets full marks survives: either it does the same as the solution,
which the author declares with a reason, or the inputs are too kind. Imports `exercise` and
`judging`; runs the author's code alone.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from course_utils.exercises.exercise import BEGIN, END, VISIBLE, Exercise, Question, SourceError
from course_utils.exercises.judging import Verdict

__all__ = ["Mutant", "Sweep", "mutants", "sweep"]

SEEDS = (VISIBLE, "a", "b")
"""The seeds whose inputs a mutant is tried with, until it fails."""
_STEPS = 100_000  # lines of one answer: a mutant may turn a loop into one without end


@dataclass(frozen=True)
class Mutant:
    """A solution with one change.

    Attributes
    ----------
    question
        Its name.
    change
        The line as it was and as it is: "x - y → x + y"; the key under which an author declares it
        equivalent.
    source
        The cell.
    """

    question: str
    change: str
    source: str


@dataclass(frozen=True)
class Sweep:
    """What the mutants of a question came to.

    Attributes
    ----------
    tried
        How many there are.
    survivors
        Those that get full marks and are not declared equivalent.
    silent
        Those that are wrong, end in no error and get no hint, neither that of a known mistake nor
        one that follows from what the answer has to do with the right one (`relations`).
    stale
        Changes that are declared equivalent, and are none of a mutant that survives.
    """

    question: str
    tried: int
    survivors: tuple[Mutant, ...]
    silent: tuple[Mutant, ...]
    stale: tuple[str, ...]


def sweep(exercise: Exercise, question: Question, seeds: Sequence[str] = SEEDS) -> Sweep:
    """Try all mutants of a question's solution.

    Parameters
    ----------
    exercise, question
        The question and where it belongs.
    seeds
        A mutant survives if it is right for the inputs of all of them.
    """
    survivors: list[Mutant] = []
    silent: list[Mutant] = []
    same: set[str] = set()
    every = list(mutants(question.name, exercise.solution(question.name)))
    for mutant in every:
        verdicts = [tried(exercise, mutant, seed) for seed in seeds[:1]]
        while verdicts[-1] and verdicts[-1].passed and len(verdicts) < len(seeds):
            verdicts.append(tried(exercise, mutant, seeds[len(verdicts)]))
        last = verdicts[-1]
        if last and last.passed:
            known = mutant.change in question.equivalent
            same.add(mutant.change) if known else survivors.append(mutant)
        elif last and last.kind == "wrong" and not (last.hint or "missing?" in last.sentence):
            silent.append(mutant)
    stale = tuple(change for change in question.equivalent if change not in same)
    return Sweep(question.name, len(every), tuple(survivors), tuple(silent), stale)


class _EndlessError(BaseException):
    """No `Exception`, so that the code that is tried does not catch it."""


def tried(exercise: Exercise, mutant: Mutant, seed: str) -> Verdict | None:
    """Return what a mutant is worth; None where it cannot be defined or comes to no end."""
    left = _STEPS
    before = sys.gettrace()

    def count(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise _EndlessError
        return count

    def enter(frame: FrameType, _event: str, _value: Any) -> Any:
        return count if frame.f_code.co_filename == cell else None

    cell = f"<{exercise.slug}: {mutant.question}>"
    exercise.prepare(seed)
    sys.settrace(enter)
    try:
        # Where each student has a problem, the seed is a student's name.
        student = "" if seed == VISIBLE else seed
        return exercise.verdict(mutant.question, mutant.source, seed, student)
    except (SourceError, _EndlessError):
        return None
    finally:
        sys.settrace(before)


def mutants(name: str, cell: str) -> Iterator[Mutant]:
    """Yield each text of a cell that differs from its solution by one change.

    Parameters
    ----------
    name
        The question.
    cell
        The text of its cell, with the marks of the solution.

    Examples
    --------
    >>> cell = '''def step(x, slope):
    ...     ### BEGIN SOLUTION
    ...     return x - slope
    ...     ### END SOLUTION'''
    >>> for mutant in mutants("step", cell):
    ...     print(mutant.change)
    return x - slope → return x + slope
    return x - slope → return slope - x
    return x - slope → pass
    """
    tree = ast.parse(cell)
    inside = _inside(cell)
    seen = {ast.unparse(tree)}
    for statement in [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]:
        for before in _changed(statement, inside):
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                yield Mutant(name, f"{before} → {_line(statement)}", source)
    for block in [block for node in ast.walk(tree) for block in _blocks(node)]:
        for change in _reordered(block, inside):
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                yield Mutant(name, change, source)


def _inside(cell: str) -> set[int]:
    """Return the numbers of the lines between the marks of the solution."""
    numbers: set[int] = set()
    within = False
    for number, line in enumerate(cell.splitlines(), 1):
        within = (within or line.strip() == BEGIN) and line.strip() != END
        numbers |= {number} if within else set()
    return numbers


def _line(statement: ast.stmt) -> str:
    """Return the first line of a statement, without what is in it."""
    return ast.unparse(statement).splitlines()[0]


def _changed(statement: ast.stmt, inside: set[int]) -> Iterator[str]:
    """Change one thing of a statement after the other; yield how it looked before."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return
    before = _line(statement)
    for holder, key in _places(statement):
        original = holder[key]
        if getattr(original, "lineno", None) in inside:
            for other in _others(original):
                holder[key] = other
                yield before
            holder[key] = original
    if isinstance(statement, ast.AugAssign) and statement.lineno in inside:
        operator = statement.op
        for instead in _OPERATORS.get(type(operator), ()):
            statement.op = instead()
            yield before
        statement.op = operator


def _places(node: ast.AST) -> Iterator[tuple[Any, Any]]:
    """Yield where the expressions of a statement stand: what holds them, and under which key."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr):
            yield vars(node), field
            yield from _places(value)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.expr):
                    yield value, index
                if isinstance(one, ast.expr | ast.keyword | ast.comprehension):
                    yield from _places(one)


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_FUNCTIONS = {
    one: other
    for pair in (
        "max min",
        "maximum minimum",
        "argmax argmin",
        "sum mean",
        "zeros ones",
        "zeros_like ones_like",
        "sin cos",
        "any all",
    )
    for one, other in (pair.split(), pair.split()[::-1])
}
_COMMUTE = ast.Add | ast.Mult
_SYMMETRIC = {"max", "min", "maximum", "minimum", "logaddexp", "hypot"}


def _others(node: ast.AST) -> Iterator[ast.expr]:  # noqa: C901, PLR0912  (one branch for each kind)
    """Yield what could stand by mistake in the place of an expression."""
    match node:
        case ast.BinOp(left, operator, right):
            for other in _OPERATORS.get(type(operator), ()):
                yield ast.BinOp(left, other(), right)
            if not isinstance(operator, _COMMUTE):
                yield ast.BinOp(right, operator, left)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.Compare(left, [comparison], [right]):
            for instead in _COMPARISONS.get(type(comparison), ()):
                yield ast.Compare(left, [instead()], [right])
        case ast.BoolOp(connective, values):
            either = isinstance(connective, ast.Or)
            yield ast.BoolOp(ast.And() if either else ast.Or(), values)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
            yield (
                ast.UnaryOp(ast.USub(), ast.Constant(1)) if value == 0 else ast.Constant(value - 1)
            )
        case ast.Constant(float(value)) if value:
            yield ast.Constant(2 * value)
        case ast.Subscript(value, ast.Slice(lower, upper, step), context):
            for bounds in ((None, upper, step), (lower, None, step), (lower, upper, None)):
                yield ast.Subscript(value, ast.Slice(*bounds), context)
        case ast.Call():
            yield from _other_calls(node)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Attribute(value, "T"):
            yield value


def _other_calls(call: ast.Call) -> Iterator[ast.expr]:
    function, positional, keywords = call.func, call.args, call.keywords
    match function:
        case ast.Attribute(value, name, context) if name in _FUNCTIONS:
            yield ast.Call(ast.Attribute(value, _FUNCTIONS[name], context), positional, keywords)
        case ast.Name(name, context) if name in _FUNCTIONS:
            yield ast.Call(ast.Name(_FUNCTIONS[name], context), positional, keywords)
    if len(positional) == 1 and isinstance(function, ast.Attribute):
        yield positional[0]
    name = getattr(function, "attr", getattr(function, "id", ""))
    if len(positional) == 2 and name not in _SYMMETRIC:
        yield ast.Call(function, positional[::-1], keywords)
    for index, keyword in enumerate(keywords):
        if keyword.arg is not None:
            yield ast.Call(function, positional, keywords[:index] + keywords[index + 1 :])


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value


def _reordered(block: list[ast.stmt], inside: set[int]) -> Iterator[str]:
    """Leave one statement of a block out after the other, then exchange neighbours."""
    for index, statement in enumerate(block):
        if statement.lineno in inside:
            block[index] = ast.Pass()
            yield f"{_line(statement)} → pass"
            block[index] = statement
    for index in range(1, len(block)):
        pair = block[index - 1 : index + 1]
        if {statement.lineno for statement in pair} <= inside and _depend(*pair):
            block[index - 1 : index + 1] = pair[::-1]
            yield f"{_line(pair[0])} → after {_line(pair[1])}"
            block[index - 1 : index + 1] = pair


def _depend(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether it matters which of two statements comes first."""
    if isinstance(other, ast.Return):  # the same as leaving the first one out
        return False
    leaves = ast.Return | ast.Break | ast.Continue | ast.Raise
    if any(isinstance(node, leaves) for part in (one, other) for node in ast.walk(part)):
        return True
    return bool(_written(one) & (_used(other) | _written(other)) or _written(other) & _used(one))


def _used(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _written(statement: ast.stmt) -> set[str]:
    """Return the names that a statement sets, or may change by an index or a method."""
    names: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(name, ast.Store()) | ast.FunctionDef(name):
                names.add(name)
            case ast.Subscript(ast.Name(name), _, ast.Store()):
                names.add(name)
            case ast.Call(ast.Attribute(ast.Name(name))) if name != "np":
                names.add(name)
    return names
