"""CycleGANs between photos and comics whose cycles weigh nothing, 1 and 10, trained ten times as long as in lesson 09.

The game is that of Zhu et al., ICCV 2017, arXiv:1703.10593 (`gancourse.games.cyclegan`). Both generators of each run
lie in one file of the store, by the weight λ, for the lesson's slider: `gancourse train cycle-weights-32 --keep` makes
it. The two piles show different people; nothing says which comic belongs to which photo.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from gancourse.data.faces import render, sample_factors
from gancourse.data.images import Images, to_unit
from gancourse.games.cyclegan import CycleGAN
from gancourse.metrics.domains import domain_classifier, kept_factors, share_of_b
from gancourse.models.cyclegan import PatchJudge, Translator
from gancourse.training.engine import Engine
from gancourse.training.replay import ReplayBuffer
from gancourse.training.studies import engine_after, falling, plain_cpu, save_study

CYCLES_FILE = "cyclegan_faces_32"
WEIGHTS = {"0": (0.0, 0.0), "1": (1.0, 0.5), "10": (10.0, 5.0)}
"""λ of the cycle and μ of the identity loss, by λ's name in the file; both 0 is a run without either."""
LONG_RUN, PEOPLE, FACE_SIDE = 3000, 1000, 32
TEST, JUDGED = 50_000, 20_000  # numbers of the first people to be tested on, and of those the classifier learns from


def two_piles(n: int = PEOPLE) -> Images:
    """n photos, and as "other" n comics of other people."""
    photos, comics = (
        render(sample_factors(n, 0, first), FACE_SIDE, style) for first, style in ((0, "photo"), (10_000, "comic"))
    )
    return Images(photos, {"other": comics}, "faces")


def cycle_engine(piles: Images, weight: float, identity: float, steps: int, seed: int = 0) -> Engine:
    """The game with these weights; rates stay for the first half and fall to 0 in the second, as in the paper."""
    torch.manual_seed(seed)
    nets = Translator(), Translator(), PatchJudge(), PatchJudge()
    game = CycleGAN(*nets, weight, identity, (ReplayBuffer(50), ReplayBuffer(50)))
    fall = {name: falling(steps, last=0.5) for name in game.nets}
    return Engine(game, piles, batch_size=4, lr=1e-3, schedules=fall, seed=seed, machine=plain_cpu())


@torch.no_grad()
def translated_faces(G: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """What a generator makes of pictures (n, 3, H, W) in [−1, 1], a hundred at a time."""
    return torch.cat([G(some) for some in pictures.split(100)])


def reached_by(G_AB: nn.Module, G_BA: nn.Module, n: int = 300) -> dict[str, float]:
    """Of test people: the shares taken for the other domain, and what the reader still reads off the comics."""

    def people(count: int, first: int, style: str) -> torch.Tensor:
        return to_unit(render(sample_factors(count, 0, first), FACE_SIDE, style))

    classifier = domain_classifier(people(PEOPLE, JUDGED, "photo"), people(PEOPLE, JUDGED + 10_000, "comic"))
    comics = translated_faces(G_AB, people(n, TEST, "photo"))
    photos = translated_faces(G_BA, people(n, TEST, "comic"))
    shares = {"comics": share_of_b(classifier, comics), "photos": 1 - share_of_b(classifier, photos)}
    kept = kept_factors(comics, sample_factors(n, 0, TEST), ("yaw", "skin", "smile"))
    return {name: round(value, 2) for name, value in {**shares, **kept}.items()}


def keep_cycles(out: Path | None = None, steps: int = LONG_RUN) -> Path:
    """Train the three runs, measure them, and write both generators of each.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        steps: of each run; fewer are a quick look.
    """
    piles, nets, reached = two_piles(), {}, {}
    for name, weights in WEIGHTS.items():
        engine = cycle_engine(piles, *weights, steps)
        engine_after(f"λ = {name}", engine, steps)
        for who in ("G_AB", "G_BA"):
            nets[f"{who}_{name}"] = engine.game.nets[who].eval()
        found = reached_by(nets[f"G_AB_{name}"], nets[f"G_BA_{name}"])
        reached |= {f"λ = {name}: {what}": value for what, value in found.items()}
    told = {
        "what": "generators from photos to comics of drawn faces and back, 32 × 32, for three weights of the cycle",
        "recipe": "cycle-weights-32", "seed": 0, "steps": steps, "device": "cpu", "reached": reached,
    }  # fmt: skip
    return save_study(CYCLES_FILE, nets, told, out)
