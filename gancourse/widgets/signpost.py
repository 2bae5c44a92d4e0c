"""Where one is in the course: at the head and the foot of a lesson, and on the start page.

It tells what progress.py kept, and is drawn anew whenever something is kept. It is HTML with text beside it, no
widget: it stays in the notebook as it was.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from gancourse.contents import Assignment, Overview, all_contents, contents_of
from gancourse.progress import HEARD, Progress, in_kernel, read_progress

PLACES: list[tuple[Any, str]] = []
"""What this kernel has drawn: a display's handle, and of which lesson."""
HAND_GRADED = "a person reads the written answers"


@dataclass(frozen=True)
class Standing:
    """How far one lesson is."""

    contents: Overview
    done: int  # exercises whose checks all hold
    points: float
    answered: int  # questions
    minutes: float  # of the exercises that are left
    next_one: Assignment | None
    """The first exercise that is left."""

    @property
    def checked(self) -> list[Assignment]:
        return [task for task in self.contents.exercises.values() if not task.written]

    @property
    def most(self) -> float:
        return sum(task.points for task in self.checked)

    @property
    def begun(self) -> bool:
        return bool(self.points or self.answered)

    @property
    def finished(self) -> bool:
        return self.done == len(self.checked)

    @property
    def words(self) -> str:
        """In one line: what is done, and what is left."""
        of = self.contents
        said = [f"{self.done} of {len(self.checked)} exercises", f"{self.points:g} of {self.most:g} points"]
        if of.questions:
            said.append(f"{self.answered} of {len(of.questions)} questions")
        if self.finished:
            return " · ".join([*said, "done"])
        return " · ".join([*said, f"about {self.minutes:g} minutes of exercises left"])


def standing(contents: Overview, progress: Progress) -> Standing:
    """How far a lesson is. Written answers count as neither done nor left: only a person can tell."""
    left = []
    done, points = 0, 0.0
    for id, task in contents.exercises.items():
        mark = progress.mark(contents.name, id)
        if task.written:
            continue
        share = min(1.0, mark.points / mark.most) if mark is not None and mark.most else 0.0
        points += round(share * task.points, 2)
        if share >= 1:
            done += 1
        else:
            left.append(task)
    answered = sum(progress.mark(contents.name, id) is not None for id in contents.questions)
    return Standing(contents, done, points, answered, sum(t.minutes for t in left), left[0] if left else None)


def signpost(lesson: str = "") -> None:
    """Show where one is in a lesson, named as in "01_gaussian_1d", or without a name in the whole course."""
    shown = painted(lesson)
    if not in_kernel():
        print(shown["text/plain"])
        return
    from IPython.display import display

    PLACES.append((display(shown, raw=True, display_id=True), lesson))
    if refresh not in HEARD:
        HEARD.append(refresh)


def refresh() -> None:
    """Draw anew what this kernel has drawn. Never raises."""
    for handle, lesson in PLACES:
        handle.update(painted(lesson), raw=True)


def painted(lesson: str) -> dict[str, str]:
    """A signpost in HTML and in text."""
    progress = read_progress()
    contents = contents_of(lesson)
    lines, shown = of_course(progress) if contents is None else of_lesson(contents, progress)
    if progress.word:
        lines.append(progress.word)
        shown += f"<p>{html.escape(progress.word)}</p>"
    return {"text/plain": "\n".join(lines), "text/html": f'<div class="gancourse-signpost">{shown}</div>'}


def of_lesson(contents: Overview, progress: Progress) -> tuple[list[str], str]:
    """One lesson: how far it is, and the way to its neighbors."""
    at, course = standing(contents, progress), all_contents()
    here = next(i for i, other in enumerate(course) if other.name == contents.name)
    before = course[here - 1] if here else None
    after = course[here + 1] if here + 1 < len(course) else None
    written = sum(task.points for task in contents.exercises.values() if task.written)
    small = f"{written:g} points more: {HAND_GRADED}. " if written else ""
    small += "These are the points of the checks you see; graders add hidden ones."
    go_on = f"Next here: {at.next_one.title}" if at.next_one else "All checks of this lesson hold."
    lines = [at.words, go_on, small]
    ways = [
        link(f"← {before.title}", f"../{before.name}/{before.name}.ipynb") if before else "",
        link("All lessons", "../start.ipynb"),
        link(f"{after.title} →", f"../{after.name}/{after.name}.ipynb") if after else "",
    ]
    shown = (
        f"<p>{bar(at)} <strong>{html.escape(at.words)}</strong></p>"
        f"<p>{html.escape(go_on)}<br><small>{html.escape(small)}</small></p>"
        f"<p>{' &nbsp;·&nbsp; '.join(filter(None, ways))}</p>"
    )
    return lines, shown


def of_course(progress: Progress) -> tuple[list[str], str]:
    """All lessons, and where to go on."""
    course = [standing(contents, progress) for contents in all_contents()]
    goes_on = go_on_at(course, progress)
    lines, rows = [], []
    for at in course:
        name = at.contents.name
        mark = "✓" if at.finished else "▶" if at is goes_on else "◐" if at.begun else "○"
        said = at.words if at.begun else "not begun"
        here = "go on here" if at is goes_on and progress.marks else "begin here" if at is goes_on else ""
        lines.append(f"{mark} {at.contents.title}: {said}{f' ({here})' if here else ''}")
        title = link(at.contents.title, f"{name}/{name}.ipynb")
        rows.append(
            f"<tr><td>{mark}</td><td style='text-align:left'>{title}</td><td>{bar(at)}</td>"
            f"<td style='text-align:left'>{html.escape(said)}</td><td><strong>{here}</strong></td></tr>"
        )
    return lines, f"<table>{''.join(rows)}</table>"


def go_on_at(course: list[Standing], progress: Progress) -> Standing | None:
    """The lesson worked in last if something is left in it, else the next one of which something is left."""
    names = [at.contents.name for at in course]
    first = names.index(progress.last_lesson) if progress.last_lesson in names else 0
    return next((at for at in course[first:] + course[:first] if not at.finished), None)


def bar(at: Standing) -> str:
    label = html.escape(f"{at.contents.title}: {at.points:g} of {at.most:g} points")
    return f'<progress value="{at.points:g}" max="{at.most:g}" aria-label="{label}"></progress>'


def link(text: str, to: str) -> str:
    return f'<a href="{html.escape(to)}">{html.escape(text)}</a>'
