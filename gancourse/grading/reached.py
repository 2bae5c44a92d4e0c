"""Which files some Python files import, in the package and beside themselves, read from their text alone.

Nothing is run, so it takes a few hundredths of a second, and what is imported only inside a function counts, too.
What is for type checkers only does not. A name that a package gives from a module of its own when asked
(a dict `{"name": "module"}` in its `__init__.py`) leads to that module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = "gancourse"


def files_reached(starts: Iterable[Path], package: Path) -> set[Path]:
    """These files and all that they import, directly or not.

    Args:
        package: the folder of the package `gancourse`; whatever else is imported is not followed, but for modules
            that lie beside the file that imports them.
    """
    found: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop().resolve()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for name, asked in imports(path, package):
            waiting += files_of(name, asked, path.parent, package)
    return found


def imports(path: Path, package: Path) -> Iterator[tuple[str, list[str]]]:
    """Each module that a file imports by its full name, and the names it takes from it."""
    for node in running(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = node.module or ""
            if node.level:
                parts = [ROOT, *path.resolve().relative_to(package.resolve()).parent.parts]
                home = ".".join([*parts[: len(parts) - node.level + 1], *([home] if home else [])])
            yield home, [alias.name for alias in node.names]


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (n for branch in child.orelse for n in (branch, *running(branch)))
            continue
        yield child
        yield from running(child)


def files_of(name: str, asked: list[str], beside: Path, package: Path) -> Iterator[Path]:
    """The files that importing a module runs: those of its packages, its own, those of the names taken from it."""
    root, *parts = name.split(".")
    if root != ROOT:
        yield beside / f"{root}.py"
        return
    folder = package
    yield folder / "__init__.py"
    for part in parts:
        yield folder / f"{part}.py"
        folder = folder / part
        yield folder / "__init__.py"
    for one in asked:
        yield folder / f"{one}.py"
        yield folder / one / "__init__.py"
        yield from given(one, folder, package)


def given(name: str, folder: Path, package: Path) -> Iterator[Path]:
    """The module that a package gives a name from, when it is asked for it."""
    init = folder / "__init__.py"
    if not init.is_file():
        return
    for node in ast.walk(ast.parse(init.read_bytes())):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name and isinstance(value, ast.Constant):
                    home = str(value.value)
                    full = (
                        home
                        if home.startswith(f"{ROOT}.")
                        else ".".join([ROOT, *folder.relative_to(package).parts, home])
                    )
                    yield from files_of(full, [], folder, package)
