"""A recipe run from the command line: into a folder, from which it can always go on.

The folder holds `checkpoint.safetensors`, `metrics.csv`, what TensorBoard reads, and `samples/` with
what the averaged generator makes of the same noise as time goes by. Ctrl-C (or a cluster's SIGTERM)
lets the step end, saves, and says how to go on; a run that is killed goes on from its last checkpoint,
and what the table had beyond that is cut off, so that it reads as if nothing had happened.
"""

from __future__ import annotations

import csv
import itertools
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import torch

from gancourse import seed_everything
from gancourse.errors import CourseError
from gancourse.training import checkpoint
from gancourse.training.fastest import fastest, forms
from gancourse.training.machine import Form, Machine
from gancourse.training.recipes import Recipe
from gancourse.training.state import State
from gancourse.training.trainer import Trainer

if TYPE_CHECKING:
    from tqdm import tqdm

LOG = logging.getLogger("gancourse.training")
SHOWN = 64  # samples in each picture of pictures
POINTS = 1000  # and in each picture of points
AGREE = 10  # of several processes, how often they ask each other whether to stop


@dataclass
class Plan:
    """What is asked for.

    Attributes:
        recipe: what to train.
        out: the folder.
        data: the data set's name; None is the recipe's own.
        n: only so many pictures of it.
        steps: in all, with those of earlier sessions; None is the recipe's number.
        minutes: of training in all, likewise; None is no limit.
        seed: of weights, noise and order.
        resume: whether to go on where the folder stands; False needs a folder without a run.
        trial: whether to find out which form of the step is fastest here.
        log_every, draw_every: in steps.
        save_every: in seconds.
    """

    recipe: Recipe
    out: Path
    data: str | None = None
    n: int | None = None
    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    resume: bool = True
    trial: bool = True
    log_every: int = 20
    draw_every: int = 250
    save_every: float = 120.0


class Session:
    """One sitting of a run: from its beginning or its checkpoint until it is done or stopped."""

    def __init__(self, plan: Plan) -> None:
        self.plan, recipe = plan, plan.recipe
        self.file = plan.out / "checkpoint.safetensors"
        self.data = plan.data or recipe.data[0]
        if self.data not in recipe.data:
            raise CourseError(f"The recipe {recipe.name} is for {', '.join(recipe.data)}; --data says {self.data}.")
        self.identity = {"recipe": recipe.name, "data": self.data, "n": plan.n, "seed": plan.seed}
        earlier = self.earlier()
        self.machine = Machine()
        data = recipe.load(self.data, plan.n)
        seed_everything(plan.seed)
        self.machine.form = Form(**earlier["form"]) if earlier else self.choose(data)
        seed_everything(plan.seed)
        self.trainer: Trainer = recipe.make(data, self.machine, plan.seed)
        self.seconds = 0.0
        if earlier:
            self.seconds = checkpoint.load(self.trainer, self.file)["seconds"]
        count = SHOWN if recipe.size else POINTS
        still = torch.Generator().manual_seed(plan.seed)
        self.noise = torch.randn(count, self.trainer.latent_dim, generator=still)

    def earlier(self) -> dict[str, Any] | None:
        """The notes of the checkpoint in the folder, if there is one to go on from."""
        if not self.file.exists():
            return None
        if not self.plan.resume:
            raise CourseError(f"{self.plan.out} holds a run already. Choose another --out, or delete the folder.")
        notes = checkpoint.read(self.file)[0]["notes"]
        for name, ours in self.identity.items():
            if notes.get(name) != ours:
                raise CourseError(
                    f"{self.plan.out} holds a run with {name} {notes.get(name)!r}, and this one is to have {ours!r}. "
                    "Choose another --out, or delete the folder."
                )
        return notes

    def choose(self, data: Any) -> Form:
        """The form of the step: by trial for pictures; for points there is nothing to choose from."""
        recipe = self.plan.recipe
        if not recipe.size or not self.plan.trial or self.machine.processes > 1:
            return self.machine.form

        def make(form: Form) -> Trainer:
            return recipe.make(data, Machine(self.machine.device, form), 0)

        return fastest(make, forms(self.machine.device), key=[recipe.name, data.pixels.shape[1]])

    def run(self) -> bool:
        """Train; False if it was stopped before it was done. Files are written by the first process alone."""
        total = self.plan.steps if self.plan.steps is not None else self.plan.recipe.steps
        first = self.trainer.state.step
        if first >= total:
            LOG.info("nothing to do: %s has %s steps already; ask for more with --steps", self.plan.out, f"{first:,}")
            return True
        with stoppable() as stop, self.recording(total) as record:
            started = saved = time.monotonic()
            before = self.seconds
            for state in itertools.islice(self.trainer, total - first):
                now = time.monotonic()
                self.seconds = before + now - started
                if record is not None:
                    record.note(state, self.seconds)
                over = self.plan.minutes is not None and self.seconds >= 60 * self.plan.minutes
                if self.agreed(state, bool(stop) or over):
                    break
                if now - saved >= self.plan.save_every:
                    self.save()
                    saved = time.monotonic()
            if record is not None:
                record.draw(self.trainer.state)
            self.save()
        return not stop

    def agreed(self, state: State, mine: bool) -> bool:
        """Whether to stop now: processes stop together, or one would wait for the others for ever."""
        if self.machine.processes == 1:
            return mine
        if state.step % AGREE:
            return False
        wish = torch.tensor(float(mine), device=self.machine.device)
        self.machine.average([wish])
        return bool(wish > 0)

    def save(self) -> None:
        """Write the checkpoint."""
        notes = {**self.identity, "seconds": self.seconds, "form": asdict(self.machine.form)}
        checkpoint.save(self.trainer, self.file, **notes)

    @contextmanager
    def recording(self, total: int) -> Iterator[Record | None]:
        """What the first process writes while it trains."""
        if not self.machine.main:
            yield None
            return
        record = Record(self, total)
        try:
            yield record
        finally:
            record.close()


class Record:
    """Progress on the terminal, numbers in a table and for TensorBoard, pictures of samples."""

    def __init__(self, session: Session, total: int) -> None:
        from torch.utils.tensorboard import SummaryWriter
        from tqdm import tqdm

        self.session, self.plan = session, session.plan
        step = session.trainer.state.step
        out = self.plan.out
        try:
            (out / "samples").mkdir(parents=True, exist_ok=True)
            rows = kept_rows(out / "metrics.csv", step)
            self.file = open(out / "metrics.csv", "w", newline="", encoding="utf-8")  # noqa: SIM115
            self.board = SummaryWriter(str(out / "tensorboard"), purge_step=step + 1 if step else None)
        except OSError as error:
            raise CourseError(
                f"{out} cannot be written to: {error.strerror or error}. Choose another --out."
            ) from error
        self.table = csv.DictWriter(self.file, ["minutes", *session.trainer.state.numbers()])
        self.table.writeheader()
        self.table.writerows(rows)
        self.bar: tqdm = tqdm(total=total, initial=step, unit="step", dynamic_ncols=True, smoothing=0.05)

    def note(self, state: State, seconds: float) -> None:
        """Take down one step; most cost nothing."""
        self.bar.update()
        if state.step % self.plan.log_every == 0:
            numbers = state.numbers()
            self.table.writerow({"minutes": round(seconds / 60, 4), **numbers})
            self.file.flush()
            for name, value in numbers.items():
                if name != "step":
                    self.board.add_scalar(name, value, state.step)
            self.bar.set_postfix(d_loss=f"{numbers['d_loss']:.3f}", g_loss=f"{numbers['g_loss']:.3f}", refresh=False)
        if state.step % self.plan.draw_every == 0:
            self.draw(state)

    def draw(self, state: State) -> None:
        """A picture of the samples for the same noise as ever."""
        trainer = self.session.trainer
        picture = self.plan.recipe.draw(trainer.samples(self.session.noise))
        picture.save(self.plan.out / "samples" / f"{state.step:06d}.png", format="PNG")

    def close(self) -> None:
        """End the progress bar and the files."""
        self.bar.close()
        self.file.close()
        self.board.close()


def kept_rows(path: Path, step: int) -> list[dict[str, str]]:
    """The table's rows up to a step."""
    if not step or not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        whole = (row for row in csv.DictReader(file) if None not in row.values())  # the last may have been cut short
        return [row for row in whole if row.get("step", "").isdigit() and int(row["step"]) <= step]


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """A list that gets the signal's number when somebody asks to stop; asked twice, it stops at once."""
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)
        os.write(2, b"\nStopping after this step and saving; once more to stop without.\n")

    old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def train(plan: Plan) -> int:
    """Run a plan and say what came of it; the exit status."""
    session = Session(plan)
    trainer = session.trainer
    if session.machine.main:
        begun = f"goes on at step {trainer.state.step:,}" if trainer.state.step else "begins"
        machine = session.machine
        LOG.info("%s %s in %s on %s: %s", plan.recipe.name, begun, plan.out, machine.device, machine.form)
    done = session.run()
    if session.machine.main:
        where = f"{trainer.state.step:,} steps, {session.seconds / 60:.1f} minutes of training, in {plan.out}"
        LOG.info("%s: %s%s", "done" if done else "stopped", where, "" if done else ". The same command goes on.")
    return 0 if done else 130
