"""Hidden checks of lesson 16: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, scikit-learn, torch's own layers, or counting, and not from the public checks' references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.ndimage import map_coordinates
from scipy.optimize import check_grad
from scipy.special import expit, xlogy
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted
from gancourse.checks.few_looks import MEDALS_FOR_ONE_CHANGE, changed_by, hidden_face, mean_reads
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.steps import curved, flat, linear, several_losses
from gancourse.checks.values import described, expect_close, number, numbers, two

check = Suite("16_editing")


def array(x: Any) -> np.ndarray:
    return torch.as_tensor(x).detach().double().numpy()


@check.that("projection_loss", "agrees with NumPy, for pictures of any size and float32")
def _(projection_loss: Callable) -> None:
    n, size, k = chosen_int(3, between=(2, 5)), chosen_int(4, between=(2, 6)), chosen_int(5, between=(2, 7))
    made, x, mixing = torch.tanh(randn(n, 3, size, size)), torch.tanh(randn(n, 3, size, size)), randn(3 * size**2, k)

    def features(pictures: Tensor) -> Tensor:
        return torch.tanh(pictures.flatten(1) @ mixing.to(pictures.dtype))

    weight = 0.05 + float(rand(1)[0])
    off = ((array(made) - array(x)) ** 2).reshape(n, -1).mean(1)
    seen = [np.tanh(array(p).reshape(n, -1) @ array(mixing)) for p in (made, x)]
    want = off + weight * ((seen[0] - seen[1]) ** 2).mean(1)
    got = numbers(projection_loss(made, x, features, weight), (n,))
    expect_close(got, torch.from_numpy(want), f"{n} pictures", show=False, rtol=1e-3)


def adam_by_hand(slope: Callable, z: np.ndarray, steps: int, rate: float) -> list[np.ndarray]:
    """Where Adam goes, by its paper's formulas."""
    m, v, seen = np.zeros_like(z), np.zeros_like(z), [z]
    for t in range(1, steps + 1):
        g = slope(seen[-1])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        seen.append(seen[-1] - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))
    return seen


@check.that("search_z", "goes where Adam's own formulas lead, and keeps each row's best")
def _(search_z: Callable) -> None:
    n, steps, rate = chosen_int(5, between=(3, 8)), chosen_int(7, between=(4, 9)), 0.3 + 0.6 * float(rand(1)[0])
    layer = linear(3, 4)
    norm = nn.BatchNorm1d(4, dtype=torch.float64)
    assert isinstance(norm.running_mean, Tensor) and isinstance(norm.running_var, Tensor)
    norm.running_mean.copy_(randn(4))
    norm.running_var.copy_(0.5 + rand(4))
    weight, bias = (array(p) for p in layer.parameters())
    kept = array(norm.running_mean), np.sqrt(array(norm.running_var) + norm.eps)
    goal, z = randn(n, 4).double(), 2 * randn(n, 3).double()

    def loss(made: Tensor, z: Tensor) -> Tensor:
        return (made - goal.to(made.dtype)).square().sum(1) + 0.1 * z.pow(4).sum(1)

    def off(at: np.ndarray) -> np.ndarray:
        return (at @ weight.T + bias - kept[0]) / kept[1] - array(goal)

    def slope(at: np.ndarray) -> np.ndarray:
        return 2 * (off(at) / kept[1]) @ weight + 0.4 * at**3

    seen = adam_by_hand(slope, array(z), steps, rate)
    losses = np.array([(off(at) ** 2).sum(1) + 0.1 * (at**4).sum(1) for at in seen])
    best = losses.argmin(0)
    G = nn.Sequential(layer, norm).train()
    got = two(search_z(G, loss, z, steps, rate), "Return two tensors.")
    where = f"{steps} steps from {n} starts"
    want_z = torch.from_numpy(np.array([seen[k][i] for i, k in enumerate(best)]))
    expect_close(numbers(got[0], (n, 3)), want_z, where, show=False, what="the kept z are", rtol=1e-4, atol=1e-5)
    expect_close(numbers(got[1], (n,)), torch.from_numpy(losses.min(0)), where, show=False, what="the losses are")
    expect(G[0].training and G[1].training, "G's mode has changed.")


@check.that("encoder_step", "agrees with torch's own losses and optimizer")
def _(step: Callable) -> None:
    m, n, weight = chosen_int(4, between=(3, 7)), chosen_int(6, between=(3, 8)), 0.2 + 2 * float(rand(1)[0])
    E, G, ours, theirs = curved(5, 6, 2), curved(2, 4, 5), curved(5, 6, 2), curved(2, 4, 5)
    ours.load_state_dict(E.state_dict())
    theirs.load_state_dict(G.state_dict())
    z, x = randn(m, 2).double(), randn(n, 5).double()

    def loss(made: Tensor, x: Tensor) -> Tensor:
        return (made - x.to(made.dtype)).abs().pow(3).mean(1)

    in_z = nn.MSELoss()(ours(theirs(z)), z)
    in_x = sum(loss(theirs(ours(x[i : i + 1])), x[i : i + 1]).sum() for i in range(n)) / n
    sgd = torch.optim.SGD(ours.parameters(), 0.2)
    (in_z + weight * in_x).backward()
    sgd.step()
    got = step(E, G, loss, Counted(E.parameters(), 0.2), z, x, weight)
    said = several_losses(got, 2, f"Return two numbers. You return {described(got)}.")
    where = f"{m} samples and {n} real pictures"
    expect_close(said, [in_z.item(), float(in_x)], where, show=False)
    expect_close(flat(E), flat(ours), where, what="E's parameters become", show=False, rtol=1e-6, atol=1e-8)


@check.that("hybrid_start", "takes what going through all candidates, one by one, finds")
def _(hybrid_start: Callable) -> None:
    n, k = chosen_int(4, between=(3, 7)), chosen_int(3, between=(1, 5))
    E, G = curved(4, 5, 2), curved(2, 5, 4)
    x, others = randn(n, 4).double(), randn(k, n, 2).double()

    def loss(made: Tensor, x: Tensor) -> Tensor:
        return (made - x.to(made.dtype)).abs().amax(1)

    rows = []
    for i in range(n):
        tried = [E(x[i : i + 1])[0].detach(), *(others[c, i] for c in range(k))]
        far = [float((G(z[None])[0].detach() - x[i]).abs().max()) for z in tried]
        rows.append(tried[int(np.argmin(far))])
    got = numbers(hybrid_start(E, G, loss, x, others), (n, 2))
    expect_close(got, torch.stack(rows), f"{n} pictures, {k} others each", show=False, rtol=1e-6, atol=1e-8)


@check.that("direction_steps", "agrees with SciPy: the loss by logarithms, its slopes by small differences")
def _(answer: Callable) -> None:
    n, d = chosen_int(7, between=(5, 12)), chosen_int(3, between=(2, 5))
    z, w, y = randn(n, d).double(), randn(d).double(), (rand(n) > 0.4).double()
    b, decay = float(randn(1)[0]), 0.1 + float(rand(1)[0])

    def loss(point: np.ndarray) -> float:
        p = expit(array(z) @ point + b)
        return float(-(xlogy(array(y), p) + xlogy(1 - array(y), 1 - p)).mean() + decay / 2 * point @ point)

    given = {"z": z, "y": y, "w": w, "b": b, "decay": decay}
    expect_close(number(answer(1, **given)), loss(array(w)), "step 1", show=False, rtol=1e-3)
    slope = array(numbers(answer(2, **given), (n,)))
    expect_close(
        torch.from_numpy(slope), torch.from_numpy((expit(array(z) @ array(w) + b) - array(y)) / n), "step 2", show=False
    )
    gradient = array(numbers(answer(3, **given), (d,)))
    expect(check_grad(loss, lambda _: gradient, array(w)) < 1e-4, "Step 3 is not the slope of the loss.")


@check.that("direction_steps", "angles and lengths as NumPy has them")
def _(answer: Callable) -> None:
    d = chosen_int(4, between=(3, 7))
    w, other, alpha = 2 * randn(d).double(), 3 * randn(d).double(), 0.3 + 3 * float(rand(1)[0])
    z = randn(1, d).double()
    moved = array(z) + alpha * array(w) / np.linalg.norm(array(w))
    expect_close(number(answer(4, w=w, alpha=alpha)), float(((moved - array(z)) @ array(w))[0]), "step 4", show=False)
    along = array(other) / np.linalg.norm(array(other))
    expect_close(
        number(answer(5, w=w, alpha=alpha, other=other)), float(((moved - array(z)) @ along)[0]), "step 5", show=False
    )
    basis = np.linalg.qr(np.stack([array(other), array(w)]).T)[0]
    rest = basis[:, 1] * np.sign(basis[:, 1] @ array(w))
    expect_close(numbers(answer(6, w=w, other=other), (d,)), torch.from_numpy(rest), "step 6", show=False)


@check.that("find_direction", "agrees with scikit-learn's logistic regression")
def _(find_direction: Callable) -> None:
    n, d, decay = 300, chosen_int(4, between=(3, 6)), 0.05 + 0.3 * float(rand(1)[0])
    z = (randn(n, d) * (0.6 + rand(d)) + 0.3 * randn(d)).double()
    w = randn(d).double()
    y = (z @ (2 * w / w.norm()) + randn(n).double() > 0.7).double()
    if float(y.mean()) in (0.0, 1.0):
        y[0] = 1 - y[0]
    fit: Any = LogisticRegression(C=1 / (decay * n), tol=1e-8, max_iter=2000).fit(array(z), array(y))
    want = torch.from_numpy(fit.coef_[0] / np.linalg.norm(fit.coef_[0]))
    got = numbers(find_direction(z, y, decay), (d,))
    angle = float(got @ want / got.norm().clamp(min=1e-12))
    expect(angle >= 0.999, f"The direction's cosine with scikit-learn's is {angle:.4f}; at least 0.999 is asked.")
    expect(abs(float(got.norm()) - 1) < 1e-3, f"Its length is {float(got.norm()):.3f}, not 1.")


@check.that("hold", "agrees with NumPy's least squares")
def _(hold: Callable) -> None:
    d, k = chosen_int(9, between=(6, 12)), chosen_int(4, between=(2, 5))
    others = (randn(k, d) + 2 * randn(d)).double()
    direction = 5 * randn(d).double()
    mixture = np.linalg.lstsq(array(others).T, array(direction), rcond=None)[0]
    rest = array(direction) - array(others).T @ mixture
    got = numbers(hold(direction, others), (d,))
    expect_close(
        got, torch.from_numpy(rest / np.linalg.norm(rest)), f"{k} rows of {d}", show=False, rtol=1e-4, atol=1e-6
    )
    expect_close(
        others @ got, torch.zeros(k), f"{k} rows of {d}", show=False, what="products with the rows are", atol=1e-4
    )


@check.that("edit_loss", "agrees with NumPy's gradients and averages")
def _(answer: Callable) -> None:
    n, h, w = chosen_int(3, between=(2, 4)), chosen_int(4, between=(3, 6)), chosen_int(5, between=(3, 6))
    made, color = (torch.tanh(randn(n, 3, h, w)) for _ in range(2))
    z, z0 = randn(n, 4), randn(n, 4)
    brushed, drawn, strength = (rand(n, 1, h, w) > 0.4).float(), rand(n, 1, h - 1, w - 1), rand(n, 1, h - 1, w - 1)
    brushed[0] = 0
    weights = [float(v) for v in (0.1 + rand(2))]
    bright = array(made).mean(1, keepdims=True)
    lines = np.hypot(np.hypot(np.diff(bright, axis=3)[:, :, :-1], np.diff(bright, axis=2)[..., :-1]), 0.01)
    got = numbers(answer("edges", made), (n, 1, h - 1, w - 1))
    expect_close(got, torch.from_numpy(lines), "random pictures", show=False, rtol=1e-3, what="edges are")
    want = []
    for i in range(n):
        off = (array(made[i]) - array(color[i])) ** 2
        weight = np.broadcast_to(array(brushed[i]), off.shape)
        colors = float(np.average(off, weights=weight)) if weight.any() else 0.0
        lined = float(np.average((lines[i] - array(strength[i])) ** 2, weights=array(drawn[i])))
        want.append(colors + weights[0] * lined + weights[1] * float(((array(z[i]) - array(z0[i])) ** 2).sum()))
    got = numbers(answer("wishes", made, z, z0, color, brushed, strength, drawn, weights), (n,))
    expect_close(got, torch.tensor(want), f"{n} pictures, the first not brushed", show=False, rtol=1e-3)
    within = numbers(answer("within", made, color, brushed), (n,))
    expect(float(within[0]) == 0 and bool((within[1:] > 0).all()), "`within` should be 0 where the mask is empty, and "
           "only there.")  # fmt: skip


@check.that("edit_transfer", "agrees with SciPy's interpolation")
def _(answer: Callable) -> None:
    h, w = chosen_int(6, between=(4, 8)), chosen_int(5, between=(4, 8))
    original, before, after = (torch.tanh(randn(1, 3, h, w)).double() for _ in range(3))
    flow, mask = (5 * rand(1, 2, h, w) - 2.5).double(), rand(1, 1, h, w).double()
    places = np.mgrid[:h, :w] + array(flow)[0, ::-1]

    def moved(x: Tensor) -> np.ndarray:
        return np.stack([map_coordinates(channel, places, order=1, mode="nearest") for channel in array(x)[0]])[None]

    got = numbers(answer("warp", original, flow), (1, 3, h, w))
    expect_close(
        got, torch.from_numpy(moved(original)), "a random flow", show=False, what="the picture becomes", rtol=1e-4
    )
    edited = np.clip(moved(original) + array(after) - moved(before), -1, 1)
    want = array(original) + array(mask) * (edited - array(original))
    got = numbers(answer("transfer", original, before, after, flow, mask), (1, 3, h, w))
    expect_close(got, torch.from_numpy(want), "a random edit", show=False, what="the picture becomes", rtol=1e-4)


@check.challenge("change_one", "changes one factor of other faces", MEDALS_FOR_ONE_CHANGE)
def _(change_one: Callable) -> Reached:
    return mean_reads([changed_by(change_one, hidden_face()) for _ in range(4)])
