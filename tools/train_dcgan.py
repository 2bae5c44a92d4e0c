"""Train the DCGAN that lesson 03's demonstrations use: writes data/dcgan_faces_64.safetensors and …_judge.safetensors.

    python tools/train_dcgan.py [--size 64] [--steps 6000] [--out FILE] [--resume]

The recipe is the paper's (gancourse.models.dcgan) with the lesson's hacks: real and fake batches apart,
one-sided label smoothing, an exponential moving average of G. It stops after so many steps, or so much
processor time, whichever comes first; every few minutes it writes what `--resume` needs into
build/dcgan_faces_64/, with the pictures of a film. A resumed run draws new noise and a new order of the
data. One thread of a 2.5 GHz processor needs about half an hour. `python benchmarks/dcgan.py` measures
what came out.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import data, device, seed_everything
from gancourse.data.images import to_bytes
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, Generator, sample_z
from gancourse.paths import repository

FILM = 64  # pictures in each frame of the film


@dataclass
class Run:
    """Two networks, their optimizers, the average of G, and what has happened so far."""

    G: Generator
    D: Discriminator
    learning_rate: float = 2e-4
    decay: float = 0.999
    smooth: float = 0.9
    step: int = 0
    seconds: float = 0.0
    history: list[tuple[float, float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.G).requires_grad_(False)
        self.adam_G = torch.optim.Adam(self.G.parameters(), self.learning_rate, (0.5, 0.999))
        self.adam_D = torch.optim.Adam(self.D.parameters(), self.learning_rate, (0.5, 0.999))

    def state(self) -> dict:
        """Everything that a later process needs to go on."""
        parts = {name: getattr(self, name).state_dict() for name in ("G", "D", "average", "adam_G", "adam_D")}
        return parts | {"step": self.step, "seconds": self.seconds, "history": self.history}

    def load(self, state: dict) -> None:
        """Go on from `state()`."""
        for name in ("G", "D", "average", "adam_G", "adam_D"):
            getattr(self, name).load_state_dict(state[name])
        self.step, self.seconds, self.history = state["step"], state["seconds"], state["history"]


def train(run: Run, batches: Iterator[tuple[Tensor, dict[str, Tensor]]], steps: int) -> Iterator[Run]:
    """Train up to step number `steps`: D once, G once, the average once; the fakes are made once for both.

    The learning rate falls to zero over the last quarter: the noise of the game falls with it.
    """
    G, D = run.G.train(), run.D.train()
    while run.step < steps:
        started = time.process_time()
        for adam in (run.adam_G, run.adam_D):
            adam.param_groups[0]["lr"] = run.learning_rate * min(1.0, 4 * (1 - run.step / steps))
        real = next(batches)[0].contiguous(memory_format=torch.channels_last)
        fake = G(sample_z(len(real), G.latent_dim).to(real.device))
        on_real, on_fake = D(real), D(fake.detach())  # apart: each batch has its own batch statistics
        smooth = torch.full_like(on_real, run.smooth)
        loss_D = F.binary_cross_entropy_with_logits(on_real, smooth) + F.softplus(on_fake).mean()
        run.adam_D.zero_grad()
        loss_D.backward()
        run.adam_D.step()
        D.requires_grad_(False)
        loss_G = F.softplus(-D(fake)).mean()
        run.adam_G.zero_grad()
        loss_G.backward()
        run.adam_G.step()
        D.requires_grad_(True)
        follow(run.average, G, min(run.decay, (1 + run.step) / (10 + run.step)))
        run.step += 1
        run.seconds += time.process_time() - started
        judged = (torch.sigmoid(on_real).mean().item(), torch.sigmoid(on_fake).mean().item())
        run.history.append((loss_D.item(), loss_G.item(), *judged))
        yield run


@torch.no_grad()
def follow(average: nn.Module, live: nn.Module, decay: float) -> None:
    """One step of the moving average, of the weights and of batch normalization's statistics."""
    for mine, theirs in zip(average.state_dict().values(), live.state_dict().values(), strict=True):
        mine.lerp_(theirs, 1 - decay) if mine.is_floating_point() else mine.copy_(theirs)


@torch.no_grad()
def pictures(G: nn.Module, z: Tensor) -> Tensor:
    """What G draws, uint8 (n, 3, size, size) on the CPU."""
    G.eval()
    drawn = torch.cat([G(some) for some in z.split(64)])
    return to_bytes(drawn).cpu()


def main() -> int:
    """Train, and save on the way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--latent-dim", type=int, default=64)
    parser.add_argument("--width", type=int, default=32, help="of G")
    parser.add_argument("--judge", type=int, default=24, help="width of D")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--smooth", type=float, default=0.9)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--minutes", type=float, default=240, help="of processor time, at most")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--resume", action="store_true", help="go on where the last run stopped")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    seed_everything(chosen.seed)
    out = chosen.out or repository() / "data" / f"dcgan_faces_{chosen.size}.safetensors"
    folder = repository() / "build" / out.stem
    folder.mkdir(parents=True, exist_ok=True)
    where = device()
    faces = data.load("faces", size=chosen.size, attributes=[])
    G = Generator(chosen.size, chosen.latent_dim, chosen.width).to(where).to(memory_format=torch.channels_last)
    D = Discriminator(chosen.size, chosen.judge).to(where).to(memory_format=torch.channels_last)
    run = Run(G, D, chosen.rate, smooth=chosen.smooth)
    fixed = sample_z(FILM, chosen.latent_dim, torch.Generator().manual_seed(chosen.seed)).to(where)
    frames: dict[int, Tensor] = {0: pictures(G, fixed)}
    kept = folder / "run.pt"
    if chosen.resume and kept.exists():
        loaded = torch.load(kept, map_location=where, weights_only=True)
        frames = loaded.pop("frames")
        run.load(loaded)
        seed_everything(chosen.seed + run.step)  # new noise, and the data in a new order
    moments = {round(chosen.steps * (k / 60) ** 2) for k in range(61)}  # close together at the start

    def keep() -> None:
        torch.save(run.state() | {"frames": frames}, kept.with_suffix(".new"))
        kept.with_suffix(".new").replace(kept)

    saved = time.monotonic()
    for _ in train(run, faces.batches(chosen.batch, where, seed=chosen.seed + run.step), chosen.steps):
        if run.step in moments or run.step == chosen.steps:
            frames[run.step] = pictures(run.average, fixed)
        if run.step % 100 == 0:
            recent = torch.tensor(run.history[-100:]).mean(0).tolist()
            told = "  ".join(
                f"{name} {value:.3f}" for name, value in zip(("D", "G", "D(x)", "D(G(z))"), recent, strict=True)
            )
            print(f"step {run.step:5d}  {told}  {run.seconds:6.0f} s", flush=True)
        if time.monotonic() - saved > 240:
            keep()
            saved = time.monotonic()
        if run.seconds > 60 * chosen.minutes:
            break
    keep()
    made = {"steps": run.step, "batch": chosen.batch, "rate": chosen.rate, "seed": chosen.seed}
    made |= {"data": "faces, train", "minutes": round(run.seconds / 60, 1)}
    store.save(out, {"G": run.average}, made)
    store.save(out.with_name(f"{out.stem}_judge.safetensors"), {"D": run.D}, made)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB after {run.step} steps, {run.seconds / 60:.0f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
