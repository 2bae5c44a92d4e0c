"""Which form of the same step is fastest on this machine: found by a short trial, not by belief.

Channels-last memory, products for convolutions, bf16 and `torch.compile` each make a step twice as
fast on one machine and slower on the next. The trial takes the plain form and the others in turns, a
step each, several times over, so that whatever else the machine does hits all of them; the medians are
compared, and a form must win clearly. bf16, for one, is fast where the processor has instructions for
it (AMX, AVX512-BF16, any recent GPU) and several times slower where it is emulated. The answer is
remembered in the cache, for this machine, these networks and versions.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import torch

from gancourse.data import cache
from gancourse.training.engine import Engine
from gancourse.training.speed.form import PLAIN, Form

LOG = logging.getLogger("gancourse.training")
CLEARLY = 1.05  # the ratio from which on a form counts as faster
HOPELESS = 1.5  # a form so much slower in its first steps is not tried further


def forms(device: torch.device, compile: bool = False) -> list[Form]:
    """What is worth a trial: bf16 everywhere, compiled forms only where asked for and there is a compiler."""
    found = [PLAIN, Form(channels_last=True)]
    if device.type == "cpu":
        found.append(Form(channels_last=True, products=True))
    found.append(Form("bf16", channels_last=True))
    if compile and (device.type == "cuda" or shutil.which("g++") or shutil.which("clang++")):
        found += [Form(channels_last=True, compile=True), Form("bf16", channels_last=True, compile=True)]
    return found


def fastest(
    make: Callable[[Form], Engine],
    tried: Sequence[Form],
    key: object = None,
    rounds: int = 7,
    patience: float = 60.0,
) -> Form:
    """The fastest form, from the cache or by trial.

    Args:
        make: builds an engine of this form to be timed. It is thrown away afterwards.
        tried: the forms; the first one is taken unless another is clearly faster.
        key: what else the answer depends on (networks, batch size), as JSON takes it; None: do not remember.
        rounds: steps timed of each form.
        patience: seconds after which no further form is begun.

    Returns:
        the form. The log says what was measured.
    """
    file = cache.root() / "fastest.json"
    id = hashlib.sha256(json.dumps([about_here(), key, [asdict(form) for form in tried]]).encode()).hexdigest()[:16]
    known = remembered(file)
    if key is not None and id in known:
        form = Form(**known[id])
        LOG.info("step: %s (as measured here before)", form)
        return form
    medians, unfinished = timed(make, tried, rounds, patience)
    best = min(medians, key=lambda form: medians[form])
    chosen = best if medians[tried[0]] > CLEARLY * medians[best] else tried[0]
    for form, seconds in sorted(medians.items(), key=lambda item: item[1]):
        LOG.info("trial: %.0f ms a step in %s%s", 1000 * seconds, form, " (taken)" if form == chosen else "")
    if key is not None and not unfinished:
        remember(file, {**known, id: asdict(chosen)})
    return chosen


def timed(
    make: Callable[[Form], Engine], tried: Sequence[Form], rounds: int, patience: float
) -> tuple[dict[Form, float], bool]:
    """Median seconds of a step, for each form that was not hopeless from the start; and whether patience ran out."""
    started = time.perf_counter()
    runs: dict[Form, tuple[Iterator[float], list[float]]] = {}
    least, unfinished = float("inf"), False
    for form in tried:
        if runs and time.perf_counter() - started > patience:
            LOG.info("trial: no time left for %s", form)
            unfinished = True
            continue
        steps = seconds_of(make(form))
        first = next(steps)  # this one also builds, compiles and fills caches
        if form.compile or first < 2 * HOPELESS * least:
            first = min(next(steps), next(steps))
        least = min(least, first)
        if first < HOPELESS * least:
            runs[form] = steps, [first]
        else:
            LOG.info("trial: %.0f ms a step in %s", 1000 * first, form)
    for _ in range(rounds):
        for steps, times in runs.values():
            times.append(next(steps))
    return {form: statistics.median(times) for form, (_, times) in runs.items()}, unfinished


def seconds_of(engine: Engine) -> Iterator[float]:
    """Train, and yield how long each step took, waiting for the device."""
    while True:
        started = time.perf_counter()
        engine.step().numbers()
        yield time.perf_counter() - started


def about_here() -> list[object]:
    """The machine and the versions an answer holds for."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return [platform.processor() or platform.machine(), gpu, torch.__version__, torch.get_num_threads()]


def remembered(file: os.PathLike[str]) -> dict[str, dict]:
    """Earlier answers; none if the file is missing or spoiled."""
    try:
        with open(file, encoding="utf-8") as stream:
            known = json.load(stream)
        return known if isinstance(known, dict) else {}
    except (OSError, ValueError):
        return {}


def remember(file: os.PathLike[str], answers: dict[str, dict]) -> None:
    """Write all answers; a cache that cannot be written costs a trial next time, nothing else."""
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        beside = f"{os.fspath(file)}.{os.getpid()}"
        with open(beside, "w", encoding="utf-8") as stream:
            json.dump(answers, stream)
        os.replace(beside, file)
    except OSError as error:
        LOG.info("the answer cannot be remembered: %s", error)
