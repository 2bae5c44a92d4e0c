"""A lesson worked through in a browser, at full length: `python benchmarks/walk_through.py --lesson 08`.

JupyterLab shows the released notebook in Chromium. Cell by cell it is run as a student would: each exercise first as
it was handed out, then with a wrong answer of the lesson's mutants, then with the worked one; of each question the
first choice is taken; the lesson's `page.py` moves its widgets. Every code cell is photographed when it has run.
Prints the seconds of each cell that takes over one, what was said to blank and wrong answers, and cells that stop;
exits with 1 if a worked cell stops, a blank or a wrong answer passes, or a right one does not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError, sync_playwright

from gancourse.authoring.gate import load_answers
from gancourse.authoring.questions import asks_as
from gancourse.authoring.source import Lesson, find
from gancourse.grading.restore import solved_notebook
from gancourse.paths import module_at

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]
from jupyter_page import COURSE, SEEN, Lab, chromium, jupyterlab  # noqa: E402

LONGEST = 900_000  # milliseconds that one cell may take


def main() -> int:
    """Walk, print, and say whether all went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="01")
    parser.add_argument("--pictures", type=Path, default=Path("build/walk"), help="where to put the photographs")
    arguments = parser.parse_args()
    lesson = find(arguments.lesson)
    pictures = (arguments.pictures / lesson.name).resolve()
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    found = chromium()
    if found is None:
        print("No Chromium here: `python tools/needs.py` says how to get it.")
        return 1
    scratch = Path(tempfile.mkdtemp(prefix="gancourse-walk-"))
    course = scratch / "course"
    shutil.copytree(ROOT / "notebooks", course / "notebooks")
    env = {name: value for name, value in os.environ.items() if name != "GANCOURSE_FAST"}
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(ROOT / "jupyter" / "student"), COURSE])
    with jupyterlab(course, scratch, env) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**found)
        window = browser.new_context(viewport=SEEN)
        faults = Walk(Lab(url), window, lesson, pictures).faults
        browser.close()
    shutil.rmtree(scratch, ignore_errors=True)
    print("\n".join(f"FAULT: {one}" for one in faults) or f"nothing went wrong; photographs in {pictures}")
    return int(bool(faults))


class Walk:
    """One lesson, from its first cell to its last.

    Attributes:
        faults: what should not have happened, in words.
    """

    def __init__(self, lab: Lab, window: Any, lesson: Lesson, pictures: Path) -> None:
        self.lab, self.lesson, self.pictures = lab, lesson, pictures
        self.faults: list[str] = []
        self.page = lab.open(window, f"notebooks/{lesson.name}/{lesson.name}.ipynb")
        self.page.set_default_timeout(LONGEST)
        solved = {cell.id: cell for cell in solved_notebook(lesson).cells if cell.cell_type == "code"}
        asked = {cell.id: cell for cell in lesson.cells if asks_as(cell)}
        self.answers = load_answers(lesson.folder).exercises
        total = 0.0
        for place, (id, cell) in enumerate(solved.items()):
            exercise = id.removeprefix("test-") if id.startswith("test-") else ""
            if exercise in self.answers:
                continue  # run with its exercise
            if id in lesson.tested:
                self.attempts(id)
            lab.set_source(self.page, id, cell.source)
            total += self.timed(id)
            if f"test-{id}" in solved:
                report = self.report(id)
                if "✗" in report or "✓" not in report:
                    self.faults.append(f"{id}: the worked answer is refused: {report[:300]}")
            if id in asked:
                self.answer(id)
            self.page.screenshot(path=self.pictures / f"{place:03d}_{id}.png")
        print(f"{lesson.name}: {total:.0f} s of cells with worked answers")
        special = (
            module_at(lesson.folder / "page.py", f"page_{lesson.name}")
            if (lesson.folder / "page.py").is_file()
            else None
        )
        if special is not None:
            special.play(lab, self.page, self.pictures)

    def timed(self, id: str) -> float:
        """Run a cell; how many seconds it took."""
        started = time.monotonic()
        self.lab.run_cell(self.page, id)
        took = time.monotonic() - started
        self.lab.show(self.page, id)
        if took > 1:
            print(f"  {took:6.1f} s  {id}", flush=True)
        if any(output["output_type"] == "error" for output in self.lab.outputs(self.page, id)):
            self.faults.append(f"{id}: stops with an error")
        return took

    def report(self, exercise: str) -> str:
        """What an exercise's check says."""
        self.lab.run_cell(self.page, f"test-{exercise}")
        return self.lab.said(self.page, f"test-{exercise}")

    def attempts(self, exercise: str) -> None:
        """What comes of the cell as it was handed out, and of a wrong answer."""
        self.lab.run_cell(self.page, exercise)
        blank = self.report(exercise)
        those = self.answers[exercise].answers
        named = (one for one in those if one.kind == "wrong" and len(one.says) > 20 and "written yet" not in one.says)
        wrong = next(named, None)
        tried = [("blank", "", blank)]
        if wrong is not None:
            self.lab.set_source(self.page, exercise, wrong.code)
            self.lab.run_cell(self.page, exercise)
            tried.append((f"wrong ({wrong.name})", wrong.says, self.report(exercise)))
            self.lab.show(self.page, f"test-{exercise}")
            self.page.screenshot(path=self.pictures / f"wrong_{exercise}.png")
        for name, says, report in tried:
            told = " ".join(report.split())
            print(f"    {exercise}, {name}: {told[:160]}", flush=True)
            if "✗" not in report or says not in told:
                self.faults.append(f"{exercise}, {name}: {told[:300]}")

    def answer(self, id: str) -> None:
        """Take a question's first choice."""
        self.lab.show(self.page, id)
        first = self.page.locator(".jp-Cell.jp-mod-active .gancourse-choices button").first
        try:
            first.click(timeout=30_000)
        except TimeoutError:
            self.faults.append(f"{id}: its first choice cannot be clicked")


if __name__ == "__main__":
    sys.exit(main())
