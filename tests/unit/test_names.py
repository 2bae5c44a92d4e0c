"""One name means one thing in the whole package: who searches for it finds the one place where it is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gancourse.paths import repository

ROOT = repository() / "gancourse"


class Shared(NamedTuple):
    """Names that several modules may have: there they stand for the same thing, for the reason given."""

    names: tuple[str, ...]
    modules: tuple[str, ...]
    reason: str


LESSONS = tuple(f"checks/{folder.name}" for folder in sorted((ROOT / "checks").glob("lesson_*")))

SHARED = (
    Shared(("check",), tuple(f"{lesson}/suite.py" for lesson in LESSONS), "every lesson has a suite of checks"),
    Shared(("WITHHELD",), tuple(f"{lesson}/__init__.py" for lesson in LESSONS), "what a lesson's answers may not call"),
    Shared(
        ("SPLITS", "SIZES", "ATTRIBUTES", "DESCRIPTION", "LICENSE", "load", "status", "blueprint"),
        ("data/__init__.py", "data/celeba.py", "data/fashion.py", "data/faces/loading.py"),
        "what every data set's module has; data.load, which lessons call, hands on to theirs",
    ),
    Shared(
        ("load",),
        ("data/__init__.py", "models/store.py"),
        "lessons get what lies on disk by a word and say whose: data.load(…), store.load(…)",
    ),
    Shared(
        ("find_copy", "get"),
        ("data/celeba_files.py", "data/celeba_download.py", "data/fashion.py", "data/commands.py"),
        "where a data set's copy is, and how to fetch one; `gancourse data get` hands on to theirs",
    ),
    Shared(("app",), ("cli.py", "data/commands.py"), "typer's usual name for a group of commands"),
    Shared(("lint",), ("cli.py", "authoring/lint.py"), "a command is called what it does"),
    Shared(("train",), ("cli.py", "training/session.py"), "a command is called what it does"),
    Shared(
        ("main",),
        ("cli.py", "authoring/machine.py", "grading/sandbox/worker.py"),
        "what runs where a module is started as a program",
    ),
    Shared(
        ("LOG",),
        ("training/everything.py", "training/record.py", "training/session.py", "training/speed/trial.py"),
        "one logger, of logging's own, by which training says how it goes",
    ),
    Shared(("strips",), ("data/commands.py", "data/faces/people.py"), "a command is called what it does"),
    Shared(
        ("PALETTE",), ("plots.py", "data/faces/render.py"), "lessons and docs know both: lines' colors, parts' colors"
    ),
)


def top_level(body: list[ast.stmt]) -> Iterator[str]:
    """The names that a module defines: no imports, none that begin with an underscore."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found = [name]
            case ast.Assign(targets=targets):
                parts = [part for target in targets for part in ast.walk(target)]
                found = [p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                found = [name]
            case ast.If() | ast.Try() | ast.With():
                handlers = [handler.body for handler in getattr(node, "handlers", [])]
                parts = [node.body, getattr(node, "orelse", []), getattr(node, "finalbody", []), *handlers]
                found = [name for part in parts for name in top_level(part)]
            case _:
                found = []
        yield from (name for name in found if not name.startswith("_"))


def homes(root: Path) -> dict[str, set[str]]:
    """By name, the modules that define it, as paths below the package."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*.py")):
        for name in top_level(ast.parse(path.read_text(encoding="utf-8")).body):
            found.setdefault(name, set()).add(path.relative_to(root).as_posix())
    return found


def collisions(found: dict[str, set[str]], shared: tuple[Shared, ...]) -> dict[str, list[str]]:
    """Names with more than one home, where modules that share a name count as one."""
    left = {}
    for name, modules in found.items():
        together = {module for group in shared if name in group.names for module in group.modules}
        if len(modules - together) + bool(modules & together) > 1:
            left[name] = sorted(modules)
    return left


def test_one_name_means_one_thing() -> None:
    """If this fails: give the newer thing a name of its own, or use the one that is there."""
    assert collisions(homes(ROOT), SHARED) == {}


def test_names_are_shared_only_where_they_are() -> None:
    found = homes(ROOT)
    for group in SHARED:
        for name in group.names:
            assert len(found.get(name, set()) & set(group.modules)) > 1, f"{name} has one home now: delete it here"
        idle = [m for m in group.modules if not any(m in found.get(name, set()) for name in group.names)]
        assert not idle, f"{idle} have none of {group.names}"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def load(): ...\nclass Wish: ...\nasync def play(): ...", {"load", "Wish", "play"}),
        ("A, (B, *C) = D = 1, (2, 3)\nE: int = 4", {"A", "B", "C", "D", "E"}),
        ("try:\n    import fcntl\nexcept ImportError:\n    fcntl = None\nelse:\n    LOCKS = True", {"fcntl", "LOCKS"}),
        ("from a import b as c\n_private = 1\n__all__ = []\ndef f():\n    inner = 1", {"f"}),
    ],
)
def test_what_counts_as_a_name(source: str, names: set[str]) -> None:
    assert set(top_level(ast.parse(source).body)) == names


def test_a_second_home_is_noticed_and_a_shared_one_is_not(tmp_path: Path) -> None:
    for module in ("one.py", "two.py", "later/three.py"):
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / module).write_text("def load(): ...")
    assert collisions(homes(tmp_path), ()) == {"load": ["later/three.py", "one.py", "two.py"]}
    shared = (Shared(("load",), ("one.py", "two.py"), "siblings"),)
    assert collisions(homes(tmp_path), shared) == {"load": ["later/three.py", "one.py", "two.py"]}
    (tmp_path / "later" / "three.py").unlink()
    assert collisions(homes(tmp_path), shared) == {}
    assert collisions(homes(tmp_path), ()) == {"load": ["one.py", "two.py"]}
    (tmp_path / "two.py").unlink()
    assert collisions(homes(tmp_path), ()) == {}
