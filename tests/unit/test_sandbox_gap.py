"""The gap between grader and student: what may cross it, and that nothing else does."""

from __future__ import annotations

import contextlib
import math
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import gancourse
from gancourse.checks.core import StudentError, Suite
from gancourse.checks.doubles import Counted
from gancourse.checks.values import IN_VMAP, expect_close, numbers
from gancourse.grading.sandbox import mirror
from gancourse.grading.sandbox.host import Host, RemoteModule
from gancourse.grading.sandbox.seccomp import CLONE
from gancourse.grading.sandbox.twins import Lists
from gancourse.grading.sandbox.walls import FULL, Limits, NoSandbox, Walls, bubblewrap
from gancourse.grading.sandbox.wire import Gone, Line, Raw, Tagged, WireError, pack, unpack

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)

pytestmark = pytest.mark.slow  # every test needs a sandbox
full_sandbox = pytest.mark.skipif(bubblewrap() is not None, reason=f"no full sandbox: {bubblewrap()}")


# --- wire --------------------------------------------------------------------------------------


@given(plain)
@settings(deadline=None, max_examples=60)
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.parametrize(
    "tensor",
    [
        torch.randn(3, 4),
        torch.ones(()).expand(2, 3),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor([True, False]),
        torch.zeros(0, 5, dtype=torch.int64),
        torch.randn(4).to(torch.bfloat16),
        torch.tensor([math.nan, math.inf]),
    ],
    ids=lambda t: f"{t.dtype} {tuple(t.shape)}",
)
def test_tensors_arrive_bit_for_bit(tensor: torch.Tensor) -> None:
    found = unpack(pack((tensor, {"a": tensor.float().numpy()})))
    assert type(found) is tuple and found[0].dtype == tensor.dtype
    assert torch.equal(found[0].nan_to_num(7), tensor.nan_to_num(7)) and found[0].shape == tensor.shape
    assert isinstance(found[1]["a"], np.ndarray)


class Losses(NamedTuple):
    d: float
    g: float


class Word(str, Enum):  # noqa: UP042 as people write it
    ONE = "one"


class Level(IntEnum):
    TWO = 2


class Sly(dict):
    """Says that it holds something else."""

    def __iter__(self) -> Iterator[Any]:
        return iter(["b"])

    def items(self) -> Any:
        return [("b", print)]


class Grade(float):
    pass


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Losses(1.5, 2), (1.5, 2)),
        (Word.ONE, "one"),
        (Level.TWO, 2),
        (Grade(0.5), 0.5),
        (np.str_("word"), "word"),
        (torch.Size([2, 3]), (2, 3)),
        (Sly(a=1), {"a": 1}),
        (OrderedDict(b=1, a=[Losses(1, 2)]), {"b": 1, "a": [(1, 2)]}),
        (Counter({Word.ONE: 3}), {"one": 3}),
        (dict.fromkeys([np.int64(4)], 1), {4: 1}),
        (range(2, 9, 3), range(2, 9, 3)),
        (2j, 2j),
        (np.float64(0.25), np.float64(0.25)),
        (np.float32(0.25), np.float32(0.25)),
        (np.int64(3), np.int64(3)),
        (np.True_, np.True_),
        (Fraction(1, 4), 0.25),
        (Decimal("0.25"), 0.25),
    ],
    ids=lambda value: f"{type(value).__name__} {value}"[:40],
)
def test_values_as_good_as_plain_ones_arrive_as_those(value: Any, arrives: Any) -> None:
    """As they are underneath; NumPy's numbers with their type, as a notebook's check sees it."""
    for wrapped, expected in ((value, arrives), ([{"a": (value,)}], [{"a": (arrives,)}])):
        found = unpack(pack(wrapped))
        assert found == expected and type(found) is type(expected)


def test_a_dict_keeps_its_order() -> None:
    ordered = OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    assert list(unpack(pack(ordered))) == ["b", "a"]


def test_what_is_no_plain_value_is_refused() -> None:
    for value in (object(), {1.5: 2}, print, 2**70, torch.zeros(2).to_sparse(), b"bytes", {3}):
        with pytest.raises(WireError):
            pack(value)
    nested: list[Any] = []
    for _ in range(100):
        nested = [nested]
    with pytest.raises(WireError, match="nested too deeply"):
        pack(nested)
    with pytest.raises(WireError, match="larger than"):
        pack(torch.zeros(20_000_000))


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=200)
def test_any_bytes_give_a_value_or_a_wire_error(body: bytes) -> None:
    with contextlib.suppress(WireError):
        unpack(body)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
@settings(deadline=None, max_examples=200)
def test_a_damaged_message_gives_a_value_or_a_wire_error(place: int, piece: bytes) -> None:
    body = bytearray(pack({"a": torch.ones(2, 3), "b": [1, "two", Tagged("x", {"y": 2.5})]}))
    body[place % len(body) :][: len(piece)] = piece
    body[place % len(body)] = piece[0]
    with contextlib.suppress(WireError):
        unpack(bytes(body), lambda tagged: tagged)


def test_a_message_may_stop_in_the_middle() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"\x00\x00\x00\x10half")
    theirs.close()
    with pytest.raises(Gone):
        Line(ours).receive()
    ours, theirs = socket.socketpair()
    theirs.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(WireError, match="larger"):
        Line(ours).receive()


# --- mirror ------------------------------------------------------------------------------------


def crossed(value: Any) -> Any:
    """A description after its way through the wire."""
    return unpack(pack(value))


def test_a_network_is_built_again() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.LeakyReLU(0.2), nn.Conv1d(3, 2, 1)).double().eval()
    twin = mirror.build_module(crossed(mirror.describe_module(net)))
    x = torch.randn(4, 3, 5, dtype=torch.float64)
    assert torch.equal(twin[3](x), net[3](x)) and str(twin) == str(net)
    net[0].weight.grad = torch.ones_like(net[0].weight)
    net[3].bias.requires_grad_(False)
    mirror.set_module_state(twin, crossed(mirror.module_state(net)))
    assert torch.equal(twin[0].weight.grad, net[0].weight.grad)
    assert not twin[3].bias.requires_grad and not twin.training
    with pytest.raises(TypeError, match="cannot cross"):
        odd = nn.Linear(1, 1)
        odd.extra = print  # type: ignore[assignment]
        mirror.describe_module(odd)


def test_a_part_that_stands_in_a_network_twice_is_one_there_too() -> None:
    bend, inner = nn.Tanh(), nn.Sequential(nn.Linear(2, 2))
    net = nn.Sequential(nn.Linear(2, 2), bend, inner, bend, inner)
    told = unpack(pack(mirror.describe_module(net)))
    copy = mirror.build_module(told)
    assert copy[1] is copy[3] and copy[2] is copy[4] and len(list(copy.modules())) == len(list(net.modules()))
    x = torch.randn(3, 2)
    assert torch.equal(copy(x), net(x))
    mirror.set_module_state(copy, unpack(pack(mirror.module_state(net.eval()))))
    assert not copy[3].training and not copy[4][0].training


@pytest.mark.parametrize("kind", [Counted, torch.optim.Adam, torch.optim.RMSprop])
def test_an_optimizer_is_built_again(kind: Callable[..., Any]) -> None:
    net = nn.Linear(2, 1)
    optimizer = kind(net.parameters(), lr=0.1)
    owners = {id(p): (7, name) for name, p in net.named_parameters()}
    twin_net = mirror.build_module(crossed(mirror.describe_module(net)))
    twin = mirror.build_optimizer(crossed(mirror.describe_optimizer(optimizer, owners)), {7: twin_net})
    for _ in range(3):
        for p, q in zip(net.parameters(), twin_net.parameters(), strict=True):
            p.grad = torch.ones_like(p)
            q.grad = torch.ones_like(q)
        optimizer.step()
        mirror.set_optimizer_state(twin, crossed(mirror.optimizer_state(optimizer)))
    # The same memory: the next step is the same, from the same weights.
    mirror.set_module_state(twin_net, crossed(mirror.module_state(net)))
    optimizer.step()
    twin.step()
    assert torch.equal(net.weight, twin_net.weight)
    assert getattr(twin, "steps", 4) == 4


# --- a conversation ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walls() -> Iterator[Walls]:
    with Walls(Limits(cell=5, call=2, notebook=120)) as behind:
        yield behind


@pytest.fixture
def host(walls: Walls) -> Iterator[Host]:
    conversation = Host(walls)
    yield conversation
    conversation.close()


def defined(host: Host, source: str, name: str = "f") -> Any:
    """What a name means after running some code in the sandbox."""
    _, error = host.run(f"import torch\nfrom torch import nn\n{source}", "<cell 1>")
    assert error is None, error
    host.asked("keep", 10, name=name, only_new=False)
    return host.look(name)


def test_gradients_cross_both_ways(host: Host) -> None:
    f = defined(host, "def f(x, loss):\n    return loss(x ** 2) + x.sum()")
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    seen = []

    def loss(y: torch.Tensor) -> torch.Tensor:
        seen.append(y)
        return (3 * y).sum()

    value = f(x, loss)
    value.backward()
    assert value.item() == 18 and torch.equal(x.grad, torch.tensor([7.0, 13.0]))
    assert len(seen) == 1 and torch.equal(seen[0].detach(), torch.tensor([1.0, 4.0]))


TRANSFORMED = """
def f(x, loss):
    slopes, value = torch.func.grad_and_value(lambda y: loss(y * 2)[0])(x)
    _, back = torch.func.vjp(lambda y: loss(y)[0], x)
    return slopes, value, *back(torch.ones(()))
"""


def test_what_lives_in_the_grader_can_be_differentiated_by_torch_func(host: Host) -> None:
    def loss(y: torch.Tensor) -> tuple[torch.Tensor, str]:
        return (y**2).sum(), f"of {len(y)}"

    slopes, value, back = defined(host, TRANSFORMED)(torch.tensor([1.0, 2.0]), loss)
    assert slopes.tolist() == [8, 16] and value.item() == 20 and back.tolist() == [2, 4]
    mapped = defined(host, "def f(x, loss):\n    return torch.func.vmap(lambda y: loss(y)[0])(x)")
    with pytest.raises(StudentError, match=re.escape(IN_VMAP)):
        mapped(torch.ones(2, 2), loss)
    twice = "def f(x, loss):\n    g = torch.func.grad(lambda y: loss(y)[0])\n"
    twice += "    return torch.func.grad(lambda y: g(y).sum())(x)"
    with pytest.raises(StudentError, match="differentiated once"):
        defined(host, twice)(torch.ones(2), loss)


def test_a_gradient_that_crossed_can_be_differentiated(host: Host) -> None:
    f = defined(
        host, "def f(x, loss):\n    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)\n    return (g**2).sum()"
    )
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    value = f(x, lambda y: (y**3).sum())
    (slope,) = torch.autograd.grad(value, x)
    assert value.item() == 9 + 144 and slope.tolist() == [36, 288]  # d/dx (3x²)² = 36x³


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (3, 200, 200)])
def test_what_is_written_past_autograd_is_seen_in_the_last_tensors(host: Host, shape: tuple[int, ...]) -> None:
    """Torch counts changes in place, but not those through `.data`."""
    writes = defined(host, "def f(x):\n    x.data.add_(1)\n    return 1.0")
    x = torch.zeros(shape)
    writes(x)
    assert (x == 1).all()


def test_a_network_whose_weights_a_check_changes_stays_in_its_mode(host: Host) -> None:
    source = "class f(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    source += "        self.scale = nn.Parameter(torch.zeros(1))\n    def forward(self, x):\n"
    source += "        return x + self.scale + 10 * self.training"
    net = defined(host, source)()
    (scale,) = net.parameters()
    with torch.no_grad():
        scale.fill_(1.0)
    net.eval()  # before the next call, which sends the new weights
    assert net(torch.zeros(1)).item() == 1
    with torch.no_grad():
        scale.fill_(2.0)
    assert net(torch.zeros(1)).item() == 2
    assert net.train()(torch.zeros(1)).item() == 12


@pytest.mark.parametrize("cut", [False, True])
def test_a_result_that_nobody_uses_sends_no_gradients_of_zero(host: Host, cut: bool) -> None:
    """Of several results one is used: what hangs on the others alone gets no gradient, as in a notebook."""
    end = "b.detach()" if cut else "b"
    far = defined(host, f"def f(net, other, x):\n    b = net(x)\n    return [x, b, other({end})]")
    net, other, x = nn.Linear(2, 2), nn.Linear(2, 2), torch.randn(3, 2, requires_grad=True)
    far(net, other, x)[-1].sum().backward()
    assert (net.weight.grad is None) == cut
    assert (x.grad is None) == cut
    assert other.weight.grad is not None
    net.zero_grad()
    (slope,) = torch.autograd.grad(far(net, other, x)[-1].square().sum(), x, create_graph=True, allow_unused=True)
    assert (slope is None) == cut


def test_grad_leaves_no_gradients_behind_and_backward_does(host: Host) -> None:
    """Neither in the networks that a check gives, nor in what it gives as a function, nor in the student's own."""
    net, mine, theirs = nn.Linear(2, 1), nn.Linear(2, 1), defined(host, "f = nn.Linear(2, 1)")
    x = torch.ones(1, 2, requires_grad=True)
    through = defined(host, "def f(net, loss, x):\n    return (net(x) + loss(x)).sum()")
    value = through(net, lambda y: mine(y), x) + theirs(x).sum()
    (slope,) = torch.autograd.grad(value, x, retain_graph=True)
    assert torch.allclose(slope, net.weight + mine.weight + dict(theirs.named_parameters())["weight"])
    everybody = lambda: [*net.parameters(), *mine.parameters(), *(p for _, p in theirs.named_parameters()), x]  # noqa: E731
    assert [p.grad for p in everybody()] == [None] * 7
    value.backward()
    assert all(p.grad is not None for p in everybody())
    asks = defined(host, "def f(net, x):\n    return torch.autograd.grad(net(x).sum(), x)[0]")
    assert torch.equal(asks(mine_alone := nn.Linear(2, 1), x.detach().requires_grad_()), mine_alone.weight)
    assert mine_alone.weight.grad is None


STORED = """
class f:
    kept = None

    def __call__(self, x):
        self.kept = x.detach() if self.kept is None else self.kept
        return self.kept
"""


def test_one_tensor_on_both_sides_is_one_tensor(host: Host) -> None:
    stored, x = defined(host, STORED)(), torch.zeros(2)
    got = stored(x)
    assert stored(torch.ones(2)) is got, "what is returned twice is one thing"
    x.fill_(7)
    assert stored(torch.ones(2)).tolist() == [7, 7], "a view was stored: it follows its argument"
    got.fill_(5)
    assert stored(torch.ones(2)).tolist() == [5, 5], "what came out is what is stored"
    same = defined(host, "def f(x):\n    return x")
    assert same(x) is x
    y = torch.ones(2, requires_grad=True) * 2
    defined(host, "def f(x):\n    x.detach_()")(y)
    assert not y.requires_grad
    assert defined(host, "def f():\n    with torch.inference_mode():\n        return torch.ones(2)")().tolist() == [
        1,
        1,
    ]


def test_an_earlier_argument_cannot_be_changed_by_a_later_call(host: Host) -> None:
    f = defined(host, "kept = []\n\ndef f(x):\n    kept.append(x)\n    kept[0].fill_(9)\n    return x + 1")
    first, second = torch.zeros(1), torch.zeros(1)
    f(first)
    first.zero_()
    f(second)
    assert first.item() == 0


def test_parameters_that_are_replaced_and_memory_that_is_shared_show(host: Host) -> None:
    replace = defined(host, "def f(net):\n    net.bias = nn.Parameter(torch.zeros(3))\n    net.weight.data.zero_()")
    net = nn.Linear(2, 3)
    bias, weight = net.bias, net.weight
    replace(net)
    assert net.bias is not bias and net.weight is weight and not weight.any() and not net.bias.any()
    tie = defined(host, "def f(a, b):\n    a.running_mean = b.running_mean\n    a.weight.data = b.weight.data")
    a, b = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    tie(a, b)
    with torch.no_grad():
        b.running_mean.fill_(4)
        b.weight.fill_(3)
    assert a.running_mean.tolist() == [4, 4] and a.weight.tolist() == [3, 3] and a.bias.tolist() == [0, 0]
    defined(host, "def f(a, b):\n    a.running_mean = b.running_mean.clone()")(a, b)
    b.running_mean.fill_(1)
    assert a.running_mean.tolist() == [4, 4]


def test_lists_and_dicts_that_are_changed_show(host: Host) -> None:
    f = defined(
        host, "def f(history, rows):\n    history['loss'].append(3.0)\n    del history['gone']\n    rows[1][0] = 5\n"
    )
    history, rows = {"loss": [1.0], "gone": 1}, [[1], [2]]
    losses = history["loss"]
    f(history, rows)
    assert history == {"loss": [1.0, 3.0]} and history["loss"] is losses and rows == [[1], [5]]


def test_networks_and_optimizers_come_back_changed(host: Host) -> None:
    step = defined(
        host,
        "def f(net, opt, x):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()\n    net.eval()\n"
        "    x.zero_()\n    return x",
    )
    net, x = nn.Linear(2, 1), torch.ones(3, 2)
    before = net.weight.detach().clone()
    optimizer = Counted(net.parameters(), lr=0.5)
    for _ in range(2):
        assert step(net, optimizer, x).sum() == 0
    assert torch.allclose(net.weight, before - 0.5 * 3)  # the second time x is 0
    assert optimizer.steps == 2 and not net.training and x.sum() == 0 and net.bias.grad.item() == 3


def test_iterators_and_bound_methods(host: Host) -> None:
    class Source:
        drawn = 0

        def draw(self) -> str:
            self.drawn += 1
            return f"sample {self.drawn}"

    source = Source()
    numbers = defined(host, "def f(draw, n):\n    for _ in range(n):\n        yield draw(), draw()")(source.draw, 2)
    assert next(numbers) == ("sample 1", "sample 2") and source.drawn == 2, "it runs ahead"
    assert list(numbers) == [("sample 3", "sample 4")]


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("found = []\n    for k in range(2):\n        found[:] = [k]\n        yield k, found", [1]),
        ("for k in range(2):\n        found = [k]\n        yield k, found", [0]),
        ("found = {}\n    for k in range(2):\n        found[k] = 9\n        yield found, {0: [found]}", {0: 9, 1: 9}),
    ],
)  # fmt: skip
def test_a_list_that_is_handed_out_again_is_the_one_from_before(host: Host, source: str, first: Any) -> None:
    """In a notebook, who keeps what came first finds in it what came last."""
    items = list(defined(host, f"def f():\n    {source}")())
    kept = items[0][1] if type(first) is list else items[0][0]
    assert kept == first
    if type(first) is dict:
        assert kept is items[1][0] is items[0][1][0][0] is items[1][1][0][0]


def test_a_list_of_an_earlier_call_comes_again(host: Host) -> None:
    collects = defined(host, "kept = []\ndef f(x):\n    kept.append(2 * x)\n    return kept")
    x = torch.ones(2, requires_grad=True)
    first = collects(x)
    second = collects(x)
    assert first is second and len(first) == 2
    second[1].sum().backward()
    assert x.grad is not None and x.grad.tolist() == [2, 2]


@pytest.mark.parametrize("rows", [5, [[[0], [7]]], [[[0]]], [[[{}], [0]]], [[[0, 0, 0, 0], [1, 0]]], "again"])
def test_a_list_that_is_said_to_have_come_before_may_be_a_lie(rows: Any) -> None:
    lists = Lists()
    kept = lists.come(1, [[1], [2]], None)
    with contextlib.suppress(TypeError, ValueError, KeyError):
        assert lists.come(2, [[3]], rows) == [[3]]
    assert kept == [[1], [2]]


NETWORK = """
class f(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, 1)

    def forward(self, x):
        return self.layer(x)
"""


def test_a_students_network_is_driven_from_outside(host: Host) -> None:
    made = defined(host, NETWORK)(3)
    assert isinstance(made, RemoteModule)
    x = torch.randn(4, 3)
    made.load_state_dict({"layer.weight": torch.tensor([[1.0, 2.0, 3.0]]), "layer.bias": torch.tensor([0.5])})
    assert torch.allclose(made(x), x @ torch.tensor([[1.0], [2.0], [3.0]]) + 0.5)
    made(x).sum().backward()
    grads = {name: p.grad for name, p in made.named_parameters()}
    assert torch.allclose(grads["layer.weight"], x.sum(0, keepdim=True)) and grads["layer.bias"].item() == 4


def test_errors_are_the_students_sentence(host: Host) -> None:
    f = defined(host, "def f(x):\n    y = x + 1\n    return y / 0")
    with pytest.raises(StudentError, match=r"line 5, `return y / 0`, with ZeroDivisionError"):
        f(1)
    with pytest.raises(NotImplementedError):
        defined(host, "def f(x):\n    raise NotImplementedError")(1)
    with pytest.raises(StudentError, match="cannot be used"):
        defined(host, "def f(x):\n    return torch.zeros(30_000_000)")(1)
    assert defined(host, "def f():\n    return 'still here'")() == "still here"


def test_a_call_that_never_ends_is_stopped(walls: Walls) -> None:
    host = Host(walls)
    f = defined(host, "def f():\n    while True:\n        pass")
    with pytest.raises(StudentError, match="longer than 2 seconds"):
        f()
    with pytest.raises(StudentError, match="longer than 2 seconds"):
        f()
    host = Host(walls)
    assert defined(host, "def f():\n    return 1")() == 1
    host.close()


def test_nothing_is_left_for_the_next(walls: Walls) -> None:
    host = Host(walls)
    leave = "import os, subprocess\nopen('/tmp/left', 'w').write('x')\nsubprocess.Popen(['sleep', '1000'])\nf = 1"
    if walls.level == FULL:
        defined(host, leave)
    host.close()
    host = Host(walls)
    look = "import os\nf = os.path.exists('/tmp/left'), [p for p in os.listdir('/proc') if p.isdigit()]"
    there, processes = defined(host, look)
    host.close()
    assert not there
    assert walls.level != FULL or len(processes) <= 3, processes


def test_inputs_changed_in_the_sandbox_are_put_back_and_told(host: Host) -> None:
    made = Suite("07_example")

    @made.that("f", "doubles numbers")
    def _(f: Any) -> None:
        x = torch.tensor([1.0, 2.0])
        expect_close(numbers(f(x), (2,)), 2 * x, "numbers")  # worked out after the call

    verdict = made.verdict("f", defined(host, "import torch\n\ndef f(x):\n    return x.zero_().clone()"))
    assert verdict.credit == 0 and "changes its argument number 1" in str(verdict)


def test_what_an_exercise_does_without_is_refused_in_the_sandbox(host: Host) -> None:
    made = Suite("07_example")
    made.without["f"] = "transposed convolution"

    @made.that("f", "is a transposed convolution")
    def _(f: Any) -> None:
        numbers(f(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2)), (1, 1, 3, 3))

    source = "import torch.nn.functional as F\n\ndef f(x, w):\n    return F.conv_transpose2d(x, w)"
    verdict = made.verdict("f", defined(host, source))
    assert verdict.credit == 0 and "do without it: write it yourself" in str(verdict)
    assert "`return F.conv_transpose2d(x, w)`" in str(verdict)


@full_sandbox
def test_behind_walls_there_is_no_network_no_secret_and_nothing_to_write(host: Host, tmp_path: Any) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: server.accept(), daemon=True).start()
    (tmp_path / "secret").write_text("secret")
    tries = {
        "network": f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)",
        "file": f"open({str(tmp_path / 'secret')!r}).read()",
        "solutions": "import gancourse; open(gancourse.__path__[0] + '/../solutions/x')",
        "hidden": "from gancourse.checks import core; open(core.__file__.replace('gancourse/checks/core.py', "
        "'lessons/01_gaussian_1d/hidden.py')).read()",
        "package": "import gancourse; open(gancourse.__path__[0] + '/new.py', 'w')",
        "parent": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    }
    for name, attempt in tries.items():
        _, error = host.run(attempt, "<cell 1>")
        assert error is not None, f"{name} was in reach"
    server.close()


def test_raw_marks_what_is_sent_as_it_is() -> None:
    assert torch.equal(unpack(pack([Raw(torch.ones(2))], tag=lambda value: "never asked"))[0], torch.ones(2))


def test_a_clean_conversation_keeps_the_worker_warm(walls: Walls) -> None:
    first = Host(walls)
    first.run("open('/tmp/left', 'w').write('x')" if walls.level == FULL else "1", "<cell 1>")
    started = walls.started
    first.close()
    for _ in range(3):
        Host(walls).close()
    assert walls.started == started, "it was thrown away, and importing torch paid again"


@full_sandbox
@pytest.mark.parametrize("grader", ["root", "anyone"])
def test_no_other_process_can_be_looked_into(grader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if grader == "root" and os.geteuid() != 0:
        pytest.skip("needs root")
    monkeypatch.setattr(os, "geteuid", lambda: 0 if grader == "root" else 1000)
    walls = Walls(Limits(call=5))
    host = Host(walls)
    probe = """
import os
f = []
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        for name in ("mem", "environ"):
            try:
                open(f"/proc/{pid}/{name}", "rb").read(0)
                f.append((int(pid), name))
            except OSError:
                pass
"""
    assert defined(host, probe) == []
    host.close()
    assert defined(Host(walls), "f = 1") == 1
    assert walls.started == 1
    walls.stop()


@full_sandbox
def test_nothing_can_be_made_that_would_outlive_its_process(host: Host) -> None:
    """System V objects belong to no process: the next student would find them."""
    code = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def said(code):
    return code if code >= 0 else errno.errorcode[ctypes.get_errno()]
f = [said(libc.shmget(4711, 4096, 0o1666)), said(libc.semget(4711, 1, 0o1666)), said(libc.msgget(4711, 0o1666))]
"""
    assert defined(host, code) == ["EPERM"] * 3


@full_sandbox
def test_nobody_becomes_root_of_a_namespace_and_threads_and_programs_still_start(host: Host) -> None:
    tries = """
import ctypes, errno, subprocess, threading
libc = ctypes.CDLL(None, use_errno=True)
def said(code):
    return (code, errno.errorcode.get(ctypes.get_errno())) if code else 0
f = [
    said(libc.unshare(0x10000000)),
    said(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
    said(libc.syscall(CLONE, 0x10000000 | 17, 0, 0, 0, 0)),
    said(libc.ptrace(16, os.getppid(), 0, 0)),
]
thread = threading.Thread(target=lambda: f.append("thread"))
thread.start()
thread.join()
f.append(subprocess.run(["echo", "program"], capture_output=True, text=True).stdout.strip())
"""
    assert defined(host, f"import os\nCLONE = {CLONE[platform.machine()]}" + tries) == [(-1, "EPERM")] * 4 + [
        "thread",
        "program",
    ]


def test_inside_is_the_package_that_grades(tmp_path: Path) -> None:
    """Not another one that happens to be installed: two checkouts may share one environment."""
    installed = Path(gancourse.__file__).parent
    shutil.copytree(installed, tmp_path / "gancourse", ignore=shutil.ignore_patterns("__pycache__"))
    look = """
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls
host = Host(Walls())
print(host.run("import gancourse; print(gancourse.__file__)", "cell"))
host.close()
host.walls.stop()
"""
    run = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert str(tmp_path) in run.stdout, run.stdout + run.stderr


def test_a_sandbox_that_does_not_start_says_so() -> None:
    with pytest.raises(NoSandbox, match="did not start"):
        Walls(Limits(memory=2**24)).start()


def test_what_changes_in_lists_of_parameters_is_taken_over() -> None:
    """Theirs are called "0", "1", …, or by any word: no names of Python's."""

    def made(value: float) -> nn.Module:
        net = nn.Module()
        net.kernels = nn.ParameterList(torch.full((2,), value + k) for k in range(2))
        net.by_name = nn.ParameterDict({"first-layer": torch.full((3,), value)})
        return net

    ours, theirs = made(0.0), made(5.0)
    mirror.set_module_state(ours, unpack(pack(mirror.module_state(theirs))))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)
