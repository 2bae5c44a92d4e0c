"""nbgrader, configured for this course and driven from Python."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gancourse.errors import CourseError


def course_config(course: Path) -> Any:
    """nbgrader's configuration for a course that lives below `course`."""
    from nbgrader.preprocessors import ClearMarkScheme, ClearOutput, IncludeHeaderFooter, LockCells
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "notebooks"
    config.CourseDirectory.solution_directory = "solutions"
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    config.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code here"}
    config.ClearSolutions.text_stub = "*Write your answer here.*"
    # Left out: Execute. Outputs are not committed, and building must not take minutes.
    config.GenerateSolution.preprocessors = [IncludeHeaderFooter, LockCells, ClearOutput, ClearMarkScheme]
    return config


def run_converter(converter: Any, assignment: str, course: Path) -> None:
    """Run one of nbgrader's converters on one assignment, quietly.

    Raises:
        CourseError: with what nbgrader logged, if it fails.
    """
    from nbgrader.coursedir import CourseDirectory

    tools_on_path()
    config = course_config(course)
    config.CourseDirectory.assignment_id = assignment
    begin_gradebook(course / "gradebook.db")
    with captured_log() as (logger, lines):
        coursedir = CourseDirectory(config=config)
        app = converter(coursedir=coursedir, config=config, log=logger)
        app.force = True
        try:
            app.start()
        except (Exception, SystemExit) as error:
            said = "\n".join(line for line in lines if "Traceback" not in line)
            raise CourseError(f"nbgrader could not build {assignment}: {said or error}") from error


def begin_gradebook(path: Path) -> None:
    """Begin a gradebook that is thrown away with the build.

    nbgrader wants one even to build. On an empty file it would start `alembic` to ask for the schema's
    version, which takes longer than all the rest; a file with that table in it is one it only completes.
    """
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")


@contextlib.contextmanager
def captured_log() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger that keeps warnings and errors in a list instead of printing them."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger = logging.Logger("nbgrader")
    logger.addHandler(Keep(logging.WARNING))
    yield logger, lines


def tools_on_path() -> None:
    """Put this environment's programs on PATH: nbgrader starts `alembic` by name."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
