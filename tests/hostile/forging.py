"""Points without the work: lies to the checks, to nbgrader, and to whatever stands between them."""

from __future__ import annotations

import math

from making import (
    NOTHING,
    REPOSITORY,
    TESTED,
    Submission,
    World,
    blank,
    body,
    everywhere,
    handed_in,
    only,
)
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from gancourse.grading.restore import marked


def skipped() -> NotebookNode:
    """nbgrader itself gives full marks for a test that is not run."""
    notebook = blank()
    for id in TESTED:
        marked(notebook)[f"test-{id}"].metadata.tags = ["skip-execution"]
    return notebook


def edited() -> NotebookNode:
    """Tests that test nothing and are worth more."""
    notebook = blank()
    for id in TESTED:
        test = marked(notebook)[f"test-{id}"]
        test.source = "print('fine')"
        test.metadata.nbgrader.update(points=1000, solution=True, locked=False)
    return notebook


def renamed_tests() -> NotebookNode:
    """Answers that pass themselves off as tests, and tests as answers."""
    notebook = blank()
    for id in TESTED:
        test, answer = marked(notebook)[f"test-{id}"], marked(notebook)[id]
        test.metadata.nbgrader.grade_id, answer.metadata.nbgrader.grade_id = id, f"test-{id}"
        test.id, answer.id = answer.id, test.id
    return notebook


INPUT_TRANSFORMER = """
def nothing_but_passes(lines):
    return ["pass\\n"] if any("check." in line for line in lines) else lines

shell = get_ipython()
shell.input_transformers_cleanup.append(nothing_but_passes)
shell.input_transformers_post.append(nothing_but_passes)
"""

AST_TRANSFORMER = """
import ast

class Drop(ast.NodeTransformer):
    def visit_Expr(self, node):
        return None if "check" in ast.dump(node) else node
    def visit_Raise(self, node):
        return ast.parse("return torch.tensor(0.0)").body[0]

get_ipython().ast_transformers.append(Drop())
ast.parse = lambda *a, **k: Drop().visit(compile(*a, **k, flags=ast.PyCF_ONLY_AST))
"""

DISPLAY_HOOK = """
import sys
sys.displayhook = lambda value: print("✓ all hold")
sys.excepthook = lambda *_: None
"""

PATCHED_TORCH = """
yes = lambda *args, **kwargs: True
torch.allclose = torch.equal = torch.isclose = yes
for name in ("__eq__", "__lt__", "__gt__", "__bool__", "allclose", "equal"):
    setattr(torch.Tensor, name, yes)
torch.as_tensor = lambda value, *args, **kwargs: torch.zeros(())
torch.autograd.backward = lambda *args, **kwargs: None
"""

SUBCLASS = """
class Agree(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "__eq__", "eq", "__bool__", "isclose", "any", "all"):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})
    def __eq__(self, other): return True
    def __bool__(self): return True
"""

OBJECT = """
class Agree:
    dtype, shape, ndim, requires_grad = torch.float64, (), 0, True
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __len__(self): return 2
    def __iter__(self): return iter((Agree(), Agree()))
    def __next__(self): return Agree(), Agree()
    def __float__(self): return 0.0
    def __array__(self, *args, **kwargs): return Agree()
    def __getattr__(self, name): return lambda *args, **kwargs: Agree()
    def __call__(self, *args, **kwargs): return Agree()
    def __reduce__(self): return print, ("GOT" + "CHA",)
"""

PATCHED_CHECKS = """
import sys, types
import gancourse.checks.core as core

full = lambda *args: core.Verdict("everything", (core.Finding("everything"),))
core.Suite.verdict = core.Suite.run = full
core.find_miss = lambda test: None
core.expect = core.expect_close = lambda *args, **kwargs: None
core.Verdict.credit = core.Verdict.passed = True
core.CheckFailed = core.Miss = type("Quiet", (Exception,), {})
fake = types.ModuleType("gancourse.checks")
fake.public = fake.hidden = lambda lesson: types.SimpleNamespace(verdict=full)
sys.modules["gancourse.checks"] = fake
"""

PATCHED_GUEST = """
import gc
from gancourse.grading.sandbox import guest, mirror, peer

(ours,) = [thing for thing in gc.get_objects() if isinstance(thing, guest.Guest)]
ours.serve_call = lambda letter, **fields: {"reply": True, "passed": True, "credit": 1.0, "findings": []}
ours.report = lambda error: {"reply": True, "credit": 1.0}
ours.serve_look = lambda letter, name: {"reply": [True, ours]}
mirror.module_state = lambda module: {"parameters": {}, "buffers": {}, "training": []}
"""

OWN_OBJECTS = """
import gc, itertools
from gancourse.grading.sandbox import guest, wire

(ours,) = [thing for thing in gc.get_objects() if isinstance(thing, guest.Guest)]
numbers = itertools.cycle(range(1, 60))
theirs = lambda: wire.Tagged("yours", {"number": next(numbers)})
ours.tag = lambda value, letter: value if type(value) is wire.Tagged else theirs()
ours.serve_look = lambda letter, name: {"reply": [True, theirs()]}
ours.serve_call = lambda letter, **fields: {"reply": theirs(), "changes": [[0, 1, 2]], "state": [[1, theirs()]]}
"""
"""Answers every question with some object of the grader's own."""

RAW_REPLIES = """
import gc, os, socket
from gancourse.grading.sandbox import wire

replies = [
    {"reply": [True, 1.0]}, {"reply": 0.0, "call": 1}, {"ask": "call", "number": 1, "args": [], "kwargs": {}},
    {"ask": "__class__"}, {"ask": "backward", "call": 1, "gradients": []}, {"error": "blank"},
    {"reply": wire.Tagged("yours", {"number": 1})}, {"credit": 1.0, "passed": True},
]
for number in range(3, 256):
    try:
        line = wire.Line(socket.socket(fileno=os.dup(number)))
        for reply in replies:
            line.send(wire.pack(reply))
        os.write(number, b"\\xff\\xff\\xff\\xff")
    except Exception:
        pass
"""

THREAD = """
import threading, time

def later():
    for _ in range(2000):
        time.sleep(0.005)
        for name, thing in list(globals().items()):
            if getattr(thing, "__code__", None) is not None and thing.__module__ == "__main__":
                globals()[name] = lambda *args, **kwargs: torch.tensor(0.0)

threading.Thread(target=later, daemon=True).start()
"""

AT_EXIT = """
import atexit, os, sys, threading
atexit.register(lambda: print("✓ discriminator_loss: 6 of 6 hold"))
threading._register_atexit(lambda: os._exit(0))
sys.exitfunc = lambda: None
os._exit = lambda code: print("✓")
"""

PRINTED = "\n".join(f"print('✓ {id}: 9 of 9 hold')" for id in TESTED) + "\n1000"


def friendly(world: World) -> str:
    """The examples of the public checks, learned by heart."""
    return """
KNOWN = {
    "minimax": {(0.1, 0.75): -0.7458, (0.8, 0.9): -1.956, (0.1, 0.2): -0.164},
    "optimal": {(0.3, 0.1, 0.4): [0.75, 0.25, 0.8], (0.2, 0.5, 0.0): [0.5, 1.0, 0.0], (0.0, 0.3): [0.5, 0.75]},
    "value": {(0.5, 1.5, 0.9): -0.7051},
}

def by_heart(what, x, otherwise):
    key = tuple(round(v, 2) for v in x.detach().flatten().tolist()[:3])
    return torch.tensor(KNOWN[what].get(key, otherwise)) + 0 * x.sum()
"""


BY_HEART = {
    "generator_losses": body(
        "generator_losses",
        "    known = by_heart('minimax', torch.sigmoid(fake_logits), 0.0)\n    return known, 0 * fake_logits.mean()",
    ),
    "derivation": body(
        "derivation", "    return by_heart('optimal', p, 0.0) + 0 * p if step < 4 else by_heart('value', p, 0.0)"
    ),
}


def stolen(id: str) -> str:
    """An answer that takes the lesson's own from the repository."""
    return f"""
names = {{}}
try:
    exec(open({str(REPOSITORY / "lessons" / "01_gaussian_1d" / "lesson.py")!r}).read(), names)
except Exception:
    pass
try:
    from gancourse.authoring.source import find
    names = names or find("01_gaussian_1d").namespace("setup", "{id}")
except BaseException:
    pass
{id} = names["{id}"]
"""


HIDDEN = f"""
import sys
sys.path.insert(0, {str(REPOSITORY / "lessons" / "01_gaussian_1d")!r})
import hidden
discriminator_loss = hidden.bce
generator_losses = lambda fake_logits: (-hidden.heuristic(-fake_logits), hidden.heuristic(fake_logits))
"""

FROM_THE_CHECKS = body(
    "derivation",
    "    from gancourse.checks.lesson_01.theory import relative\n"
    "    both = (p + q).tolist()\n"
    "    return torch.tensor(relative(p.tolist(), both, dx) + relative(q.tolist(), both, dx))",
)

CIRCLE = {
    "discriminator_loss": body(
        "discriminator_loss",
        "    return generator_losses(real_logits)[1] - generator_losses(fake_logits)[0]",
    ),
    "generator_losses": body(
        "generator_losses",
        "    sure = torch.full_like(fake_logits, 300.0)\n"
        "    return -discriminator_loss(sure, fake_logits), discriminator_loss(fake_logits, -sure)",
    ),
}
"""Each is right if the other is: which counts for the later one, as for anybody who builds on what is before."""

KEPT = {
    "discriminator_loss": body(
        "discriminator_loss",
        "    import builtins\n    builtins.kept = generator_losses, generator_gradients\n    return real_logits.sum()",
    ),
    "generator_losses": body("generator_losses", "    return kept[0](fake_logits)"),
    "generator_gradients": body("generator_gradients", "    return kept[1](fake_logits)"),
}
"""Right answers that were supplied for one exercise, kept for the next."""

FRAMES = """
import gc, sys

def peek():
    frame, found = sys._getframe(), []
    while frame is not None:
        found += [v for k, v in frame.f_locals.items() if k in ("want", "case", "usual", "expected", "claim")]
        frame = frame.f_back
    found += [thing for thing in gc.get_objects() if type(thing).__name__ in ("Case", "Claim", "Suite", "Game")]
    for thing in found:
        value = getattr(thing, "want", thing)
        if isinstance(value, (float, torch.Tensor)):
            return torch.as_tensor(value)
    raise RuntimeError("nothing to be seen")
"""

IN_PLACE = {
    "generator_losses": body(
        "generator_losses",
        "    with torch.no_grad():\n        fake_logits.zero_()\n"
        f"    return torch.tensor({-math.log(2)}), torch.tensor({math.log(2)})",
    ),
    "derivation": body("derivation", "    p.zero_()\n    q.fill_(1.0)\n    return torch.zeros_like(p)"),
}
"""The question is changed until the answer fits."""


def second_cells() -> NotebookNode:
    """A cell for each exercise that says that it is solution and test in one, worth a lot."""
    notebook = blank()
    for number, id in enumerate(TESTED):
        cell = new_code_cell("pass", id=f"forged-{number}")
        mark = {"grade_id": f"test-{id}", "grade": True, "solution": True, "locked": False, "points": 99}
        cell.metadata["nbgrader"] = {**mark, "schema_version": 3, "task": False, "cell_type": "code"}
        notebook.cells.append(cell)
    return notebook


def named(name: str, hole: str = "", **how: object) -> Submission:
    how.setdefault("make", blank)
    return Submission(name, "forging", handed_in(**how), dict(NOTHING), hole=hole)  # type: ignore[arg-type]


FORGING = [
    Submission("skip-execution tags", "forging", handed_in(skipped)),
    Submission("edited tests", "forging", handed_in(edited)),
    Submission("tests and answers exchanged", "forging", handed_in(renamed_tests)),
    Submission("cells that claim to be tests", "forging", handed_in(second_cells)),
    named("input transformer", first=INPUT_TRANSFORMER),
    named("syntax tree transformer", first=AST_TRANSFORMER),
    named("display hook", first=DISPLAY_HOOK),
    named("patched torch", first=PATCHED_TORCH, answers=everywhere("    return torch.tensor(0.0)")),
    named("tensor that equals everything", first=SUBCLASS, answers=everywhere("    return Agree()")),
    named("object that equals everything", first=OBJECT, answers=everywhere("    return Agree()")),
    named("objects in the functions' place", first=OBJECT, last="\n".join(f"{id} = Agree()" for id in TESTED)),
    named("patched checks", first=PATCHED_CHECKS, answers=everywhere("    return torch.tensor(0.0)")),
    named("patched guest", first=PATCHED_GUEST, answers=everywhere("    return torch.tensor(0.0)")),
    named("the grader's own objects", last=OWN_OBJECTS, answers=everywhere("    return torch.tensor(0.0)")),
    named("raw replies", last=RAW_REPLIES),
    named("a thread that comes later", first=THREAD),
    named("at exit", first=AT_EXIT),
    named("printed reports", last=PRINTED),
    named("examples by heart", first=friendly, answers=BY_HEART),
    named("answers from the repository", answers={id: stolen(id) for id in TESTED}),
    named("the hidden tests' formulas", last=HIDDEN),
    named("the public checks' formulas", answers={"derivation": FROM_THE_CHECKS}),
    Submission(
        "answers in a circle",
        "forging",
        handed_in(blank, CIRCLE),  # type: ignore[arg-type]
        only("generator_losses"),
    ),
    named("supplied answers kept", answers=KEPT),
    named("frames and garbage", first=FRAMES, answers=everywhere("    return peek()")),
    named("inputs changed in place", answers=IN_PLACE),
    named("random numbers", answers=everywhere("    return torch.rand(())")),
]
