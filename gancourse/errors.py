"""The one exception that the command line shows as a sentence instead of a traceback."""


class CourseError(Exception):
    """Something the user can mend. The message says what happened and what to do."""
