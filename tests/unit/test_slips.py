"""Slips made by machine: every kind of small change is made, each once, and none leaves the source as it was."""

from __future__ import annotations

import ast

import pytest

from gancourse.authoring.slips import slips

ONE_OF_EACH = {
    "x + 1": {"x - 1", "x", "1", "x + 0", "x + 2"},
    "x - 2.0": {"2.0 - x", "x + 2.0", "x - 0.0", "x - 1.0"},
    "x * y": {"x / y", "x + y", "x", "y"},
    "x / y": {"y / x"},
    "-x": {"x"},
    "x < y": {"x <= y", "x > y"},
    "x == y": {"x != y"},
    "x and y": {"x or y", "x", "y"},
    "not x": {"x"},
    "x.detach()": {"x"},
    "x.mean()": {"x.sum()", "x"},
    "x.clamp(min=0)": {"x", "x.clamp()", "x.clamp_(min=0)", "x.clamp(min=1)"},
    "x.sqrt()": {"x.sqrt_()", "x.square()"},
    "x.double()": {"x.float()", "x"},
    "torch.eye(2, dtype=torch.float64)": {"torch.eye(2, dtype=torch.float32)", "torch.eye(2)"},
    "f(x, y)": {"f(y, x)", "f(x)", "f(y)", "x", "y"},
    "x[0]": {"x", "x[1]", "x[-1]"},
    "x[1:n]": {"x[:n]", "x[1:]", "x"},
    "(x, y)": {"(y, x)", "(x,)", "(y,)"},
    "True": {"False"},
    "x if x else y": {"y if x else x", "x", "y"},
    "[a for a in x if a]": {"[a for a in x]"},
    "m.min(1).values": {"m.min(1).indices", "m.max(1).values"},
}


@pytest.mark.parametrize(("right", "wrong"), ONE_OF_EACH.items(), ids=ONE_OF_EACH)
def test_expressions(right, wrong):
    made = {code.strip() for code in slips(f"v = {right}\n").values()}
    assert {f"v = {one}" for one in wrong} <= made


STATEMENTS = {
    "with torch.no_grad():\n    f()": "f()",
    "if x:\n    f()\nelse:\n    g()": "if not x:\n    f()\nelse:\n    g()",
    "for x in y:\n    f()": "for x in y:\n    f()\n    break",
    "x += y": "x -= y",
    "x = x + y": "x += y",
    "def f(x=1):\n    return x": "def f(x=2):\n    return x",
    "f()\ng()": "f()",
}


@pytest.mark.parametrize(("right", "wrong"), STATEMENTS.items(), ids=STATEMENTS)
def test_statements(right, wrong):
    assert wrong in {code.strip() for code in slips(right).values()}


def test_every_slip_differs_and_says_what_it_changes():
    source = "def f(x, y=1):\n    z = x.mean() + 1e-8\n    return z.sqrt() + 1e-8, y\n"
    made = slips(source)
    trees = [ast.dump(ast.parse(code)) for code in made.values()]
    assert len(set(trees)) == len(trees) and ast.dump(ast.parse(source)) not in trees
    assert "`z.sqrt() + 1e-08` → `z + 1e-08`" in made
    assert made["`z = x.mean() + 1e-08` → nothing"] == "def f(x, y=1):\n    return (z.sqrt() + 1e-08, y)\n"
    assert list(made) == list(slips(source)), "names must not change from run to run"


def test_equal_changes_in_two_places_have_two_names():
    made = slips("x = a.mean()\ny = a.mean()\n")
    assert made["`a.mean()` → `a.sum()`"].startswith("x = a.sum()")
    assert made["`a.mean()` → `a.sum()` (no. 2)"].endswith("y = a.sum()\n")
