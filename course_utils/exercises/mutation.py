"""Mistakes that a student could make, made by machine, to see whether a question notices them.

A mutant is the solution with one thing changed: an operator, an index, a sign, a constant, an axis,
the order of two lines. One that gets full marks survives: either it does the same as the solution,
which the author declares with a reason, or the inputs are too kind. One that is wrong gets a hint,
or is rare: of a kind that a machine makes alone (`KINDS`), or declared so with a reason. Imports
`exercise` and `judging`; runs the author's code alone.
"""

import ast
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from course_utils.exercises.exercise import BEGIN, END, VISIBLE, Exercise, Question, SourceError
from course_utils.exercises.judging import Verdict

__all__ = ["KINDS", "Mutant", "MutationReport", "mutants", "sweep"]

SEEDS = (VISIBLE, "a", "b")
"""The seeds whose inputs a mutant is tried with, until it fails."""
_STEPS = 100_000  # lines of one answer: a mutant may turn a loop into one without end

KINDS = {
    "sign": "",
    "operator": "",
    "comparison": "",
    "index": "",
    "factor": "",
    "aggregation": "",
    "left out": "",
    "arguments": "",
    "line": "",
    "order": "",
    "quotient": "Nobody who copies a product from a formula divides instead.",
    "power": "A number to the power of an array, or a cube, looks like no square.",
    "number": "A number is copied from the formula; one more or less is no misreading of it.",
    "equality": "Every case would be taken for all the others; the first example shows it.",
    "function": "No formula has the name of the other function where this one stands.",
    "turned": "x = step - x, f(h - x) beside f(x + h), x[1 - i]: nobody turns these around.",
    "end": "Nobody counts from -1, or misses by one the last entry, which is -1.",
    "loop": "Without its loop there is nothing left of the method.",
}
"""The kinds of changes; of those that a machine makes alone, why no learner does.

A solution's mutants behave as students' faulty programs do (Clegg, McMinn and Fraser, SIGCSE 2021,
https://mcminn.io/publications/c67.html), and yet the mutants that stand for misconceptions are few
of those that a tool makes (Prasad, Greenman, Nelson and Krishnamurthi, 2023,
https://doi.org/10.22152/programming-journal.org/2024/8/7). Down to "order" are the kinds that
collections of learners' mistakes have: in computations, conditions, branches, loops, arrays and
arguments (Alzahrani and Vahid, a survey of 47 publications, ASEE 2021,
https://doi.org/10.18260/1-2--36814), and in this subject `*` for a matrix product
(https://community.deeplearning.ai/t/week-2-exercise-5-computing-cost-using-np-dot/24805), a sum too
many (https://datascience.stackexchange.com/questions/58814), the other axis
(https://medium.com/intuitionmath/numpy-sum-axis-intuition-6eb94926a5d1), a line on the wrong side
of a loop's head (https://stackoverflow.com/questions/32274474). That the kinds after it are rare is
judged by reading them; what a class gave without a hint, `python -m course_utils.grading mistakes`
counts, and it has the last word.
"""


@dataclass(frozen=True)
class Mutant:
    """A solution with one change.

    Attributes
    ----------
    question
        Its name.
    change
        The line as it was and as it is: "x - y → x + y"; the key under which an author declares it
        equivalent or rare.
    source
        The cell.
    kind
        What was changed: one of `KINDS`.
    """

    question: str
    change: str
    source: str
    kind: str


@dataclass(frozen=True)
class MutationReport:
    """What the mutants of a question came to.

    Attributes
    ----------
    tried
        How many there are.
    survivors
        Those that get full marks and are not declared equivalent.
    hinted
        How many get a hint: that of a known mistake, or one that follows from what the answer has
        to do with the right one (`relations`).
    told
        How many are told what is wrong by the sentence of the verdict: an error and its line, an
        input that is changed, an array where a number was expected, a part that is missed.
    rare
        Those without a hint that learners do not make, each with the reason.
    silent
        Those without a hint that a learner may make.
    stale
        Changes that are declared, and need not be: as equivalent, and they lose points; as rare,
        and they get a hint or are of a kind that is rare anyway.
    """

    question: str
    tried: int
    survivors: tuple[Mutant, ...]
    hinted: int
    told: int
    rare: tuple[tuple[Mutant, str], ...]
    silent: tuple[Mutant, ...]
    stale: tuple[str, ...]


def sweep(exercise: Exercise, question: Question, seeds: Sequence[str] = SEEDS) -> MutationReport:
    """Try all mutants of a question's solution.

    Parameters
    ----------
    exercise, question
        The question and where it belongs.
    seeds
        A mutant survives if it is right for the inputs of all of them.
    """
    survivors: list[Mutant] = []
    rare: list[tuple[Mutant, str]] = []
    silent: list[Mutant] = []
    needed: set[str] = set()
    hinted = told = 0
    every = list(mutants(question.name, exercise.solution(question.name)))
    for mutant in every:
        verdicts = [tried(exercise, mutant, seed) for seed in seeds[:1]]
        while verdicts[-1] and verdicts[-1].passed and len(verdicts) < len(seeds):
            verdicts.append(tried(exercise, mutant, seeds[len(verdicts)]))
        last = verdicts[-1]
        if last and last.passed:
            known = mutant.change in question.equivalent
            needed.add(mutant.change) if known else survivors.append(mutant)
        elif last and last.hint:
            hinted += 1
        elif last is None or _tells(last):
            told += 1
        elif reason := KINDS[mutant.kind]:
            rare.append((mutant, reason))
        elif reason := question.rare.get(mutant.change, ""):
            rare.append((mutant, reason))
            needed.add(mutant.change)
        else:
            silent.append(mutant)
    stale = tuple(one for one in (*question.equivalent, *question.rare) if one not in needed)
    found = tuple(survivors), hinted, told, tuple(rare), tuple(silent), stale
    return MutationReport(question.name, len(every), *found)


_TELLING = re.compile(
    "missing|more than once|more often than|dimension|where an? .* expected|in place|NaN|infinite"
)


def _tells(verdict: Verdict) -> bool:
    """Whether the sentence, or that of a part, says more than that a value is another one."""
    if verdict.kind != "wrong" or _TELLING.search(verdict.sentence):
        return True
    return bool(verdict.parts) and verdict.parts[0].points > 0


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
        for before, kind in _changed(statement, inside):
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                yield Mutant(name, f"{before} → {_line(statement)}", source, kind)
    for block in [block for node in ast.walk(tree) for block in _blocks(node)]:
        for change, kind in _reordered(block, inside):
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                yield Mutant(name, change, source, kind)


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


def _changed(statement: ast.stmt, inside: set[int]) -> Iterator[tuple[str, str]]:
    """Change one thing of a statement after the other; yield how it looked before, and the kind."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return
    before = _line(statement)
    for holder, key, around in _places(statement):
        original = holder[key]
        if getattr(original, "lineno", None) in inside:
            # All at once: what is around must be seen before it is changed.
            for kind, other in list(_others(original, around)):
                holder[key] = other
                yield before, kind
            holder[key] = original
    if isinstance(statement, ast.AugAssign) and statement.lineno in inside:
        operator = statement.op
        for instead in _OPERATORS.get(type(operator), ()):
            statement.op = instead()
            yield before, _kind_of_operator(operator)
        statement.op = operator


_Around = tuple[ast.AST, ...]


def _places(node: ast.AST, around: _Around = ()) -> Iterator[tuple[Any, Any, _Around]]:
    """Yield where the expressions of a statement stand: what holds them, the key, what is around.

    What is around an expression begins with the statement and ends with what holds it.
    """
    around = (*around, node)
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr):
            yield vars(node), field, around
            yield from _places(value, around)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.expr):
                    yield value, index, around
                if isinstance(one, ast.expr | ast.keyword | ast.comprehension):
                    yield from _places(one, around)


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
_AGGREGATIONS = "max min", "maximum minimum", "argmax argmin", "sum mean", "any all"
_LOOKALIKES = "zeros ones", "zeros_like ones_like", "sin cos"
_FUNCTIONS = {
    one: (other, kind)
    for kind, pairs in (("aggregation", _AGGREGATIONS), ("function", _LOOKALIKES))
    for pair in pairs
    for one, other in (pair.split(), pair.split()[::-1])
}
_COMMUTE = ast.Add | ast.Mult
_SYMMETRIC = {"max", "min", "maximum", "minimum", "logaddexp", "hypot"}


def _others(node: ast.AST, around: _Around) -> Iterator[tuple[str, ast.expr]]:  # noqa: C901, PLR0912  (one branch for each kind)
    """Yield what could stand in the place of an expression, with the kind of the mistake."""
    match node:
        case ast.BinOp(left, operator, right):
            for other in _OPERATORS.get(type(operator), ()):
                yield _kind_of_operator(operator), ast.BinOp(left, other(), right)
            if not isinstance(operator, _COMMUTE):
                yield _kind_of_exchange(node, around), ast.BinOp(right, operator, left)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield "sign", operand
        case ast.Compare(left, [comparison], [right]):
            comparisons = _COMPARISONS.get(type(comparison), ())
            kind = "comparison" if len(comparisons) > 1 else "equality"
            for instead in comparisons:
                yield kind, ast.Compare(left, [instead()], [right])
        case ast.BoolOp(connective, values):
            either = isinstance(connective, ast.Or)
            yield "comparison", ast.BoolOp(ast.And() if either else ast.Or(), values)
        case ast.Constant(bool(value)):
            yield "comparison", ast.Constant(not value)
        case ast.Constant(int(value)):
            more = ast.Constant(value + 1)
            less = ast.Constant(value - 1) if value else ast.UnaryOp(ast.USub(), ast.Constant(1))
            yield _kind_of_number(node, value + 1, around), more
            yield _kind_of_number(node, value - 1, around), less
        case ast.Constant(float(value)) if value:
            yield "factor" if value == 0.5 else "number", ast.Constant(2 * value)
        case ast.Subscript(value, ast.Slice(lower, upper, step), context):
            for bounds in ((None, upper, step), (lower, None, step), (lower, upper, None)):
                yield "index", ast.Subscript(value, ast.Slice(*bounds), context)
        case ast.Call():
            yield from _other_calls(node)
        case ast.IfExp(test, body, orelse):
            yield "comparison", ast.IfExp(test, orelse, body)
        case ast.Attribute(value, "T"):
            yield "left out", value


def _kind_of_operator(operator: ast.operator) -> str:
    """Return the kind of a mistake that takes another operator."""
    if isinstance(operator, ast.Add | ast.Sub):
        return "sign"
    return "quotient" if isinstance(operator, ast.Mult) else "operator"


def _kind_of_exchange(node: ast.BinOp, around: _Around) -> str:
    """Return the kind of a mistake that exchanges the operands of an operator."""
    match node.op, around[0]:
        case ast.Pow(), _:
            return "power"
        case ast.MatMult(), _:
            return "arguments"
        case ((ast.FloorDiv() | ast.Mod()), _):
            return "turned"
        case ast.Sub(), ast.Assign([ast.Name(target)], value) if value is node:
            return "turned" if ast.unparse(node.left) == target else "sign"
        case ast.Sub(), statement:
            beside = ast.unparse(ast.BinOp(node.left, ast.Add(), node.right))
            forward = any(
                isinstance(one, ast.BinOp) and ast.unparse(one) == beside
                for one in ast.walk(statement)
            )
            return "turned" if forward or _counts(node, around) else "sign"
    return "operator"


def _kind_of_number(node: ast.Constant, instead: int, around: _Around) -> str:
    """Return the kind of a mistake that takes one more or one less."""
    if _counts(node, around):
        last = isinstance(around[-1], ast.UnaryOp) and not isinstance(around[-2], ast.Slice)
        return "end" if instead < 0 or last else "index"
    match around[-1]:
        case ast.BinOp(_, ast.Mult() | ast.Div(), _) if {node.value, instead} == {1, 2}:
            return "factor"
        case ast.BinOp(_, ast.Pow(), right) if right is node:
            return "left out" if instead == 1 else "power"
        case ast.BinOp(_, ast.Add(), _) | ast.BinOp(_, ast.Sub(), ast.Constant()) if instead == 0:
            return "left out"
        case ast.Assign([ast.Name()]):  # where a count begins
            return "end" if instead < 0 else "index"
    return "number"


def _counts(node: ast.AST, around: _Around) -> bool:
    """Whether an expression stands in an index, in the bounds of a range, or names an axis."""
    for outer, inner in itertools.pairwise((*around, node)):
        match outer:
            case ast.Subscript(_, index) if index is inner:
                return True
            case ast.Call(ast.Name("range") | ast.Attribute(_, "arange")) | ast.keyword("axis"):
                return True
    return False


def _other_calls(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    function, positional, keywords = call.func, call.args, call.keywords
    name = getattr(function, "attr", getattr(function, "id", ""))
    if name in _FUNCTIONS:
        other, kind = _FUNCTIONS[name]
        match function:
            case ast.Attribute(value, _, context):
                yield kind, ast.Call(ast.Attribute(value, other, context), positional, keywords)
            case ast.Name(_, context):
                yield kind, ast.Call(ast.Name(other, context), positional, keywords)
    if len(positional) == 1 and isinstance(function, ast.Attribute) and name != "append":
        yield "left out", positional[0]
    if len(positional) == 2 and name not in _SYMMETRIC:
        yield "arguments", ast.Call(function, positional[::-1], keywords)
    for index, keyword in enumerate(keywords):
        if keyword.arg is not None:
            kept = keywords[:index] + keywords[index + 1 :]
            yield "left out", ast.Call(function, positional, kept)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value


def _reordered(block: list[ast.stmt], inside: set[int]) -> Iterator[tuple[str, str]]:
    """Leave one statement of a block out after the other, then exchange neighbours."""
    for index, statement in enumerate(block):
        if statement.lineno in inside:
            block[index] = ast.Pass()
            kind = "loop" if isinstance(statement, ast.For | ast.While) else "line"
            yield f"{_line(statement)} → pass", kind
            block[index] = statement
    for index in range(1, len(block)):
        pair = block[index - 1 : index + 1]
        if {statement.lineno for statement in pair} <= inside and _depend(*pair):
            block[index - 1 : index + 1] = pair[::-1]
            yield f"{_line(pair[0])} → after {_line(pair[1])}", "order"
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
