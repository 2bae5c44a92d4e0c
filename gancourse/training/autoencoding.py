"""Autoencoders of drawn faces, for lesson 05: by squares, by absolute values, with drawn codes; and a decoder alone.

The games are those of `gancourse.games.autoencoders`. All networks lie in one file of the store: `gancourse train
autoencoders-32 --keep` makes it. The decoder alone is given a face's factors, as `decoder_input` writes them;
everything else about its faces (clothes, background, lips, …) is that of an average person, so that a picture follows.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gancourse import data
from gancourse.data.faces import HAIR_STYLES, TABLE, Factors, render, sample_factors
from gancourse.data.images import Images, to_unit
from gancourse.games.autoencoders import Drawing, Rebuilding, Variational
from gancourse.games.base import Game
from gancourse.metrics.translation import edge_steepness
from gancourse.models.autoencoders import Decoder, Encoder
from gancourse.training.engine import Engine
from gancourse.training.studies import engine_after, falling, plain_cpu, save_study

AE_FILE, AE_SIDE, AE_CODE, AE_WIDTH, AE_SPREAD = "autoencoders_32", 32, 16, 16, 0.4
AE_STEPS, AE_FACES, LONE_WIDTH = 4000, 8000, 64
DECODER_FACTORS = (
    "age", "skin", "hair_length", "hair_color", "smile", "eye_open", "yaw", "roll", "beard", "glasses", "light",
)  # fmt: skip
"""The factors that the decoder alone is given, besides the hair's style."""
PLAIN_STYLES = {"hair_style": ("straight", "curly", "coiled", "tied")}
FACTOR_RANGES = {factor.name: (factor.low, factor.high) for factor in TABLE}


def decoder_input(factors: Factors) -> Tensor:
    """What the decoder alone is given: each of DECODER_FACTORS in [−1, 1], and the hair's style as a row of 0 and 1."""
    numbers = []
    for name in DECODER_FACTORS:
        low, high = FACTOR_RANGES[name]
        numbers.append(2 * (factors[name] - low) / (high - low) - 1)
    styles = torch.nn.functional.one_hot(factors["hair_style"].long(), len(HAIR_STYLES))
    return torch.cat([torch.stack(numbers, 1), styles.float()], 1)


def plain_people(n: int, start: int = 0) -> Factors:
    """Faces that differ in what is told, and in nothing else: no hats, no scarves, everybody in the middle."""
    drawn = sample_factors(n, 5, start)
    values: dict[str, Tensor] = {}
    styles = torch.tensor([HAIR_STYLES.index(name) for name in PLAIN_STYLES["hair_style"]])
    for name in drawn:
        low, high = FACTOR_RANGES[name]
        free = name in DECODER_FACTORS or name == "hair_style"
        flat = (low + high) / 2 if name not in PLAIN_WITHOUT else 0.0
        values[name] = drawn[name] if free else torch.full((n,), flat)
    values["hair_style"] = styles[drawn["hair_style"].long() % len(styles)].float()
    return Factors(values)


PLAIN_WITHOUT = (
    "freckles", "fringe", "bald", "mustache", "mouth_open", "lip_color", "shades", "hat", "hat_style", "earrings",
)  # fmt: skip
"""Factors that are 0 for everybody there."""


def engine_of(game: Game, pictures: Images, steps: int, seed: int) -> Engine:
    """Adam at 2·10⁻³, batches of 32; the rate falls to 0 in the second half."""
    fall = {name: falling(steps, last=0.5) for name in game.nets}
    settings = {"batch_size": 32, "lr": 2e-3, "betas": (0.9, 0.999), "schedules": fall}
    return Engine(game, pictures, **settings, seed=seed, machine=plain_cpu())


def trained_game(name: str, game: Game, pictures: Images, steps: int, seed: int) -> Game:
    """The game after so many steps, its networks in evaluation mode."""
    engine = engine_of(game, pictures, steps, seed)
    engine_after(name, engine, steps)
    for net in game.nets.values():
        net.eval()
    return game


def faces_alone(n: int = AE_FACES, split: str = "train") -> Images:
    return data.load("faces", size=AE_SIDE, split=split, attributes=[], n=n)


def autoencoder(kind: str, seed: int = 0, code: int = AE_CODE) -> Game:
    """The untrained game of this kind: "l2", "l1" or "vae"."""
    torch.manual_seed(seed)
    decoder = Decoder(AE_SIDE, code, AE_WIDTH)
    if kind == "vae":
        return Variational(Encoder(AE_SIDE, 2 * code, AE_WIDTH), decoder, AE_SPREAD)
    return Rebuilding(Encoder(AE_SIDE, code, AE_WIDTH), decoder, int(kind[1]))


@torch.no_grad()
def rebuilt_by(game: Game, x: Tensor) -> Tensor:
    """Pictures from their own codes; a VAE's from the means."""
    codes = game.nets["encoder"](x)
    return game.nets["decoder"](codes[:, : game.nets["decoder"].inputs])


def keep_autoencoders(out: Path | None = None, steps: int = AE_STEPS) -> Path:
    """Train all four, measure them, and write their networks.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        steps: of each run; fewer are a quick look.
    """
    pictures, nets, reached = faces_alone(AE_FACES), {}, {}
    test = to_unit(faces_alone(500, "test").pixels)
    reached["steepness of test faces"] = edge_steepness(test)
    for kind in ("l2", "l1", "vae"):
        game = trained_game(kind, autoencoder(kind), pictures, steps, 0)
        made = rebuilt_by(game, test)
        reached[f"{kind}: squared error"] = float((made - test).square().flatten(1).sum(1).mean())
        reached[f"{kind}: absolute error"] = float((made - test).abs().flatten(1).sum(1).mean())
        reached[f"{kind}: steepness"] = edge_steepness(made)
        nets |= {f"{name}_{kind}": net for name, net in game.nets.items()}
    people = plain_people(AE_FACES)
    plain = Images(render(people, AE_SIDE), {"given": decoder_input(people)}, "faces")
    torch.manual_seed(0)
    lone = Decoder(AE_SIDE, len(DECODER_FACTORS) + len(HAIR_STYLES), AE_WIDTH, hidden=LONE_WIDTH)
    nets["from_factors"] = trained_game("from factors", Drawing(lone), plain, steps, 0).nets["decoder"]
    new = plain_people(500, 10**6)
    with torch.no_grad():
        off = (lone(decoder_input(new)) - to_unit(render(new, AE_SIDE))).square().flatten(1).sum(1)
    reached["from factors: squared error"] = float(off.mean())
    said = {
        "what": "encoders and decoders of drawn faces, 32 × 32: by squares, by absolute values, a VAE, from factors",
        "recipe": "autoencoders-32", "seed": 0, "steps": steps, "device": "cpu",
        "reached": {name: round(value, 3) for name, value in reached.items()},
    }  # fmt: skip
    return save_study(AE_FILE, nets, said, out)
