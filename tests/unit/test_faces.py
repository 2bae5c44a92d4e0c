"""The face renderer: reproducible, the same at every size, and each factor changes what it should."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancourse.data import faces
from gancourse.data.faces import (
    HAIR_STYLES,
    HAT_STYLES,
    PARTS,
    TABLE,
    Factors,
    masks,
    render,
    sample_factors,
    sample_images,
    vary,
)
from gancourse.data.faces.factors import NAMES

seeds = st.integers(0, 2**40)
few = settings(deadline=None, max_examples=3)
COVERED = HAIR_STYLES.index("covered")


def person(seed: int = 0, **factors: float) -> Factors:
    """One face that looks straight ahead, with some factors set."""
    one = sample_factors(1, seed)
    plain = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, "shift_x": 0.0, "shift_y": 0.0, "scale": 0.0, "hat": 0.0}
    for name, value in {**plain, "glasses": 0.0, "shades": 0.0, "hair_style": 0.0, "bald": 0.0, **factors}.items():
        one = vary(one, name, [value])
    return one


def changed_rows(a: torch.Tensor, b: torch.Tensor) -> tuple[float, float]:
    """First and last row, as shares of the height, in which two pictures differ."""
    rows = (a.int() - b.int()).abs().amax((0, 1, 3)).nonzero().flatten()
    assert len(rows), "nothing changed"
    return rows[0].item() / a.shape[-2], rows[-1].item() / a.shape[-2]


def test_shapes_and_types() -> None:
    images = sample_images(3, size=32)
    assert images.shape == (3, 3, 32, 32) and images.dtype == torch.uint8
    assert sample_images(0, size=16).shape == (0, 3, 16, 16)
    factors = sample_factors(2)
    for style in ("photo", "sketch", "night", "comic"):
        assert render(factors, 40, style).shape == (2, 3, 40, 40)
    assert render(factors, 40, "labels").shape == (2, 40, 40)
    assert masks(factors, 24).shape == (2, len(PARTS), 24, 24)
    assert len(faces.PALETTE) == len(PARTS)


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="style should be one of"):
        render(sample_factors(1), style="oil")
    with pytest.raises(ValueError, match=r"smile should lie in \[-1, 1\]"):
        vary(sample_factors(1), "smile", [2.0])
    with pytest.raises(ValueError, match="missing"):
        Factors({"age": torch.zeros(1)})
    with pytest.raises(ValueError, match="at least 8 pixels"):
        sample_images(1, size=4)


@few
@given(seeds, st.integers(1, 40), st.integers(0, 39))
def test_an_image_does_not_depend_on_its_batch(seed: int, n: int, start: int) -> None:
    factors, later = sample_factors(n + start, seed), sample_factors(n, seed, start)
    for name, value in later.items():
        assert torch.equal(factors[name][start:], value), name
    alone = render(later.rows(slice(n - 1, n)), 32).int()
    assert (render(later, 32)[-1:].int() - alone).abs().max() <= 1


def test_chunks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample_images(9, 32, seed=4)
    monkeypatch.setitem(render.__globals__, "CHUNK_PIXELS", 5 * 32 * 32)
    assert (sample_images(9, 32, seed=4).int() - whole.int()).abs().max() <= 1


def test_seeds_differ_and_repeat() -> None:
    assert torch.equal(sample_images(4, 16, seed=1), sample_images(4, 16, seed=1))
    assert not torch.equal(sample_images(4, 16, seed=1), sample_images(4, 16, seed=2))
    many = torch.stack([sample_factors(50, seed)["skin"] for seed in range(40)]).flatten()
    assert len(many.unique()) > 1990, "neighboring seeds share faces"


def test_priors() -> None:
    factors = sample_factors(20_000, seed=7)
    for factor in TABLE:
        value = factors[factor.name]
        assert factor.low <= value.min() and value.max() <= factor.high, factor.name
        if factor.prior == "uniform":
            assert abs(value.mean() - 0.5) < 0.02, factor.name
    assert abs(factors["age"].mean() - 0.4) < 0.01  # Beta(2, 3)
    assert (factors["age"] > 0.85).float().mean() < 0.02, "white hair should be rare"
    styles = factors["hair_style"].long().bincount(minlength=7) / 20_000
    assert torch.allclose(styles, torch.tensor(faces.factors.BY_NAME["hair_style"].weights), atol=0.015)


def strongest(factors: Factors, names: list[str]) -> float:
    """The largest correlation between any two of the factors, or between how far they are from their means."""
    table = torch.stack([factors[name] for name in names])
    far = (table - table.mean(1, keepdim=True)).abs()
    return max(float(torch.corrcoef(each).fill_diagonal_(0).abs().max()) for each in (table, far))


def test_factors_vary_on_their_own_where_nothing_excludes_them() -> None:
    factors = sample_factors(20_000, seed=7)
    free = [factor.name for factor in TABLE if not factor.depends]
    assert len(free) == len(TABLE) - 5
    assert strongest(factors, free) < 0.04, "over all faces"
    uncovered = factors.rows(factors["hair_style"] != COVERED)
    assert strongest(uncovered, [name for name in NAMES if name != "shades"]) < 0.04, "where there is no scarf"
    behind = uncovered.rows(uncovered["glasses"] > 0)
    assert strongest(behind, [name for name in NAMES if name != "glasses"]) < 0.08, "where there are lenses"


def test_the_table_says_what_excludes_what(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = sample_factors(20_000, seed=8)
    monkeypatch.setattr(faces.factors, "_settle", lambda values: values)
    drawn = sample_factors(20_000, seed=8)
    for factor in TABLE:
        excluded = factors[factor.name] != drawn[factor.name]
        assert (factors[factor.name][excluded] == 0).all(), factor.name
        assert bool(excluded.any()) == bool(factor.depends), factor.name
        for name in factor.depends:
            # What excludes is one value of the other factor, and it always does.
            value = factors[name][excluded].unique()
            assert len(value) == 1 and (factors[factor.name][factors[name] == value] == 0).all(), factor.name
    covered = factors.rows(factors["hair_style"] == COVERED)
    assert covered.n > 1500
    assert all((covered[name] == 0).all() for name in ("beard", "mustache", "hat", "bald"))
    for name in ("beard", "mustache", "hat", "bald"):
        share = (factors[name][factors["hair_style"] != COVERED] > 0).float().mean()
        assert abs(share - faces.factors.BY_NAME[name].chance) < 0.015, name


def test_most_people_look_friendly_or_neutral() -> None:
    factors = sample_factors(20_000, seed=9)

    def share(name: str, low: float, high: float) -> float:
        return float(((factors[name] >= low) & (factors[name] <= high)).float().mean())

    assert share("smile", -0.25, 0.9) > 0.85
    assert 0.45 < share("smile", 0.3, 0.9) < 0.6 and 0.3 < share("smile", -0.25, 0.3) < 0.45
    assert share("smile", -1, -0.35) < 0.08 and share("smile", 0.95, 1) < 0.05
    assert 0.5 < share("mouth_open", 0, 0) < 0.6 and share("mouth_open", 0.6, 1) < 0.18
    assert share("eye_open", 0, 0.15) < 0.06 and share("eye_open", 0.85, 1) < 0.06
    assert share("brow_tilt", -0.6, 0.6) > 0.93
    # The tails live: each tenth of a range occurs often enough to be learned.
    for name, start in (("smile", -1.0), ("mouth_open", 0.25), ("eye_open", 0.0)):
        edges = torch.linspace(start, 1, 11)
        least = min(share(name, float(a), float(b)) for a, b in itertools.pairwise(edges))
        assert least > 0.008, name


@few
@given(seeds)
def test_every_face_can_be_drawn(seed: int) -> None:
    factors = sample_factors(6, seed)
    pictures = render.__globals__["_compose"](factors, 24, lines=True, parts=True).pictures
    # Strong light may take a color a little beyond white; it is clipped when the picture is made.
    for name, picture in pictures.items():
        assert picture.isfinite().all()
        assert picture.min() >= -1e-4 and picture.max() <= (1.3 if name == "rgb" else 1 + 1e-4)


@few
@given(seeds)
def test_the_corners_of_the_table_can_be_drawn(seed: int) -> None:
    ends = torch.randint(2, (len(TABLE), 4), generator=torch.Generator().manual_seed(seed % 2**31))
    corner = Factors({f.name: torch.where(ends[k] > 0, f.high, f.low).float() for k, f in enumerate(TABLE)})
    spread = render(corner, 32).float().std((1, 2, 3))
    assert (spread > 5).all()


@few
@given(seeds)
def test_labels_agree_with_masks(seed: int) -> None:
    factors = sample_factors(4, seed)
    soft, labels = masks(factors, 32), render(factors, 32, "labels")
    torch.testing.assert_close(soft.sum(1), torch.ones(4, 32, 32), atol=1e-3, rtol=0)
    assert (soft.argmax(1) == labels).all()
    assert (labels == PARTS.index("skin")).flatten(1).sum(1).min() > 20


def test_the_same_scene_at_another_size() -> None:
    factors = sample_factors(24, seed=11)
    large = torch.nn.functional.avg_pool2d(render(factors, 128).float(), 4)
    difference = (large - render(factors, 32).float()).abs()
    assert difference.mean() < 4, "gray levels of 255, on average"
    assert difference.flatten(1).mean(1).max() < 9


@few
@given(seeds)
def test_glasses_change_only_the_eyes_band(seed: int) -> None:
    one = person(seed)
    first, last = changed_rows(render(one, 64), render(vary(one, "glasses", [1.0]), 64))
    assert first > 0.34 and last < 0.66


@few
@given(seeds)
def test_a_smile_changes_only_the_lower_face(seed: int) -> None:
    one = vary(person(seed), "smile", [-0.8])
    first, last = changed_rows(render(one, 64), render(vary(one, "smile", [1.0]), 64))
    assert first > 0.5 and last < 0.98


@few
@given(seeds)
def test_eyes_open_in_their_place(seed: int) -> None:
    one = person(seed, eye_open=0.0)
    first, last = changed_rows(render(one, 64), render(vary(one, "eye_open", [1.0]), 64))
    assert first > 0.3 and last < 0.66


@few
@given(seeds)
def test_the_wall_leaves_the_face_alone(seed: int) -> None:
    one = person(seed)
    a, b = (render(vary(one, "background_hue", [hue]), 48).int() for hue in (0.1, 0.6))
    face = masks(one, 48)[0, 0] < 1e-3
    assert (a - b).abs()[0, :, face].max() <= 1


@pytest.mark.parametrize("factor", [f for f in TABLE if f.readable], ids=lambda f: f.name)
def test_what_serves_as_a_label_can_be_seen_at_32_pixels(factor: faces.Factor) -> None:
    one = person(3, glasses=float(factor.name == "shades"), hair_length=0.5)
    a, b = (render(vary(one, factor.name, [end]), 32).int() for end in (factor.low, factor.high))
    assert ((a - b).abs().amax(1) > 24).sum() >= 4, f"{factor.name} changes too little"


@pytest.mark.parametrize("name", ["lips", "jaw", "nose", "face_width", "brows"])
def test_features_of_a_person_can_be_seen_at_64_pixels(name: str) -> None:
    one = person(3, bald=1.0, mouth_open=0.0, smile=0.2, beard=0.0, mustache=0.0, age=0.2, fringe=0.0)
    a, b = (render(vary(one, name, [end]), 64).int() for end in (faces.factors.BY_NAME[name].low, 1.0))
    assert ((a - b).abs().amax(1) > 24).sum() >= 10, f"{name} changes too little"


@pytest.mark.parametrize("style", range(6))
def test_the_length_of_hair_shows_even_under_a_hat(style: int) -> None:
    for hat in (0.0, 1.0):
        one = person(12, hat=hat, hair_style=float(style))
        a, b = (render(vary(one, "hair_length", [end]), 32).int() for end in (0.0, 1.0))
        assert ((a - b).abs().amax(1) > 24).sum() >= 6


def test_ink_draws_strands_where_pixels_can_show_them() -> None:
    hair = PARTS.index("hair")
    for style in range(6):
        one = person(3, hair_style=float(style), hair_length=0.7)
        inked = render(one, 128, "sketch")[0, 0][render(one, 128, "labels")[0] == hair] < 128
        assert 0.02 < inked.float().mean() < 0.6


def test_a_turned_head_keeps_its_mouth() -> None:
    for yaw in (-1.0, 1.0):
        labels = render(person(5, yaw=yaw, smile=1.0, beard=0.0, mustache=0.0, hair_length=0.0), 96, "labels")[0]
        mouth = (labels == PARTS.index("mouth")).nonzero()
        assert len(mouth) > 40
        for row in mouth[:, 0].unique():
            columns = mouth[mouth[:, 0] == row, 1]
            assert labels[row, columns.min() - 1] == PARTS.index("skin")
            assert labels[row, columns.max() + 1] == PARTS.index("skin")


def test_a_hat_covers_the_hair() -> None:
    for style in range(6):
        labels = render(person(2, hat=1.0, hair_style=float(style), hair_length=1.0, hair_volume=1.0), 64, "labels")[0]
        hat = (labels == PARTS.index("hat")).nonzero()
        hair = (labels == PARTS.index("hair")).nonzero()
        assert not len(hair) or hair[:, 0].min() > hat[:, 0].min() + 10


def test_hats_and_bangs_spare_the_eyes() -> None:
    bare = person(3, eye_open=0.6, fringe=0.0, hair_length=0.2, age=0.2)
    shown = masks(bare, 128)[0, PARTS.index("eyes")] > 0.99
    before = render(bare, 128)[0, :, shown].int()
    above = [vary(vary(bare, "hat", [1.0]), "hat_style", [float(kind)]) for kind in range(len(HAT_STYLES))]
    for one in (*above, vary(bare, "fringe", [1.0])):
        assert (render(one, 128)[0, :, shown].int() - before).abs().float().mean() < 2


def test_an_open_mouth_bares_its_teeth_in_a_smile_only() -> None:
    bright = []
    for smile in (-0.8, 0.0, 0.8):
        one = person(3, smile=smile, mouth_open=0.7, beard=0.0, mustache=0.0, lip_color=0.0, skin=0.3, age=0.2)
        mouth = render(one, 128, "labels")[0] == PARTS.index("mouth")
        bright.append(int((render(one, 128)[0, :, mouth].amin(0) > 185).sum()))
    assert bright[0] * 2 < bright[1] < bright[2]


@pytest.mark.parametrize("age", [0.2, 0.9])
def test_a_face_at_rest_does_not_frown(age: float) -> None:
    """The mouth's corners stand no lower than its middle, and the brows' inner ends no lower than their outer ones."""
    one = person(3, age=age, smile=0.0, mouth_open=0.0, brow_tilt=0.0, beard=0.0, mustache=0.0, bald=1.0, lips=0.5)
    labels = render(one, 128, "labels")[0]
    rows, columns = (labels == PARTS.index("mouth")).nonzero().unbind(1)
    ends = torch.cat([rows[columns <= columns.min() + 2], rows[columns >= columns.max() - 2]]).float().mean()
    assert ends <= rows.float().mean() + 1
    rows, columns = (labels == PARTS.index("brows")).nonzero().unbind(1)
    middle = columns.float().mean()
    for side in (columns < middle, columns > middle):
        x = (columns[side] - middle).abs()
        inner, outer = (rows[side][x <= x.min() + 2], rows[side][x >= x.max() - 2])
        assert inner.float().mean() <= outer.float().mean()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_cpu_and_gpu_agree() -> None:
    cpu, gpu = sample_images(64, 64, seed=2), sample_images(64, 64, seed=2, device="cuda").cpu()
    assert (cpu.int() - gpu.int()).abs().max() <= 1
