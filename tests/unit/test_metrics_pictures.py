"""Pictures to features, and pictures with a planted defect."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

from gancourse import metrics
from gancourse.checks.lesson_04 import WITHHELD
from gancourse.data import faces
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.metrics import embed, features, inception_network
from gancourse.metrics.defects import DEFECTS, blur, dropped, noise, plant, quotas, skewed
from gancourse.metrics.embedding import second_look
from gancourse.paths import repository


@pytest.fixture(scope="module")
def pool() -> tuple[Images, Images]:
    """Fresh pictures and a training set, 16 px."""
    factors = faces.sample_factors(600, seed=5)
    pixels = faces.render(factors, 16)
    both = Images(pixels, {"hair_style": factors["hair_style"], "hat": factors["hat"]})
    return both.subset(slice(0, 400)), both.subset(slice(400, 600))


# --- Features ------------------------------------------------------------------------------------


def test_the_face_reader_is_the_default_and_batches_do_not_show(pool: tuple[Images, Images]) -> None:
    images = pool[0].subset(slice(0, 20))
    whole, pieces = embed(images), embed(images.pixels, batch_size=7)
    assert whole.features.shape == (20, 128) and whole.probabilities.shape == (20, 7)
    torch.testing.assert_close(whole.features, pieces.features, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(whole.probabilities.sum(1), torch.ones(20))
    floats = images.pixels.float() / 127.5 - 1
    torch.testing.assert_close(features(floats), whole.features, atol=1e-4, rtol=1e-4)
    read = whole.probabilities.argmax(1) == images.attributes["hair_style"]
    assert read.float().mean() > 0.4  # at 16 px; one in seven by chance


def test_any_network_will_do() -> None:
    def network(pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        assert pictures.dtype == torch.uint8 and pictures.shape[1:] == (3, 8, 8)
        flat = pictures.flatten(1).float()
        return flat[:, :5], flat[:, :2].softmax(1)

    gray = torch.randint(256, (9, 1, 8, 8), dtype=torch.uint8)
    found = embed(gray, network, batch_size=4)
    torch.testing.assert_close(found.features, gray.flatten(1)[:, :5].float())
    for bad in (gray[:0], gray[0], torch.zeros(2, 4, 8, 8)):
        with pytest.raises(CourseError, match=r"pictures \(n, 3, H, W\)"):
            embed(bad, network)


def test_inception_is_taken_where_its_weights_are_and_never_fetched(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(CourseError, match=r"not at .*weights-inception"):
        inception_network()
    (tmp_path / "page.pth").write_text("<html>not found</html>")
    with pytest.raises(CourseError, match="holds no Inception weights"):
        inception_network(tmp_path / "page.pth")
    torch.save({"fc.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(CourseError, match="holds no Inception weights"):
        inception_network(tmp_path / "other.pth")


@pytest.mark.slow
def test_inception_gives_what_torch_fidelity_gives(tmp_path: Path, monkeypatch) -> None:
    """With weights drawn at random: the true ones are not at hand where tests run."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3 as Inception

    with monkeypatch.context() as patch:
        patch.setattr(Inception, "load_state_dict", lambda self, state: None)
        torch.save({}, tmp_path / "none.pth")
        net = Inception("inception", ["2048", "logits_unbiased"], str(tmp_path / "none.pth"))
    torch.save(net.state_dict(), tmp_path / "weights.pth")
    pictures = torch.randint(256, (3, 3, 32, 32), dtype=torch.uint8)
    found = embed(pictures, inception_network(tmp_path / "weights.pth"), batch_size=2)
    assert found.features.shape == (3, 2048) and found.probabilities.shape == (3, 1008)
    hidden, logits = net(pictures)
    torch.testing.assert_close(found.features, hidden, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(found.probabilities, logits.softmax(1), atol=1e-5, rtol=1e-3)


def test_modules_that_answer_exercises_are_imported_by_none_that_stay() -> None:
    """Where answers are graded these files are missing; all else must work without them."""
    folder = repository() / "gancourse" / "metrics"
    gone = {Path(name).stem for name in WITHHELD if name.startswith("metrics/")}
    assert gone == {"frechet", "neighbors", "probe", "scores"}
    for path in folder.glob("*.py"):
        if path.stem not in gone:
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            imported = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
            imported |= {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
            assert not {name.rsplit(".")[-1] for name in imported if "metrics" in name} & {*gone, "metrics"}, path


# --- Defects -------------------------------------------------------------------------------------


def of(images: Images, pictures: torch.Tensor) -> torch.Tensor:
    """For each picture its place in a set, −1 for none."""
    same = (pictures[:, None] == images.pixels[None]).flatten(2).all(2)
    return torch.where(same.any(1), same.float().argmax(1), -1)


@pytest.mark.parametrize("defect", DEFECTS)
def test_strength_0_is_a_perfect_generator_and_1_is_not(defect: str, pool: tuple[Images, Images]) -> None:
    fresh, train = pool
    perfect = plant(defect, 0.0, fresh, train, n=60, seed=3)
    assert perfect.dtype == torch.uint8 and perfect.shape == (60, 3, 16, 16)
    which = of(fresh, perfect)
    assert int(which.min()) >= 0 and len(which.unique()) == 60
    assert torch.equal(perfect, plant("blur", 0.0, fresh, train, n=60, seed=3))
    spoiled = plant(defect, 1.0, fresh, train, n=60, seed=3)
    assert spoiled.shape == perfect.shape and not torch.equal(spoiled, perfect)
    assert torch.equal(spoiled, plant(defect, 1.0, fresh, train, n=60, seed=3))
    assert not torch.equal(spoiled, plant(defect, 1.0, fresh, train, n=60, seed=4))


def test_each_defect_does_what_it_says(pool: tuple[Images, Images]) -> None:
    fresh, train = pool
    styles = fresh.attributes["hair_style"]

    def made(defect: str, strength: float, **options) -> torch.Tensor:
        return plant(defect, strength, fresh, train, n=60, **options)

    assert set(styles[of(fresh, made("dropped", 1.0))].tolist()) == {0.0}
    assert set(styles[of(fresh, made("dropped", 0.5))].tolist()) == {0.0, 1.0, 2.0, 3.0}
    assert (styles[of(fresh, made("skewed", 0.5))] == 0).sum() > 36
    assert len(styles[of(fresh, made("skewed", 0.5))].unique()) > 4
    hats = fresh.attributes["hat"][of(fresh, made("dropped", 1.0, by="hat"))]
    assert hats.sum() == 0
    assert len(of(fresh, made("repeated", 1.0)).unique()) == 7
    assert 15 < len(of(fresh, made("repeated", 0.5)).unique()) < 25
    best = torch.zeros(400)
    best[[int((styles == k).nonzero()[5]) for k in range(7)]] = 1.0
    only = of(fresh, made("one_per_class", 1.0, sureness=best))
    assert bool((best[only] == 1).all()) and len(only.unique()) <= 7
    assert (of(train, made("copies", 0.5)) >= 0).sum() == 30
    assert len(of(train, made("copies", 1.0)).unique()) == 60
    spread = [made("shrunk", s).float().std(0).mean() for s in (0.0, 1.0)]
    assert spread[1] < 0.9 * spread[0]


def test_pictures_get_worse_with_the_strength(pool: tuple[Images, Images]) -> None:
    pictures = pool[0].pixels[:50]
    for spoil in (blur, noise):
        error = [(spoil(pictures, s).float() - pictures.float()).abs().mean() for s in (0.0, 0.3, 0.6, 1.0)]
        assert error[0] == 0
        assert error[0] < error[1] < error[2] < error[3]


def test_shares_and_quotas() -> None:
    even = torch.full((4,), 0.25, dtype=torch.float64)
    torch.testing.assert_close(dropped(even, 0.5), torch.tensor([1, 1, 0.5, 0], dtype=torch.float64) / 2.5)
    torch.testing.assert_close(skewed(even, 0.5), torch.tensor([0.625, 0.125, 0.125, 0.125], dtype=torch.float64))
    for n in (1, 7, 100, 101):
        counts = quotas(torch.tensor([0.3, 0.3, 0.4], dtype=torch.float64), n)
        assert sum(counts) == n and all(abs(c - n * s) < 1 for c, s in zip(counts, (0.3, 0.3, 0.4), strict=True))


def test_mistakes_are_named(pool: tuple[Images, Images]) -> None:
    fresh, train = pool
    for given, says in (
        (("blurr", 0.5, fresh, train, 10), "Did you mean 'blur'"),
        (("blur", 1.5, fresh, train, 10), "from 0 to 1"),
        (("blur", 0.5, fresh, train, 401), "number of fresh pictures, 400"),
    ):
        with pytest.raises(CourseError, match=says):
            plant(*given)
    with pytest.raises(CourseError, match="no attribute"):
        plant("dropped", 0.5, fresh, train, 10, by="wig")


@pytest.mark.slow
def test_scores_see_what_they_should(pool: tuple[Images, Images]) -> None:
    """On few pictures, only what is beyond doubt; `lessons/04_metrics/bench.py` measures the rest."""
    fresh, train = pool
    real = features(fresh)
    made = {name: features(plant(name, 1.0, fresh, train, n=150)) for name in ("blur", "noise", "dropped", "copies")}
    good = features(plant("copies", 0.0, fresh, train, n=150))
    distance = {name: metrics.frechet_from_features(real, f) for name, f in made.items()}
    base = metrics.frechet_from_features(real, good)
    assert min(distance["blur"], distance["noise"]) > 5 * base
    assert distance["dropped"] > 1.2 * base
    kept = features(train)
    assert metrics.memorization(kept, real, made["copies"]) > 0.99
    assert metrics.memorization(kept, real, made["dropped"]) < 0.65


def test_a_second_look_clips_what_lies_outside_of_the_range() -> None:
    bright = torch.ones(2, 3, 64, 64)
    assert torch.equal(second_look(1.02 * bright), second_look(bright))
    assert torch.equal(second_look(-1.3 * bright), second_look(-bright))
