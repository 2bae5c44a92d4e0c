"""A recipe run from the command line: into a folder, from which it can always go on.

The folder holds `checkpoint.safetensors`, `metrics.csv`, what TensorBoard reads, and `samples/` with
what the networks make of the same noise as time goes by. Ctrl-C (or a cluster's SIGTERM)
lets the step end, saves, and says how to go on; a run that is killed goes on from its last checkpoint,
and what the table had beyond that is cut off, so that it reads as if nothing had happened.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from gancourse import seed_everything
from gancourse.errors import CourseError
from gancourse.training import keeping
from gancourse.training.checkpoint import load_checkpoint, read_checkpoint, save_checkpoint
from gancourse.training.engine import Diverged, Engine
from gancourse.training.machine import Machine
from gancourse.training.recipes import Recipe
from gancourse.training.record import Record
from gancourse.training.speed.form import Form
from gancourse.training.speed.trial import fastest, forms
from gancourse.training.state import State

LOG = logging.getLogger("gancourse.training")
OTHERS = (".pth", ".pt", ".ckpt", ".bin", ".safetensors")  # what other programs call their checkpoints
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
        keep: whether to write the recipe's networks to data/ when it is done.
        keep_in: another folder for them.
        log_every: in steps.
        draw_every: likewise; None draws sixty sheets of pictures (fifteen plots), the more often the earlier.
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
    draw_every: int | None = None
    keep: bool = False
    keep_in: Path | None = None
    save_every: float = 120.0


class Session:
    """One sitting of a run: from its beginning or its checkpoint until it is done or stopped."""

    def __init__(self, plan: Plan) -> None:
        self.plan, recipe = plan, plan.recipe
        self.file = plan.out / "checkpoint.safetensors"
        self.data = plan.data or recipe.data[0]
        if self.data not in recipe.data:
            raise CourseError(f"The recipe {recipe.name} is for {', '.join(recipe.data)}; --data says {self.data}.")
        self.steps = plan.steps if plan.steps is not None else recipe.steps
        self.identity = {"recipe": recipe.name, "data": self.data, "n": plan.n, "seed": plan.seed}
        earlier = self.earlier()
        self.machine = Machine()
        data = recipe.load(self.data, plan.n)
        seed_everything(plan.seed)
        self.machine.form = Form(**earlier["form"]) if earlier else self.choose(data)
        seed_everything(plan.seed)
        self.engine: Engine = recipe.make(data, self.machine, plan.seed, self.steps)
        self.seconds = 0.0
        if earlier:
            self.seconds = load_checkpoint(self.engine, self.file)["seconds"]

    def earlier(self) -> dict[str, Any] | None:
        """The notes of the checkpoint in the folder, if there is one to go on from."""
        if not self.file.exists():
            others = sorted(p.name for p in self.plan.out.glob("*") if p.suffix.lower() in OTHERS)
            if others:
                LOG.warning(
                    "%s holds %s, which no run goes on from: this one begins anew.", self.plan.out, ", ".join(others)
                )
            return None
        if not self.plan.resume:
            raise CourseError(f"{self.plan.out} holds a run already. Choose another --out, or delete the folder.")
        notes = read_checkpoint(self.file)[0]["notes"]
        for name, ours in self.identity.items():
            if notes.get(name) != ours:
                raise CourseError(
                    f"{self.plan.out} holds a run with {name} {notes.get(name)!r}, and this one is to have {ours!r}. "
                    "Choose another --out, or delete the folder."
                )
        planned = notes.get("steps", self.steps)  # older checkpoints do not say
        if self.plan.recipe.paced and planned != self.steps:
            raise CourseError(
                f"{self.plan.out} holds a run that was planned for {planned:,} steps, and this one is to have "
                f"{self.steps:,}. The recipe's learning rates or stages depend on that number: --steps {planned} goes "
                "on; for another number choose another --out."
            )
        return notes

    def choose(self, data: Any) -> Form:
        """The form of the step: by trial for pictures; for points there is nothing to choose from."""
        recipe = self.plan.recipe
        if not recipe.size or not self.plan.trial or self.machine.processes > 1:
            return self.machine.form

        def make(form: Form) -> Engine:
            engine = recipe.make(data, Machine(self.machine.device, form), 0, recipe.steps)
            # Late in the run: networks that grow are small at first, and spend most of their time at full size.
            engine.state = replace(engine.state, step=recipe.steps * 9 // 10)
            return engine

        return fastest(make, forms(self.machine.device), key=[recipe.name, "late", data.pixels.shape[1]])

    def run(self) -> bool:
        """Train; False if somebody stopped it. Files are written by the first process alone.

        The time may have run out before all steps were made: `finished` says so.

        Raises:
            Diverged: if a loss is no number any more; the last good checkpoint stays.
        """
        first = self.engine.state.step
        if first >= self.steps:
            more = "that is all it was planned for" if self.plan.recipe.paced else "ask for more with --steps"
            LOG.info("nothing to do: %s has %s steps already; %s", self.plan.out, f"{first:,}", more)
            return True
        with stoppable() as stop, self.recording() as record:
            started = saved = time.monotonic()
            before = self.seconds
            try:
                for state in itertools.islice(self.engine, self.steps - first):
                    now = time.monotonic()
                    self.seconds = before + now - started
                    if state.step % self.plan.log_every == 0:
                        self.engine.check()
                    if record is not None:
                        record.note(state, self.seconds)
                    over = self.plan.minutes is not None and self.seconds >= 60 * self.plan.minutes
                    if self.agreed(state, bool(stop) or over):
                        break
                    if now - saved >= self.plan.save_every:
                        self.save()
                        saved = time.monotonic()
                self.save()
            except Diverged as error:
                raise Diverged(f"{error} {self.last_good()}") from None
            if record is not None:
                record.draw(self.engine.state)
        # Of several processes the signal may have reached another one.
        return not stop and (self.finished or self.plan.minutes is not None)

    @property
    def finished(self) -> bool:
        """Whether all steps were made."""
        return self.engine.state.step >= self.steps

    def last_good(self) -> str:
        """What is left of a run that diverged."""
        if not self.file.exists():
            return "No checkpoint had been written yet."
        step = read_checkpoint(self.file)[0]["step"]
        return f"The last good checkpoint, of step {step:,}, is kept: {self.file}."

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
        notes = {**self.identity, "steps": self.steps, "seconds": self.seconds, "form": asdict(self.machine.form)}
        save_checkpoint(self.engine, self.file, **notes)

    def keep(self) -> list[Path]:
        """Write the recipe's networks to data/, with how they were made and what they have reached."""
        recipe, device = self.plan.recipe, self.machine.device
        made = {
            **self.identity,
            "steps": self.engine.state.step,
            "minutes": round(self.seconds / 60, 1),
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
            "form": str(self.machine.form),
            "what": recipe.what,
            "reached": recipe.measure(self.engine) if recipe.measure else {},
        }
        nets = {name: self.engine.averaged(name) for name in self.engine.game.nets}
        files = keeping.keep(recipe, nets, made, self.plan.keep_in)
        LOG.info("kept %s, which reached %s", ", ".join(map(str, files)), made["reached"])
        return files

    @contextmanager
    def recording(self) -> Iterator[Record | None]:
        """What the first process writes while it trains."""
        if not self.machine.main:
            yield None
            return
        record = Record(self)
        try:
            yield record
        finally:
            record.close()


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
    """Run a plan and say what came of it; the exit status.

    It is 0 if the run is finished or its time is over, 130 if somebody stopped it, and 1 if its networks were to be
    kept and time was over before it was finished.
    """
    if plan.keep:  # better told before the training than after it
        keeping.must_keep_something(plan.recipe)
        keeping.must_have_place(plan.keep_in)
    session = Session(plan)
    engine = session.engine
    if session.machine.main:
        begun = f"goes on at step {engine.state.step:,}" if engine.state.step else "begins"
        machine = session.machine
        LOG.info("%s %s in %s on %s: %s", plan.recipe.name, begun, plan.out, machine.device, machine.form)
    stopped, finished = not session.run(), session.finished
    if session.machine.main:
        made = f"{engine.state.step:,}" if finished else f"{engine.state.step:,} of {session.steps:,}"
        where = f"{made} steps, {session.seconds / 60:.1f} minutes of training, in {plan.out}"
        if stopped:
            LOG.info("stopped: %s. The same command goes on.", where)
        elif finished:
            LOG.info("done: %s", where)
        else:
            LOG.info("time is over: %s. The same command without --minutes, or with more of them, goes on.", where)
        if plan.keep and finished and not stopped:
            session.keep()
        elif plan.keep and not stopped:
            LOG.info("nothing is kept: only a finished run is.")
    if stopped:
        return 130
    return int(plan.keep and not finished)


def make_shipped(minutes: float, out: Path | None = None) -> int:
    """Train every recipe that makes files of data/, in the plain form, as far as the minutes reach; the exit status.

    Who stops a recipe stops all of them; the same command goes on with it.

    Args:
        minutes: of the clock, all together.
        out: the folder for the files; None is data/ of the checkout.

    Raises:
        CourseError: if there is neither a checkout nor `out`.
        KeyboardInterrupt: if somebody stopped a recipe, when it has been saved.
    """
    from gancourse.training.everything import make_all
    from gancourse.training.recipes import RECIPES, Study

    keeping.must_have_place(out)

    def make(recipe: Recipe | Study) -> list[Path]:
        if isinstance(recipe, Study):
            return recipe.make_files(out)
        session = Session(Plan(recipe, Path("runs") / recipe.name, trial=False, keep_in=out))
        if not session.run():
            raise KeyboardInterrupt
        return session.keep()

    return make_all(RECIPES.values(), minutes, Machine().device.type, make)
