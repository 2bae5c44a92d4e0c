"""The small parts a lesson stands on: toys, distances, seeds, figures."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from scipy import stats
from torch import nn

import gancourse
from gancourse import plots
from gancourse.data.toys import Gaussian1D
from gancourse.metrics import wasserstein_1d

spreads = st.floats(0.05, 20)
centers = st.floats(-50, 50)


@settings(deadline=None, max_examples=40)
@given(centers, spreads)
def test_the_gaussian_agrees_with_scipy(mean: float, std: float) -> None:
    toy, reference = Gaussian1D(mean, std), stats.norm(mean, std)
    x = torch.linspace(mean - 4 * std, mean + 4 * std, 9, dtype=torch.float64)
    u = torch.linspace(0.01, 0.99, 9, dtype=torch.float64)
    torch.testing.assert_close(toy.log_density(x), torch.from_numpy(reference.logpdf(x.numpy())))
    torch.testing.assert_close(toy.density(x), torch.from_numpy(reference.pdf(x.numpy())))
    torch.testing.assert_close(toy.quantile(u), torch.from_numpy(reference.ppf(u.numpy())))


def test_the_gaussian_samples_what_it_says() -> None:
    gancourse.seed_everything(0)
    samples = Gaussian1D(5, 2).sample(4000)
    assert samples.shape == (4000, 1)
    assert stats.kstest(samples.flatten().numpy(), stats.norm(5, 2).cdf).pvalue > 1e-4
    with pytest.raises(ValueError, match="above 0"):
        Gaussian1D(0, 0)


@settings(deadline=None, max_examples=30)
@given(st.floats(-10, 10), st.integers(2, 50))
def test_moving_every_point_is_that_far(shift: float, n: int) -> None:
    x = torch.randn(n, 1, dtype=torch.float64)
    assert wasserstein_1d(x, x + shift) == pytest.approx(abs(shift), abs=1e-9)
    assert wasserstein_1d(x + shift, x) == wasserstein_1d(x, x + shift)


def test_the_distance_takes_samples_of_unequal_number_and_refuses_none() -> None:
    assert wasserstein_1d(torch.tensor([0.0, 0.0, 4.0]), torch.tensor([0.0])) == pytest.approx(4 / 3)
    with pytest.raises(ValueError):
        wasserstein_1d(torch.tensor([]), torch.tensor([0.0]))


def test_a_seed_gives_the_same_run_again() -> None:
    def draw(seed: int) -> torch.Tensor:
        gancourse.seed_everything(seed)
        return torch.randn(5)

    assert torch.equal(draw(3), draw(3))
    assert not torch.equal(draw(3), draw(4))


@pytest.mark.parametrize(("value", "chosen"), [("", 1), ("0", 1), ("1", 2), ("yes", 2)])
def test_quick_follows_the_environment(monkeypatch: pytest.MonkeyPatch, value: str, chosen: int) -> None:
    monkeypatch.setenv("GANCOURSE_FAST", value)
    assert gancourse.quick(1, 2) == chosen


def test_the_device_is_one_there_is() -> None:
    torch.zeros(1, device=gancourse.device())


def test_the_density_behind_samples_is_found() -> None:
    gancourse.seed_everything(1)
    target, x = Gaussian1D(5, 1), torch.linspace(0, 10, 400)
    found = plots.generated_density(target.sample(4000), x)
    assert float(found.sum() * (x[1] - x[0])) == pytest.approx(1, abs=0.02)
    assert float((found - target.density(x)).abs().max()) < 0.06
    spike = plots.generated_density(torch.full((10, 1), 5.0), x)
    assert spike.isfinite().all() and spike.argmax() == (x - 5).abs().argmin()


class Identity(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


def test_the_game_is_drawn_with_numbers_in_its_alt_text() -> None:
    fig = plots.figure(6, 3)
    alt = plots.draw_game(fig, Identity(), Identity(), Gaussian1D(5, 1), [(1.0, 2.0)] * 700, "Run A")
    assert alt.startswith("Run A.") and "mean 0.00" in alt and "0.58" in alt  # the spread of even noise, 1/√3
    game, curves = fig.axes
    lines = {line.get_label(): line for line in game.lines}
    bold = lines["D(x)"].get_ydata()
    (faint,) = (line for line in game.lines if line.get_alpha() == 0.35)
    assert faint.get_ydata()[0] == pytest.approx(1 / (1 + math.exp(2)), abs=1e-4)
    assert math.isnan(bold[0]) and bold[210] == faint.get_ydata()[210]  # nobody is at −2; at 6.4 there are data
    assert {line.get_label() for line in curves.lines} >= {"D's loss", "G's loss"}
    assert len(plots.png(fig)) > 5000


def test_a_figure_without_losses_can_be_drawn() -> None:
    fig = plots.figure(6, 3)
    assert plots.draw_game(fig, Identity(), Identity(), Gaussian1D(5, 1))
    plots.png(fig)


def test_a_figure_is_shown_with_its_alt_text() -> None:
    fig = plots.figure(3, 2)
    plots.axes(fig)[0].plot([0, 1])
    shell = InteractiveShell.instance()
    try:
        shell.push({"show": plots.show, "fig": fig})
        with capture_output() as captured:
            shell.run_cell("show(fig, alt='a line that <rises>')")
    finally:
        InteractiveShell.clear_instance()
    (output,) = captured.outputs
    assert 'alt="a line that &lt;rises&gt;"' in output.data["text/html"]
    assert output.data["text/plain"] == "a line that <rises>"
    with pytest.raises(ValueError, match="alt text"):
        plots.show(fig, alt=" ")


def test_a_figure_is_no_trouble_outside_of_a_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    plots.show(plots.figure(2, 2), alt="nothing")
    assert capsys.readouterr().out == ""
