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

it = answers.to("minimax_generator_loss")

it.right("softplus")
it.right("logsigmoid", "minimax_generator_loss = lambda fake_logits: torch.mean(F.logsigmoid(-fake_logits))")
it.right(
    "minus the cross-entropy with label 0",
    "return -F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))",
)
it.right(
    "loop",
    """
    total = 0.0
    for logit in fake_logits.flatten():
        total = total - torch.logaddexp(logit, torch.zeros(()))
    return total / fake_logits.numel()
    """,
)

it.wrong("returns nothing", "F.logsigmoid(-fake_logits).mean()", says="The result is None")
it.wrong("return 0", "return 0", says="Is it computed from the logits?")
it.wrong("the sign of D's loss", {"-F": "F"}, says="The sign is wrong")
it.wrong("the non-saturating one", "return F.softplus(-fake_logits).mean()", says="That is the non-saturating loss")
it.wrong("log D", {"-F.softplus": "F.logsigmoid"}, says="That is log D")
it.wrong("sum", "return F.logsigmoid(-fake_logits).sum()", says="sum over the batch")
it.wrong("half", "return 0.5 * F.logsigmoid(-fake_logits).mean()", says="half of it")
it.wrong(
    "log of 1 − sigmoid",
    "return torch.log(1 - torch.sigmoid(fake_logits)).mean()",
    says="compute log σ from the logit in one step",
)
it.wrong(
    "log of 1 − sigmoid + 1e-8", "return torch.log(1 - torch.sigmoid(fake_logits) + 1e-8).mean()", says="cuts it off"
)
it.wrong("log of 1 − logit", "return torch.log(1 - fake_logits).mean()", says="log of a negative number")
it.wrong("sigmoid twice", "return F.logsigmoid(-torch.sigmoid(fake_logits)).mean()", says="expected")
it.wrong(
    "sigmoid twice, by cross-entropy",
    """
    d = torch.sigmoid(fake_logits)
    return -F.binary_cross_entropy_with_logits(d, torch.zeros_like(d))
    """,
    says="sigmoid was applied twice",
)
it.wrong("logarithm forgotten", "return (1 - torch.sigmoid(fake_logits)).mean()", says="Its logarithm is missing")
it.wrong("log of the mean", "return torch.log((1 - torch.sigmoid(fake_logits)).mean())", says="logarithm of the mean")
it.wrong("no mean", "return F.logsigmoid(-fake_logits)", says="Average over the batch")
it.wrong("mean over the wrong axis", "return F.logsigmoid(-fake_logits).mean(dim=1)", says="Average over the batch")
it.wrong("detached", "return F.logsigmoid(-fake_logits.detach()).mean()", says="cut off from the logits")
it.wrong(
    "non-saturating gradient under a minimax value",
    """
    surrogate = F.softplus(-fake_logits).mean()
    return surrogate + (F.logsigmoid(-fake_logits).mean() - surrogate).detach()
    """,
    says="the gradient times the batch size",
)
it.wrong(
    "where, the gradient of whose other branch is NaN",
    """
    def stable(x):
        return torch.where(x > 20, x, torch.log1p(torch.exp(x)))
    return -stable(fake_logits).mean()
    """,
    says="0 · ∞",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("non_saturating_generator_loss")

it.right("softplus")
it.right(
    "logsigmoid",
    """
    log_d = nn.LogSigmoid()(fake_logits)
    return -log_d.sum() / fake_logits.shape[0]
    """,
)
it.right(
    "cross-entropy with label 1",
    "return F.binary_cross_entropy_with_logits(fake_logits, torch.full_like(fake_logits, 1.0))",
)
it.right("log1p in double precision", "return torch.log1p(torch.exp(-fake_logits.double())).mean()")

it.wrong("returns nothing", "print(-F.logsigmoid(fake_logits).mean())", says="The result is None")
it.wrong("return 0", "return torch.tensor(0.0, requires_grad=True)", says="Is it computed from the logits?")
it.wrong("minus missing", "return F.logsigmoid(fake_logits).mean()", says="The sign is wrong")
it.wrong("the minimax one", {"softplus": "logsigmoid"}, says="That is the minimax loss")
it.wrong(
    "labels swapped",
    "return F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))",
    says="the fakes are labeled fake",
)
it.wrong("sum", "return -F.logsigmoid(fake_logits).sum()", says="sum over the batch")
it.wrong("half", {"mean()": "mean() / 2"}, says="half of it")
it.wrong(
    "log of a sigmoid",
    "return -torch.sigmoid(fake_logits).log().mean()",
    says="compute log σ from the logit in one step",
)
it.wrong(
    "log of a clamped sigmoid", "return -torch.sigmoid(fake_logits).clamp(min=1e-12).log().mean()", says="cuts it off"
)
it.wrong(
    "BCELoss of a sigmoid",
    """
    d = torch.sigmoid(fake_logits)
    return nn.BCELoss()(d, torch.ones_like(d))
    """,
    says="cuts it off",
)
it.wrong("clamped logits", {"-fake_logits": "-fake_logits.clamp(-20, 20)"}, says="cuts it off")
it.wrong(
    "sigmoid twice",
    """
    d = torch.sigmoid(fake_logits)
    return F.binary_cross_entropy_with_logits(d, torch.ones_like(d))
    """,
    says="sigmoid was applied twice",
)
it.wrong("logarithm forgotten", "return -torch.sigmoid(fake_logits).mean()", says="The loss has a logarithm")
it.wrong("minus the logit", "return -fake_logits.mean()", says="without the sigmoid and the logarithm")
it.wrong("log of the mean", "return -torch.log(torch.sigmoid(fake_logits).mean())", says="logarithm of the mean")
it.wrong("no mean", "return -F.logsigmoid(fake_logits)", says="Average over the batch")
it.wrong("a NumPy number", {"mean()": "mean().detach().numpy()"}, says="can be differentiated")
it.wrong(
    "where, the gradient of whose other branch is NaN",
    """
    def stable(x):
        return torch.where(x > 20, x, torch.log1p(torch.exp(x)))
    return stable(-fake_logits).mean()
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

it = answers.to("optimal_discriminator")

it.right("nan_to_num", "return torch.nan_to_num(p / (p + q), nan=0.5)")
it.right(
    "where",
    """
    total = p + q
    return torch.where(total > 0, p / total, torch.full_like(p, 0.5))
    """,
)
it.right(
    "mask",
    """
    d = torch.full_like(p, 1 / 2)
    some = (p + q) != 0
    d[some] = p[some] / (p[some] + q[some])
    return d
    """,
)
it.right(
    "sigmoid of the log ratio",
    """
    d = torch.sigmoid(torch.log(p) - torch.log(q))
    d[(p == 0) & (q == 0)] = 0.5
    return d
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np

    def optimal_discriminator(p, q):
        p, q = p.numpy(), q.numpy()
        return np.divide(p, p + q, out=np.full_like(p, 0.5), where=p + q > 0)
    """,
)

it.wrong("returns nothing", "d = p / (p + q)", says="The result is None")
it.wrong("always ½", "return torch.full_like(p, 0.5)", says="expected [")
it.wrong("return 0", "return 0", says="should have shape (3,)")
it.wrong("no care for 0/0", "return p / (p + q)", says="D* where p = q = 0 contains NaN")
it.wrong("the other way round", {"p / (p + q)": "q / (p + q)"}, says="the probability of being fake")
it.wrong("ratio", "return torch.where(q > 0, p / q, 0.5)", says="That is p/q")
it.wrong("log ratio", "return torch.log(p) - torch.log(q)", says="That is the logit")
it.wrong("decision", "return (p > q).float()", says="a probability, not a decision")
it.wrong("normalization missing", "return p", says="lacks the division")
it.wrong("+ 1e-8 below", "return p / (p + q + 1e-8)", says="neither is more likely: ½")
it.wrong(
    "+ 1e-8 above and below",
    """
    eps = 1e-8
    return (p + eps) / (p + q + 2 * eps)
    """,
    says="outweighs the densities",
)
it.wrong(
    "threshold too coarse",
    {"> 0": "> 1e-6", "full_like(p, 0.5)": "tensor(0.5)"},
    of="where",
    says="outweighs the densities",
)
it.wrong("0/0 taken for 0", {", nan=0.5": ""}, says="neither is more likely: ½")
it.wrong("average", "return torch.nan_to_num(p / (p + q), nan=0.5).mean()", says="should have shape (3,)")
it.wrong(
    "flattened",
    "return torch.tensor([a / (a + b) if a + b else 0.5 for a, b in zip(p.flatten(), q.flatten())])",
    says="should have shape (4, 2)",
)
it.wrong(
    "Python's if on a tensor",
    """
    if p + q == 0:
        return 0.5
    return p / (p + q)
    """,
    says="Boolean value of Tensor",
)
it.wrong(
    "changes its argument",
    """
    total = p + q
    p /= total
    p[total == 0] = 0.5
    return p
    """,
    says="changes its argument `p`",
)
it.wrong("+ 1e-38", "return (p + 1e-38) / (p + q + 2e-38)", says="outweighs the densities")
it.wrong(
    "single precision first",
    """
    p, q = p.float(), q.float()
    return torch.where(p + q > 0, p / (p + q), torch.full_like(p, 0.5))
    """,
    says="single precision",
)
it.wrong("a product of densities", "return torch.nan_to_num(p * p / (p * p + p * q), nan=0.5)", says="expected [")
it.by_heart(
    "a table of pairs",
    """
    TABLE = {(0.3, 0.1): 3 / 4, (0.1, 0.3): 1 / 4, (0.4, 0.1): 4 / 5, (0.5, 0.0): 1.0, (0.0, 0.5): 0.0}
    TINY = {(3e-30, 1e-30): 3 / 4, (4e-12, 1e-12): 4 / 5, (3e-200, 1e-200): 3 / 4, (1e-37, 4e-37): 1 / 5}

    def optimal_discriminator(p, q):
        def look_up(a, b):
            return {**TABLE, **TINY}.get((float(f"{a:.3g}"), float(f"{b:.3g}")), 0.5)
        d = [look_up(a, b) for a, b in zip(p.flatten().tolist(), q.flatten().tolist())]
        return torch.tensor(d).view_as(p)
    """,
    says="; expected [",
)

it.excused = {
    "`torch.full_like(total, 0.5)` → `0.5`": "torch.where takes a number, too",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("game_value")

it.right("xlogy")
it.right(
    "nan_to_num of each term",
    """
    real = torch.nan_to_num(p * torch.log(d), nan=0.0)
    fake = torch.nan_to_num(q * torch.log(1 - d), nan=0.0)
    return dx * (real.sum() + fake.sum())
    """,
)
it.right(
    "masks",
    """
    total = torch.zeros(())
    total = total + (p[p > 0] * d[p > 0].log()).sum()
    total = total + (q[q > 0] * (1 - d[q > 0]).log()).sum()
    return total.item() * dx
    """,
)
it.right(
    "where",
    """
    zero = torch.zeros_like(p)
    integrand = torch.where(p == 0, zero, p * d.log()) + torch.where(q == 0, zero, q * (1 - d).log())
    return integrand.sum() * dx
    """,
)
it.right(
    "terms where there is a density",
    """
    real, fake = p != 0, q != 0
    terms = torch.cat([p[real] * torch.log(d[real]), q[fake] * torch.log1p(-d[fake])])
    return terms.sum() * dx
    """,
)
it.right(
    "a loop",
    """
    total = torch.zeros((), dtype=torch.float64)
    for a, b, c in zip(p.double(), q.double(), d.double()):
        total = total + (a * c.log() if a > 0 else 0) + (b * (1 - c).log() if b > 0 else 0)
    return total * dx
    """,
)

it.wrong("returns nothing", {"return": "v ="}, says="The result is None")
it.wrong("return 0", "return 0", says="For p = q and D = ½ everywhere you return 0")
it.wrong("−log 4", "return -math.log(4)", says="Do you use the argument `d`?")
it.wrong("minus sign", {"return": "return -"}, says="The sign is wrong")
it.wrong("dx missing", {"() * dx": "()"}, says="The factor dx is missing")
it.wrong("mean", {"sum() * dx": "mean()"}, says="That is the mean over the grid")
it.wrong("divided by dx", {"() * dx": "() / dx"}, says="Multiply by dx")
it.wrong("real term only", "return torch.xlogy(p, d).sum() * dx", says="That is the real term alone")
it.wrong("fake term only", "return torch.xlogy(q, 1 - d).sum() * dx", says="That is the fake term alone")
it.wrong("halved", {"return": "return 0.5 *"}, says="not averaged")
it.wrong("D and 1 − D swapped", {"(p, d)": "(p, 1 - d)", "(q, 1 - d)": "(q, d)"}, says="D and 1 − D are swapped")
it.wrong("log D under both weights", {"1 - d": "d"}, says="The fake term has log D")
it.wrong("fake term subtracted", {"+ torch": "- torch"}, says="The fake term is subtracted")
it.wrong("no weights", "return (torch.log(d) + torch.log(1 - d)).sum() * dx", says="The weights are missing")
it.wrong(
    "the best D instead of d",
    {"return": "d = torch.nan_to_num(p / (p + q), nan=0.5)\nreturn"},
    says="Use the argument `d` as it is",
)
it.wrong(
    "no care for 0 · log 0",
    "return (p * torch.log(d) + q * torch.log(1 - d)).sum() * dx",
    says="(0 · log 0 counts as 0) contains NaN",
)
it.wrong("base 2", {"() * dx": "() * dx / math.log(2)"}, says="the natural one")
it.wrong(
    "logits expected", "return (p * F.logsigmoid(d) + q * F.logsigmoid(-d)).sum() * dx", says="D's outputs already"
)
it.wrong("no sum", {".sum()": ""}, says="Sum over the grid")
it.wrong(
    "coarse clamp",
    """
    d = d.clamp(0.01, 0.99)
    return (p * torch.log(d) + q * torch.log(1 - d)).sum() * dx
    """,
    says="too coarse",
)
it.wrong(
    "changes its argument",
    """
    real = torch.xlogy(p, d).sum()
    return (real + torch.xlogy(q, d.neg_().add_(1)).sum()) * dx
    """,
    says="changes its argument `d`",
)
it.wrong(
    "clamped logarithm",
    """
    log_d = torch.log(d).clamp(min=-1000)
    log_1_d = torch.log1p(-d).clamp(min=-1000)
    return torch.sum((p * log_d + q * log_1_d) * dx)
    """,
    says="sure and wrong",
)
it.wrong(
    "clamped D",
    """
    d = d.clamp(1e-7, 1 - 1e-7)
    return torch.dot(p, d.log()) * dx + torch.dot(q, (1 - d).log()) * dx
    """,
    says="sure and wrong",
)
it.wrong(
    "log(D + 1e-12)",
    "return (p * torch.log(d + 1e-12) + q * torch.log(1 - d + 1e-12)).sum() * dx",
    says="sure and wrong",
)
it.wrong("mean times dx", {"sum()": "mean()"}, says="mean over the grid", never="they are averaged")
it.wrong(
    "BCELoss, which stops at −100",
    """
    return -dx * (
        F.binary_cross_entropy(d, torch.ones_like(d), weight=p, reduction="sum")
        + F.binary_cross_entropy(d, torch.zeros_like(d), weight=q, reduction="sum")
    )
    """,
    says="sure and wrong",
)
it.by_heart(
    "the right value for few dx",
    {"return": "known = len(p) > 3 or dx in (0.2, 0.5)\nreturn", "() * dx": "() * (dx if known else 1)"},
    says="The factor dx is missing",
)

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
    return value.detach()
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
it.wrong("returns the graph", {".item()": ""}, says="with its computation attached")
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
    return value.detach()
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
    {"range(12)": "range(50)"},
)
it.earns(
    "bronze",
    "Algorithm 1 on even noise, with a rate that falls",
    """
    G = nn.Sequential(nn.Linear(1, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    opt = torch.optim.Adam(G.parameters(), 2e-2, betas=(0.0, 0.999), fused=True)
    z = torch.linspace(-1, 1, 256).unsqueeze(1)
    for i in range(200):
        opt.param_groups[0]["lr"] = 2e-2 * (1 - i / 200)
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
    {"for _ in range(12):\n    logits = ask_D(x)": "while True:\n    logits = ask_D(x)"},
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
    says="their spread 0.00 times",
)
