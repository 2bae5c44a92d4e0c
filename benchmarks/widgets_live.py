"""How soon Pause and Stop act on a busy run, from the click in a real page: `python benchmarks/widgets_live.py`.

JupyterLab runs here, Chromium opens a notebook in it, and a panel trains. Each time the button is
clicked at a random moment; the page notes the time of the click, the thread that trains the time at
which it has stopped. Both read the same machine's clock. Twenty clicks for each button and run:

- the playground's two perceptrons, steps of a few milliseconds;
- a DCGAN at 32 × 32 pixels with a batch of 16, whose steps are long: a step that has begun is finished.

Also said: how long the run's steps took.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import random
import statistics
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

WATCHED = """
import time
halts, steps = [], []

def note_halts(panel):
    turn, advance, free = panel._turn, panel._advance, panel._free
    def noted_turn():
        turn()
        if not panel.playing:
            halts.append(time.time())
    def noted_free():
        halts.append(time.time())
        free()
    def noted_advance(*args):
        began = time.perf_counter()
        advance(*args)
        steps.append(time.perf_counter() - began)
    panel._turn, panel._advance, panel._free = noted_turn, noted_advance, noted_free
"""

PLAYGROUND = """
import torch
torch.set_num_threads(1)
from gancourse.widgets import Playground
panel = Playground(start={"target": "ring of 8"})
note_halts(panel)
panel
"""

DCGAN = """
import torch
torch.set_num_threads(1)
from gancourse.models.dcgan import Discriminator, Generator, sample_z
from gancourse.objectives import OBJECTIVES
from gancourse.widgets import Knob, LiveTraining

class Run:
    def __init__(self, rate):
        self.G, self.D, self.losses = Generator(size=32, width=32), Discriminator(size=32, width=32), []
        self.rate, self.play = rate, OBJECTIVES["non_saturating"]
        self.opts = [torch.optim.Adam(net.parameters(), lr=rate) for net in (self.D, self.G)]
        self.real = torch.rand(16, 3, 32, 32) * 2 - 1

    def step(self):
        fake = self.G(sample_z(16))
        loss_D = self.play.d_loss(self.D(self.real), self.D(fake.detach()))
        for loss, opt in ((loss_D, self.opts[0]), (None, self.opts[1])):
            loss = loss if loss is not None else self.play.g_loss(self.D(fake))
            opt.zero_grad()
            loss.backward()
            opt.step()
        self.losses.append(float(loss_D.detach()))

def draw(fig, run):
    fig.clear()
    fig.subplots().plot(run.losses)
    return f"{len(run.losses)} steps"

panel = LiveTraining(Run, None, draw, {"rate": Knob("learning rate", 1e-5, 1e-1, 1e-3, log=True)})
note_halts(panel)
panel
"""


class Folders:
    """What the browser tests' fixtures want of pytest: new folders."""

    def mktemp(self, name: str) -> Path:
        """A folder of its own."""
        return Path(tempfile.mkdtemp(prefix=f"gancourse-{name}-"))


def of_the_tests(name: str) -> Any:
    """A module of the browser tests: their own way to a JupyterLab, a page and its kernel."""
    path = ROOT / "tests" / "browser" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"browser_{name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--only", choices=("playground", "DCGAN"), help="one of the two runs")
    clicks, only = (arguments := parser.parse_args()).clicks, arguments.only
    found, panels, folders = of_the_tests("conftest"), of_the_tests("panels"), Folders()
    course = folders.mktemp("course")
    open_lab, open_context = (contextmanager(inspect.unwrap(f)) for f in (found.lab, found.context))
    with open_lab(course, folders) as lab, open_context() as context:
        for name, code in (("playground", PLAYGROUND), ("DCGAN 32 px", DCGAN)):
            if only and not name.startswith(only):
                continue
            file = panels.write_notebook(course, f"{name.split()[0]}.ipynb", watch=WATCHED, show=code)
            page = lab.open(context, file)
            lab.run_cell(page, "watch")
            lab.run_cell(page, "show")
            measure(page, panels, name, clicks)
            page.close()


def measure(page: Any, panels: Any, name: str, clicks: int) -> None:
    """Click Pause, then Stop, so many times, and print how soon each acted."""
    ask, until = panels.ask, panels.until
    root = page.locator(".gancourse-panel")
    root.get_by_role("button", name="Play", exact=True).wait_for()
    page.evaluate(
        """() => document.querySelector(".gancourse-panel").addEventListener(
            "click", () => { window.clicked = Date.now() / 1000 }, true)"""
    )
    for button in ("Pause", "Stop"):
        took = []
        for _ in range(clicks):
            number = ask(page, "panel.frame['number']")
            root.get_by_role("button", name="Play", exact=True).click()
            until(lambda number=number: ask(page, "panel.frame['number']") > number + 1)
            page.wait_for_timeout(random.uniform(300, 900))
            ask(page, "halts.clear()")
            root.get_by_role("button", name=button, exact=True).click()
            until(lambda: ask(page, "bool(halts)"))
            took.append(1000 * (ask(page, "halts[0]") - page.evaluate("window.clicked")))
            page.wait_for_timeout(200)
        took.sort()
        step = 1000 * ask(page, "sorted(steps)[len(steps) // 2]")
        print(
            f"{name:12s} {button:5s} acts after {statistics.median(took):4.0f} ms (median of {len(took)}; "
            f"fastest {took[0]:.0f}, slowest {took[-1]:.0f}); a step takes {step:.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
