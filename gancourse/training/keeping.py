"""What `gancourse train RECIPE --keep` leaves: the files of weights, and the table that lists them.

`keep` writes a recipe's networks into the store, with the figures that they reached, and renews the table of
data/README.md, which says what the files say of themselves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from gancourse.errors import CourseError
from gancourse.models import store
from gancourse.paths import checkout, weights_folder

LARGEST_KEPT = 2_500_000  # bytes of a file: all of them come with every clone and every installed package
BEGIN, END = "<!-- from the files: -->", "<!-- to here -->"


class Keepable(Protocol):
    """What is asked of a recipe here.

    Attributes:
        name: of the recipe.
        keep: by the stem of a file's name, the names of the networks in it; empty if nothing is kept.
        minutes: that it takes, one number or one for each device ("cpu", "cuda").
    """

    @property
    def name(self) -> str: ...
    @property
    def keep(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def minutes(self) -> float | Mapping[str, float]: ...


def keep(
    recipe: Keepable, nets: Mapping[str, nn.Module], made: Mapping[str, Any], out: Path | None = None
) -> list[Path]:
    """Write what a recipe keeps: all of its files, or none.

    Args:
        nets: the trained networks by name, at least those that the recipe keeps; averages in the place of what
            they average.
        made: what `gancourse.models.store.save` takes; "reached" holds the figures. A value that is a dict with the
            files' stems for keys gives each file its own ("what", say).
        out: the folder; None is data/ of the checkout, whose table is renewed then.

    Returns:
        the files.

    Raises:
        CourseError: if the recipe keeps nothing, a network is missing or cannot be stored, a file would be larger
            than 2.5 MB, or there is neither a checkout nor `out`.
    """
    must_keep_something(recipe)
    must_have_place(out)
    folder = out or weights_folder()
    if missing := {net for names in recipe.keep.values() for net in names} - set(nets):
        raise CourseError(
            f"The recipe {recipe.name} keeps {', '.join(sorted(missing))}, and the run has no such network."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".keeping-") as aside:
        written = []
        for stem, names in recipe.keep.items():
            told = {key: of_file(value, stem, recipe.keep) for key, value in {"recipe": recipe.name, **made}.items()}
            path = store.save(Path(aside) / f"{stem}.safetensors", {name: nets[name] for name in names}, told)
            if (size := path.stat().st_size) > LARGEST_KEPT:
                raise CourseError(
                    f"{path.name} would have {size / 1e6:.1f} MB, and {LARGEST_KEPT / 1e6} MB is the most that a file "
                    "which comes with the course may have. Make the network narrower, or keep its parts in two files."
                )
            written.append(path)
        kept = [path.replace(folder / path.name) for path in written]
    if out is None:
        renew_table()
    return kept


def must_keep_something(recipe: Keepable) -> None:
    """Raise a CourseError if a recipe keeps nothing."""
    if not recipe.keep:
        raise CourseError(f"The recipe {recipe.name} keeps nothing: it is trained to look at, not to be shipped.")


def must_have_place(out: Path | None) -> None:
    """Raise a CourseError if there is neither a folder for kept files nor a checkout; best before a long training."""
    if out is None and checkout() is None:
        raise CourseError("This gancourse was installed without its repository: say with --keep-in where to write.")


def of_file(value: Any, stem: str, files: Mapping[str, Any]) -> Any:
    """A value that differs from file to file: this file's."""
    return value[stem] if isinstance(value, Mapping) and value and set(value) == set(files) else value


# --- The table of data/README.md ---------------------------------------------------------------------------------


def table_of_files() -> str:
    """What the shipped files say of themselves, as a table in Markdown."""
    rows = ["| File | What it is | Made again by | It reached |", "|---|---|---|---|"]
    for name in store.shipped():
        said = store.about(name)
        reached = ", ".join(f"{what} {value:g}" for what, value in said.get("reached", {}).items())
        took = f", {said['minutes']:.3g} minutes ({said['device']})" if {"minutes", "device"} <= set(said) else ""
        by = f"`gancourse train {said['recipe']} --keep`{took}" if "recipe" in said else "hand"
        rows.append(f"| `{name}.safetensors` | {said.get('what', '')} | {by} | {reached} |")
    return "\n".join(rows)


def renew_table() -> None:
    """Write the table into data/README.md of the checkout.

    Raises:
        CourseError: if the lines that mark its place are missing.
    """
    path = weights_folder() / "README.md"
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise CourseError(f"{path} lacks the lines {BEGIN} and {END}, between which the table of files stands.")
    path.write_text(f"{before}{BEGIN}\n\n{table_of_files()}\n\n{END}{after}", encoding="utf-8")
