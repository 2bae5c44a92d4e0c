"""How fast a step of training is, beside the plain published loop, in turns in one run.

    python benchmarks/training.py [--size 32 64] [--width 64] [--batch 128] [--rounds 9] [--threads 2]

The plain loop is written here once more, after PyTorch's DCGAN example (pytorch/examples, dcgan/main.py):
a `DataLoader` with two workers, contiguous tensors, a sigmoid and a binary cross-entropy, two backward
passes for D, gradients for D's weights in G's step too, Adam as it comes, and `.item()` on five numbers
in every step. Networks, weights, batch and precision are equal, and so is the algorithm: the
first float32 losses of both are compared. Both then train in turns, a step each, so that whatever else
the machine does hits both; what counts is the median over the rounds of the ratio of the two.

Prints, for the plain loop and each form of the engine's step (`gancourse.training.speed.form.Form`), images
per second and the ratio by the clock; on a CPU also the ratio of processor seconds of the training process,
which other programs on the machine disturb less (it leaves out what the plain loop's workers take, and
with several threads it counts those that wait). All are warmed up first; then forms three times slower
than the best are left after one step. The plain loop is never left out: without it nothing is compared.
Exits with 1 if the best float32 form's ratio at 64 pixels is below 1.3 on a CPU or 3 on a GPU, by the
measure that --by names, or if losses differ.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader

from gancourse import data
from gancourse.data.images import Images
from gancourse.games import Gan
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.training import Engine, Machine
from gancourse.training.speed.form import PLAIN, Form
from gancourse.training.speed.trial import forms

Noise = Callable[[int], torch.Tensor]
TARGETS = {"cpu": 1.3, "cuda": 3.0}
PUBLISHED = "published"
# Relative differences allowed between the losses of both, where only rounding and the order of sums differ:
# of D's before anything has moved, and of all in the first steps. Adam's first updates are as large for a
# gradient that is only rounding noise as for any other, so differences grow from then on.
# On a GPU convolutions round to TF32 by default.
AT_FIRST, SOON, STEPS = {"cpu": 1e-5, "cuda": 1e-3}, 2e-2, 3


def published(
    G: nn.Module, D: nn.Module, batches: Iterator, device: torch.device, noise: Callable[[int], torch.Tensor]
) -> Iterator:
    """The plain loop; yields D's and G's loss."""
    judge = nn.Sequential(D, nn.Sigmoid())
    criterion = nn.BCELoss()
    opt_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    opt_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    for pictures, _ in batches:
        real = pictures.to(device)
        n = real.size(0)
        judge.zero_grad()
        label = torch.full((n,), 1.0, device=device)
        output = judge(real).view(-1)
        loss_real = criterion(output, label)
        loss_real.backward()
        mean_real = output.mean().item()
        fake = G(noise(n).to(device))
        label.fill_(0.0)
        output = judge(fake.detach()).view(-1)
        loss_fake = criterion(output, label)
        loss_fake.backward()
        mean_fake = output.mean().item()
        loss_D = loss_real + loss_fake
        opt_D.step()
        G.zero_grad()
        label.fill_(1.0)
        output = judge(fake).view(-1)
        loss_G = criterion(output, label)
        loss_G.backward()
        mean_fooled = output.mean().item()
        opt_G.step()
        yield loss_D.item(), loss_G.item(), mean_real, mean_fake, mean_fooled


def normal(device: torch.device) -> Noise:
    """z as the published loop draws it."""
    return lambda n: torch.randn(n, 100, device=device)


def networks(size: int, width: int, device: torch.device) -> tuple[nn.Module, nn.Module]:
    """Equal ones, whoever asks."""
    torch.manual_seed(0)
    return Generator(size, 100, width).to(device), Discriminator(size, width).to(device)


def engine(size: int, width: int, batch: int, images: Images, device: torch.device, form: Form) -> Engine:
    """The engine on the same game."""
    G, D = networks(size, width, device)
    return Engine(Gan(G, D), images, batch_size=batch, machine=Machine(device, form))


def differences(size: int, width: int, batch: int, images: Images, device: torch.device, form: Form) -> list[float]:
    """Of D's very first loss, and the largest of the first steps, given the same pictures and the same noise."""
    ours = engine(size, width, batch, images, device, form)
    pictures = engine(size, width, batch, images, device, PLAIN).feed
    source = torch.Generator(device).manual_seed(0)
    batches = ((pictures.next().pixels, None) for _ in itertools.count())
    theirs = published(
        *networks(size, width, device),
        batches,
        device,
        lambda n: torch.randn(n, 100, generator=source, device=device),
    )
    found = []
    for _ in range(STEPS):
        mine, (d_loss, g_loss, *_) = ours.step().numbers(), next(theirs)
        found += [abs(mine["d_loss"] / d_loss - 1), abs(mine["g_loss"] / g_loss - 1)]
    return [found[0], max(found)]


def seconds(step: Callable[[], object], device: torch.device, steps: int) -> tuple[float, float]:
    """Of one step, over several: by the clock, and of the processor."""
    started, busy = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - started) / steps, (time.process_time() - busy) / steps


def compare(steps: dict[str, Callable[[], object]], device: torch.device, rounds: int, per_turn: int) -> dict:
    """(clock, processor) seconds of a step in each round, by name; without forms that are hopeless."""
    for step in steps.values():
        seconds(step, device, 1)  # builds, compiles, fills caches, starts the plain loop's workers
    first = {name: seconds(step, device, 1) for name, step in steps.items()}
    least = min(took for took, _ in first.values())
    for name, (took, _) in first.items():
        if took > 3 * least and name != PUBLISHED:
            print(f"  {name:36s} left out: {took:.2f} s for a step, the fastest {least:.2f}")
            del steps[name]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds(step, device, per_turn))
    return times


def main() -> int:
    """Compare and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="+", default=[32, 64])
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, help="in each turn; else 1, on a GPU 20")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="of the plain loop's DataLoader")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--by", choices=("clock", "processor"), default="clock", help="which ratio must reach the target"
    )
    parser.add_argument("--compile", action="store_true", help="let the trial consider compiled forms")
    arguments = parser.parse_args()
    logging.basicConfig(format="  %(message)s", level=logging.INFO)
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    per_turn = arguments.steps or (1 if device.type == "cpu" else 20)
    missed = False
    for size in arguments.size:
        images = data.load("faces", size=size, n=4096, attributes=[])
        tried = forms(device, arguments.compile)
        game = (size, arguments.width, arguments.batch, images, device)
        print(f"{size} px, width {arguments.width}, batch {arguments.batch}, {device}, {arguments.threads} threads")
        apart = [differences(*game, form) for form in tried if form.precision == "float32" and not form.compile]
        first, soon = (max(column) for column in zip(*apart, strict=True))
        print(f"  float32 losses differ by {first:.1e} at first, by up to {soon:.1e} within {STEPS} steps")
        loader = DataLoader(
            images, arguments.batch, shuffle=True, drop_last=True, num_workers=arguments.workers,
            persistent_workers=arguments.workers > 0,
        )  # fmt: skip
        batches = itertools.chain.from_iterable(iter(loader) for _ in itertools.count())
        plain = published(*networks(size, arguments.width, device), batches, device, normal(device))
        runs = {str(form): engine(*game, form) for form in tried}
        steps: dict[str, Callable[[], object]] = {PUBLISHED: lambda run=plain: next(run)}
        steps |= {name: run.step for name, run in runs.items()}
        times = compare(steps, device, arguments.rounds, per_turn)
        best = 0.0
        for name, taken in times.items():
            print(f"  {name:36s} {arguments.batch / statistics.median(t for t, _ in taken):7.1f} images/s", end="")
            for i, measure in enumerate(("clock", "processor")):
                ratios = [plain[i] / ours[i] for plain, ours in zip(times[PUBLISHED], taken, strict=True)]
                ratio = statistics.median(ratios)
                print(f"   {measure} ×{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})", end="")
                if measure == arguments.by and name.startswith("float32"):
                    best = max(best, ratio)
            print(flush=True)
        missed |= first > AT_FIRST[device.type] or soon > SOON or (size == 64 and best < TARGETS[device.type])
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
