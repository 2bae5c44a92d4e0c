"""A question with choices: one click, then a word on what was chosen, and what is right.

A prediction holds its words back until the next cell has run, or one asks for them: first say, then see. The
page gets all words at once, so a click is answered while the kernel trains. What was chosen is remembered
(progress.py). Without a page it is all text; nothing waits.
"""

from __future__ import annotations

import html
import weakref
from typing import Any

import traitlets

from gancourse.contents import contents_of
from gancourse.progress import in_kernel, read_progress, record
from gancourse.widgets.base import CourseWidget, view_files

UNKNOWN = "This question is not known here: the notebook and the course are of different days."


class Question(CourseWidget):
    """A question in the page.

    Args:
        lesson, id: whose it is.
        told: as contents.json has it.
    """

    _esm = view_files("question.js")
    _css = view_files("question.css")
    task = "question"

    # What the page says; -1: nothing yet.
    chosen = traitlets.Int(-1).tag(sync=True)
    # What the page is told.
    told = traitlets.Dict().tag(sync=True)
    seen = traitlets.Bool(True).tag(sync=True)  # whether there is something to see that answers it

    def __init__(self, lesson: str, id: str, told: dict[str, Any]) -> None:
        self._lesson, self._id = lesson, id
        mark = read_progress().mark(lesson, id)
        texts = [choice["text"] for choice in told["choices"]]
        chosen = texts.index(mark.chosen) if mark and mark.chosen in texts else -1
        super().__init__(told=told, chosen=chosen, seen=chosen >= 0 or told["kind"] == "quiz")
        self.observe(self._choose, "chosen")

    def _choose(self, change: Any) -> None:
        if 0 <= change["new"] < len(self.told["choices"]):
            record(self._lesson, self._id, chosen=self.told["choices"][change["new"]]["text"])
            self._keep_still()

    def _picture(self) -> dict[str, str]:
        text = question_text(self.told, self.chosen)
        asked, _, answer = text.partition("\n\n")
        shown = f"<p>{breaks(asked)}</p><details><summary>Answer</summary><p>{breaks(answer)}</p></details>"
        return {"text/plain": text, "text/html": shown}

    def _ipython_display_(self, **kwargs: Any) -> None:
        super()._ipython_display_(**kwargs)
        if not self.seen:
            Soon(self)


class Soon:
    """Tells a prediction that the next cell has run, and is then forgotten."""

    def __init__(self, question: Question) -> None:
        from IPython.core.getipython import get_ipython

        self.question, self.events = weakref.ref(question), get_ipython().events  # type: ignore[union-attr]
        self.own = True  # the cell that asks ends first
        self.events.register("post_run_cell", self.tell)

    def tell(self, *_: Any) -> None:
        if self.own:
            self.own = False
            return
        self.events.unregister("post_run_cell", self.tell)
        if (question := self.question()) is not None:
            question._tell(seen=True)


def ask(lesson: str, id: str) -> None:
    """Ask a question of a lesson: in a page with a click, elsewhere as text with its answer.

    Args:
        lesson: its name, such as "01_gaussian_1d".
        id: which one, as the lesson's source names it.
    """
    contents = contents_of(lesson)
    told = contents.questions.get(id) if contents is not None else None
    if told is None:
        print(UNKNOWN)
    elif in_kernel():
        Question(lesson, id, told)._ipython_display_()
    else:
        print(question_text(told))


def question_text(told: dict[str, Any], chosen: int = -1) -> str:
    """A question, its choices and, after an empty line, its answer. What was chosen is marked."""
    lines = [" ".join(told["text"].split())]
    lines += [f"  {'●' if i == chosen else '○'} {choice['text']}" for i, choice in enumerate(told["choices"])]
    lines.append("")
    for i, choice in enumerate(told["choices"]):
        if choice["right"] or i == chosen:
            lines.append(f"{'✓' if choice['right'] else '✗'} {choice['text']}: {choice['word']}")
    return "\n".join([*lines, *told["after"].split("\n\n")]).rstrip()


def breaks(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
