"""What training may be given: average, replay buffer, feeds; and what makes it fast: forms, and their trial."""

from __future__ import annotations

import logging
from functools import partial

import pytest
import torch
from torch import nn

from gancourse.data.images import Images
from gancourse.data.toys import ring
from gancourse.errors import CourseError
from gancourse.games import Batch, Game, Gan
from gancourse.games.penalties import R1
from gancourse.games.pix2pix import Pix2pix
from gancourse.games.stylegan import StyleBased
from gancourse.games.text import MatchingAware, matching_loss
from gancourse.models.biggan import orthogonal_penalty
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.models.pix2pix import MultiScale, UNet
from gancourse.models.progressive import GrowingDiscriminator
from gancourse.models.stylegan import StyleGenerator
from gancourse.models.text import StageTwo, TextDiscriminator, TextGenerator
from gancourse.training import EMA, Engine, ReplayBuffer
from gancourse.training.feed import Draws, Shuffled, feed_of
from gancourse.training.machine import Machine
from gancourse.training.speed import convolutions
from gancourse.training.speed.form import PLAIN, Form
from gancourse.training.speed.trial import fastest, forms
from gancourse.training.studies import falling, fastest_cpu

# --- The average ---------------------------------------------------------------------------------


def one_weight(value: float) -> nn.Linear:
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, value)
    return net


def test_the_average_follows_its_formula() -> None:
    net, steps = one_weight(1.0), [3.0, -2.0, 5.0]
    ema, by_hand = EMA(net, decay=0.9, warm_up=False), 1.0
    for value in steps:
        nn.init.constant_(net.weight, value)
        ema.update(net)
        by_hand = 0.9 * by_hand + 0.1 * value
    assert ema.model.weight.item() == pytest.approx(by_hand, rel=1e-6)


def test_warming_up_forgets_the_first_weights() -> None:
    net = one_weight(100.0)
    ema, by_hand = EMA(net, decay=0.999), 100.0
    nn.init.constant_(net.weight, 1.0)
    for n in range(60):
        ema.update(net)
        decay = min(0.999, (1 + n) / (10 + n))
        by_hand = decay * by_hand + (1 - decay)
    assert ema.model.weight.item() == pytest.approx(by_hand, rel=1e-4)
    assert ema.model.weight.item() < 1.1


def test_buffers_are_copied_and_the_average_is_a_network_of_its_own() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    ema = EMA(net, decay=0.5, warm_up=False)
    net(torch.randn(8, 2) + 3)
    ema.update(net)
    assert torch.equal(ema.model[1].running_mean, net[1].running_mean)
    assert ema.model[1].num_batches_tracked == 1
    assert not ema.model.training
    assert not any(p.requires_grad for p in ema.model.parameters())
    assert net.training
    ema.model[0].weight.zero_()
    assert net[0].weight.abs().sum() > 0
    with pytest.raises(ValueError, match="decay"):
        EMA(net, decay=1.0)


# --- The replay buffer ---------------------------------------------------------------------------


def test_the_buffer_gives_as_many_as_it_gets_and_old_ones_from_the_second_batch_on() -> None:
    buffer = ReplayBuffer(capacity=100, share=0.5)
    first = torch.arange(8.0).view(8, 1)
    assert torch.equal(buffer.mix(first), first)
    mixed = buffer.mix(first + 100)
    assert mixed.shape == (8, 1)
    old = mixed[mixed < 100]
    assert len(old) == 4
    assert len(old.unique()) == 4, "without repetition"
    assert len(buffer.held) == 16


def test_a_full_buffer_keeps_its_size_and_trades_old_for_fresh() -> None:
    buffer = ReplayBuffer(capacity=16, share=0.5)
    fresh = torch.arange(16.0).view(16, 1)
    buffer.mix(fresh)
    before = set(buffer.held.flatten().tolist())
    mixed = buffer.mix(fresh[:8] + 100)
    given = {x for x in mixed.flatten().tolist() if x < 100}
    after = set(buffer.held.flatten().tolist())
    assert len(after) == 16
    assert len(given) == 4
    assert before - after == given, "those given away left the buffer"
    assert len(after - before) == 4
    gave_way = {100.0 + i for i in range(8)} - set(mixed.flatten().tolist())
    assert after - before == gave_way, "those that gave way to old ones came in"


def test_old_fakes_come_from_all_over_the_buffer_evenly() -> None:
    buffer, generator = ReplayBuffer(capacity=20, share=0.5), torch.Generator().manual_seed(0)
    buffer.mix(torch.arange(20.0).view(20, 1))
    held, counts = buffer.held.clone(), torch.zeros(20)
    for _ in range(600):
        buffer.restore(held)
        mixed = buffer.mix(torch.full((10, 1), -1.0), generator)
        counts += torch.bincount(mixed[mixed >= 0].long(), minlength=20)
    shares = counts / counts.sum()
    assert counts.sum() == 600 * 5
    assert (shares - 0.05).abs().max() < 0.02


def test_a_share_of_no_whole_number_is_kept_in_the_long_run() -> None:
    generator = torch.Generator().manual_seed(0)
    for n, share in ((1, 0.5), (3, 0.5), (5, 0.3)):
        buffer, old = ReplayBuffer(capacity=8, share=share), 0
        buffer.mix(-torch.ones(8, 1))
        for _ in range(400):
            buffer.restore(-torch.ones(8, 1))
            old += int((buffer.mix(torch.ones(n, 1), generator) < 0).sum())
        assert old / 400 == pytest.approx(share * n, abs=0.12)


def test_chance_is_asked_only_where_a_share_is_no_whole_number() -> None:
    one, other = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    for n, share in ((10, 0.5), (10, 0.7)):
        buffer = ReplayBuffer(capacity=20, share=share)
        buffer.mix(torch.randn(20, 1), one)
        torch.randperm(0, generator=other)
        buffer.mix(torch.randn(n, 1), one)
        torch.randperm(20, generator=other)
        assert torch.equal(one.get_state(), other.get_state())


def test_a_share_of_nothing_or_all() -> None:
    fresh = torch.randn(8, 2)
    none, everything = ReplayBuffer(32, share=0.0), ReplayBuffer(32, share=1.0)
    none.mix(fresh)
    assert torch.equal(none.mix(fresh + 9), fresh + 9)
    everything.mix(fresh)
    assert everything.mix(fresh + 9).max() < 7
    for wrong in ({"capacity": 0}, {"share": 1.5}):
        with pytest.raises(ValueError, match="capacity"):
            ReplayBuffer(**wrong)


# --- Feeds ---------------------------------------------------------------------------------------


def numbered(n: int) -> Images:
    return Images(torch.arange(n, dtype=torch.uint8).view(n, 1, 1, 1).expand(n, 1, 4, 4).contiguous())


def which(batch: torch.Tensor) -> list[int]:
    return ((batch[:, 0, 0, 0] + 1) * 127.5).round().long().tolist()


def test_each_pass_takes_every_picture_once_in_a_new_order_of_the_seed() -> None:
    def passes(seed: int) -> list[list[int]]:
        feed = Shuffled(numbered(12), 4, Machine("cpu"), seed)
        return [which(torch.cat([feed.next().pixels for _ in range(3)])) for _ in range(3)]

    seen = passes(0)
    assert all(sorted(one) == list(range(12)) for one in seen)
    assert len({tuple(one) for one in seen}) == 3
    assert passes(0) == seen
    assert passes(1) != seen


def test_the_feed_and_the_data_sets_own_batches_are_one_order_and_carry_the_attributes() -> None:
    images = Images(numbered(12).pixels, {"number": torch.arange(12)})
    feed = Shuffled(images, 5, Machine("cpu"), seed=4)
    for (pixels, labels), _ in zip(images.batches(5, seed=4), range(6), strict=False):
        batch = feed.next()
        assert torch.equal(batch.pixels, pixels)
        assert torch.equal(batch["number"], labels["number"])
        assert which(batch.pixels) == batch["number"].tolist()


def test_a_distribution_may_say_what_it_knows_of_each_draw() -> None:
    class Labeled:
        def sample(self, n: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
            which = torch.arange(n)
            return which[:, None] + 0.5, {"label": which}

    machine = Machine("cpu")
    machine.rank, machine.processes = 1, 2
    batch = Draws(Labeled(), 6, machine).next()
    assert batch["label"].tolist() == [3, 4, 5]
    assert batch.pixels.flatten().tolist() == [3.5, 4.5, 5.5]


def test_a_feed_goes_on_from_its_place() -> None:
    feed = Shuffled(numbered(10), 4, Machine("cpu"), 3)
    drawn = [which(feed.next().pixels) for _ in range(7)]
    later = Shuffled(numbered(10), 4, Machine("cpu"), 3)
    later.place = 5
    assert [which(later.next().pixels) for _ in range(2)] == drawn[5:]
    feed.place = 1  # and back
    assert which(feed.next().pixels) == drawn[1]


def test_processes_share_the_joined_batch() -> None:
    def machine(rank: int, processes: int) -> Machine:
        made = Machine("cpu")
        made.rank, made.processes = rank, processes
        return made

    one = Shuffled(numbered(10), 6, machine(0, 1))
    parts = [Shuffled(numbered(10), 6, machine(rank, 3)) for rank in range(3)]
    for _ in range(3):
        assert which(one.next().pixels) == which(torch.cat([part.next().pixels for part in parts]))
    with pytest.raises(CourseError, match="divided"):
        Draws(ring(), 7, machine(0, 2)).next()


def test_batches_are_in_range_and_in_the_format_asked_for() -> None:
    images = Images(torch.randint(0, 256, (6, 3, 8, 8), dtype=torch.uint8))
    for channels_last in (False, True):
        batch = feed_of(images, 4, Machine("cpu", Form(channels_last=channels_last))).next().pixels
        assert batch.shape == (4, 3, 8, 8)
        assert batch.is_contiguous(memory_format=torch.channels_last) == channels_last
        assert batch.min() >= -1
        assert batch.max() <= 1


# --- The fastest form ----------------------------------------------------------------------------


class Timed:
    """Stands for an engine whose steps take a known time."""

    def __init__(self, seconds: float, clock: list[float]) -> None:
        self.seconds, self.clock = seconds, clock

    def step(self) -> Timed:
        self.clock[0] += self.seconds
        return self

    def numbers(self) -> dict[str, float]:
        return {}


@pytest.fixture
def trial(monkeypatch, tmp_path):
    """Runs a trial on a clock of its own: seconds by form."""
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path))
    clock = [0.0]
    monkeypatch.setattr("gancourse.training.speed.trial.time.perf_counter", lambda: clock[0])
    made: list[Form] = []

    def run(seconds: dict[Form, float], key: object = None) -> tuple[Form, list[Form]]:
        made.clear()

        def make(form: Form) -> Timed:
            made.append(form)
            return Timed(seconds[form], clock)

        return fastest(make, list(seconds), key), list(made)

    return run


LAST, ROUNDED = Form(channels_last=True), Form("bf16", channels_last=True)


def test_the_trial_takes_what_is_clearly_faster_and_says_so(trial, caplog) -> None:
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert trial({PLAIN: 1.0, LAST: 0.8, ROUNDED: 0.9})[0] == LAST
    assert "800 ms a step in float32, channels-last (taken)" in caplog.text
    assert trial({PLAIN: 1.0, LAST: 0.98, ROUNDED: 1.1})[0] == PLAIN, "not clearly faster"
    assert trial({PLAIN: 1.0, LAST: 0.9, ROUNDED: 8.0})[0] == LAST
    assert trial({PLAIN: 4.0, LAST: 3.0, ROUNDED: 1.0})[0] == ROUNDED


def test_the_answer_is_remembered_per_key_and_a_spoiled_memory_costs_a_trial_only(trial, tmp_path) -> None:
    seconds = {PLAIN: 1.0, LAST: 0.5}
    assert trial(seconds, key="a") == (LAST, [PLAIN, LAST])
    assert trial({PLAIN: 0.1, LAST: 0.5}, key="a") == (LAST, [])
    assert trial({PLAIN: 0.1, LAST: 0.5}, key="b") == (PLAIN, [PLAIN, LAST])
    (tmp_path / "fastest.json").write_text("{ spoiled")
    assert trial(seconds, key="a") == (LAST, [PLAIN, LAST])


def test_a_rate_may_rise_before_it_falls() -> None:
    """Over 20 steps: in full after a tenth of them, falling from a quarter of them on, 0 at the end and beyond."""
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=8.0)
    schedule, rates = falling(20, last=0.75, first=0.1)(optimizer), []
    for _ in range(23):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates == pytest.approx([0, 4, 8, 8, 8, 8, *(8 * (20 - k) / 15 for k in range(6, 20)), 0, 0, 0])
    optimizer = torch.optim.SGD([weight], lr=8.0)
    falling(20)(optimizer)
    assert optimizer.param_groups[0]["lr"] == 8.0


def test_a_study_runs_in_the_form_that_the_trial_takes(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path))
    machines: list[Machine] = []

    def make(machine: Machine) -> Timed:
        machines.append(machine)
        return Timed(0.0, [0.0])

    chosen = fastest_cpu(make, "a study")
    assert [machine.form for machine in machines] == forms(torch.device("cpu"))
    assert chosen.device.type == "cpu" and chosen.form in forms(torch.device("cpu"))
    assert fastest_cpu(make, "a study").form == chosen.form
    assert len(machines) == len(forms(torch.device("cpu"))), "tried once, then remembered"


# --- Forms ---------------------------------------------------------------------------------------


def tiny(form: Form, **settings: object) -> Engine:
    torch.manual_seed(7)
    images = Images(torch.randint(0, 256, (32, 3, 16, 16), generator=torch.Generator().manual_seed(1)).byte())
    game = Gan(Generator(16, 6, 4), Discriminator(16, 4), **settings)
    return Engine(game, images, batch_size=8, machine=Machine("cpu", form))


@pytest.mark.slow
def test_products_can_be_differentiated_twice() -> None:
    x, weight = (torch.randn(2, 2, 4, 4, dtype=torch.double, requires_grad=True) for _ in range(2))
    for function in (convolutions.Convolution, convolutions.TransposedConvolution):
        assert torch.autograd.gradgradcheck(lambda x, w, f=function: f.apply(x, w, 2, 1), (x, weight))


@pytest.mark.parametrize("form", [LAST, Form(channels_last=True, products=True), Form("bf16")], ids=str)
def test_a_penalty_is_the_same_in_every_form(form: Form) -> None:
    plain, other = (tiny(one, penalty=R1(1.0)).step().numbers()["penalty"] for one in (PLAIN, form))
    assert other == pytest.approx(plain, rel=0.05 if form.precision == "bf16" else 1e-4)


@pytest.mark.parametrize("asked", ["itself", "partial", "function"])
def test_a_penalty_reaches_a_compiled_network_whoever_calls_it(asked: str) -> None:
    """Games hand over D, or what calls it: it must not be called compiled, which cannot be differentiated twice."""
    D, real = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)), torch.randn(6, 2)
    found = []
    for compiled in (False, True):
        if compiled:
            D.compile(backend="aot_eager")
        judge = {"itself": D, "partial": partial(D), "function": lambda x: D(x)}[asked]
        found.append(torch.autograd.grad(R1()(judge, real, real), [D[0].weight, D[2].weight]))
    torch.testing.assert_close(found[1], found[0])
    assert all(slope.abs().max() > 0 for slope in found[0])


def test_products_make_no_gradients_for_who_has_no_turn(monkeypatch) -> None:
    """Torch's own functions know it from `backward(inputs=…)`; those written in Python have to be told."""
    made: list[int] = []
    filters = convolutions.filters
    monkeypatch.setattr(convolutions, "filters", lambda *args: (made.append(1), filters(*args))[1])
    tiny(Form(channels_last=True, products=True)).step()
    # D's last two convolutions see small maps, on real and on fake pictures; G's first two.
    assert len(made) == 2 * 2 + 2


def pictures(n: int = 4, side: int = 16) -> torch.Tensor:
    return 2 * torch.rand(n, 3, side, side) - 1


def told(n: int = 4, side: int = 8) -> Batch:
    claims = torch.eye(n)
    return Batch(pictures(n, side), {"text": torch.randn(n, 1, 6), "said": claims[:, None], "false": 1 - claims})


def pix2pix_played() -> tuple[Game, Batch]:
    game = Pix2pix(UNet(3, 3, 4, 2), MultiScale(3, 3, 4), matching=1.0)
    return game, Batch(pictures(), {"input": pictures()})


def text_played() -> tuple[Game, Batch]:
    D = TextDiscriminator(8, 6, 4, 4, reads=True)
    return MatchingAware(TextGenerator(8, 6, 4, 5, 4), D, between=0.5, spread=0.1, reading=1.0), told()


def stages_played() -> tuple[Game, Batch]:
    first, D = TextGenerator(8, 6, 4, 5, 4), TextDiscriminator(16, 6, 4, 4)
    return MatchingAware(StageTwo(6, 4, 6, 1), D, first, spread=0.1, near=1.0), told(side=16)


def style_played() -> tuple[Game, Batch]:
    G, D = StyleGenerator(8, 6, (4, 4)), GrowingDiscriminator(8, (4, 4))
    return StyleBased(G, D, R1(0.1, every=2)), Batch(pictures(4, 8))


@pytest.mark.parametrize("make", [pix2pix_played, text_played, stages_played, style_played])
def test_losses_are_float32_whichever_way_logits_leave_a_network(make) -> None:
    torch.manual_seed(3)
    game, batch = make()
    form, seen = Form("bf16"), []
    for net in game.nets.values():
        form.prepare(net)
        net.register_forward_pre_hook(lambda net, given: seen.extend(given))
    with form.running(torch.device("cpu")):
        turns = list(game.play(batch))
    assert {loss.dtype for _, loss in turns} == {torch.float32}
    assert {value.dtype for value in game.reported.values()} == {torch.float32}
    assert {x.dtype for x in seen} <= {torch.float32}, "players give each other what G(z) and D(x) would have given"


def test_networks_that_answer_with_a_list_answer_in_float32() -> None:
    form, D = Form("bf16"), MultiScale(3, 3, 4)
    form.prepare(D)
    with form.running(torch.device("cpu")):
        answers = D(pictures(), pictures())
    assert isinstance(answers, list)
    assert {one.dtype for one in answers} == {torch.float32}


def test_penalties_and_likeness_are_not_rounded_by_autocast() -> None:
    torch.manual_seed(0)
    net, one, text, claims = nn.Linear(6, 5), torch.randn(4, 6), torch.randn(4, 6), torch.eye(4)
    exact = orthogonal_penalty(net), matching_loss(one, text, claims, 1 - claims)
    with Form("bf16").running(torch.device("cpu")):
        found = orthogonal_penalty(net), matching_loss(one, text, claims, 1 - claims)
    assert torch.equal(torch.stack(found), torch.stack(exact))
