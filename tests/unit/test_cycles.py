"""The maker of lesson 09's saved runs: two piles without a pair, three weights, and what they reached in the file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import torch

from gancourse.models import store
from gancourse.models.cyclegan import Translator
from gancourse.training import cycles
from gancourse.training.recipes import RECIPES


def test_the_piles_show_different_people_in_two_styles() -> None:
    piles = cycles.two_piles(6)
    photos, comics = piles.pixels, piles.attributes["other"]
    assert photos.shape == comics.shape == (6, 3, 32, 32) and photos.dtype == comics.dtype == torch.uint8
    again = cycles.render(cycles.sample_factors(6, 0, 0), 32, "comic")
    assert not torch.equal(again, comics), "They are the same people"


def test_a_run_sits_on_the_cpu_and_its_rates_never_fall_below_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its networks are tried on tensors of the CPU when it is over, whatever else the machine has."""
    monkeypatch.setattr("gancourse.training.machine.fastest_device", lambda: torch.device("meta"))
    engine = cycles.cycle_engine(cycles.two_piles(4), *cycles.WEIGHTS["1"], steps=4)
    assert engine.machine.device.type == "cpu"
    assert {p.device.type for net in engine.game.nets.values() for p in net.parameters()} == {"cpu"}
    (factor,) = engine.schedules["G_AB"].lr_lambdas
    assert [factor(step) for step in range(7)] == [1, 1, 1, 0.5, 0, 0, 0]


@pytest.mark.slow
def test_a_step_moves_all_four_without_a_cycle_too() -> None:
    engine = cycles.cycle_engine(cycles.two_piles(8), *cycles.WEIGHTS["0"], steps=4)
    before = {
        name: torch.cat([p.detach().flatten() for p in net.parameters()]) for name, net in engine.game.nets.items()
    }
    for _ in islice(engine, 2):
        pass
    for name, net in engine.game.nets.items():
        assert not torch.equal(before[name], torch.cat([p.detach().flatten() for p in net.parameters()])), name
    assert engine.rates["G_AB"] == pytest.approx(1e-3), "rates stay for the first half"


@pytest.mark.slow
def test_the_file_holds_both_ways_of_each_run_and_says_what_they_reached(tmp_path: Path) -> None:
    path = cycles.keep_cycles(tmp_path, steps=2)
    nets, told = store.load(path), store.about(path)
    assert tuple(nets) == RECIPES["cycle-weights-32"].keep[cycles.CYCLES_FILE]
    assert all(isinstance(net, Translator) for net in nets.values())
    assert set(told["reached"]) >= {"λ = 0: comics", "λ = 1: yaw", "λ = 10: photos"}
