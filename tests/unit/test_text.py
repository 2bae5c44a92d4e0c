"""Lesson 12's networks, games and measures: sentences, three kinds of pair, two stages, what is obeyed."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from gancourse import data
from gancourse.data.celeba_captions import captions_from
from gancourse.data.images import Images, to_unit
from gancourse.errors import CourseError
from gancourse.games import Batch
from gancourse.games.text import Matching, MatchingAware, StyleReading, matching_loss, mismatched_captions, spread_loss
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.models.text import (
    PAD_WORD,
    UNKNOWN_WORD,
    Augmentation,
    PictureEncoder,
    StageTwo,
    StyleEncoder,
    TextDiscriminator,
    TextEncoder,
    TextGenerator,
)
from gancourse.training import telling
from gancourse.training.telling import NAMED_FACTS

WORDS = [PAD_WORD, UNKNOWN_WORD, "a", "glasses", "hat", "no", "person", "with"]
TEXT = 8


def encoder(seed: int = 0) -> TextEncoder:
    torch.manual_seed(seed)
    return TextEncoder(WORDS, TEXT, 5).eval()


def told_batch(n: int = 6, side: int = 8, seed: int = 0) -> Batch:
    """Pictures with two captions each, of four claims; every picture has a caption that does not fit it."""
    random = torch.Generator().manual_seed(seed)
    claims = torch.eye(4).repeat(2, 1)[:n]
    said = torch.stack([claims, claims.roll(0, 1)], 1)
    text = torch.randn(n, 2, TEXT, generator=random)
    return Batch(
        2 * torch.rand(n, 3, side, side, generator=random) - 1, {"text": text, "said": said, "false": 1 - claims}
    )


# --- sentences ------------------------------------------------------------------------------------


def test_a_sentence_means_the_same_alone_and_in_company() -> None:
    T = encoder()
    long = "A person with no hat with no glasses with a hat with no hat with no glasses."
    alone = T.say(["A person with a hat."])
    assert torch.allclose(T.say(["A person with a hat.", long])[:1], alone, atol=1e-6)
    assert torch.allclose(alone.norm(dim=1), torch.tensor([math.sqrt(TEXT)]))


def test_order_counts_and_letters_case_does_not() -> None:
    one, same, other = encoder().say(["No hat, with glasses", "no HAT with glasses!", "No glasses, with hat"])
    assert torch.equal(one, same)
    assert (one - other).abs().max() > 1e-3


def test_unknown_words_are_named_and_count_as_one_word() -> None:
    T = encoder()
    assert T.strange("A zzyzx person with a fez.") == ["zzyzx", "fez"]
    assert torch.equal(T.say(["a fez"]), T.say(["a zzyzx"]))
    assert not torch.allclose(T.say(["a fez"]), T.say(["a"]))


@pytest.mark.parametrize("sentences", [[""], ["", "a hat"], ["…", "12"]])
def test_an_empty_sentence_is_a_finite_vector(sentences: list[str]) -> None:
    T = encoder()
    found = T.say(sentences)
    assert found.shape == (len(sentences), TEXT)
    assert found.isfinite().all()
    assert torch.allclose(found[0], T.say([""])[0], atol=1e-6)


def test_words_are_numbered_from_the_left_behind_padding_and_the_unknown() -> None:
    numbers, there = encoder().numbers(["a hat", "a person with a hat"])
    assert numbers.tolist() == [[2, 4, 0, 0, 0], [2, 6, 7, 2, 4]]
    assert there.sum(1).tolist() == [2, 5]


def test_all_words_are_sorted_behind_the_two_marks() -> None:
    assert telling.all_words(["A hat.", "no chin-length hat"]) == [PAD_WORD, UNKNOWN_WORD, "a", "chin-length", "hat",
                                                                 "no"]  # fmt: skip


# --- networks -------------------------------------------------------------------------------------


def test_networks_have_their_shapes_and_ranges() -> None:
    torch.manual_seed(0)
    z, t = torch.randn(3, 5), torch.randn(3, TEXT)
    small = TextGenerator(8, TEXT, 4, 5, 6)(z, t)
    large = StageTwo(TEXT, 4, 12, 1)(small, t)
    assert small.shape == (3, 3, 8, 8)
    assert large.shape == (3, 3, 16, 16)
    assert small.detach().abs().max() <= 1
    assert large.detach().abs().max() <= 1
    assert TextDiscriminator(8, TEXT, 4, 6)(small, t).shape == (3, 1)
    assert TextDiscriminator(8, TEXT, 4, 6, reads=True)(small, t).shape == (3, 1 + TEXT)
    assert PictureEncoder(8, TEXT, 6)(small).norm(dim=1).allclose(torch.full((3,), math.sqrt(TEXT)))
    assert StyleEncoder(8, 7, 6)(small).shape == (3, 7)


def test_a_second_stage_begins_as_an_enlargement_and_is_told() -> None:
    torch.manual_seed(0)
    G, small, t = StageTwo(TEXT, 4, 12, 1).eval(), 1.6 * torch.rand(2, 3, 8, 8) - 0.8, torch.randn(2, TEXT)
    enlarged = F.interpolate(small, scale_factor=2, mode="bilinear")
    assert torch.allclose(G(small, t), enlarged, atol=1e-5)
    torch.nn.init.normal_(list(G.up.parameters())[-2])
    eps = torch.zeros(2, 4)
    assert not torch.allclose(G(small, t, eps), G(small, -t, eps), atol=1e-4)


def test_a_discriminator_hears_the_text_and_sees_the_picture() -> None:
    torch.manual_seed(0)
    D, x, t = TextDiscriminator(8, TEXT, 4, 6).eval(), torch.rand(2, 3, 8, 8), torch.randn(2, TEXT)
    for p in D.parameters():  # DCGAN's first weights are so small that no difference is seen
        p.data *= 10
    assert not torch.allclose(D(x, t), D(x, -t))
    assert not torch.allclose(D(x, t), D(-x, t))


@pytest.mark.parametrize("made", [lambda: TextGenerator(8, TEXT, 4, 5, 6), lambda: StageTwo(TEXT, 4, 12, 1)])
def test_a_text_of_another_length_is_told_in_words(made) -> None:
    net = made()
    given = torch.randn(2, 5) if isinstance(net, TextGenerator) else torch.rand(2, 3, 8, 8)
    with pytest.raises(CourseError, match=re.escape("should have shape (2, 8); it is (2, 9).")):
        net(given, torch.randn(2, TEXT + 1))


def test_augmentation_draws_around_what_the_text_means() -> None:
    torch.manual_seed(0)
    augment, t = Augmentation(TEXT, 3), torch.randn(1, TEXT).expand(20_000, -1)
    c, mu, log_var = augment(t)
    assert torch.allclose(c.mean(0), mu[0], atol=0.06)
    assert torch.allclose(c.std(0), (0.5 * log_var[0]).exp(), rtol=0.05)
    assert torch.equal(augment(t[:2], torch.zeros(2, 3))[0], mu[:2])


def test_the_spread_loss_is_the_kl_of_torch_distributions() -> None:
    torch.manual_seed(0)
    mu, log_var = torch.randn(5, 3), torch.randn(5, 3)
    bell = torch.distributions.Normal(mu, (0.5 * log_var).exp())
    want = torch.distributions.kl_divergence(bell, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    assert torch.allclose(spread_loss(mu, log_var), want)


# --- pairs ----------------------------------------------------------------------------------------


def test_a_caption_fits_if_it_says_nothing_false() -> None:
    said = torch.tensor([[1, 0, 0], [0, 1, 0], [1, 1, 0]])
    false = torch.tensor([[0, 1, 0], [0, 0, 0], [1, 0, 1]])
    random = torch.Generator().manual_seed(0)
    drawn = torch.stack([mismatched_captions(said, false, random) for _ in range(400)])
    assert set(drawn[:, 0].tolist()) == {1, 2}
    assert set(drawn[:, 1].tolist()) == {-1}
    assert set(drawn[:, 2].tolist()) == {0, 2}
    assert abs(float((drawn[:, 0] == 1).float().mean()) - 0.5) < 0.12


def test_matching_counts_only_captions_that_are_false() -> None:
    torch.manual_seed(0)
    x, t = torch.randn(3, TEXT), torch.randn(3, TEXT)
    said, nothing = torch.eye(3), torch.zeros(3, 3)
    assert float(matching_loss(x, t, said, nothing)) == pytest.approx(0, abs=1e-6)  # nobody to be taken for
    alike = F.cosine_similarity(x[:, None], t[None], dim=2) / 0.1
    want = (F.cross_entropy(alike, torch.arange(3)) + F.cross_entropy(alike.T, torch.arange(3))) / 2
    assert torch.allclose(matching_loss(x, t, said, 1 - said), want, atol=1e-5)


class Weighed(TextDiscriminator):
    """A discriminator whose logit is known: the sum of a picture times the sum of a text."""

    def __init__(self) -> None:
        super().__init__(8, TEXT, 4, 6)
        self.net.features = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Unflatten(1, (-1, 1, 1)))

    def judged(self, maps: Tensor, t: Tensor) -> Tensor:
        return maps.flatten(1).mean(1, keepdim=True) * t.sum(1, keepdim=True)


@pytest.mark.parametrize("wrong", [True, False])
def test_d_sees_three_kinds_of_pair_and_g_its_own(wrong: bool) -> None:
    """The losses of algorithm 1, one after the other, from logits that can be worked out."""
    torch.manual_seed(0)
    batch = told_batch()
    G, D = TextGenerator(8, TEXT, 4, 5, 6).eval(), Weighed()
    game = MatchingAware(G, D, wrong=wrong)
    game.random = torch.Generator().manual_seed(3)
    seen: list[tuple[Tensor, Tensor]] = []
    judged = D.judged
    D.judged = lambda maps, t: (seen.append((maps, t)), judged(maps, t))[1]  # type: ignore[method-assign]
    turns = game.play(batch)
    who, d_loss = next(turns)
    assert who == "D"
    assert len(seen) == 2 + wrong
    (real, t), (fake, asked) = seen[:2]
    assert torch.equal(t, asked)
    assert torch.equal(real.flatten(1), batch.pixels.flatten(1))
    logits = [judged(maps, words).flatten() for maps, words in seen]
    want = F.binary_cross_entropy_with_logits(logits[0], torch.full((6,), 0.9))
    if wrong:
        shown, told = seen[2]
        assert torch.equal(shown, real)  # real pictures, all of which have a caption that does not fit
        own = [int((batch["text"] == words).all(2).nonzero()[0, 0]) for words in told]
        assert all(k % 4 != i % 4 for i, k in enumerate(own))
        want = want + (F.softplus(logits[1]).mean() + F.softplus(logits[2]).mean()) / 2
    else:
        want = want + F.softplus(logits[1]).mean()
    assert torch.allclose(d_loss, want)
    assert not fake.requires_grad
    who, g_loss = next(turns)
    assert who == "G"
    assert torch.allclose(g_loss, F.softplus(-judged(seen[-1][0], t)).mean())
    assert torch.equal(seen[-1][0], fake)
    g_loss.backward()
    assert all(p.grad is not None for p in G.net.parameters())


def test_a_second_stage_plays_on_a_first_that_rests() -> None:
    torch.manual_seed(0)
    first = TextGenerator(8, TEXT, 4, 5, 6).eval()
    game = MatchingAware(StageTwo(TEXT, 4, 12, 1), TextDiscriminator(16, TEXT, 4, 6), first, near=1.0, spread=0.1)
    game.random = torch.Generator().manual_seed(0)
    assert set(game.nets) == {"G", "D"}
    for _, loss in game.play(told_batch(side=16)):
        loss.backward()
    assert all(p.grad is None for p in first.parameters())
    assert all(p.grad is not None for p in game.G.parameters())


def test_a_batch_without_a_caption_that_does_not_fit_is_played_all_the_same() -> None:
    torch.manual_seed(0)
    batch = told_batch(2)
    nothing_false = Batch(batch.pixels, {**batch.named, "false": torch.zeros(2, 4)})
    for some in (told_batch(1), nothing_false):
        game = MatchingAware(TextGenerator(8, TEXT, 4, 5, 6), TextDiscriminator(8, TEXT, 4, 6))
        (_, d_loss), (_, g_loss) = game.play(some)
        assert game.reported["d_wrong"] == 0
        assert d_loss.isfinite() and g_loss.isfinite()
        gradients = torch.autograd.grad(d_loss, list(game.D.parameters()), allow_unused=True)
        assert all(one.isfinite().all() for one in gradients if one is not None)


class Draws(TorchFunctionMode):
    """Notes on which device random numbers are drawn with a generator: without `device` torch wants one of the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if (kwargs or {}).get("generator") is not None:
            self.said.append(kwargs.get("device"))
        return func(*args, **(kwargs or {}))


def test_games_of_text_draw_where_their_networks_are() -> None:
    torch.manual_seed(0)
    G, D, batch = TextGenerator(8, TEXT, 4, 5, 6), TextDiscriminator(8, TEXT, 4, 6), told_batch()
    for game in (MatchingAware(G, D, between=0.5), StyleReading(StyleEncoder(8, 9, 6), G)):
        game.random = torch.Generator().manual_seed(0)
        with Draws() as draws:
            list(game.play(batch))
        assert len(draws.said) >= 2
        assert set(draws.said) == {torch.device("cpu")}


def test_who_rests_comes_along_to_another_device() -> None:
    first = TextGenerator(8, TEXT, 4, 5, 6)
    games = (
        MatchingAware(StageTwo(TEXT, 4, 12, 1), TextDiscriminator(16, TEXT, 4, 6), first, wrong=False),
        StyleReading(StyleEncoder(8, 9, 6), first),
    )
    for game in games:
        for net in game.nets.values():
            net.to("meta")
        batch = told_batch(side=16)
        there = Batch(batch.pixels.to("meta"), {name: value.to("meta") for name, value in batch.named.items()})
        assert {loss.device.type for _, loss in game.play(there)} == {"meta"}
        assert {p.device.type for p in first.parameters()} == {"cpu"}, "the caller's own stays where it is"


def test_sentences_are_said_where_the_network_lies_and_none_are_no_vectors() -> None:
    assert encoder().say([]).shape == (0, TEXT)
    assert encoder().to("meta").say(["a hat", ""]).device.type == "meta"


def test_matching_teaches_both_and_no_padding() -> None:
    torch.manual_seed(0)
    T, P, batch = TextEncoder(WORDS, TEXT, 5), PictureEncoder(8, TEXT, 6), told_batch()
    numbers, there = T.numbers(["a hat", "no hat", "a person", "with glasses", "no glasses", "a person with a hat"])
    told = {"numbers": torch.stack([numbers] * 2, 1), "there": torch.stack([there] * 2, 1)}
    ((who, loss),) = Matching(T, P).play(Batch(batch.pixels, {"said": batch["said"], "false": batch["false"], **told}))
    loss.backward()
    assert who == "T P"
    assert P.reading.weight.grad is not None
    assert T.embed.weight.grad is not None
    assert not T.embed.weight.grad[0].any()


def test_style_is_found_from_pictures_of_a_generator_that_rests() -> None:
    torch.manual_seed(0)
    G, S = TextGenerator(8, TEXT, 4, 5, 6).eval(), StyleEncoder(8, 9, 6)
    game = StyleReading(S, G)
    game.random = torch.Generator().manual_seed(0)
    assert set(game.nets) == {"S"}
    ((who, loss),) = game.play(told_batch())
    loss.backward()
    assert who == "S"
    assert all(p.grad is None for p in G.parameters())
    assert S.out.weight.grad is not None


# --- what is obeyed -------------------------------------------------------------------------------


def test_what_captions_say_is_never_clearly_false_of_their_faces() -> None:
    faces = telling.told_faces(8, "train_seen", 60, 2)
    said, false = faces.attributes["said"], faces.attributes["false"]
    assert said.shape == (60, 2, len(NAMED_FACTS))
    assert said.sum(2).min() >= 1
    assert not (said & false[:, None]).any()
    assert false.any(1).all()


def test_what_is_read_in_true_pictures_is_what_was_said() -> None:
    """The reader on real faces is the ceiling of `obeyed`, and other faces of the same captions are the floor."""
    faces = telling.told_faces(64, "test_seen", 120, 1)
    heard = telling.obeyed(to_unit(faces.pixels), faces.attributes["said"][:, 0])
    assert heard.own["all"] > 0.93
    assert heard.others["all"] < heard.own["all"] - 0.3
    assert sum(count for name, count in heard.count.items() if name != "all") == heard.count["all"]


def test_stages_draw_the_same_for_the_same_seed_and_in_parts() -> None:
    torch.manual_seed(0)
    first, second = TextGenerator(8, TEXT, 4, 5, 6).eval(), StageTwo(TEXT, 4, 12, 1).eval()
    t = torch.randn(130, TEXT)
    small, large = telling.drawn_by_stages(first, t, second, seed=4)
    assert small.shape == (130, 3, 8, 8)
    assert large.shape == (130, 3, 16, 16)
    again = telling.drawn_by_stages(first, t, None, seed=4)
    assert torch.equal(again[0], small)
    assert torch.equal(again[1], small)


@pytest.mark.slow
def test_runs_of_a_few_steps_end_in_a_file_that_can_be_loaded(tmp_path: Path, monkeypatch) -> None:
    """All four runs in small: a file of four networks, whose figures stand beside them."""
    told = {side: telling.told_faces(side, "train_seen", 70, 2) for side in (32, 64)}
    texts = telling.texts_of("train_seen", 70, 2)
    monkeypatch.setattr(telling, "told_faces", lambda size, split="train_seen", n=None, wordings=2: told[size])
    monkeypatch.setattr(telling, "texts_of", lambda split="train_seen", n=None, wordings=2: texts)
    whole = telling.told_figures
    monkeypatch.setattr(telling, "told_figures", lambda nets: whole(nets, n=70))
    path = telling.keep_told(tmp_path, (2, 2, 2, 2))
    nets = store.load(path)
    assert set(nets) == {"T", "G1", "G2", "S"}
    assert {"stage I: all", "stage II: distance", "share of z that is found"} <= set(store.about(path)["reached"])


def test_the_file_that_comes_with_the_course_listens() -> None:
    """Glasses that are asked for are read far more often than glasses that are declined."""
    nets = store.load("text_faces_64")
    with torch.no_grad():
        found = []
        for sentence in ("A person with glasses.", "A person with no glasses."):
            t = nets["T"].say([sentence]).expand(40, -1)
            made = telling.drawn_by_stages(nets["G1"], t, nets["G2"], seed=2)[1]
            claims = telling.read_claims(load_face_reader().read(made))
            found.append(float(claims[:, NAMED_FACTS.index(("glasses", "clear"))].float().mean()))
    assert found[0] > found[1] + 0.4


def test_captions_of_photographs_need_something_that_can_be_said() -> None:
    for given, said in (({}, "given are none"), ({"Young": [True]}, "given are Young")):
        with pytest.raises(CourseError, match=said):
            captions_from(given, 0)
    assert captions_from({"Bald": [False]}, 0)[0] == ["A person."]


def test_photographs_need_no_drawn_faces() -> None:
    """`with_vectors` takes any pictures whose captions are given."""
    pictures = Images(data.load("faces", size=8, attributes=[], n=3).pixels, {"said": torch.ones(3, 1, 2)}, "others")
    told = telling.with_vectors(pictures, [["a hat", "no hat", ""]], encoder())
    assert told.attributes["text"].shape == (3, 1, TEXT)
    assert told.name == "others"
