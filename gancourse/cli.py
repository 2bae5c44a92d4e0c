"""The command line: `gancourse --help`."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancourse.data.commands import app as data
from gancourse.errors import CourseError
from gancourse.paths import provide_home
from gancourse.terminal import say, show_anything

if TYPE_CHECKING:
    from gancourse.training.recipes import Recipe, Study

app = typer.Typer(
    name="gancourse",
    help="A course on generative adversarial networks whose exercises grade themselves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(data, name="data")


@app.command()
def doctor() -> None:
    """Say what is installed, which device is used, what is missing and what to do about it."""
    from gancourse.doctor import examine

    raise typer.Exit(examine())


@app.command()
def lessons(
    only: Annotated[str | None, typer.Argument(help="Build this lesson alone, such as 02_mixture_2d or 2.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if a notebook is not up to date.")
    ] = False,
    new: Annotated[str | None, typer.Option(help="Begin a lesson of this name, such as 05_autoencoders.")] = None,
) -> None:
    """Build notebooks/ and solutions/ from lessons/ (or check that they are up to date)."""
    if new:
        from gancourse.authoring.beginning import begin_lesson

        for path in begin_lesson(new):
            typer.echo(f"wrote {path}")
        typer.echo(f"Replace its example, and every TODO; `make lessons LESSON={new[:2]}` builds it.")
        return
    from gancourse.authoring.report import build_and_report

    raise typer.Exit(build_and_report(check, only))


@app.command()
def lint(
    only: Annotated[str | None, typer.Argument(help="Lint this lesson alone, such as 02_mixture_2d or 2.")] = None,
    visible: Annotated[
        bool, typer.Option("--visible", help="Only count how much of the code outside exercises stands open.")
    ] = False,
    built: Annotated[
        bool, typer.Option("--built", help="Also fail if a notebook is not up to date, as `lessons --check` does.")
    ] = False,
) -> None:
    """Lint the lessons' sources."""
    from gancourse.authoring.report import lint_and_report, visible_and_report

    if visible:
        raise typer.Exit(visible_and_report(only))

    raise typer.Exit(lint_and_report(only, built))


@app.command()
def validate(
    notebook: Annotated[Path, typer.Argument(help="The notebook you work in, or its lesson's name.")],
) -> None:
    """Run your notebook and tell what its checks say, as a grader would, but for the hidden checks."""
    from gancourse.grading.validate import validate_notebook

    raise typer.Exit(validate_notebook(notebook))


@app.command()
def grade(
    lesson: Annotated[str, typer.Argument(help="Lesson name, such as 01_gaussian_1d or 1.")],
    submitted: Annotated[Path, typer.Option(help="Folder with STUDENT/LESSON/LESSON.ipynb.")],
    out: Annotated[Path, typer.Option(help="Folder for the gradebook, feedback and summary.")] = Path("graded"),
    jobs: Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")] = 1,
    json: Annotated[Path | None, typer.Option(help="Also write every score and message to this file.")] = None,
    sandbox: Annotated[str, typer.Option(help="full: refuse without bubblewrap; best: what there is.")] = "best",
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, to grade on its cluster.")] = None,
    cell_seconds: Annotated[float, typer.Option(min=1, help="Time for each cell.")] = 60,
    memory_gb: Annotated[float, typer.Option(min=1, help="Memory for each submission.")] = 3,
) -> None:
    """Grade everybody's submission of one lesson. Started again, it goes on where it was."""
    from gancourse.grading.grade import grade_lesson
    from gancourse.grading.sandbox.walls import Limits

    if sandbox not in ("full", "best"):
        raise CourseError(f"--sandbox is full or best, not {sandbox!r}.")
    limits = Limits(cell=cell_seconds, memory=int(memory_gb * 2**30))
    raise typer.Exit(grade_lesson(lesson, submitted, out, jobs, json, limits, sandbox == "full", scheduler))


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="The recipe's name; --list has them all.")] = "list",
    out: Annotated[Path | None, typer.Option(help="Folder of the run; else runs/RECIPE.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="How many in all; else the recipe's number.")] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Stop after so many minutes of training, earlier ones included.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of weights, noise and the order of the data.")] = 0,
    data: Annotated[str | None, typer.Option(help="faces, celeba or fashion, if the recipe is for pictures.")] = None,
    n: Annotated[int | None, typer.Option(min=1, help="Only the first n pictures.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on where the folder's checkpoint stands.")] = True,
    trial: Annotated[bool, typer.Option(help="Time a few forms of the step first; take the fastest.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Write the networks to data/ when done, with figures.")] = False,
    log_every: Annotated[int, typer.Option(min=1, help="Steps between two rows of metrics.csv.")] = 20,
    draw_every: Annotated[
        int | None, typer.Option(min=1, help="Steps between two pictures of samples; else some sixty in all.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Describe all recipes, and do nothing.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="With --keep: every recipe that makes a file of data/.")] = False,
    keep_in: Annotated[Path | None, typer.Option(help="As --keep, into another folder than data/.")] = None,
) -> None:
    """Train by a recipe. Ctrl-C saves and stops; the same command goes on."""
    import logging

    from gancourse.training.keeping import must_have_place
    from gancourse.training.recipes import RECIPES, Study
    from gancourse.training.recipes import recipe as named

    keep = keep or keep_in is not None
    if all_ and not keep:
        raise CourseError("--all is for --keep: it trains every recipe that makes a file of data/, and writes them.")
    if list_ or (recipe == "list" and not all_):
        for one in RECIPES.values():
            say(described_recipe(one))
        return
    from gancourse.training.session import Plan, make_shipped
    from gancourse.training.session import train as run

    logging.basicConfig(format="%(message)s")
    logging.getLogger("gancourse").setLevel(logging.INFO)
    if all_:
        raise typer.Exit(make_shipped(minutes if minutes is not None else math.inf, keep_in))
    chosen = named(recipe)
    if isinstance(chosen, Study):
        if not keep:
            raise CourseError(
                f"{recipe} is there to make a file of data/: add --keep, and --keep-in for another folder."
            )
        must_have_place(keep_in)
        for path in chosen.make_files(keep_in):
            say(f"kept {path}")
        return
    plan = Plan(
        chosen, out or Path("runs") / recipe, data, n, steps, minutes, seed, resume, trial, log_every, draw_every, keep,
        keep_in,
    )  # fmt: skip
    raise typer.Exit(run(plan))


def described_recipe(recipe: Recipe | Study) -> str:
    """A recipe in two lines."""
    from gancourse.training.recipes import Recipe

    about, took = recipe.about, ", ".join(f"{minutes:g} minutes on {on}" for on, minutes in recipe.minutes.items())
    made = ", ".join(f"data/{stem}.safetensors" for stem in recipe.keep) or "no file of data/"
    if isinstance(recipe, Recipe):
        size = f"{recipe.size} px, " if recipe.size else ""
        about, took = f"{about}; data: {', '.join(recipe.data)}", f"{size}{recipe.steps:,} steps, {took}"
    return f"{recipe.name:26s} {about}\n{'':26s} {took}; makes {made}"


def main() -> None:
    """Run the command line; a mistake of the user's is a sentence and exit status 2."""
    show_anything(sys.stdout, sys.stderr)
    provide_home()
    try:
        app()
    except CourseError as error:
        say(f"gancourse: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        say("gancourse: stopped.", err=True)
        sys.exit(130)
