"""Two judges beside the same heap, for lesson 06: a nearly sure discriminator and a critic whose slope is held."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gancourse import seed_everything
from gancourse.authoring.films import asset, first_and_last, frame_of, save_film
from gancourse.authoring.source import find
from gancourse.data.toys import Gaussian1D
from gancourse.games.penalties import slopes
from gancourse.objectives import OBJECTIVES
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure

DATA, START, SPREAD = Gaussian1D(3.0, 0.8), -4.0, 0.3
RATE_G, RATE_D, BEFORE, ROUNDS, FRAMES = 0.02, 2e-3, 500, 400, 40


class Heap:
    """A generator that moves and stretches noise, and its judge; G takes plain steps down its gradient."""

    def __init__(self, objective: str, held: bool, perceptron: Any) -> None:
        seed_everything(2)
        self.objective, self.held = OBJECTIVES[objective], held
        self.at = torch.tensor([START, SPREAD], requires_grad=True)
        self.D = perceptron(1, 1)
        self.opt = torch.optim.Adam(self.D.parameters(), RATE_D, betas=(0.0, 0.99))

    def made(self, n: int) -> Tensor:
        return self.at[0] + self.at[1] * torch.randn(n, 1)

    def d_step(self) -> None:
        """One step of D, with a one-sided penalty where its slope is held."""
        real, fake = DATA.sample(64), self.made(64).detach()
        loss = self.objective.d_loss(self.D(real), self.D(fake))
        if self.held:
            between = torch.lerp(real, fake, torch.rand(64, 1))
            loss = loss + 10 * (slopes(self.D, between) - 1).clamp(min=0).square().mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()

    def g_step(self) -> None:
        (slope,) = torch.autograd.grad(self.objective.g_loss(self.D(self.made(256))), self.at)
        with torch.no_grad():
            self.at -= RATE_G * slope


def draw(ax: Any, heap: Heap, title: str) -> None:
    """Data, the heap and what the judge says, each as high as the picture."""
    x = torch.linspace(-6, 6, 241)
    with torch.no_grad():
        said = heap.D(x[:, None]).flatten()
    said = (said - said.mean()) / 12 + 0.6 if heap.held else torch.sigmoid(said)
    data = DATA.density(x)
    made = Gaussian1D(float(heap.at[0].detach()), float(heap.at[1].detach().abs())).density(x)
    for density, color, label in ((data, REAL, "data"), (made, FAKE, "made")):
        ax.fill_between(x, 0.55 * density / density.max(), color=color, alpha=0.45, label=label)
    ax.plot(x, said, color=JUDGE, lw=2.5, label="judge")
    ax.set(title=title, yticks=[], ylim=(-0.05, 1.35), xlim=(-6, 6), xlabel="x")


def main() -> None:
    """Let both judges find their feet, then play; frames are close together early, when most happens."""
    lesson = find("06_objectives")
    perceptron = lesson.worked("parts")["perceptron"]
    heaps = {
        "a discriminator, minimax": Heap("minimax", False, perceptron),
        "a critic of slope 1 at most": Heap("wasserstein", True, perceptron),
    }
    for heap in heaps.values():
        for _ in range(BEFORE):
            heap.d_step()
    frames, moments = [], {1 + round((ROUNDS - 1) * i / (FRAMES - 1)) for i in range(FRAMES)}
    for count in range(1, ROUNDS + 1):
        for heap in heaps.values():
            for _ in range(5):
                heap.d_step()
            heap.g_step()
        if count in moments:
            fig = figure(7.6, 2.9)
            for ax, (title, heap) in zip(axes(fig, 1, 2), heaps.items(), strict=True):
                draw(ax, heap, title)
            fig.suptitle(f"step {count} of G", fontsize=10)
            frames.append(frame_of(fig))
    save_film(frames, asset(lesson, "critics.gif"), first_and_last(frames, colors=48))
    for title, heap in heaps.items():
        print(f"{title}: the heap went from {START:g} to {float(heap.at[0].detach()):.2f}")


if __name__ == "__main__":
    main()
