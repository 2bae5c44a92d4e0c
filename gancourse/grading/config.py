"""nbgrader's configuration for grading, used by `gancourse grade` and by nbgrader_config.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gancourse.authoring.course import course_config

DATABASE_TIMEOUT = 60
"""Seconds to wait for the gradebook while another process writes to it."""


def grading_config(course: Path) -> Any:
    """nbgrader's configuration for grading a course that lives below `course`."""
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, GetGrades, LimitOutput

    from gancourse.grading.autograde import HideHiddenTests, Judged, SaveScores

    config = course_config(course)
    config.CourseDirectory.db_url += f"?timeout={DATABASE_TIMEOUT}"
    config.OverwriteCells.add_missing_cells = True
    # In the place of nbgrader's Execute and SaveAutoGrades: student code runs in a sandbox, and the
    # scores come from outside of it.
    config.Autograde.autograde_preprocessors = [
        Judged,
        LimitOutput,
        SaveScores,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
    return config
