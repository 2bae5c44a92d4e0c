"""What a notebook's own check said is what the grade is: cells run as in Jupyter, checks where they stand."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from first_lesson import LESSON, released, solved_first
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gancourse.grading.judge import Judge
from gancourse.grading.restore import marked, restore
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import Limits, Walls
from gancourse.grading.trial import withheld_from

RELEASE = released()
SOLVED = solved_first()
TESTED, POINTS = LESSON.tested, LESSON.points
EVERYTHING = {id: POINTS[id] for id in TESTED}
FIRST, D_STAR = "discriminator_loss", "derivation"
WRITTEN = next(id for id in LESSON.exercises if id not in TESTED)
pytestmark = pytest.mark.slow  # a sandbox, and forty notebooks
LIMITS = Limits(cell=20, call=8, notebook=120)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Walls(LIMITS, withheld=withheld_from(LESSON)) as walls:
        yield Judge(LESSON, walls)


def slim(notebook: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.id == "setup" or "nbgrader" in cell.metadata]
    return notebook


def answer(id: str) -> str:
    return marked(SOLVED)[id].source


def place(notebook: NotebookNode, id: str) -> int:
    return notebook.cells.index(marked(notebook)[id])


def judged(judge: Judge, notebook: NotebookNode, **files: str) -> tuple[dict[str, Result], NotebookNode]:
    mended, _ = restore(notebook, RELEASE)
    given = {name.replace("_py", ".py"): text.encode() for name, text in files.items()}
    return judge.judge(mended, given, 7), mended


def scores(judge: Judge, notebook: NotebookNode, **files: str) -> dict[str, Any]:
    results, _ = judged(judge, notebook, **files)
    for id in TESTED:
        print(results[id])
    return {id: results[id].score for id in TESTED}


# --- judged where the check stands -------------------------------------------------------------

HELPED = """
F2 = F
SIDES = 2
def helper(x):
    return F2.softplus(x).mean()

def discriminator_loss(real_logits, fake_logits):
    return helper(-real_logits) + helper(fake_logits) * (SIDES / 2)
"""


@pytest.mark.parametrize(
    "below",
    [
        "def helper(x):\n    return 0 * x.sum()",
        "for F2 in range(3):\n    pass",
        "SIDES = 3",
        "del helper",
        "def discriminator_loss(*_):\n    return 0",
        "discriminator_loss = 3",
        "F = nn = torch = 3",
    ],
)
def test_what_is_redefined_further_down_changes_nothing_above(judge: Judge, below: str) -> None:
    notebook = slim(SOLVED)
    marked(notebook)[FIRST].source = HELPED
    notebook.cells.append(new_code_cell(below))
    assert scores(judge, notebook) == EVERYTHING


def test_a_wrong_helper_that_is_mended_further_down_was_wrong_at_its_check(judge: Judge) -> None:
    notebook = slim(SOLVED)
    marked(notebook)[FIRST].source = HELPED.replace("F2.softplus(x).mean()", "F2.softplus(x).sum()")
    notebook.cells.append(new_code_cell("def helper(x):\n    return F2.softplus(x).mean()"))
    assert scores(judge, notebook)[FIRST] < POINTS[FIRST]


def test_a_name_between_answer_and_check_counts_as_in_the_notebook(judge: Judge) -> None:
    notebook = slim(RELEASE)
    notebook.cells.insert(place(notebook, f"test-{FIRST}"), new_code_cell(answer(FIRST)))
    assert scores(judge, notebook) == {id: POINTS[id] if id == FIRST else 0 for id in TESTED}


def test_an_answer_that_calls_itself_means_itself(judge: Judge) -> None:
    """Though its name has come to mean a copy that nobody worked on, as its own cell left it it is right."""
    notebook = slim(RELEASE)
    blank = marked(notebook)[D_STAR].source
    marked(notebook)[D_STAR].source = answer(D_STAR)
    assert f"{D_STAR}(" in answer(D_STAR).partition("\n")[2], "choose an answer that calls itself"
    notebook.cells.insert(place(notebook, f"test-{D_STAR}"), new_code_cell(blank))
    assert scores(judge, notebook) == {id: POINTS[id] if id == D_STAR else 0 for id in TESTED}


# --- as in Jupyter -----------------------------------------------------------------------------

CELLS = {
    "timeit": "result = %timeit -o -n1 -r1 sum(range(10))\nassert result.best > 0",
    "command": "out = !ls\nassert 'helper.py' in out",
    "command with a name": "name = 'helper'\nout = !ls {name}.py $name.py\nassert len(out) == 2",
    "await": "import asyncio\nawait asyncio.sleep(0)\nasync def two():\n    return 2\nassert await two() == 2",
    "In": "assert In[-1].startswith('assert In')\n5",
    "Out": "assert list(Out.values())[-1] == 5",
    "get_ipython": "get_ipython().run_line_magic('matplotlib', 'inline')\nassert get_ipython() is not None",
    "imported get_ipython": "from IPython import get_ipython\nget_ipython().run_line_magic('time', 'x = 1')",
    "writefile": "%%writefile mine.py\ndef one():\n    return 1",
    "import of it": "import mine\nassert mine.one() == 1",
    "run": "%run helper.py\nassert from_helper == 3",
    "capture": "%%capture told\nprint('hello')",
    "captured": "assert told.stdout == 'hello\\n'",
    "future": "from __future__ import annotations\ndef f(x: no_such_thing): return x",
    "underscore": "assert _ is not None",
    "install": "!pip install einops\n%pip install torch",
    "unknown": "%load_ext nb_black\n%no_such_magic at all",
    "widget": "%matplotlib widget",
    "Colab": "from google.colab import drive\ndrive.mount('/content/drive')",
    "bash": "%%bash\necho hello",
    "display": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'), 3)",
}


def test_cells_run_as_in_jupyter(judge: Judge) -> None:
    notebook = slim(SOLVED)
    notebook.cells[1:1] = [new_code_cell(source, id=f"own-{n}") for n, source in enumerate(CELLS.values())]
    mended, _ = restore(notebook, RELEASE)
    results = judge.judge(mended, {"helper.py": b"from_helper = 3\n"}, 7)
    outputs = {cell.source: cell.outputs for cell in mended.cells if cell.cell_type == "code"}
    for name, source in CELLS.items():
        errors = [o.evalue for o in outputs[source] if o.output_type == "error"]
        assert errors == [], name
    said = outputs[CELLS["install"]][0].text
    assert "`pip install einops` was not run" in said
    assert "no network" in said
    assert {id: results[id].score for id in TESTED} == EVERYTHING


@pytest.mark.parametrize(
    "above",
    [
        "from __future__ import annotations\n{}",
        "%%time\n{}",
        "%matplotlib inline\n{}",
        "{}\n%timeit -n1 -r1 1 + 1",
        "import asyncio\n{}\nawait asyncio.sleep(0)",
    ],
)
def test_answers_beside_magics(judge: Judge, above: str) -> None:
    notebook = slim(SOLVED)
    for id in TESTED:
        marked(notebook)[id].source = above.format(answer(id))
    assert scores(judge, notebook) == EVERYTHING


def test_answers_from_a_file_that_a_cell_writes(judge: Judge) -> None:
    notebook = slim(SOLVED)
    code = f"import torch.nn.functional as F\n{answer(FIRST)}"
    notebook.cells.insert(1, new_code_cell(f"%%writefile losses.py\n{code}"))
    marked(notebook)[FIRST].source = f"from losses import {FIRST}"
    marked(notebook)[D_STAR].source = "%run dstar.py"
    assert scores(judge, notebook, dstar_py=f"import math\nimport torch\n{answer(D_STAR)}") == EVERYTHING


@pytest.mark.parametrize("line", ["from google.colab import drive", "import no_such_module_anywhere"])
def test_a_line_in_the_setup_cell_costs_nothing(judge: Judge, line: str) -> None:
    notebook = slim(SOLVED)
    notebook.cells[0].source = f"{line}\n{notebook.cells[0].source}"
    assert scores(judge, notebook) == EVERYTHING


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import urllib.request\nurllib.request.urlopen('http://example.org')", "no network"),
        ("open('/content/data.csv')", "nothing but what was handed in"),
        ("open('/usr/lib/mine', 'w')", "graded"),
        ("import no_such_module_anywhere", "not installed"),
    ],
)
def test_what_the_sandbox_forbids_is_said(judge: Judge, code: str, says: str) -> None:
    notebook = slim(SOLVED)
    marked(notebook)[FIRST].source = f"{code}\n{answer(FIRST)}"
    body = "\n    ".join(code.splitlines())
    marked(notebook)[D_STAR].source = f"def derivation(step, p, q, d=None, dx=1.0):\n    {body}\n    return p"
    results, _ = judged(judge, notebook)
    assert says in str(results[FIRST])
    assert says in str(results[D_STAR])


def test_the_cell_that_failed_is_named_where_its_names_are_missed(judge: Judge) -> None:
    notebook = slim(SOLVED)
    notebook.cells.insert(1, new_code_cell("x = 1 / 0\nscale = 1.0", id="mine"))
    marked(notebook)[FIRST].source = HELPED.replace("SIDES / 2", "scale")
    results, _ = judged(judge, notebook)
    assert "Cell 2 of your notebook stopped: ZeroDivisionError" in str(results[FIRST])
    assert results[D_STAR].passed


# --- found where it stands ---------------------------------------------------------------------


def below(notebook: NotebookNode, id: str, offset: int, cell: NotebookNode) -> NotebookNode:
    notebook.cells.insert(place(notebook, id) + offset, cell)
    return notebook


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_an_answer_in_a_new_cell_is_found_by_its_name(judge: Judge, offset: int) -> None:
    notebook = below(slim(RELEASE), D_STAR, offset, new_code_cell(answer(D_STAR), id="mine"))
    if offset == 0:  # the blank below would take the name back
        notebook.cells.remove(marked(notebook)[D_STAR])
    assert scores(judge, notebook) == {id: POINTS[id] if id == D_STAR else 0 for id in TESTED}


@pytest.mark.parametrize("at", [0, 1])
def test_a_written_answer_in_a_cell_of_its_own_waits_for_a_person(judge: Judge, at: int) -> None:
    whole = copy.deepcopy(RELEASE)
    cells = whole.cells
    position = place(whole, WRITTEN)
    cells.insert(position + at, new_markdown_cell("The first run is healthy.", id="mine"))
    results, mended = judged(judge, whole)
    assert results[WRITTEN].score is None
    assert "The first run is healthy." in marked(mended)[WRITTEN].source


@pytest.mark.parametrize("make", [lambda: copy.deepcopy(RELEASE), lambda: slim(RELEASE)])
def test_where_nothing_was_written_nobody_has_to_look(judge: Judge, make: Callable[[], NotebookNode]) -> None:
    assert judged(judge, make())[0][WRITTEN].score == 0
