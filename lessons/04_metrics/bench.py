"""Every score against every planted defect: what does each of them see?

    python lessons/04_metrics/bench.py [--seeds 5] [--pictures 1000] [--figure build/metrics.png]

Draws pictures of generators whose defect is known (`gancourse.metrics.defects`) from faces of 32 px,
computes every score on the face reader's features, and prints means and standard deviations over the
seeds; each seed has other pictures on both sides. Beside each score stands what it says of a perfect
generator, and a defect is *seen* where it moves the score to the bad side by more than SEEN times the
spread of both. Then it checks what the scores' papers say of them (CLAIMS), how the FID's bias falls
with the number of pictures, and what the FID of two halves of the real pictures is. Exits with 1 if
a claim does not hold. Last it asks of the lesson's own functions what the text says of the figure of the bias, and of
real faces what their Inception Score suffers from: `--text` does that alone.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from gancourse import data, metrics
from gancourse.metrics import Embedded, embed, face_network
from gancourse.metrics.defects import DEFECTS, blur, plant
from gancourse.plots import PALETTE, axes, figure, png

SIZE = 32
SEEN = 3.0
# The better side of each score: +1 up, −1 down.
SIDE = {
    "FID": -1,
    "KID": -1,
    "IS": 1,
    "precision": 1,
    "recall": 1,
    "density": 1,
    "coverage": 1,
    "geometry": -1,
    "memorization": -1,
    "authenticity": 1,
}
# (defect, strength, the scores that see it, the scores that do not or are even pleased, who says so).
CLAIMS = (
    ("blur", 1.0, "FID KID precision recall", "memorization", "Heusel et al. 2017, figure 3; Kynkäänniemi et al. 2019"),
    ("noise", 1.0, "FID KID precision density coverage", "memorization", "Heusel et al. 2017, figure 3"),
    ("dropped", 1.0, "FID KID recall coverage", "precision density", "Kynkäänniemi et al. 2019; Naeem et al. 2020"),
    ("skewed", 0.5, "FID KID", "precision density", "Kynkäänniemi et al. 2019"),
    ("shrunk", 1.0, "FID recall", "precision density", "Kynkäänniemi et al. 2019, on truncation"),
    ("repeated", 1.0, "FID recall coverage", "precision", "Naeem et al. 2020"),
    ("one_per_class", 1.0, "FID KID recall coverage", "IS", "Barratt & Sharma 2018"),
    ("copies", 1.0, "memorization authenticity", "FID KID IS precision recall density coverage", "Meehan et al. 2020"),
)
DRAWS = 10  # of real pictures, for the bias


class Bench:
    """The pictures, and their features, computed once."""

    def __init__(self, pictures: int) -> None:
        drawn = data.load("faces", size=SIZE, split="train", attributes=["hair_style", "hat", "bald"], n=8 * pictures)
        self.n = pictures
        self.images = {"train": drawn.subset(slice(0, 2 * pictures)), "fresh": drawn.subset(slice(2 * pictures, None))}
        self.network = face_network()
        self.known = {name: embed(images, self.network) for name, images in self.images.items()}
        self.sure = self.known["fresh"].probabilities.max(1).values

    def real(self, which: str, seed: int, n: int, part: int = 0) -> Tensor:
        """Features of n pictures of the training set, or fresh ones; of another n for each part."""
        features = self.known[which].features
        order = torch.randperm(len(features), generator=torch.Generator().manual_seed(1000 + seed))
        return features[order[n * part : n * (part + 1)]]

    def spoiled(self, defect: str, strength: float, seed: int) -> Embedded:
        fresh, train = self.images["fresh"], self.images["train"]
        made = plant(defect, strength, fresh, train, self.n, seed, sureness=self.sure)
        return embed(made, self.network)

    def scores(self, fake: Embedded, seed: int) -> dict[str, float]:
        """Every score of generated pictures. The real ones of the seed are training pictures."""
        real, train, new = (
            self.real("train", seed, self.n),
            self.known["train"].features,
            self.real("fresh", seed, self.n),
        )
        precision, recall = metrics.precision_recall(real, fake.features, k=3)
        density, coverage = metrics.density_coverage(real, fake.features, k=5)
        found = {
            "FID": metrics.frechet_from_features(real, fake.features),
            "KID": metrics.kid(real, fake.features),
            "IS": metrics.inception_score(fake.probabilities),
            "precision": precision,
            "recall": recall,
            "density": density,
            "coverage": coverage,
            "memorization": metrics.memorization(train, new, fake.features),
            "authenticity": metrics.authenticity(train, fake.features),
        }
        found["geometry"] = metrics.geometry_score(real[:500], fake.features[:500], draws=10, seed=seed)
        return found


def mean_and_spread(rows: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Of each score over the seeds."""
    return {
        name: (float(values.mean()), float(values.std()))
        for name in rows[0]
        for values in [torch.tensor([row[name] for row in rows], dtype=torch.float64)]
    }


def moved(name: str, good: tuple[float, float], bad: tuple[float, float]) -> float:
    """By how many spreads a defect moved a score to the bad side; negative if to the good one."""
    spread = max((good[1] ** 2 + bad[1] ** 2) ** 0.5, 1e-3 * abs(good[0]), 1e-9)
    return SIDE[name] * (good[0] - bad[0]) / spread


def table(found: dict[str, dict[str, tuple[float, float]]], rows: list[str]) -> None:
    """One row per generator, one column per score; ● seen, ○ pleased."""
    names = [name for name in SIDE if name in found["perfect"]]
    print(f"{'generator':20}" + "".join(f"{name:>21}" for name in names))
    for row in rows:
        cells = []
        for name in names:
            mean, spread = found[row][name]
            by = moved(name, found["perfect"][name], found[row][name]) if row != "perfect" else 0.0
            mark = "●" if by > SEEN else "○" if by < -SEEN else " "
            cells.append(f"{mark} {mean:8.3f} ± {spread:5.3f}")
        print(f"{row:20}" + "".join(f"{cell:>21}" for cell in cells))


def judge(found: dict[str, dict[str, tuple[float, float]]]) -> bool:
    """Print the claims; whether all hold."""
    print("\nwhat the papers say")
    all_hold = True
    for defect, strength, see, miss, who in CLAIMS:
        row = found[f"{defect} {strength:g}"]
        by = {name: moved(name, found["perfect"][name], row[name]) for name in row}
        wrong = [name for name in see.split() if by[name] <= SEEN] + [name for name in miss.split() if by[name] > SEEN]
        all_hold &= not wrong
        said = f"seen by {see.replace(' ', ', ')}" + (f"; not by {miss.replace(' ', ', ')}" if miss else "")
        print(f"{'✓' if not wrong else '✗ (' + ', '.join(wrong) + ')'} {defect}: {said} [{who}]")
    return all_hold


def bias(bench: Bench) -> tuple[list[int], list[float], bool]:
    """FID and KID of real pictures against other real ones, by their number: FID = a + b/n, KID without a trend."""
    sizes = [3 * bench.n // share for share in (24, 12, 6, 3, 1)]
    fids, kids = torch.zeros(len(sizes), DRAWS), torch.zeros(len(sizes), DRAWS)
    for i, n in enumerate(sizes):
        for draw in range(DRAWS):
            x, y = (bench.real("fresh", draw, n, part=k) for k in (0, 1))
            fids[i, draw], kids[i, draw] = metrics.frechet_from_features(x, y), metrics.kid(x, y)
    inverse = 1 / torch.tensor(sizes, dtype=torch.float32)
    design = torch.stack([torch.ones_like(inverse), inverse], 1)
    means = fids.mean(1)
    line = torch.linalg.lstsq(design, means[:, None]).solution[:, 0]
    r2 = float(1 - (design @ line - means).square().sum() / (means - means.mean()).square().sum())
    print("\nreal against real\npictures " + "".join(f"{n:>18}" for n in sizes))
    for name, table in (("FID", fids), ("KID", kids)):
        cells = (f"{row.mean():.3f} ± {row.std():.3f}" for row in table)
        print(f"{name:9}" + "".join(f"{cell:>18}" for cell in cells))
    print(f"FID = {line[0]:.3f} + {line[1]:.0f} / n, R² = {r2:.4f}")
    straight = r2 > 0.98 and float(means[0]) > 5 * float(means[-1])
    errors = kids.mean(1).abs() / (kids.std(1) / DRAWS**0.5)
    unbiased = bool((errors < 4).all())
    print(f"{'✓' if straight else '✗'} the FID's bias falls as 1/n [Bińkowski et al. 2018]")
    print(f"{'✓' if unbiased else '✗'} the KID is 0 within four standard errors, whatever the number [the same]")
    return sizes, means.tolist(), straight and unbiased


def text_holds(bench: Bench, seeds: int) -> bool:
    """Whether what section 3 says of the bias holds: for each seed other pictures, the lesson's own functions."""
    from gancourse.authoring.source import find

    names = find("04_metrics").worked("moments")
    everything = bench.known["fresh"].features
    spectrum = torch.linalg.eigvalsh(names["moments"](everything)[1]).clamp(min=0)
    blurred = embed(blur(bench.images["fresh"].pixels, 0.35), bench.network).features
    sizes = [n for n in (100, 200, 500, 1000, 2000) if n <= len(everything) // 2]

    def distance(x: Tensor, y: Tensor) -> float:
        return float(names["frechet_distance"](*names["moments"](x), *names["moments"](y)))

    ratios, ends, kinds = [], [], []
    for seed in range(seeds):
        order = torch.randperm(len(everything), generator=torch.Generator().manual_seed(seed))
        first, second = order.chunk(2)
        torch.manual_seed(seed)
        found = dict(names["bias_sweep"](everything[first], everything[second], sizes, 5, distance))
        means = {n: float(torch.tensor(values).mean()) for n, values in found.items()}
        for n in sizes:
            spread = names["spread_excess"](spectrum, 2 * names["entry_variances"](spectrum, n))
            ratios.append(means[n] / float(names["mean_excess"](spectrum, n, n) + spread))
        ends.append(float(names["drawn_on"](sizes[-3:], [means[n] for n in sizes[-3:]])[0]))
        kinds.append(means[sizes[0]] > distance(everything[first], blurred[second]))
    claims = {
        f"the formula comes within a third of what is measured: {min(ratios):.2f} to {max(ratios):.2f} of it": (
            min(ratios) > 2 / 3 and max(ratios) < 4 / 3
        ),
        f"the line of real faces ends near 0: from {min(ends):.2f} to {max(ends):.2f}": max(map(abs, ends)) < 1,
        "100 real faces have a larger FID than many blurred ones": all(kinds),
        **doubts(bench),
    }
    print("\nwhat the text says of the bias, and of the Inception Score of real faces")
    for words, holds in claims.items():
        print(f"{'✓' if holds else '✗'} {words}")
    return all(claims.values())


def doubts(bench: Bench) -> dict[str, bool]:
    """What the Inception Score of real faces suffers from: of bald heads and under hats no style can be seen."""
    known, attributes = bench.known["fresh"].probabilities, bench.images["fresh"].attributes
    hidden = (attributes["hat"] > 0.5) | (attributes["bald"] > 0.5)
    doubt = -torch.special.xlogy(known, known).sum(1)
    share = float(doubt[hidden].sum() / doubt.sum())
    scores = [metrics.inception_score(some) for some in (known, known[~hidden])]
    words = f"{share:.0%} of all doubt is about the {float(hidden.float().mean()):.0%} whose hair is not to be seen"
    return {
        words: share > 0.9,
        f"their score is {scores[0]:.2f}, without those {scores[1]:.2f}": scores[0] + 1 < scores[1] < 7,
    }


def main() -> int:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--text", action="store_true", help="only what the lesson's text says of the bias")
    parser.add_argument("--figure", type=Path, default=Path("build/metrics.png"))
    arguments = parser.parse_args()
    bench = Bench(arguments.pictures)
    told = text_holds(bench, arguments.seeds)
    if arguments.text:
        return 0 if told else 1
    wanted = [("perfect", "blur", 0.0)]
    wanted += [(f"{defect} {strength:g}", defect, strength) for defect in DEFECTS for strength in (0.5, 1.0)]
    found = {}
    for row, defect, strength in tqdm(wanted, desc="Generators", leave=False):
        seeds = range(arguments.seeds)
        found[row] = mean_and_spread([bench.scores(bench.spoiled(defect, strength, s), s) for s in seeds])
    print(f"{arguments.pictures} pictures a side, {arguments.seeds} seeds")
    print("● seen, ○ called better than perfect")
    table(found, list(found))
    good = judge(found)
    halves = mean_and_spread([{"FID": half_against_half(bench, s)} for s in range(arguments.seeds)])["FID"]
    print(f"\nFID of two halves of the real pictures, {arguments.pictures} each: {halves[0]:.3f} ± {halves[1]:.3f}")
    sizes, fids, straight = bias(bench)
    draw(found, sizes, fids, arguments.figure)
    print(f"\ndrawn to {arguments.figure}")
    return 0 if good and straight and told else 1


def half_against_half(bench: Bench, seed: int) -> float:
    """The FID of real pictures against other real pictures."""
    return metrics.frechet_from_features(
        *(bench.real("train", seed, len(bench.known["train"].features) // 2, part=k) for k in (0, 1))
    )


def draw(found: dict[str, dict[str, tuple[float, float]]], sizes: list[int], fids: list[float], path: Path) -> None:
    """A map of what each score sees, and the FID's bias."""
    names, rows = list(SIDE), [row for row in found if row != "perfect"]
    by = torch.tensor([[moved(n, found["perfect"][n], found[row][n]) for n in names] for row in rows])
    fig = figure(11, 7.5)
    left, right = axes(fig, 1, 2, width_ratios=(3, 1.3))
    shown = by.clamp(-12, 12)
    picture = left.imshow(shown, cmap="PuOr_r", vmin=-12, vmax=12, aspect="auto")
    left.grid(False)
    left.set_xticks(range(len(names)), names, rotation=40, ha="right")
    left.set_yticks(range(len(rows)), rows)
    for seen, color, edge, words in (
        (1, "black", "white", "seen"),
        (-1, "white", "black", "called better than perfect"),
    ):
        i, j = (seen * by > SEEN).nonzero(as_tuple=True)
        left.scatter(j, i, s=45, c=color, edgecolors=edge, linewidths=1.2, label=words)
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    bar = fig.colorbar(picture, ax=left, location="bottom", shrink=0.6, aspect=40)
    bar.set_label("moved to the bad side, in spreads over seeds")
    right.plot([1 / n for n in sizes], fids, marker="o", color=PALETTE[0])
    told = [n for n in sizes if n <= 6 * sizes[0]]
    right.set_xticks([1 / n for n in told], [f"1/{n}" for n in told], rotation=40, ha="right")
    right.set(title="FID of real against real", xlabel="1 / number of pictures", ylim=(0, None), xlim=(0, None))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(fig))


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(main())
