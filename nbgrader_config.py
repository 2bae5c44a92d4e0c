"""The course's layout and grading pipeline, for `nbgrader` and formgrader started from here.

They work on what `gancourse grade` writes to graded/ unless told otherwise: `gancourse grade` puts
the lesson, the submissions' copies and the gradebook there, formgrader serves to grade the written
answers, and grading again keeps what was given by hand.
"""

from pathlib import Path

from gancourse.grading.config import grading_config

c = get_config()  # noqa: F821  # pyrefly: ignore[unknown-name]
c.merge(grading_config(Path(__file__).resolve().parent / "graded"))
