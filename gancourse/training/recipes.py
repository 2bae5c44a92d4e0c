"""Runs by name, for `gancourse train`: data, game, settings, and what of it is kept.

A recipe says all that the result depends on but the seed, so that anyone can make a file of data/ again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.optim.lr_scheduler import OneCycleLR

from gancourse import data as sets
from gancourse.data import known
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.training import drawing, figures
from gancourse.training.engine import Engine
from gancourse.training.studies import falling

if TYPE_CHECKING:
    from PIL.Image import Image

    from gancourse.training.machine import Machine
    from gancourse.training.state import State

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
        minutes: that they take, drawing data and measuring included, by kind of device: {"cpu": 30, "cuda": 2}.
        load: from the data set's name and how many samples to the data.
        make: from data, machine, seed and steps to an engine, with weights already drawn from torch's seed.
        draw: from the engine and the seed to a picture of what it has learned; None, if there is nothing to see.
        keep: which networks go into which file of data/, without its suffix. "G" means its average, if there is one.
        what: of each such file, in a few words.
        measure: from the trained engine to figures that are written beside the weights; if there are several
            files, by file.
        paced: whether learning rates or stages depend on how many steps are planned: such a run goes on with that
            number alone.
    """

    name: str
    about: str
    data: tuple[str, ...]
    size: int
    steps: int
    minutes: Mapping[str, float]
    load: Callable[[str, int | None], Any]
    make: Callable[[Any, Machine, int, int], Engine]
    draw: Callable[[Engine, int], Image] | None = None
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    what: Mapping[str, str] = field(default_factory=dict)
    measure: Callable[[Engine], Mapping[str, Any]] | None = None
    paced: bool = True


@dataclass(frozen=True)
class Study:
    """A file of data/ that no single game makes: `make_files` makes it and says where it is.

    Attributes:
        name, about, minutes, keep: as a recipe's.
        make_files: from a folder (None is data/ of the checkout) to the files.
    """

    name: str
    about: str
    minutes: Mapping[str, float]
    keep: Mapping[str, tuple[str, ...]]
    make_files: Callable[[Path | None], list[Path]]


def recipe(name: str) -> Recipe | Study:
    """The recipe of this name."""
    known(name, RECIPES, "recipe", "recipes")
    return RECIPES[name]


def pictures_alone(size: int) -> Callable[[str, int | None], Images]:
    """What loads pictures of this size without their attributes, from a data set's name and how many."""
    return lambda data, n: sets.load(data, size=size, attributes=[], n=n)


def dcgan(
    size: int,
    steps: int,
    minutes: Mapping[str, float],
    latent_dim: int = 100,
    widths: tuple[int, int] = (32, 32),
    batch_size: int = 64,
    decay: float = 0.998,
    falls: bool = False,
    keep: Mapping[str, tuple[str, ...]] | None = None,
    what: Mapping[str, str] | None = None,
    **settings: Any,
) -> Recipe:
    """DCGAN at this size, with separate batches, smoothed labels and averaged weights."""

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.dcgan import DCGAN
        from gancourse.models.dcgan import Discriminator, Generator

        if not isinstance(data, Images):
            raise CourseError(f"A DCGAN is trained on pictures, not on {data!r}.")
        channels = data.pixels.shape[1]
        game = DCGAN(Generator(size, latent_dim, widths[0], channels), Discriminator(size, widths[1], channels))
        fall = {"G": falling(steps), "D": falling(steps)} if falls else None
        return Engine(
            game, data, batch_size=batch_size, schedules=fall, ema={"G": decay}, seed=seed, machine=machine, **settings
        )

    return Recipe(
        f"dcgan-faces-{size}",
        f"DCGAN (Radford et al. 2015), {size} × {size} pixels",
        PICTURES,
        size,
        steps,
        minutes,
        pictures_alone(size),
        make,
        lambda engine, seed: drawing.picture_sheet(engine.ask("G", drawing.still_noise(64, latent_dim, seed))),
        keep or {},
        what or {},
        lambda engine: figures.unlabeled_faces(engine, size, list(keep or {})),
        paced=falls,
    )


def conditional(size: int, steps: int, minutes: Mapping[str, float], again: bool = False) -> Recipe:
    """A conditional DCGAN on drawn faces: glasses, hat and the hair's style can be asked for.

    It goes on from the course's DCGAN, which draws faces already, and learns what the labels mean. From nothing, G
    learned to please R by patterns before it could draw glasses, and kept to them. The noise before R's eyes falls to a
    fifth on the way: strong at first, against such patterns; faint in the end, since waves in hair drown in it. Its
    reading counts four times as much as D's word: with ten times G obeyed sooner, and drew worse.

    Args:
        again: go on from the generator that the course keeps, which this recipe has made without it. Who is paid by one
            reader for long pleases that reader: so R is a new one. Its noise changes from step to step, that a wave be
            there for any eyes. D is the DCGAN's judge again. G waits for both to know something, and moves at a third
            of the rates.
    """
    from gancourse.games.conditional import LABELS, ConditionalReading, face_labels, face_reading_loss

    stem = f"conditional_faces_{size}"

    def load(data: str, n: int | None) -> Images:
        faces = sets.load(data, size=size, attributes=["glasses", "hat", "hair_style", "bald"], n=n)
        return Images(faces.pixels, {"label": face_labels(faces.attributes)}, faces.name, faces.split)

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.models import store
        from gancourse.models.conditional import ConditionalGenerator, LabelReader, ProjectionDiscriminator
        from gancourse.objectives import OBJECTIVES
        from gancourse.training.labels import soft_labels

        def noise_std(played: int) -> float:
            return (0.02, 0.05, 0.08)[played % 3] if again else 0.1 - 0.08 * min(1.0, played / steps)

        if again:
            G, rate, weight = store.load(stem, trainable=True)["G"], 1e-4, 6.0
            fall = {"G": falling(steps, last=0.75, first=0.1), "D": falling(steps, last=0.75), "R": falling(steps)}
        else:
            G = ConditionalGenerator.of(store.load(f"dcgan_faces_{size}")["G"], len(LABELS))
            rate, weight, fall = 3e-4, 4.0, {who: falling(steps) for who in "GDR"}
        D = ProjectionDiscriminator.of(store.load(f"dcgan_faces_{size}_judge")["D"], len(LABELS))
        R, objective = LabelReader(len(LABELS)), soft_labels(OBJECTIVES["non_saturating"])
        game = ConditionalReading(G, D, R, face_reading_loss, objective, weight=weight, noise_std=noise_std)
        settings = {"batch_size": 32, "lr": {"G": rate, "D": rate, "R": 1e-3}, "ema": {"G": 0.999}}
        return Engine(game, data, schedules=fall, seed=seed, machine=machine, **settings)

    def draw(engine: Engine, seed: int) -> Image:
        """A row for each style of hair and one for none, glasses on the right half; four people in every row."""
        rows = len(LABELS) - 2
        y = torch.zeros(rows, 8, len(LABELS))
        y[:, 4:, 0] = 1
        y[torch.arange(rows), :, 2 + torch.arange(rows)] = 1
        z = drawing.still_noise(4, 64, seed).repeat(2 * rows, 1)
        return drawing.picture_sheet(engine.ask("G", z, y.flatten(0, 1)), 8)

    name = f"conditional-faces-{size}"
    about = f"a conditional DCGAN (Mirza and Osindero 2014, Odena et al. 2017), {size} × {size} pixels"
    what = f"a conditional generator of drawn faces, {size} × {size}: glasses, hat, hair"
    if again:
        about = f"on from the generator that {name} has left, at a third of its rates"
        name, what = f"{name}-again", f"{what}; begun by `{name}`"
    return Recipe(
        name, about, ("faces",), size, steps, minutes, load, make, draw,
        {stem: ("G",)}, {stem: what}, lambda engine: figures.labeled_faces(engine, size),
    )  # fmt: skip


def aging(size: int, steps: int, minutes: Mapping[str, float]) -> Recipe:
    """A small conditional DCGAN on drawn faces that is told one number, the age: lesson 16's ageing by condition."""

    def load(data: str, n: int | None) -> Images:
        faces = sets.load(data, size=size, attributes=["age"], n=n)
        return Images(faces.pixels, {"label": faces.attributes["age"][:, None]}, faces.name, faces.split)

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.conditional import Conditional
        from gancourse.models.conditional import ConditionalGenerator, ProjectionDiscriminator
        from gancourse.objectives import OBJECTIVES
        from gancourse.training.labels import soft_labels

        G, D = ConditionalGenerator(size, 1, 64, 32), ProjectionDiscriminator(size, 1, 24)
        game = Conditional(G, D, soft_labels(OBJECTIVES["non_saturating"]))
        fall = {"G": falling(steps), "D": falling(steps)}
        return Engine(game, data, batch_size=32, lr=4e-4, schedules=fall, ema={"G": 0.998}, seed=seed, machine=machine)

    def draw(engine: Engine, seed: int) -> Image:
        """Eight people in a row each, from young to old."""
        ages = torch.linspace(0, 1, 8).repeat(8)[:, None]
        return drawing.picture_sheet(engine.ask("G", drawing.still_noise(8, 64, seed).repeat_interleave(8, 0), ages), 8)

    stem = f"aging_faces_{size}"
    return Recipe(
        f"aging-faces-{size}", f"a conditional DCGAN that is told the age, {size} × {size} pixels", ("faces",), size,
        steps, minutes, load, make, draw, {stem: ("G",)},
        {stem: f"a conditional generator of drawn faces, {size} × {size}: told the age"},
        lambda engine: figures.aged_faces(engine, size),
    )  # fmt: skip


def encoder(size: int, steps: int, minutes: Mapping[str, float]) -> Recipe:
    """The encoder of the DCGAN that comes with the course, by samples and by real faces: lesson 16's."""
    generator = f"dcgan_faces_{size}"

    def load(data: str, n: int | None) -> Images:
        return sets.load(data, size=size, attributes=[], n=n or 8000)

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.editing import distance_by
        from gancourse.games.encoder import Encoding
        from gancourse.models import store
        from gancourse.models.encoder import FaceEncoder
        from gancourse.models.face_reader import load_face_reader

        G = store.load(generator)["G"]
        near = distance_by(load_face_reader(machine.device).requires_grad_(False).features)
        game = Encoding(FaceEncoder(size, G.latent_dim), G, near, 2.0)
        fall = {"E": falling(steps)}
        return Engine(game, data, batch_size=32, lr=1e-3, betas=(0.9, 0.99), schedules=fall, seed=seed, machine=machine)

    stem = f"encoder_{size}"
    return Recipe(
        f"encoder-{size}", f"the encoder of {generator} (Zhu et al. 2016)", ("faces",), size, steps, minutes, load,
        make, keep={stem: ("E",)}, what={stem: f"from a face, {size} × {size}, to a z of {generator}"},
        measure=lambda engine: figures.encoded_faces(engine, size, generator),
    )  # fmt: skip


def translation(given: str, size: int, steps: int, minutes: Mapping[str, float], width: int = 24) -> Recipe:
    """Pix2pix from what is `given` of a face to its photo, with pix2pixHD's two judges and matched features.

    The second judge's patches are wider than a picture of 64 pixels: with small ones alone the colors of a face, which
    a sketch leaves open, differ from patch to patch. G's upward layers resize: with transposed convolutions its
    pictures were checkered after as many steps.
    """

    def load(data: str, n: int | None) -> Images:
        from gancourse.data.faces.pairs import face_pairs, familiar_and_unfamiliar

        return face_pairs(familiar_and_unfamiliar(n or 8000)[0], size, given)

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.data.faces import PARTS
        from gancourse.games.pix2pix import Pix2pix
        from gancourse.models.pix2pix import MultiScale, UNet

        inputs = len(PARTS) if given == "labels" else data.attributes["input"].shape[1]
        levels = size.bit_length() - 2  # down to 2 × 2
        G = UNet(inputs, 3, width, levels, widest=3, resize=True)
        game = Pix2pix(G, MultiScale(inputs, 3, 16, halvings=2), weight=50.0, matching=10.0)
        settings = {"batch_size": 8, "lr": {"G": 1e-3, "D": 4e-4}, "ema": {"G": 0.998}}
        fall = {"G": falling(steps), "D": falling(steps)}
        return Engine(game, data, schedules=fall, seed=seed, machine=machine, **settings)

    def draw(engine: Engine, seed: int) -> Image:
        """Sixteen faces of combinations that were held back: made above, true below, twice."""
        x, y = figures.unfamiliar_pairs(size, given, 16)
        made = engine.ask("G", x).cpu()
        return drawing.picture_sheet(torch.cat([made[:8], y[:8], made[8:], y[8:]]), 8)

    stem = f"pix2pix_{given}_{size}"
    about = f"pix2pix (Isola et al. 2017, Wang et al. 2018), from {given} to photo, {size} × {size} pixels"
    return Recipe(
        f"pix2pix-{given}-{size}", about, ("faces",), size, steps, minutes, load, make, draw, {stem: ("G",)},
        {stem: f"a U-Net from {given} to photo of drawn faces, {size} × {size}"},
        lambda engine: figures.translated(engine, size, given),
    )  # fmt: skip


def progressive(
    size: int, steps: int, minutes: Mapping[str, float], widths: Sequence[int], falls: bool = False
) -> Recipe:
    """Networks that grow from 4 pixels to this size; a third of the steps is trained at the last one.

    The learning rate is ten times the paper's: equalized layers move slowly, and the run is short (lesson 13's
    `bench.py --only rate` compares the two).
    """

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.progressive import Growing
        from gancourse.models.progressive import GrowingDiscriminator, GrowingGenerator

        channels = data.pixels.shape[1]
        G = GrowingGenerator(size, widths=widths, channels=channels)
        D = GrowingDiscriminator(size, widths, channels)
        phase = phase_of(steps, len(G.widths))
        fall = {"G": falling(steps), "D": falling(steps)} if falls else None
        settings = {"batch_size": 16, "lr": 1e-2, "betas": (0.0, 0.99), "ema": {"G": 0.999}}
        return Engine(Growing(G, D, phase), data, schedules=fall, seed=seed, machine=machine, **settings)

    def draw(engine: Engine, seed: int) -> Image:
        """What the average draws."""
        return drawing.picture_sheet(engine.ask("G", drawing.still_noise(64, engine.game.latent_dim, seed)))

    stem = f"progressive_faces_{size}"
    return Recipe(
        f"progressive-faces-{size}", f"growing networks (Karras et al. 2018), from 4 to {size} pixels", PICTURES, size,
        steps, minutes, pictures_alone(size), make, draw, {stem: ("G",)} if size == 64 else {},
        {stem: f"a generator that has grown from 4 to {size} pixels, averaged over training, of drawn faces"},
        lambda engine: figures.unlabeled_faces(engine, size, []),
    )  # fmt: skip


def phase_of(steps: int, levels: int) -> int:
    """How many steps a phase has: level 0, then for each further one to fade in and to train, the last one longer."""
    return max(1, 2 * steps // (3 * (2 * levels - 2)))


def stylegan(
    size: int,
    steps: int,
    minutes: Mapping[str, float],
    widths: Sequence[int],
    judge: Sequence[int],
    lr: float,
    ema: float,
) -> Recipe:
    """A style-based generator with demodulated weights, R1 in every eighth step, and mixed styles.

    The mapping learns at a tenth of the others' rate; the paper's hundredth is for runs a thousand times as long.
    """

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.penalties import R1
        from gancourse.games.stylegan import StyleBased
        from gancourse.models.progressive import GrowingDiscriminator
        from gancourse.models.stylegan import StyleGenerator

        channels = data.pixels.shape[1]
        G = StyleGenerator(size, 64, widths, channels, rate=0.1)
        game = StyleBased(G, GrowingDiscriminator(size, judge, channels), R1(0.1, every=8))
        settings = {"batch_size": 16, "lr": lr, "betas": (0.0, 0.99), "ema": {"G": ema}}
        fall = {"G": falling(steps), "D": falling(steps)}
        return Engine(game, data, schedules=fall, seed=seed, machine=machine, **settings)

    stem = f"stylegan_faces_{size}"
    return Recipe(
        f"stylegan-faces-{size}", f"style-based networks (Karras et al. 2019, 2020), {size} × {size} pixels", PICTURES,
        size, steps, minutes, pictures_alone(size), make,
        lambda engine, seed: drawing.picture_sheet(engine.ask("G", drawing.still_noise(64, 64, seed))),
        {stem: ("G",)} if size == 64 else {},
        {stem: f"a style-based generator, averaged over training, of drawn faces, {size} × {size}"},
        lambda engine: figures.unlabeled_faces(engine, size, []),
    )  # fmt: skip


def biggan(size: int, steps: int, minutes: Mapping[str, float]) -> Recipe:
    """BigGAN on drawn faces; a class is a style of hair, with or without glasses.

    Learning rates are twenty and ten times the paper's (appendix C): the run is short, and the networks are small.
    After the last step the normalizations of G's average get statistics of their own (`standing_statistics`).
    """
    from gancourse.games.biggan import FACE_CLASSES, face_classes

    def load(data: str, n: int | None) -> Images:
        faces = sets.load(data, size=size, attributes=["glasses", "hair_style"], n=n)
        return Images(faces.pixels, {"label": face_classes(faces.attributes)}, faces.name, faces.split)

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.biggan import Big
        from gancourse.models.biggan import BigDiscriminator, BigGenerator, standing_statistics

        game = Big(BigGenerator(size, len(FACE_CLASSES), width=16), BigDiscriminator(size, len(FACE_CLASSES), 16), 1e-4)
        settings = {"batch_size": 32, "lr": {"G": 1e-3, "D": 2e-3}, "betas": (0.0, 0.999), "ema": {"G": 0.998}}
        fall = {"G": falling(steps), "D": falling(steps)}
        engine = Engine(game, data, schedules=fall, seed=seed, machine=machine, **settings)

        def stand(state: State) -> None:
            if state.step == steps:
                random, G = torch.Generator().manual_seed(seed), engine.averaged("G")
                for_all = [torch.randint(len(data), (250,), generator=random) for _ in range(40)]
                noise = [torch.randn(250, game.latent_dim, generator=random) for _ in for_all]
                draws = zip(noise, [data.attributes["label"].cpu()[some] for some in for_all], strict=True)
                standing_statistics(G, ((z.to(machine.device), y.to(machine.device)) for z, y in draws))

        engine.hooks.append(stand)
        return engine

    def draw(engine: Engine, seed: int) -> Image:
        """One row for each style of hair, with glasses on the right half; the same four people in every row."""
        y = torch.arange(len(FACE_CLASSES)).repeat_interleave(4)
        return drawing.picture_sheet(
            engine.ask("G", drawing.still_noise(4, 60, seed).repeat(len(FACE_CLASSES), 1), y), 8
        )

    stem = f"biggan_faces_{size}"
    return Recipe(
        f"biggan-faces-{size}", f"BigGAN (Brock et al. 2019), {size} × {size} pixels", ("faces",), size, steps, minutes,
        load, make, draw, {stem: ("G",)},
        {stem: f"BigGAN's generator, averaged over training, of drawn faces, {size} × {size}: hair and glasses"},
        lambda engine: figures.classed_faces(engine, size),
    )  # fmt: skip


def toy(name: str, reach: float, steps: int, minutes: Mapping[str, float]) -> Recipe:
    """A small dense GAN on a mixture in the plane, with R1 against collapse (see `gancourse.games.penalties`)."""

    def load(data: str, n: int | None) -> Any:
        from gancourse.data import toys

        return {"ring": toys.ring, "grid": toys.grid}[data]()

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.gan import Gan
        from gancourse.games.penalties import R1
        from gancourse.models.dense import dense

        game = Gan(dense(16, 128, 2), dense(2, 128, 1), latent_dim=16, penalty=R1(gamma=0.1))
        settings = {"batch_size": 256, "lr": 1e-3, "betas": (0.0, 0.99), "ema": {"G": 0.995}}
        return Engine(game, data, seed=seed, machine=machine, **settings)

    def draw(engine: Engine, seed: int) -> Image:
        samples = engine.ask("G", drawing.still_noise(1000, 16, seed))
        return drawing.scatter(samples, load(name, None).modes, reach)

    about = f"a small dense GAN on the {name} of Gaussians"
    return Recipe(
        name, about, (name,), 0, steps, minutes, load, make, draw,
        measure=lambda engine: figures.modes(engine, load(name, None)), paced=False,
    )  # fmt: skip


def reader(batch_size: int = 128, epochs: int = 10, count: int = 80_000) -> Recipe:
    """The face reader, on faces that no split has, at 64 and at 32 pixels in turn."""
    first = 1_000_000  # the number of the first face; the splits' are below

    def load(data: str, n: int | None) -> Images:
        from tqdm.auto import tqdm

        from gancourse.data.faces import render, sample_factors
        from gancourse.games.reader import targets

        where = "cuda" if torch.cuda.is_available() else "cpu"
        factors = sample_factors(n or count, 0, first)
        drawn: dict[int, list[torch.Tensor]] = {64: [], 32: []}
        for i in tqdm(range(0, factors.n, 500), desc="drawing faces", leave=False):
            some = factors.rows(slice(i, i + 500)).to(where)
            for size, pieces in drawn.items():
                pieces.append(render(some, size).cpu())
        return Images(torch.cat(drawn[64]), {"small": torch.cat(drawn[32]), **targets(factors)}, "faces")

    def make(data: Any, machine: Machine, seed: int, steps: int) -> Engine:
        from gancourse.games.reader import Reading
        from gancourse.models.face_reader import FaceReader

        return Engine(
            Reading(FaceReader()),
            data,
            batch_size=batch_size,
            optimizers={"reader": lambda weights: torch.optim.AdamW(weights, 3e-3, weight_decay=0.02)},
            schedules={"reader": lambda optimizer: OneCycleLR(optimizer, 3e-3, total_steps=steps)},
            seed=seed,
            machine=machine,
        )

    about = "the network that reads the factors of drawn faces"
    steps = epochs * (count // batch_size)
    return Recipe(
        "face-reader", about, ("faces",), 64, steps, {"cpu": 40, "cuda": 2}, load, make,
        keep={"face_reader": ("reader",)},
        what={"face_reader": "reads the factors of drawn faces; its features serve FID-like scores"},
        measure=figures.reading,
    )  # fmt: skip


def planted(out: Path | None) -> list[Path]:
    """The histories of small GANs, good and broken on purpose."""
    from gancourse.training.planted import keep_runs

    return [keep_runs(out)]


def cycles(out: Path | None) -> list[Path]:
    """Generators from photos to comics and back, for three weights of the cycle."""
    from gancourse.training.cycles import keep_cycles

    return [keep_cycles(out)]


def autoencoders(out: Path | None) -> list[Path]:
    """Autoencoders of drawn faces, a VAE, and a decoder that is given factors."""
    from gancourse.training.autoencoding import keep_autoencoders

    return [keep_autoencoders(out)]


def resolvers(out: Path | None) -> list[Path]:
    """Networks that enlarge drawn faces four times, by squared pixels and with a judge."""
    from gancourse.training.resolving import keep_resolvers

    return [keep_resolvers(out)]


def fillers(out: Path | None) -> list[Path]:
    """Networks that fill holes in drawn faces, by L1, with both judgments, and with noise."""
    from gancourse.training.inpainting import keep_fillers

    return [keep_fillers(out)]


def from_sentences(out: Path | None) -> list[Path]:
    """Networks that draw faces from sentences, in two stages."""
    from gancourse.training.telling import keep_told

    return [keep_told(out)]


# In the order in which `--all` makes them: the face reader measures the others.
RECIPES: dict[str, Recipe | Study] = {
    r.name: r
    for r in (
        reader(),
        dcgan(
            64, 18000, {"cpu": 90, "cuda": 4}, 64, (32, 24), 32, 0.999, True,
            {"dcgan_faces_64": ("G",), "dcgan_faces_64_judge": ("D",)},
            {
                "dcgan_faces_64": "a DCGAN's generator, averaged over training, on drawn faces at 64 × 64",
                "dcgan_faces_64_judge": "the discriminator of the same run, for lesson 04's linear probe",
            },
            lr=3e-4,
        ),
        conditional(64, 22000, {"cpu": 85, "cuda": 7}),
        conditional(64, 3000, {"cpu": 25, "cuda": 2}, again=True),
        aging(32, 18000, {"cpu": 12, "cuda": 3}),
        encoder(64, 2500, {"cpu": 10, "cuda": 1}),
        translation("sketch", 64, 2000, {"cpu": 15, "cuda": 2}),
        translation("labels", 64, 2000, {"cpu": 15, "cuda": 2}),
        Study(
            "gan-runs", "histories of small GANs, good and broken on purpose, always on the CPU",
            {"cpu": 10, "cuda": 1}, {"gan_runs": ()}, planted,
        ),
        Study(
            "cycle-weights-32", "CycleGANs (Zhu et al. 2017) for three weights of the cycle, 32 × 32, on the CPU",
            {"cpu": 15, "cuda": 15},
            {"cyclegan_faces_32": ("G_AB_0", "G_BA_0", "G_AB_1", "G_BA_1", "G_AB_10", "G_BA_10")}, cycles,
        ),
        Study(
            "autoencoders-32", "autoencoders, a VAE and a decoder from factors, 32 × 32, for lesson 05",
            {"cpu": 10, "cuda": 10},
            {"autoencoders_32": (
                "encoder_l2", "decoder_l2", "encoder_l1", "decoder_l1", "encoder_vae", "decoder_vae", "from_factors",
            )},
            autoencoders,
        ),
        Study(
            "super-resolution-64", "SRGAN (Ledig et al. 2017), 16 × 16 to 64 × 64, and the same by squares, on the CPU",
            {"cpu": 15, "cuda": 15}, {"super_resolution_64": ("L2", "GAN")}, resolvers,
        ),
        Study(
            "inpainting-64", "filled holes (Demir and Unal 2018), by L1, two judgments and noise, 64 × 64, on the CPU",
            {"cpu": 20, "cuda": 20}, {"inpainting_64": ("L1", "both", "many")}, fillers,
        ),
        Study(
            "text-faces-64", "faces from sentences (Reed et al. 2016, Zhang et al. 2017), on the CPU",
            {"cpu": 20, "cuda": 20}, {"text_faces_64": ("T", "G1", "G2", "S")}, from_sentences,
        ),
        dcgan(32, 6000, {"cpu": 10, "cuda": 1}),
        progressive(32, 3000, {"cpu": 20, "cuda": 3}, (64, 48, 24, 16)),
        progressive(64, 22000, {"cpu": 60, "cuda": 20}, (64, 48, 32, 16, 12), falls=True),
        stylegan(32, 4500, {"cpu": 17, "cuda": 9}, (64, 48, 24, 12), (48, 48, 24, 12), lr=6e-3, ema=0.998),
        stylegan(64, 32000, {"cpu": 80, "cuda": 60}, (64, 64, 48, 24, 12), (64, 64, 48, 24, 12), lr=4e-3, ema=0.999),
        biggan(32, 10000, {"cpu": 60, "cuda": 20}),
        toy("ring", 3.0, 4000, {"cpu": 1, "cuda": 1}),
        toy("grid", 6.0, 10000, {"cpu": 1, "cuda": 2}),
    )
}  # fmt: skip
