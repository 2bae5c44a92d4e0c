"""Which files some Python files import, in the package and beside themselves, read from their text alone.

Nothing is run, so it takes a few hundredths of a second, and what is imported only inside a function counts, too.
What is for type checkers only does not. A name that a package gives from a module of its own when asked
(a dict `{"name": "module"}` in its `__init__.py`) leads to that module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

ROOT = "gancourse"


def files_reached(starts: Iterable[Path], package: Path) -> set[Path]:
    """These files and all that they import, directly or not.

    Args:
        package: the folder of the package `gancourse`; whatever else is imported is not followed, but for modules
            that lie beside the file that imports them.
    """
    found: set[Path] = set()
    met: set[Path] = set()
    waiting = list(starts)
    while waiting:
        if (path := waiting.pop()) in met:
            continue
        met.add(path)
        path = path.resolve()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for name, asked in imports(path, package):
            waiting += files_of(name, asked, path.parent, package)
    return found


def imports(path: Path, package: Path) -> Iterator[tuple[str, list[str]]]:
    """Each module that a file imports by its full name, and the names it takes from it."""
    for home, level, names in statements(path.read_bytes()):
        if level:
            parts = [ROOT, *path.resolve().relative_to(package.resolve()).parent.parts]
            home = ".".join([*parts[: len(parts) - level + 1], *([home] if home else [])])
        yield home, names


@lru_cache(maxsize=2000)  # to read a text as Python takes a thousand times as long as to read it
def statements(content: bytes) -> list[tuple[str, int, list[str]]]:
    """What a text imports: by a module's name, how many dots before it, and the names that are taken from it."""
    found: list[tuple[str, int, list[str]]] = []
    for node in running(ast.parse(content)):
        if isinstance(node, ast.Import):
            found += ((alias.name, 0, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", node.level, [alias.name for alias in node.names]))
    return found


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
    for key, home in words_led_on(init.read_bytes()):
        if key == name:
            inside = home if home.startswith(f"{ROOT}.") else ".".join([ROOT, *folder.relative_to(package).parts, home])
            yield from files_of(inside, [], folder, package)


@lru_cache(maxsize=2000)
def words_led_on(content: bytes) -> list[tuple[str, str]]:
    """The words in the dicts of a text, each with the word it stands before."""
    return [
        (str(key.value), str(value.value))
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
    ]
