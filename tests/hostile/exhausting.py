"""Taking all there is: time, memory, processes, files, the grader's patience. Other exercises keep their points."""

from __future__ import annotations

from pathlib import Path

from making import (
    EVERYTHING,
    LESSON,
    SAFE,
    SHOUT,
    TESTED,
    Points,
    Submission,
    Text,
    World,
    answer,
    blank,
    body,
    handed_in,
    solved,
    without,
    write,
)
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

FIRST, LAST = TESTED[0], TESTED[-1]
SLOPES = "generator_gradients"

STUBBORN = """
import signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""

IN_DEL = """
class Sticky:
    def __del__(self):
        while True:
            pass
    def __repr__(self):
        while True:
            pass
Sticky()
"""

# What nothing refers to but itself goes when Python looks for such things: at any time, an answer's check too.
IN_KNOTS = """
class Knot:
    def __init__(self):
        self.me = self
    def __del__(self):
        while True:
            pass
for _ in range(3):
    Knot()
"""

MEMORY = SAFE + "hoard = []\nwhile True:\n    hoard.append(bytearray(b'x') * 2**26)"

# Shared memory is nobody's in the eyes of the system: twice what is allowed.
SHARED = (
    SAFE
    + f"""
import mmap
hoard = []
for _ in range(24):
    block = mmap.mmap(-1, 2**27)
    for place in range(0, 2**27, 4096):
        block[place] = 1
    hoard.append(block)
    time.sleep(0.05)
time.sleep(1)
{SHOUT})
"""
)

FILES_IN_MEMORY = (
    SAFE
    + f"""
hoard = []
for _ in range(56):
    hoard.append(os.memfd_create("hoard"))
    for _ in range(56):
        os.write(hoard[-1], b"x" * 2**20)
time.sleep(1)
{SHOUT})
"""
)

FORKS = SAFE + "while True:\n    try:\n        os.fork()\n    except OSError:\n        pass"

FORKS_WITH_MEMORY = (
    SAFE
    + """
for _ in range(20):
    if os.fork() == 0:
        hoard = bytearray(b"x") * 2**28
        while True:
            time.sleep(1)
time.sleep(5)
"""
)

THREADS = """
import threading

def burn():
    while True:
        pass

for _ in range(2):
    threading.Thread(target=burn, daemon=True).start()
"""

PRINTS = """
import sys
for _ in range(200):
    print("x" * 500_000)
sys.stdout.write("y" * 10**8)
"""

FILES = SAFE + "hoard = [open('/usr/bin/env', 'rb') for _ in range(10_000)]"

NESTED = """
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
"""

ENDLESS = """
    while True:
        yield 1.0, 2.0
"""

ASKS = """
    while True:
        try:
            loss(D(real), D(G(z)))
        except Exception:
            pass
"""

# Gradients are kept for what has been asked, here and there.
ASKS_MUCH = """
    big = torch.zeros(2_000_000, 1, requires_grad=True)
    for _ in range(200):
        loss(big, big)
    return 0.0
"""

WIRE = (
    SAFE
    + """
import gc, struct
from gancourse.grading.sandbox import guest

(ours,) = [thing for thing in gc.get_objects() if isinstance(thing, guest.Guest)]
header = b'[[' + b'{"l":[]},' * 7_000_000 + b'0],[]]'
body = struct.pack(">I", len(header)) + header

def serve_look(letter, name, last=False):
    ours.line.connection.settimeout(None)
    ours.line.connection.sendall(struct.pack(">I", len(body)) + body)
    return {"reply": None}

ours.serve_look = serve_look
"""
)

LONG_CHAIN = "x = 1\nif False:\n    x" + ".b" * 60_000
DEEP_PARENTHESES = "x = " + "(" * 60_000 + ")" * 60_000
NUL = "x = 'a\x00b'\n\x00"


def many_cells(folder: Path, world: World) -> None:
    """A notebook of two thousand cells that print as much as is kept."""
    notebook = solved()
    notebook.cells += [new_code_cell("print(10_000 * 'x ')", id=f"cell-{n}") for n in range(2000)]
    write(notebook, folder)


def much_markdown(folder: Path, world: World) -> None:
    """Text that takes Markdown's grammar to its limits."""
    notebook = solved()
    for number, text in enumerate(("> " * 50_000, "*a **a " * 20_000, "`" * 60_000 + "a", "- " * 50_000, "$" * 60_000)):
        notebook.cells.append(new_markdown_cell(text, id=f"text-{number}"))
    write(notebook, folder)


def too_many_cells(folder: Path, world: World) -> None:
    notebook = blank()
    notebook.cells += [new_code_cell("1", id=f"cell-{n}") for n in range(20_000)]
    write(notebook, folder)


def deep_json(folder: Path, world: World) -> None:
    folder.mkdir(parents=True)
    (folder / f"{LESSON.name}.ipynb").write_text('{"cells": ' + "[" * 1_000_000)


def huge_file(folder: Path, world: World) -> None:
    """A file of two gigabytes, with nothing in it."""
    handed_in(solved)(folder, world)
    with (folder / "data.bin").open("wb") as file:
        file.truncate(2 * 2**30)


def huge_notebook(folder: Path, world: World) -> None:
    folder.mkdir(parents=True)
    with (folder / f"{LESSON.name}.ipynb").open("wb") as file:
        file.truncate(2 * 2**30)


def big_outputs(folder: Path, world: World) -> None:
    notebook = solved()
    picture = new_output("display_data", {"image/png": "A" * 20_000_000})
    notebook.cells[1].outputs = [picture, new_output("stream", text="x" * 20_000_000)]
    write(notebook, folder)


def cell(name: str, first: Text, deserves: Points = EVERYTHING, hole: str = "") -> Submission:
    """A solved notebook with a cell that never has enough."""
    return Submission(name, "exhausting", handed_in(solved, first=first), deserves, hole=hole)


def function(name: str, id: str, lines: str, hole: str = "", **how: str) -> Submission:
    """A solved notebook with one answer that never has enough."""
    made = handed_in(solved, {id: body(id, lines)}, **how)  # type: ignore[arg-type]
    return Submission(name, "exhausting", made, without(id), hole=hole)


EXHAUSTING = [
    cell("loop in a cell", "while True:\n    pass"),
    function("loop in a function", SLOPES, "    while True:\n        pass"),
    function("stubborn loop in a function", SLOPES, STUBBORN.strip().replace("\n", "\n    ").join(("    ", ""))),
    cell("stubborn loop in a cell", STUBBORN),
    Submission(
        "loop at import",
        "exhausting",
        handed_in(solved, first="import mine", files={"mine.py": "while True:\n    pass"}),
        EVERYTHING,
    ),
    cell("loop in __del__ and __repr__", IN_DEL),
    cell("loop in __del__ of what holds itself", IN_KNOTS),
    cell("sleep", "import time\ntime.sleep(1000)"),
    cell("memory", MEMORY),
    cell("shared memory", SHARED),
    cell("files in memory", FILES_IN_MEMORY),
    cell("forks", FORKS),
    cell("forks with memory", FORKS_WITH_MEMORY),
    cell("threads", THREADS),
    cell("prints", PRINTS),
    cell("open files", FILES),
    function("huge tensor", SLOPES, "    return torch.zeros(2**28)"),
    function("tensor that is larger than it seems", SLOPES, "    return torch.zeros(1).expand(2**40)"),
    function("nested list", SLOPES, NESTED.strip("\n")),
    function("list that holds itself", SLOPES, "    knot = []\n    knot.append(knot)\n    return knot"),
    function("huge number", SLOPES, "    return 10 ** 5000"),
    function("recursion", SLOPES, f"    return {SLOPES}(fake_logits)"),
    function("huge error", SLOPES, "    raise ValueError('x' * 10**8)"),
    function("generator without end", LAST, ENDLESS.strip("\n")),
    function("asks without end", "discriminator_step", ASKS.strip("\n")),
    function("asks much", "discriminator_step", ASKS_MUCH.strip("\n")),
    Submission("floods the wire", "exhausting", handed_in(solved, first=WIRE), dict.fromkeys(TESTED, 0)),
    Submission(
        "sources that break parsers",
        "exhausting",
        handed_in(
            solved,
            {FIRST: f"{answer(FIRST)}\n{LONG_CHAIN}", SLOPES: f"{answer(SLOPES)}\n{DEEP_PARENTHESES}"},
            first=NUL,
        ),
        without(FIRST, SLOPES),
    ),
    Submission("two thousand cells", "exhausting", many_cells, EVERYTHING),
    Submission("twenty thousand cells", "exhausting", too_many_cells, anywhere=True),
    Submission("markdown without end", "exhausting", much_markdown, EVERYTHING, anywhere=True),
    Submission("deep JSON", "exhausting", deep_json, anywhere=True),
    Submission("huge notebook", "exhausting", huge_notebook, anywhere=True),
    Submission("huge file beside it", "exhausting", huge_file, EVERYTHING, anywhere=True),
    Submission("outputs of 40 MB", "exhausting", big_outputs, EVERYTHING, anywhere=True),
]
