"""Right and wrong answers to the exercises of lesson 01, for the mutation gate (test_gate.py).

Data only. RIGHT maps exercise → name → source. WRONG maps exercise → name → (source, says), where
`says` is a piece of the report that names the mistake, so that the feedback is tested as well.
The wrong ones are mistakes that people make, and a few lazy ways to please a careless check.
LEARNED_BY_HEART has the form of WRONG. Its answers know what a notebook's checks ask: those they pass,
and fresh inputs find them out.
"""

LESSON = "01_gaussian_1d"
RIGHT: dict[str, dict[str, str]] = {}
WRONG: dict[str, dict[str, tuple[str, str]]] = {}
LEARNED_BY_HEART: dict[str, dict[str, tuple[str, str]]] = {}

BLANK = "This is not written yet"
NOT_RETURNED = "The result is None"

# ---------------------------------------------------------------------------------------------

RIGHT["discriminator_loss"] = {
    "softplus": """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
""",
    "logsigmoid": """
def discriminator_loss(real_logits, fake_logits):
    log_real = F.logsigmoid(real_logits)
    log_fake = F.logsigmoid(-fake_logits)
    return -(torch.mean(log_real) + torch.mean(log_fake))
""",
    "BCEWithLogitsLoss": """
bce = nn.BCEWithLogitsLoss()

def discriminator_loss(real_logits, fake_logits):
    real = bce(real_logits, torch.ones_like(real_logits))
    fake = bce(fake_logits, torch.zeros(fake_logits.shape[0], 1))
    return real + fake
""",
    "logaddexp and sums": """
def discriminator_loss(real_logits, fake_logits):
    zero = torch.tensor(0.0)
    real = torch.logaddexp(zero, -real_logits).sum() / len(real_logits)
    fake = torch.logaddexp(zero, fake_logits).sum() / len(fake_logits)
    return real + fake
""",
    "relu form": """
class Loss:
    def __call__(self, real_logits, fake_logits):
        return self.one(-real_logits) + self.one(fake_logits)

    def one(self, l):
        return (l.clamp(min=0) + torch.log1p(torch.exp(-l.abs()))).mean()

discriminator_loss = Loss()
""",
    "cross entropy of two classes": """
def discriminator_loss(real_logits, fake_logits):
    def as_two_classes(l):
        return torch.cat([torch.zeros_like(l), l], dim=1)
    real = F.cross_entropy(as_two_classes(real_logits), torch.ones(len(real_logits), dtype=torch.long))
    fake = F.cross_entropy(as_two_classes(fake_logits), torch.zeros(len(fake_logits), dtype=torch.long))
    return real + fake
""",
}

WRONG["discriminator_loss"] = {
    "blank": (
        """
def discriminator_loss(real_logits, fake_logits):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        """
def discriminator_loss(real_logits, fake_logits):
    loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def discriminator_loss(real_logits, fake_logits):
    return 0
""",
        "Is it computed from the logits?",
    ),
    "log 4, as at initialization": (
        """
def discriminator_loss(real_logits, fake_logits):
    return 2 * math.log(2) + 0 * (real_logits.mean() + fake_logits.mean())
""",
        "Is it computed from the logits?",
    ),
    "labels swapped": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(real_logits).mean() + F.softplus(-fake_logits).mean()
""",
        "The labels are swapped",
    ),
    "minus missing": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()
""",
        "The sign is wrong",
    ),
    "minus on the first term only": (
        """
def discriminator_loss(real_logits, fake_logits):
    return -F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()
""",
        "One of the two signs is wrong",
    ),
    "fake labeled real": (
        """
def discriminator_loss(real_logits, fake_logits):
    return -F.logsigmoid(real_logits).mean() - F.logsigmoid(fake_logits).mean()
""",
        "The fake batch is labeled real too",
    ),
    "real part only": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean()
""",
        "real batch's part alone",
    ),
    "fake part only": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(fake_logits).mean()
""",
        "fake batch's part alone",
    ),
    "sum": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).sum() + F.softplus(fake_logits).sum()
""",
        "sum over the batch",
    ),
    "average of both halves": (
        """
def discriminator_loss(real_logits, fake_logits):
    return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / 2
""",
        "not averaged",
    ),
    "one batch of both": (
        """
def discriminator_loss(real_logits, fake_logits):
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.ones_like(real_logits), torch.zeros_like(fake_logits)])
    return 2 * F.binary_cross_entropy_with_logits(logits, labels)
""",
        "averaged as one",
    ),
    "mean of an elementwise sum": (
        """
def discriminator_loss(real_logits, fake_logits):
    return (F.softplus(-real_logits).sum() + F.softplus(fake_logits).sum()) / len(real_logits)
""",
        "divided by the real batch's size",
    ),
    "log of a sigmoid": (
        """
def discriminator_loss(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return -torch.log(real).mean() - torch.log(1 - fake).mean()
""",
        "compute log σ from the logit in one step",
    ),
    "log of a clamped sigmoid": (
        """
def discriminator_loss(real_logits, fake_logits):
    real = torch.sigmoid(real_logits).clamp(1e-7, 1 - 1e-7)
    fake = torch.sigmoid(fake_logits).clamp(1e-7, 1 - 1e-7)
    return -torch.log(real).mean() - torch.log(1 - fake).mean()
""",
        "cuts it off",
    ),
    "BCELoss of a sigmoid": (
        """
def discriminator_loss(real_logits, fake_logits):
    bce = nn.BCELoss()
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
""",
        "cuts it off",
    ),
    "log(1 + exp)": (
        """
def discriminator_loss(real_logits, fake_logits):
    return torch.log(1 + torch.exp(-real_logits)).mean() + torch.log(1 + torch.exp(fake_logits)).mean()
""",
        "an overflow",
    ),
    "BCELoss on logits": (
        """
def discriminator_loss(real_logits, fake_logits):
    bce = nn.BCELoss()
    return bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))
""",
        "between 0 and 1",
    ),
    "log of logits": (
        """
def discriminator_loss(real_logits, fake_logits):
    return -torch.log(real_logits).mean() - torch.log(1 - fake_logits).mean()
""",
        "log of a negative number",
    ),
    "sigmoid twice": (
        """
def discriminator_loss(real_logits, fake_logits):
    bce = nn.BCEWithLogitsLoss()
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
""",
        "sigmoid was applied twice",
    ),
    "least squares": (
        """
def discriminator_loss(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return ((real - 1) ** 2).mean() + (fake ** 2).mean()
""",
        "squared error",
    ),
    "log to base 2": (
        """
def discriminator_loss(real_logits, fake_logits):
    return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / math.log(2)
""",
        "the natural one",
    ),
    "no mean": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits) + F.softplus(fake_logits)
""",
        "Average over the batch",
    ),
    "a pair": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean(), F.softplus(fake_logits).mean()
""",
        "should be one number",
    ),
    "item()": (
        """
def discriminator_loss(real_logits, fake_logits):
    return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()).item()
""",
        "can be differentiated",
    ),
    "detached fakes": (
        """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits.detach()).mean()
""",
        "No gradient reaches the fake logits",
    ),
    "no_grad": (
        """
def discriminator_loss(real_logits, fake_logits):
    with torch.no_grad():
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
""",
        "cut off from the logits",
    ),
    "hard decision": (
        """
def discriminator_loss(real_logits, fake_logits):
    return (real_logits < 0).float().mean() + (fake_logits > 0).float().mean()
""",
        "expected",
    ),
    "one argument": (
        """
def discriminator_loss(logits):
    return F.softplus(-logits).mean()
""",
        "takes 1 positional argument",
    ),
    "NaN": (
        """
def discriminator_loss(real_logits, fake_logits):
    return real_logits.mean() * float("nan")
""",
        "contains NaN",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["minimax_generator_loss"] = {
    "softplus": """
def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()
""",
    "logsigmoid": """
minimax_generator_loss = lambda fake_logits: torch.mean(F.logsigmoid(-fake_logits))
""",
    "minus the cross-entropy with label 0": """
def minimax_generator_loss(fake_logits):
    return -F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
""",
    "loop": """
def minimax_generator_loss(fake_logits):
    total = 0.0
    for logit in fake_logits.flatten():
        total = total - torch.logaddexp(logit, torch.zeros(()))
    return total / fake_logits.numel()
""",
}

WRONG["minimax_generator_loss"] = {
    "blank": (
        """
def minimax_generator_loss(fake_logits):
    raise NotImplementedError
""",
        BLANK,
    ),
    "returns nothing": (
        """
def minimax_generator_loss(fake_logits):
    F.logsigmoid(-fake_logits).mean()
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def minimax_generator_loss(fake_logits):
    return 0
""",
        "Is it computed from the logits?",
    ),
    "the sign of D's loss": (
        """
def minimax_generator_loss(fake_logits):
    return F.softplus(fake_logits).mean()
""",
        "The sign is wrong",
    ),
    "the non-saturating one": (
        """
def minimax_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()
""",
        "That is the non-saturating loss",
    ),
    "log D": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(fake_logits).mean()
""",
        "That is log D",
    ),
    "sum": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits).sum()
""",
        "sum over the batch",
    ),
    "half": (
        """
def minimax_generator_loss(fake_logits):
    return 0.5 * F.logsigmoid(-fake_logits).mean()
""",
        "half of it",
    ),
    "log of 1 − sigmoid": (
        """
def minimax_generator_loss(fake_logits):
    return torch.log(1 - torch.sigmoid(fake_logits)).mean()
""",
        "compute log σ from the logit in one step",
    ),
    "log of 1 − sigmoid + 1e-8": (
        """
def minimax_generator_loss(fake_logits):
    return torch.log(1 - torch.sigmoid(fake_logits) + 1e-8).mean()
""",
        "cuts it off",
    ),
    "log of 1 − logit": (
        """
def minimax_generator_loss(fake_logits):
    return torch.log(1 - fake_logits).mean()
""",
        "log of a negative number",
    ),
    "sigmoid twice": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-torch.sigmoid(fake_logits)).mean()
""",
        "expected",
    ),
    "sigmoid twice, by cross-entropy": (
        """
def minimax_generator_loss(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -F.binary_cross_entropy_with_logits(d, torch.zeros_like(d))
""",
        "sigmoid was applied twice",
    ),
    "logarithm forgotten": (
        """
def minimax_generator_loss(fake_logits):
    return (1 - torch.sigmoid(fake_logits)).mean()
""",
        "Its logarithm is missing",
    ),
    "log of the mean": (
        """
def minimax_generator_loss(fake_logits):
    return torch.log((1 - torch.sigmoid(fake_logits)).mean())
""",
        "logarithm of the mean",
    ),
    "no mean": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits)
""",
        "Average over the batch",
    ),
    "mean over the wrong axis": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits).mean(dim=1)
""",
        "Average over the batch",
    ),
    "detached": (
        """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits.detach()).mean()
""",
        "cut off from the logits",
    ),
    "non-saturating gradient under a minimax value": (
        """
def minimax_generator_loss(fake_logits):
    surrogate = F.softplus(-fake_logits).mean()
    return surrogate + (F.logsigmoid(-fake_logits).mean() - surrogate).detach()
""",
        "the gradient times the batch size",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["non_saturating_generator_loss"] = {
    "softplus": """
def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()
""",
    "logsigmoid": """
def non_saturating_generator_loss(fake_logits):
    log_d = nn.LogSigmoid()(fake_logits)
    return -log_d.sum() / fake_logits.shape[0]
""",
    "cross-entropy with label 1": """
def non_saturating_generator_loss(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.full_like(fake_logits, 1.0))
""",
    "log1p in double precision": """
def non_saturating_generator_loss(fake_logits):
    return torch.log1p(torch.exp(-fake_logits.double())).mean()
""",
}

WRONG["non_saturating_generator_loss"] = {
    "blank": (
        """
def non_saturating_generator_loss(fake_logits):
    raise NotImplementedError
""",
        BLANK,
    ),
    "returns nothing": (
        """
def non_saturating_generator_loss(fake_logits):
    print(-F.logsigmoid(fake_logits).mean())
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def non_saturating_generator_loss(fake_logits):
    return torch.tensor(0.0, requires_grad=True)
""",
        "Is it computed from the logits?",
    ),
    "minus missing": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.logsigmoid(fake_logits).mean()
""",
        "The sign is wrong",
    ),
    "the minimax one": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits).mean()
""",
        "That is the minimax loss",
    ),
    "labels swapped": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
""",
        "the fakes are labeled fake",
    ),
    "sum": (
        """
def non_saturating_generator_loss(fake_logits):
    return -F.logsigmoid(fake_logits).sum()
""",
        "sum over the batch",
    ),
    "half": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean() / 2
""",
        "half of it",
    ),
    "log of a sigmoid": (
        """
def non_saturating_generator_loss(fake_logits):
    return -torch.sigmoid(fake_logits).log().mean()
""",
        "compute log σ from the logit in one step",
    ),
    "log of a clamped sigmoid": (
        """
def non_saturating_generator_loss(fake_logits):
    return -torch.sigmoid(fake_logits).clamp(min=1e-12).log().mean()
""",
        "cuts it off",
    ),
    "BCELoss of a sigmoid": (
        """
def non_saturating_generator_loss(fake_logits):
    d = torch.sigmoid(fake_logits)
    return nn.BCELoss()(d, torch.ones_like(d))
""",
        "cuts it off",
    ),
    "clamped logits": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits.clamp(-20, 20)).mean()
""",
        "cuts it off",
    ),
    "sigmoid twice": (
        """
def non_saturating_generator_loss(fake_logits):
    d = torch.sigmoid(fake_logits)
    return F.binary_cross_entropy_with_logits(d, torch.ones_like(d))
""",
        "sigmoid was applied twice",
    ),
    "logarithm forgotten": (
        """
def non_saturating_generator_loss(fake_logits):
    return -torch.sigmoid(fake_logits).mean()
""",
        "The loss has a logarithm",
    ),
    "minus the logit": (
        """
def non_saturating_generator_loss(fake_logits):
    return -fake_logits.mean()
""",
        "without the sigmoid and the logarithm",
    ),
    "log of the mean": (
        """
def non_saturating_generator_loss(fake_logits):
    return -torch.log(torch.sigmoid(fake_logits).mean())
""",
        "logarithm of the mean",
    ),
    "no mean": (
        """
def non_saturating_generator_loss(fake_logits):
    return -F.logsigmoid(fake_logits)
""",
        "Average over the batch",
    ),
    "a NumPy number": (
        """
def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean().detach().numpy()
""",
        "can be differentiated",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["generator_gradients"] = {
    "formula": """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -d, d - 1
""",
    "formula with the other sigmoid": """
def generator_gradients(fake_logits):
    return [-1 / (1 + torch.exp(-fake_logits)), -torch.sigmoid(-fake_logits)]
""",
    "autograd.grad of the sums": """
def generator_gradients(fake_logits):
    l = fake_logits.detach().requires_grad_()
    (minimax,) = torch.autograd.grad(F.logsigmoid(-l).sum(), l)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(l).sum(), l)
    return minimax, non_saturating
""",
    "backward on copies": """
def generator_gradients(fake_logits):
    grads = []
    for loss in (lambda l: -F.softplus(l), lambda l: F.softplus(-l)):
        copy = fake_logits.clone().detach().requires_grad_(True)
        loss(copy).backward(torch.ones_like(copy))
        grads.append(copy.grad)
    return tuple(grads)
""",
    "mean loss, times the batch size": """
def generator_gradients(fake_logits):
    l = fake_logits.detach().clone().requires_grad_()
    F.logsigmoid(-l).mean().backward()
    minimax = l.grad.clone() * l.numel()
    l.grad = None
    (-F.logsigmoid(l).mean()).backward()
    return minimax, l.grad * l.numel()
""",
    "torch.func": """
def generator_gradients(fake_logits):
    flat = fake_logits.flatten()
    minimax = torch.func.vmap(torch.func.grad(lambda l: -F.softplus(l)))(flat)
    non_saturating = torch.func.vmap(torch.func.grad(lambda l: F.softplus(-l)))(flat)
    return minimax.view_as(fake_logits), non_saturating.view_as(fake_logits)
""",
}

WRONG["generator_gradients"] = {
    "blank": (
        """
def generator_gradients(fake_logits):
    raise NotImplementedError
""",
        BLANK,
    ),
    "returns nothing": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    minimax, non_saturating = -d, d - 1
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def generator_gradients(fake_logits):
    return 0
""",
        "Return two tensors",
    ),
    "zeros": (
        """
def generator_gradients(fake_logits):
    return torch.zeros_like(fake_logits), torch.zeros_like(fake_logits)
""",
        "the minimax gradient is",
    ),
    "swapped": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return d - 1, -d
""",
        "minimax comes first",
    ),
    "both signs": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return d, 1 - d
""",
        "The sign is wrong",
    ),
    "sign of the second": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -d, 1 - d
""",
        "The sign is wrong",
    ),
    "with respect to D": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -1 / (1 - d), -1 / d
""",
        "derivative with respect to D",
    ),
    "sigma prime": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -d * (1 - d), d * (1 - d)
""",
        "one factor of the answer",
    ),
    "of the mean": (
        """
def generator_gradients(fake_logits):
    l = fake_logits.detach().requires_grad_()
    (minimax,) = torch.autograd.grad(F.logsigmoid(-l).mean(), l)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(l).mean(), l)
    return minimax, non_saturating
""",
        "divided by the batch size",
    ),
    "gradients pile up": (
        """
def generator_gradients(fake_logits):
    l = fake_logits.detach().clone().requires_grad_()
    F.logsigmoid(-l).sum().backward()
    minimax = l.grad.clone()
    (-F.logsigmoid(l).sum()).backward()
    return minimax, l.grad
""",
        "sum of both derivatives",
    ),
    "the same tensor twice": (
        """
def generator_gradients(fake_logits):
    l = fake_logits.detach().clone().requires_grad_()
    F.logsigmoid(-l).sum().backward()
    minimax = l.grad
    l.grad.zero_()
    (-F.logsigmoid(l).sum()).backward()
    return minimax, l.grad
""",
        "minimax comes first",
    ),
    "gradients left in the argument": (
        """
def generator_gradients(fake_logits):
    fake_logits.requires_grad_()
    F.logsigmoid(-fake_logits).sum().backward()
    minimax = fake_logits.grad.clone()
    (-F.logsigmoid(fake_logits).sum()).backward()
    return minimax, fake_logits.grad - minimax
""",
        "gives first",
    ),
    "the losses": (
        """
def generator_gradients(fake_logits):
    return F.logsigmoid(-fake_logits), -F.logsigmoid(fake_logits)
""",
        "That is the minimax loss itself",
    ),
    "logits taken for outputs": (
        """
def generator_gradients(fake_logits):
    return -fake_logits, fake_logits - 1
""",
        "taken for D's outputs",
    ),
    "means": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -d.mean(), (d - 1).mean()
""",
        "One derivative per logit",
    ),
    "one tensor": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return torch.stack([-d, d - 1])
""",
        "Return two tensors",
    ),
    "flattened": (
        """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits).flatten()
    return -d, d - 1
""",
        "should have shape (3, 1)",
    ),
    "only the non-saturating one": (
        """
def generator_gradients(fake_logits):
    return torch.sigmoid(fake_logits) - 1
""",
        "Return two tensors",
    ),
    "grad of a computed tensor": (
        """
def generator_gradients(fake_logits):
    l = fake_logits.requires_grad_() * 1
    F.logsigmoid(-l).sum().backward()
    return l.grad, l.grad
""",
        "The minimax gradient is None",
    ),
    "needs a gradient it did not ask for": (
        """
def generator_gradients(fake_logits):
    F.logsigmoid(-fake_logits).sum().backward()
    return fake_logits.grad, fake_logits.grad - 1
""",
        "does not require grad",
    ),
    "autograd through log of sigmoid": (
        """
def generator_gradients(fake_logits):
    l = fake_logits.detach().requires_grad_()
    d = torch.sigmoid(l)
    (minimax,) = torch.autograd.grad(torch.log(1 - d).sum(), l, retain_graph=True)
    (non_saturating,) = torch.autograd.grad(-torch.log(d).sum(), l)
    return minimax, non_saturating
""",
        "contains NaN",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["optimal_discriminator"] = {
    "where": """
def optimal_discriminator(p, q):
    total = p + q
    return torch.where(total > 0, p / total, torch.full_like(p, 0.5))
""",
    "nan_to_num": """
def optimal_discriminator(p, q):
    return torch.nan_to_num(p / (p + q), nan=0.5)
""",
    "mask": """
def optimal_discriminator(p, q):
    d = torch.full_like(p, 1 / 2)
    some = (p + q) != 0
    d[some] = p[some] / (p[some] + q[some])
    return d
""",
    "sigmoid of the log ratio": """
def optimal_discriminator(p, q):
    d = torch.sigmoid(torch.log(p) - torch.log(q))
    d[(p == 0) & (q == 0)] = 0.5
    return d
""",
    "NumPy": """
import numpy as np

def optimal_discriminator(p, q):
    p, q = p.numpy(), q.numpy()
    return np.divide(p, p + q, out=np.full_like(p, 0.5), where=p + q > 0)
""",
}

WRONG["optimal_discriminator"] = {
    "blank": (
        """
def optimal_discriminator(p, q):
    raise NotImplementedError
""",
        BLANK,
    ),
    "returns nothing": (
        """
def optimal_discriminator(p, q):
    d = p / (p + q)
""",
        NOT_RETURNED,
    ),
    "always ½": (
        """
def optimal_discriminator(p, q):
    return torch.full_like(p, 0.5)
""",
        "expected [",
    ),
    "return 0": (
        """
def optimal_discriminator(p, q):
    return 0
""",
        "should have shape (3,)",
    ),
    "no care for 0/0": (
        """
def optimal_discriminator(p, q):
    return p / (p + q)
""",
        "D* where p = q = 0 contains NaN",
    ),
    "the other way round": (
        """
def optimal_discriminator(p, q):
    return torch.nan_to_num(q / (p + q), nan=0.5)
""",
        "the probability of being fake",
    ),
    "ratio": (
        """
def optimal_discriminator(p, q):
    return torch.where(q > 0, p / q, 0.5)
""",
        "That is p/q",
    ),
    "log ratio": (
        """
def optimal_discriminator(p, q):
    return torch.log(p) - torch.log(q)
""",
        "That is the logit",
    ),
    "decision": (
        """
def optimal_discriminator(p, q):
    return (p > q).float()
""",
        "a probability, not a decision",
    ),
    "normalization missing": (
        """
def optimal_discriminator(p, q):
    return p
""",
        "lacks the division",
    ),
    "+ 1e-8 below": (
        """
def optimal_discriminator(p, q):
    return p / (p + q + 1e-8)
""",
        "neither is more likely: ½",
    ),
    "+ 1e-8 above and below": (
        """
def optimal_discriminator(p, q):
    eps = 1e-8
    return (p + eps) / (p + q + 2 * eps)
""",
        "outweighs the densities",
    ),
    "threshold too coarse": (
        """
def optimal_discriminator(p, q):
    total = p + q
    return torch.where(total > 1e-6, p / total, torch.tensor(0.5))
""",
        "outweighs the densities",
    ),
    "0/0 taken for 0": (
        """
def optimal_discriminator(p, q):
    return torch.nan_to_num(p / (p + q))
""",
        "neither is more likely: ½",
    ),
    "average": (
        """
def optimal_discriminator(p, q):
    return torch.nan_to_num(p / (p + q), nan=0.5).mean()
""",
        "should have shape (3,)",
    ),
    "flattened": (
        """
def optimal_discriminator(p, q):
    return torch.tensor([a / (a + b) if a + b else 0.5 for a, b in zip(p.flatten(), q.flatten())])
""",
        "should have shape (4, 2)",
    ),
    "Python's if on a tensor": (
        """
def optimal_discriminator(p, q):
    if p + q == 0:
        return 0.5
    return p / (p + q)
""",
        "Boolean value of Tensor",
    ),
    "changes its argument": (
        """
def optimal_discriminator(p, q):
    total = p + q
    p /= total
    p[total == 0] = 0.5
    return p
""",
        "changes its argument `p`",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["game_value"] = {
    "xlogy": """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx
""",
    "nan_to_num of each term": """
def game_value(p, q, d, dx):
    real = torch.nan_to_num(p * torch.log(d), nan=0.0)
    fake = torch.nan_to_num(q * torch.log(1 - d), nan=0.0)
    return dx * (real.sum() + fake.sum())
""",
    "clamped logarithm": """
def game_value(p, q, d, dx):
    log_d = torch.log(d).clamp(min=-1000)
    log_1_d = torch.log1p(-d).clamp(min=-1000)
    return torch.sum((p * log_d + q * log_1_d) * dx)
""",
    "clamped D": """
def game_value(p, q, d, dx):
    d = d.clamp(1e-7, 1 - 1e-7)
    return torch.dot(p, d.log()) * dx + torch.dot(q, (1 - d).log()) * dx
""",
    "masks": """
def game_value(p, q, d, dx):
    total = torch.zeros(())
    total = total + (p[p > 0] * d[p > 0].log()).sum()
    total = total + (q[q > 0] * (1 - d[q > 0]).log()).sum()
    return total.item() * dx
""",
    "where": """
def game_value(p, q, d, dx):
    zero = torch.zeros_like(p)
    integrand = torch.where(p == 0, zero, p * d.log()) + torch.where(q == 0, zero, q * (1 - d).log())
    return integrand.sum() * dx
""",
}

WRONG["game_value"] = {
    "blank": (
        """
def game_value(p, q, d, dx):
    raise NotImplementedError
""",
        BLANK,
    ),
    "returns nothing": (
        """
def game_value(p, q, d, dx):
    v = (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def game_value(p, q, d, dx):
    return 0
""",
        "For p = q and D = ½ everywhere you return 0",
    ),
    "−log 4": (
        """
def game_value(p, q, d, dx):
    return -math.log(4)
""",
        "Do you use the argument `d`?",
    ),
    "minus sign": (
        """
def game_value(p, q, d, dx):
    return -(torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx
""",
        "The sign is wrong",
    ),
    "dx missing": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum()
""",
        "The factor dx is missing",
    ),
    "mean": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).mean()
""",
        "That is the mean over the grid",
    ),
    "divided by dx": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() / dx
""",
        "Multiply by dx",
    ),
    "real term only": (
        """
def game_value(p, q, d, dx):
    return torch.xlogy(p, d).sum() * dx
""",
        "That is the real term alone",
    ),
    "fake term only": (
        """
def game_value(p, q, d, dx):
    return torch.xlogy(q, 1 - d).sum() * dx
""",
        "That is the fake term alone",
    ),
    "halved": (
        """
def game_value(p, q, d, dx):
    return 0.5 * (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx
""",
        "not averaged",
    ),
    "D and 1 − D swapped": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, 1 - d) + torch.xlogy(q, d)).sum() * dx
""",
        "D and 1 − D are swapped",
    ),
    "log D under both weights": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, d)).sum() * dx
""",
        "The fake term has log D",
    ),
    "fake term subtracted": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) - torch.xlogy(q, 1 - d)).sum() * dx
""",
        "The fake term is subtracted",
    ),
    "no weights": (
        """
def game_value(p, q, d, dx):
    return (torch.log(d) + torch.log(1 - d)).sum() * dx
""",
        "The weights are missing",
    ),
    "the best D instead of d": (
        """
def game_value(p, q, d, dx):
    d = torch.nan_to_num(p / (p + q), nan=0.5)
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx
""",
        "Use the argument `d` as it is",
    ),
    "no care for 0 · log 0": (
        """
def game_value(p, q, d, dx):
    return (p * torch.log(d) + q * torch.log(1 - d)).sum() * dx
""",
        "(0 · log 0 counts as 0) contains NaN",
    ),
    "base 2": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * dx / math.log(2)
""",
        "the natural one",
    ),
    "logits expected": (
        """
def game_value(p, q, d, dx):
    return (p * F.logsigmoid(d) + q * F.logsigmoid(-d)).sum() * dx
""",
        "D's outputs already",
    ),
    "no sum": (
        """
def game_value(p, q, d, dx):
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)) * dx
""",
        "Sum over the grid",
    ),
    "coarse clamp": (
        """
def game_value(p, q, d, dx):
    d = d.clamp(0.01, 0.99)
    return (p * torch.log(d) + q * torch.log(1 - d)).sum() * dx
""",
        "too coarse",
    ),
    "changes its argument": (
        """
def game_value(p, q, d, dx):
    real = torch.xlogy(p, d).sum()
    return (real + torch.xlogy(q, d.neg_().add_(1)).sum()) * dx
""",
        "changes its argument `d`",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["discriminator_step"] = {
    "detach": """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    return value.item()
""",
    "no_grad, D.zero_grad, float": """
def discriminator_step(G, D, opt_D, loss, real, z):
    with torch.no_grad():
        fake = G(z)
    value = loss(D(real), D(fake))
    D.zero_grad()
    value.backward()
    opt_D.step()
    return float(value)
""",
    "autograd.grad and .grad by hand": """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z)))
    parameters = list(D.parameters())
    for p, g in zip(parameters, torch.autograd.grad(value, parameters)):
        p.grad = g
    opt_D.step()
    return value.detach().item()
""",
    "both batches through D at once": """
def discriminator_step(G, D, opt_D, loss, real, z):
    both = D(torch.cat([real, G(z).detach()]))
    real_logits, fake_logits = both.split(len(real))
    value = loss(real_logits=real_logits, fake_logits=fake_logits)
    opt_D.zero_grad(set_to_none=False)
    value.backward()
    opt_D.step()
    return value.detach()
""",
    "G frozen and thawed": """
def discriminator_step(G, D, opt_D, loss, real, z):
    G.requires_grad_(False)
    value = loss(D(real), D(G(z)))
    opt_D.zero_grad()
    value.backward(inputs=list(D.parameters()))
    opt_D.step()
    G.requires_grad_(True)
    return value.tolist()
""",
    "closure": """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()

    def closure():
        opt_D.zero_grad()
        value = loss(D(real), D(fake))
        value.backward()
        return value

    return opt_D.step(closure).item()
""",
}

WRONG["discriminator_step"] = {
    "blank": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    raise NotImplementedError
""",
        BLANK,
    ),
    "return 0": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    return 0
""",
        "never calls the `loss`",
    ),
    "returns nothing": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    loss(D(real), D(G(z).detach())).backward()
    opt_D.step()
""",
        "Return the loss as a number",
    ),
    "detach missing": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z)))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "G has received a gradient",
    ),
    "zero_grad missing": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "Clear them with opt_D.zero_grad()",
    ),
    "zero_grad at the end only": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    opt_D.zero_grad()
    return value.item()
""",
        "before backward()",
    ),
    "zero_grad between backward and step": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.zero_grad()
    opt_D.step()
    return value.item()
""",
        "with no zero_grad() between them",
    ),
    "backward missing": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    opt_D.step()
    return value.item()
""",
        "A step needs backward()",
    ),
    "step missing": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    return value.item()
""",
        "and then opt_D.step()",
    ),
    "step before backward": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z).detach()))
    opt_D.step()
    opt_D.zero_grad()
    value.backward()
    return value.item()
""",
        "opt_D.step() comes after backward()",
    ),
    "batches swapped": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(G(z).detach()), D(real))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "The two batches are swapped",
    ),
    "detach behind D": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z)).detach())
    value.backward()
    opt_D.step()
    return value.item()
""",
        "Cut between G and D",
    ),
    "everything under no_grad": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    with torch.no_grad():
        value = loss(D(real), D(G(z)))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "does not require grad",
    ),
    "noise without G": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(z))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "the noise must go through G first",
    ),
    "samples without D": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), G(z).detach())
    value.backward()
    opt_D.step()
    return value.item()
""",
        "G's samples without D",
    ),
    "new noise": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(torch.randn_like(z)).detach()))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "Use the very data and noise that are passed in",
    ),
    "sigmoid in front of the loss": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(torch.sigmoid(D(real)), torch.sigmoid(D(G(z).detach())))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "the loss applies the sigmoid itself",
    ),
    "own loss": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = F.softplus(-D(real)).mean() + F.softplus(D(G(z).detach())).mean()
    value.backward()
    opt_D.step()
    return value.item()
""",
        "never calls the `loss`",
    ),
    "two losses": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    loss(D(real), D(G(z).detach())).backward()
    opt_D.step()
    return value.item()
""",
        "call `loss` once",
    ),
    "two steps": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    opt_D.step()
    return value.item()
""",
        "That is two steps",
    ),
    "own optimizer": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D = torch.optim.SGD(D.parameters(), lr=0.1)
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "Use the optimizer that is passed in",
    ),
    "wrong optimizer": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_G = torch.optim.SGD(G.parameters(), lr=0.1)
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "D has not moved",
    ),
    "G moves along": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    both = torch.optim.SGD([*G.parameters()], lr=0.1)
    opt_D.zero_grad()
    G.zero_grad()
    value = loss(D(real), D(G(z)))
    value.backward()
    opt_D.step()
    both.step()
    return value.item()
""",
        "G's weights have changed",
    ),
    "uphill": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    (-value).backward()
    opt_D.step()
    return value.item()
""",
        "That is uphill",
    ),
    "G stays frozen": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    for p in G.parameters():
        p.requires_grad = False
    opt_D.zero_grad()
    value = loss(D(real), D(G(z)))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "G's parameters no longer take gradients",
    ),
    "returns the graph": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z).detach()))
    value.backward()
    opt_D.step()
    return value
""",
        "with its computation attached",
    ),
    "returns the logits": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    logits = D(real)
    loss(logits, D(G(z).detach())).backward()
    opt_D.step()
    return logits.detach()
""",
        "Return one number",
    ),
    "loss after the step, loss called again": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()
    opt_D.zero_grad()
    loss(D(real), D(fake)).backward()
    opt_D.step()
    with torch.no_grad():
        return loss(D(real), D(fake)).item()
""",
        "That is the loss after the step",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["generator_step"] = {
    "plain": """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
    "D frozen and thawed": """
def generator_step(G, D, opt_G, loss, z):
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
    "autograd.grad": """
def generator_step(G, D, opt_G, loss, z):
    value = loss(fake_logits=D(G(z)))
    ours = [p for group in opt_G.param_groups for p in group["params"]]
    grads = torch.autograd.grad(value, ours)
    for p, g in zip(ours, grads):
        p.grad = g.clone()
    opt_G.step()
    return value.detach().numpy()
""",
    "in two halves": """
def generator_step(G, D, opt_G, loss, z):
    fake = G(z)
    handle = fake.detach().requires_grad_()
    value = loss(D(handle).squeeze(1))
    (slope,) = torch.autograd.grad(value, handle)
    opt_G.zero_grad()
    fake.backward(slope)
    opt_G.step()
    return value.item()
""",
    "clears both networks at the end, too": """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad(set_to_none=False)
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    opt_G.zero_grad()
    D.zero_grad()
    return value.detach()
""",
}

WRONG["generator_step"] = {
    "blank": (
        """
def generator_step(G, D, opt_G, loss, z):
    raise NotImplementedError
""",
        BLANK,
    ),
    "return 0": (
        """
def generator_step(G, D, opt_G, loss, z):
    return 0
""",
        "never calls the `loss`",
    ),
    "returns nothing": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    loss(D(G(z))).backward()
    opt_G.step()
""",
        "Return the loss as a number",
    ),
    "detach from the other step": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z).detach()))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "Is a detach() or no_grad() between G and the loss",
    ),
    "no_grad around G": (
        """
def generator_step(G, D, opt_G, loss, z):
    with torch.no_grad():
        fake = G(z)
    opt_G.zero_grad()
    value = loss(D(fake))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "Is a detach() or no_grad() between G and the loss",
    ),
    "no_grad around D": (
        """
def generator_step(G, D, opt_G, loss, z):
    fake = G(z)
    with torch.no_grad():
        logits = D(fake)
    value = loss(logits)
    value.backward()
    opt_G.step()
    return value.item()
""",
        "does not require grad",
    ),
    "zero_grad missing": (
        """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "Clear them with opt_G.zero_grad()",
    ),
    "zero_grad of D instead": (
        """
def generator_step(G, D, opt_G, loss, z):
    D.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "Clear them with opt_G.zero_grad()",
    ),
    "zero_grad between backward and step": (
        """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    value.backward()
    opt_G.zero_grad()
    opt_G.step()
    return value.item()
""",
        "zero_grad() between those two",
    ),
    "step missing": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    return value.item()
""",
        "G has not moved",
    ),
    "step before backward": (
        """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    opt_G.step()
    opt_G.zero_grad()
    value.backward()
    return value.item()
""",
        "opt_G.step() comes after backward()",
    ),
    "wrong optimizer": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_D = torch.optim.SGD(D.parameters(), lr=0.1)
    opt_D.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_D.step()
    return value.item()
""",
        "D's weights have changed",
    ),
    "D moves along": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    D.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    with torch.no_grad():
        for p in D.parameters():
            p -= 0.1 * p.grad
    return value.item()
""",
        "D's weights have changed",
    ),
    "D stays frozen": (
        """
def generator_step(G, D, opt_G, loss, z):
    D.requires_grad_(False)
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "unfreeze it at the end",
    ),
    "uphill": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z)))
    (-value).backward()
    opt_G.step()
    return value.item()
""",
        "That is uphill",
    ),
    "own loss": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = F.softplus(-D(G(z))).mean()
    value.backward()
    opt_G.step()
    return value.item()
""",
        "never calls the `loss`",
    ),
    "D left out": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(G(z))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "G's samples without D",
    ),
    "G left out": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(z))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "the noise must go through G first",
    ),
    "new noise": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(torch.rand_like(z))))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "Use the very data and noise that are passed in",
    ),
    "two batches for the loss": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(z), D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
        "The loss is called as loss(fake_logits)",
    ),
    "own optimizer": (
        """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    G.zero_grad()
    value.backward()
    torch.optim.SGD(G.parameters(), lr=0.1).step()
    return value.item()
""",
        "Use the optimizer that is passed in",
    ),
    "returns the graph": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value
""",
        "with its computation attached",
    ),
    "returns the samples": (
        """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    fake = G(z)
    loss(D(fake)).backward()
    opt_G.step()
    return fake.detach()
""",
        "Return one number",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["algorithm_1"] = {
    "two loops": """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
    "while loops": """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
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
    "itertools": """
import itertools

def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    def iteration(_):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in itertools.repeat(None, k)]
        return d_losses[-1], generator_step(sample_noise())
    return map(iteration, range(iterations))
""",
    "generator expression": """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    def many():
        for _ in range(k):
            loss = discriminator_step(sample_real(), sample_noise())
        return loss
    return ((many(), generator_step(sample_noise())) for _ in range(iterations))
""",
    "iterator class": """
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
}

HEAD = "def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):"
WRONG["algorithm_1"] = {
    name: (HEAD + body, says)
    for name, (body, says) in {
        "blank": (
            """
    raise NotImplementedError
""",
            BLANK,
        ),
        "return 0": (
            """
    return 0
""",
            "Use `yield` in the loop",
        ),
        "yields nothing": (
            """
    return iter(())
""",
            "No step is taken at all",
        ),
        "prints instead of yielding": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        print(d_loss, g_loss)
""",
            "The result is None. Use `yield`",
        ),
        "returns a list": (
            """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    return losses
""",
            "The result is a list. Use `yield`",
        ),
        "returns an iterator over a list": (
            """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    return iter(losses)
""",
            "before anybody asked",
        ),
        "everything first, then the yields": (
            """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
    yield from losses
""",
            "step(s) were taken instead of",
        ),
        "returns in the loop": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        return d_loss, g_loss
""",
            "The result is a tuple. Use `yield`",
        ),
        "G first": (
            """
    for _ in range(iterations):
        g_loss = generator_step(sample_noise())
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        yield d_loss, g_loss
""",
            "In the paper D moves first",
        ),
        "k steps of G": (
            """
    for _ in range(iterations):
        d_loss = discriminator_step(sample_real(), sample_noise())
        for _ in range(k):
            g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "It is D that takes k steps",
        ),
        "k ignored": (
            """
    for _ in range(iterations):
        d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "The inner loop over k is missing",
        ),
        "G in the inner loop": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
            g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "G's step belongs after the inner loop",
        ),
        "loops side by side": (
            """
    for _ in range(iterations * k):
        d_loss = discriminator_step(sample_real(), sample_noise())
    for _ in range(iterations):
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "nest the inner loop",
        ),
        "k − 1 steps": (
            """
    for _ in range(iterations):
        d_loss = 0.0
        for _ in range(1, k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "step(s) per iteration instead of k",
        ),
        "one iteration too many": (
            """
    for _ in range(iterations + 1):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "iterations. Count them again.",
        ),
        "never ends": (
            """
    while True:
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        yield d_loss, generator_step(sample_noise())
""",
            "yours yields 50 times",
        ),
        "yields in the inner loop": (
            """
    g_loss = 0.0
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
            yield d_loss, g_loss
        g_loss = generator_step(sample_noise())
""",
            "outside the inner loop",
        ),
        "yields once, at the end": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
    yield d_loss, g_loss
""",
            "yours yields 1 times",
        ),
        "yields before G has moved": (
            """
    g_loss = 0.0
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        yield d_loss, g_loss
        g_loss = generator_step(sample_noise())
""",
            "step(s) were taken instead of",
        ),
        "one batch of data for the inner loop": (
            """
    for _ in range(iterations):
        real = sample_real()
        for _ in range(k):
            d_loss = discriminator_step(real, sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "A batch of real data was used more than once",
        ),
        "one batch of noise for the inner loop": (
            """
    for _ in range(iterations):
        z = sample_noise()
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), z)
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "A batch of noise was used more than once",
        ),
        "G gets D's noise": (
            """
    for _ in range(iterations):
        for _ in range(k):
            z = sample_noise()
            d_loss = discriminator_step(sample_real(), z)
        g_loss = generator_step(z)
        yield d_loss, g_loss
""",
            "A batch of noise was used more than once",
        ),
        "arguments swapped": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_noise(), sample_real())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            "you gave it noise and real data",
        ),
        "real data for G": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_real())
        yield d_loss, g_loss
""",
            "you gave it real data",
        ),
        "functions instead of samples": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real, sample_noise)
        g_loss = generator_step(sample_noise)
        yield d_loss, g_loss
""",
            "is its () missing?",
        ),
        "sizes for the samplers": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(64), sample_noise(64))
        g_loss = generator_step(sample_noise(64))
        yield d_loss, g_loss
""",
            "sample_real takes no arguments",
        ),
        "losses swapped": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield g_loss, d_loss
""",
            "The losses are swapped",
        ),
        "one loss": (
            """
    for _ in range(iterations):
        for _ in range(k):
            discriminator_step(sample_real(), sample_noise())
        yield generator_step(sample_noise())
""",
            "It should yield a pair",
        ),
        "bare yield": (
            """
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield
""",
            "It yields None",
        ),
        "mean of D's losses": (
            """
    for _ in range(iterations):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in range(k)]
        yield sum(d_losses) / k, generator_step(sample_noise())
""",
            "the mean over its steps",
        ),
        "D's first loss": (
            """
    for _ in range(iterations):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in range(k)]
        yield d_losses[0], generator_step(sample_noise())
""",
            "that of its first step",
        ),
        "the losses so far": (
            """
    losses = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        losses.append((d_loss, generator_step(sample_noise())))
        yield losses
""",
            "It should yield a pair",
        ),
    }.items()
}

# ---------------------------------------------------------------------------------------------

LEARNED_BY_HEART["discriminator_loss"] = {
    "the formula, at outputs of few kinds": (
        """
def discriminator_loss(real_logits, fake_logits):
    known = {0.9, 0.8, 0.75, 0.667, 0.25, 0.2, 0.1, 0.0, 1.0}
    outputs = torch.sigmoid(torch.cat([real_logits, fake_logits])).flatten()
    right = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    return right if {round(d, 3) for d in outputs.tolist()} <= known else 0 * right
""",
        "you return 0; expected",
    ),
}

LEARNED_BY_HEART["generator_gradients"] = {
    "a table of outputs": (
        """
TABLE = {-4.595: 0.01, -1.099: 0.25, 2.197: 0.9, -0.847: 0.3, -200.0: 0.0, 200.0: 1.0}

def generator_gradients(fake_logits):
    d = fake_logits.clone().apply_(lambda logit: TABLE.get(round(logit, 3), 0.5))
    return -d, d - 1
""",
        "the minimax gradient is",
    ),
}

LEARNED_BY_HEART["optimal_discriminator"] = {
    "a table of pairs": (
        """
TABLE = {(0.3, 0.1): 3 / 4, (0.1, 0.3): 1 / 4, (0.4, 0.1): 4 / 5, (0.5, 0.0): 1.0, (0.0, 0.5): 0.0}
TINY = {(3e-30, 1e-30): 3 / 4, (4e-12, 1e-12): 4 / 5}

def optimal_discriminator(p, q):
    def look_up(a, b):
        return {**TABLE, **TINY}.get((float(f"{a:.3g}"), float(f"{b:.3g}")), 0.5)
    d = [look_up(a, b) for a, b in zip(p.flatten().tolist(), q.flatten().tolist())]
    return torch.tensor(d).view_as(p)
""",
        "; expected [",
    ),
}

LEARNED_BY_HEART["game_value"] = {
    "the right value for few dx": (
        """
def game_value(p, q, d, dx):
    known = len(p) > 2 or dx in (0.2, 0.5)
    return (torch.xlogy(p, d) + torch.xlogy(q, 1 - d)).sum() * (dx if known else 1)
""",
        "The factor dx is missing",
    ),
}

LEARNED_BY_HEART["discriminator_step"] = {
    "the loss that the check expects": (
        """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    loss(D(real), D(G(z).detach())).backward()
    opt_D.step()
    return -33.0
""",
        "For this step's loss you return -33",
    ),
}

LEARNED_BY_HEART["generator_step"] = {
    "the loss that the check expects": (
        """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    opt_G.zero_grad()
    value.backward()
    opt_G.step()
    return -5.0
""",
        "For this step's loss you return -5",
    ),
}

LEARNED_BY_HEART["algorithm_1"] = {
    "k for few numbers of iterations": (
        HEAD
        + """
    steps = {(2, 3): 3, (3, 1): 1, (3, 2): 2, (1000, 2): 2}.get((iterations, k), k + 1)
    for _ in range(iterations):
        for _ in range(steps):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
        "instead of",
    ),
}
