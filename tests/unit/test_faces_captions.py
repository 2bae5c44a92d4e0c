"""Captions: true, varied, reproducible, grammatical, and silent about what cannot be seen."""

from __future__ import annotations

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancourse.data.faces import (
    HAIR_STYLES,
    HAT_STYLES,
    TABLE,
    Factors,
    caption,
    caption_words,
    contradicts,
    describe,
    masks,
    matches,
    sample_factors,
    vary,
    vocabulary,
)  # fmt: skip
from gancourse.data.faces.canvas import PARTS
from gancourse.data.faces.captions import CLAIMS, TOPIC_WEIGHTS, TOPICS
from gancourse.data.faces.people import plain_person

few = settings(deadline=None, max_examples=4)
seeds = st.integers(0, 2**40)
FORBIDDEN = {"man", "woman", "men", "women", "boy", "girl", "he", "she", "his", "her", "him", "male", "female", "lady",
             "guy", "gentleman", "attractive", "beautiful", "pretty", "handsome", "ugly", "asian", "african",
             "european", "caucasian", "hispanic", "ethnic", "old", "elderly", "fat", "hijab"}  # fmt: skip


def corners(seed: int, n: int = 40) -> Factors:
    """Faces from the corners of the table, where things hide each other that samples keep apart."""
    g = torch.Generator().manual_seed(seed % 2**31)

    def draw(f) -> torch.Tensor:
        u = torch.rand(n, generator=g) * (f.high - f.low) + f.low
        ends = torch.where(torch.rand(n, generator=g) < 0.5, f.low, f.high)
        return u.round() if f.prior in ("flag", "choice") else torch.where(torch.rand(n, generator=g) < 0.5, ends, u)

    return Factors({f.name: draw(f) for f in TABLE})


def person(**factors: float) -> Factors:
    one = plain_person()
    for name, value in factors.items():
        one = vary(one, name, [value])
    return one


def style(name: str) -> float:
    return float(HAIR_STYLES.index(name))


@pytest.mark.slow
@few
@given(seeds, st.integers(0, 2**40))
def test_a_caption_is_true(face_seed: int, seed: int) -> None:
    for faces in (sample_factors(40, face_seed), corners(face_seed)):
        for i, each in enumerate(describe(faces, seed)):
            one = faces.rows(slice(i, i + 1))
            assert matches(each.facts, one).all(), each
            assert not contradicts(each.facts, one).any(), each


@few
@given(seeds)
def test_nothing_is_true_and_false_at_once(seed: int) -> None:
    for faces in (sample_factors(100, seed), corners(seed, 100)):
        for attribute, claims in CLAIMS.items():
            for value in claims:
                facts = {attribute: value}
                assert not (matches(facts, faces) & contradicts(facts, faces)).any(), facts


@few
@given(seeds, st.integers(0, 2**40), st.integers(0, 29))
def test_a_caption_depends_on_the_seed_and_the_face_alone(face_seed: int, seed: int, i: int) -> None:
    faces = sample_factors(30, face_seed)
    together = describe(faces, seed)
    assert describe(faces.rows(slice(i, i + 1)), seed) == together[i : i + 1]
    backward = torch.arange(29, -1, -1)
    assert describe(faces.rows(backward), seed) == together[::-1]


@pytest.mark.slow
def test_the_wording_varies() -> None:
    one = sample_factors(1, seed=5)
    assert len({caption(one, seed)[0] for seed in range(200)}) >= 40
    # The same facts, too, come in many words.
    by_facts: dict[frozenset, set[str]] = {}
    walls = vary(one, "background_spot", torch.linspace(0, 1, 5000))
    for each in describe(walls):
        by_facts.setdefault(frozenset(each.facts.items()), set()).add(each.text)
    assert max(map(len, by_facts.values())) >= 24


def test_grammar_and_words() -> None:
    known, said = set(vocabulary()), set()
    assert vocabulary() == sorted(known) and not known & FORBIDDEN
    for each in describe(sample_factors(4000, seed=2), seed=9) + describe(corners(1, 4000)):
        text = each.text
        assert re.fullmatch(r"[A-Z][a-z, -]*[a-z]\.", text), text
        assert "  " not in text and " ," not in text and ",," not in text, text
        for article, following in re.findall(r"\b(an?) (\w)", text.lower()):
            assert (article == "an") == (following in "aeiou"), text
        for a, b in zip(caption_words(text), caption_words(text)[1:], strict=False):
            assert a != b, text
        assert "hair hair" not in text and len(caption_words(text)) <= 45
        said |= set(caption_words(text))
    assert said <= known
    assert len(known - said) <= 3, f"words that never occur: {known - said}"


def test_every_claim_is_made() -> None:
    made = {fact for each in describe(sample_factors(8000, seed=4)) for fact in each.facts.items()}
    there = {(attribute, value) for attribute, claims in CLAIMS.items() for value in claims}
    assert there - made <= {("hair color", "white")}, "only white hair is rare"
    assert set(TOPIC_WEIGHTS) <= set(TOPICS)


@pytest.mark.slow
def test_what_cannot_be_seen_is_not_said() -> None:
    hidden = {
        "scarf": (
            person(hair_style=style("covered"), earrings=1.0),
            ("hair length", "hair style", "hair color", "earrings"),
        ),
        "bald": (person(bald=1.0), ("hair length", "hair style", "hair color", "fringe")),
        "beanie": (person(hat=1.0, fringe=1.0), ("hair length", "hair style", "hair color", "fringe", "bald")),
        "dark": (person(glasses=1.0, shades=1.0, eye_open=1.0), ("eyes", "eye color")),
        "ears": (person(hair_length=1.0, earrings=1.0), ("earrings",)),
    }
    for why, (one, silent) in hidden.items():
        said = {name for seed in range(25) for name in describe(one, seed)[0].facts}
        assert not said & set(silent), why
    for facts in ({"hair color": "brown"}, {"hair style": "straight"}, {"bald": "yes"}):
        assert contradicts(facts, person(hair_style=style("covered"))).all(), "a scarf shows no hair and no bald head"


@pytest.mark.parametrize(
    ("facts", "factors", "holds", "fails"),
    [
        ({"expression": "smiling"}, {"smile": 0.8}, True, False),
        ({"expression": "smiling"}, {"smile": 0.35}, False, False),
        ({"expression": "smiling"}, {"smile": -0.5}, False, True),
        ({"expression": "laughing"}, {"smile": 0.9, "mouth_open": 0.8}, True, False),
        ({"hat": "any"}, {"hat": 1.0, "hat_style": float(HAT_STYLES.index("cap"))}, True, False),
        ({"hat": "beanie"}, {"hat": 1.0, "hat_style": float(HAT_STYLES.index("cap"))}, False, True),
        ({"hat": "none"}, {"hat": 0.0}, True, False),
        ({"glasses": "clear"}, {"glasses": 1.0, "shades": 1.0}, False, False),
        ({"glasses": "dark"}, {"glasses": 1.0}, False, True),
        ({"hair color": "gray"}, {"age": 0.8, "hair_color": 0.1}, True, False),
        ({"hair color": "black"}, {"age": 0.9, "hair_color": 0.1}, False, True),
        ({"hair style": "curly"}, {"hair_style": 2.0}, True, False),
        ({"hair style": "curly"}, {"bald": 1.0}, False, True),
        ({"turn": "left"}, {"yaw": -0.8}, True, False),
        ({"turn": "left", "beard": "full"}, {"yaw": -0.8}, False, True),
        ({"mustache": "yes"}, {"beard": 0.9}, False, False),
        ({}, {}, True, False),
    ],
)
def test_facts_are_judged(facts: dict[str, str], factors: dict[str, float], holds: bool, fails: bool) -> None:
    one = person(**factors)
    assert (bool(matches(facts, one)), bool(contradicts(facts, one))) == (holds, fails)


def test_unknown_facts_are_named() -> None:
    with pytest.raises(ValueError, match="no fact hat: 'crown'"):
        matches({"hat": "crown"}, plain_person())


def test_captions_agree_with_the_picture() -> None:
    faces = sample_factors(200, seed=6)
    shown = masks(faces, 32).flatten(2).sum(2)  # how many pixels each part has
    for fact, part, at_least in (
        (("hat", "any"), "hat", 15), (("scarf", "yes"), "scarf", 50), (("glasses", "clear"), "glasses", 4),
        (("beard", "full"), "beard", 10), (("hair style", "curly"), "hair", 30), (("hair color", "brown"), "hair", 10),
    ):  # fmt: skip
        pixels = shown[matches(dict([fact]), faces), PARTS.index(part)]
        assert len(pixels) > 3 and pixels.min() > at_least, fact
    assert shown[matches({"bald": "yes"}, faces), PARTS.index("hair")].max() < 4
    assert shown[matches({"hat": "none"}, faces), PARTS.index("hat")].max() == 0


def test_most_other_faces_contradict_a_caption() -> None:
    faces = sample_factors(400, seed=8)
    share = torch.stack([contradicts(each.facts, faces).float().mean() for each in describe(faces.rows(slice(0, 60)))])
    assert share.mean() > 0.7, "mismatched pairs should be easy to find"
