"""Feeding a 64 px training step from CelebA: the cached path against torchvision, and against the step.

    python benchmarks/data.py [--celeba PATH] [--pictures 3000] [--rounds 5] [--threads N]

Three ways to make batches of 128 from the same pictures take turns in one run, so that whatever else
the machine does hits all of them: `data.load("celeba", size=64).batches(128)`, and torchvision's CelebA
(center crop 178, resize 64, to [-1, 1]) through a DataLoader with no worker and with two, which are
kept from round to round. The medians of the rounds count, and of torchvision's the better one. Then the
steps of a DCGAN (generator, discriminator and optimizers of PyTorch's example, batch 128) take
turns with batches of the cached path. Exits with 1 if the cached path is less than ten times as fast as
torchvision's, or takes 2 % of a step or more; with 2 if there is no unpacked CelebA.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import CelebA

from gancourse import data
from gancourse.data import celeba_files, celeba_pictures
from gancourse.data.images import Images
from gancourse.errors import CourseError

SIZE, BATCH, WORKERS = 64, 128, 2
TIMES, SHARE = 10.0, 0.02  # the targets


class AnyCelebA(CelebA):
    """torchvision's CelebA without its check that every official file is there, unchanged."""

    def _check_integrity(self) -> bool:
        return True


def torchvisions(copy: celeba_files.Copy, names: list[str], root: Path) -> CelebA:
    """torchvision's data set of these pictures; the tables that it insists on are written into a folder."""
    folder = root / CelebA.base_folder
    folder.mkdir()
    (folder / "img_align_celeba").symlink_to(copy.pictures.resolve(), target_is_directory=True)
    widths = {"list_eval_partition": 1, "identity_CelebA": 1, "list_attr_celeba": 40}
    widths |= {"list_bbox_celeba": 4, "list_landmarks_align_celeba": 10}
    for table, width in widths.items():
        head = [] if width == 1 else [str(len(names)), " ".join(f"column{i}" for i in range(width))]
        rows = [" ".join([name, *["1"] * width]) for name in names]
        (folder / f"{table}.txt").write_text("\n".join([*head, *rows, ""]))
    steps = [transforms.CenterCrop(178), transforms.Resize(SIZE), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)]
    return AnyCelebA(str(root), split="all", transform=transforms.Compose(steps))


def discriminator() -> nn.Module:
    """PyTorch's DCGAN example, 64 px."""
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
    for width in (64, 128, 256):
        layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4, 1, 0, bias=False), nn.Sigmoid(), nn.Flatten(0))


def generator() -> nn.Module:
    """PyTorch's DCGAN example, 64 px."""
    layers: list[nn.Module] = [nn.ConvTranspose2d(100, 512, 4, 1, 0, bias=False), nn.BatchNorm2d(512), nn.ReLU(True)]
    for width in (512, 256, 128):
        layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width // 2)]
        layers += [nn.ReLU(True)]
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def training(device: torch.device) -> Callable[[Tensor], None]:
    """A function that takes one step of a DCGAN on a batch of real pictures."""
    g, d = generator().to(device), discriminator().to(device)
    g_optimizer, d_optimizer = (torch.optim.Adam(n.parameters(), lr=2e-4, betas=(0.5, 0.999)) for n in (g, d))
    loss = nn.BCELoss()
    ones, zeros = torch.ones(BATCH, device=device), torch.zeros(BATCH, device=device)

    def step(real: Tensor) -> None:
        d_optimizer.zero_grad()
        loss(d(real), ones).backward()
        fake = g(torch.randn(BATCH, 100, 1, 1, device=device))
        loss(d(fake.detach()), zeros).backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        loss(d(fake), ones).backward()
        g_optimizer.step()

    return step


def seconds(do: Callable[[], object], device: torch.device) -> float:
    """How long something takes, to the end of what it started on the device."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    do()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def once_through(loader: DataLoader, device: torch.device) -> None:
    """All batches of a loader, on the device."""
    for pictures, _ in loader:
        pictures.to(device)


def take(batches: Iterator[object], count: int) -> None:
    """This many batches."""
    for _ in range(count):
        next(batches)


def compare_loading(ours: Images, theirs: CelebA, rounds: int, device: torch.device) -> float:
    """Pictures per second of each way; how many times torchvision's better one the cached path's is."""
    passes = 10  # one pass over a few thousand pictures is too short to be timed
    per_pass = len(ours) // BATCH
    batches = ours.batches(BATCH, device)
    loaders = {
        f"torchvision, {workers} workers": DataLoader(
            theirs, BATCH, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0
        )
        for workers in (0, WORKERS)
    }
    ways: dict[str, Callable[[], None]] = {"cached": lambda: take(batches, passes * per_pass)}
    ways |= {name: lambda loader=loader: once_through(loader, device) for name, loader in loaders.items()}
    took: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(rounds + 1):  # the first starts workers and warms the disk's cache
        for name, way in ways.items():
            pictures = per_pass * BATCH * (passes if name == "cached" else 1)
            rate = pictures / seconds(way, device)
            took[name] += [rate] if i else []
    print(f"{'':24}  pictures/s  (from … to)")
    for name, rates in took.items():
        print(f"{name:24}  {statistics.median(rates):10,.0f}  ({min(rates):,.0f} … {max(rates):,.0f})")
    return statistics.median(took["cached"]) / max(statistics.median(took[name]) for name in loaders)


def compare_with_step(ours: Images, rounds: int, device: torch.device) -> float:
    """The time of a batch as a share of a DCGAN step's."""
    batches, step = ours.batches(BATCH, device), training(device)
    step(next(batches)[0])
    feeding, stepping = [], []
    for _ in range(rounds):
        # Many batches to one step on a CPU, where a step takes seconds; many steps on an accelerator.
        feeding.append(seconds(lambda: take(batches, 20), device) / 20)
        real, steps = next(batches)[0], 1 if device.type == "cpu" else 20
        stepping.append(seconds(lambda real=real, steps=steps: [step(real) for _ in range(steps)], device) / steps)
    feed, whole = statistics.median(feeding), statistics.median(stepping)
    print(f"a batch {feed * 1e3:.2f} ms, a DCGAN step on it {whole * 1e3:,.1f} ms ({device.type})")
    return feed / whole


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--celeba", help="a copy of CelebA; else GANCOURSE_CELEBA or the usual places")
    parser.add_argument("--pictures", type=int, default=3000, help="how many to use")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="of torch, for all that is measured; else torch's own choice")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.celeba:
        os.environ["GANCOURSE_CELEBA"] = arguments.celeba
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    started = time.perf_counter()
    try:
        copy = celeba_files.find_copy()
        if copy.pictures.is_file():
            raise CourseError(f"{copy.pictures} is zipped, which torchvision does not read; unpack it.")
        ours = data.load("celeba", size=SIZE, split="all", n=arguments.pictures)
        first = time.perf_counter() - started
        data.load("celeba", size=SIZE, split="all", n=arguments.pictures)
        again = time.perf_counter() - started - first
        inside = celeba_pictures.contents(copy)
        names, table = inside.names, inside.attributes
        names = [name for name in names if table is None or celeba_files.stem(name) in table.rows][: len(ours)]
    except CourseError as error:
        print(f"benchmarks/data.py: {error}", file=sys.stderr)
        return 2
    print(f"{len(ours):,} pictures, {SIZE} × {SIZE}, batches of {BATCH}; {torch.get_num_threads()} threads; {device}")
    print(f"data.load took {first:.2f} s the first time in this run, {again:.3f} s the second")
    with tempfile.TemporaryDirectory() as root:
        theirs = torchvisions(copy, names, Path(root))
        for i in range(0, len(ours), max(1, len(ours) // 10)):
            difference = float((ours[i][0] - theirs[i][0]).abs().max())
            if difference > 1e-6:
                raise AssertionError(f"picture {i} of the two is not the same: they differ by {difference}")
        times = compare_loading(ours, theirs, arguments.rounds, device)
    share = compare_with_step(ours, arguments.rounds, device)
    print(f"cached ÷ torchvision: {times:.0f}, at least {TIMES:.0f} {'met' if times >= TIMES else 'MISSED'}")
    print(f"batch ÷ step: {share:.2%}, under {SHARE:.0%} {'met' if share < SHARE else 'MISSED'}")
    return int(times < TIMES or share >= SHARE)


if __name__ == "__main__":
    sys.exit(main())
