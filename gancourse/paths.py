"""Where things are on disk."""

from pathlib import Path

from gancourse.errors import CourseError

PACKAGE = Path(__file__).resolve().parent


def repository() -> Path:
    """The course's checkout, which holds the lessons' sources and the hidden checks.

    Raises:
        CourseError: if gancourse was installed without its repository.
    """
    root = PACKAGE.parent
    if not (root / "lessons").is_dir():
        raise CourseError(
            f"The lessons' sources are not beside the package in {root}. Building and grading "
            "need the course's repository: clone it and run `make lab` or `make test` there."
        )
    return root
