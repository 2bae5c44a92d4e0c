"""Lesson 01 as its students get it, and solved, for tests of grading: made once in a process, copied for each file."""

from __future__ import annotations

import copy
from functools import cache

from nbformat.notebooknode import NotebookNode

from gancourse.authoring.source import find
from gancourse.grading.restore import release_notebook, solved_notebook

LESSON = find("01_gaussian_1d")


@cache
def made(solved: bool) -> NotebookNode:
    return (solved_notebook if solved else release_notebook)(LESSON)


def released() -> NotebookNode:
    return copy.deepcopy(made(False))


def solved_first() -> NotebookNode:
    return copy.deepcopy(made(True))
