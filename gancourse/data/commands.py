"""`gancourse data list | get NAME | sheet NAME`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated

import typer

from gancourse.errors import CourseError
from gancourse.terminal import say

app = typer.Typer(no_args_is_help=True, help="Data sets: which there are, fetching them, looking at them.")


@app.command("list")
def list_data() -> None:
    """Show every data set: whether it is on this machine, where, how large, how to get it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from gancourse.data import SOURCES

    table = Table(box=box.SIMPLE)
    for heading in ("name", "here", "what", "size", "where, or how to get it"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("name", "here", "size"))
    for name in SOURCES:
        here, *rest = table_row(name)
        table.add_row(name, Text(here, style="green" if here == "yes" else "yellow"), *map(Text, rest))
    table.add_row("toys", Text("yes", style="green"), "1D and 2D distributions", "", "gancourse.data.toys")
    console = Console()
    console.print(table)
    console.print(Text(f"Decoded pictures: {cache_line()}"))


def table_row(name: str) -> tuple[str, str, str, str]:
    """The row of a data set; one that cannot be looked at says why."""
    from gancourse.data import Status, source

    try:
        module = source(name)
        # What ships with the package needs no status of its own.
        status = module.status() if hasattr(module, "status") else Status(True, "built in", "", 0, "")
    except CourseError as error:
        return "no", "", "", str(error)
    return "yes" if status.available else "no", status.contents, human(status.bytes), status.where or status.how


def cache_line() -> str:
    """Where decoded pictures are kept, and how much that is."""
    from gancourse.data import cache, size_of

    folder = cache.root() / "decoded"
    return f"{human(size_of([folder])) or 'none'} in {folder} (GANCOURSE_CACHE; may be deleted at any time)"


def human(count: int) -> str:
    """Bytes for people; nothing for none."""
    if not count:
        return ""
    size, units = float(count), ["B", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} {units[0]}" if size >= 10 or units[0] == "B" else f"{size:.1f} {units[0]}"


@app.command()
def get(
    name: Annotated[str, typer.Argument(help="celeba or fashion.")],
    to: Annotated[Path | None, typer.Option(help="Folder for CelebA's files; else the cache's.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Accept the terms without being asked.")] = False,
) -> None:
    """Download a data set, after showing its terms. Interrupted, it goes on where it stopped."""
    from gancourse.data import source

    def agreed(terms: str) -> bool:
        say(terms)
        return accept or typer.confirm("Do you accept these terms?")

    module = source(name)
    if name == "celeba":
        from gancourse.data.celeba_download import get

        get(to, agreed, say)
    elif name == "fashion":
        if to is not None:
            raise CourseError("--to is for CelebA; Fashion-MNIST goes to the cache's folder.")
        say(f"Fashion-MNIST: {module.LICENSE}")
        say(f"It is in {module.find_copy() or module.get()}.")
    else:
        say(f"{name} comes with the course; there is nothing to get.")


@app.command()
def sheet(
    name: Annotated[str, typer.Argument(help="faces, celeba or fashion.")],
    n: Annotated[int, typer.Option(min=1, help="How many pictures.")] = 40,
    size: Annotated[int | None, typer.Option(help="Their size in pixels.")] = None,
    split: Annotated[str, typer.Option(help="Which part of the data set.")] = "train",
    out: Annotated[Path | None, typer.Option(help="The PNG; else NAME.png.")] = None,
) -> None:
    """Write a contact sheet of a data set's first pictures."""
    from gancourse.data import load
    from gancourse.data.sheet import write_sheet

    path = out or Path(f"{name}.png")
    # On stderr: decoding a data set for the first time takes minutes, which its own progress bar counts.
    say(f"Loading {name}; its first {n} pictures go to {path.resolve()}.", err=True)
    if not path.resolve().parent.is_dir():
        raise CourseError(f"{path} cannot be written: there is no folder {path.resolve().parent}.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        images = load(name, size=size, split=split, n=n)
    for one in caught:
        say(f"Note: {one.message}", err=True)
    try:
        write_sheet(images, path)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror or error}.") from error
    say(f"{path}: {len(images)} pictures of {images.name}/{images.split}. {images.license}")


@app.command()
def strips(
    size: Annotated[int, typer.Option(min=16, max=256, help="Size of each face in pixels.")] = 64,
    out: Annotated[Path, typer.Option(help="The PNG.")] = Path("strips.png"),
) -> None:
    """Write a sheet that takes one drawn face through the range of every factor."""
    from PIL import Image

    from gancourse.data.faces import TABLE
    from gancourse.data.faces import strips as drawn

    try:
        Image.fromarray(drawn(size).permute(1, 2, 0).numpy()).save(out)
    except OSError as error:
        raise CourseError(f"{out} cannot be written: {error.strerror or error}.") from error
    say(f"{out}: {len(TABLE)} factors, one in each row.")
