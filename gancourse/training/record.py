"""What a run writes while it trains: progress on the terminal, a table of numbers, curves, pictures of samples."""

from __future__ import annotations

import csv
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancourse.errors import CourseError
from gancourse.training.state import State

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter
    from tqdm import tqdm

    from gancourse.training.session import Session

LOG = logging.getLogger("gancourse.training")
FRAMES = 60  # pictures of samples in a run, close together at the start, where most happens


class Record:
    """Progress on the terminal, numbers in a table and for TensorBoard, pictures of samples."""

    def __init__(self, session: Session) -> None:
        from tqdm import tqdm

        self.session, self.plan = session, session.plan
        step, out, total = session.engine.state.step, self.plan.out, session.steps
        frames = FRAMES if session.plan.recipe.size else FRAMES // 4  # a plot takes as long as many a step
        self.moments = {round(total * (k / frames) ** 2) for k in range(1, frames + 1)}
        self.board = None
        try:
            (out / "samples").mkdir(parents=True, exist_ok=True)
            self.file = out / "metrics.csv"
            self.columns: list[str] = []
            self.write(kept_rows(self.file, step), anew=True)
            self.board = board(out / "tensorboard", step)
        except OSError as error:
            raise CourseError(
                f"{out} cannot be written to: {error.strerror or error}. Choose another --out."
            ) from error
        self.bar: tqdm = tqdm(total=total, initial=step, unit="step", dynamic_ncols=True, smoothing=0.05)

    def note(self, state: State, seconds: float) -> None:
        """Take down one step; most cost nothing."""
        self.bar.update()
        if state.step % self.plan.log_every == 0:
            numbers = state.numbers()
            self.write([{"minutes": round(seconds / 60, 4), **numbers}])
            for name, value in numbers.items():
                if name != "step" and self.board is not None:
                    self.board.add_scalar(name, value, state.step)
            losses = {name: f"{value:.3f}" for name, value in numbers.items() if name.endswith("_loss")}
            self.bar.set_postfix(losses, refresh=False)
        every = self.plan.draw_every
        if state.step in self.moments if every is None else state.step % every == 0:
            self.draw(state)

    def write(self, rows: Sequence[Mapping[str, Any]], anew: bool = False) -> None:
        """Add rows to the table; it is written anew where a row has a column that it has not."""
        new = [name for row in rows for name in row if name not in self.columns]
        if new and not anew:
            rows, anew = [*kept_rows(self.file, sys.maxsize), *rows], True
        self.columns += dict.fromkeys(new)
        with open(self.file, "w" if anew else "a", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, self.columns)
            if anew and self.columns:
                table.writeheader()
            table.writerows(rows)

    def draw(self, state: State) -> None:
        """A picture of what the networks make of the same noise as ever."""
        if (draw := self.plan.recipe.draw) is not None:
            picture = draw(self.session.engine, self.plan.seed)
            picture.save(self.plan.out / "samples" / f"{state.step:06d}.png", format="PNG")

    def close(self) -> None:
        """End the progress bar and the curves."""
        self.bar.close()
        if self.board is not None:
            self.board.close()


def board(folder: Path, step: int) -> SummaryWriter | None:
    """Curves for TensorBoard, where it is installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        LOG.info("TensorBoard is not installed: its curves are left out; metrics.csv has the same numbers")
        return None
    return SummaryWriter(str(folder), purge_step=step + 1 if step else None)


def kept_rows(path: Path, step: int) -> list[dict[str, str]]:
    """The table's rows up to a step."""
    if not step or not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        whole = (row for row in csv.DictReader(file) if None not in row.values())  # the last may have been cut short
        return [row for row in whole if row.get("step", "").isdigit() and int(row["step"]) <= step]
