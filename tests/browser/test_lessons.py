"""Every lesson in JupyterLab and Chromium, by one test for all: what only a page can show.

The worked notebook is opened as it was run by nbval (tests/executed.py): its pictures are there and say
what they show. In the released one a blank says that it is not written, a wrong answer from the lesson's
mutants is named, the right one passes. What is special to a lesson, such as its widget, stands in
`page.py` in its folder:

    CELLS = ("panel",)                       # cells that it needs; what they need themselves is found
    def play(lab, page, screenshots): ...    # what to do on the page, once these have run
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from executed import worked_out
from panels import source, violations, wait_for

from gancourse.authoring.gate import load_answers
from gancourse.authoring.questions import asks_as, question_in
from gancourse.authoring.source import Cell, Lesson, lesson_paths, read
from gancourse.grading.restore import solved_notebook
from gancourse.paths import module_at
from gancourse.progress import FILE

LESSONS = [read(path) for path in lesson_paths()]
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])
FOLDED = """(id) => window.jupyterapp.shell.currentWidget.content.widgets
    .find(w => w.model.id === id).inputHidden"""
FAST = "import os\nos.environ['GANCOURSE_FAST'] = '1'\n"


@pytest.fixture(autouse=True)
def nothing_left_open(lab, context) -> Iterator[None]:
    """A test that fails leaves its notebooks open, and the next one would look into those."""
    yield
    if context.pages:
        lab.close(context.pages[-1])


@by_name
def test_the_worked_notebook_shows_what_it_should(lesson: Lesson, lab, context, course, screenshots: Path) -> None:
    folder = course / "executed" / lesson.name
    shutil.copytree(course / "solutions" / lesson.name, folder)
    shutil.copy(worked_out(lesson), folder / f"{lesson.name}.ipynb")
    page = lab.open(context, f"executed/{lesson.name}/{lesson.name}.ipynb", kernel=False)
    opening = page.locator(".jp-RenderedMarkdown img").first
    assert opening.get_attribute("alt")
    wait_for(lambda: opening.evaluate("i => i.naturalWidth"), 30, "the opening picture does not load")
    page.screenshot(path=screenshots / f"{lesson.name}_top.png")
    lab.show_all(page, [cell.id for cell in lesson.cells if cell.keys.get("demo")])
    images = page.locator(".jp-OutputArea-output img")
    assert images.count() and all(images.nth(i).get_attribute("alt") for i in range(images.count()))
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
    # JupyterLab's own editors are not ours to judge.
    assert violations(page, ".jp-RenderedMarkdown", ".jp-OutputArea-output") == []
    lab.close(page)


@by_name
def test_a_student_works_in_the_released_one(lesson: Lesson, lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"notebooks/{lesson.name}/{lesson.name}.ipynb")
    lab.set_source(page, "setup", FAST + source(page, "setup"))
    lab.run_cell(page, "setup")
    exercise = lesson.tested[0]
    answers = load_answers(lesson.folder).exercises[exercise].answers
    assert "not written yet" in checked(lab, page, exercise)

    wrong = next(one for one in answers if one.kind == "wrong" and len(one.says) > 20 and "written yet" not in one.says)
    report = checked(lab, page, exercise, wrong.code)
    assert wrong.says in " ".join(report.split()), report  # the report is wrapped
    assert not any(inside in report for inside in ("Traceback", "site-packages", "core.py"))
    lab.show(page, f"test-{exercise}")
    page.screenshot(path=screenshots / f"{lesson.name}_wrong.png")

    report = checked(lab, page, exercise, next(one.code for one in answers if one.kind == "right"))
    assert "✓" in report and "✗" not in report
    (output,) = lab.outputs(page, f"test-{exercise}")
    assert output["output_type"] == "stream" and output["name"] == "stdout"

    lab.show(page, f"hints-{exercise}")
    hint = page.locator("details", has_text="Hint 2: the formula").first
    hint.locator("summary").click()
    wait_for(lambda: hint.evaluate("d => d.open"), 30, "the hint does not open")

    asked = next((cell for cell in lesson.cells if asks_as(cell)), None)
    if asked is not None:
        answered_by_keyboard(lab, page, asked)
        page.screenshot(path=screenshots / f"{lesson.name}_question.png")
    lab.run_cell(page, "signpost-head")
    lab.show(page, "signpost-head")
    head = page.locator(".gancourse-signpost").first
    wait_for(
        lambda: f"1 of {len(lesson.tested)} exercises" in head.inner_text(), 30, "the head does not tell what is done"
    )
    page.screenshot(path=screenshots / f"{lesson.name}_head.png")
    what_is_special(lesson, lab, page, screenshots)
    lab.close(page)


def what_is_special(lesson: Lesson, lab, page: Any, screenshots: Path) -> None:
    """Play what the lesson's page.py plays, with the worked answers in it."""
    special = page_of(lesson)
    if special is None:
        return
    solved = {cell.id: cell.source for cell in solved_notebook(lesson).cells}
    for id in lesson.needed(*special.CELLS):
        if id != "setup":  # it has run
            lab.set_source(page, id, solved[id])
            lab.run_cell(page, id)
            assert not any("traceback" in output for output in lab.outputs(page, id)), id
    special.play(lab, page, screenshots)


def answered_by_keyboard(lab, page: Any, asked: Cell) -> None:
    """Choose the first choice with the keyboard alone; a prediction tells what came when the next cell has run."""
    told = question_in(asked)
    assert page.evaluate(FOLDED, asked.id) is True
    lab.run_cell(page, asked.id)
    lab.show(page, asked.id)
    question = page.locator(".gancourse-question")
    first = question.locator(".gancourse-choices button").first
    words = question.get_by_role("status")
    first.focus()
    page.keyboard.press("Enter")
    wait_for(lambda: first.get_attribute("aria-pressed") == "true", 30, "Enter chooses nothing")
    if told["kind"] == "predict":
        assert "run the next cell" in words.inner_text(), "a prediction tells before one has seen"
        lab.run_cell(page, "setup")
        lab.show(page, asked.id)
    right = "Right." if told["choices"][0]["right"] else "Not quite."
    wait_for(lambda: words.inner_text().startswith(right), 30, "no word on what was chosen")
    assert violations(page, ".gancourse-question") == []


def checked(lab, page: Any, exercise: str, code: str | None = None) -> str:
    """What a check says to a student's code, or to what stands in the cell."""
    if code is not None:
        lab.set_source(page, exercise, code)
    lab.run_cell(page, exercise)
    lab.run_cell(page, f"test-{exercise}")
    return lab.said(page, f"test-{exercise}")


def page_of(lesson: Lesson) -> ModuleType | None:
    """The module `page.py` in a lesson's folder."""
    path = lesson.folder / "page.py"
    if not path.exists():
        return None
    return module_at(path, f"page_of_{lesson.name}")


def test_the_start_page_leads_to_every_lesson(lab, context, course, screenshots: Path) -> None:
    page = lab.open(context, "notebooks/start.ipynb")
    picture = page.locator(".jp-RenderedMarkdown img").first
    picture.wait_for()
    assert picture.get_attribute("alt")
    wait_for(lambda: picture.evaluate("i => i.naturalWidth"), 30, "the start page's picture does not load")
    page.screenshot(path=screenshots / "start.png")
    assert page.get_by_text("Create Assignment").count() == 0, "a student is shown an instructor's tool"
    assert page.get_by_text("Validate", exact=True).count() == 0, "nbgrader's own Validate stands beside the course's"
    for lesson in LESSONS:
        assert page.get_by_role("link", name=lesson.title).count() == 1
    lab.run_cell(page, "cell-003")
    marks = page.locator(".gancourse-signpost")
    wait_for(lambda: marks.count() and "here" in marks.inner_text(), 30, "the start page says nowhere where to go on")
    rows = marks.locator("tr")
    assert rows.count() == len(LESSONS)
    if (course / "notebooks" / FILE).exists():  # written by the pages of the tests above
        assert "1 of " in marks.inner_text() and "go on here" in marks.inner_text()
    assert violations(page, ".gancourse-signpost") == []
    page.screenshot(path=screenshots / "start_marks.png")
    marks.get_by_role("link", name=LESSONS[0].title).click()
    page.wait_for_function(
        f"() => window.jupyterapp.shell.currentWidget.context.path.endsWith('{LESSONS[0].name}.ipynb')"
    )
    lab.close(page)
