"""Right and wrong answers to the exercises of lesson 06, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("critic_losses")

it.right("the table")
it.right(
    "clamp, mse and a dictionary of functions",
    """
    one, none = torch.ones_like, torch.zeros_like
    d_losses = {
        "least squares": lambda: 0.5 * F.mse_loss(real, one(real)) + 0.5 * F.mse_loss(fake, none(fake)),
        "hinge": lambda: (1 - real).clamp(min=0).mean() + (1 + fake).clamp(min=0).mean(),
        "wasserstein": lambda: fake.mean() - real.mean(),
        "ebgan": lambda: real.mean() + (margin - fake).clamp(min=0).mean(),
    }
    g_losses = {
        "least squares": lambda: 0.5 * F.mse_loss(fake, one(fake)),
        "hinge": lambda: -fake.mean(),
        "wasserstein": lambda: -fake.mean(),
        "ebgan": lambda: fake.mean(),
    }
    return [d_losses[name](), g_losses[name]()]
    """,
)
it.right(
    "sums over sizes, and a match",
    """
    def mean(x):
        return x.sum() / x.numel()
    match name:
        case "least squares":
            return (mean((1 - real).square()) + mean(fake * fake)) / 2, mean((1 - fake).square()) / 2
        case "hinge":
            zero = torch.zeros(())
            return mean(torch.maximum(zero, 1 - real)) + mean(torch.maximum(zero, 1 + fake)), mean(-fake)
        case "wasserstein":
            return mean(fake) - mean(real), mean(-fake)
        case _:
            return mean(real) + mean(torch.relu(margin - fake)), mean(fake)
    """,
)
it.wrong("returns nothing", "pass", says="The result is None")
it.wrong("D's loss alone", "return fake.mean() - real.mean()", says="Return a pair of losses")
it.wrong(
    "labels swapped",
    {"((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2": "(real**2).mean() / 2 + ((fake - 1) ** 2).mean() / 2"},
    says="Real and made samples are swapped",
    never="is missing",
    point=True,
)
it.wrong(
    "squares without halves",
    {"((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2": "((real - 1) ** 2).mean() + (fake**2).mean()"},
    says="The halves are missing",
    never="Sums are taken",
    point=True,
)
it.wrong(
    "label −1 for made samples",
    {"(fake**2).mean() / 2, ": "((fake + 1) ** 2).mean() / 2, "},
    says="In the table their label is 0",
    point=True,
)
it.wrong(
    "G's label 0",
    {"((fake - 1) ** 2).mean() / 2": "(fake**2).mean() / 2"},
    says="wants its samples called 1",
    point=True,
)
it.wrong(
    "hinge signs swapped",
    {"F.relu(1 - real)": "F.relu(1 + real)", "F.relu(1 + fake)": "F.relu(1 - fake)"},
    says="Real and made samples are swapped",
    point=True,
)
it.wrong(
    "maximum of the mean",
    {"F.relu(1 - real).mean() + F.relu(1 + fake).mean()": "F.relu(1 - real.mean()) + F.relu(1 + fake.mean())"},
    says="The maximum is taken of the mean",
    never="swapped",
    point=True,
)
it.wrong(
    "hinge without maximum",
    {"F.relu(1 - real).mean() + F.relu(1 + fake).mean()": "(1 - real).mean() + (1 + fake).mean()"},
    says="The maximum with 0 is missing",
    point=True,
)
it.wrong(
    "G's hinge",
    {"F.relu(1 + fake).mean(), -fake.mean()": "F.relu(1 + fake).mean(), F.relu(1 - fake).mean()"},
    says="G's loss has no margin",
    point=True,
)
it.wrong(
    "the hinge with EBGAN's margin",
    {"F.relu(1 - real).mean() + F.relu(1 + fake)": "F.relu(margin - real).mean() + F.relu(margin + fake)"},
    says="The margin of the hinge is 1",
    point=True,
)
it.wrong("critic upside down", {"fake.mean() - real.mean()": "real.mean() - fake.mean()"}, says="swapped", point=True)
it.wrong("critic's sum", {"fake.mean() - real.mean()": "fake.sum() - real.sum()"}, says="Sums are taken", point=True)
it.wrong(
    "G's critic upside down",
    {"fake.mean() - real.mean(), -fake.mean()": "fake.mean() - real.mean(), fake.mean()"},
    says="G wants D's outputs on its samples to be high",
    point=True,
)
it.wrong(
    "margin of 1 whatever is said",
    {"F.relu(margin - fake)": "F.relu(1 - fake)"},
    says="Use the argument `margin`",
    point=True,
)
it.wrong(
    "energy of made samples without margin",
    {"F.relu(margin - fake).mean()": "(margin - fake).mean()"},
    says="The maximum with 0 is missing",
    point=True,
)
it.wrong(
    "high energy is good",
    {".mean(), fake.mean()": ".mean(), -fake.mean()"},
    says="a low energy is a good one",
    never="That is D's part",
    point=True,
)
it.wrong(
    "real outputs detached", {"F.relu(1 - real)": "F.relu(1 - real.detach())"}, says="no gradient of D's loss reaches"
)
it.wrong(
    "numbers",
    {"fake.mean() - real.mean(), ": "fake.mean() - real.mean().item(), "},
    says="no gradient of D's loss reaches",
)
it.wrong("no mean", {"real.mean(), -fake.mean()": "real.mean(), -fake"}, says="Average over the batch", point=True)
it.excused = {
    "`(fake - 1) ** 2` → `(1 - fake) ** 2`": "the square of the same length",
    "`(real - 1) ** 2` → `(1 - real) ** 2`": "the square of the same length",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("duality")

it.right("running sums")
it.right(
    "loops",
    """
    n, flow, total = len(p), [], 0.0
    for i in range(n - 1):
        total = total + p[i] - q[i]
        flow.append(total)
    flow = torch.stack(flow)
    slopes = (flow < 0).to(p.dtype) - (flow > 0).to(p.dtype)
    critic = [torch.zeros((), dtype=p.dtype)]
    for s in slopes:
        critic.append(critic[-1] + s * dx)
    critic = torch.stack(critic)
    return {
        1: flow, 2: sum(f.abs() for f in flow) * dx, 3: slopes, 4: critic, 5: torch.dot(critic, p) - torch.dot(critic, q)
    }[step]
    """,
)
it.right(
    "a triangular matrix, and step 5 by step 2",
    """
    n = len(p)
    lower = torch.ones(n - 1, n, dtype=p.dtype).tril()
    flow = lower @ (p - q)
    if step == 1:
        return flow
    if step in (2, 5):
        return dx * torch.linalg.vector_norm(flow, 1)
    slopes = torch.where(flow > 0, -1.0, torch.where(flow < 0, 1.0, 0.0))
    if step == 3:
        return slopes
    return torch.cat([torch.zeros(1), dx * slopes.cumsum(0)])
    """,
)
it.wrong("returns nothing", "pass", says="is None")
FLOW = "torch.cumsum(p - q, 0)[:-1]"
it.wrong("flow to the left", {FLOW: "torch.cumsum(q - p, 0)[:-1]"}, says="The sign is wrong", never="running sum of p")
it.wrong("no running sum", {FLOW: "(p - q)[:-1]"}, says="a running sum", never="The sign is wrong")
it.wrong("sizes", {FLOW: "torch.cumsum(p - q, 0)[:-1].abs()"}, says="Keep the sign")
it.wrong("with the last", {FLOW: "torch.cumsum(p - q, 0)"}, says="one gap less")
it.wrong("without the first", {FLOW: "torch.cumsum(p - q, 0)[1:]"}, says="Leave out the last")
it.wrong("flow of p", {FLOW: "torch.cumsum(p, 0)[:-1]"}, says="running sum of p alone")
COST = "duality(1, p, q).abs().sum() * dx"
it.wrong("no sizes", {COST: "duality(1, p, q).sum() * dx"}, says="cancel each other", point=True)
it.wrong("no dx", {COST: "duality(1, p, q).abs().sum()"}, says="The way across a gap is dx", point=True)
it.wrong("mean over gaps", {".abs().sum() * dx": ".abs().mean() * dx"}, says="the mean over gaps", point=True)
it.wrong("total variation", {COST: "(p - q).abs().sum()"}, says="does not know how far", point=True)
it.wrong("squares", {".abs().sum() * dx": ".square().sum() * dx"}, says="The flow is squared", point=True)
it.wrong("a number without a gradient", {COST: "(duality(1, p, q).abs().sum() * dx).item()"}, says="cut off from `p`")
SLOPES = "-torch.sign(duality(1, p, q))"
it.wrong("slopes with the flow", {SLOPES: "torch.sign(duality(1, p, q))"}, says="The sign is wrong", point=True)
it.wrong("slopes not at their steepest", {SLOPES: "-duality(1, p, q)"}, says="steeper is better", point=True)
it.wrong("rises for slopes", {SLOPES: "-torch.sign(duality(1, p, q)) * dx"}, says="rises, not slopes", point=True)
it.wrong(
    "a slope where nothing crosses",
    {SLOPES: "torch.where(duality(1, p, q) > 0, -1.0, 1.0)"},
    says="take 0 (torch.sign does so). Here it is 1",
)
CRITIC = "F.pad(torch.cumsum(duality(3, p, q), 0) * dx, (1, 0))"
it.wrong(
    "heights without dx", {CRITIC: "F.pad(torch.cumsum(duality(3, p, q), 0), (1, 0))"}, says="missing dx", point=True
)
it.wrong(
    "a height too few", {CRITIC: "torch.cumsum(duality(3, p, q), 0) * dx"}, says="a height at each point", point=True
)
it.wrong(
    "mean taken off",
    {CRITIC: f"(lambda f: f - f.mean())({CRITIC})"},
    says="Its mean is taken off",
    never="upside down",
    point=True,
)
it.wrong("upside down", {CRITIC: f"-{CRITIC}"}, says="It is upside down", point=True)
it.wrong("0 at the end", {CRITIC: f"(lambda f: f - f[-1])({CRITIC})"}, says="It ends with 0", point=True)
SIDE = "(duality(4, p, q, dx) * (p - q)).sum()"
it.wrong("q first", {SIDE: "(duality(4, p, q, dx) * (q - p)).sum()"}, says="p comes first")
it.wrong("dx once more", {SIDE: f"{SIDE} * dx"}, says="nothing is left to multiply with")
it.wrong("p alone", {SIDE: "(duality(4, p, q, dx) * p).sum()"}, says="Take off what it is on q")
it.wrong("changes p", {FLOW: "p.sub_(q).cumsum(0)[:-1]"}, says="changes its argument")
it.excused = {
    "`if step == 5: …` → `return (duality(4, p, q, dx) * (p - q)).sum()`": "nobody asks for a sixth step",
    "`raise ValueError(f'Steps are 1 to 5, not {step}.')` → nothing": "nobody asks for a sixth step",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `f'Steps are 1 to 5, not {step}.'`": "nor for its error",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `ValueError()`": "nor for its error",
    **{
        f"`step, p, q, dx=1.0` → `step, p, q, dx={dx}`": "every step that needs it is given it"
        for dx in ("0.0", "2.0", "0.5", "-1.0")
    },
    "`torch.cumsum(p - q, 0)` → `torch.cumsum(p - q, -1)`": "the heaps have one dimension",
    "`torch.cumsum(duality(3, p, q), 0)` → `torch.cumsum(duality(3, p, q), -1)`": "the slopes have one dimension",
    "`duality(1, p, q).abs()` → `duality(1, p, q).abs_()`": "in place on a tensor that nobody else has",
    "`duality(1, p, q)` → `duality(1, q, p)` (no. 2)": "the cost of step 2 is the same both ways",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("critic_step")

it.right("detach and clamp_")
it.right(
    "data and no_grad, the estimate climbed",
    """
    with torch.no_grad():
        fake = fake.clone()
    opt_D.zero_grad(set_to_none=False)
    estimate = D(real).mean() - D(fake).mean()
    (-estimate).backward()
    opt_D.step()
    for p in D.parameters():
        p.data = p.data.clamp(-clip, clip)
    return float(estimate)
    """,
)
it.right(
    "one pass, minimum and maximum",
    """
    for p in D.parameters():
        p.grad = None
    made = fake.detach()
    both = D(torch.cat([real, made])).flatten()
    estimate = both[: len(real)].mean() - both[len(real) :].mean()
    slopes = torch.autograd.grad(-estimate, list(D.parameters()))
    for p, slope in zip(D.parameters(), slopes):
        p.grad = slope
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.copy_(torch.minimum(torch.maximum(p, torch.tensor(-clip)), torch.tensor(clip)))
    return estimate.item()
    """,
)
CLIP = "with torch.no_grad():\n    for p in D.parameters():\n        p.clamp_(-clip, clip)"
it.wrong("returns nothing", {"return -loss.item()": ""}, says="The result is None")
it.wrong(
    "downhill",
    {"D(fake.detach()).mean() - D(real).mean()": "D(real).mean() - D(fake.detach()).mean()"},
    says="It goes the wrong way",
    point=True,
)
it.wrong("returns the loss", {"-loss.item()": "loss.item()"}, says="That is the loss")
it.wrong("returns a tensor", {"-loss.item()": "-loss"}, says="computation attached")
it.wrong("no clip", {CLIP: ""}, says="Nothing is clipped", point=True)
it.wrong(
    "clips before the step",
    {f"opt_D.step()\n{CLIP}": f"{CLIP}\nopt_D.step()"},
    says="Clip after it",
    never="Nothing is clipped",
    point=True,
)
it.wrong(
    "weights alone",
    {
        "for p in D.parameters():\n    p.clamp_(-clip, clip)": "for n, p in D.named_parameters():\n    if n.endswith('weight'): p.clamp_(-clip, clip)"
    },
    says="The bias is not clipped",
    point=True,
)
it.wrong("clamped from 0", {"p.clamp_(-clip, clip)": "p.clamp_(0, clip)"}, says="cuts at 0 below", point=True)
it.wrong(
    "clips gradients",
    {f"opt_D.step()\n{CLIP}": "torch.nn.utils.clip_grad_value_(D.parameters(), clip)\nopt_D.step()"},
    says="It clips the gradients",
    point=True,
)
it.wrong("signs", {"p.clamp_(-clip, clip)": "p.copy_(clip * p.sign())"}, says="set to ±clip", point=True)
it.wrong("no zero_grad", {"opt_D.zero_grad()": ""}, says="Gradients of the step before are still in it")
it.wrong(
    "zero_grad too late", {"loss.backward()": "loss.backward()\nopt_D.zero_grad()"}, says="has not moved", point=True
)
it.wrong("no detach", {"fake.detach()": "fake"}, says="A gradient reaches `fake`")
it.wrong(
    "an optimizer of its own",
    {"opt_D.step()": "torch.optim.SGD(D.parameters(), lr=0.1).step()"},
    says="Use the optimizer that is passed in",
    point=True,
)
it.wrong("sums", {".mean()": ".sum()"}, count=2, says="Sums are taken instead of means", point=True)
it.wrong("two steps", {"opt_D.step()": "opt_D.step()\nopt_D.step()"}, says="It takes two steps", point=True)
it.wrong("never backward", {"loss.backward()": ""}, says="has not moved", point=True)
it.wrong(
    "the estimate afterwards",
    {"return -loss.item()": "return (D(real).mean() - D(fake).mean()).item()"},
    says="the estimate after the step",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("gradient_penalty")

it.right("grad of the sum")
it.right(
    "grad_outputs of ones, and linalg",
    """
    n = len(real)
    e = torch.rand(n).view(n, *[1] * (real.dim() - 1)).to(real)
    x = ((1 - e) * real + e * fake.detach()).requires_grad_(True)
    out = D(x)
    slope = torch.autograd.grad(out, x, torch.ones_like(out), create_graph=True, retain_graph=True)[0]
    return weight * ((torch.linalg.vector_norm(slope.reshape(n, -1), dim=1) - 1) ** 2).mean()
    """,
)
it.right(
    "from the made ones, by the norm of a row",
    """
    e = torch.rand((len(fake),) + (1,) * (fake.dim() - 1)).to(fake)
    x = (fake + e * (real - fake)).detach()
    x.requires_grad = True
    (slope,) = torch.autograd.grad(outputs=D(x), inputs=x, grad_outputs=torch.ones(len(x), 1).to(x), create_graph=True)
    fines = (slope.pow(2).reshape(len(x), -1).sum(dim=1).sqrt() - 1) ** 2
    return fines.mean() * weight
    """,
)
MIX = "torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype)"
it.wrong("returns nothing", {"return weight": "penalty = weight"}, says="The result is None")
it.wrong("one ε for all", {MIX: "torch.rand(1, dtype=real.dtype)"}, says="All pairs share one ε", point=True)
it.wrong(
    "an ε for each number",
    {MIX: "torch.rand_like(real)"},
    says="Every number of a sample has an ε of its own",
    point=True,
)
it.wrong("the data only", {"torch.lerp(real, fake, mix)": "real.clone()"}, says="at the samples themselves", point=True)
it.wrong(
    "the made ones only", {"torch.lerp(real, fake, mix)": "fake.clone()"}, says="at the samples themselves", point=True
)
it.wrong("the middle", {MIX: "0.5"}, says="taken in the middle", point=True)
it.wrong("normal ε", {"torch.rand(len": "torch.randn(len"}, says="expected about", point=True)
it.wrong(
    "one length for the batch",
    {"slope.flatten(1).norm(dim=1)": "slope.norm()"},
    says="One length is taken over the whole batch",
    never="λ is 10",
    point=True,
)
it.wrong("no graph", {", create_graph=True": ""}, says="D could not learn from it", point=True)
it.wrong(
    "detached slope", {"slope.flatten(1)": "slope.detach().flatten(1)"}, says="D could not learn from it", point=True
)
it.wrong("squared lengths", {"norm(dim=1)": "square().sum(1)"}, says="Take the root first", point=True)
it.wrong("slope 0 wanted", {" - 1).square()": ").square()"}, says="The 1 is missing", point=True)
it.wrong("sizes added", {"norm(dim=1)": "abs().sum(1)"}, says="the sizes of the numbers are added", point=True)
it.wrong("not squared", {".square().mean()": ".abs().mean()"}, says="is not squared", point=True)
it.wrong("λ forgotten", {"return weight * ": "return "}, says="λ, the argument `weight`, is missing", point=True)
it.wrong("λ = 10", {"return weight * ": "return 10 * "}, says="λ is 10 there", point=True)
it.wrong("the mean's slope", {"D(x).sum()": "D(x).mean()"}, says="the gradient of the sum", point=True)
it.wrong("sum over the batch", {".square().mean()": ".square().sum()"}, says="the sum over the batch", point=True)
it.wrong(
    "one-sided",
    {" - 1).square()": " - 1).clamp(min=0).square()"},
    says="too short a slope costs nothing there",
    point=True,
)
it.wrong(
    "each number of the slope",
    {"(slope.flatten(1).norm(dim=1) - 1)": "(slope.abs() - 1)"},
    says="Each number of the slope is compared with 1",
    point=True,
)
it.wrong("points only", {"slope.flatten(1).norm(dim=1)": "slope.norm(dim=1)"}, says="pictures of shape", point=True)
it.wrong(
    "through the samples",
    """
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype)
    x = torch.lerp(real, fake, mix)
    x = x if x.requires_grad else x.requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
    """,
    says="A gradient reaches `fake`",
)
it.excused = {
    "`torch.lerp(real, fake, mix).detach()` → `torch.lerp(real, fake, mix).detach_()`": "in place on a tensor that nobody else has",
    "`(slope.flatten(1).norm(dim=1) - 1).square()` → `(slope.flatten(1).norm(dim=1) - 1).square_()`": "in place on a tensor that nobody else has",
    "`torch.lerp(real, fake, mix)` → `torch.lerp(fake, real, mix)`": "1 - ε is as evenly drawn as ε",
    "`slope.flatten(1).norm(dim=1) - 1` → `1 - slope.flatten(1).norm(dim=1)`": "the difference is squared",
    "`slope.flatten(1).norm(dim=1)` → `slope.flatten(1).norm(dim=-1)`": "the last dimension is the second",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("spectral_norm")

it.right("no_grad around the rounds")
it.right(
    "detached, by norms",
    """
    fixed, u = W.detach(), u.detach().clone()
    for _ in range(steps):
        v = fixed.t().mv(u)
        v = v / v.norm()
        u = fixed.mv(v)
        u = u / u.norm()
    return torch.einsum("i,ij,j->", u, W, v), u
    """,
)
it.right(
    "by the products W Wᵀ",
    """
    with torch.no_grad():
        for _ in range(steps):
            v = (u @ W) / torch.linalg.vector_norm(u @ W)
            u = (W @ v) / torch.linalg.vector_norm(W @ v)
        outer = torch.outer(u, v)
    return (W * outer).sum(), u
    """,
)
it.wrong("returns nothing", {"return u @ W @ v, u": ""}, says="The result is None")
it.wrong("σ alone", {"u @ W @ v, u": "u @ W @ v"}, says="Return two things")
it.wrong(
    "exact", {"return u @ W @ v": "return torch.linalg.matrix_norm(W, 2)"}, says="the exact singular value", point=True
)
it.wrong("Frobenius", {"return u @ W @ v": "return W.norm()"}, says="the Frobenius norm", point=True)
it.wrong("under no_grad", {"return u @ W @ v, u": "return (u @ W @ v).detach(), u"}, says="cut off from W", point=True)
it.wrong("through u and v", {"with torch.no_grad():": "if True:"}, says="flows through u and v", point=True)
it.wrong("one round too many", {"range(steps)": "range(steps + 1)"}, says="one round more", point=True)
it.wrong(
    "one round only", {"range(steps)": "range(1)"}, says="one round fewer than `steps`", never="The u you are given"
)
it.wrong("the old u", {"@ v, u": "@ v, W.new_ones(len(W))"}, says="the next u is")
it.wrong(
    "u handed back",
    "new, v = u, u\nwith torch.no_grad():\n    for _ in range(steps):\n        v = F.normalize(W.T @ new, dim=0)\n        new = F.normalize(W @ v, dim=0)\nreturn new @ W @ v, u",
    says="the u you were given",
)
it.wrong(
    "u not at length 1",
    {"u = F.normalize(W @ v, dim=0)": "u = W @ v"},
    says="u is not divided by its length",
    point=True,
)
it.wrong("W for its transpose", {"W.T @ u": "W @ u"}, says="RuntimeError", point=True)
it.wrong(
    "begins anew", {"with torch.no_grad():": "u = torch.ones_like(u)\nwith torch.no_grad():"}, says="σ is", point=True
)
it.wrong(
    "writes into u",
    {"u = F.normalize(W @ v, dim=0)": "u.copy_(F.normalize(W @ v, dim=0))"},
    says="changes its argument",
)
it.wrong(
    "u on the graph",
    {"return u @ W @ v, u": "return u @ W @ v, F.normalize(W @ v, dim=0)"},
    says="hangs on W's graph",
)
it.wrong("minus", {"return u @ W @ v": "return -(u @ W @ v)"}, says="σ is", point=True)
it.excused = {
    "`u @ W @ v` → `v @ (u @ W)`": "the product of two vectors is the same both ways",
    "`F.normalize(W.T @ u, dim=0)` → `F.normalize(W.T @ u, dim=-1)`": "v has one dimension",
    "`F.normalize(W @ v, dim=0)` → `F.normalize(W @ v, dim=-1)`": "u has one dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("r3gan_losses")

it.right("softplus of differences")
it.right(
    "logsigmoid, both penalties at once",
    """
    def steepness(x):
        x = x.detach().clone().requires_grad_()
        out = D(x)
        g = torch.autograd.grad(out, x, torch.ones_like(out), create_graph=True)[0]
        return (g.reshape(len(x), -1) ** 2).sum(1).mean()

    gap = D(real) - D(fake.detach())
    d_loss = -F.logsigmoid(gap).mean() + 0.5 * gamma * (steepness(real) + steepness(fake))
    return d_loss, -F.logsigmoid(D(fake) - D(real.detach())).mean()
    """,
)
it.right(
    "cross-entropy, and one joint batch for the slopes",
    """
    bce = F.binary_cross_entropy_with_logits
    n = len(real)
    both = torch.cat([real, fake]).detach().requires_grad_()
    out = D(both)
    (slope,) = torch.autograd.grad(out.sum(), both, create_graph=True)
    gap = out[:n] - out[n:]
    d_loss = bce(gap, torch.ones_like(gap)) + gamma / 2 * slope.square().sum() / n
    gap = D(fake) - D(real)
    return d_loss, bce(gap, torch.ones_like(gap))
    """,
)
it.right(
    "softplus by hand, with the larger part taken out",
    """
    def softplus(l):
        return l.clamp(min=0) + torch.log1p(torch.exp(-l.abs()))

    x, y = (b.detach().clone().requires_grad_() for b in (real, fake))
    slopes = torch.autograd.grad(D(x).sum() + D(y).sum(), [x, y], create_graph=True)
    d_loss = softplus(D(fake.detach()) - D(real)).mean()
    d_loss = d_loss + gamma / 2 * sum(s.flatten(1).square().sum(1).mean() for s in slopes)
    return d_loss, softplus(D(real) - D(fake)).mean()
    """,
)
PAIR = "F.softplus(D(fake.detach()) - D(real)).mean()"
it.wrong("returns nothing", {"return d_loss, ": "pair = d_loss, "}, says="The result is None")
it.wrong(
    "D's loss alone",
    {"return d_loss, F.softplus(D(real) - D(fake)).mean()": "return d_loss"},
    says="Return a pair of losses",
)
it.wrong(
    "swapped in D",
    {PAIR: "F.softplus(D(real) - D(fake.detach())).mean()"},
    says="D wants the real one of a pair on top",
    point=True,
)
it.wrong(
    "G with D's sign",
    {"F.softplus(D(real) - D(fake))": "F.softplus(D(fake) - D(real))"},
    says="The two are swapped",
    point=True,
)
it.wrong(
    "means compared",
    {PAIR: "F.softplus(D(fake.detach()).mean() - D(real).mean())"},
    says="averaged before they are compared",
    never="one by one",
    point=True,
)
it.wrong(
    "relativistic average",
    {PAIR: "F.softplus(D(fake.detach()).mean() - D(real)).mean()"},
    says="the other batch's mean",
    point=True,
)
it.wrong(
    "all with all",
    {PAIR: "F.softplus(D(fake.detach()).T - D(real)).mean()"},
    says="with every other one",
    point=True,
)
it.wrong(
    "lesson 01's",
    {PAIR: "F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()"},
    says="judged one by one",
    point=True,
)
it.wrong("R1 alone", {"for batch in (real, fake)": "for batch in (real,)"}, says="R2, is missing", point=True)
it.wrong("R2 alone", {"for batch in (real, fake)": "for batch in (fake,)"}, says="R1, is missing", point=True)
it.wrong("γ not halved", {"gamma / 2 *": "gamma *"}, says="γ is not halved", never="R1", point=True)
it.wrong(
    "lengths",
    {".square().sum(1).mean()": ".square().sum(1).sqrt().mean()"},
    says="The lengths are not squared",
    point=True,
)
it.wrong(
    "slope 1",
    {"slope.flatten(1).square().sum(1).mean()": "(slope.flatten(1).norm(dim=1) - 1).square().mean()"},
    says="This one asks for slope 0",
    point=True,
)
it.wrong("squares added", {".square().sum(1).mean()": ".square().sum()"}, says="added over the batch", point=True)
it.wrong(
    "squares averaged", {".square().sum(1).mean()": ".square().mean()"}, says="averaged over the numbers", point=True
)
it.wrong("no graph", {", create_graph=True": ""}, says="The penalties do not reach D's weights", point=True)
it.wrong("no penalty", {"d_loss + gamma / 2 *": "d_loss + 0 * gamma *"}, says="There is no penalty", point=True)
it.wrong("not detached", {"fake.detach()": "fake"}, says="A gradient of D's loss reaches `fake`")
it.wrong(
    "G detached", {"D(real) - D(fake))": "D(real) - D(fake.detach()))"}, says="is there a detach() too many", point=True
)
it.wrong("G penalized", {"return d_loss, ": "return d_loss, d_loss - d_loss.detach() + gamma + "}, says="G's loss is")
it.wrong(
    "G's log of a sigmoid",
    {"F.softplus(D(real) - D(fake)).mean()": "-torch.sigmoid(D(fake) - D(real)).log().mean()"},
    says="infinite",
)
WHERE = "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\n"
it.wrong(
    "where, the gradient of whose other branch is NaN",
    {"d_loss = F.softplus(": f"{WHERE}d_loss = softplus(", "return d_loss, F.": "return d_loss, "},
    says="torch.where computes both branches",
)
it.wrong(
    "where, in G's loss alone",
    {"return d_loss, F.": f"{WHERE}return d_loss, "},
    says="the gradient for the made samples in G's loss contains NaN",
)
it.wrong(
    "right values, and no gradient where D is sure",
    {"F.softplus(D(real) - D(fake)).mean()": (
        "F.softplus((D(real) - D(fake)).clamp(max=50)).mean() + (D(real) - D(fake) - 50).detach().clamp(min=0).mean()"
    )},
    says="the gradient for the made samples in G's loss is",
)  # fmt: skip
it.excused = {
    "`(real, fake)` → `(fake, real)`": "a sum of two in the other order",
    "`d_loss = d_loss + gamma / 2 * slope.flatten(1).square().sum(1).mean()` → `d_loss += gamma / 2 * slope.flatten(1).square().sum(1).mean()`": (
        "in place on a tensor that nobody else has"
    ),
    "`slope.flatten(1).square().sum(1)` → `slope.flatten(1).square().sum(-1)`": "the last dimension is the second",
    "`slope.flatten(1).square()` → `slope.flatten(1).square_()`": "in place on a tensor that nobody else has",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("began")

it.right("means and items")
it.right(
    "clamp, sums over sizes",
    """
    L_x, L_z = on_real.sum() / on_real.numel(), torch.mean(on_fake)
    balance = (gamma * L_x - L_z).detach()
    k_next = float(torch.clamp(k + rate * balance, 0.0, 1.0))
    return L_x - L_z * k, L_z, k_next, float(L_x.detach() + balance.abs())
    """,
)
it.right(
    "a list, under no_grad",
    """
    with torch.no_grad():
        off = float(gamma * on_real.mean() - on_fake.mean())
        M = float(on_real.mean()) + (off if off > 0 else -off)
        new = sorted((0.0, k + rate * off, 1.0))[1]
    return [on_real.mean() - k * on_fake.mean(), on_fake.mean(), new, M]
    """,
)
it.wrong("returns nothing", {"return real": "four = real"}, says="The result is None")
it.wrong("three things", {", real.item() + abs(off)": ""}, says="Return four things")
it.wrong("k forgotten", {"real - k * fake": "real - fake"}, says="k is missing", point=True)
it.wrong(
    "made samples rebuilt, too",
    {"real - k * fake": "real + k * fake"},
    says="should rebuild made samples badly",
    point=True,
)
it.wrong(
    "k before the real error",
    {"real - k * fake": "k * real - fake"},
    says="k stands before the wrong error",
    point=True,
)
it.wrong(
    "the next k at once",
    {"real - k * fake": "real - (k + rate * off) * fake"},
    says="Use the k you are given",
    point=True,
)
it.wrong("G's sign", {"fake, min(": "-fake, min("}, says="the sign is wrong")
it.wrong("G with k", {"fake, min(": "k * fake, min("}, says="k is no part of G's loss")
it.wrong("k the wrong way", {"k + rate * off": "k - rate * off"}, says="It goes the wrong way", point=True)
it.wrong(
    "γ at the made error",
    {"gamma * real.item() - fake.item()": "real.item() - gamma * fake.item()"},
    says="γ stands before",
    point=True,
)
it.wrong("γ forgotten", {"gamma * real.item()": "real.item()"}, says="γ is missing", point=True)
it.wrong("λ forgotten", {"rate * off": "off"}, says="λ is missing", point=True)
it.wrong("k not bounded", {"min(1.0, max(0.0, k + rate * off))": "k + rate * off"}, says="the next k is")
it.wrong("k not below 0 only", {"min(1.0, max(0.0, k + rate * off))": "max(0.0, k + rate * off)"}, says="the next k is")
it.wrong("M without its size", {"abs(off)": "off"}, says="The size is missing")
it.wrong("M the balance alone", {"real.item() + abs(off)": "abs(off)"}, says="Add how well real samples are rebuilt")
it.wrong("M with λ", {"abs(off)": "rate * abs(off)"}, says="λ is no part of it")
it.wrong(
    "k on the graph",
    {
        "gamma * real.item() - fake.item()": "gamma * real - fake",
        "min(1.0, max(0.0, k + rate * off))": "(k + rate * off).clamp(0, 1)",
    },
    says="hangs on the graph",
)
it.wrong(
    "losses as numbers",
    {"return real - k * fake": "return real.item() - k * fake.item()"},
    says="cut off from the errors",
)
it.wrong("one for each sample", {"on_fake.mean()": "on_fake"}, says="Your code stopped", point=True)
it.excused = {
    "`min(1.0, max(0.0, k + rate * off))` → `min(max(0.0, k + rate * off), 1.0)`": "the order does not matter",
    "`max(0.0, k + rate * off)` → `max(k + rate * off, 0.0)`": "the order does not matter",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("best_of")

it.right("quotients of combinations")
it.right(
    "products of ratios",
    """
    s = scores.double().clone()
    s[~torch.isfinite(s)] = worst
    s, n = s.sort()[0].tolist(), len(s)
    left, mean, square = 1.0, 0.0, 0.0
    for i, value in enumerate(s):
        take = budget / (n - i) if n - i >= budget else 1.0
        mean, square, left = mean + left * take * value, square + left * take * value**2, left * (1 - take)
    return mean, max(0.0, square - mean**2) ** 0.5
    """,
)
it.right(
    "log-gamma and NumPy",
    """
    s = np.sort(np.where(np.isfinite(scores.numpy()), scores.numpy().astype(float), worst))
    n = len(s)
    left = np.arange(n - 1, -1, -1)
    log = lambda n, k: gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
    p = np.where(left >= budget - 1, np.exp(log(left, budget - 1) - log(n, budget)), 0.0)
    mean = (p * s).sum()
    return mean, np.sqrt((p * (s - mean) ** 2).sum())
    """.replace("s = np", "import numpy as np\n    from scipy.special import gammaln\n    s = np", 1),
)
it.wrong("returns nothing", {"return mean": "pair = mean"}, says="The result is None")
it.wrong("the mean alone", {"return mean.item(), (p": "return mean.item() + 0 * (p"}, says="Return two numbers")
it.wrong(
    "higher is better", {".sort().values": ".sort(descending=True).values"}, says="Higher is better there", point=True
)
it.wrong(
    "with replacement",
    {
        "math.comb(n - 1 - i, budget - 1) / math.comb(n, budget)": "((n - i) ** budget - (n - 1 - i) ** budget) / n**budget"
    },
    says="A run may be picked twice",
    point=True,
)
it.wrong(
    "the best of all", "return scores[scores.isfinite()].min().item(), 0.0", says="the best of all runs", point=True
)
it.wrong(
    "all runs",
    "return scores.mean().item(), scores.std(correction=0).item()",
    says="what all runs have on average",
    point=True,
)
it.wrong(
    "the first ones",
    "return scores[:budget].mean().item(), scores[:budget].std(correction=0).item()",
    says="the first `budget` runs",
    point=True,
)
it.wrong("the best of the first", "return scores[:budget].min().item(), 0.0", says="the best of the first", point=True)
it.wrong("the variance", {".sum().sqrt().item()": ".sum().item()"}, says="the variance", point=True)
it.wrong(
    "spread of all runs",
    {"(p * (ordered - mean) ** 2).sum().sqrt().item()": "ordered.std(correction=0).item()"},
    says="Take that of the best",
    point=True,
)
it.wrong(
    "NaN left out",
    {"n = len(scores)\n": "scores = scores[scores.isfinite()]\nn = len(scores)\n"},
    says="are left out",
    never="count as 0 there",
    point=True,
)
it.wrong("NaN as 0", {"scores.double(), worst)": "scores.double(), 0.0)"}, says="count as 0 there", point=True)
it.wrong("−∞ is the best", {"scores.isfinite()": "~scores.isnan()"}, says="contains NaN", point=True)
it.wrong(
    "one more",
    {"budget - 1) / math.comb(n, budget)": "budget) / math.comb(n, budget + 1)"},
    says="one run more",
    point=True,
)
it.wrong(
    "swapped",
    {
        "return mean.item(), (p * (ordered - mean) ** 2).sum().sqrt().item()": "return (p * (ordered - mean) ** 2).sum().sqrt().item(), mean.item()"
    },
    says="The two are swapped",
    point=True,
)
it.wrong(
    "all choices gone through",
    """
    from itertools import combinations, islice
    s = torch.where(scores.isfinite(), scores.double(), worst).tolist()
    best = torch.tensor([min(c) for c in islice(combinations(s, budget), 2000)])
    return best.mean().item(), best.std(correction=0).item()
    """,
    says="300 runs",
)
it.wrong(
    "by drawing",
    """
    s = torch.where(scores.isfinite(), scores.double(), worst)
    best = torch.stack([s[torch.randperm(len(s))[:budget]].min() for _ in range(400)])
    return best.mean().item(), best.std().item()
    """,
    says="mean and standard deviation are",
    point=True,
)
it.excused = {
    "`torch.tensor(shares, dtype=torch.float64)` → `torch.tensor(shares)`": "single precision is enough for a score",
    "`torch.float64` → `torch.float32`": "single precision is enough for a score",
    "`scores.double()` → `scores.float()`": "single precision is enough for a score",
    "`scores.double()` → `scores`": "single precision is enough for a score",
    "`mean.item()` → `mean`": "a tensor of shape () is taken for a number",
    "`(p * (ordered - mean) ** 2).sum().sqrt().item()` → `(p * (ordered - mean) ** 2).sum().sqrt()`": (
        "a tensor of shape () is taken for a number"
    ),
    "`(p * (ordered - mean) ** 2).sum().sqrt()` → `(p * (ordered - mean) ** 2).sum().sqrt_()`": "in place on a tensor that nobody else has",
    "`ordered - mean` → `mean - ordered`": "the difference is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("honest_critic")

it.earns("gold", "the dual, and cones between the points")
it.earns(
    "gold",
    "the dual by linear programming's partner, cones from above",
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    x, y = real.double().numpy(), fake.double().numpy()
    n, c = len(x), np.linalg.norm(x[:, None] - y[None], axis=2)
    i, j = linear_sum_assignment(c)
    a, partner = np.zeros(n), np.empty(n, dtype=int)
    partner[i] = j
    inner = np.linalg.norm(x[:, None] - x[None], axis=2)
    for _ in range(n):  # heights of real points; a made one hangs below its partner by exactly the cost
        b = a - c[np.arange(n), partner]
        lower = np.minimum((b[None, :] + c[:, partner]).min(1), a)
        lower = np.minimum(lower, (lower[None, :] + inner).min(1))
        if np.array_equal(lower, a):
            break
        a = lower
    b = a - c[np.arange(n), partner]
    points, heights = torch.from_numpy(np.concatenate([x, y[partner]])), torch.from_numpy(np.concatenate([a, b]))
    return lambda z: (heights + torch.cdist(z.double(), points)).min(1).values[:, None]
    """,
)
it.earns(
    "gold",
    "heights as shortest paths",
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse.csgraph import bellman_ford, csgraph_from_dense
    points, n = torch.cat([real, fake]).double(), len(real)
    w = torch.cdist(points, points).numpy()
    i, j = linear_sum_assignment(w[:n, n:])
    w[i, n + j] *= -1
    w += 1e-9  # rounding must not make a cycle shorter than 0
    np.fill_diagonal(w, np.inf)
    graph = np.full((2 * n + 1, 2 * n + 1), np.inf)
    graph[1:, 1:] = w
    graph[0, 1:] = 1.0
    heights = torch.from_numpy(bellman_ford(csgraph_from_dense(graph, null_value=np.inf), indices=0)[1:])
    return lambda x: torch.amin(heights[None] + torch.cdist(x.double(), points), dim=1, keepdim=True)
    """,
)
it.earns(
    "silver",
    "a network with a one-sided penalty",
    """
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt = torch.optim.Adam(D.parameters(), 5e-3, betas=(0.0, 0.9))
    for _ in range(150):
        mix = torch.rand(len(real), 1)
        x = torch.lerp(real, fake[torch.randperm(len(fake))], mix).requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        fine = (slope.norm(dim=1) - 1).clamp(min=0).square().mean()
        loss = D(fake).mean() - D(real).mean() + 20 * fine
        opt.zero_grad()
        loss.backward()
        opt.step()
    return D
    """,
)
it.earns("bronze", "mean distances", "return lambda x: torch.cdist(x, fake).mean(1) - torch.cdist(x, real).mean(1)")
it.wrong("returns nothing", "pass", says="Return a critic")
it.wrong("a constant", "return lambda x: torch.ones(len(x))", says="says the same everywhere")
it.wrong("noise", "return lambda x: torch.randn(len(x))", says="Bronze takes at least 40")
it.wrong("the first coordinate", "return lambda x: x[:, 0]", says="Bronze takes at least 40")
it.wrong(
    "upside down",
    "return lambda x: torch.cdist(x, real).mean(1) - torch.cdist(x, fake).mean(1)",
    says="Bronze takes at least 40",
)
it.wrong(
    "a step",
    "return lambda x: (torch.cdist(x, fake).min(1).values > torch.cdist(x, real).min(1).values).double()",
    says="Bronze takes at least 40",
)
it.wrong(
    "an untrained network",
    """
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
    """,
    says="Bronze takes at least 40",
)
it.wrong("numbers of the wrong shape", "return lambda x: x", says="It returns one number for each point")
it.wrong("one number", "return lambda x: x.mean()", says="It returns one number for each point")
it.wrong("NaN", "return lambda x: x[:, 0] * float('nan')", says="contains NaN")
