"""nbgrader's configuration for grading, used by `gancourse grade` and by nbgrader_config.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gancourse.authoring.course import course_config

CELL_TIMEOUT = 120
"""Seconds a cell may run before it is interrupted. A test cell here takes far less than one."""

DATABASE_TIMEOUT = 60
"""Seconds to wait for the gradebook while another process writes to it."""


def grading_config(course: Path, timeout: int = CELL_TIMEOUT) -> Any:
    """nbgrader's configuration for grading a course that lives below `course`."""
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, GetGrades, LimitOutput, SaveAutoGrades

    from gancourse.grading.autograde import HideHiddenTests, Run

    config = course_config(course)
    config.CourseDirectory.db_url += f"?timeout={DATABASE_TIMEOUT}"
    config.OverwriteCells.add_missing_cells = True
    config.Run.timeout = timeout
    # Run replaces nbgrader's Execute: it survives dead kernels, and keeps tracebacks and warnings
    # from costing points or showing the package's inside.
    config.Autograde.autograde_preprocessors = [
        Run,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
    return config
