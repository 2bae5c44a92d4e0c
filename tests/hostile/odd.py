"""Odd but honest: whatever editors, operating systems and people do to a notebook. Nobody loses a point by it."""

from __future__ import annotations

import codecs
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from making import (
    EVERYTHING,
    LESSON,
    TESTED,
    Points,
    Submission,
    Text,
    World,
    answer,
    blank,
    body,
    by_the_checks,
    handed_in,
    only,
    solved,
    without,
    write,
)
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gancourse.grading.restore import marked

NAME = f"{LESSON.name}.ipynb"
FIRST, LAST = TESTED[0], TESTED[-1]
LOSSES, D_STAR = "generator_losses", "derivation"

NOISE = """
import logging, sys, warnings

def noisy(function):
    def inner(*args, **kwargs):
        print("working ...")
        print("something on stderr", file=sys.stderr)
        warnings.warn("this is deprecated")
        logging.getLogger().warning("careful")
        return function(*args, **kwargs)
    return inner

warnings.warn("so is this")
print("noise", file=sys.stderr)
"""


# --- files -------------------------------------------------------------------------------------


def as_bytes(encode: Callable[[str], bytes]) -> Callable[[Path, World], None]:
    """A solved notebook, saved in some other way."""

    def fill(folder: Path, world: World) -> None:
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(encode(json.dumps(solved())))

    return fill


def as_json(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path, World], None]:
    """A solved notebook, its JSON changed in place or replaced."""

    def fill(folder: Path, world: World) -> None:
        data = json.loads(json.dumps(solved()))
        data = change(data) or data
        folder.mkdir(parents=True)
        (folder / NAME).write_text(json.dumps(data))

    return fill


def in_cp1252(text: str) -> bytes:
    """As an old editor would save it: letters that UTF-8 does not know."""
    return text.replace("D's loss on", "D\xe9s loss on").encode("cp1252", errors="replace")


def renamed(folder: Path, world: World) -> None:
    write(solved(), folder, "Aufgabe 1 (final) – Zoë.ipynb")


def in_a_folder(folder: Path, world: World) -> None:
    write(solved(), folder / "homework" / "week 1")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / f"._{NAME}").write_bytes(b"\x00\x05\x16\x07")
    write(blank(), folder / ".ipynb_checkpoints", NAME.replace(".ipynb", "-checkpoint.ipynb"))


def foreign_file_names(folder: Path, world: World) -> None:
    """Names from another machine's zip: not UTF-8."""
    write(solved(), folder)
    with open(os.fsencode(folder) + b"/L\x94sung.txt", "wb") as file:
        file.write(b"notes")


def foreign_name_without_notebook(folder: Path, world: World) -> None:
    folder.mkdir(parents=True)
    with open(os.fsencode(folder) + b"/L\x94sung.txt", "wb") as file:
        file.write(b"notes")


def version_3(data: dict[str, Any]) -> dict[str, Any]:
    cells = []
    for cell in data["cells"]:
        cell = dict(cell)
        if cell["cell_type"] == "code":
            cell.update(input=cell.pop("source"), language="python", collapsed=False, prompt_number=1)
        cells.append(cell)
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}


def from_the_future(data: dict[str, Any]) -> None:
    data.update(nbformat=5, nbformat_minor=99, hologram={"x": 1})
    for cell in data["cells"]:
        cell["revision"] = {"by": "nobody"}


def without_metadata(data: dict[str, Any]) -> None:
    data["metadata"] = {}
    for cell in data["cells"]:
        cell["metadata"] = {}


def without_any_mark(data: dict[str, Any]) -> None:
    """As after a passage through some other editor: neither nbgrader's marks nor cell ids."""
    without_metadata(data)
    for cell in data["cells"]:
        cell.pop("id", None)
        cell.pop("outputs", None)


def odd_marks(data: dict[str, Any]) -> None:
    for number, cell in enumerate(data["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(schema_version=[99, None, "3", -1][number % 4], points="many")
    data["metadata"]["kernelspec"] = {"name": "julia-1.9", "language": 17}


def lines(data: dict[str, Any]) -> None:
    """Sources as lists of lines in every second cell, as one string in the others; Windows' line ends."""
    for number, cell in enumerate(data["cells"]):
        source = cell["source"]
        text = (source if isinstance(source, str) else "".join(source)).replace("\n", "\r\n")
        cell["source"] = text.splitlines(keepends=True) if number % 2 else text


def nulls(data: dict[str, Any]) -> None:
    """Fields that are missing or of the wrong type, and cells that are none."""
    for cell in data["cells"]:
        cell.update(outputs=None, execution_count="7", attachments=[])
    data["cells"] += [None, 7, {}, {"cell_type": "code"}, {"cell_type": "code", "source": None, "metadata": []}]


# --- cells -------------------------------------------------------------------------------------


def no_tests() -> NotebookNode:
    notebook = solved()
    for id in TESTED:
        notebook.cells.remove(marked(notebook)[f"test-{id}"])
    return notebook


def shuffled() -> NotebookNode:
    """In another order; the imports come last."""
    notebook = solved()
    setup, *others = notebook.cells
    random.Random(4).shuffle(others)
    notebook.cells = [*others, setup]
    return notebook


def reversed_uses() -> NotebookNode:
    """Cells that use what is defined below them."""
    notebook = solved()
    notebook.cells.insert(1, new_code_cell(f"print({FIRST}(torch.zeros(2, 1), torch.zeros(2, 1)))", id="early"))
    return notebook


def copied() -> NotebookNode:
    """An answer's cell copied twice, worked on in the middle one."""
    notebook = blank()
    cells = marked(notebook)
    for id in TESTED:
        place = notebook.cells.index(cells[id])
        worked_on, untouched = cells[id].copy(), cells[id].copy()
        worked_on["source"] = answer(id)
        notebook.cells[place + 1 : place + 1] = [worked_on, untouched]
    return notebook


def below_the_blank() -> NotebookNode:
    """The blanks left as they are, the answers in cells of the student's own below them."""
    notebook = blank()
    for number, id in enumerate(TESTED):
        place = notebook.cells.index(marked(notebook)[id])
        notebook.cells.insert(place + 1, new_code_cell(answer(id), id=f"own-{number}"))
    return notebook


def scribbled() -> NotebookNode:
    """Scratch cells that do not run, empty ones, emojis."""
    notebook = solved()
    for number, source in enumerate(
        ("", "   \n", "def (:", "1 / 0", "print('🎉 ümlaut 漢字 \u202e')", "undefined_name")
    ):
        notebook.cells.insert(2 * number + 1, new_code_cell(source, id=f"scratch-{number}"))
    notebook.cells.append(new_markdown_cell("🎉 *done* $x < y$ <b>really</b>", id="done"))
    return notebook


MAGICS = """
%matplotlib inline
%config InlineBackend.figure_format = "retina"
%load_ext autoreload
%autoreload 2
!ls
files = !ls
%time started = 1
print?
!pip install torch
"""

NUMPY = """
import numpy as np
from scipy.special import rel_entr, xlogy

def numpy_one(step, p, q, d=None, dx=1.0):
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    total = p + q
    if step < 3:
        d = np.asarray(d, dtype=np.float64)
        return xlogy(p, d) + xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    if step == 3:
        return np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)
    value, rest = (rel_entr(p, total) + rel_entr(q, total)).sum() * dx, -np.log(2) * total.sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]

derivation = numpy_one
"""

CLASSES = f"""
from functools import partial

class DiscriminatorLoss(nn.Module):
    def forward(self, real_logits, fake_logits):
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()

discriminator_loss = DiscriminatorLoss()

def some_losses(sign, fake_logits):
    return [-F.softplus(fake_logits).mean(), F.softplus(sign * fake_logits).mean()]

generator_losses = partial(some_losses, -1)
generator_gradients = torch.no_grad()(generator_gradients)

class Steps:
    def __init__(self, others):
        self.others = others
    def __call__(self, step, p, q, d=None, dx=1.0):
        best = torch.where(p + q > 0, p / (p + q), torch.full_like(p, 0.5))
        return best if step == 3 else self.others(step, p, q, d, dx)

{D_STAR} = Steps({D_STAR})

class Play:
    def __init__(self, discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
        self.things, self.left, self.k = (discriminator_step, generator_step, sample_real, sample_noise), iterations, k
    def __iter__(self):
        return self
    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        d_step, g_step, real, noise = self.things
        for _ in range(self.k):
            d = d_step(real(), noise())
        return d, g_step(noise())

algorithm_1 = Play
"""

HELPER = """
import torch.nn.functional as F

def both(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean()
"""

ON_WRONG_GROUND = {
    FIRST: body(FIRST, "    return real_logits.mean() * 0 + 7 * fake_logits.mean()"),
    LOSSES: body(
        LOSSES,
        "    sure = torch.full_like(fake_logits, 500.0)  # the part it belongs to is then 0\n"
        f"    return -{FIRST}(sure, fake_logits), {FIRST}(fake_logits, -sure)",
    ),
}
"""A right answer that builds on a wrong one before it."""

PARTLY = {
    FIRST: body(FIRST, "    return F.softplus(-real_logits).sum() + F.softplus(fake_logits).sum()"),
    D_STAR: body(
        D_STAR,
        "    steps = {1: lambda: p * d.log() + q * (1 - d).log(), 3: lambda: p / (p + q)}\n    return steps[step]()",
    ),
    "generator_gradients": body("generator_gradients", "    d = torch.sigmoid(fake_logits)\n    return -d, 1 - d"),
    "discriminator_step": body(
        "discriminator_step",
        "    value = loss(D(real), D(G(z).detach()))\n    value.backward()\n    opt_D.step()\n    return value.item()",
    ),
}

GLOBALS = """
import os, random
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(0)
random.seed(0)
os.makedirs("/tmp/elsewhere", exist_ok=True)
os.chdir("/tmp/elsewhere")
os.environ["OMP_NUM_THREADS"] = "4"
torch.set_num_threads(4)
"""

SURROGATES = """
print("half a pair: \\ud83d, and a NUL: \\0, and \\x1b[31mred\\x1b[0m")
raise ValueError("half a pair: \\ud83d")
"""

TIMED = {id: f"%%time\n{answer(id)}" for id in TESTED[:3]} | {TESTED[3]: f"%%capture\n{answer(TESTED[3])}"}

PROCESSES = """
import multiprocessing, subprocess, sys, threading
print(subprocess.run(["ls", "/"], capture_output=True, text=True).stdout)
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
threading.Thread(target=print, args=("from a thread",)).start()
sys.__stderr__.write("a line to the real stderr\\n" * 300)
sys.__stderr__.flush()
"""


def named(
    name: str,
    make: Callable[[], NotebookNode] = solved,
    deserves: Points | Callable[[], Points] = EVERYTHING,
    hole: str = "",
    **how: Any,
) -> Submission:
    return Submission(name, "odd", handed_in(make, **how), deserves, True, hole)


def file(name: str, fill: Callable[[Path, World], None], hole: str = "") -> Submission:
    return Submission(name, "odd", fill, EVERYTHING, True, hole)


def noisy_answers() -> dict[str, Text]:
    return {id: f"{answer(id)}\n\n{id} = noisy({id})" for id in TESTED}


ODD = [
    named("prints and warnings", first=NOISE, answers=noisy_answers()),
    file("renamed", renamed),
    file("in a folder of its own", in_a_folder),
    file("with a byte order mark", as_bytes(lambda text: codecs.BOM_UTF8 + text.encode())),
    file("in UTF-16", as_bytes(lambda text: text.encode("utf-16"))),
    file("with Windows' line ends", as_bytes(lambda text: text.replace("\n", "\r\n").encode())),
    file(
        "with a byte that is no text",
        as_bytes(in_cp1252),
    ),
    file("in version 3", as_json(version_3)),
    file("from the future", as_json(from_the_future)),
    file("without metadata", as_json(without_metadata)),
    file("without any mark", as_json(without_any_mark)),
    file("with odd marks", as_json(odd_marks)),
    file("sources as lines", as_json(lines)),
    file("nulls", as_json(nulls)),
    file("foreign file names", foreign_file_names),
    Submission("foreign name without notebook", "odd", foreign_name_without_notebook, anywhere=True),
    named("without tests", no_tests),
    named("shuffled", shuffled),
    named("uses before definitions", reversed_uses),
    named("copied cells", copied),
    named("answers below the blanks", below_the_blank),
    named("scribbled", scribbled),
    named("magics", first=MAGICS),
    named("timed cells", answers=TIMED),
    named("surrogates", first=SURROGATES),
    named(
        "surrogates in an error",
        answers={FIRST: body(FIRST, "    raise ValueError('\\ud83d')")},
        deserves=without(FIRST),
    ),
    named("settings left behind", first=GLOBALS),
    named("star imports", first="from torch.nn.functional import *\nfrom math import *"),
    named("names of Python's own", last="list, print, len, sum, type, id = [1], 2, 3, 4, 5, 6"),
    named("classes and partials", last="", answers={LAST: f"{answer(LAST)}\n{CLASSES}"}),
    named("NumPy where it is allowed", answers={D_STAR: NUMPY}),
    named(
        "a module beside the notebook",
        answers={FIRST: "from helpers.losses import both as discriminator_loss"},
        files={"helpers/losses.py": HELPER, "helpers/__init__.py": ""},
    ),
    named("processes and threads", first=PROCESSES),
    named("on wrong ground", blank, only(LOSSES), answers=ON_WRONG_GROUND),
    named("partly right", deserves=lambda: by_the_checks(PARTLY), answers=PARTLY),
    named("one right answer", blank, only(LAST), answers={LAST: answer(LAST)}),
]
