"""Runs by name, for `gancourse train`: networks, data, and settings.

A recipe says all that the result depends on but the seed, so that anyone can make a checkpoint again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from gancourse.data import known
from gancourse.errors import CourseError
from gancourse.models.dense import dense
from gancourse.training.ema import EMA
from gancourse.training.trainer import Trainer

if TYPE_CHECKING:
    from PIL.Image import Image

    from gancourse.data.images import Images
    from gancourse.data.toys import Mixture
    from gancourse.training.machine import Machine

PICTURES = ("faces", "celeba", "fashion")


@dataclass(frozen=True)
class Recipe:
    """A run that has a name.

    Attributes:
        name: of the recipe.
        about: in a sentence.
        data: the names of the data sets that fit; the first is the default.
        size: of the pictures in pixels; 0 if the samples are no pictures.
        steps: how many are taken unless somebody says otherwise.
        load: from the data set's name and how many samples to the data.
        make: from data, machine and seed to a trainer, with weights already drawn from torch's seed.
        draw: from samples to a picture.
    """

    name: str
    about: str
    data: tuple[str, ...]
    size: int
    steps: int
    load: Callable[[str, int | None], Images | Mixture]
    make: Callable[[Images | Mixture, Machine, int], Trainer]
    draw: Callable[[Tensor], Image]


def recipe(name: str) -> Recipe:
    """The recipe of this name."""
    known(name, RECIPES, "recipe", "recipes")
    return RECIPES[name]


def dcgan(size: int, width: int, batch_size: int, steps: int) -> Recipe:
    """DCGAN at this size, with separate batches, smoothed labels and averaged weights."""
    from gancourse.objectives import OBJECTIVES

    def load(data: str, n: int | None) -> Images:
        from gancourse.data import load

        return load(data, size=size, attributes=[], n=n)

    def make(data: Images | Mixture, machine: Machine, seed: int) -> Trainer:
        from gancourse.data.images import Images
        from gancourse.models.dcgan import Discriminator, Generator
        from gancourse.training.labels import soft_labels

        if not isinstance(data, Images):
            raise CourseError(f"A DCGAN is trained on pictures, not on {data!r}.")
        channels = data.pixels.shape[1]
        G = Generator(size, 100, width, channels)
        return Trainer(
            G,
            Discriminator(size, width, channels),
            data,
            batch_size=batch_size,
            objective=soft_labels(OBJECTIVES["non_saturating"]),
            ema=EMA(G, 0.998),
            seed=seed,
            machine=machine,
        )

    about = f"DCGAN (Radford et al. 2015), {size} × {size} pixels, {width} channels at the widest map"
    return Recipe(f"dcgan-faces-{size}", about, PICTURES, size, steps, load, make, pictures)


def toy(name: str, reach: float, steps: int) -> Recipe:
    """A small dense GAN on a mixture in the plane, with R1 against collapse (see `gancourse.training.regularizers`)."""

    def load(data: str, n: int | None) -> Mixture:
        from gancourse.data import toys

        return {"ring": toys.ring, "grid": toys.grid}[data]()

    def make(data: Images | Mixture, machine: Machine, seed: int) -> Trainer:
        from gancourse.training.regularizers import R1

        G, D = dense(16, 128, 2), dense(2, 128, 1)
        return Trainer(
            G,
            D,
            data,
            batch_size=256,
            latent_dim=16,
            lr_d=1e-3,
            lr_g=1e-3,
            betas=(0.0, 0.99),
            regularizer=R1(gamma=0.1),
            ema=EMA(G, 0.995),
            seed=seed,
            machine=machine,
        )

    def draw(samples: Tensor) -> Image:
        return scatter(samples, load(name, None).modes, reach)

    return Recipe(name, f"a small dense GAN on the {name} of Gaussians", (name,), 0, steps, load, make, draw)


def pictures(samples: Tensor) -> Image:
    """A sheet of pictures in [−1, 1], (n, C, H, W); small ones are enlarged."""
    from PIL import Image

    from gancourse.data.images import Images, to_bytes
    from gancourse.data.sheet import contact_sheet

    columns = round(len(samples) ** 0.5)
    sheet = contact_sheet(Images(to_bytes(samples).cpu()), columns)
    larger = max(1, round(64 / samples.shape[-1]))
    return sheet.resize((sheet.width * larger, sheet.height * larger), Image.Resampling.NEAREST)


def scatter(samples: Tensor, modes: Tensor, reach: float) -> Image:
    """Points in the plane (n, 2) over the centers of the data's modes (K, 2)."""
    import io

    from PIL import Image

    from gancourse.plots import FAKE, REAL, axes, figure, png

    fig = figure(4.5, 4.5)
    (ax,) = axes(fig)
    ax.scatter(*modes.T, s=120, marker="+", color=REAL, label="modes of the data")
    ax.scatter(*samples.cpu().T, s=6, color=FAKE, alpha=0.5, label="samples")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.legend(loc="upper right", fontsize=8)
    return Image.open(io.BytesIO(png(fig)))


RECIPES = {
    r.name: r
    for r in (
        dcgan(32, 32, 64, 6000),
        dcgan(64, 32, 64, 12000),
        toy("ring", 3.0, 4000),
        toy("grid", 6.0, 10000),
    )
}
