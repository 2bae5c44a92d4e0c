"""Questions with a click: read from a lesson's source, and how they stand in the notebook.

A prediction before a figure, or a quiz, is a text cell. The choices follow the question, each with the word that
is said to those who choose it; what came, or what is right in a few sentences, stands behind a `---` line:

    # %% [markdown] predict="which_moves_first"
    # Which of the two curves moves first?
    #
    # - [ ] the discriminator's :: It moves, but …
    # - [x] the generator's :: Yes: …
    #
    # ---
    # What came: …

In the notebook it is a folded code cell that asks (`gancourse.ask`): question and choices can be read there, the
answer lies in the package, in the lesson's contents.json (contents.py).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from gancourse.authoring.source import DIVIDER, Cell
from gancourse.errors import CourseError

ASKS = {"predict": "Predict, then see", "quiz": "Quiz"}
"""Keys of cells that ask, and what stands before their questions."""
CHOICE = re.compile(r"^- \[([ x])\] ", re.MULTILINE)
MATH = re.compile(r"\$([^$]+)\$")


def asks_as(cell: Cell) -> str:
    """Whether a cell asks: "predict" or "quiz"; else ""."""
    return next((kind for kind in ASKS if kind in cell.keys), "")


def question_in(cell: Cell) -> dict[str, Any]:
    """What a cell asks, as contents.json has it: texts in Markdown and, for the page, in HTML.

    Raises:
        CourseError: if it is not written as above.
    """
    kind = asks_as(cell)
    if wrong := next(faults(cell), ""):
        raise CourseError(wrong)
    asked, *after = DIVIDER.split(cell.text, maxsplit=1)
    question, *parts = CHOICE.split(asked)
    choices = []
    for mark, part in zip(parts[::2], parts[1::2], strict=True):
        text, word = (joined.strip() for joined in " ".join(part.split()).split(" :: ", 1))
        choices.append({"right": mark == "x", "text": text, "word": word} | in_html(text=text, word=word))
    told = "\n".join(after).strip()
    return {
        "kind": kind,
        "text": question.strip(),
        "after": told,
        **in_html(text=question.strip(), after=told),
        "choices": choices,
    }


def faults(cell: Cell) -> Iterator[str]:
    """What is wrong with how a question is written."""
    kind = asks_as(cell)
    if not kind:
        return
    name = f"{kind}={cell.keys[kind]!r}"
    question, *parts = CHOICE.split(DIVIDER.split(cell.text, maxsplit=1)[0])
    if not question.strip() or question.lstrip().startswith("#"):
        yield f"{name} should begin with its question, a sentence without a heading"
    if not 2 <= len(parts) // 2 <= 6:
        yield f"{name} has {len(parts) // 2} choices; two to six are wanted, each a line `- [ ] choice :: a word on it`"
    if parts and not {"x", " "} <= set(parts[::2]):
        yield f"{name} needs a right choice, `- [x]`, and a wrong one, `- [ ]`"
    for part in parts[1::2]:
        text, _, word = " ".join(part.split()).partition(" :: ")
        if not (text and word):
            yield f"{name}: {text!r} needs a word for those who choose it, behind ` :: `"
    if kind == "predict" and len(DIVIDER.split(cell.text)) < 2:
        yield f"{name} says nothing on what came; write it behind a `---` line"


def asking_code(lesson: str, cell: Cell) -> str:
    """The code cell that asks: its first line shows where it is folded, question and choices where it is open."""
    kind, asked = asks_as(cell), question_in(cell)
    lines = textwrap.wrap(f"{ASKS[kind]}: {plain_words(asked['text'])}", 88)
    for choice in asked["choices"]:
        lines += textwrap.wrap(f"○ {plain_words(choice['text'])}", 88, initial_indent="  ", subsequent_indent="    ")
    comment = "\n".join(f"# {line}" for line in lines)
    return f'{comment}\nfrom gancourse import ask\n\nask("{lesson}", "{cell.keys[kind]}")'


def plain_words(markdown: str) -> str:
    """A text without what marks it up."""
    return " ".join(MATH.sub(r"\1", re.sub(r"\*\*?([^*]+)\*\*?", r"\1", markdown)).split())


def in_html(**texts: str) -> dict[str, str]:
    """The same texts in HTML, by their names and "_html"; formulas in MathML, so that no page needs a library."""
    return {f"{name}_html": html_of(text) for name, text in texts.items()}


def html_of(markdown: str) -> str:
    """Markdown in HTML. A single paragraph comes without its tags."""
    from latex2mathml.converter import convert
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    kept: list[str] = []

    def keep_formula(match: re.Match[str]) -> str:
        kept.append(convert(match[1]))
        return f"FORMULA{len(kept) - 1}END"

    made = markdown2html_mistune(MATH.sub(keep_formula, markdown)).strip() if markdown else ""
    made = re.sub(r"FORMULA(\d+)END", lambda match: kept[int(match[1])], made)
    return made.removeprefix("<p>").removesuffix("</p>") if made.count("<p>") == 1 and made.startswith("<p>") else made
