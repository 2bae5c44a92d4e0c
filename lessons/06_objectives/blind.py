"""Answers to the exercises of lesson 06 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "critic_losses": {
        "first": (0, 0),
        "wrong": {
            "maximum of the mean in the hinge": (
                "the maximum is taken for each sample by itself, the mean after it",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real.mean()) + F.relu(1 + fake.mean()), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), fake.mean()
""",
            ),
            "margin used for the hinge, 1 for EBGAN": (
                "margin is EBGAN's m; the hinge's margin is always 1",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(margin - real).mean() + F.relu(margin + fake).mean(), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), fake.mean()
""",
            ),
            "EBGAN ignores the margin": (
                "max(0, m - D(fake)) with the margin that was given",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(1 - fake).mean(), fake.mean()
""",
            ),
            "G's hinge loss is a hinge too": (
                "hinge: G minimizes -mean D(fake), not a relu",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), F.relu(1 - fake).mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), fake.mean()
""",
            ),
            "least squares without the halves for D": (
                "1/2 in each of D's terms",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() + fake.square().mean(), (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), fake.mean()
""",
            ),
            "EBGAN's G loss rebuilt from a plain number: no gradient": (
                "gradients flow to both batches",
                """
def critic_losses(name, real, fake, margin=1.0):
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), torch.tensor(fake.mean().item())
""",
            ),
            "one mean over both batches: breaks where sizes differ": (
                "a bar is the mean over its own batch; the two batches may differ in size",
                """
def critic_losses(name, real, fake, margin=1.0):
    n = real.shape[0]
    if name == "least squares":
        return ((real - 1).pow(2).sum() + fake.pow(2).sum()) / (2 * n), (fake - 1).pow(2).sum() / (2 * n)
    if name == "hinge":
        return (F.relu(1 - real).sum() + F.relu(1 + fake).sum()) / n, -fake.sum() / n
    if name == "wasserstein":
        return (fake.sum() - real.sum()) / n, -fake.sum() / n
    return (real.sum() + F.relu(margin - fake).sum()) / n, fake.sum() / n
""",
            ),
            "D's input fake detached in D's losses": (
                "gradients flow to both batches (of D's outputs; a detached fake teaches D nothing about made samples)",
                """
def critic_losses(name, real, made, margin=1.0):
    fake = made.detach()
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2, (made - 1).square().mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -made.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -made.mean()
    if name == "ebgan":
        return real.mean() + F.relu(margin - fake).mean(), made.mean()
""",
            ),
        },
        "right": {
            "table of lambdas": """
PAIRS_OF = {
    "least squares": lambda r, f, m: (0.5 * ((r - 1) ** 2).mean() + 0.5 * (f**2).mean(), 0.5 * ((f - 1) ** 2).mean()),
    "hinge": lambda r, f, m: ((1 - r).clamp(min=0).mean() + (1 + f).clamp(min=0).mean(), -f.mean()),
    "wasserstein": lambda r, f, m: (f.mean() - r.mean(), -f.mean()),
    "ebgan": lambda r, f, m: (r.mean() + (m - f).clamp(min=0).mean(), f.mean()),
}


def critic_losses(name, real, fake, margin=1.0):
    return PAIRS_OF[name](real, fake, margin)
""",
            "match statement, F.mse_loss and a named tuple": """
from typing import NamedTuple


class Losses(NamedTuple):
    d: torch.Tensor
    g: torch.Tensor


def critic_losses(name, real, fake, margin=1.0, *, hinge_margin=1.0):
    mse = F.mse_loss
    match name:
        case "least squares":
            one = torch.ones_like
            return Losses((mse(real, one(real)) + mse(fake, torch.zeros_like(fake))) / 2, mse(fake, one(fake)) / 2)
        case "hinge":
            over = torch.maximum(hinge_margin - real, torch.zeros_like(real))
            under = torch.maximum(hinge_margin + fake, torch.zeros_like(fake))
            return Losses(over.mean() + under.mean(), fake.neg().mean())
        case "wasserstein":
            return Losses(fake.mean() - real.mean(), fake.neg().mean())
        case _:
            return Losses(real.mean() + torch.relu(margin - fake).mean(), fake.mean())
""",
            "returned as a list, string enum": """
from enum import Enum


class Name(str, Enum):
    LS = "least squares"
    HINGE = "hinge"
    W = "wasserstein"
    EB = "ebgan"


def critic_losses(name, real, fake, margin=1.0):
    which = Name(name)
    real, fake = real.flatten(), fake.flatten()
    up = lambda a: torch.where(a > 0, a, torch.zeros_like(a))
    if which is Name.LS:
        pair = [(real - 1).square().mean() / 2 + fake.square().mean() / 2, (fake - 1).square().mean() / 2]
    elif which is Name.HINGE:
        pair = [up(1 - real).mean() + up(1 + fake).mean(), -fake.mean()]
    elif which is Name.W:
        pair = [-(real.mean() - fake.mean()), -fake.mean()]
    else:
        pair = [real.mean() + up(margin - fake).mean(), fake.mean()]
    return tuple(pair)
""",
            "sums over sizes with einsum, one term each": """
def critic_losses(name, real, fake, margin=1.0):
    mean = lambda t: torch.einsum("nk->", t) / t.numel()
    terms = {"least squares": (lambda r: (r - 1) ** 2 / 2, lambda f: f**2 / 2, lambda f: (f - 1) ** 2 / 2),
             "hinge": (lambda r: F.relu(1 - r), lambda f: F.relu(1 + f), lambda f: -f),
             "wasserstein": (lambda r: -r, lambda f: f, lambda f: -f),
             "ebgan": (lambda r: r, lambda f: F.relu(margin - f), lambda f: f)}
    on_real, on_fake, for_g = terms[name]
    return mean(on_real(real)) + mean(on_fake(fake)), mean(for_g(fake))
""",
        },
    },
    "duality": {
        "first": (0, 0),
        "wrong": {
            "flow the other way": (
                "how much has to cross to the right: what p has too much on the left of the gap",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(q - p, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "flow keeps the last 0: n numbers": (
                "there are n - 1 gaps",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "cost without dx": (
                "whatever crosses a gap is carried by dx",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs()).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "slopes of +1 where nothing crosses": (
                "Where nothing crosses, take 0",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return torch.where(torch.cumsum(p - q, 0)[:-1] > 0, -1.0, 1.0).to(p.dtype)
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "cost as a plain number": (
                "Step 2 is going to be differentiated with respect to p",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum().detach()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "critic's heights forget dx": (
                "f_{i+1} - f_i = s_i dx",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "heights from their mean: step 4 does not begin with 0": (
                "Begin with 0 at the first point",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum(p - q, 0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        f = torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
        return f - f.mean()
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "p changed in place": (
                "Leave p and q as they are",
                """
def duality(step, p, q, dx=1.0):
    if step == 1:
        flow = p.detach().sub_(q)
        return flow.cumsum(0)[:-1]
    if step == 2:
        return (torch.cumsum(p - q, 0)[:-1].abs() * dx).sum()
    if step == 3:
        return -torch.sign(torch.cumsum(p - q, 0)[:-1])
    if step == 4:
        s = -torch.sign(torch.cumsum(p - q, 0)[:-1])
        return torch.cat([torch.zeros(1, dtype=s.dtype), torch.cumsum(s * dx, 0)])
    if step == 5:
        return (duality(4, p, q, dx) * (p - q)).sum()
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
        },
        "right": {
            "recursion and torch.dot": """
def duality(step, p, q, dx=1.0):
    if step == 1:
        return torch.cumsum((p - q)[:-1], 0)
    if step == 2:
        return dx * torch.linalg.vector_norm(duality(1, p, q, dx), 1)
    if step == 3:
        flow = duality(1, p, q, dx)
        return (flow < 0).to(flow.dtype) - (flow > 0).to(flow.dtype)
    if step == 4:
        return F.pad(torch.cumsum(duality(3, p, q, dx) * dx, 0), (1, 0))
    if step == 5:
        return torch.dot(duality(4, p, q, dx), p - q)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            "plain loops": """
def duality(step, p, q, dx=1.0):
    flow, carried = [], 0.0
    for i in range(len(p) - 1):
        carried = carried + p[i] - q[i]
        flow.append(carried)
    flow = torch.stack(flow)
    if step == 1:
        return flow
    if step == 2:
        return sum(dx * abs(one) for one in flow)
    slopes = -flow.detach().sign()
    if step == 3:
        return slopes
    heights = [torch.zeros((), dtype=p.dtype)]
    for s in slopes:
        heights.append(heights[-1] + s * dx)
    heights = torch.stack(heights)
    if step == 4:
        return heights
    if step == 5:
        return sum(f * (a - b) for f, a, b in zip(heights, p, q))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            "triangular matrix": """
def duality(step, p, q, dx=1.0):
    n = len(p)
    below = torch.ones(n - 1, n, dtype=p.dtype, device=p.device).tril()
    flow = below @ (p - q)
    # round-off is no flow
    slopes = -torch.sign(flow)
    critic = torch.cat([slopes.new_zeros(1), dx * slopes.cumsum(0)])
    answers = {1: flow, 2: flow.abs().sum() * dx, 3: slopes, 4: critic, 5: critic @ (p - q)}
    if step not in answers:
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    return answers[step]
""",
            "step 5 a Python float, step 4 detached, functions of a table": """
def _flow(p, q, dx):
    return (p - q).cumsum(dim=0).narrow(0, 0, p.numel() - 1)


def _critic(p, q, dx):
    f = torch.zeros_like(p, requires_grad=False)
    f[1:] = (-_flow(p, q, dx).sign() * dx).detach().cumsum(0)
    return f


def duality(step, p, q, dx=1.0):
    table = (
        _flow,
        lambda p, q, dx: F.l1_loss(_flow(p, q, dx), torch.zeros_like(p[1:]), reduction="sum") * dx,
        lambda p, q, dx: _flow(p, q, dx).detach().sign().neg(),
        _critic,
        lambda p, q, dx: float(torch.inner(_critic(p, q, dx), (p - q).detach())),
    )
    if step not in (1, 2, 3, 4, 5):
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    return table[step - 1](p, q, dx)
""",
        },
    },
    "critic_step": {
        "first": (0, 0),
        "wrong": {
            "returns the loss": (
                "Return the estimate mean D(x) - mean D(fake), not minus it",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(fake.detach()).mean() - D(real).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    return loss.item()
""",
            ),
            "estimate falls": (
                "move D so that the estimate rises",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(real).mean() - D(fake.detach()).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    return loss.item()
""",
            ),
            "fake not detached": (
                "no gradient may reach the generator",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(fake).mean() - D(real).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    return -loss.item()
""",
            ),
            "gradients not cleared": (
                "Gradients that an earlier step left in D must not count",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(fake.detach()).mean() - D(real).mean()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    return -loss.item()
""",
            ),
            "only weights are clipped": (
                "every parameter, weights and biases alike",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(fake.detach()).mean() - D(real).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in [w for w in D.parameters() if w.ndim > 1]:
            p.clamp_(-clip, clip)
    return -loss.item()
""",
            ),
            "gradients clipped, not parameters": (
                "clip every parameter of D to [-clip, clip]",
                """
def critic_step(D, opt_D, real, fake, clip):
    estimate = D(real).mean() - D(fake.detach()).mean()
    opt_D.zero_grad()
    (-estimate).backward()
    nn.utils.clip_grad_value_(D.parameters(), clip)
    opt_D.step()
    return estimate.item()
""",
            ),
            "estimate of after the step": (
                "the estimate from before the step",
                """
def critic_step(D, opt_D, real, fake, clip):
    loss = D(fake.detach()).mean() - D(real).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
        return (D(real).mean() - D(fake).mean()).item()
""",
            ),
            "clips before the step": (
                "move D by one step and then clip",
                """
def critic_step(D, opt_D, real, fake, clip):
    estimate = D(real).mean() - D(fake.detach()).mean()
    opt_D.zero_grad()
    (-estimate).backward()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    opt_D.step()
    return float(estimate)
""",
            ),
        },
        "right": {
            "maximum by negated gradients of autograd.grad": """
def critic_step(D, opt_D, real, fake, clip):
    params = [p for p in D.parameters() if p.requires_grad]
    estimate = D(real).mean() - D(fake.detach()).mean()
    for p, g in zip(params, torch.autograd.grad(estimate, params, allow_unused=True)):
        p.grad = None if g is None else -g
    opt_D.step()
    for p in D.parameters():
        p.data.clamp_(min=-clip, max=clip)
    return estimate.detach().cpu().numpy().item()
""",
            "closure handed to the optimizer": """
def critic_step(D, opt_D, real, fake, clip):
    said = []

    def closure():
        opt_D.zero_grad(set_to_none=True)
        with torch.enable_grad():
            loss = (D(fake.detach()) .mean()) - (D(real).mean())
            loss.backward()
        said.append(-float(loss))
        return loss

    opt_D.step(closure)
    with torch.no_grad():
        for p in D.parameters():
            p.copy_(torch.minimum(torch.maximum(p, torch.full_like(p, -clip)), torch.full_like(p, clip)))
    return said[0]
""",
            "both batches by themselves, two backward passes": """
@torch.no_grad()
def clip_all(net, c):
    for p in net.parameters():
        p.clip_(-c, c)


def critic_step(D, opt_D, real, fake, clip):
    opt_D.zero_grad()
    on_real = D(real).mean()
    (-on_real).backward()
    on_fake = D(fake.clone().detach()).mean()
    on_fake.backward()
    opt_D.step()
    clip_all(D, clip)
    return on_real.item() - on_fake.item()
""",
            "clips through the optimizer's groups and foreach": """
def critic_step(D, opt_D, real, fake, clip):
    D.zero_grad()
    opt_D.zero_grad()
    estimate = torch.mean(D(real)).sub(torch.mean(D(fake.detach())))
    estimate.neg().backward()
    opt_D.step()
    with torch.no_grad():
        held = [p for group in opt_D.param_groups for p in group["params"]]
        torch._foreach_clamp_min_(held, -clip)
        torch._foreach_clamp_max_(held, clip)
    return estimate.tolist()
""",
        },
    },
    "gradient_penalty": {
        "first": (0, 0),
        "wrong": {
            "create_graph forgotten, made a leaf": (
                "D's parameters must be able to learn from what you return",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x)
    slope.requires_grad_()
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
            "one epsilon for the batch": (
                "Every pair gets an epsilon of its own",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(1, dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
            "an epsilon for every number": (
                "the same epsilon for all numbers of that sample",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(*real.shape, dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
            "length over dim 1 only": (
                "the length is over all numbers of one sample (wrong for pictures)",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.norm(dim=1) - 1).square().mean()
""",
            ),
            "one length for the whole batch": (
                "one length for each sample, then the mean",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.norm() / len(real) ** 0.5 - 1).square()
""",
            ),
            "slope of the mean of D's outputs": (
                "the gradient of D at each sample, not divided by n",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).mean(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
            "one-sided": (
                "mean (|grad D| - 1)^2: both sides",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real.detach(), fake.detach(), mix).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * F.relu(slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
            "graph to the generator kept": (
                "Nothing is to reach real or fake",
                """
def gradient_penalty(D, real, fake, weight=10.0):
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    x = torch.lerp(real, fake, mix)
    x = x if x.requires_grad else x.requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
""",
            ),
        },
        "right": {
            "grad_outputs of ones": """
def gradient_penalty(D, real, fake, weight=10.0):
    n = real.size(0)
    eps = torch.empty(n, dtype=real.dtype, device=real.device).uniform_()
    eps = eps.view(n, *(1 for _ in real.shape[1:]))
    between = (real * (1 - eps) + eps * fake).detach()
    between.requires_grad_(True)
    out = D(between)
    slope = torch.autograd.grad(out, between, grad_outputs=torch.ones_like(out), create_graph=True, retain_graph=True)[0]
    length = slope.reshape(n, -1).norm(p=2, dim=-1)
    return weight * ((length - 1) ** 2).mean()
""",
            "torch.func.vjp": """
def gradient_penalty(D, real, fake, weight=10.0):
    with torch.no_grad():
        e = torch.rand((len(real),) + (1,) * (real.ndim - 1), dtype=real.dtype)
        x = real + e * (fake - real)
    slope = torch.func.grad(lambda x: D(x).sum())(x)
    length = torch.linalg.vector_norm(slope, dim=tuple(range(1, slope.ndim)))
    return F.mse_loss(length, torch.ones_like(length)) * weight
""",
            "NumPy's dice": """
import numpy as np


def gradient_penalty(D, real, fake, weight=10.0, *, target=1.0):
    dice = np.random.default_rng(int(torch.randint(2**31, ())))
    eps = torch.as_tensor(dice.uniform(size=len(real)), dtype=real.dtype)
    a, b = real.detach().flatten(1), fake.detach().flatten(1)
    x = torch.stack([r + e * (f - r) for r, f, e in zip(a, b, eps)]).view_as(real).requires_grad_()
    total = D(x).sum()
    slope = torch.autograd.grad(total, [x], create_graph=True)[0].flatten(1)
    return weight * torch.stack([(row.norm() - target) ** 2 for row in slope]).mean()
""",
            "each sample by itself in a loop": """
def gradient_penalty(D, real, fake, weight=10.0):
    terms = []
    for x, made in zip(real.detach(), fake.detach()):
        eps = torch.rand(())
        at = (x + eps.to(x.dtype) * (made - x)).unsqueeze(0).requires_grad_()
        (slope,) = torch.autograd.grad(D(at).squeeze(), at, create_graph=True)
        terms.append((torch.linalg.norm(slope.flatten()) - 1).square())
    return weight * torch.stack(terms).mean()
""",
        },
    },
    "spectral_norm": {
        "first": (0, 0),
        "wrong": {
            "gradient flows through u and v": (
                "with u and v held constant: the gradient is u v^T",
                """
def spectral_norm(W, u, steps=1):
    for _ in range(steps):
        v = F.normalize(W.T @ u, dim=0)
        u = F.normalize(W @ v, dim=0)
    return u @ W @ v, u.detach()
""",
            ),
            "sigma under no_grad": (
                "sigma's gradient flows to W",
                """
@torch.no_grad()
def spectral_norm(W, u, steps=1):
    for _ in range(steps):
        v = F.normalize(W.T @ u, dim=0)
        u = F.normalize(W @ v, dim=0)
    return u @ W @ v, u
""",
            ),
            "ready-made norm": (
                "Only the rounds count, no ready-made singular values",
                """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return torch.linalg.matrix_norm(W, 2), u
""",
            ),
            "one round, whatever steps says": (
                "in each of `steps` rounds",
                """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(1):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return u @ W @ v, u
""",
            ),
            "the old u in sigma": (
                "sigma with the last u and v",
                """
def spectral_norm(W, u, steps=1):
    first = u
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return F.normalize(first, dim=0) @ W @ v, u
""",
            ),
            "u overwritten in place": (
                "Leave the u you are given as it is",
                """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u.copy_(F.normalize(W @ v, dim=0))
    return u @ W @ v, u
""",
            ),
            "v returned in place of u": (
                "Return the pair (sigma, u)",
                """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return u @ W @ v, v
""",
            ),
            "sigma squared: |W v|^2": (
                "sigma = u^T W v",
                """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return (W @ v) @ (W @ v), u
""",
            ),
        },
        "right": {
            "detached copies and einsum": """
def spectral_norm(W, u, steps=1):
    A = W.detach()
    left = u.detach()
    for _ in range(steps):
        right = torch.einsum("mn,m->n", A, left)
        right = right / right.norm()
        left = torch.einsum("mn,n->m", A, right)
        left = left / left.norm()
    return torch.einsum("m,mn,n->", left, W, right), left
""",
            "sum of the outer product times W": """
def spectral_norm(W, u, steps=1):
    unit = lambda x: x / torch.linalg.vector_norm(x)
    A, at = W.detach(), u.detach().clone()
    count = 0
    while count < steps:
        v = unit(torch.mv(A.t(), at))
        at = unit(torch.mv(A, v))
        count += 1
    return (torch.outer(at, v) * W).sum(), at
""",
            "recursion, columns as matrices": """
def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        v = W.mT.matmul(u.unsqueeze(1))
        v = v / v.square().sum().sqrt()
        ahead = W.matmul(v)
        ahead = (ahead / ahead.square().sum().sqrt()).squeeze(1)
    if steps > 1:
        return spectral_norm(W, ahead, steps - 1)
    return torch.dot(ahead, W @ v.squeeze(1)), ahead
""",
            "a custom Function with the outer product as gradient": """
from collections import namedtuple

Guess = namedtuple("Guess", "sigma u")


class _Sigma(torch.autograd.Function):
    @staticmethod
    def forward(ctx, W, u, v):
        ctx.save_for_backward(u, v)
        return u @ (W @ v)

    @staticmethod
    def backward(ctx, g):
        u, v = ctx.saved_tensors
        return g * u[:, None] * v[None, :], None, None


def spectral_norm(W, u, steps=1):
    with torch.no_grad():
        for _ in range(int(steps)):
            v = u @ W
            v = v / v.norm(p=2)
            u = W @ v
            u = u / u.norm(p=2)
    return Guess(_Sigma.apply(W, u, v), u)
""",
        },
    },
    "r3gan_losses": {
        "first": (0, 0),
        "wrong": {
            "every pair: D's outputs broadcast": (
                "sample i of real is paired with sample i of fake",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real.T).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real.T - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "log of a sigmoid": (
                "Compute the losses stably: logits may be +-200",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = -torch.log(torch.sigmoid(on_real - D(fake.detach()))).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = -torch.log(torch.sigmoid(D(fake) - on_real)).mean()
    return d_loss, g_loss
""",
            ),
            "gamma, not its half": (
                "gamma / 2 times each penalty",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real).mean() + gamma * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "length, not its square": (
                "mean of the squared lengths",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).norm(dim=1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "no R2": (
                "the penalty is taken on the made ones, too",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real).mean() + gamma / 2 * penalty(real)
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "no create_graph": (
                "D's parameters learn from all three terms",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, retain_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "D's loss reaches fake": (
                "nothing of L_D reaches fake",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake) - on_real).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
            "mean over numbers, not sum within a sample": (
                "squared length: the sum over all numbers of a sample, the mean over samples",
                """
def r3gan_losses(D, real, fake, gamma):
    def penalty(batch):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        return slope.square().mean()

    on_real = D(real)
    d_loss = F.softplus(D(fake.detach()) - on_real).mean() + gamma / 2 * (penalty(real) + penalty(fake))
    g_loss = F.softplus(on_real - D(fake)).mean()
    return d_loss, g_loss
""",
            ),
        },
        "right": {
            "logsigmoid and torch.func": """
def r3gan_losses(D, real, fake, gamma):
    slope = torch.func.grad(lambda x: D(x).sum())
    made = fake.detach()
    r1 = slope(real.detach()).flatten(1).pow(2).sum(1).mean()
    r2 = slope(made).flatten(1).pow(2).sum(1).mean()
    L_D = -F.logsigmoid(D(real) - D(made)).mean() + 0.5 * gamma * r1 + 0.5 * gamma * r2
    L_G = -F.logsigmoid(D(fake) - D(real)).mean()
    return L_D, L_G
""",
            "binary cross-entropy, both batches judged at once": """
def r3gan_losses(D, real, fake, gamma):
    n = len(real)
    both = torch.cat([real.detach(), fake.detach()]).requires_grad_()
    out = D(both).view(-1)
    slope = torch.autograd.grad(out, both, torch.ones_like(out), create_graph=True)[0].reshape(2 * n, -1)
    lengths = (slope * slope).sum(-1)
    logit = out[:n] - out[n:]
    bce = F.binary_cross_entropy_with_logits
    d_loss = bce(logit, torch.ones_like(logit)) + gamma / 2 * lengths[:n].mean() + gamma / 2 * lengths[n:].mean()
    logit_G = D(fake).view(-1) - D(real).view(-1).detach()
    return d_loss, bce(logit_G, torch.ones_like(logit_G))
""",
            "logaddexp, loop over batches": """
def r3gan_losses(D, real, fake, gamma):
    at = [real.detach().clone().requires_grad_(), fake.detach().clone().requires_grad_()]
    outs = [D(x) for x in at]
    fine = 0
    for x, out in zip(at, outs):
        g = torch.autograd.grad(out.sum(), x, create_graph=True)[0]
        fine = fine + torch.einsum("ni,ni->n", g.flatten(1), g.flatten(1)).mean()
    zero = torch.zeros_like(outs[0])
    with torch.no_grad():
        against = D(real)
    return (
        torch.logaddexp(zero, outs[1] - outs[0]).mean() + gamma * fine / 2,
        torch.logaddexp(zero, against - D(fake)).mean(),
    )
""",
            "L_G with D's parameters switched off meanwhile by functional_call": """
def _r(D, batch):
    x = batch.detach().requires_grad_(True)
    return torch.stack([(row**2).sum() for row in torch.autograd.grad(D(x).sum(), x, create_graph=True)[0]]).mean()


def r3gan_losses(D, real, fake, gamma, beta=1):
    minus_log_sigma = lambda a: torch.clamp(-a, min=0) + torch.log1p(torch.exp(-a.abs()))
    on_real, on_made = D(real.detach()), D(fake.detach())
    d_loss = minus_log_sigma(on_real - on_made).mean() + (gamma / 2) * _r(D, real) + (gamma / 2) * _r(D, fake)
    g_loss = minus_log_sigma(D(fake) - on_real.detach()).mean()
    return tuple([d_loss, g_loss])
""",
        },
    },
    "began": {
        "first": (0, 0),
        "wrong": {
            "losses with the next k": (
                "The losses use the k you are given",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = gamma * real.item() - fake.item()
    k = min(1.0, max(0.0, k + rate * a))
    return real - k * fake, fake, k, real.item() + abs(a)
""",
            ),
            "k is not clipped": (
                "The next k lies from 0 to 1",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = gamma * real.item() - fake.item()
    return real - k * fake, fake, k + rate * a, real.item() + abs(a)
""",
            ),
            "k clipped from below only": (
                "The next k lies from 0 to 1",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = gamma * real.item() - fake.item()
    return real - k * fake, fake, max(0.0, k + rate * a), real.item() + abs(a)
""",
            ),
            "balance the wrong way round": (
                "a = gamma L(x) - L(fake)",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = fake.item() - gamma * real.item()
    return real - k * fake, fake, min(1.0, max(0.0, k + rate * a)), real.item() + abs(a)
""",
            ),
            "gamma at the made ones": (
                "gamma L(x) - L(fake), not L(x) - gamma L(fake)",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = real.item() - gamma * fake.item()
    return real - k * fake, fake, min(1.0, max(0.0, k + rate * a)), real.item() + abs(a)
""",
            ),
            "M without the absolute value": (
                "M = L(x) + |gamma L(x) - L(fake)|",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = gamma * real.item() - fake.item()
    return real - k * fake, fake, min(1.0, max(0.0, k + rate * a)), real.item() + a
""",
            ),
            "M and k with the tensors' history": (
                "the next k and M, both as plain numbers",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    real, fake = on_real.mean(), on_fake.mean()
    a = gamma * real - fake
    return real - k * fake, fake, (k + rate * a).clamp(0, 1), real + a.abs()
""",
            ),
            "mean of the errors of pairs and |.| per pair": (
                "L is the mean; the absolute value is of means",
                """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    n = min(len(on_real), len(on_fake))
    a = gamma * on_real[:n] - on_fake[:n]
    step = a.mean().item()
    M = on_real.mean().item() + a.abs().mean().item()
    return on_real.mean() - k * on_fake.mean(), on_fake.mean(), min(1.0, max(0.0, k + rate * step)), M
""",
            ),
        },
        "right": {
            "NumPy's clip, named tuple": """
from typing import NamedTuple

import numpy as np


class Balance(NamedTuple):
    d: torch.Tensor
    g: torch.Tensor
    k: float
    M: float


def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    x, made = on_real.mean(), on_fake.mean()
    a = gamma * float(x) - float(made)
    return Balance(x - k * made, made, np.clip(k + rate * a, 0.0, 1.0), np.float64(float(x) + np.abs(a)))
""",
            "sums over sizes, conditions": """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    L_x = on_real.sum() / on_real.numel()
    L_g = on_fake.sum() / on_fake.numel()
    with torch.no_grad():
        out = float(gamma * L_x - L_g)
    new = k + rate * out
    if new < 0:
        new = 0
    elif new > 1:
        new = 1
    M = float(L_x) + (out if out > 0 else -out)
    return L_x - k * L_g, 1.0 * L_g, new, M
""",
            "sorted for the clip, a list made a tuple": """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    x, made = torch.mean(on_real), torch.mean(on_fake)
    r, f = x.detach().double().item(), made.detach().double().item()
    _, ahead, _ = sorted((0.0, k + rate * (gamma * r - f), 1.0))
    return torch.sub(x, made, alpha=k), made, ahead, max((1 + gamma) * r - f, (1 - gamma) * r + f)
""",
            "torch.clamp then item, einsum for means": """
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    means = [torch.einsum("n->", e) / e.shape[0] for e in (on_real, on_fake)]
    a = gamma * means[0].detach() - means[1].detach()
    ahead = torch.clamp(k + rate * a, 0, 1).item()
    watched = (means[0].detach() + a.abs()).item()
    return means[0] - k * means[1], means[1].clone(), ahead, watched
""",
        },
    },
    "best_of": {
        "first": (0, 0),
        "wrong": {
            "drawn with replacement": (
                "each at most once",
                """
def best_of(scores, budget, worst):
    scores = torch.as_tensor(scores).double()
    s = torch.where(scores.isfinite(), scores, float(worst)).sort().values
    n = len(s)
    P = torch.tensor([((n - i) / n) ** budget - ((n - i - 1) / n) ** budget for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().clamp(min=0).sqrt())
""",
            ),
            "runs that ran away left out": (
                "they count as worst",
                """
def best_of(scores, budget, worst):
    s = scores[scores.isfinite()].double().sort().values
    n = len(s)
    budget = min(budget, n)
    whole = math.comb(n, budget)
    P = torch.tensor([math.comb(n - 1 - i, budget - 1) / whole for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().sqrt())
""",
            ),
            "only NaN and +inf replaced": (
                "NaN or infinity, plus or minus",
                """
def best_of(scores, budget, worst):
    scores = torch.as_tensor(scores).double()
    s = torch.nan_to_num(scores, nan=worst, posinf=worst).sort().values
    n = len(s)
    whole = math.comb(n, budget)
    P = torch.tensor([math.comb(n - 1 - i, budget - 1) / whole for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().clamp(min=0).sqrt())
""",
            ),
            "variance, not deviation": (
                "standard deviation",
                """
def best_of(scores, budget, worst):
    scores = torch.as_tensor(scores).double()
    s = torch.where(scores.isfinite(), scores, float(worst)).sort().values
    n = len(s)
    whole = math.comb(n, budget)
    P = torch.tensor([math.comb(n - 1 - i, budget - 1) / whole for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum())
""",
            ),
            "drawn at random ten thousand times": (
                "exactly, not by drawing",
                """
def best_of(scores, budget, worst):
    s = torch.where(scores.isfinite(), scores, torch.tensor(float(worst), dtype=scores.dtype))
    picks = torch.stack([s[torch.randperm(len(s))[:budget]].min() for _ in range(10000)])
    return float(picks.mean()), float(picks.std())
""",
            ),
            "float binomials by products": (
                "there are more choices than a float can hold",
                """
def _choose(n, k):
    value = 1.0
    for j in range(k):
        value *= (n - j)
    for j in range(k):
        value /= (j + 1)
    return value


def best_of(scores, budget, worst):
    s = torch.where(scores.isfinite(), scores, torch.full_like(scores, worst)).double().sort().values
    n = len(s)
    P = torch.tensor([_choose(n - 1 - i, budget - 1) / _choose(n, budget) for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().sqrt())
""",
            ),
            "highest is best": (
                "lower is better",
                """
def best_of(scores, budget, worst):
    scores = torch.as_tensor(scores).double()
    s = torch.where(scores.isfinite(), scores, float(worst)).sort(descending=True).values
    n = len(s)
    whole = math.comb(n, budget)
    P = torch.tensor([math.comb(n - 1 - i, budget - 1) / whole for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().clamp(min=0).sqrt())
""",
            ),
            "places off by one": (
                "the other b - 1 come from the N - 1 - i behind place i",
                """
def best_of(scores, budget, worst):
    scores = torch.as_tensor(scores).double()
    s = torch.where(scores.isfinite(), scores, float(worst)).sort().values
    n = len(s)
    whole = math.comb(n, budget)
    P = torch.tensor([math.comb(n - i, budget - 1) / math.comb(n + 1, budget) for i in range(n)], dtype=torch.float64)
    mean = (P * s).sum()
    return float(mean), float((P * (s - mean).square()).sum().clamp(min=0).sqrt())
""",
            ),
        },
        "right": {
            "Fractions all the way": """
from fractions import Fraction
from math import comb, isfinite, sqrt


def best_of(scores, budget, worst):
    s = sorted(float(x) if isfinite(x) else float(worst) for x in scores.tolist())
    n = len(s)
    P = [Fraction(comb(n - 1 - i, budget - 1), comb(n, budget)) for i in range(n)]
    mean = sum(p * Fraction(x) for p, x in zip(P, s))
    variance = sum(p * (Fraction(x) - mean) ** 2 for p, x in zip(P, s))
    return float(mean), sqrt(variance)
""",
            "a running ratio of neighbouring probabilities, NumPy scalars": """
import numpy as np


def best_of(scores, budget, worst):
    s = scores.detach().cpu().numpy().astype(np.float64).copy()
    s[~np.isfinite(s)] = worst
    s.sort()
    n = len(s)
    P = np.zeros(n)
    P[0] = budget / n
    for i in range(n - 1):
        P[i + 1] = P[i] * (n - i - budget) / (n - 1 - i)
    mean = np.average(s, weights=P)
    return mean, np.sqrt(np.average((s - mean) ** 2, weights=P))
""",
            "logarithms of the gamma function": """
from scipy.special import gammaln
import numpy as np


def best_of(scores, budget, worst):
    s = np.array([x if math.isfinite(x) else worst for x in scores.tolist()], dtype=float)
    s = np.sort(s)
    n, i = len(s), np.arange(len(s))
    behind = n - 1 - i
    log = lambda n, k: gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    fits = behind >= budget - 1
    P = np.zeros(n)
    P[fits] = np.exp(log(behind[fits], budget - 1) - log(n, budget))
    P /= P.sum()
    mean = float(P @ s)
    return mean, float(P @ (s - mean) ** 2) ** 0.5
""",
            "survival of the best, one run after another; returns 0-dimensional tensors": """
def best_of(scores, budget, worst):
    kept = [(x if math.isfinite(x) else worst) for x in map(float, scores)]
    kept.sort()
    n = len(kept)
    alive, P = 1.0, []
    for i in range(n):
        here = min(1.0, budget / (n - i))
        P.append(alive * here)
        alive *= 1 - here
    P, s = torch.tensor(P, dtype=torch.float64), torch.tensor(kept, dtype=torch.float64)
    mean = P @ s
    return mean, (P @ (s - mean) ** 2).sqrt()
""",
        },
    },
    "honest_critic": {
        "first": (0, 0),
        "wrong": {
            "a verdict, 1 for real and 0 for made": (
                "Its steepest slope L between any two of these points is measured (one steep place spoils the share; 40 for bronze).",
                """
def honest_critic(real, fake):
    def critic(x):
        return (torch.cdist(x, real).min(1).values < torch.cdist(x, fake).min(1).values).float()

    return critic
""",
            ),
            "high where the made points are": (
                "share = 100 · (mean f(x) − mean f(x̂)) / L / W: the critic is high on real points.",
                """
def honest_critic(real, fake):
    def critic(x):
        return (torch.cdist(x, real).min(1).values - torch.cdist(x, fake).min(1).values) / 2

    return critic
""",
            ),
        },
        "cheats": {
            "moves the points it is asked about": (
                "Its steepest slope L between any two of these 600 points is measured, with the exact distance W of these points.",
                """
def honest_critic(real, fake):
    def critic(x):
        said = torch.cdist(x, fake).min(1).values - torch.cdist(x, real).min(1).values
        said = (said > 0).float()
        with torch.no_grad():
            x *= 1e4  # far apart, so that nothing is steep
        return said

    return critic
""",
            ),
            "answers that are not numbers": (
                "returns one number for each; the mean share counts: 40, 80, 95.",
                """
def honest_critic(real, fake):
    def critic(x):
        return torch.full((len(x),), float("nan"))

    return critic
""",
            ),
            "changes how slopes and distances are measured": (
                "Its steepest slope L is measured with the exact distance W of these points; nobody can get more than 100.",
                """
def honest_critic(real, fake):
    true_cdist = torch.cdist
    centers = real.clone(), fake.clone()

    def wide(x, y, *args, **kwargs):
        return true_cdist(x, y, *args, **kwargs) + 1e3  # every two points are far from each other

    def critic(x):
        torch.cdist = wide
        nearer = true_cdist(x, centers[0]).min(1).values < true_cdist(x, centers[1]).min(1).values
        return nearer.float()

    return critic
""",
            ),
            "looks up in the caller who is real": (
                "It is asked about 300 new real and 300 new made points together, in mixed order (it is not told which is which): a function that takes points.",
                """
import sys


def honest_critic(real, fake):
    def critic(x):
        frame = sys._getframe(1)
        truth = None
        while frame is not None and truth is None:
            for thing in list(frame.f_locals.values()):
                if not isinstance(thing, torch.Tensor) or thing is x:
                    continue
                if thing.shape == (len(x),) and thing.dtype == torch.bool:
                    truth = thing
                if thing.shape == (len(x),) and thing.dtype == torch.long:
                    truth = thing < len(x) // 2  # the order in which they were mixed
                if thing.shape == (len(x) // 2, 2) and not torch.equal(thing, real) and not torch.equal(thing, fake):
                    truth = torch.cdist(x.double(), thing.double()).min(1).values < 1e-9
            frame = frame.f_back
        if truth is None or truth.sum() in (0, len(x)):
            return torch.zeros(len(x))
        from scipy.optimize import linear_sum_assignment

        x = x.detach().double()
        first, second = truth.nonzero().flatten(), (~truth).nonzero().flatten()
        cost = torch.cdist(x[first], x[second])
        i, j = linear_sum_assignment(cost.numpy())
        w = torch.cdist(x, x)
        w[first[i], second[j]] = -cost[i, j]
        f = torch.zeros(len(x), dtype=torch.double)
        for _ in range(len(x)):
            lower = (f[:, None] + w).min(0).values
            if torch.allclose(lower, f):
                break
            f = lower
        return f

    return critic
""",
            ),
        },
        "medals": {
            "best heights by assignment, cones between": (
                "gold",
                """
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def honest_critic(real, fake):
    x, y = np.asarray(real, dtype=float), np.asarray(fake, dtype=float)
    points = np.concatenate([x, y])
    cost = cdist(x, y)
    i, j = linear_sum_assignment(cost)
    w = cdist(points, points)
    w[i, len(x) + j] = -cost[i, j]
    f = np.zeros(len(points))
    for _ in range(2000):
        lower = np.minimum(f, (f[:, None] + w).min(0))
        if np.abs(lower - f).max() < 1e-10:
            break
        f = lower

    def critic(asked):
        far = cdist(np.asarray(asked.detach(), dtype=float), points)
        return torch.as_tensor((far + f).min(1), dtype=torch.float64)

    return critic
""",
            ),
            "the same, halfway between highest and lowest cone": (
                "gold",
                """
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def honest_critic(real, fake):
    x, y = np.asarray(real, dtype=float), np.asarray(fake, dtype=float)
    points = np.concatenate([x, y])
    cost = cdist(x, y)
    i, j = linear_sum_assignment(cost)
    w = cdist(points, points)
    w[i, len(x) + j] = -cost[i, j]
    f = np.zeros(len(points))
    for _ in range(2000):
        lower = np.minimum(f, (f[:, None] + w).min(0))
        if np.abs(lower - f).max() < 1e-10:
            break
        f = lower

    def critic(asked):
        far = cdist(np.asarray(asked.detach(), dtype=float), points)
        return torch.as_tensor(((f + far).min(1) + (f - far).max(1)) / 2, dtype=torch.float64)

    return critic
""",
            ),
            "how much nearer the real points are than the made ones": (
                "bronze",
                """
def honest_critic(real, fake):
    # the mean distance to a cloud grows by at most 1 a step, so half the difference of two is never steeper than 1
    def critic(x):
        return (torch.cdist(x, fake).mean(1) - torch.cdist(x, real).mean(1)) / 2

    return critic
""",
            ),
        },
    },
}
