"""Right and wrong answers to a lesson's exercises, written as edits: `mutants.py` in a lesson's folder.

The mutation gate (tests/gate) asks that checks accept every right answer and reject every wrong one.
Most wrong answers are one slip in a right one, so that is how they are written:

    answers = Answers(__file__)

    it = answers.to("discriminator_loss")
    it.right("softplus")
    it.right("logsigmoid", "return -F.logsigmoid(real_logits).mean() - F.logsigmoid(-fake_logits).mean()")
    it.wrong("sum", {"mean()": "sum()"}, count=2, says="sum over the batch")
    it.wrong("one argument", "def discriminator_loss(logits): …", says="takes 1 positional argument")

An answer is one of four:

- nothing: the lesson's own solution, without its docstrings. Any exercise has that one for free as
  what an edit changes, and its blank stub as a wrong answer.
- edits, `{what stands there: what is written}`: of the first right answer, or of the one that `of` names,
  or of a `draft`, a right answer that is only there to be edited. What stands there must stand in one
  place, or in `count` places in all. Of several lines the later ones are written as if the first began at
  the margin. A line that is edited away is gone.
- the body of the function, under the lesson's own signature.
- a whole source, known by its defining the exercise's name.

To an open challenge (gancourse/checks/challenge.py) no answer is right: each `earns` a medal, here and on fresh
targets, or none. What earns gold is a right answer to the gate, what earns none a wrong one:

    it = answers.to("fewest_steps")
    it.earns("gold", "reads the ratio off D")
    it.earns("bronze", "Algorithm 1 as it stands", "…")
    it.wrong("makes what the notebook's target is", "…", says="…")

`says` must come in the report, and what `never` holds must not. Answers `by_heart` know what a notebook's
checks ask: those they pass, and fresh inputs find them out. `excused` and `survivors` are about the answers
that a machine makes (machine.py).

Beside mutants.py may lie blind.py: answers that somebody wrote from the released notebook alone, without a look
at the checks. They are data, and whole sources; a report on a wrong one must say no word in particular:

    BLIND = {
        "discriminator_loss": {
            "first": (1, 0),  # of the wrong ones accepted, of the right ones refused by the checks of that day
            "wrong": {"sum": ("the clause of the text that it breaks", "def discriminator_loss(…): …")},
            "right": {"softplus": "def discriminator_loss(…): …"},
        },
    }

Of an open challenge it holds, in the place of "right", "medals": {"by rules": ("silver", "def …")}, and beside "wrong",
which earn none, "cheats" that break the rules. A notebook cannot keep all of those out; behind the walls of grading
they earn nothing. And "by heart" are those that know the notebook's target, and no other.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gancourse.authoring.source import Lesson, read
from gancourse.errors import CourseError

Written = str | Mapping[str, str] | None
"""An answer as an author writes it."""
STUB = "raise NotImplementedError  # your code here"
NOT_WRITTEN = "This is not written yet"
SOLUTION_BLOCK = re.compile(r"^([ ]*)### BEGIN SOLUTION\n(.*?)^[ ]*### END SOLUTION$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """One answer's source, and what its report must and must not say."""

    lesson: str
    exercise: str
    kind: str  # "right", "wrong", "by heart" or "draft"; "medal" where it earns bronze or silver
    name: str
    code: str
    says: str = ""
    never: tuple[str, ...] = ()
    blind: bool = False
    point: bool = False  # whether it misses what the exercise is for
    medal: str = ""  # of an open challenge


class Answers:
    """The answers to one lesson's exercises, by exercise in `exercises`.

    Args:
        path: a file in the lesson's folder, such as its mutants.py.
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = Path(path).parent
        self.name = self.folder.name
        self.exercises: dict[str, Exercise] = {}

    @cached_property
    def lesson(self) -> Lesson:
        return read(self.folder / "lesson.py")

    def to(self, exercise: str) -> Exercise:
        """Begin an exercise's answers.

        Raises:
            CourseError: if the lesson has no such exercise, or it was begun before.
        """
        if exercise in self.exercises or exercise not in self.lesson.tested:
            raise CourseError(f"{self.name}: {exercise} has its answers already, or is no exercise with a check.")
        self.exercises[exercise] = Exercise(self.name, exercise, self.lesson.cell(exercise).text)
        return self.exercises[exercise]

    def add_blind(self, blind: Mapping[str, Mapping[str, Any]]) -> None:
        """Add what `BLIND` in blind.py holds, marked as blind.

        Raises:
            CourseError: if an exercise has no answers in mutants.py.
        """
        for exercise, told in blind.items():
            if exercise not in self.exercises:
                raise CourseError(f"{self.name}: blind.py has answers to {exercise!r}, mutants.py has none.")
            it = self.exercises[exercise]
            it.first = told["first"]
            for name, (_, code) in told["wrong"].items():
                it.add(Answer(self.name, exercise, "wrong", f"blind: {name}", code, blind=True))
            for key, kind in (("cheats", "cheat"), ("by heart", "by heart")):
                for name, (_, code) in told.get(key, {}).items():
                    it.add(Answer(self.name, exercise, kind, f"blind: {name}", code, blind=True))
            for name, code in told.get("right", {}).items():
                it.add(Answer(self.name, exercise, "right", f"blind: {name}", code, blind=True))
            for name, (medal, code) in told.get("medals", {}).items():
                kind = "right" if medal == "gold" else "medal"
                it.add(Answer(self.name, exercise, kind, f"blind: {name}", code, medal=medal, blind=True))

    def of_kind(self, kind: str) -> list[Answer]:
        """All "right", "wrong", "by heart", "draft", "medal" or "cheat" answers."""
        return [a for exercise in self.exercises.values() for a in exercise.answers if a.kind == kind]


@dataclass
class Exercise:
    """The answers to one exercise."""

    lesson: str
    name: str
    solution: str  # the text of the solution's cell
    answers: list[Answer] = field(default_factory=list)
    excused: dict[str, str] = field(default_factory=dict)
    """What a machine changed without harm, by its readable name, and why that is no mistake."""
    survivors: list[str] = field(default_factory=list)
    """Mistakes that a machine made and no check finds yet."""
    first: tuple[int, int] | None = None
    """Of the blind answers: wrong ones accepted, right ones refused at first."""

    def __post_init__(self) -> None:
        blank = without_docstrings(SOLUTION_BLOCK.sub(rf"\1{STUB}", self.solution))
        self.add(Answer(self.lesson, self.name, "wrong", "blank", blank, NOT_WRITTEN))

    @cached_property
    def own(self) -> str:
        """The lesson's solution, without docstrings and markers."""
        return without_docstrings(SOLUTION_BLOCK.sub(lambda m: m[2].rstrip("\n"), self.solution))

    def right(self, name: str, written: Written = None, *, of: str = "", count: int = 0) -> None:
        """Add an answer that must be accepted."""
        self.add(Answer(self.lesson, self.name, "right", name, self.source(name, written, of, count)))

    def earns(self, medal: str, name: str, written: Written = None, *, of: str = "", count: int = 0) -> None:
        """Add an answer to an open challenge that earns "bronze", "silver" or "gold", and no other medal."""
        kind = "right" if medal == "gold" else "medal"
        self.add(Answer(self.lesson, self.name, kind, name, self.source(name, written, of, count), medal=medal))

    def draft(self, name: str, written: Written) -> None:
        """Add a right answer that is only there to be edited, with every step on its own line."""
        self.add(Answer(self.lesson, self.name, "draft", name, self.source(name, written)))

    def wrong(
        self,
        name: str,
        written: Written,
        *,
        says: str,
        never: str | tuple[str, ...] = (),
        of: str = "",
        count: int = 0,
        point: bool = False,
    ) -> None:
        """Add an answer that must be rejected with these words; one that misses the `point` earns half at most."""
        never = (never,) if isinstance(never, str) else never
        code = self.source(name, written, of, count)
        self.add(Answer(self.lesson, self.name, "wrong", name, code, says, never, point=point))

    def by_heart(self, name: str, written: Written, *, says: str, of: str = "", count: int = 0) -> None:
        """Add an answer that is accepted in a notebook, and on fresh inputs rejected with these words."""
        self.add(Answer(self.lesson, self.name, "by heart", name, self.source(name, written, of, count), says))

    def add(self, answer: Answer) -> None:
        """Add an answer.

        Raises:
            CourseError: if there is one of that name, or it would be rejected without a word.
        """
        if any((a.kind, a.name) == (answer.kind, answer.name) for a in self.answers):
            raise CourseError(f"{self.name}: two {answer.kind} answers are named {answer.name!r}.")
        if answer.kind in ("wrong", "by heart") and not (answer.says or answer.blind):
            raise CourseError(f"{self.name}, {answer.name!r}: what must the report say?")
        self.answers.append(answer)

    def source(self, name: str, written: Written, of: str = "", count: int = 0) -> str:
        """An answer's source, from what its author wrote.

        Raises:
            CourseError: if an edit does not apply, or `of` names no right answer.
        """
        try:
            if written is None:
                return self.own
            if isinstance(written, str):
                text = textwrap.dedent(written).strip("\n") + "\n"
                return text if self.defined_in(text) else self.with_body(text)
            code = edited(self.base(of), written, count)
            ast.parse(code)
            return code
        except (CourseError, SyntaxError) as error:
            raise CourseError(f"{self.lesson}, {self.name}, {name!r}: {error}") from None

    def base(self, of: str) -> str:
        """The source that edits change: the one that `of` names, never a wrong one, or the first, or the lesson's."""
        right = {a.name: a.code for a in self.answers if a.kind in ("right", "draft", "medal")}
        if of and of not in right:
            raise CourseError(f"there is no right answer {of!r} above.")
        return right[of] if of else next(iter(right.values()), self.own)

    def defined_in(self, source: str) -> bool:
        """Whether a source defines the exercise's name."""
        return any(self.name in bound(node) for node in ast.parse(source).body)

    def with_body(self, body: str) -> str:
        """The lesson's function with another body."""
        function = next((n for n in ast.parse(self.own).body if isinstance(n, ast.FunctionDef)), None)
        if function is None or function.name != self.name:
            raise CourseError(f"{self.name} is no function, so an answer needs more than a body.")
        signature = self.own.splitlines()[function.lineno - 1 : function.body[0].lineno - 1]
        return "\n".join(signature).rstrip() + "\n" + textwrap.indent(body, "    ")


def bound(node: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def without_docstrings(source: str) -> str:
    """A source without its docstrings, and without the empty lines that would begin a block."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            said = node.body[0]
            lines[said.lineno - 1 : said.end_lineno] = [""] * (1 + (said.end_lineno or said.lineno) - said.lineno)
    text = "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
    return re.sub(r":\n\n+", ":\n", text)


def edited(source: str, edits: Mapping[str, str], count: int = 0) -> str:
    """A source after edits, one after the other.

    Args:
        source: what is edited.
        edits: what stands there → what is written. Lines after the first stand in the same block as it.
        count: how many places are edited in all, if not one for each edit.

    Raises:
        CourseError: if one finds nothing, they find more places than `count`, or change nothing.
    """
    before, places = source, 0
    for old, new in edits.items():
        found = list(finds(source, old))
        if not found:
            raise CourseError(f"there is no {old!r} in\n{source}")
        places += len(found)
        for start, end, margin in reversed(found):
            if not new and source[:start].endswith("\n" + margin) and source[end : end + 1] == "\n":
                start, end = start - len(margin), end + 1
            source = source[:start] + new.replace("\n", "\n" + margin) + source[end:]
    if places != (count or len(edits)):
        raise CourseError(
            f"{' and '.join(map(repr, edits))} stand in {places} places; quote more, or say count={places}."
        )
    if source == before:
        raise CourseError("the edits change nothing.")
    return source


def finds(source: str, old: str) -> Iterator[tuple[int, int, str]]:
    """Where a text of one or more lines stands: start, end, and the margin of its first line."""
    end = 0
    for match in re.finditer(re.escape(old.split("\n", 1)[0]), source):
        start = match.start()
        line = source.rfind("\n", 0, start) + 1
        margin = source[line : len(source) - len(source[line:].lstrip(" "))]
        text = old.replace("\n", "\n" + margin)
        if start >= end and source.startswith(text, start):
            end = start + len(text)
            yield start, end, margin
