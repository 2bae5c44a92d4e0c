"""How an answer could be borrowed instead of written, for the lists in lessons' `borrowed.py`.

Each function gives the code of such an answer, and the word by which the sandbox refuses it.
"""

from __future__ import annotations

Loan = tuple[str, str]  # the code of an answer, and what its report must say

SAYS_WITHHELD = "is withheld while this lesson is graded: write it yourself"
DO_WITHOUT = "the exercise says to do without it: write it yourself"
NOT_THERE = "The lessons' sources are not beside the package"

BYTECODE = """\
import importlib.machinery
import importlib.util
import sys
from pathlib import Path

import gancourse

cache = next(Path(gancourse.__file__).parent.glob("{folder}__pycache__/{module}.*.pyc"))
loader = importlib.machinery.SourcelessFileLoader("borrowed", str(cache))
borrowed = importlib.util.module_from_spec(importlib.util.spec_from_loader("borrowed", loader))
sys.modules["borrowed"] = borrowed
loader.exec_module(borrowed)
{exercise} = borrowed.{name}
"""


def withheld(code: str) -> Loan:
    """An answer that calls what is withheld."""
    return code, SAYS_WITHHELD


def from_package(module: str, name: str, exercise: str = "") -> Loan:
    """What a module of the package has under this name, as it is."""
    return f"from gancourse.{module} import {name} as {exercise or name}\n", SAYS_WITHHELD


def from_bytecode(module: str, name: str, exercise: str = "", then: str = "") -> Loan:
    """The same from the module's compiled file, which Python loads without the source; `then` is what follows."""
    *folders, last = module.split(".")
    folder = "".join(f"{part}/" for part in folders)
    return BYTECODE.format(folder=folder, module=last, name=name, exercise=exercise or name) + then, SAYS_WITHHELD


def from_source(module: str, name: str, exercise: str = "") -> Loan:
    """The same by running the module's text."""
    path = f"/{module.replace('.', '/')}.py"
    code = (
        "import runpy\n\nimport gancourse\n\n"
        f"{exercise or name} = runpy.run_path(gancourse.__path__[0] + {path!r})[{name!r}]\n"
    )
    return code, SAYS_WITHHELD


def from_pickle(module: str, name: str, exercise: str = "") -> Loan:
    """The same by a pickle that names it."""
    data = f"cgancourse.{module}\n{name}\n.".encode()
    return f"import pickle\n\n{exercise or name} = pickle.loads({data!r})\n", SAYS_WITHHELD


def solved(lesson: str, exercise: str) -> Loan:
    """The lesson's own solution, by the module that builds the notebooks: where nothing shorter is to be had."""
    code = f"from gancourse.authoring.source import find\n\n{exercise} = find({lesson!r}).worked()[{exercise!r}]\n"
    return code, NOT_THERE
