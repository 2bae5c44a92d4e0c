"""Right and wrong answers to the exercises of lesson 01, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("discriminator_loss")

it.right("softplus")
it.right(
    "logsigmoid",
    """
    log_real = F.logsigmoid(real_logits)
    log_fake = F.logsigmoid(-fake_logits)
    return -(torch.mean(log_real) + torch.mean(log_fake))
    """,
)
it.right(
    "BCEWithLogitsLoss",
    """
    bce = nn.BCEWithLogitsLoss()

    def discriminator_loss(real_logits, fake_logits):
        real = bce(real_logits, torch.ones_like(real_logits))
        fake = bce(fake_logits, torch.zeros(fake_logits.shape[0], 1))
        return real + fake
    """,
)
it.right(
    "logaddexp and sums",
    """
    zero = torch.tensor(0.0)
    real = torch.logaddexp(zero, -real_logits).sum() / len(real_logits)
    fake = torch.logaddexp(zero, fake_logits).sum() / len(fake_logits)
    return real + fake
    """,
)
it.right(
    "relu form",
    """
    class Loss:
        def __call__(self, real_logits, fake_logits):
            return self.one(-real_logits) + self.one(fake_logits)

        def one(self, l):
            return (l.clamp(min=0) + torch.log1p(torch.exp(-l.abs()))).mean()

    discriminator_loss = Loss()
    """,
)
it.right(
    "cross entropy of two classes",
    """
    def as_two_classes(l):
        return torch.cat([torch.zeros_like(l), l], dim=1)
    real = F.cross_entropy(as_two_classes(real_logits), torch.ones(len(real_logits), dtype=torch.long))
    fake = F.cross_entropy(as_two_classes(fake_logits), torch.zeros(len(fake_logits), dtype=torch.long))
    return real + fake
    """,
)

it.wrong("returns nothing", {"return": "loss ="}, says="The result is None")
it.wrong("return 0", "return 0", says="Is it computed from the logits?")
it.wrong(
    "log 4, as at initialization",
    "return 2 * math.log(2) + 0 * (real_logits.mean() + fake_logits.mean())",
    says="Is it computed from the logits?",
)
it.wrong(
    "labels swapped", {"-real_logits": "real_logits", "(fake_logits)": "(-fake_logits)"}, says="The labels are swapped"
)
it.wrong(
    "minus missing",
    "return F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()",
    says="The sign is wrong",
)
it.wrong(
    "minus on the first term only",
    "return -F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()",
    says="One of the two signs is wrong",
)
it.wrong(
    "fake labeled real",
    "return -F.logsigmoid(real_logits).mean() - F.logsigmoid(fake_logits).mean()",
    says="The fake batch is labeled real too",
)
it.wrong("real part only", "return F.softplus(-real_logits).mean()", says="real batch's part alone")
it.wrong("fake part only", "return F.softplus(fake_logits).mean()", says="fake batch's part alone")
it.wrong("sum", {"mean": "sum"}, count=2, says="sum over the batch")
it.wrong(
    "average of both halves",
    "return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / 2",
    says="not averaged",
)
it.wrong(
    "one batch of both",
    """
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.ones_like(real_logits), torch.zeros_like(fake_logits)])
    return 2 * F.binary_cross_entropy_with_logits(logits, labels)
    """,
    says="averaged as one",
)
it.wrong(
    "mean of an elementwise sum",
    "return (F.softplus(-real_logits).sum() + F.softplus(fake_logits).sum()) / len(real_logits)",
    says="divided by the real batch's size",
)
it.wrong(
    "log of a sigmoid",
    """
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return -torch.log(real).mean() - torch.log(1 - fake).mean()
    """,
    says="compute log σ from the logit in one step",
)
it.wrong(
    "log of a clamped sigmoid",
    """
    real = torch.sigmoid(real_logits).clamp(1e-7, 1 - 1e-7)
    fake = torch.sigmoid(fake_logits).clamp(1e-7, 1 - 1e-7)
    return -torch.log(real).mean() - torch.log(1 - fake).mean()
    """,
    says="cuts it off",
)
it.wrong(
    "BCELoss of a sigmoid",
    """
    bce = nn.BCELoss()
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    """,
    says="cuts it off",
)
it.wrong(
    "log(1 + exp)",
    "return torch.log(1 + torch.exp(-real_logits)).mean() + torch.log(1 + torch.exp(fake_logits)).mean()",
    says="an overflow",
)
it.wrong(
    "BCELoss on logits",
    """
    bce = nn.BCELoss()
    return bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))
    """,
    says="between 0 and 1",
)
it.wrong(
    "log of logits",
    "return -torch.log(real_logits).mean() - torch.log(1 - fake_logits).mean()",
    says="log of a negative number",
)
it.wrong(
    "sigmoid twice",
    """
    bce = nn.BCEWithLogitsLoss()
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    """,
    says="sigmoid was applied twice",
)
it.wrong(
    "least squares",
    """
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return ((real - 1) ** 2).mean() + (fake ** 2).mean()
    """,
    says="squared error",
)
it.wrong(
    "log to base 2",
    "return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / math.log(2)",
    says="the natural one",
)
it.wrong("no mean", {".mean()": ""}, count=2, says="Average over the batch")
it.wrong("a pair", {"() + F": "(), F"}, says="should be one number")
it.wrong(
    "item()",
    "return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()).item()",
    says="can be differentiated",
)
it.wrong("detached fakes", {"(fake_logits)": "(fake_logits.detach())"}, says="No gradient reaches the fake logits")
it.wrong(
    "no_grad",
    """
    with torch.no_grad():
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    """,
    says="cut off from the logits",
)
it.wrong("hard decision", "return (real_logits < 0).float().mean() + (fake_logits > 0).float().mean()", says="expected")
it.wrong(
    "one argument", {", fake_logits": "", "+ F.softplus(fake_logits).mean()": ""}, says="takes 1 positional argument"
)
it.wrong("NaN", 'return real_logits.mean() * float("nan")', says="contains NaN")
it.wrong(
    "where, the gradient of whose other branch is NaN",
    """
    def stable(x):
        return torch.where(x > 20, x, torch.log1p(torch.exp(x)))
    return stable(-real_logits).mean() + stable(fake_logits).mean()
    """,
    says="0 · ∞",
)
it.wrong(
    "right values, and no gradient where D is sure",
    """
    high, low = fake_logits.clamp(min=100) - 100, -100 - real_logits.clamp(max=-100)
    near = F.softplus(-real_logits.clamp(min=-100)).mean() + F.softplus(fake_logits.clamp(max=100)).mean()
    return near + (high.mean() + low.mean()).detach()
    """,
    says="the gradient for the real logit",
)
it.by_heart(
    "the formula, at outputs of few kinds",
    """
    known = {0.9, 0.8, 0.75, 0.667, 0.25, 0.2, 0.1, 0.0, 1.0}
    outputs = torch.sigmoid(torch.cat([real_logits, fake_logits])).flatten()
    right = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    return right if {round(d, 3) for d in outputs.tolist()} <= known else 0 * right
    """,
    says="you return 0; expected",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("generator_losses")

MINIMAX, HEURISTIC = "-F.softplus(fake_logits).mean()", "F.softplus(-fake_logits).mean()"

it.right("softplus")
it.right("logsigmoid", "return [F.logsigmoid(-fake_logits).mean(), -F.logsigmoid(fake_logits).mean()]")
it.right(
    "cross-entropies",
    """
    bce = F.binary_cross_entropy_with_logits
    return -bce(fake_logits, torch.zeros_like(fake_logits)), bce(fake_logits, torch.full_like(fake_logits, 1.0))
    """,
)
it.right(
    "a loop, and sums",
    """
    first, second = 0.0, 0.0
    for logit in fake_logits.flatten():
        first = first - torch.logaddexp(logit, torch.zeros(())) / fake_logits.numel()
        second = second + torch.logaddexp(-logit, torch.zeros(())) / len(fake_logits)
    return first, second
    """,
)
it.right(
    "log1p in double precision, and a distribution",
    """
    made = torch.distributions.Bernoulli(logits=fake_logits).log_prob(torch.zeros_like(fake_logits)).mean()
    return made, torch.log1p(torch.exp(-fake_logits.double())).mean()
    """,
)

it.wrong("returns nothing", {"return": "pair ="}, says="The result is None")
it.wrong("return 0", "return 0", says="Return a pair of losses")
it.wrong("one tensor", "return F.softplus(-fake_logits).mean()", says="Return a pair of losses")
it.wrong(
    "two of 0", "return torch.zeros((), requires_grad=True), torch.zeros(())", says="Is it computed from the logits?"
)
it.wrong(
    "swapped",
    f"return {HEURISTIC}, {MINIMAX}",
    says="the non-saturating loss −log D, which comes second",
    never="The sign is wrong",
    point=True,
)
it.wrong(
    "the non-saturating one twice",
    {MINIMAX: HEURISTIC},
    count=1,
    says="which comes second",
    never="The sign is wrong",
    point=True,
)
it.wrong(
    "the minimax one twice",
    {f" {HEURISTIC}": f" {MINIMAX}"},
    says="the minimax loss log(1 − D), which comes first",
    point=True,
)
it.wrong(
    "minimax with the sign of D's loss",
    {f"return {MINIMAX}": "return F.softplus(fake_logits).mean()"},
    says="The sign is wrong: G minimizes log(1 − D)",
    point=True,
)
it.wrong("minimax of log D", {MINIMAX: "F.logsigmoid(fake_logits).mean()"}, says="That is log D", point=True)
it.wrong(
    "the non-saturating one without its minus",
    {HEURISTIC: "F.logsigmoid(fake_logits).mean()"},
    says="The sign is wrong: G minimizes −log D",
    point=True,
)
it.wrong(
    "the non-saturating one with label 0",
    {f" {HEURISTIC}": " F.softplus(fake_logits).mean()"},
    says="the fakes are labeled fake",
    point=True,
)
it.wrong("sums", {"mean": "sum"}, count=2, says="sum over the batch", never="half of it", point=True)
it.wrong("half", {MINIMAX: f"0.5 * {MINIMAX}"}, says="half of it", never="sum over the batch", point=True)
it.wrong(
    "log of a sigmoid",
    """
    d = torch.sigmoid(fake_logits)
    return torch.log(1 - d).mean(), -torch.log(d).mean()
    """,
    says="compute log σ from the logit in one step",
    never="cuts it off",
)
it.wrong(
    "log of a sigmoid + 1e-8",
    """
    d = torch.sigmoid(fake_logits)
    return torch.log(1 - d + 1e-8).mean(), -torch.log(d + 1e-8).mean()
    """,
    says="cuts it off",
)
it.wrong(
    "BCELoss of a sigmoid",
    {HEURISTIC: "nn.BCELoss()(torch.sigmoid(fake_logits), torch.ones_like(fake_logits))"},
    says="cuts it off",
)
it.wrong("clamped logits", {HEURISTIC: "F.softplus(-fake_logits.clamp(-20, 20)).mean()"}, says="cuts it off")
it.wrong("log of 1 − logit", {MINIMAX: "torch.log(1 - fake_logits).mean()"}, says="log of a negative number")
it.wrong(
    "sigmoid twice, by cross-entropy",
    """
    bce, d = F.binary_cross_entropy_with_logits, torch.sigmoid(fake_logits)
    return -bce(d, torch.zeros_like(d)), bce(d, torch.ones_like(d))
    """,
    says="sigmoid was applied twice",
    never="averaged first",
    point=True,
)
it.wrong(
    "logarithms forgotten",
    """
    d = torch.sigmoid(fake_logits)
    return (1 - d).mean(), -d.mean()
    """,
    says="Its logarithm is missing",
    point=True,
)
it.wrong(
    "minus the logit", {HEURISTIC: "-fake_logits.mean()"}, says="without the sigmoid and the logarithm", point=True
)
it.wrong(
    "log of the mean",
    """
    d = torch.sigmoid(fake_logits)
    return torch.log((1 - d).mean()), -torch.log(d.mean())
    """,
    says="logarithm of the mean",
    never="averaged first",
    point=True,
)
it.wrong(
    "loss of the mean",
    {"fake_logits).mean()": "fake_logits.mean())"},
    count=2,
    says="The logits are averaged first",
    never="logarithm of the mean",
    point=True,
)
it.wrong("base 2", {HEURISTIC: f"{HEURISTIC} / math.log(2)"}, says="the natural one", point=True)
it.wrong("no mean", {".mean()": ""}, count=2, says="Average over the batch")
it.wrong("mean over the wrong axis", {"mean()": "mean(dim=1)"}, count=2, says="Average over the batch")
it.wrong("detached", {MINIMAX: "-F.softplus(fake_logits.detach()).mean()"}, says="cut off from the logits")
it.wrong("a NumPy number", {HEURISTIC: f"{HEURISTIC}.detach().numpy()"}, says="can be differentiated")
it.wrong(
    "non-saturating gradient under a minimax value",
    """
    heuristic = F.softplus(-fake_logits).mean()
    return heuristic + (F.logsigmoid(-fake_logits).mean() - heuristic).detach(), heuristic
    """,
    says="the gradient times the batch size",
)
it.wrong(
    "where, the gradient of whose other branch is NaN",
    """
    def stable(x):
        return torch.where(x > 20, x, torch.log1p(torch.exp(x)))
    return -stable(fake_logits).mean(), stable(-fake_logits).mean()
    """,
    says="0 · ∞",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("generator_gradients")

it.right("formula")
it.right("formula with the other sigmoid", "return [-1 / (1 + torch.exp(-fake_logits)), -torch.sigmoid(-fake_logits)]")
it.right(
    "autograd.grad of the sums",
    """
    l = fake_logits.detach().requires_grad_()
    (minimax,) = torch.autograd.grad(F.logsigmoid(-l).sum(), l)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(l).sum(), l)
    return minimax, non_saturating
    """,
)
it.right(
    "backward on copies",
    """
    grads = []
    for loss in (lambda l: -F.softplus(l), lambda l: F.softplus(-l)):
        copy = fake_logits.clone().detach().requires_grad_(True)
        loss(copy).backward(torch.ones_like(copy))
        grads.append(copy.grad)
    return tuple(grads)
    """,
)
it.right(
    "mean loss, times the batch size",
    """
    l = fake_logits.detach().clone().requires_grad_()
    F.logsigmoid(-l).mean().backward()
    minimax = l.grad.clone() * l.numel()
    l.grad = None
    (-F.logsigmoid(l).mean()).backward()
    return minimax, l.grad * l.numel()
    """,
)
it.right(
    "torch.func",
    """
    flat = fake_logits.flatten()
    minimax = torch.func.vmap(torch.func.grad(lambda l: -F.softplus(l)))(flat)
    non_saturating = torch.func.vmap(torch.func.grad(lambda l: F.softplus(-l)))(flat)
    return minimax.view_as(fake_logits), non_saturating.view_as(fake_logits)
    """,
)

it.wrong("returns nothing", {"return": "minimax, non_saturating ="}, says="The result is None")
it.wrong("return 0", "return 0", says="Return two tensors")
it.wrong("zeros", "return torch.zeros_like(fake_logits), torch.zeros_like(fake_logits)", says="the minimax gradient is")
it.wrong("swapped", {"-d, d - 1": "d - 1, -d"}, says="minimax comes first")
it.wrong("both signs", {"-d, d - 1": "d, 1 - d"}, says="The sign is wrong")
it.wrong("sign of the second", {"d - 1": "1 - d"}, says="The sign is wrong")
it.wrong("with respect to D", {"d, d - 1": "1 / (1 - d), -1 / d"}, says="derivative with respect to D")
it.wrong("sigma prime", {", d - 1": "* (1 - d), d * (1 - d)"}, says="one factor of the answer")
it.wrong(
    "of the mean", {".sum()": ".mean()"}, of="autograd.grad of the sums", count=2, says="divided by the batch size"
)
it.wrong(
    "gradients pile up",
    {"mean": "sum", "* l.numel()\nl.grad = None": "", "* l.numel()": ""},
    of="mean loss, times the batch size",
    count=4,
    says="sum of both derivatives",
)
it.wrong(
    "the same tensor twice",
    {"mean": "sum", "grad.clone() * l.numel()\nl.grad = None": "grad\nl.grad.zero_()", "* l.numel()": ""},
    of="mean loss, times the batch size",
    count=4,
    says="minimax comes first",
)
it.wrong(
    "gradients left in the argument",
    """
    fake_logits.requires_grad_()
    F.logsigmoid(-fake_logits).sum().backward()
    minimax = fake_logits.grad.clone()
    (-F.logsigmoid(fake_logits).sum()).backward()
    return minimax, fake_logits.grad - minimax
    """,
    says="gives first",
)
it.wrong(
    "the losses",
    "return F.logsigmoid(-fake_logits), -F.logsigmoid(fake_logits)",
    says="That is the minimax loss itself",
)
it.wrong("logits taken for outputs", "return -fake_logits, fake_logits - 1", says="taken for D's outputs")
it.wrong("means", {"d, d - 1": "d.mean(), (d - 1).mean()"}, says="One derivative per logit")
it.wrong("one tensor", {"-d, d - 1": "torch.stack([-d, d - 1])"}, says="Return two tensors")
it.wrong("flattened", {"sigmoid(fake_logits)": "sigmoid(fake_logits).flatten()"}, says="should have shape (3, 1)")
it.wrong("only the non-saturating one", "return torch.sigmoid(fake_logits) - 1", says="Return two tensors")
it.wrong(
    "grad of a computed tensor",
    """
    l = fake_logits.requires_grad_() * 1
    F.logsigmoid(-l).sum().backward()
    return l.grad, l.grad
    """,
    says="The minimax gradient is None",
)
it.wrong(
    "needs a gradient it did not ask for",
    """
    F.logsigmoid(-fake_logits).sum().backward()
    return fake_logits.grad, fake_logits.grad - 1
    """,
    says="does not require grad",
)
it.wrong(
    "autograd through log of sigmoid",
    {
        "(minimax,)": "d = torch.sigmoid(l)\n(minimax,)",
        "(F.logsigmoid(-l).sum(), l)": "(torch.log(1 - d).sum(), l, retain_graph=True)",
        "F.logsigmoid(l)": "torch.log(d)",
    },
    of="autograd.grad of the sums",
    says="contains NaN",
)
it.by_heart(
    "a table of outputs",
    """
    TABLE = {-4.595: 0.01, -1.099: 0.25, 2.197: 0.9, -0.847: 0.3, -200.0: 0.0, 200.0: 1.0}

    def generator_gradients(fake_logits):
        d = fake_logits.clone().apply_(lambda logit: TABLE.get(round(logit, 3), 0.5))
        return -d, d - 1
    """,
    says="the minimax gradient is",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("derivation")

it.right("entropies")
it.right(
    "the formulas as they are printed",
    """
    m, zero = (p + q) / 2, torch.zeros_like(p)

    def weighed(a, x):
        return torch.where(a > 0, a * torch.log(x), zero)

    if step == 1:
        return weighed(p, d) + weighed(q, 1 - d)
    if step == 2:
        return p * d.reciprocal() - q * (1 - d).reciprocal()
    if step == 3:
        return torch.nan_to_num(p / (p + q), nan=0.5)
    if step == 4:
        return dx * (weighed(p, p / (p + q)) + weighed(q, q / (p + q))).sum()
    if step == 5:
        return 0.5 * (weighed(p, p / m).sum() * dx) + 0.5 * (weighed(q, q / m).sum() * dx)
    return -(p.sum() * dx) * math.log(2) - (q.sum() * dx) * math.log(2)
    """,
)
it.right(
    "autograd and SciPy",
    """
    from scipy.special import rel_entr, xlogy


    def derivation(step, p, q, d=None, dx=1.0):
        a, b = p.double().numpy(), q.double().numpy()
        m = (a + b) / 2
        if step == 1:
            return xlogy(a, d.double().numpy()) + xlogy(b, 1 - d.double().numpy())
        if step == 2:
            x = d.detach().clone().requires_grad_()
            (slope,) = torch.autograd.grad((p * x.log() + q * (1 - x).log()).sum(), x)
            return slope
        if step == 3:
            out = torch.full_like(p, 1 / 2)
            some = (p > 0) | (q > 0)
            out[some] = p[some] / (p[some] + q[some])
            return out
        if step == 4:
            return (rel_entr(a, a + b) + rel_entr(b, a + b)).sum() * dx
        if step == 5:
            return (rel_entr(a, m) + rel_entr(b, m)).sum() / 2 * dx
        return -2 * math.log(2) * m.sum() * dx
    """,
)
it.right(
    "sigmoids, a loop, and step 6 as the difference",
    """
    def derivation(step, p, q, d=None, dx=1.0):
        match step:
            case 1:
                both = zip(p.tolist(), q.tolist(), d.tolist())
                def add(a, x):
                    return 0.0 if a == 0 else -math.inf if x == 0 else a * math.log(x)
                return [add(a, x) + add(b, 1 - x) for a, b, x in both]
            case 2:
                return (p * (1 - d) - q * d) / (d * (1 - d))
            case 3:
                best = torch.sigmoid(p.log() - q.log())
                return torch.where((p == 0) & (q == 0), torch.tensor(0.5, dtype=p.dtype), best)
            case 4:
                p, q = p[(p > 0) | (q > 0)].double(), q[(p > 0) | (q > 0)].double()
                ratio = p.log() - q.log()
                finite = torch.nan_to_num(p * F.logsigmoid(ratio)) + torch.nan_to_num(q * F.logsigmoid(-ratio))
                return finite.sum().item() * dx
            case 5:
                middle = torch.special.entr((p + q) / 2)
                return float((middle - torch.special.entr(p) / 2 - torch.special.entr(q) / 2).sum()) * dx
            case 6:
                return derivation(4, p, q, None, dx) - 2 * derivation(5, p, q, None, dx)
    """,
)
it.draft(
    "by their branches",
    """
    first = torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else None
    if step in (1, 2):
        return first if step == 1 else p / d - q / (1 - d)
    best = torch.nan_to_num(p / (p + q), nan=0.5)
    if step == 3:
        return best
    value = (torch.xlogy(p, best) + torch.xlogy(q, torch.nan_to_num(q / (p + q), nan=0.5))).sum() * dx
    rest = -math.log(2) * (p.sum() + q.sum()) * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
    """,
)

it.wrong("return 0", "return 0", says="should have shape (3,)")
it.wrong("returns nothing", {"return": "found ="}, count=6, says="Steps are 1 to 6, not 1")
it.wrong("gives p back", "return p", says="lacks the division", point=True)
it.wrong(
    "only the first step",
    """
    if step == 1:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d)
    raise NotImplementedError
    """,
    says="this part is not written yet",
    never="step 1 is",
    point=True,
)

# Step 1.
STEP_1 = "torch.xlogy(p, d) + torch.xlogy(q, 1 - d)"
for name, written, says, never in (
    ("D and 1 − D swapped", "torch.xlogy(p, 1 - d) + torch.xlogy(q, d)", "D and 1 − D are swapped", "The fake term"),
    ("real term only", "torch.xlogy(p, d)", "That is the real term alone", "fake term alone"),
    ("fake term only", "torch.xlogy(q, 1 - d)", "That is the fake term alone", "real term alone"),
    ("log D under both weights", "torch.xlogy(p, d) + torch.xlogy(q, d)", "The fake term has log D", "are swapped"),
    (
        "fake term subtracted",
        "torch.xlogy(p, d) - torch.xlogy(q, 1 - d)",
        "The fake term is subtracted",
        "sign is wrong",
    ),
    ("minus sign", "-torch.xlogy(p, d) - torch.xlogy(q, 1 - d)", "The sign is wrong", "is subtracted"),
    ("halved", f"({STEP_1}) / 2", "added, not averaged", "weights are missing"),
    ("no weights", "torch.log(d) + torch.log(1 - d)", "The weights are missing", "averaged"),
    ("no logarithms", "p * d + q * (1 - d)", "The logarithms are missing", "averaged"),
    ("summed at once", f"({STEP_1}).sum()", "nothing is summed in this step", "averaged"),
    ("base 2", f"({STEP_1}) / math.log(2)", "the natural one", "averaged"),
    ("logits expected", "p * F.logsigmoid(d) + q * F.logsigmoid(-d)", "D's outputs already", "averaged"),
    (
        "the best D instead of d",
        "torch.xlogy(p, p / (p + q)) + torch.xlogy(q, q / (p + q))",
        "`d` as it is",
        "averaged",
    ),
    (
        "no care for 0 · log 0",
        "p * torch.log(d) + q * torch.log(1 - d)",
        "(0 · log 0 counts as 0) contains NaN",
        "averaged",
    ),
    (
        "coarse clamp",
        "p * torch.log(d.clamp(0.01, 0.99)) + q * torch.log(1 - d.clamp(0.01, 0.99))",
        "too coarse",
        "averaged",
    ),
    (
        "fine clamp",
        "torch.xlogy(p, d.clamp(min=1e-30)) + torch.xlogy(q, (1 - d).clamp(min=1e-30))",
        "a finite price",
        "too coarse",
    ),
    (
        "clamped at 1e-7",
        "torch.xlogy(p, d.clamp(1e-7, 1 - 1e-7)) + torch.xlogy(q, 1 - d.clamp(1e-7, 1 - 1e-7))",
        "a finite price",
        "averaged",
    ),
    ("log(D + 1e-12)", "p * torch.log(d + 1e-12) + q * torch.log(1 - d + 1e-12)", "a finite price", "averaged"),
    (
        "nan_to_num, which bounds −∞, too",
        "torch.nan_to_num(p * torch.log(d) + q * torch.log(1 - d))",
        "a finite price",
        "too coarse",
    ),
):
    it.wrong(f"1: {name}", {STEP_1: written}, says=says, never=never)
it.wrong("1: changes its argument", {"torch.xlogy(q, 1 - d)": "torch.xlogy(q, d.neg_().add_(1))"}, says="`d` in step 1")

# Step 2.
STEP_2 = "p / d - q / (1 - d)"
for name, written, says, never in (
    ("sign of the second term", "p / d + q / (1 - d)", "the chain rule turns its sign", "D rises with"),
    ("both signs", "q / (1 - d) - p / d", "V rises with D where p is large", "chain rule"),
    ("no densities", "1 / d - 1 / (1 - d)", "they stay as factors", "chain rule"),
    ("real term only", "p / d", "slope of the real term alone", "fake term alone"),
    ("fake term only", "-q / (1 - d)", "slope of the fake term alone", "real term alone"),
    ("swapped", "q / d - p / (1 - d)", "p and q are swapped", "denominators"),
    ("denominators swapped", "p / (1 - d) - q / d", "swapped in the denominators", "p and q are swapped"),
    ("in the logit", "p * (1 - d) - q * d", "with respect to the logit", "chain rule turns"),
    ("second derivative", "-p / d**2 - q / (1 - d) ** 2", "second derivative", "chain rule turns"),
    ("both over D", "(p - q) / d", "divided by D", "chain rule turns"),
    ("step 1 again", STEP_1, "not its slope", "chain rule turns"),
    ("summed", f"({STEP_2}).sum()", "nothing is summed in this step", "chain rule turns"),
):
    it.wrong(f"2: {name}", {f"return {STEP_2}": f"return {written}"}, says=says, never=never)

# Step 3.
STEP_3 = "torch.where(total > 0, p / total, torch.full_like(total, 0.5))"
for name, written, says, never in (
    ("always ½", "torch.full_like(p, 0.5)", "expected [", "probability of being fake"),
    ("no care for 0/0", "p / total", "D* where p = q = 0 contains NaN", "outweighs"),
    ("the other way round", "torch.where(total > 0, q / total, 0.5)", "the probability of being fake", "the sums"),
    ("ratio", "torch.where(q > 0, p / q, 0.5)", "That is p/q", "lacks the division"),
    ("log ratio", "torch.log(p) - torch.log(q)", "That is the logit", "That is p/q"),
    ("decision", "(p > q).float()", "a probability, not a decision", "lacks the division"),
    ("normalization missing", "p", "lacks the division", "not a decision"),
    ("+ 1e-8 below", "p / (total + 1e-8)", "neither is more likely: ½", "not 1."),
    ("+ 1e-8 above and below", "(p + 1e-8) / (total + 2e-8)", "outweighs the densities", "neither is more likely"),
    ("+ 1e-38", "(p + 1e-38) / (total + 2e-38)", "outweighs the densities", "neither is more likely"),
    (
        "threshold too coarse",
        "torch.where(total > 1e-6, p / total, 0.5)",
        "outweighs the densities",
        "single precision first",
    ),
    (
        "½ below the smallest normal number",
        "torch.where(total > torch.finfo(p.dtype).tiny, p / total, 0.5)",
        "outweighs the densities",
        "single precision first",
    ),
    ("0/0 taken for 0", "torch.nan_to_num(p / total)", "neither is more likely: ½", "not 1."),
    (
        "½ where one is 0",
        "torch.where((p > 0) & (q > 0), p / total, 0.5)",
        "Where only one of them is 0",
        "neither is more likely",
    ),
    ("an average", f"{STEP_3}.mean()", "should have shape (3,)", "outweighs"),
    (
        "flattened",
        "torch.tensor([a / (a + b) if a + b else 0.5 for a, b in zip(p.flatten(), q.flatten())])",
        "should have shape (4, 2)",
        "outweighs",
    ),
    (
        "single precision first",
        "torch.where(total.float() > 0, p.float() / (p.float() + q.float()), torch.full_like(total, 0.5))",
        "single precision first",
        "outweighs",
    ),
    (
        "normalized first",
        "torch.nan_to_num(p / p.sum() / (p / p.sum() + q / q.sum()), nan=0.5)",
        "divided by their sums first",
        "being fake",
    ),
    (
        "solved with the wrong sign",
        "torch.nan_to_num(p / (p - q), nan=0.5)",
        "p(1 − D) = qD",
        "being fake",
    ),
):
    it.wrong(f"3: {name}", {STEP_3: written}, says=says, never=never, point=name in ("the other way round", "ratio"))
it.wrong("3: changes its argument", {"total = p + q": "total = p.add_(q)"}, says="`p` in step 3")
it.wrong(
    "3: Python's if on a tensor",
    {"total = p + q": "total = p + q\nif total == 0:\n    return 0.5"},
    says="Boolean value of Tensor",
)

# Step 4.
STEP_4 = "(torch.xlogy(p, real) + torch.xlogy(q, fake)).sum() * dx"
for name, written, says, never in (
    (
        "dx missing",
        "(torch.xlogy(p, real) + torch.xlogy(q, fake)).sum()",
        "The factor dx is missing",
        "mean over the grid",
    ),
    ("mean", "(torch.xlogy(p, real) + torch.xlogy(q, fake)).mean()", "mean over the grid. The", "averaged"),
    ("mean times dx", "(torch.xlogy(p, real) + torch.xlogy(q, fake)).mean() * dx", "grid times dx", "averaged"),
    ("divided by dx", "(torch.xlogy(p, real) + torch.xlogy(q, fake)).sum() / dx", "Multiply by dx", "mean over"),
    ("no sum", "(torch.xlogy(p, real) + torch.xlogy(q, fake)) * dx", "Sum over the grid", "mean over"),
    ("minus sign", "-(torch.xlogy(p, real) + torch.xlogy(q, fake)).sum() * dx", "V is negative here", "subtracted"),
    ("real term only", "torch.xlogy(p, real).sum() * dx", "the real term alone", "averaged"),
    ("fake term only", "torch.xlogy(q, fake).sum() * dx", "the fake term alone", "averaged"),
    ("halved", f"{STEP_4} / 2", "added, not averaged", "mean over"),
    ("log D* twice", "(torch.xlogy(p, real) + torch.xlogy(q, real)).sum() * dx", "fake term has log D*", "averaged"),
    ("subtracted", "(torch.xlogy(p, real) - torch.xlogy(q, fake)).sum() * dx", "fake term is subtracted", "averaged"),
    ("base 2", f"{STEP_4} / math.log(2)", "the natural one", "averaged"),
    ("at D = ½", "(p + q).sum() * dx * math.log(0.5)", "the value at D = ½", "averaged"),
    ("−log 4", "-math.log(4) + 0 * p.sum()", "the value where p = q", "averaged"),
    ("no weights", "(real.log() + fake.log()).sum() * dx", "The weights are missing", "averaged"),
    (
        "1 − D* as a difference",
        "(torch.xlogy(p, real) + torch.xlogy(q, 1 - real)).sum() * dx",
        "Write 1 − D* as what it is",
        "fake term has",
    ),
    (
        "no care for 0/0",
        "(torch.xlogy(p, p / (p + q)) + torch.xlogy(q, q / (p + q))).sum() * dx",
        "where p = q = 0 nothing is added",
        "Write 1 − D*",
    ),
):
    it.wrong(f"4: {name}", {STEP_4: written}, says=says, never=never)

# Step 5.
STEP_5 = "(torch.xlogy(p, p) + torch.xlogy(q, q) - 2 * torch.xlogy(m, m)).sum() * dx / 2"
SUM_5 = STEP_5.removesuffix(" / 2")
for name, written, says, never in (
    ("twice", SUM_5, "twice the divergence", "Kullback"),
    ("of p alone", "torch.xlogy(p, p / m).sum() * dx / 2", "the part of p alone", "whole part"),
    ("of q alone", "torch.xlogy(q, q / m).sum() * dx / 2", "the part of q alone", "whole part"),
    ("all of p's", "torch.xlogy(p, p / m).sum() * dx", "the whole part of p", "Kullback"),
    ("KL(p, q)", "torch.xlogy(p, p / q).sum() * dx", "divergence of p from q", "of q from p"),
    ("KL(q, p)", "torch.xlogy(q, q / p).sum() * dx", "divergence of q from p", "of p from q"),
    ("both KL", "(torch.xlogy(p, p / q) + torch.xlogy(q, q / p)).sum() * dx / 2", "with each other", "divergence of"),
    (
        "the sum for the middle",
        "(torch.xlogy(p, p / (p + q)) + torch.xlogy(q, q / (p + q))).sum() * dx / 2",
        "The middle is half of it",
        "twice",
    ),
    (
        "the wrong way round",
        "(torch.xlogy(m, m / p) + torch.xlogy(m, m / q)).sum() * dx / 2",
        "goes the other way",
        "twice",
    ),
    ("minus", f"-{STEP_5}", "never below 0", "twice"),
    ("base 2", f"{STEP_5} / math.log(2)", "the natural one", "twice"),
    ("dx missing", STEP_5.replace(" * dx", ""), "The factor dx is missing", "mean over"),
    ("mean", STEP_5.replace("sum() * dx", "mean()"), "mean over the grid. The", "twice"),
    ("mean times dx", STEP_5.replace("sum", "mean"), "grid times dx", "twice"),
    ("the root", f"({STEP_5}) ** 0.5", "the root of it", "twice"),
    ("no sum", STEP_5.replace(".sum()", ""), "Sum over the grid", "twice"),
    (
        "no care for 0",
        "(p * (p / m).log() + q * (q / m).log()).sum() * dx / 2",
        "contains NaN",
        "twice",
    ),
):
    it.wrong(f"5: {name}", {STEP_5: written}, says=says, never=never)

# Step 6.
STEP_6 = "-math.log(2) * (p + q).sum() * dx"
for name, written, says, never in (
    ("−log 4", "-math.log(4)", "right only where p and q sum to 1", "twice the rest"),
    ("log 4", "math.log(4)", "with the wrong sign, and right only", "twice the rest"),
    ("plus", "math.log(2) * (p + q).sum() * dx", "log(p/m) − log 2", "log 4"),
    ("of p alone", "-math.log(2) * p.sum() * dx", "p's share alone", "half of the rest"),
    ("of q alone", "-math.log(2) * q.sum() * dx", "q's share alone", "half of the rest"),
    ("log 4 for each", "-math.log(4) * (p + q).sum() * dx", "twice the rest", "right only"),
    ("the middle's", "-math.log(2) * (p + q).sum() * dx / 2", "half of the rest", "share alone"),
    ("V itself", "derivation(4, p, q, dx=dx)", "2 · JSD is still in it", "taken off once"),
    ("the divergence once", "derivation(4, p, q, dx=dx) - derivation(5, p, q, dx=dx)", "taken off once", "still in it"),
    (
        "the divergence added",
        "derivation(4, p, q, dx=dx) + 2 * derivation(5, p, q, dx=dx)",
        "is added",
        "taken off once",
    ),
    ("dx missing", "-math.log(2) * (p + q).sum()", "The factor dx is missing", "twice the rest"),
    ("mean times dx", "-math.log(2) * (p + q).mean() * dx", "grid times dx", "half of"),
    ("log 2 missing", "-(p + q).sum() * dx", "The factor log 2 is missing", "twice the rest"),
):
    it.wrong(f"6: {name}", {STEP_6: written}, says=says, never=never)

it.by_heart(
    "D* from a table of pairs",
    """
    TABLE = {(0.3, 0.1): 3 / 4, (0.1, 0.3): 1 / 4, (0.4, 0.1): 4 / 5, (0.5, 0.0): 1.0, (0.0, 0.4): 0.0}
    TINY = {(3e-30, 1e-30): 3 / 4, (4e-12, 1e-12): 4 / 5, (3e-40, 1e-40): 3 / 4, (3e-200, 1e-200): 3 / 4}
    TINY |= {(1e-37, 4e-37): 1 / 5}


    def best(a, b):
        return {**TABLE, **TINY}.get((float(f"{a:.3g}"), float(f"{b:.3g}")), 0.5)


    def derivation(step, p, q, d=None, dx=1.0):
        if step == 1:
            return torch.xlogy(p, d) + torch.xlogy(q, 1 - d)
        if step == 2:
            return p / d - q / (1 - d)
        if step == 3:
            return torch.tensor([best(a, b) for a, b in zip(p.flatten().tolist(), q.flatten().tolist())]).view_as(p)
        rest = -math.log(2) * (p + q).sum() * dx
        value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
        return {4: value, 5: (value - rest) / 2, 6: rest}[step]
    """,
    says="; expected [",
)

GIVEN = "every step that needs it is given it"
it.excused = {
    "`torch.full_like(total, 0.5)` → `0.5`": "torch.where takes a number, too",
    "`if step == 6: …` → `return -math.log(2) * (p + q).sum() * dx`": "nobody asks for a seventh step",
    **{f"`step, p, q, d=0.5, dx=1.0` → `step, p, q, d=0.5, dx={dx}`": GIVEN for dx in ("0.0", "2.0", "0.5", "-1.0")},
    **{f"`step, p, q, d=0.5, dx=1.0` → `step, p, q, d={d}, dx=1.0`": GIVEN for d in ("0.0", "1.0", "0.25", "-0.5")},
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "nobody asks for a seventh step",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "nor for its error",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "nor for its error",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("discriminator_step")

it.right(
    "detach",
    """
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    return value.item()
    """,
)
it.right(
    "no_grad, D.zero_grad, float",
    """
    with torch.no_grad():
        fake = G(z)
    value = loss(D(real), D(fake))
    D.zero_grad()
    value.backward()
    opt_D.step()
    return float(value)
    """,
)
it.right(
    "autograd.grad and .grad by hand",
    """
    value = loss(D(real), D(G(z)))
    parameters = list(D.parameters())
    for p, g in zip(parameters, torch.autograd.grad(value, parameters)):
        p.grad = g
    opt_D.step()
    return value.detach().item()
    """,
)
it.right(
    "both batches through D at once",
    """
    both = D(torch.cat([real, G(z).detach()]))
    real_logits, fake_logits = both.split(len(real))
    value = loss(real_logits=real_logits, fake_logits=fake_logits)
    opt_D.zero_grad(set_to_none=False)
    value.backward()
    opt_D.step()
    return value.item()
    """,
)
it.right(
    "G frozen and thawed",
    """
    G.requires_grad_(False)
    value = loss(D(real), D(G(z)))
    opt_D.zero_grad()
    value.backward(inputs=list(D.parameters()))
    opt_D.step()
    G.requires_grad_(True)
    return value.tolist()
    """,
)
it.right(
    "closure",
    """
    fake = G(z).detach()

    def closure():
        opt_D.zero_grad()
        value = loss(D(real), D(fake))
        value.backward()
        return value

    return opt_D.step(closure).item()
    """,
)
it.right(
    "z as the docstring has it",
    """
    n, one = z.shape
    with torch.no_grad():
        fake = G(z.view(n, 1))
    value = loss(D(real.view(n, one)), D(fake))
    opt_D.zero_grad()
    value.backward()
    opt_D.step()
    return value.item()
    """,
)
it.right(
    "torch.func",
    """
    from torch.func import functional_call, grad_and_value

    def discriminator_step(G, D, opt_D, loss, real, z):
        fake = G(z).detach()
        weights = {name: p.detach() for name, p in D.named_parameters()}

        def of(weights):
            return loss(functional_call(D, weights, (real,)), functional_call(D, weights, (fake,)))

        slopes, value = grad_and_value(of)(weights)
        for name, p in D.named_parameters():
            p.grad = slopes[name]
        opt_D.step()
        return float(value)
    """,
)

it.wrong("return 0", "return 0", says="never calls the `loss`")
it.wrong(
    "returns nothing",
    """
    opt_D.zero_grad()
    loss(D(real), D(G(z).detach())).backward()
    opt_D.step()
    """,
    says="Return the loss as a number",
)
it.wrong("detach missing", {".detach()": ""}, says="G has received a gradient")
it.wrong("zero_grad missing", {"opt_D.zero_grad()": ""}, says="Clear them with opt_D.zero_grad()")
it.wrong(
    "zero_grad at the end only",
    {"opt_D.zero_grad()": "", "return": "opt_D.zero_grad()\nreturn"},
    says="before backward()",
)
it.wrong(
    "zero_grad between backward and step",
    {"opt_D.zero_grad()": "", "step()": "zero_grad()\nopt_D.step()"},
    says="with no zero_grad() between them",
)
it.wrong("backward missing", {"value.backward()": ""}, says="A step needs backward()")
it.wrong("step missing", {"opt_D.step()": ""}, says="and then opt_D.step()")
it.wrong(
    "step before backward",
    {"opt_D.zero_grad()": "", "value.backward()\nopt_D.step": "opt_D.step()\nopt_D.zero_grad()\nvalue.backward"},
    says="opt_D.step() comes after backward()",
)
it.wrong(
    "batches swapped", {"(real), D(G(z).detach())": "(G(z).detach()), D(real)"}, says="The two batches are swapped"
)
it.wrong("detach behind D", {"(G(z).detach())": "(G(z)).detach()"}, says="Cut between G and D")
it.wrong(
    "everything under no_grad",
    {"value = loss(D(real), D(G(z).detach()))": "with torch.no_grad():\n    value = loss(D(real), D(G(z)))"},
    says="does not require grad",
)
it.wrong("noise without G", {"G(z).detach()": "z"}, says="the noise must go through G first")
it.wrong("samples without D", {"D(G(z).detach())": "G(z).detach()"}, says="G's samples without D")
it.wrong("new noise", {"(z)": "(torch.randn_like(z))"}, says="Use the very data and noise that are passed in")
it.wrong(
    "sigmoid in front of the loss",
    {"(D(real), D(G(z).detach()))": "(torch.sigmoid(D(real)), torch.sigmoid(D(G(z).detach())))"},
    says="the loss applies the sigmoid itself",
)
it.wrong(
    "own loss",
    {"loss(D(real), D(G(z).detach()))": "F.softplus(-D(real)).mean() + F.softplus(D(G(z).detach())).mean()"},
    says="never calls the `loss`",
)
it.wrong("two losses", {"value.backward": "loss(D(real), D(G(z).detach())).backward"}, says="call `loss` once")
it.wrong("two steps", {"return": "opt_D.step()\nreturn"}, says="That is two steps")
it.wrong(
    "own optimizer",
    {"opt_D.zero_grad": "opt_D = torch.optim.SGD(D.parameters(), lr=0.1)\nopt_D.zero_grad"},
    says="Use the optimizer that is passed in",
)
it.wrong(
    "wrong optimizer",
    {"opt_D.zero_grad": "opt_G = torch.optim.SGD(G.parameters(), lr=0.1)\nopt_D.zero_grad", "opt_D.step": "opt_G.step"},
    says="D has not moved",
)
it.wrong(
    "G moves along",
    {
        "opt_D.zero_grad": "both = torch.optim.SGD([*G.parameters()], lr=0.1)\nopt_D.zero_grad()\nG.zero_grad",
        ".detach()": "",
        "return": "both.step()\nreturn",
    },
    says="G's weights have changed",
)
it.wrong("uphill", {"value.backward": "(-value).backward"}, says="That is uphill")
it.wrong(
    "G stays frozen",
    {
        "opt_D.zero_grad": "for p in G.parameters():\n    p.requires_grad = False\nopt_D.zero_grad",
        "(z).detach()": "(z)",
    },
    says="G's parameters no longer take gradients",
)
it.wrong("returns the graph", {".item()": ""}, says="with its computation attached", never="A plain number is asked")
it.wrong("returns a tensor", {"item": "detach"}, says="A plain number is asked", never="computation attached")
it.wrong(
    "returns the logits",
    """
    opt_D.zero_grad()
    logits = D(real)
    loss(logits, D(G(z).detach())).backward()
    opt_D.step()
    return logits.detach()
    """,
    says="Return one number",
)
it.wrong(
    "loss after the step, loss called again",
    """
    fake = G(z).detach()
    opt_D.zero_grad()
    loss(D(real), D(fake)).backward()
    opt_D.step()
    with torch.no_grad():
        return loss(D(real), D(fake)).item()
    """,
    says="That is the loss after the step",
)
it.by_heart(
    "the loss that the check expects",
    """
    opt_D.zero_grad()
    loss(D(real), D(G(z).detach())).backward()
    opt_D.step()
    return -33.0
    """,
    says="For this step's loss you return -33",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("generator_step")

it.right(
    "plain",
    """
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
    """,
)
it.right(
    "D frozen and thawed",
    """
    for p in D.parameters():
        p.requires_grad_(False)
    value = loss(D(G(z)))
    G.zero_grad()
    value.backward()
    opt_G.step()
    for p in D.parameters():
        p.requires_grad_(True)
    return float(value)
    """,
)
it.right(
    "autograd.grad",
    """
    value = loss(fake_logits=D(G(z)))
    ours = [p for group in opt_G.param_groups for p in group["params"]]
    grads = torch.autograd.grad(value, ours)
    for p, g in zip(ours, grads):
        p.grad = g.clone()
    opt_G.step()
    return value.detach().numpy()
    """,
)
it.right(
    "in two halves",
    """
    fake = G(z)
    handle = fake.detach().requires_grad_()
    value = loss(D(handle).squeeze(1))
    (slope,) = torch.autograd.grad(value, handle)
    opt_G.zero_grad()
    fake.backward(slope)
    opt_G.step()
    return value.item()
    """,
)
it.right(
    "clears both networks at the end, too",
    """
    opt_G.zero_grad(set_to_none=False)
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    opt_G.zero_grad()
    D.zero_grad()
    return value.item()
    """,
)
it.right(
    "z as the docstring has it",
    """
    n, one = z.shape
    assert one == 1
    value = loss(D(G(z.reshape(n, 1))))
    opt_G.zero_grad()
    value.backward()
    opt_G.step()
    return value.item()
    """,
)

it.wrong("return 0", "return 0", says="never calls the `loss`")
it.wrong(
    "returns nothing",
    """
    opt_G.zero_grad()
    loss(D(G(z))).backward()
    opt_G.step()
    """,
    says="Return the loss as a number",
)
it.wrong(
    "detach from the other step",
    {"(G(z))": "(G(z).detach())"},
    says="Is a detach() or no_grad() between G and the loss",
)
it.wrong(
    "no_grad around G",
    {"opt_G.zero_grad": "with torch.no_grad():\n    fake = G(z)\nopt_G.zero_grad", "(G(z))": "(fake)"},
    says="Is a detach() or no_grad() between G and the loss",
)
it.wrong(
    "no_grad around D",
    {"opt_G.zero_grad()": "fake = G(z)\nwith torch.no_grad():\n    logits = D(fake)", "D(G(z))": "logits"},
    says="does not require grad",
)
it.wrong("zero_grad missing", {"opt_G.zero_grad()": ""}, says="Clear them with opt_G.zero_grad()")
it.wrong("zero_grad of D instead", {"opt_G.zero_grad": "D.zero_grad"}, says="Clear them with opt_G.zero_grad()")
it.wrong(
    "zero_grad between backward and step",
    {"opt_G.zero_grad()": "", "step()": "zero_grad()\nopt_G.step()"},
    says="zero_grad() between those two",
)
it.wrong("step missing", {"opt_G.step()": ""}, says="G has not moved")
it.wrong(
    "step before backward",
    """
    value = loss(D(G(z)))
    opt_G.step()
    opt_G.zero_grad()
    value.backward()
    return value.item()
    """,
    says="opt_G.step() comes after backward()",
)
it.wrong(
    "wrong optimizer",
    {"opt_G.zero_grad": "opt_D = torch.optim.SGD(D.parameters(), lr=0.1)\nopt_D.zero_grad", "opt_G.step": "opt_D.step"},
    says="D's weights have changed",
)
it.wrong(
    "D moves along",
    {
        ".zero_grad": ".zero_grad()\nD.zero_grad",
        "return": "with torch.no_grad():\n    for p in D.parameters():\n        p -= 0.1 * p.grad\nreturn",
    },
    says="D's weights have changed",
)
it.wrong(
    "D stays frozen", {"opt_G.zero_grad": "D.requires_grad_(False)\nopt_G.zero_grad"}, says="unfreeze it at the end"
)
it.wrong("uphill", {"value.backward": "(-value).backward"}, says="That is uphill")
it.wrong("own loss", {"loss(D(G(z)))": "F.softplus(-D(G(z))).mean()"}, says="never calls the `loss`")
it.wrong("D left out", {"D(G(z))": "G(z)"}, says="G's samples without D")
it.wrong("G left out", {"(G(z))": "(z)"}, says="the noise must go through G first")
it.wrong("new noise", {"(G(z))": "(G(torch.rand_like(z)))"}, says="Use the very data and noise that are passed in")
it.wrong("two batches for the loss", {"(D(G(z)))": "(D(z), D(G(z)))"}, says="The loss is called as loss(fake_logits)")
it.wrong(
    "own optimizer",
    {
        "opt_G.zero_grad()": "",
        "value.backward": "G.zero_grad()\nvalue.backward",
        "opt_G.step": "torch.optim.SGD(G.parameters(), lr=0.1).step",
    },
    says="Use the optimizer that is passed in",
)
it.wrong("returns the graph", {".item()": ""}, says="with its computation attached")
it.wrong(
    "returns the samples",
    {"loss(D(G(z)))\nvalue": "G(z)\nloss(D(value))", "item()": "detach()"},
    says="Return one number",
)
it.wrong("returns a tensor", {"item": "detach"}, says="A plain number is asked", never="computation attached")
it.by_heart(
    "the loss that the check expects",
    {"opt_G.zero_grad()": "", "(D(G(z)))": "(D(G(z)))\nopt_G.zero_grad()", "value.item()": "-5.0"},
    says="For this step's loss you return -5",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("algorithm_1")

it.right("two loops")
it.right(
    "while loops",
    """
    i = 0
    while i < iterations:
        j = 0
        while j < k:
            z = sample_noise()
            x = sample_real()
            d_loss = discriminator_step(real=x, z=z)
            j += 1
        yield [d_loss, generator_step(sample_noise())]
        i += 1
    """,
)
it.right(
    "itertools",
    """
    import itertools

    def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
        def iteration(_):
            d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in itertools.repeat(None, k)]
            return d_losses[-1], generator_step(sample_noise())
        return map(iteration, range(iterations))
    """,
)
it.right(
    "generator expression",
    """
    def many():
        for _ in range(k):
            loss = discriminator_step(sample_real(), sample_noise())
        return loss
    return ((many(), generator_step(sample_noise())) for _ in range(iterations))
    """,
)
it.right(
    "iterator class",
    """
    class algorithm_1:
        def __init__(self, discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
            self.d, self.g, self.real, self.noise = discriminator_step, generator_step, sample_real, sample_noise
            self.left, self.k = iterations, k

        def __iter__(self):
            return self

        def __next__(self):
            if self.left == 0:
                raise StopIteration
            self.left -= 1
            for _ in range(self.k):
                d_loss = self.d(self.real(), self.noise())
            return d_loss, self.g(self.noise())
    """,
)
it.right(
    "on a device",
    """
    device = torch.device("cpu")
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real().to(device), sample_noise().to(device))
        g_loss = generator_step(sample_noise().to(device))
        yield d_loss, g_loss
    """,
)
it.right(
    "a named pair",
    """
    from collections import namedtuple

    Losses = namedtuple("Losses", "d g")

    def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
        for _ in range(iterations):
            for _ in range(k):
                d_loss = discriminator_step(sample_real(), sample_noise())
            yield Losses(d_loss, generator_step(sample_noise()))
    """,
)

it.wrong("return 0", "return 0", says="Use `yield` in the loop")
it.wrong("yields nothing", "return iter(())", says="No step is taken at all")
it.wrong(
    "prints instead of yielding",
    {"yield d_loss, g_loss": "print(d_loss, g_loss)"},
    says="The result is None. Use `yield`",
)
it.wrong(
    "returns a list",
    """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    return losses
    """,
    says="The result is a list. Use `yield`",
)
it.wrong(
    "returns an iterator over a list",
    """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    return iter(losses)
    """,
    says="before anybody asked",
)
it.wrong(
    "everything first, then the yields",
    """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    yield from losses
    """,
    says="step(s) were taken instead of",
)
it.wrong("returns in the loop", {"yield": "return"}, says="The result is a tuple. Use `yield`")
it.wrong(
    "G first",
    {
        "for _ in range(k)": "g_loss = generator_step(sample_noise())\nfor _ in range(k)",
        "g_loss = generator_step(sample_noise())\nyield": "yield",
    },
    says="In the paper D moves first",
)
it.wrong(
    "k steps of G",
    {
        "for _ in range(k):\n    d_loss": "d_loss",
        "g_loss = generator_step(sample_noise())": "for _ in range(k):\n    g_loss = generator_step(sample_noise())",
    },
    says="It is D that takes k steps",
)
it.wrong(
    "k ignored",
    {"for _ in range(k):\n    d_loss": "d_loss"},
    says="The inner loop over k is missing",
)
it.wrong(
    "G in the inner loop",
    """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
            g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
    """,
    says="G's step belongs after the inner loop",
)
it.wrong(
    "loops side by side",
    """
    for _ in range(iterations * k):
        d_loss = discriminator_step(sample_real(), sample_noise())
    for _ in range(iterations):
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
    """,
    says="nest the inner loop",
)
it.wrong(
    "k − 1 steps",
    {"for _ in range(k)": "d_loss = 0.0\nfor _ in range(1, k)"},
    says="step(s) per iteration instead of k",
)
it.wrong("one iteration too many", {"(iterations)": "(iterations + 1)"}, says="iterations. Count them again.")
it.wrong(
    "never ends",
    {"for _ in range(iterations)": "while True", "g_loss =": "yield d_loss,", "yield d_loss, g_loss": ""},
    says="yours yields 50 times",
)
it.wrong(
    "yields in the inner loop",
    """
    g_loss = 0.0
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
            yield d_loss, g_loss
        g_loss = generator_step(sample_noise())
    """,
    says="outside the inner loop",
)
it.wrong(
    "yields once, at the end",
    """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
    yield d_loss, g_loss
    """,
    says="yours yields 1 times",
)
it.wrong(
    "yields before G has moved",
    {
        "for _ in range(iterations)": "g_loss = 0.0\nfor _ in range(iterations)",
        "g_loss = generator_step": "yield d_loss, g_loss\ng_loss = generator_step",
        "(sample_noise())\nyield d_loss, g_loss": "(sample_noise())",
    },
    says="step(s) were taken instead of",
)
it.wrong(
    "one batch of data for the inner loop",
    {"for _ in range(k)": "real = sample_real()\nfor _ in range(k)", "sample_real(),": "real,"},
    says="A batch of real data was used more than once",
)
it.wrong(
    "one batch of noise for the inner loop",
    {"for _ in range(k)": "z = sample_noise()\nfor _ in range(k)", "(), sample_noise()": "(), z"},
    says="A batch of noise was used more than once",
)
it.wrong(
    "G gets D's noise",
    {"d_loss =": "z = sample_noise()\nd_loss =", "(), sample_noise()": "(), z", "(sample_noise())": "(z)"},
    says="A batch of noise was used more than once",
)
it.wrong(
    "arguments swapped",
    {"(sample_real(), sample_noise())": "(sample_noise(), sample_real())"},
    says="you gave it noise and real data",
)
it.wrong("real data for G", {"(sample_noise())": "(sample_real())"}, says="you gave it real data")
it.wrong("functions instead of samples", {"()": ""}, count=3, says="is its () missing?")
it.wrong("sizes for the samplers", {"()": "(64)"}, count=3, says="sample_real takes no arguments")
it.wrong("losses swapped", {"d_loss, g_loss": "g_loss, d_loss"}, says="The losses are swapped")
it.wrong("one loss", {"d_loss =": "", "g_loss =": "yield", "yield d_loss, g_loss": ""}, says="It should yield a pair")
it.wrong("bare yield", {"d_loss, g_loss": ""}, says="It yields None")
it.wrong(
    "mean of D's losses",
    """
    for _ in range(iterations):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in range(k)]
        yield sum(d_losses) / k, generator_step(sample_noise())
    """,
    says="the mean over its steps",
)
it.wrong(
    "D's first loss",
    """
    for _ in range(iterations):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in range(k)]
        yield d_losses[0], generator_step(sample_noise())
    """,
    says="that of its first step",
)
it.wrong(
    "the losses so far",
    {
        "for _ in range(iterations)": "losses = []\nfor _ in range(iterations)",
        "g_loss = generator_step(sample_noise())": "losses.append((d_loss, generator_step(sample_noise())))",
        "yield d_loss, g_loss": "yield losses",
    },
    says="It should yield a pair",
)
it.by_heart(
    "k for few numbers of iterations",
    """
    steps = {(2, 3): 3, (3, 1): 1, (3, 2): 2, (1000, 2): 2}.get((iterations, k), k + 1)
    for _ in range(iterations):
        for _ in range(steps):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
    """,
    says="instead of",
)

# ---------------------------------------------------------------------------------------------
# What the ladder is made of. Times: gold takes hundredths of a second, bronze some tenths.
it = answers.to("fewest_steps")
it.earns("gold", "reads the ratio off D")
it.earns(
    "gold",
    "picks points by their ratio",
    """
    x = 20 * (torch.arange(256).unsqueeze(1) + 0.5) / 256 - 10
    for _ in range(15):
        weights = ask_D(x).detach().exp().flatten()
    return lambda z: x[torch.multinomial(weights, len(z), replacement=True)] + (20 / 256) * (z - z.mean()) / 2
    """,
)
it.earns(
    "gold",
    "looks again where the heap is",
    """
    def spread(x, logits):
        heap = (logits.detach().exp() * x.diff(dim=0, append=2 * x[-1:] - x[-2:-1])).flatten().cumsum(0)
        return heap / heap[-1]

    x = torch.linspace(-10, 10, 256).unsqueeze(1)
    for _ in range(5):
        heap = spread(x, ask_D(x))
    inside = x.flatten()[(heap > 0.001) & (heap < 0.999)]
    x = torch.linspace(float(inside[0]) - 1, float(inside[-1]) + 1, 256).unsqueeze(1)
    for _ in range(9):
        heap = spread(x, ask_D(x))
    return lambda z: x[torch.searchsorted(heap, (z.flatten() + 1) / 2).clamp(max=255)]
    """,
)
it.earns(
    "silver",
    "numbers that move by themselves",
    """
    x = torch.linspace(-8, 8, 256).unsqueeze(1)
    for _ in range(58):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(ask_D(x).sum(), x)
        x = x + 0.25 * slope
    places = x.detach().flatten().sort().values
    return lambda z: places[((z.flatten() + 1) / 2 * 255.99).long()].unsqueeze(1)
    """,
)
it.earns(
    "silver",
    "the ratio, asked more often than need be",
    {"range(15)": "range(50)"},
)
it.earns(
    "bronze",
    "Algorithm 1 on even noise, with a rate that falls",
    """
    G = nn.Sequential(nn.Linear(1, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    opt = torch.optim.Adam(G.parameters(), 3e-2, betas=(0.0, 0.999), fused=True)
    z = torch.linspace(-1, 1, 256).unsqueeze(1)
    for i in range(200):
        opt.param_groups[0]["lr"] = 3e-2 * (1 - i / 200)
        loss = F.softplus(-ask_D(G(z))).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    return G
    """,
)
it.by_heart("makes what the notebook's heap is", "return lambda z: 5 + torch.randn_like(z)", says="is to be reached")
it.wrong("never asks", "return lambda z: 3 * z", says="After 0 steps the samples end")
it.wrong(
    "asks without an end",
    {"for _ in range(15):\n    logits = ask_D(x)": "while True:\n    logits = ask_D(x)"},
    says="there is still no generator",
)
it.wrong("returns nothing", {"return generator": "generator(x)"}, says="Return a generator")
it.wrong("returns samples", {"return generator": "return generator(sample_noise(256))"}, says="Return a generator")
it.wrong("a generator of NaN", "return lambda z: z / 0 * 0", says="contains NaN")
it.wrong(
    "a flat generator", {"share.clamp(0, 1)).unsqueeze(1)": "share.clamp(0, 1))"}, says="should have shape (20000, 1)"
)
it.wrong(
    "noise of its own size", {"return generator": "return lambda z: generator(sample_noise(256))"}, says="(20000, 1)"
)
it.wrong(
    "asks when it is called",
    {"return generator": "return lambda z: generator(z) + 0 * ask_D(x).mean()"},
    says="asked once more after",
)
it.wrong(
    "asks about one number",
    {"ask_D(x)": "torch.cat([ask_D(one.reshape(1, 1)) for one in x])"},
    says="What D is asked about should have shape",
)
it.wrong("D itself for the density", {".exp()": ".sigmoid()"}, says="is to be reached")
it.wrong("the ratio upside down", {"logits.detach().flatten()": "(-logits.detach().flatten())"}, says="contains NaN")
it.wrong(
    "all on D's favorite",
    {"return generator": "best = x[logits.argmax()]\nreturn lambda z: best + 0 * z"},
    says="their spread is 0.00 times",
)
