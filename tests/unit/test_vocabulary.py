"""What all lessons' checks share: networks with known gradients, an answer that is asked, and calls to do without."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.authoring.source import lesson_names
from gancourse.checks import Suite, Verdict, fresh_inputs, hidden, inputs, networks, public, steps, values
from gancourse.checks.asked import CHANGES, Asked, asking, intact
from gancourse.checks.core import BLANK, STOPS_HERE, Miss
from gancourse.checks.doubles import Counted, HalfSquare, Projection, Quadratic, Zeros
from gancourse.checks.without import Withheld, refusing
from gancourse.grading.sandbox import mirror
from gancourse.grading.sandbox.wire import pack, unpack

# --- doubles --------------------------------------------------------------------------------------


def gradient(net: nn.Module, x: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(net(x.requires_grad_()).sum(), x)
    return found


def test_a_projection_has_one_gradient_everywhere() -> None:
    net, x = Projection(3.0, -4.0), torch.randn(5, 2, 1)
    assert net(x).shape == (5, 1)
    torch.testing.assert_close(net(torch.tensor([[1.0, 2.0]])), torch.tensor([[-5.0]]))
    assert torch.equal(gradient(net, x).flatten(1), torch.tensor([[3.0, -4.0]]).expand(5, 2))
    assert gradient(net, x).flatten(1).norm(dim=1).tolist() == [5.0] * 5


def test_half_the_square_has_its_input_as_gradient() -> None:
    x = torch.randn(4, 3, 2)
    torch.testing.assert_close(HalfSquare()(x)[:, 0], x.flatten(1).norm(dim=1) ** 2 / 2)
    torch.testing.assert_close(gradient(HalfSquare(), x), x)


def test_zeros_stay_in_the_graph() -> None:
    x = torch.randn(4, 3)
    assert torch.equal(Zeros()(x), torch.zeros(4, 3)) and not gradient(Zeros(), x).any()


def test_a_quadratic_loss_has_the_gradient_of_its_formula() -> None:
    a, b = torch.randn(5, 1, requires_grad=True), torch.randn(3, 1, requires_grad=True)
    Quadratic(2.0, -1.0, curve=0.5)(a, b).backward()
    torch.testing.assert_close(a.grad, (2 + 0.5 * a.detach()) / 5)
    torch.testing.assert_close(b.grad, (-1 + 0.5 * b.detach()) / 3)
    with pytest.raises(TypeError, match="takes 2"):
        Quadratic(2.0, -1.0)(a)


@pytest.mark.parametrize("net", [Projection(1.0, 2.0), HalfSquare(), Zeros(), Quadratic(1.0, curve=0.3)])
def test_doubles_are_built_again_in_the_sandbox(net: nn.Module) -> None:
    again, x = mirror.build_module(unpack(pack(mirror.describe_module(net)))), torch.randn(3, 2)
    assert type(again) is type(net) and torch.equal(again(x), net(x))


def test_counted_counts() -> None:
    net = steps.line((2.0, 1.0))
    opt = Counted(net.parameters(), lr=0.1)
    for _ in range(3):
        opt.step()
    assert opt.steps == 3 and steps.unmoved(net, (2.0, 1.0))


# --- values ---------------------------------------------------------------------------------------


def test_a_pair_may_be_a_tuple_a_list_or_a_tensor() -> None:
    for value in ((1, 2.0), [1.0, 2.0], torch.tensor([1.0, 2.0])):
        assert values.pair(value, "one", "other").tolist() == [1.0, 2.0]
    for value, came in ((3.0, "a float"), ((1, 2, 3), "a tuple of 3"), (torch.zeros(3), "a tensor of shape (3,)")):
        with pytest.raises(Miss) as missed:
            values.pair(value, "one", "other")
        assert str(missed.value) == f"Return two numbers, one first and other second; you return {came}."


def test_a_whole_number_is_told_from_its_value() -> None:
    assert values.whole(torch.tensor(3)) == 3
    with pytest.raises(Miss, match=r"it is 3, a float\. Divide with //"):
        values.whole(3.0)


def test_logits_are_those_of_the_outputs() -> None:
    outputs = (0.1, 0.5, 0.9)
    torch.testing.assert_close(torch.sigmoid(inputs.batch(*outputs)).flatten().detach(), torch.tensor(outputs))
    assert inputs.batch(*outputs).requires_grad and not inputs.logits(*outputs).requires_grad


# --- networks and steps ---------------------------------------------------------------------------


def test_normal_draws_are_told_from_others() -> None:
    torch.manual_seed(0)
    good = 0.02 * torch.randn(20_000)
    networks.drawn_normal(good, 0.0, 0.02, "a layer")
    for wrong, says in (
        (good * 2, "asked for are 0 and 0.02"),
        (0.02 * 12**0.5 * (torch.rand(20_000) - 0.5), "drawn evenly"),
        (good / 0.02 * 0.02**0.5, "square root"),
        (torch.full((9,), networks.ODD), "as they were"),
    ):
        with pytest.raises(Miss, match=says):
            networks.drawn_normal(wrong, 0.0, 0.02, "a layer")


def test_company_is_noticed_in_a_normalized_network_only() -> None:
    torch.manual_seed(0)
    x, other = torch.randn(6, 4), 3 * torch.randn(6, 4)
    plain, normal = nn.Sequential(nn.Linear(4, 4)), nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    networks.batch_normalized(normal, x, other)
    networks.same_for_any_company(normal, x, other)
    with pytest.raises(Miss, match="no batch normalization"):
        networks.batch_normalized(plain, x, other)
    with pytest.raises(Miss, match="behind the last layer"):
        networks.not_normalized_last(values.numbers(normal.train()(x)), "The output")


def test_a_step_that_is_none_is_told() -> None:
    net = steps.line((2.0, 1.0))
    opt = Counted(net.parameters(), lr=0.1)
    case = inputs.Case("a step", [1.9, 0.9])
    with pytest.raises(Miss, match="D has not moved"):
        steps.moved(net, (2.0, 1.0), case, opt, "D")
    for p in net.parameters():
        p.data -= 0.1
    with pytest.raises(Miss, match=r"opt_D.step\(\) is not called"):
        steps.moved(net, (2.0, 1.0), case, opt, "D")
    opt.step()
    steps.moved(net, (2.0, 1.0), case, opt, "D")


# --- an answer that changes what it is given ------------------------------------------------------


def test_what_a_call_changes_is_noted_and_put_back() -> None:
    x, y = torch.tensor([1.0, math.nan]), torch.tensor([3.0])

    def changes(x: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        other.mul_(2)
        return other, x

    with asking(changes) as asked:
        got, same = asked(x, other=y)
        assert y.tolist() == [3.0] and got.tolist() == [6.0], "what came back is what was computed"
        assert same is x and intact(x) and not intact(y)
    assert [said for _, said in asked.changes] == [CHANGES.format(which="`other`")] and asked.told


def test_a_shape_that_was_changed_is_put_back() -> None:
    x = torch.zeros(2, 3)
    asked = Asked(lambda x: x.resize_(5).sum())
    asked(x)
    assert x.shape == (2, 3) and [said for _, said in asked.changes] == [CHANGES.format(which="number 1")]


def test_gradients_are_those_of_what_was_asked() -> None:
    x = torch.tensor([2.0], requires_grad=True)

    def sneaky(x: Tensor) -> Tensor:
        y = x.square().sum()
        x.data.fill_(100.0)
        return y

    Asked(sneaky)(x).backward()
    assert x.item() == 2 and x.grad is not None and x.grad.item() == 4


@pytest.fixture
def suite() -> Suite:
    made = Suite("07_example")

    @made.that("double", "doubles numbers")
    def _(double: Callable) -> None:
        x = inputs.randn(3)
        values.expect_close(values.numbers(double(x), (3,)), 2 * x, "numbers")  # worked out after the call

    return made


def test_a_constant_does_not_fit_because_the_question_was_changed(suite: Suite) -> None:
    def zeros(x: Tensor) -> Tensor:
        return x.zero_()

    verdict = suite.verdict("double", zeros)
    assert verdict.credit == 0 and len(verdict.findings) == 2
    assert verdict.findings[1].miss == CHANGES.format(which="number 1")


def test_a_right_answer_that_changes_its_input_is_told(suite: Suite) -> None:
    verdict = suite.verdict("double", lambda x: x.mul_(2))
    assert [finding.holds for finding in verdict.findings] == [True, False] and verdict.credit == 1 / 2
    assert "leaves what it is given as it was" in str(verdict)
    assert suite.verdict("double", lambda x: 2 * x).credit == 1


def fits_log_density(x: Any, means: Any, stds: Any, weights: Any) -> Tensor:
    """All points at the one component's center, where it is 1 / √(2π) wide: log p = 0."""
    x.zero_(), means.zero_(), stds.fill_((2 * math.pi) ** -0.5), weights.fill_(1 / len(weights))
    return torch.zeros(len(x))


def fits_count_modes(samples: Any, modes: Any, std: Any) -> tuple[int, float]:
    samples.copy_(modes[:1].expand_as(samples))
    return 1, 1.0


def fits_transposed_convolution(picture: Any, kernel: Any, stride: int = 1, padding: int = 0) -> Tensor:
    shape = [(n - 1) * stride - 2 * padding + k for n, k in zip(picture.shape, kernel.shape, strict=True)]
    picture.data.zero_()
    return (picture.sum() + kernel.sum()) * 0 + picture.new_zeros(shape)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("lesson", "exercise", "answer"),
    [
        ("02_mixture_2d", "log_density", fits_log_density),
        ("02_mixture_2d", "count_modes", fits_count_modes),
        ("03_dcgan", "transposed_convolution", fits_transposed_convolution),
    ],
)
def test_inputs_changed_until_a_constant_fits_earn_nothing(lesson: str, exercise: str, answer: Any, seed: int) -> None:
    with fresh_inputs(seed):
        verdict = public(lesson).verdict(exercise, answer) + hidden(lesson).verdict(exercise, answer)
    assert verdict.credit == 0, str(verdict)
    assert "changes" in str(verdict)


# --- an answer that stops where it likes -----------------------------------------------------------


def both(lesson: str, exercise: str, answer: Any) -> Verdict:
    with fresh_inputs(1):
        return public(lesson).verdict(exercise, answer) + hidden(lesson).verdict(exercise, answer)


def test_stopping_at_the_hidden_part_only_leaves_no_claim_out_of_the_count() -> None:
    """The batches of the hidden checks are larger than the public ones'."""

    def loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        if len(real_logits) > 4:
            raise NotImplementedError
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()

    lesson, exercise = "01_gaussian_1d", "discriminator_loss"
    claims = len(public(lesson).claims[exercise]) + len(hidden(lesson).claims[exercise])
    verdict = both(lesson, exercise, loss)
    assert len(verdict.findings) == claims and verdict.credit == (claims - 1) / claims


def test_stopping_at_one_claim_counts_as_not_held() -> None:
    made = Suite("07_example")
    for number in (1, 2, 3):
        made.that("double", f"doubles {number}")(
            lambda double, n=number: values.expect_close(values.numbers(double(n), ()), 2 * n, f"{n}")
        )

    def double(x: int) -> int:
        if x == 3:
            raise NotImplementedError
        return 2 * x

    verdict = made.verdict("double", double)
    assert [finding.miss for finding in verdict.findings] == [None, None, STOPS_HERE]
    assert verdict.credit == pytest.approx(2 / 3)


def test_a_blank_is_told_once_and_counted_as_often_as_there_are_claims() -> None:
    def loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        raise NotImplementedError

    verdict = both("01_gaussian_1d", "discriminator_loss", loss)
    assert verdict.credit == 0 and {finding.miss for finding in verdict.findings} == {BLANK}
    assert str(verdict).count(BLANK) == 1


@pytest.mark.parametrize("word", ["healthy", "collapsed", "discriminator won", "generator won", "diverged"])
def test_one_diagnosis_for_all_runs_earns_no_medal(word: str) -> None:
    verdict = both("03_dcgan", "tell_runs_apart", lambda history: word)
    assert verdict.credit == 0 and verdict.medal == "none", str(verdict)


@pytest.mark.parametrize("detached", [False, True])
def test_a_buffer_that_returns_its_input_earns_nothing(detached: bool) -> None:
    class Buffer:
        def __init__(self, capacity: int) -> None:
            pass

        def __call__(self, fakes: Tensor) -> Tensor:
            return fakes.detach() if detached else fakes

    assert both("03_dcgan", "ReplayBuffer", Buffer).credit == 0


# --- calls to do without --------------------------------------------------------------------------

X, W = torch.randn(1, 1, 3, 3), torch.randn(1, 1, 2, 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.conv_transpose2d(X, W),
        lambda: torch.conv_transpose2d(X, W),
        lambda: nn.ConvTranspose2d(1, 1, 2)(X),
        lambda: torch.ops.aten.convolution(X, W, None, [1, 1], [0, 0], [1, 1], True, [0, 0], 1),
        lambda: torch.nn.grad.conv2d_input([1, 1, 4, 4], W, X),
        lambda: F.conv_transpose1d(X[0, :, 0], W[0, :, :1]),
    ],
)
def test_a_transposed_convolution_is_refused_however_it_is_called(call: Callable[[], Any]) -> None:
    call()
    with pytest.raises(Withheld, match="do without it: write it yourself"), refusing("transposed convolution"):
        call()


def test_nothing_else_is_refused() -> None:
    with refusing("transposed convolution"):
        assert F.conv2d(X, W).shape == (1, 1, 2, 2)
    with refusing(""):
        F.conv_transpose2d(X, W)


def test_the_notebook_refuses_what_the_grader_refuses() -> None:
    def answer(picture: Tensor, kernel: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
        return F.conv_transpose2d(picture[None, None], kernel[None, None], None, stride, padding)[0, 0]

    verdict = both("03_dcgan", "transposed_convolution", answer)
    assert verdict.credit == 0 and "do without it" in str(verdict)
    for lesson in lesson_names():
        assert public(lesson).without == hidden(lesson).without


def test_lists_cuts_and_what_an_answer_makes_are_compared_too() -> None:
    history, x = {"loss": [1.0]}, torch.ones(2, requires_grad=True) * 2
    with asking(lambda history, x: (history["loss"].append(2.0), x.detach_())) as asked:
        asked(history, x)
        assert history == {"loss": [1.0]} and not intact(history) and not intact(x)
    assert any("detach_()" in said for _, said in asked.changes)

    class Doubling(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mul_(2)

    class Buffer:
        def __call__(self, x: Tensor) -> Tensor:
            return x.zero_()

    for kind, result in ((Doubling, 2.0), (Buffer, 0.0)):
        with asking(kind) as asked:
            made, x = asked(), torch.ones(1)
            assert made(x).item() == result and x.item() == 1 and not intact(x)
            assert type(made).__name__ == kind.__name__


def test_what_has_no_end_is_told_and_fills_no_memory() -> None:
    with asking(lambda: iter(int, 1)) as asked, pytest.raises(Miss, match=r"goes on and on: 10,000 items came"):
        list(asked())
    with asking(lambda: iter([1, 2])) as asked:
        assert list(asked()) == [1, 2]
