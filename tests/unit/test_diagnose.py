"""What `diagnose` says, on real runs that its thresholds were not chosen on, and on odd histories."""

import math
from collections import Counter

import pytest

from gancourse.errors import CourseError
from gancourse.training.diagnose import SHORTEST, VERDICTS, diagnose
from gancourse.training.runs import COLUMNS, load_runs, save_runs

HELD_OUT = [run for run in load_runs() if run.held_out]


def steady(records: int = 60, **changed: float) -> dict[str, list[float]]:
    """A history that stands still, but for a wobble."""
    level = {"d_loss": 1.1, "g_loss": 1.0, "d_real": 0.6, "d_fake": 0.4, "spread": 0.95} | changed
    return {name: [value * (1 + 0.02 * math.sin(7 * k)) for k in range(records)] for name, value in level.items()}


def test_most_held_out_runs_are_told_right():
    right = sum(diagnose(run.history).verdict == run.kind for run in HELD_OUT)
    assert len(HELD_OUT) > 40
    assert right >= 0.85 * len(HELD_OUT)


@pytest.mark.parametrize("kind", [kind for kind in VERDICTS if kind != "still training"])
def test_each_ending_is_told_right_more_often_than_not(kind):
    """Whether a run is still training is a matter of degree, and the hardest to tell: half of them look settled."""
    told = Counter(diagnose(run.history).verdict for run in HELD_OUT if run.kind == kind)
    assert told.total() >= 3
    assert told[kind] > told.total() / 2, told


def test_no_good_run_is_called_broken():
    for run in HELD_OUT:
        if run.kind == "healthy":
            assert diagnose(run.history).verdict in ("healthy", "still training"), run


def test_small_pictures_are_told_as_well_as_toys():
    faces = [run for run in HELD_OUT if run.family == "faces"]
    right = sum(diagnose(run.history).verdict == run.kind for run in faces)
    assert faces and right >= 0.7 * len(faces)


@pytest.mark.parametrize("run", HELD_OUT[::7], ids=lambda run: f"{run.family}: {run.name}, {run.seed}")
def test_a_first_fifth_is_never_called_healthy_for_want_of_records(run):
    beginning = {name: values[: SHORTEST - 1] for name, values in run.history.items()}
    finite = all(math.isfinite(v) for values in beginning.values() for v in values)
    assert diagnose(beginning).verdict == ("still training" if finite else "diverged")


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "healthy"),
        ({"spread": 0.03}, "collapsed"),
        ({"d_loss": 0.02, "g_loss": 7.0, "d_real": 0.97, "d_fake": 0.004}, "discriminator won"),
        ({"d_loss": 0.3, "g_loss": 5.0, "d_real": 0.89, "d_fake": 0.01}, "discriminator won"),  # smoothed labels
        ({"d_loss": 2.4, "g_loss": 0.1, "d_real": 0.3, "d_fake": 0.9}, "generator won"),
        ({"d_loss": 30.0, "g_loss": 25.0, "d_real": 0.5, "d_fake": 0.5}, "diverged"),
    ],
)
def test_the_clear_cases(changed, verdict):
    found = diagnose(steady(**changed))
    assert found.verdict == verdict
    assert found.reasons and all(reason.endswith(".") for reason in found.reasons)
    assert bool(found.advice) == (verdict != "healthy")
    assert str(found).startswith(f"{verdict}: ")


def test_a_trend_is_not_an_end():
    history = steady()
    history["spread"] = [0.3 + 0.01 * k for k in range(60)]
    found = diagnose(history)
    assert found.verdict == "still training"
    assert "spread" in found.reasons[0]


def test_an_early_collapse_that_is_over_does_not_count():
    history = steady()
    history["spread"][:30] = [0.02] * 30
    assert diagnose(history).verdict == "healthy"


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["d_loss", "g_loss", "d_real", "d_fake"])
@pytest.mark.parametrize("place", [5, 30, -1])
def test_a_number_that_is_none_is_a_divergence(name, odd, place):
    history = steady()
    history[name][place] = odd
    found = diagnose(history)
    assert found.verdict == "diverged"
    assert name in found.reasons[0]


def test_what_had_not_been_measured_yet_is_no_divergence():
    history = {name: [math.nan, *values] for name, values in steady().items()}
    assert diagnose(history).verdict == "healthy"


def test_a_run_of_nothing_but_nan_has_diverged():
    assert diagnose({name: [math.nan] * 50 for name in COLUMNS}).verdict == "diverged"


def test_the_spread_may_be_missing_in_part_or_altogether():
    history = steady()
    history["spread"][::2] = [math.nan] * 30
    assert diagnose(history).verdict == "healthy"
    del history["spread"]
    found = diagnose(history)
    assert found.verdict == "healthy"
    assert "not measured" in " ".join(found.reasons)


def test_empty_and_short_histories_are_still_training():
    assert diagnose({name: [] for name in COLUMNS}).verdict == "still training"
    assert diagnose(steady(SHORTEST - 1)).verdict == "still training"
    assert diagnose(steady(SHORTEST)).verdict == "healthy"


def test_histories_that_are_none_are_refused():
    with pytest.raises(ValueError, match="has no d_fake"):
        diagnose({"d_loss": [1.0], "g_loss": [1.0], "d_real": [0.5]})
    with pytest.raises(ValueError, match="equally long"):
        diagnose(steady() | {"d_loss": [1.0] * 59})


def test_the_history_is_left_as_it_is():
    history = steady()
    diagnose(history)
    assert history == steady()


def test_runs_come_back_as_they_were_saved(tmp_path):
    save_runs(HELD_OUT[:5], tmp_path / "runs.safetensors")
    assert load_runs(tmp_path / "runs.safetensors") == HELD_OUT[:5] or any(
        math.isnan(v) for run in HELD_OUT[:5] for values in run.history.values() for v in values
    )


def test_a_damaged_file_of_runs_is_named(tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(CourseError, match="gancourse train RECIPE --keep"):
        load_runs(tmp_path / "bad.safetensors")
    with pytest.raises(CourseError, match="gancourse train RECIPE --keep"):
        load_runs(tmp_path / "missing.safetensors")
