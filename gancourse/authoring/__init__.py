"""From one Python file per lesson to the notebooks of students and instructors."""

import gancourse.grammar  # noqa: F401  # before nbformat comes
