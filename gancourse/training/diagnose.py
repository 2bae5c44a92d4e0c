"""What became of a run, told from its history: losses, D's outputs, and how unlike the samples are.

    found = diagnose(history)
    found.verdict, found.reasons

Losses alone say little: in a game both can stand still for a good reason or a bad one. Together with
D's mean outputs and the samples' spread they tell the usual endings apart. The signs are those of
Goodfellow, "NIPS 2016 Tutorial: Generative Adversarial Networks", arXiv:1701.00160, section 5, and of
Chintala et al., "How to Train a GAN?", 2016, tip 10. The thresholds are this course's own, chosen on
half of the runs of `gancourse.training.runs`; `python lessons/03_dcgan/bench.py --only diagnose` says how
often they are right on the others.

What no curve can show: a generator that has dropped some kinds of pictures and varies the rest, and
one that copies its training data. "healthy" means that nothing here speaks against the run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, pvariance

VERDICTS = ("healthy", "still training", "discriminator won", "generator won", "collapsed", "diverged")
SHORTEST = 20  # records; fewer say nothing about where a run is going
Column = list[float]


@dataclass(frozen=True)
class Diagnosis:
    """What became of a run.

    Attributes:
        verdict: one of VERDICTS.
        reasons: what speaks for it, in sentences with the numbers.
        advice: what people try first, empty where nothing is wrong.
    """

    verdict: str
    reasons: tuple[str, ...]
    advice: str = ""

    def __str__(self) -> str:
        return " ".join([f"{self.verdict}:", *self.reasons, self.advice]).strip()


ADVICE = {
    "still training": "Let it run on, and ask again.",
    "discriminator won": "Look at the range of G's last layer; then let D learn more slowly, or smooth its labels.",
    "generator won": "Look at D's labels and at whether its optimizer takes steps; then give D more of them.",
    "collapsed": "Let G learn more slowly, or D faster; look at the samples of more than one batch.",
    "diverged": "Lower both learning rates, and compute the losses from logits.",
}


def diagnose(history: Mapping[str, Sequence[float]]) -> Diagnosis:
    """Tell how a run has ended, or that it has not.

    Args:
        history: equally long lists, one number per record, evenly spaced over the run: "d_loss" and
            "g_loss" in nats, "d_real" and "d_fake" (D's mean probabilities on real and fake
            samples), and, if it was measured, "spread": the mean distance between two of G's
            samples over that between two of the data. Leading NaNs stand for what had not been
            measured yet; in the spread NaNs may stand anywhere.

    Raises:
        ValueError: if a list is missing or the lists are not equally long.
    """
    columns = checked_history(history)
    finding = broken(columns) or unfinished(columns) or lost(columns) or moving(columns)
    if finding is None:
        ending = {name: tail(values) for name, values in columns.items() if values}
        said = (
            f"At the end D(x) is {fmean(ending['d_real']):.2f} and D(G(z)) {fmean(ending['d_fake']):.2f}, both steady."
        )
        seen = f"The samples' spread is {median(ending['spread']):.2f} of the data's." if "spread" in ending else ""
        finding = ("healthy", [said, seen or "The samples' spread was not measured: a collapse could go unseen."])
    verdict, reasons = finding
    return Diagnosis(verdict, tuple(reasons), ADVICE.get(verdict, ""))


Symptom = tuple[str, list[str]] | None


def broken(columns: dict[str, Column]) -> Symptom:
    """Numbers that are none, or a D that is loudly wrong again and again."""
    for name in ("d_loss", "g_loss", "d_real", "d_fake"):
        bad = [k for k, value in enumerate(columns[name]) if not math.isfinite(value)]
        if bad:
            return "diverged", [f"{name} is {columns[name][bad[0]]} in record {bad[0] + 1} of {len(columns[name])}."]
    if len(columns["d_loss"]) < SHORTEST:
        return None
    loss, fooled = tail(columns["d_loss"]), tail(columns["d_fake"])
    if fmean(loss) > 5 and fmean(fooled) < 0.9:
        return "diverged", [f"D's loss is {fmean(loss):.1f} at the end; a D that knew nothing would have 1.39."]
    return None


def unfinished(columns: dict[str, Column]) -> Symptom:
    """Too short to say anything."""
    n = len(columns["d_loss"])
    return ("still training", [f"There are only {n} records; {SHORTEST} are needed."]) if n < SHORTEST else None


def lost(columns: dict[str, Column]) -> Symptom:
    """One of the players has given up, or G paints always the same."""
    real, fake = tail(columns["d_real"]), tail(columns["d_fake"])
    if fmean(fake) > 0.75 and fmean(fake) > fmean(real) - 0.05:
        return "generator won", [f"D takes fakes for real: D(G(z)) is {fmean(fake):.2f}, D(x) {fmean(real):.2f}."]
    gaps = [r - f for r, f in zip(real, fake, strict=True)]
    alike = median(tail(columns["spread"])) if columns["spread"] else None
    if fmean(fake) < 0.03 and min(gaps) > 0.75:
        said = [f"D is sure of everything: D(x) is {fmean(real):.2f}, D(G(z)) {fmean(fake):.3f}."]
        if alike is not None and alike < 0.25:
            said.append(f"The samples are alike as well: their spread is {alike:.2f} of the data's.")
        return "discriminator won", said
    if alike is not None and alike < 0.25 and still(columns["d_real"]) and still(columns["d_fake"][len(fake) :]):
        said = f"D says {fmean(real):.2f} to data and {fmean(fake):.2f} to fakes all along: it does not learn."
        return "generator won", [said, f"G has run to one place: the samples' spread is {alike:.2f} of the data's."]
    if alike is not None and alike < 0.25:
        return "collapsed", [f"All samples are much alike: their spread is {alike:.2f} of the data's."]
    return None


def moving(columns: dict[str, Column]) -> Symptom:
    """Whether something is still on its way: the last fifth against the one before, beside their own noise."""
    reasons = []
    for name, least in (("d_real", 0.05), ("d_fake", 0.05), ("spread", 0.1), ("d_loss", 0.15), ("g_loss", 0.3)):
        values = columns[name]
        if len(values) < SHORTEST:
            continue
        n = len(values) // 5
        before, after = values[-2 * n : -n], values[-n:]
        noise = math.sqrt((pvariance(before) + pvariance(after)) / n)
        change = fmean(after) - fmean(before)
        if abs(change) > max(least, 4 * noise):
            reasons.append(f"{name} has gone from {fmean(before):.2f} to {fmean(after):.2f} in the last fifth.")
    return ("still training", reasons) if reasons else None


def still(values: Column) -> bool:
    """Whether a tenth of the records never differs from another one by more than a hundredth."""
    n = max(1, len(values) // 10)
    means = [fmean(values[k : k + n]) for k in range(0, len(values) - n + 1, n)]
    return max(means) - min(means) < 0.01


def tail(values: Column) -> Column:
    """The last fifth."""
    return values[-max(1, len(values) // 5) :]


def checked_history(history: Mapping[str, Sequence[float]]) -> dict[str, Column]:
    """The five columns as floats, without what had not been measured yet.

    Raises:
        ValueError: see `diagnose`.
    """
    names = ("d_loss", "g_loss", "d_real", "d_fake")
    missing = [name for name in names if name not in history]
    if missing:
        raise ValueError(f"The history has no {', '.join(missing)}.")
    columns = {name: [float(v) for v in history[name]] for name in names}
    columns["spread"] = [float(v) for v in history.get("spread", ())]
    lengths = {len(values) for name, values in columns.items() if values or name != "spread"}
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
        raise ValueError(f"The lists should be equally long; their lengths are {told}.")
    columns["spread"] = [v for v in columns["spread"] if math.isfinite(v)]
    first = min((k for k in range(len(columns["d_loss"])) if math.isfinite(columns["d_loss"][k])), default=0)
    return {name: values[first:] if name != "spread" else values for name, values in columns.items()}
