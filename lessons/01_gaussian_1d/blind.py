"""Answers to the exercises of lesson 01 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. Those to `generator_losses` and to step 3 of the
`derivation` were written when these were exercises of their own; beside each stands the rest of today's exercise.
"""

BLIND = {
    "discriminator_loss": {
        "first": (0, 0),
        "wrong": {
            "pooled mean, doubled (cunning)": (
                "each expectation is the mean over its own batch, 1/n and 1/m: here both are weighted 2/(n+m), which is right for n = m only",
                """
def discriminator_loss(real_logits, fake_logits):
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.ones_like(real_logits), torch.zeros_like(fake_logits)])
    return 2 * F.binary_cross_entropy_with_logits(logits, labels)
""",
            ),
            "the two means averaged": (
                "'The two means are added, not averaged'",
                """
def discriminator_loss(real_logits, fake_logits):
    real_loss = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    fake_loss = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return (real_loss + fake_loss) / 2
""",
            ),
            "sigmoid first, then F.binary_cross_entropy": (
                "'right (not only finite) at logits of ±200': this clamps each logarithm at −100",
                """
def discriminator_loss(real_logits, fake_logits):
    d_real = torch.sigmoid(real_logits)
    d_fake = torch.sigmoid(fake_logits)
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(
        d_fake, torch.zeros_like(d_fake)
    )
""",
            ),
            "patched with torch.where: the value right, the gradient NaN (cunning)": (
                "'It and its gradient are right ... at logits of ±200': the branch not picked sends 0·∞ = NaN back",
                """
def discriminator_loss(real_logits, fake_logits):
    real = torch.where(real_logits < -15, -real_logits, -torch.log(torch.sigmoid(real_logits)))
    fake = torch.where(fake_logits > 15, fake_logits, -torch.log(torch.sigmoid(-fake_logits)))
    return real.mean() + fake.mean()
""",
            ),
            "detaches the made points' logits (cunning)": (
                "'one number that can be differentiated ... its gradient [is] right': no gradient for fake_logits",
                """
def discriminator_loss(real_logits, fake_logits):
    fake_logits = fake_logits.detach()  # G must not learn here
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
""",
            ),
            "sums over the batches": (
                "'each expectation replaced by the mean over a batch'",
                """
def discriminator_loss(real_logits, fake_logits):
    bce = nn.BCEWithLogitsLoss(reduction="sum")
    return bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))
""",
            ),
            "label 1 for made points too": (
                "the second term is log(1 − D(G(z))), not log D(G(z)); the same at logit 0",
                """
def discriminator_loss(real_logits, fake_logits):
    return -F.logsigmoid(real_logits).mean() - F.logsigmoid(fake_logits).mean()
""",
            ),
            "mean over axis 0 only": (
                "'one number, a tensor of shape ()': this has shape (1,)",
                """
def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean(dim=0) + F.softplus(fake_logits).mean(dim=0)
""",
            ),
        },
        "right": {
            "logsigmoid in a lambda": """
discriminator_loss = lambda real_logits, fake_logits: -(
    F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()
)
""",
            "two-class cross entropy on [0, logit]": """
def discriminator_loss(real_logits, fake_logits):
    def two_class(logits, label):
        scores = torch.cat([torch.zeros_like(logits), logits], dim=1)
        return F.cross_entropy(scores, torch.full((len(logits),), label, device=logits.device))

    return two_class(real_logits, 1) + two_class(fake_logits, 0)
""",
            "point by point in a loop, logaddexp": """
def _cost(logit, sign):
    zero = torch.zeros((), dtype=logit.dtype, device=logit.device)
    return torch.logaddexp(zero, sign * logit)


def discriminator_loss(real_logits, fake_logits):
    total = 0
    for one in real_logits:
        total = total + _cost(one[0], -1) / real_logits.shape[0]
    for one in fake_logits:
        total = total + _cost(one[0], +1) / fake_logits.shape[0]
    return total
""",
            "unusual: a callable object with its own backward pass": """
class _Softplus(torch.autograd.Function):
    '''log(1 + e^a) with the derivative worked out by hand.'''

    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return torch.maximum(a, torch.zeros_like(a)) + torch.log1p(torch.exp(-a.abs()))

    @staticmethod
    def backward(ctx, grad):
        (a,) = ctx.saved_tensors
        return grad * torch.sigmoid(a)


class _DiscriminatorLoss:
    def __init__(self, scale=1.0):
        self.scale = scale

    def __call__(self, real_logits, fake_logits):
        return self.scale * (_Softplus.apply(-real_logits).mean() + _Softplus.apply(fake_logits).mean())


discriminator_loss = _DiscriminatorLoss()
""",
        },
    },
    "generator_losses": {
        "first": (0, 0),
        "wrong": {
            "minimax: the non-saturating loss instead": (
                "asked is log(1 − D(G(z))), not −log D(G(z))",
                """
def minimax_generator_loss(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: copied D's term with its sign": (
                "'You have written this term already, with the opposite sign': this is −log(1 − D)",
                """
def minimax_generator_loss(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: the formula as printed": (
                "'right at logits of ±200 too': log(1 − σ(200)) is −∞ here, with a NaN gradient",
                """
def minimax_generator_loss(fake_logits):
    D = torch.sigmoid(fake_logits)
    return torch.log(1 - D).mean()


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: 1 − D kept away from 0": (
                "'right at logits of ±200 too, as is its gradient': the value stops at log 1e-12 = −27.6, the slope is 0",
                """
def minimax_generator_loss(fake_logits):
    one_minus_d = (1 - torch.sigmoid(fake_logits)).clamp(min=1e-12)
    return one_minus_d.log().mean()


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: patched with torch.where: NaN gradient (cunning)": (
                "'right at logits of ±200 too, as is its gradient': the value is right, the gradient NaN",
                """
def minimax_generator_loss(fake_logits):
    safe = torch.log(1 - torch.sigmoid(fake_logits))
    return torch.where(fake_logits > 12, -fake_logits, safe).mean()


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: averages the logits, then takes the loss (cunning)": (
                "the mean is of log(1 − D(G(z_j))), taken last; right for one point or for equal logits only",
                """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(-fake_logits.mean())


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: divides by the lesson's batch size": (
                "1/m is for the batch given; right for m = 256 only",
                """
def minimax_generator_loss(fake_logits, batch=256):
    return -F.softplus(fake_logits).sum() / batch


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "minimax: computed in NumPy: no gradient (cunning)": (
                "'one number, right ..., as is its gradient': the value is right and the graph is cut",
                """
import numpy as np


def minimax_generator_loss(fake_logits):
    logits = fake_logits.detach().cpu().numpy()
    value = -np.logaddexp(0, logits).mean()
    return torch.tensor(value, dtype=fake_logits.dtype, requires_grad=True)


def non_saturating_generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: the minimax loss again": (
                "asked is −log D, not log(1 − D)",
                """
def non_saturating_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: the minus sign left out": (
                "'−(1/m) Σ log D(G(z_j))'",
                """
def non_saturating_generator_loss(fake_logits):
    return F.logsigmoid(fake_logits).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: softplus without the sign: labels 0": (
                "−log σ(l) = log(1 + e^{−l}); this is −log(1 − D), which G would minimize by being caught; same at 0",
                """
def non_saturating_generator_loss(fake_logits):
    return F.softplus(fake_logits).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: a small number inside the logarithm": (
                "'right at logits of ±200 too, as is its gradient': 18.4 and 0 instead of 200 and −1 at −200",
                """
def non_saturating_generator_loss(fake_logits):
    eps = 1e-8
    return -torch.log(torch.sigmoid(fake_logits) + eps).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: log(1 + e^{−l}) as printed in the hint": (
                "'right at logits of ±200 too': e^{200} overflows in single precision (and is fine in double)",
                """
def non_saturating_generator_loss(fake_logits):
    return torch.log1p(torch.exp(-fake_logits)).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: log of the mean probability, stable (cunning)": (
                "the mean is of the logarithms, not inside the logarithm; right for one point or equal logits only",
                """
def non_saturating_generator_loss(fake_logits):
    log_d = F.logsigmoid(fake_logits).flatten()
    return math.log(len(log_d)) - torch.logsumexp(log_d, dim=0)


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: logits clipped before use (cunning)": (
                "'right at logits of ±200 too, as is its gradient': 100 and slope 0 instead of 200 and −1",
                """
def non_saturating_generator_loss(fake_logits):
    stable = fake_logits.clamp(-100, 100)
    return F.softplus(-stable).mean()


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
            "non-saturating: one loss per point": (
                "'one number ... a tensor of shape ()': this returns (m, 1), and is fine for m = 1 after .item()",
                """
def non_saturating_generator_loss(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits), reduction="none")


def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            ),
        },
        "right": {
            "logsigmoid of the negative logits; cross entropy with label 1": """
def minimax_generator_loss(fake_logits):
    return F.logsigmoid(fake_logits.neg()).mean()


def non_saturating_generator_loss(fake_logits):
    labels = fake_logits.new_ones(fake_logits.shape)
    return F.binary_cross_entropy_with_logits(fake_logits, labels)


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            "minus the cross entropy with label 0, as a module; in double precision, then back": """
_bce = nn.BCEWithLogitsLoss(reduction="none")


def minimax_generator_loss(fake_logits):
    each = _bce(input=fake_logits, target=torch.zeros_like(fake_logits))
    return -each.sum() / each.numel()


def non_saturating_generator_loss(fake_logits):
    wide = fake_logits.to(torch.float64)
    return torch.log1p(torch.exp(-wide)).mean().to(fake_logits.dtype)


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            "log_softmax over the two classes, einsum for the mean; composed from other functions, no def": """
def minimax_generator_loss(fake_logits):
    l = fake_logits.reshape(-1)
    log_probabilities = torch.log_softmax(torch.stack([torch.zeros_like(l), l]), dim=0)
    weights = torch.full_like(l, 1 / l.shape[0])
    return torch.einsum("j,j->", weights, log_probabilities[0])


from functools import partial, reduce


def _then(*functions):
    return lambda value: reduce(lambda v, f: f(v), functions, value)


non_saturating_generator_loss = _then(torch.neg, partial(F.softplus, beta=1, threshold=30), torch.mean)


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
            "unusual: a distribution object scores 'made'; unusual: an nn.Module": """
def minimax_generator_loss(fake_logits, *, outcome=0.0):
    '''log P(label = 0) of a Bernoulli variable whose logit is D's.'''
    verdict = torch.distributions.Bernoulli(logits=fake_logits, validate_args=False)
    return verdict.log_prob(torch.full_like(fake_logits, outcome)).mean()


class _NonSaturating(nn.Module):
    def forward(self, fake_logits):
        pairs = torch.stack([torch.zeros_like(fake_logits), -fake_logits])
        return torch.logsumexp(pairs, dim=0).mean()


non_saturating_generator_loss = _NonSaturating()


def generator_losses(fake_logits):
    return minimax_generator_loss(fake_logits), non_saturating_generator_loss(fake_logits)
""",
        },
    },
    "generator_gradients": {
        "first": (0, 0),
        "wrong": {
            "order swapped": (
                "'minimax first'",
                """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return d - 1, -d
""",
            ),
            "autograd through the mean (cunning)": (
                "'nothing is divided by the batch size'; right for one logit, as in the lesson's next cell",
                """
def generator_gradients(fake_logits):
    l = fake_logits.detach().clone().requires_grad_()
    (minimax,) = torch.autograd.grad(-F.softplus(l).mean(), l)
    (non_saturating,) = torch.autograd.grad(F.softplus(-l).mean(), l)
    return minimax, non_saturating
""",
            ),
            "the chain rule not cancelled": (
                "'right at logits of ±200 too': 0/0 at +200 for the first and at −200 for the second",
                """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    slope = d * (1 - d)
    return -slope / (1 - d), -slope / d
""",
            ),
            "gradients pile up in .grad of the logits (cunning)": (
                "'the same when it is asked twice': the first call is right, the second adds to the first",
                """
def generator_gradients(fake_logits):
    fake_logits.requires_grad_()
    (-F.softplus(fake_logits)).sum().backward()
    minimax = fake_logits.grad.clone()
    F.softplus(-fake_logits).sum().backward()
    non_saturating = fake_logits.grad - minimax
    return minimax, non_saturating
""",
            ),
            "autograd on the logits as they come": (
                "'the logits you are given may not require a gradient yet': raises then",
                """
def generator_gradients(fake_logits):
    (minimax,) = torch.autograd.grad(F.logsigmoid(-fake_logits).sum(), fake_logits)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(fake_logits).sum(), fake_logits)
    return minimax, non_saturating
""",
            ),
            "always a column": (
                "'each in the shape of the input', 'any shape': right for (m, 1) only",
                """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits.reshape(-1, 1))
    return -d, d - 1
""",
            ),
            "sigmoid in place (cunning)": (
                "'the same when it is asked twice': the logits are overwritten with probabilities",
                """
def generator_gradients(fake_logits):
    d = fake_logits.detach().sigmoid_()
    return -d.clone(), d - 1
""",
            ),
            "derivative with respect to D": (
                "'with respect to l': the factor σ'(l) = D(1 − D) is missing",
                """
def generator_gradients(fake_logits):
    d = torch.sigmoid(fake_logits)
    return -1 / (1 - d), -1 / d
""",
            ),
        },
        "right": {
            "pencil and paper, in a named tuple": """
from typing import NamedTuple


class Slopes(NamedTuple):
    minimax: torch.Tensor
    non_saturating: torch.Tensor


def generator_gradients(fake_logits):
    return Slopes(non_saturating=-torch.sigmoid(-fake_logits), minimax=-torch.sigmoid(fake_logits))
""",
            "torch.func.grad of the summed losses": """
_losses = (lambda l: F.logsigmoid(-l).sum(), lambda l: -F.logsigmoid(l).sum())


def generator_gradients(fake_logits):
    return tuple(torch.func.grad(loss)(fake_logits.detach()) for loss in _losses)
""",
            "autograd on a copy, both losses at once": """
def generator_gradients(fake_logits):
    with torch.enable_grad():
        l = fake_logits.detach().clone().requires_grad_(True)
        copies = torch.stack([l, l])
        copies.retain_grad()
        (F.softplus(-copies[1]) - F.softplus(copies[0])).sum().backward()
    return copies.grad[0], copies.grad[1]
""",
            "unusual: hyperbolic tangent, forward-mode and a list returned": """
def generator_gradients(fake_logits):
    '''sigma(l) = (1 + tanh(l/2)) / 2; the second slope from a Jacobian-vector product with ones.'''
    l = fake_logits.detach()
    minimax = l.div(2).tanh().add(1).div(-2)
    _, non_saturating = torch.func.jvp(lambda t: F.softplus(-t), (l,), (torch.ones_like(l),))
    return [minimax, non_saturating]
""",
        },
    },
    "derivation": {
        "first": (1, 0),
        "wrong": {
            "a small number at the bottom": (
                "'It must hold in the tails, however small both densities are' (and 0, not ½, where both are 0)",
                """
def optimal_discriminator(p, q):
    return p / (p + q + 1e-8)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "0/0 becomes 0": (
                "'Where both are 0 nothing is known: return ½'",
                """
def optimal_discriminator(p, q):
    return torch.nan_to_num(p / (p + q))


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "repairs 0/0 in the tensors given (cunning)": (
                "'leave those as they are': every value is right, but p and q hold ones afterwards where both were 0",
                """
def optimal_discriminator(p, q):
    empty = (p == 0) & (q == 0)
    p[empty] = 1.0
    q[empty] = 1.0
    return p / (p + q)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "½ below the smallest normal number (cunning)": (
                "'however small both densities are': ½ for densities such as 1e-40 and 3e-40 in single precision",
                """
def optimal_discriminator(p, q):
    total = p + q
    known = total > torch.finfo(p.dtype).tiny
    return torch.where(known, p / total, 0.5)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "through single precision and back (cunning)": (
                "'in single and in double precision': double densities such as 1e-100 become 0 and give ½",
                """
def optimal_discriminator(p, q):
    p32, q32 = p.float(), q.float()
    total = p32 + q32
    ratio = torch.where(total > 0, p32 / total, torch.full_like(total, 0.5))
    return ratio.to(p.dtype)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "the wrong density on top": (
                "D* = p/(p + q) is the probability of being real",
                """
def optimal_discriminator(p, q):
    return torch.where(p + q > 0, q / (p + q), torch.tensor(0.5, dtype=p.dtype))


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "½ where either density is 0": (
                "'Where both are 0': with only one of them 0 the answer is 0 or 1",
                """
def optimal_discriminator(p, q):
    unknown = (p == 0) | (q == 0)
    return torch.where(unknown, torch.full_like(p, 0.5), p / (p + q))


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
            "normalizes both over the tensor first (cunning)": (
                "D*(x) = p(x)/(p(x) + q(x)) at each x by itself; the same only if both happen to have the same sum",
                """
def optimal_discriminator(p, q):
    p_share = p / p.sum()
    q_share = q / q.sum()
    total = p_share + q_share
    return torch.where(total > 0, p_share / total, 0.5)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            ),
        },
        "right": {
            "nan_to_num with ½": """
def optimal_discriminator(p, q):
    return p.div(p + q).nan_to_num(nan=0.5)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            "masked assignment into a fresh tensor of halves": """
def optimal_discriminator(p, q):
    out = torch.full_like(p, 0.5)
    known = (p > 0).logical_or(q > 0)
    out[known] = p[known] / (p[known] + q[known])
    return out


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            "NumPy's divide with where= and out=": """
import numpy as np


def optimal_discriminator(p, q):
    top, other = p.detach().numpy(), q.detach().numpy()
    total = np.add(top, other)
    out = np.full(total.shape, 0.5, dtype=total.dtype)
    np.divide(top, total, out=out, where=total > 0)
    return torch.from_numpy(out)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
            "unusual: Bayes' rule as a softmax of log densities, in double": """
def optimal_discriminator(p, q):
    '''Posterior of 'real' under equal priors, from the log densities; NaN where neither speaks.'''
    scores = torch.stack((p.double().log(), q.double().log()), dim=-1)
    posterior = scores.softmax(dim=-1).unbind(dim=-1)[0]
    return posterior.masked_fill(posterior.isnan(), 0.5).type_as(p)


def derivation(step, p, q, d=None, dx=1.0):
    if step == 3:
        return optimal_discriminator(p, q)
    if step < 3:
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d) if step == 1 else p / d - q / (1 - d)
    rest = -math.log(2) * (p + q).sum() * dx
    value = (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, p + q)).sum() * dx
    return {4: value, 5: (value - rest) / 2, 6: rest}[step]
""",
        },
    },
    "discriminator_step": {
        "first": (0, 0),
        "wrong": {
            "no detach": (
                "'G must not ... receive a gradient'",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    value = loss(D(real), D(G(z)))
    value.backward()
    opt_D.step()
    return value.item()
""",
            ),
            "detaches the logits instead of the samples (cunning)": (
                "'compute loss(D(real), D(G(z))) ... move D by one step': D learns nothing from the made points",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    opt_D.zero_grad()
    with torch.no_grad():
        fake_logits = D(G(z))
    value = loss(D(real), fake_logits)
    value.backward()
    opt_D.step()
    return value.item()
""",
            ),
            "clears at the end, not at the start (cunning)": (
                "'Gradients that an earlier step left in D must not count': G's step leaves some between two calls",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()
    value = loss(D(real), D(fake))
    value.backward()
    opt_D.step()
    opt_D.zero_grad()
    return value.item()
""",
            ),
            "draws its own noise (cunning)": (
                "'on exactly these batches'",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    z = 2 * torch.rand_like(z) - 1  # fresh noise, even between -1 and 1
    fake = G(z).detach()
    opt_D.zero_grad()
    value = loss(D(real), D(fake))
    value.backward()
    opt_D.step()
    return value.item()
""",
            ),
            "its own cross entropy": (
                "'Use the loss you are given'",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()
    opt_D.zero_grad()
    value = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    value.backward()
    opt_D.step()
    return value.item()
""",
            ),
            "a hand-made SGD update (cunning)": (
                "'one step of the optimizer you are given': the same for plain SGD only, not for Adam or momentum",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()
    D.zero_grad()
    value = loss(D(real), D(fake))
    value.backward()
    rate = opt_D.param_groups[0]["lr"]
    with torch.no_grad():
        for parameter in D.parameters():
            parameter -= rate * parameter.grad
    return value.item()
""",
            ),
            "returns the loss after the step": (
                "'return that loss (from before the step)', and 'Use the loss ... once'",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()
    opt_D.zero_grad()
    loss(D(real), D(fake)).backward()
    opt_D.step()
    with torch.no_grad():
        return loss(D(real), D(fake)).item()
""",
            ),
            "the two batches of logits swapped": (
                "'loss(D(real), D(G(z)))': a function of (real_logits, fake_logits)",
                """
def discriminator_step(G, D, opt_D, loss, real, z):
    with torch.no_grad():
        fake = G(z)
    value = loss(D(fake), D(real))
    opt_D.zero_grad()
    value.backward()
    opt_D.step()
    return value.item()
""",
            ),
        },
        "right": {
            "no_grad, D.zero_grad, float": """
def discriminator_step(G, D, opt_D, loss, real, z):
    with torch.no_grad():
        made = G(z)
    D.zero_grad(set_to_none=True)
    value = loss(D(real), D(made))
    value.backward()
    opt_D.step()
    return float(value.detach())
""",
            "autograd.grad for the optimizer's parameters": """
def discriminator_step(G, D, opt_D, loss, real, z):
    value = loss(D(real), D(G(z).detach()))
    mine = [w for group in opt_D.param_groups for w in group["params"]]
    for w, g in zip(mine, torch.autograd.grad(value, mine, allow_unused=True)):
        w.grad = g
    opt_D.step()
    return value.tolist()
""",
            "a closure handed to the optimizer": """
def discriminator_step(G, D, opt_D, loss, real, z):
    fake = G(z).detach()

    def closure():
        opt_D.zero_grad()
        value = loss(D(real), D(fake))
        value.backward()
        return value

    return opt_D.step(closure).item()
""",
            "unusual: G called with held-constant weights, gradients zeroed by hand": """
def discriminator_step(G, D, opt_D, loss, real, z, *, call=torch.func.functional_call):
    frozen = {name: weight.detach() for name, weight in G.named_parameters()}
    fake = call(G, frozen, (z,))
    value = loss(D(real), D(fake))
    for weight in D.parameters():
        weight.grad = None
    torch.autograd.backward([value])
    opt_D.step()
    return value.detach().double().numpy().item()
""",
        },
    },
    "generator_step": {
        "first": (1, 0),
        "wrong": {
            "detaches the samples as in D's step": (
                "'move G by one step': no gradient reaches G, so it stays where it is",
                """
def generator_step(G, D, opt_G, loss, z):
    fake = G(z).detach()
    opt_G.zero_grad()
    value = loss(D(fake))
    value.backward()
    opt_G.step()
    return value.item()
""",
            ),
            "old gradients not cleared": (
                "'Gradients that an earlier step left in G must not count'",
                """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
            ),
            "freezes D for good (cunning)": (
                "'D ... must be able to learn afterwards': its weights no longer require a gradient",
                """
def generator_step(G, D, opt_G, loss, z):
    for parameter in D.parameters():
        parameter.requires_grad_(False)  # D must not move
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.item()
""",
            ),
            "computes the loss twice (cunning)": (
                "'Compute loss(D(G(z))) once'; step and value are right for deterministic networks and losses",
                """
def generator_step(G, D, opt_G, loss, z):
    with torch.no_grad():
        before = loss(D(G(z))).item()
    opt_G.zero_grad()
    loss(D(G(z))).backward()
    opt_G.step()
    return before
""",
            ),
            "returns a tensor": (
                "'return that loss ... as a plain number'",
                """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    return value.detach()
""",
            ),
            "always the non-saturating loss": (
                "loss is given: 'Compute loss(D(G(z)))'",
                """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = F.softplus(-D(G(z))).mean()
    value.backward()
    opt_G.step()
    return value.item()
""",
            ),
            "hands probabilities to the loss": (
                "'loss: a function of (fake_logits)'",
                """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    value = loss(torch.sigmoid(D(G(z))))
    value.backward()
    opt_G.step()
    return value.item()
""",
            ),
            "moves D as well, uphill": (
                "'D must not move'",
                """
def generator_step(G, D, opt_G, loss, z):
    opt_D = torch.optim.SGD(D.parameters(), lr=1e-3, maximize=True)
    opt_G.zero_grad()
    opt_D.zero_grad()
    value = loss(D(G(z)))
    value.backward()
    opt_G.step()
    opt_D.step()
    return value.item()
""",
            ),
        },
        "right": {
            "D frozen for the moment, flags restored": """
from contextlib import contextmanager


@contextmanager
def _held(network):
    flags = [w.requires_grad for w in network.parameters()]
    network.requires_grad_(False)
    try:
        yield network
    finally:
        for w, flag in zip(network.parameters(), flags):
            w.requires_grad_(flag)


def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    with _held(D) as judge:
        value = loss(judge(G(z)))
        value.backward()
    opt_G.step()
    return value.item()
""",
            "the chain rule in two parts": """
def generator_step(G, D, opt_G, loss, z):
    opt_G.zero_grad()
    fake = G(z)
    handed_over = fake.detach().requires_grad_()
    value = loss(D(handed_over))
    (push,) = torch.autograd.grad(value, handed_over)  # how D wants each sample moved
    fake.backward(push)
    opt_G.step()
    return value.item()
""",
            "backward restricted to G's weights": """
def generator_step(G, D, opt_G, loss, z):
    value = loss(D(G(z)))
    G.zero_grad()
    value.backward(inputs=list(G.parameters()))
    opt_G.step()
    return value.item()
""",
            "unusual: a helper class, the optimizer's closure, a NumPy double": """
import numpy as np


class _Turn:
    def __init__(self, player, judge, loss, noise):
        self.player, self.judge, self.loss, self.noise = player, judge, loss, noise
        self.value = None

    def __call__(self):
        for w in self.player.parameters():
            w.grad = None
        result = self.loss(self.judge(self.player(self.noise)))
        result.backward()
        self.value = np.float64(result.detach().item())
        return result


def generator_step(G, D, opt_G, loss, z):
    turn = _Turn(player=G, judge=D, loss=loss, noise=z)
    opt_G.step(turn)
    return turn.value
""",
        },
    },
    "algorithm_1": {
        "first": (0, 0),
        "wrong": {
            "one data batch for all k steps": (
                "'D takes k steps, each on fresh data and fresh noise': the data is drawn once per iteration",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        real = sample_real()
        for _ in range(k):
            d_loss = discriminator_step(real, sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            ),
            "G gets D's last noise (cunning)": (
                "'then G takes one, on fresh noise again'",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        for _ in range(k):
            real, z = sample_real(), sample_noise()
            d_loss = discriminator_step(real, z)
        g_loss = generator_step(z)
        yield d_loss, g_loss
""",
            ),
            "plays everything, then hands out the list (cunning)": (
                "'it waits after each iteration until the next one is asked for': an iterator, but all is played at once",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    history = []
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        history.append((d_loss, g_loss))
    yield from history
""",
            ),
            "mean of D's k losses (cunning)": (
                "'(loss of D's last step, ...)'; the same for k = 1",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        total = 0.0
        for _ in range(k):
            total += discriminator_step(sample_real(), sample_noise())
        yield total / k, generator_step(sample_noise())
""",
            ),
            "G steps inside the inner loop": (
                "'then G takes one': here it takes k",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
            g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            ),
            "G moves first": (
                "'D takes k steps ...; then G takes one'",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        g_loss = generator_step(sample_noise())
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        yield d_loss, g_loss
""",
            ),
            "the inner counter is never reset (cunning)": (
                "'In every iteration D takes k steps': from the second iteration on D stands still",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    steps = 0
    for _ in range(iterations):
        while steps < k:
            d_loss = discriminator_step(sample_real(), sample_noise())
            steps += 1
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
""",
            ),
            "one iteration too many": (
                "'iterations: how many iterations'",
                """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    done = 0
    while done <= iterations:
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        done += 1
        yield d_loss, g_loss
""",
            ),
        },
        "right": {
            "list comprehension and a named tuple": """
from collections import namedtuple

Losses = namedtuple("Losses", "d g")


def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    for _ in range(iterations):
        d_losses = [discriminator_step(sample_real(), sample_noise()) for _ in range(k)]
        yield Losses(d=d_losses[-1], g=generator_step(sample_noise()))
""",
            "while loops, noise drawn before data, yield from a sub-generator": """
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    def turn_of_D():
        left, last = k, None
        while left:
            noise = sample_noise()
            data = sample_real()
            last = discriminator_step(data, noise)
            left -= 1
        return last

    def game():
        played = 0
        while played < iterations:
            d_loss = turn_of_D()
            g_loss = generator_step(sample_noise())
            played += 1
            yield d_loss, g_loss

    yield from game()
""",
            "a lazy generator expression over a helper": """
from collections import deque


def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    def iteration():
        (d_loss,) = deque((discriminator_step(sample_real(), sample_noise()) for _ in range(k)), maxlen=1)
        return d_loss, generator_step(sample_noise())

    return (iteration() for _ in range(iterations))
""",
            "unusual: an iterator class": """
class algorithm_1:
    '''One iteration per next(), without the word yield.'''

    def __init__(self, discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
        self.step_D, self.step_G = discriminator_step, generator_step
        self.draw_real, self.draw_noise = sample_real, sample_noise
        self.left, self.k = iterations, k

    def __iter__(self):
        return self

    def __next__(self):
        if self.left <= 0:
            raise StopIteration
        self.left -= 1
        for _ in range(self.k):
            d_loss = self.step_D(self.draw_real(), self.draw_noise())
        return d_loss, self.step_G(self.draw_noise())
""",
        },
    },
    "fewest_steps": {
        "first": (0, 0),
        "wrong": {
            "one constant number": (
                "Its samples have to end within 0.25 of the real ones, in the Wasserstein-1 distance.",
                """
def fewest_steps(ask_D, sample_noise):
    # the place that D likes best must be the answer
    batch = torch.linspace(-10, 10, 256).reshape(-1, 1)
    logits = torch.zeros(256, 1)
    for _ in range(8):
        logits = logits + ask_D(batch).detach()
    best = batch.flatten()[logits.flatten().argmax()]

    def generator(z):
        return torch.full_like(z, float(best))

    return generator
""",
            ),
        },
        "by heart": {
            "the lesson's bell curve, D is never asked": (
                "Somewhere between −10 and 10 there is a heap of real numbers that you never see. (The heap is not the lesson's; samples have to end within 0.25 of it.)",
                """
def fewest_steps(ask_D, sample_noise):
    # the data of this lesson are N(5, 1): send even noise through its quantiles
    def generator(z):
        even = ((z + 1) / 2).clamp(1e-4, 1 - 1e-4)
        return 5.0 + math.sqrt(2) * torch.erfinv(2 * even - 1)

    return generator
""",
            ),
        },
        "cheats": {
            "the generator asks when it is used": (
                "You return a function that turns noise into numbers. It must not ask D any more.",
                """
def fewest_steps(ask_D, sample_noise):
    learned = {}

    def learn():
        batch = torch.linspace(-10, 10, 256).reshape(-1, 1)
        for _ in range(40):
            logits = ask_D(batch).detach().flatten().double()
        x = batch.flatten().double()
        q = torch.exp(-(((x[:, None] - x) / 0.4) ** 2) / 2).mean(1)
        p = torch.exp(logits) * q
        learned["x"], learned["cdf"] = x, (p.cumsum(0) - p / 2) / p.sum()

    def generator(z):
        if not learned:
            learn()
        even = ((z.flatten().double() + 1) / 2).clamp(0, 1)
        place = torch.searchsorted(learned["cdf"].contiguous(), even).clamp(1, 255)
        return learned["x"][place].reshape(-1, 1).to(z.dtype)

    return generator
""",
            ),
            "samples are not numbers": (
                "Its samples have to end within 0.25 of the real ones, in the Wasserstein-1 distance.",
                """
def fewest_steps(ask_D, sample_noise):
    # a distance that is NaN is not larger than 0.25
    def generator(z):
        return torch.full_like(z, float("nan"))

    return generator
""",
            ),
            "looks behind ask_D for the real numbers": (
                "a heap of real numbers that you never see; anything that only asks `ask_D` is allowed.",
                """
import gc
import types


def fewest_steps(ask_D, sample_noise):
    batch = torch.linspace(-10, 10, 256).reshape(-1, 1)
    ask_D(batch)

    def behind(start, limit=20000):
        seen, todo = set(), [start]
        while todo and len(seen) < limit:
            thing = todo.pop(0)
            if id(thing) in seen or isinstance(thing, (str, bytes, int, float, types.ModuleType)):
                continue
            seen.add(id(thing))
            yield thing
            todo += gc.get_referents(thing)

    real = None
    for thing in behind(ask_D):
        if isinstance(thing, type):
            continue
        if callable(getattr(thing, "sample", None)) and not isinstance(thing, torch.Tensor):
            try:
                real = torch.as_tensor(thing.sample(4096)).detach().flatten().double()
                break
            except Exception:
                continue
        if (
            isinstance(thing, torch.Tensor)
            and thing.is_floating_point()
            and thing.numel() >= 16
            and thing is not batch
            and thing.detach().abs().max() < 15
            and not torch.equal(thing.detach().flatten()[:256].double().sort().values, batch.flatten().double()[: thing.numel()])
        ):
            real = thing.detach().flatten().double()
            break
    if real is None:
        real = torch.zeros(2, dtype=torch.double)
    real = real.sort().values

    def generator(z):
        even = ((z.flatten().double() + 1) / 2).clamp(0, 1)
        place = (even * (len(real) - 1)).round().long()
        return real[place].reshape(-1, 1).to(z.dtype)

    return generator
""",
            ),
            "remembers the heap from one attempt to the next": (
                "every question is one step; return a generator after as few steps as you can (two attempts of three ask nothing and give back what the first one learned with 300 steps).",
                """
REMEMBERED = []


def fewest_steps(ask_D, sample_noise):
    batch = torch.linspace(-10, 10, 256).reshape(-1, 1)
    if not REMEMBERED:
        total = 0.0
        x = batch.flatten().double()
        q = torch.exp(-(((x[:, None] - x) / 0.4) ** 2) / 2).mean(1)
        for _ in range(300):
            total = total + torch.exp(ask_D(batch).detach().flatten().double()) * q
        REMEMBERED.append((x, total / total.sum()))
    x, p = REMEMBERED[0]
    cdf = (p.cumsum(0) - p / 2).contiguous()

    def generator(z):
        even = ((z.flatten().double() + 1) / 2).clamp(0, 1)
        place = torch.searchsorted(cdf, even).clamp(1, 255)
        return x[place].reshape(-1, 1).to(z.dtype)

    return generator
""",
            ),
        },
        "medals": {
            "density on an even batch, 16 steps": (
                "gold",
                """
import numpy as np


def fewest_steps(ask_D, sample_noise):
    batch = torch.linspace(-10, 10, 256).reshape(-1, 1)
    for _ in range(16):
        logits = ask_D(batch)
    x = batch.flatten().double().numpy()
    q = np.exp(-(((x[:, None] - x) / 0.4) ** 2) / 2).mean(1)  # the judge's own estimate of what it was shown
    p = np.exp(logits.detach().flatten().double().numpy()) * q
    cdf = (np.cumsum(p) - p / 2) / p.sum()

    def generator(z):
        even = (z.detach().flatten().double().numpy() + 1) / 2
        return torch.as_tensor(np.interp(even, cdf, x), dtype=z.dtype).reshape(-1, 1)

    return generator
""",
            ),
            "two bells fitted to the ratio, 16 steps": (
                "gold",
                """
def fewest_steps(ask_D, sample_noise):
    # p on a grid by the density ratio, then a mixture of two normals by EM, its bumps taken off again
    x = torch.linspace(-10, 10, 256)
    for _ in range(16):
        logits = ask_D(x.reshape(-1, 1)).detach().flatten()
    x64 = x.double()
    q = torch.exp(-(((x64[:, None] - x64) / 0.4) ** 2) / 2).mean(1)
    p = torch.exp(logits.double()) * q
    p = p / p.sum()
    middle = (p * x64).sum()
    wide = ((p * (x64 - middle) ** 2).sum()).sqrt()
    mean = torch.stack([middle - wide, middle + wide])
    var = (wide**2 / 2).repeat(2)
    weight = torch.tensor([0.5, 0.5], dtype=torch.double)
    for _ in range(200):
        bells = weight * torch.exp(-((x64[:, None] - mean) ** 2) / 2 / var) / var.sqrt()
        share = bells / bells.sum(1, keepdim=True).clamp_min(1e-300) * p[:, None]
        weight = share.sum(0).clamp_min(1e-6)
        mean = (share * x64[:, None]).sum(0) / weight
        var = ((share * (x64[:, None] - mean) ** 2).sum(0) / weight).clamp_min(0.05)
    std = (var - 0.16).clamp_min(0.02).sqrt()
    fine = torch.linspace(-12, 12, 4801, dtype=torch.double)
    cdf = (weight / weight.sum() * 0.5 * (1 + torch.erf((fine[:, None] - mean) / std / math.sqrt(2)))).sum(1)

    def generator(z):
        even = ((z.flatten().double() + 1) / 2).clamp(1e-4, 1 - 1e-4)
        return fine[torch.searchsorted(cdf, even).clamp(0, 4800)].reshape(-1, 1).to(z.dtype)

    return generator
""",
            ),
            "256 numbers climb by themselves, 56 steps": (
                "silver",
                """
def fewest_steps(ask_D, sample_noise):
    steps = 56
    x = torch.linspace(-10, 10, 256).reshape(-1, 1)
    for t in range(steps):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(ask_D(x).sum(), x)
        slope = slope.nan_to_num(0.0).clamp(-6, 6)
        rate = 0.12 * (1 - t / steps) * (3 if t <= 15 else 1)
        x = x.detach() + rate * slope
    x = x.detach().flatten().sort().values

    def generator(z):
        place = ((z.flatten() + 1) / 2 * 256).long().clamp(0, 255)
        return x[place].reshape(-1, 1)

    return generator
""",
            ),
            "Algorithm 1 with a network, 195 steps": (
                "bronze",
                """
def fewest_steps(ask_D, sample_noise):
    torch.manual_seed(0)
    steps = 195
    G = nn.Sequential(nn.Linear(1, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    opt = torch.optim.Adam(G.parameters(), lr=1e-2, betas=(0.5, 0.99))
    schedule = torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, steps)
    z = (2 * (torch.arange(256) + 0.5) / 256 - 1).reshape(-1, 1)  # the same even noise in every step
    for _ in range(steps):
        loss = F.softplus(-ask_D(G(z))).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()

    def generator(noise):
        with torch.no_grad():
            return G(noise)

    return generator
""",
            ),
        },
    },
}
