"""Right and wrong answers to the exercises of lesson 05, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("rebuilding")

it.right("as in the lesson")
it.right(
    "by the library, for a batch",
    {
        "return (made - x).square().flatten(1).sum(1).mean()": ('return F.mse_loss(made, x, reduction="sum") / len(x)'),
        "return (made - x).abs().flatten(1).sum(1).mean()": 'return F.l1_loss(made, x, reduction="sum") / len(x)',
    },
)
it.right(
    "by norms",
    {
        "return (made - x).square().flatten(1).sum(1).mean()": "return (made - x).flatten(1).norm(dim=1).pow(2).mean()",
        "return (made - x).abs().flatten(1).sum(1).mean()": "return (made - x).flatten(1).norm(p=1, dim=1).mean()",
    },
)
L2, L1 = "(made - x).square().flatten(1).sum(1).mean()", "(made - x).abs().flatten(1).sum(1).mean()"
it.wrong("l2: mean over all", {L2: "(made - x).square().mean()"}, says="mean over all numbers", point=True)
it.wrong("l2: sum over all", {L2: "(made - x).square().sum()"}, says="sum over the batch", point=True)
it.wrong("l2: a length", {L2: "(made - x).flatten(1).norm(dim=1).mean()"}, says="The root is taken", point=True)
it.wrong("l2: halved", {L2: f"{L2} / 2"}, says="It is halved", point=True)
it.wrong("l2: absolute", {L2: "(made - x).abs().flatten(1).sum(1).mean()"}, says="the absolute error", point=True)
it.wrong("l2: sum first", {L2: "(made - x).flatten(1).sum(1).square().mean()"}, says="before they are made positive",
         point=True)  # fmt: skip
it.wrong("l2: mean pictures", {L2: "(made.mean(0) - x.mean(0)).square().sum()"}, says="The mean pictures are compared",
         point=True)  # fmt: skip
it.wrong("l1: mean over all", {L1: "(made - x).abs().mean()"}, says="mean over all numbers", point=True)
it.wrong("l1: sum over all", {L1: "(made - x).abs().sum()"}, says="sum over the batch", point=True)
it.wrong("l1: squared", {L1: "(made - x).square().flatten(1).sum(1).mean()"}, says="the squared error", point=True)
it.wrong("l1: no sign taken", {L1: "(made - x).flatten(1).sum(1).abs().mean()"}, says="before they are made positive",
         point=True)  # fmt: skip
it.wrong("swapped", {L2: L1.replace("abs", "ABS"), L1: L2, L1.replace("abs", "ABS"): L1}, count=3,
         says="the absolute error", point=True)  # fmt: skip
it.wrong("for each picture", {L2: "(made - x).square().flatten(1).sum(1)"}, says="one number", point=True)
it.wrong("cut off", {L2: "(made.detach() - x).square().flatten(1).sum(1).mean()"}, says="l2_loss cuts off")
it.wrong("a plain number", {L1: f"{L1}.item()"}, says="l1_loss cuts off")

it.excused = {
    "`{'l2': l2_loss, 'l1': l1_loss}[which](made, x)` → `{'l2': l2_loss, 'l1': l1_loss}[which](x, made)`": "both losses are the same from either side",
    "`(made - x).square().flatten(1).sum(1)` → `(made - x).square().flatten(1).sum(-1)`": "of two dimensions the last is number 1",
    "`(made - x).abs().flatten(1).sum(1)` → `(made - x).abs().flatten(1).sum(-1)`": "of two dimensions the last is number 1",
    "`(made - x).square()` → `(made - x).square_()`": "it changes a tensor of its own",
    "`(made - x).abs()` → `(made - x).abs_()`": "it changes a tensor of its own",
    "`(made - x).square` → `(x - made).square`": "the sign is lost",
    "`(made - x).abs` → `(x - made).abs`": "the sign is lost",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("blur_steps")

TWO_OF_BLUR = "if step == 2:  # best guess by squares\n    return p"
SIX_OF_BLUR = "if step == 6:  # a row with an edge somewhere, by squares\n    return where.cumsum(1)"

it.right("as in the lesson")
it.right("around the mean", {"return p * (1 - g) ** 2 + (1 - p) * g**2": "return (g - p) ** 2 + p * (1 - p)"})
it.right("a straight line", {"return p * (1 - g) + (1 - p) * g": "return p + (1 - 2 * p) * g"})
it.right(
    "rounded, counted from the right",
    {
        "return (p > 0.5).float()": "return p.round()",
        SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return 1 - where.flip(1).cumsum(1).flip(1) + where",
    },
)
ONE, FOUR = "return p * (1 - g) ** 2 + (1 - p) * g**2", "return p * (1 - g) + (1 - p) * g"
it.wrong("1: the mean's error", {ONE: "return (p - g) ** 2"}, says="the square of the mean's error")
it.wrong("1: swapped", {ONE: "return (1 - p) * (1 - g) ** 2 + p * g**2"}, says="p and 1 − p are swapped")
it.wrong("1: light alone", {ONE: "return p * (1 - g) ** 2"}, says="The case that the pixel is 0 is missing")
it.wrong("1: halved", {ONE: "return (p * (1 - g) ** 2 + (1 - p) * g**2) / 2"}, says="It is halved")
it.wrong("1: alike", {ONE: "return (1 - g) ** 2 + g**2"}, says="Both cases count alike")
it.wrong(
    "2: the median",
    {TWO_OF_BLUR: TWO_OF_BLUR[:-8] + "return (p > 0.5).float()"},
    says="by absolute values: step 5",
    point=True,
)
it.wrong("2: of a 0", {TWO_OF_BLUR: TWO_OF_BLUR[:-8] + "return 1 - p"}, says="the probability of a 0", point=True)
it.wrong("3: nothing", {"return p * (1 - p)": "return 0 * p"}, says="something is left")
it.wrong(
    "3: one case", {"return p * (1 - p)": "return p * (1 - p) ** 2"}, says="The case that the pixel is 0 is missing"
)
it.wrong("3: a deviation", {"return p * (1 - p)": "return (p * (1 - p)).sqrt()"}, says="the root of it")
it.wrong("3: twice", {"return p * (1 - p)": "return 2 * p * (1 - p)"}, says="Twice as much")
it.wrong("4: the mean's error", {FOUR: "return (p - g).abs()"}, says="the error of the mean")
it.wrong("4: squares", {FOUR: "return p * (1 - g) ** 2 + (1 - p) * g ** 2"}, says="the squared error: step 1")
it.wrong("4: one case", {FOUR: "return p * (1 - g)"}, says="The case that the pixel is 0 is missing")
it.wrong("5: the mean", {"return (p > 0.5).float()": "return p"}, says="That is the mean", point=True)
it.wrong(
    "5: other end", {"return (p > 0.5).float()": "return (p < 0.5).float()"}, says="the other way around", point=True
)
it.wrong("5: the middle", {"return (p > 0.5).float()": "return 0 * p + 0.5"}, says="½ is never the best", point=True)
it.wrong("6: where", {SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return where"}, says="where the edge may be", point=True)
it.wrong(
    "6: dark", {SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return 1 - where.cumsum(1)"}, says="how probable dark is", point=True
)
it.wrong("6: one late", {SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return where.cumsum(1) - where"}, says="the edge itself is light",
         point=True)  # fmt: skip
it.wrong("6: from the right", {SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return where.flip(1).cumsum(1).flip(1)"},
         says="from the right", point=True)  # fmt: skip
it.wrong(
    "6: down the rows", {SIX_OF_BLUR: SIX_OF_BLUR[:-22] + "return where.cumsum(0)"}, says="over the rows", point=True
)
SEVEN = "return (where.cumsum(1) > 0.5).float()"
it.wrong("7: by squares", {SEVEN: "return where.cumsum(1)"}, says="by squares: step 6", point=True)
it.wrong("7: the likeliest", {SEVEN: "return (torch.arange(where.shape[1]) >= where.argmax(1, keepdim=True)).float()"},
         says="where it is most probable", point=True)  # fmt: skip
it.wrong("7: thresholds where", {SEVEN: "return (where > 0.5).float()"}, says="where the edge may be", point=True)
it.wrong("7: dark", {SEVEN: "return (where.cumsum(1) < 0.5).float()"}, says="how probable dark is", point=True)

it.excused = {
    "`torch.empty(0)` → `0`": "nobody looks at what stands where a step does not need it",
    "`if step == 7: …` → `return (where.cumsum(1) > 0.5).float()`": "the last step needs no question",
    "`raise ValueError(f'Steps are 1 to 7, not {step}.')` → nothing": "no step beyond the last is asked for",
    "`torch.empty(0)` → `torch.empty(1)`": "nobody looks at what stands where a step does not need it",
    "`ValueError(f'Steps are 1 to 7, not {step}.')` → `f'Steps are 1 to 7, not {step}.'`": "no step beyond the last is asked for",
    "`ValueError(f'Steps are 1 to 7, not {step}.')` → `ValueError()`": "no step beyond the last is asked for",
    "`(p > 0.5).float()` → `(p > 0.5).double()`": "the type is free",
    "`(p > 0.5).float()` → `p > 0.5`": "the type is free",
    "`(where.cumsum(1) > 0.5).float()` → `(where.cumsum(1) > 0.5).double()`": "the type is free",
    "`(where.cumsum(1) > 0.5).float()` → `where.cumsum(1) > 0.5`": "the type is free",
    "`where.cumsum(1)` → `where.cumsum(-1)`": "of two dimensions the last is number 1",
    "`(p > 0.5).float` → `(p >= 0.5).float`": "no p, and no partial sum, is exactly ½",
    "`where.cumsum(1) > 0.5` → `where.cumsum(1) >= 0.5`": "no p, and no partial sum, is exactly ½",
    "`(1 - g) ** 2` → `(g - 1) ** 2`": "the sign is lost",
    "`where.cumsum(1)` → `where.cumsum_(1)` (no. 2)": "the report says that it changes its argument",
    "`where.cumsum(1)` → `where.cumsum(-1)` (no. 2)": "of two dimensions the last is number 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("principal_components")

it.right("as in the lesson")
it.right(
    "by the covariance",
    """
mean = x.mean(0)
centered = x - mean
values, vectors = torch.linalg.eigh(centered.T @ centered / len(x))
components = vectors.flip(1)[:, :k].T
return mean, components, (centered - centered @ components.T @ components).square().sum() / len(x)
""",
)
it.right(
    "components turned around",
    {"return mean, directions[:k], float(": "return mean, -directions[:k], float("},
)
it.right(
    "by scikit-learn",
    """
from sklearn.decomposition import PCA

found = PCA(k, svd_solver="full").fit(x.numpy())
made = torch.from_numpy(found.inverse_transform(found.transform(x.numpy())))
return x.mean(0), torch.from_numpy(found.components_), (x - made).square().sum(1).mean()
""",
)
SVD = "_, spread, directions = torch.linalg.svd(x - mean, full_matrices=False)"
END = "return mean, directions[:k], float(spread[k:].square().sum() / len(x))"
it.wrong("not centered", {SVD: SVD.replace("x - mean", "x")}, says="the mean is not taken off", point=True)
it.wrong(
    "smallest first", {END: END.replace("directions[:k]", "directions[-k:]")}, says="the smallest spread", point=True
)
it.wrong("wrong order", {END: END.replace("directions[:k]", "directions[:k].flip(0)")}, says="in the wrong order",
         point=True)  # fmt: skip
it.wrong("eigh unsorted", """
mean = x.mean(0)
centered = x - mean
values, vectors = torch.linalg.eigh(centered.T @ centered / len(x))
return mean, vectors[:, :k].T, values[:-k].sum()
""", says="the smallest spread", point=True)  # fmt: skip
it.wrong("columns", {END: END.replace("directions[:k]", "directions.T[:, :k]")}, says="A row for each component")
it.wrong("left vectors", {SVD: "directions, spread, _ = torch.linalg.svd((x - mean).T @ (x - mean), full_matrices=False)\n"
                               "spread = spread.sqrt()"}, says="the components are not the directions", point=True)  # fmt: skip
it.wrong("what is caught", {END: END.replace("spread[k:]", "spread[:k]")}, says="what the components catch", point=True)
it.wrong("error summed", {END: END.replace(" / len(x)", "")}, says="summed over the rows", point=True)
it.wrong(
    "error: mean over numbers", {END: END.replace("len(x)", "x.numel()")}, says="averaged over all numbers", point=True
)
it.wrong("error: n − 1", {END: END.replace("len(x)", "(len(x) - 1)")}, says="divided by n − 1", point=True)
it.wrong("error: no squares", {END: END.replace(".square()", "")}, says="not their squares", point=True)
it.wrong(
    "error: a share", {END: END.replace("len(x)", "spread.square().sum()")}, says="the share that is left", point=True
)
it.wrong("error: one too few", {END: END.replace("spread[k:]", "spread[k + 1:]")}, says="; expected", point=True)
it.wrong("scaled by spread", {END: END.replace("directions[:k]", "directions[:k] * spread[:k, None]")},
         says="should have length 1", point=True)  # fmt: skip
it.wrong("mean of rows", {"mean = x.mean(0)": "mean = x.mean(1)", "x - mean, full": "x - mean[:, None], full"},
         says="The mean should have shape", point=True)  # fmt: skip
it.wrong("two things", {END: "return mean, directions[:k]"}, says="Return three things", point=True)

it.excused = {
    "`torch.linalg.svd(x - mean, full_matrices=False)` → `torch.linalg.svd(x - mean)`": "more left vectors than needed, and nobody looks at them",
    "`torch.linalg.svd(x - mean, full_matrices=False)` → `torch.linalg.svd(mean - x, full_matrices=False)`": "signs are the student's",
    "`float(spread[k:].square().sum() / len(x))` → `spread[k:].square().sum() / len(x)`": "a tensor of one number will do",
    "`full_matrices=False` → `full_matrices=True`": "more vectors than needed; the first k are the same",
    "`spread[k:].square()` → `spread[k:].square_()`": "it changes a tensor of its own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("reparameterize")

it.right("as in the lesson")
it.right("by the library's rsample", "return torch.distributions.Normal(mu, torch.exp(0.5 * log_var)).rsample()")
it.right("root of the exponential", "return torch.addcmul(mu, log_var.exp().sqrt(), torch.randn(mu.shape).to(mu))")
it.wrong("variance", {"(log_var / 2).exp()": "log_var.exp()"}, says="The variance is taken for the standard deviation",
         point=True)  # fmt: skip
it.wrong("no exponential", {"(log_var / 2).exp()": "log_var"}, says="log_var is taken as it is", point=True)
it.wrong("half, no exponential", {"(log_var / 2).exp()": "(log_var / 2)"}, says="Half of log_var is taken", point=True)
it.wrong("no scale", {"(log_var / 2).exp() * ": ""}, says="The noise is not scaled", point=True)
it.wrong("twice", {"log_var / 2": "2 * log_var"}, says="twice the exponent", point=True)
it.wrong("divided", {"(log_var / 2).exp() * torch": "(-log_var / 2).exp() * torch"}, says="divided by the standard deviation",
         point=True)  # fmt: skip
it.wrong("no noise", {" * torch.randn_like(mu)": ""}, says="There is no noise in it", point=True)
it.wrong(
    "the mean alone",
    {"mu + (log_var / 2).exp() * torch.randn_like(mu)": "mu"},
    says="There is no noise in it",
    point=True,
)
it.wrong("even noise", {"torch.randn_like": "torch.rand_like"}, says="it should be", point=True)
it.wrong("noise from −1 to 1", {"torch.randn_like(mu)": "(2 * 3 ** 0.5 * (torch.rand_like(mu) - 0.5))"},
         says="Is the noise normal?", point=True)  # fmt: skip
it.wrong("one noise for all pictures", {"torch.randn_like(mu)": "torch.randn(mu.shape[1])"}, says="standard deviation",
         point=True)  # fmt: skip
it.wrong(
    "one noise for a code", {"torch.randn_like(mu)": "torch.randn(len(mu), 1)"}, says="have the same noise", point=True
)
it.wrong("always the same", {"torch.randn_like(mu)": "torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))"},
         says="Two calls give the same draw", point=True)  # fmt: skip
it.wrong("sample without a gradient", "return torch.distributions.Normal(mu, (log_var / 2).exp()).sample()",
         says="cut off", point=True)  # fmt: skip
it.wrong("deviation cut off", {"(log_var / 2).exp()": "(log_var / 2).exp().detach()"}, says="No gradient", point=True)
it.wrong("mean cut off", {"mu + ": "mu.detach() + "}, says="No gradient reaches mu", point=True)
it.wrong("mean missing", {"mu + ": ""}, says="have the mean", point=True)

it.excused = {
    "`mu + (log_var / 2).exp() * torch.randn_like(mu)` → `mu - (log_var / 2).exp() * torch.randn_like(mu)`": "noise is symmetric",
    "`(log_var / 2).exp()` → `(log_var / 2).exp_()`": "it changes a tensor of its own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("kl_to_prior")

it.right("as in the lesson")
it.right("by the library", """
q = torch.distributions.Normal(mu, (log_var / 2).exp())
return torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(dim=1)
""")  # fmt: skip
it.right("as in the paper", "return -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp(), dim=1)")
it.right("expm1", "return 0.5 * (mu * mu + torch.expm1(log_var) - log_var).sum(-1)")
KL = "(mu.square() + log_var.exp() - 1 - log_var).sum(1) / 2"
it.wrong("no half", {" / 2": ""}, says="The half is missing", point=True)
it.wrong("mean over the code", {".sum(1)": ".mean(1)"}, says="mean over the numbers", point=True)
it.wrong("sign", {"return (": "return -("}, says="The sign is wrong", point=True)
it.wrong("no 1", {" - 1": ""}, says="The 1 is missing", point=True)
it.wrong("mean not squared", {"mu.square()": "mu"}, says="The mean is not squared", point=True)
it.wrong("log for the variance", {"log_var.exp()": "log_var"}, says="log_var stands where the variance", point=True)
it.wrong("deviation", {"log_var.exp()": "(log_var / 2).exp()"}, says="The standard deviation stands", point=True)
it.wrong("half a logarithm", {"- log_var)": "- log_var / 2)"}, says="The logarithm counts by half", point=True)
it.wrong("logarithm added", {"- log_var)": "+ log_var)"}, says="The logarithm has the wrong sign", point=True)
it.wrong("the other way around", {KL: "((mu.square() + 1) / log_var.exp() - 1 + log_var).sum(1) / 2"},
         says="the other way around", point=True)  # fmt: skip
it.wrong("no means", {"mu.square() + ": ""}, says="The means are missing", point=True)
it.wrong("no logarithm", {" - log_var)": ")"}, says="The logarithm is missing", point=True)
it.wrong("bits", {KL: f"{KL} / math.log(2)"}, says="It is in bits", point=True)
it.wrong("over the batch", {".sum(1)": ".sum(0)"}, says="One number for each picture", point=True)
it.wrong("one number", {".sum(1) / 2": ".sum(1).mean() / 2"}, says="One number for each picture", point=True)
it.wrong("cut off", {"mu.square()": "mu.detach().square()", "log_var.exp()": "log_var.detach().exp()",
                     "- log_var)": "- log_var.detach())"}, says="cut off")  # fmt: skip
it.wrong(
    "log of the exponential", {"- log_var)": "- log_var.exp().float().add(1e-8).log())"}, says="log-variances of −60"
)

it.excused = {
    "`(mu.square() + log_var.exp() - 1 - log_var).sum(1)` → `(mu.square() + log_var.exp() - 1 - log_var).sum(-1)`": "of two dimensions the last is number 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("bound_steps")

it.right("as in the lesson")
it.right(
    "written out",
    {
        "return torch.distributions.MultivariateNormal(b, bound_steps(1, W=W, s=s)).log_prob(x)": (
            "C, off = bound_steps(1, W=W, s=s), x - b\n"
            "inside = (off @ torch.linalg.inv(C) * off).sum(1) + torch.logdet(C) + len(W) * math.log(2 * math.pi)\n"
            "return -inside / 2"
        )
    },
)
it.right(
    "the posterior by the covariance of x",
    {
        "return (x - b) @ W @ bound_steps(4, W=W, s=s) / s**2": (
            "return (x - b) @ torch.linalg.inv(bound_steps(1, W=W, s=s)) @ W"
        )
    },
)
it.right(
    "expected by numbers",
    {
        "off = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)": (
            "off = (x - b - m @ W.T).pow(2).sum(1)\n"
            "for j in range(W.shape[1]):\n    off = off + v[:, j] * W[:, j].norm() ** 2"
        ),
    },
)
COV = "return W @ W.T + s**2 * torch.eye(len(W), dtype=W.dtype)"
it.wrong("1: no noise", {COV: "return W @ W.T"}, says="The pixels' own noise is missing")
it.wrong("1: s", {COV: COV.replace("s**2", "s")}, says="its square is a variance")
it.wrong("1: everywhere", {COV: "return W @ W.T + s**2"}, says="It belongs on the diagonal")
it.wrong(
    "1: the small one", {COV: "return W.T @ W + s**2 * torch.eye(W.shape[1], dtype=W.dtype)"}, says="should have shape"
)
PRIOR = "torch.distributions.MultivariateNormal(b, bound_steps(1, W=W, s=s)).log_prob(x)"
it.wrong("2: no mean", {PRIOR: PRIOR.replace("(b,", "(0 * b,")}, says="The mean b is not taken off", point=True)
it.wrong("2: a density", {PRIOR: f"{PRIOR}.exp()"}, says="not its logarithm", point=True)
it.wrong(
    "2: no constant",
    {PRIOR: f"{PRIOR} + len(W) / 2 * math.log(2 * math.pi)"},
    says="The constant is missing",
    point=True,
)
it.wrong("2: noise alone", {PRIOR: "torch.distributions.MultivariateNormal(b, s**2 * torch.eye(len(W), dtype=W.dtype)).log_prob(x)"},
         says="as if only the noise", point=True)  # fmt: skip
it.wrong("2: no determinant", {PRIOR: f"{PRIOR} + torch.logdet(bound_steps(1, W=W, s=s)) / 2"},
         says="The determinant is missing", point=True)  # fmt: skip
THREE = "return (x - b) @ W @ bound_steps(4, W=W, s=s) / s**2"
it.wrong("3: no mean", {THREE: THREE.replace("(x - b)", "x")}, says="The mean b is not taken off")
it.wrong("3: the covariance", {THREE: THREE.replace(" / s**2", "")}, says="s² times as large")
it.wrong("3: least squares", {THREE: "return (x - b) @ torch.linalg.pinv(W).T"}, says="the least squares")
it.wrong("3: no M", {THREE: "return (x - b) @ W"}, says="M is missing")
FOUR_ = "return s**2 * torch.linalg.inv(W.T @ W + s**2 * torch.eye(W.shape[1], dtype=W.dtype))"
it.wrong("4: M⁻¹", {FOUR_: FOUR_.replace("s**2 * torch.linalg", "torch.linalg")}, says="s² is missing in front")
it.wrong("4: not inverted", {FOUR_: FOUR_.replace("torch.linalg.inv(", "(")}, says="M is not inverted")
it.wrong("4: s in M", {FOUR_: FOUR_.replace("+ s**2", "+ s")}, says="M has s, not s²")
it.wrong("4: diagonal", {FOUR_: f"return torch.diag(({FOUR_.removeprefix('return ')}).diagonal())"},
         says="Only the diagonal is there")  # fmt: skip
it.wrong("5: q's spread", {" + v @ W.square().sum(0)": ""}, says="The spread of q is missing")
it.wrong("5: roots", {"+ v @ W": "+ v.sqrt() @ W"}, says="Its roots stand here")
it.wrong("5: a log", {"+ v @ W": "+ v.log() @ W"}, says="Their logarithms stand here")
it.wrong("5: lengths of columns", {"+ v @ W.square().sum(0)": "+ v.sum(1)"}, says="its column's length")
it.wrong("5: no constant", {" - len(W) / 2 * math.log(2 * math.pi * s**2)": ""}, says="The constant is missing")
it.wrong("5: one constant", {"len(W) / 2 * math": "1 / 2 * math"}, says="once for each of the d numbers")
it.wrong("5: no half", {"(2 * s**2)": "(s**2)"}, says="The half in front of the squares")
it.wrong("5: s", {"(2 * s**2)": "(2 * s)"}, says="divided by 2s")
it.wrong("5: sign of the constant", {" - len(W) / 2": " + len(W) / 2"}, says="The constant has the wrong sign")
SIX = "- (m.square() + v - 1 - v.log()).sum(1) / 2"
it.wrong("6: added", {SIX: SIX.replace("- (m", "+ (m")}, says="The divergence is added", point=True)
it.wrong("6: step 5", {f" {SIX}": ""}, says="that is step 5", point=True)
it.wrong("6: a logarithm", {SIX: "- (m.square() + v.exp() - 1 - v).sum(1) / 2"}, says="a variance already", point=True)
it.wrong("6: no half", {SIX: SIX.replace(" / 2", "")}, says="The divergence's half is missing", point=True)
it.wrong("6: no 1", {SIX: SIX.replace(" - 1", "")}, says="The 1 in the divergence", point=True)
it.wrong("6: minus the bound", {"return bound_steps(5, x, W, b, s, m, v) - (": "return -bound_steps(5, x, W, b, s, m, v) + ("},
         says="That is minus the bound", point=True)  # fmt: skip

it.excused = {
    "`torch.empty(0)` → `0`": "nobody looks at what stands where a step does not need it",
    "`if step == 6: …` → `return bound_steps(5, x, W, b, s, m, v) - (m.square() + v - 1 - v.log()).sum(1) / 2`": "the last step needs no question",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "no step beyond the last is asked for",
    "`torch.empty(0)` → `torch.empty(1)`": "nobody looks at what stands where a step does not need it",
    "`step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING` → `step, x=NOTHING, W=NOTHING, b=NOTHING, s=0.0, m=NOTHING, v=NOTHING`": "s is always given where it counts",
    "`step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING` → `step, x=NOTHING, W=NOTHING, b=NOTHING, s=2.0, m=NOTHING, v=NOTHING`": "s is always given where it counts",
    "`step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING` → `step, x=NOTHING, W=NOTHING, b=NOTHING, s=0.5, m=NOTHING, v=NOTHING`": "s is always given where it counts",
    "`step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING` → `step, x=NOTHING, W=NOTHING, b=NOTHING, s=-1.0, m=NOTHING, v=NOTHING`": "s is always given where it counts",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "no step beyond the last is asked for",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "no step beyond the last is asked for",
    "`torch.eye(len(W), dtype=W.dtype)` → `torch.eye(len(W))`": "torch promotes it to float64",
    "`(x - b - m @ W.T).square().sum(1)` → `(x - b - m @ W.T).square().sum(-1)`": "of two dimensions the last is number 1",
    "`(x - b - m @ W.T).square()` → `(x - b - m @ W.T).square_()`": "it changes a tensor of its own",
    "`(m.square() + v - 1 - v.log()).sum(1)` → `(m.square() + v - 1 - v.log()).sum(-1)`": "of two dimensions the last is number 1",
    "`torch.eye(W.shape[1], dtype=W.dtype)` → `torch.eye(W.shape[1])`": "torch promotes it to float64",
    "`x - b - m @ W.T` → `m @ W.T - (x - b)`": "the sign is lost",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("vae_step")

it.right("as in the lesson")
it.right("slices, cleared in the end", """
both = encoder(x)
k = both.shape[1] // 2
mu, log_var = both[:, :k], both[:, k:]
opt.zero_grad()
made = decoder(torch.addcmul(mu, torch.exp(0.5 * log_var), noise))
first = F.mse_loss(made, x, reduction="sum") / len(x) / 2 / s**2
second = -0.5 * (1 + log_var - mu**2 - log_var.exp()).sum() / len(x)
loss = first + beta * second
loss.backward()
opt.step()
opt.zero_grad()
return float(first.detach()), float(second.detach())
""")  # fmt: skip
it.right("gradients asked for", """
mu, log_var = encoder(x).chunk(2, dim=1)
made = decoder(mu + log_var.exp().sqrt() * noise)
off = ((made - x) ** 2).flatten(1).sum(1) / (2 * s**2)
kl = torch.distributions.kl_divergence(
    torch.distributions.Normal(mu, log_var.exp().sqrt()), torch.distributions.Normal(0.0, 1.0)
).sum(1)
opt.zero_grad(set_to_none=True)
torch.autograd.backward((off + beta * kl).mean())
opt.step()
return off.mean().item(), kl.mean().item()
""")  # fmt: skip
OFF = "off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)"
DIV = "kl = ((mu.square() + log_var.exp() - 1 - log_var).sum(1) / 2).mean()"
it.wrong(
    "order", {"mu, log_var = encoder": "log_var, mu = encoder"}, says="Means and log-variances are swapped", point=True
)
it.wrong(
    "variance", {"(log_var / 2).exp() * noise": "log_var.exp() * noise"}, says="scaled by the variance", point=True
)
it.wrong("no noise", {"z = mu + (log_var / 2).exp() * noise": "z = mu"}, says="The noise is not used", point=True)
it.wrong("not scaled", {"(log_var / 2).exp() * noise": "noise"}, says="The noise is not scaled", point=True)
it.wrong("its own noise", {"* noise": "* torch.randn_like(mu)"}, says="which is not right", point=True)
it.wrong(
    "mean over pixels",
    {OFF: OFF.replace(".flatten(1).sum(1).mean()", ".mean()")},
    says="averaged over pixels",
    point=True,
)
it.wrong("batch summed", {OFF: OFF.replace(".flatten(1).sum(1).mean()", ".sum()"), DIV: DIV.replace(".mean()", ".sum()")},
         says="summed over the batch", point=True)  # fmt: skip
it.wrong(
    "kl: mean over the code", {DIV: DIV.replace(".sum(1)", ".mean(1)")}, says="KL is averaged over the code", point=True
)
it.wrong("kl: summed", {DIV: DIV.replace(").mean()", ").sum()")}, says="KL is summed over the batch", point=True)
it.wrong("absolute", {OFF: OFF.replace("square", "abs")}, says="the absolute error", point=True)
it.wrong("no half", {"(2 * s**2)": "(s**2)"}, says="The half in front of the squared error", point=True)
it.wrong("s", {"(2 * s**2)": "(2 * s)"}, says="divided by 2s, not by 2s²", point=True)
it.wrong("bare", {" / (2 * s**2)": ""}, says="The factor 1/(2 s²) is missing", point=True)
it.wrong("no beta", {"(off + beta * kl)": "(off + kl)"}, says="β is missing", point=True)
it.wrong("no kl", {"(off + beta * kl)": "off"}, says="KL is not in the loss", point=True)
it.wrong("kl taken off", {"(off + beta * kl)": "(off - beta * kl)"}, says="KL is taken off", point=True)
it.wrong(
    "beta on rebuilding", {"(off + beta * kl)": "(beta * off + kl)"}, says="β weighs the rebuilding term", point=True
)
it.wrong("uphill", {"(off + beta * kl)": "(-off - beta * kl)"}, says="the wrong way", point=True)
it.wrong("cut off", {"z = mu + (log_var / 2).exp() * noise": "z = (mu + (log_var / 2).exp() * noise).detach()"},
         says="cut off from the encoder", point=True)  # fmt: skip
it.wrong("stale", {"opt.zero_grad()": ""}, says="Gradients of the step before", point=True)
it.wrong("cleared too late", {"opt.zero_grad()\n(off + beta * kl).backward()": (
    "(off + beta * kl).backward()\nopt.zero_grad()"
)}, says="has not moved", point=True)  # fmt: skip
it.wrong("no step", {"opt.step()": ""}, says="has not moved", point=True)
it.wrong("two steps", {"opt.step()": "opt.step()\nopt.step()"}, says="opt.step() is called 2 times", point=True)
it.wrong("swapped", {"off.item(), kl.item()": "kl.item(), off.item()"}, says="The two are swapped")
it.wrong("kl with beta", {"off.item(), kl.item()": "off.item(), beta * kl.item()"}, says="KL is told with β in it")
it.wrong("with its graph", {"off.item(), kl.item()": "off, kl"}, says="with its computation attached")
it.wrong(
    "the whole loss", {"off.item(), kl.item()": "(off + beta * kl).item(), kl.item()"}, says="The whole loss is told"
)

it.excused = {
    "`encoder(x).chunk(2, dim=1)` → `encoder(x).chunk(2, dim=-1)`": "of two dimensions the last is number 1",
    "`(log_var / 2).exp()` → `(log_var / 2).exp_()`": "it changes a tensor of its own",
    "`(decoder(z) - x).square().flatten(1).sum(1)` → `(decoder(z) - x).square().flatten(1).sum(-1)`": "of two dimensions the last is number 1",
    "`(mu.square() + log_var.exp() - 1 - log_var).sum(1)` → `(mu.square() + log_var.exp() - 1 - log_var).sum(-1)`": "of two dimensions the last is number 1",
    "`(decoder(z) - x).square()` → `(decoder(z) - x).square_()`": "it changes a tensor of its own",
    "`decoder(z) - x` → `x - decoder(z)`": "the sign is lost",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("MaskedConv")

it.right("as in the lesson")
it.right(
    "kernel zeroed in place",
    """
import torch
from torch import nn

class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, kernel_size=size, padding=size // 2)
        mask = torch.ones(size, size)
        mask[size // 2, size // 2 + bool(own) :] = 0
        mask[size // 2 + 1 :] = 0
        self.register_buffer("mask", mask[None, None])

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)
""",
)
it.right(
    "parameters of its own",
    """
import torch
import torch.nn.functional as F
from torch import nn

class MaskedConv(nn.Module):
    def __init__(self, inputs, outputs, size, own):
        super().__init__()
        plain = nn.Conv2d(inputs, outputs, size)
        self.kernel, self.b = plain.weight, plain.bias
        keep = [[float((i, j) < (size // 2, size // 2) or (own and i == j == size // 2)) for j in range(size)]
                for i in range(size)]
        self.keep = torch.tensor(keep)

    def forward(self, x):
        n = self.keep.shape[0] // 2
        return F.conv2d(F.pad(x, (n, n, n, n)), torch.where(self.keep > 0, self.kernel, 0.0), self.b)
""",
)
MASK = "before = torch.arange(size * size) < size * size // 2 + int(own)"
RUN = "return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)"
it.wrong(
    "own turned around", {MASK: MASK.replace("int(own)", "int(not own)")}, says="`own` is turned around", point=True
)
it.wrong("own ignored", {MASK: MASK.replace(" + int(own)", "")}, says="`own` is turned around", point=True)
it.wrong("always its own", {MASK: MASK.replace("int(own)", "1")}, says="`own` is turned around", point=True)
it.wrong("no mask", {RUN: RUN.replace(" * self.mask", "")}, says="Nothing is masked", point=True)
it.wrong("masked once", {"self.register_buffer(\"mask\", before.float().view(size, size))": (
    "self.weight.data *= before.float().view(size, size)"
), " * self.mask": ""}, says="Nothing is masked", point=True)  # fmt: skip
it.wrong("nothing of its own row", {MASK: MASK.replace("size * size // 2", "size * (size // 2)")},
         says="what is on the left of it", point=True)  # fmt: skip
it.wrong("all of its row", {MASK: MASK.replace("size * size // 2 + int(own)", "size * (size // 2 + 1)")},
         says="on the right of it in its own row", point=True)  # fmt: skip
it.wrong("by columns", {"view(size, size)": "view(size, size).T"}, says="It goes by columns", point=True)
it.wrong("behind", {"before.float()": "before.flip(0).float()"}, says="what comes after a place", point=True)
it.wrong("a quarter", {"before.float().view(size, size)": (
    "before.float().view(size, size) * (torch.arange(size) <= size // 2)"
)}, says="the left part only", point=True)  # fmt: skip
it.wrong("itself masked alone", {MASK: "before = torch.arange(size * size) != (-1 if own else size * size // 2)"},
         says="What comes after it is seen", point=True)  # fmt: skip
it.wrong("the maps masked", {RUN: "return F.conv2d(input * self.mask[0, 0], self.weight, self.bias, padding=self.padding)"},
         says="which is not right", point=True)  # fmt: skip
it.wrong("no padding", {", padding=size // 2)": ")"}, says="Height and width stay", point=True)
it.wrong("no bias in use", {RUN: RUN.replace("self.bias", "None")}, says="The bias is missing", point=True)
it.wrong("no bias", {"padding=size // 2)": "padding=size // 2, bias=False)"}, says="Asked for are a kernel", point=True)
it.wrong("the mask learns", {'self.register_buffer("mask", before.float().view(size, size))': (
    "self.mask = nn.Parameter(before.float().view(size, size))"
)}, says="Asked for are a kernel", point=True)  # fmt: skip
it.wrong("around the edge", {RUN: (
    "n = len(self.mask) // 2\nreturn F.conv2d(F.pad(input, (n, n, n, n), mode=\"circular\"), self.weight * self.mask, self.bias)"
)}, says="Put zeros there", point=True)  # fmt: skip
it.wrong("kernel starts as zeros", {'self.register_buffer("mask"': 'nn.init.zeros_(self.weight)\nself.register_buffer("mask"'},
         says="drawn")  # fmt: skip
it.wrong(
    "cut off", {RUN: RUN.replace("self.weight *", "self.weight.detach() *")}, says="No gradient reaches the parameter"
)
it.wrong("drawn normally", {'self.register_buffer("mask"': 'nn.init.normal_(self.weight)\nself.register_buffer("mask"'},
         says="drawn")  # fmt: skip

it.excused = {
    "`size * size // 2 + int(own)` → `size * size // 2 + own`": "a bool counts as 0 or 1",
    "`before.float()` → `before`": "a bool counts as 0 or 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("seen_pixels")

it.right("as in the lesson")
it.right("one picture after the other", """
found = torch.zeros(height, width, dtype=torch.bool)
for _ in range(64):
    x = torch.randn(1, 1, height, width, requires_grad=True)
    slope = torch.autograd.grad(net(x)[0, 0, row, column], x)[0]
    found |= slope[0, 0].abs() > 0
return found
""")  # fmt: skip
it.right("backward, with gradients kept", """
kept = [None if p.grad is None else p.grad.clone() for p in net.parameters()]
x = torch.randn(64, 1, height, width).requires_grad_()
net(x)[:, :, row, column].sum().backward()
for p, grad in zip(net.parameters(), kept):
    p.grad = grad
return x.grad.ne(0).any(dim=0).squeeze(0)
""")  # fmt: skip
GRAD = "(slope,) = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)"
it.wrong(
    "turned around", {"(slope != 0)": "(slope == 0)", ".any(0)": ".all(0)"}, says="the other way around", point=True
)
it.wrong(
    "all logits", {GRAD: "(slope,) = torch.autograd.grad(net(x).sum(), x)"}, says="pixels are seen, it says", point=True
)
it.wrong("row and column swapped", {"[:, 0, row, column]": "[:, 0, column, row]"}, says="at row", point=True)
it.wrong("a row of logits", {"[:, 0, row, column]": "[:, 0, row]"}, says="too many", point=True)
it.wrong("one picture", {"randn(64,": "randn(1,"}, says="missing", point=True)
it.wrong("in all pictures", {".any(0)": ".all(0)"}, says="missing", point=True)
it.wrong("positive ones", {"slope != 0": "slope > 0"}, says="missing", point=True)
it.wrong(
    "summed over pictures, signs cancel", {"(slope != 0).any(0)[0]": "slope.sum(0)[0] > 0"}, says="missing", point=True
)
it.wrong("large ones", {"slope != 0": "slope.abs() > 0.5"}, says="missing", point=True)
it.wrong("zeros as a picture", {"torch.randn(64, 1, height, width, requires_grad=True)": (
    "torch.zeros(64, 1, height, width, requires_grad=True)"
)}, says="missing", point=True)  # fmt: skip
it.wrong("numbers", {"(slope != 0).any(0)[0]": "(slope != 0).any(0)[0].float()"}, says="torch.bool", point=True)
it.wrong("with its channel", {".any(0)[0]": ".any(0)"}, says="A row of the map", point=True)
it.wrong("turned on its side", {".any(0)[0]": ".any(0)[0].T"}, says="A row of the map", point=True)
it.wrong("values", {"(slope != 0).any(0)[0]": "(net(x) != 0).any(0)[0]"}, says="Everything is seen", point=True)
it.wrong("what it reads in theory", {"return (slope != 0).any(0)[0]": (
    "return torch.arange(height * width).view(height, width) < row * width + column"
)}, says="too many", point=True)  # fmt: skip
it.wrong(
    "leaves gradients",
    {GRAD: "net(x)[:, 0, row, column].sum().backward()\nslope = x.grad"},
    says="gradients of the network's",
)
it.wrong(
    "changes the mode", {"x = torch.randn": "net.train(not net.training)\nx = torch.randn"}, says="mode has changed"
)

it.excused = {
    "`torch.randn(64, 1, height, width, requires_grad=True)` → `torch.randn(63, 1, height, width, requires_grad=True)`": "one picture less finds the same",
    "`torch.randn(64, 1, height, width, requires_grad=True)` → `torch.randn(65, 1, height, width, requires_grad=True)`": "one picture more finds the same",
    "`net(x)[:, 0, row, column].sum()` → `net(x)[:, 0, row, column].mean()`": "a gradient 64 times smaller is still none or one",
    "`(slope != 0).any(0)[0]` → `(slope != 0).any(0)[-1]`": "there is one channel",
    "`(:, 0, row, column)` → `(:, -1, row, column)`": "there is one channel",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("exact_likelihood")

it.right("as in the lesson")
it.right("logsigmoid", {
    'return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)': (
        "signs = 2 * x - 1\nreturn F.logsigmoid(signs * net(x)).sum((1, 2, 3))"
    )
})  # fmt: skip
it.right("by the library's Bernoulli", {
    'return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)': (
        "return torch.distributions.Bernoulli(logits=net(x)).log_prob(x).flatten(1).sum(1)"
    )
})  # fmt: skip
it.right("bits by the mean of all", {
    "return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))": (
        "return F.binary_cross_entropy_with_logits(net(x), x) / math.log(2)"
    )
})  # fmt: skip
NATS = 'return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)'
BITS = "return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))"
it.wrong(
    "sign", {NATS: NATS.replace("-F", "F"), BITS: BITS.replace("-log", "log")}, says="The sign is wrong", point=True
)
it.wrong("mean over pixels", {NATS: NATS.replace(".sum(1)", ".mean(1)"), BITS: BITS.replace("(x[0].numel() * math.log(2))", "math.log(2)")},
         says="mean over pixels", point=True)  # fmt: skip
it.wrong(
    "a probability",
    {NATS: f"return ({NATS.removeprefix('return ')}).exp()"},
    says="That is the probability",
    point=True,
)
it.wrong("bits for nats", {NATS: NATS + " / math.log(2)", BITS: BITS.replace("(x[0].numel() * math.log(2))", "x[0].numel()")},
         says="to the base 2", point=True)  # fmt: skip
it.wrong("swapped", {NATS: NATS.replace("net(x), x,", "net(x), 1 - x,")}, says="0 and 1 are swapped", point=True)
it.wrong(
    "ones alone",
    {NATS: "return (F.logsigmoid(net(x)) * x).flatten(1).sum(1)"},
    says="Only pixels that are 1",
    point=True,
)
it.right("logaddexp", {NATS: (
    "l = net(x)\nreturn (x * l - torch.logaddexp(l, torch.zeros_like(l))).flatten(1).sum(1)"
)})  # fmt: skip
it.wrong("where, the gradient of whose other branch is NaN", {NATS: (
    "l = net(x)\neach = x * l - torch.where(l > 20, l, torch.log1p(torch.exp(l)))\nreturn each.flatten(1).sum(1)"
)}, says="torch.where computes both branches")  # fmt: skip
it.wrong("where, in bits alone", {BITS: (
    "l = net(x)\neach = torch.where(l > 20, l, torch.log1p(torch.exp(l))) - x * l\nreturn each.mean() / math.log(2)"
)}, says="in bits, the gradient for what is added to all logits contains NaN")  # fmt: skip
it.wrong("overflows", {NATS: "p = torch.sigmoid(net(x))\nreturn (x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)"},
         says="contains NaN")  # fmt: skip
it.wrong("clamped", {NATS: (
    "p = torch.sigmoid(net(x)).clamp(1e-6, 1 - 1e-6)\nreturn (x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)"
)}, says="logits of 1000")  # fmt: skip
it.wrong(
    "squared errors",
    {NATS: "return -(torch.sigmoid(net(x)) - x).square().flatten(1).sum(1)"},
    says="; expected",
    point=True,
)
it.wrong("one number", {NATS: NATS.replace('reduction="none").flatten(1).sum(1)', 'reduction="sum")')},
         says="One number for each picture", point=True)  # fmt: skip
it.wrong("bits: nats", {BITS: BITS.replace("(x[0].numel() * math.log(2))", "x[0].numel()")}, says="in nats", point=True)
it.wrong("bits: sign", {BITS: BITS.replace("-log", "log")}, says="The sign is wrong", point=True)
it.wrong("bits: a picture", {BITS: BITS.replace("(x[0].numel() * math.log(2))", "math.log(2)")}, says="for a whole picture",
         point=True)  # fmt: skip
it.wrong("bits: summed", {BITS: BITS.replace("mean()", "sum()")}, says="summed over the pictures", point=True)
it.wrong("bits: by 2", {BITS: BITS.replace("math.log(2)", "2")}, says="divided by 2, not by log 2", point=True)
it.wrong("bits: times", {BITS: "return -log_likelihood(net, x).mean() / x[0].numel() * math.log(2)"}, says="multiplied by log 2",
         point=True)  # fmt: skip
it.wrong(
    "bits: columns", {BITS: BITS.replace("x[0].numel()", "x.shape[3]")}, says="the number of columns alone", point=True
)
it.wrong("bits: a plain number", {
    BITS: "return (-log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))).item()"
}, says="cut off from the network")  # fmt: skip

it.excused = {
    "`x[0].numel` → `x[-1].numel`": "all pictures are of one size",
    "`F.binary_cross_entropy_with_logits(net(x), x, reduction='none').flatten(1).sum(1)` → `F.binary_cross_entropy_with_logits(net(x), x, reduction='none').flatten(1).sum(-1)`": "of two dimensions the last is number 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("paint_pixels")

it.right("as in the lesson")
it.right("one loop, by comparison", """
x = torch.rand(n, 1, height, width).round()
for t in range(height * width):
    with torch.no_grad():
        chance = net(x).flatten(1)[:, t].sigmoid()
    x.view(n, -1)[:, t] = (torch.rand(n) < chance).to(x.dtype)
return x
""")  # fmt: skip
it.right("by the library's Bernoulli", {
    "torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))": (
        "torch.distributions.Bernoulli(logits=net(x)[:, 0, row, column]).sample()"
    )
})  # fmt: skip
DRAW = "x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))"
it.wrong("all at once", "with torch.no_grad():\n    return torch.bernoulli(torch.sigmoid(net(torch.zeros(n, 1, height, width))))",
         says="from what the network says of an empty picture", point=True)  # fmt: skip
it.wrong("rounded", {DRAW: "x[:, 0, row, column] = torch.sigmoid(net(x)[:, 0, row, column]).round()"},
         says="do not come as often", point=True)  # fmt: skip
it.wrong("swapped", {"torch.sigmoid(net": "torch.sigmoid(-net"}, says="0 and 1 are swapped", point=True)
it.wrong("by columns", {"for row in range(height):\n    for column in range(width):": (
    "for column in range(width):\n    for row in range(height):"
)}, says="Is it painted by columns?", point=True)  # fmt: skip
it.wrong("from behind", {"range(height)": "reversed(range(height))"}, says="as the one before it", point=True)
it.wrong("asked once", {"for row in range(height):": "logits = net(x)\nfor row in range(height):",
                        "net(x)[:, 0, row": "logits[:, 0, row"}, says="empty picture", point=True)  # fmt: skip
it.wrong("a row at a time", {
    "for column in range(width):\n    x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))": (
        "x[:, 0, row] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row]))"
    )
}, says="not come as often", point=True)  # fmt: skip
it.wrong("probabilities", {DRAW: "x[:, 0, row, column] = torch.sigmoid(net(x)[:, 0, row, column])"}, says="should be 0 or 1",
         point=True)  # fmt: skip
it.wrong("one draw for all", {DRAW: "x[:, 0, row, column] = (torch.rand(1) < torch.sigmoid(net(x)[:, 0, row, column])).float()"},
         says="not come as often", point=True)  # fmt: skip
it.wrong("logits for probabilities", {"torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))": (
    "torch.bernoulli(net(x)[:, 0, row, column].clamp(0, 1))"
)}, says="not come as often", point=True)  # fmt: skip
it.wrong("the last column is left", {"range(width)": "range(width - 1)"}, says="not come as often", point=True)
it.wrong("always the same", {"x = torch.zeros": "torch.manual_seed(0)\nx = torch.zeros"}, says="Two calls paint the same",
         point=True)  # fmt: skip
it.wrong("±1", {"return x": "return 2 * x - 1"}, says="should be 0 or 1", point=True)
it.wrong("without a channel", {"return x": "return x[:, 0]"}, says="(n, 1, height, width)", point=True)
it.wrong("draws what it has again", {DRAW: "x = torch.bernoulli(torch.sigmoid(net(x)))"}, says="as the one before it",
         point=True)  # fmt: skip

it.excused = {
    "`(:, 0, row, column)` → `(:, -1, row, column)`": "there is one channel",
    "`(:, 0, row, column)` → `(:, -1, row, column)` (no. 2)": "there is one channel",
}

it.excused = {
    "`torch.zeros(n, 1, height, width)` → `torch.ones(n, 1, height, width)`": "what is not painted yet may be anything",
    "`(:, 0, row, column)` → `(:, -1, row, column)`": "there is one channel",
    "`(:, 0, row, column)` → `(:, -1, row, column)` (no. 2)": "there is one channel",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fewest_bits")

it.earns("gold", "one distance after the other")
it.earns(
    "gold",
    "a small network",
    """
def fewest_bits(pictures):
    import torch
    import torch.nn.functional as F
    from torch import nn

    rows = torch.cat([pictures[:, t - 32 : t] for t in range(32, 256)])
    came = pictures[:, 32:].T.flatten()
    net = nn.Sequential(nn.Linear(32, 48), nn.ReLU(), nn.Linear(48, 1))
    opt, steps = torch.optim.Adam(net.parameters(), 1e-2), 500
    for k in range(steps):
        for group in opt.param_groups:
            group["lr"] = 1e-2 * min(1, 2 - 2 * k / steps)
        some = torch.randint(len(rows), (512,))
        loss = F.binary_cross_entropy_with_logits(net(2 * rows[some] - 1)[:, 0], came[some])
        opt.zero_grad()
        loss.backward()
        opt.step()

    def predict(seen):
        with torch.no_grad():
            return torch.sigmoid(net(2 * seen[:, -32:] - 1)[:, 0])

    return predict
""",
)
it.earns(
    "gold",
    "a forest",
    """
def fewest_bits(pictures):
    import numpy as np
    import torch
    from sklearn.tree import DecisionTreeClassifier

    rows = np.concatenate([pictures[:, t - 32 : t].numpy() for t in range(32, 256)])
    tree = DecisionTreeClassifier(max_depth=7, min_samples_leaf=40).fit(rows, pictures[:, 32:].T.flatten().numpy())
    return lambda seen: torch.from_numpy(tree.predict_proba(seen[:, -32:].numpy())[:, 1])
""",
)
it.earns("silver", "two distances", {"range(6)": "range(2)"})
it.earns("bronze", "one distance", {"range(6)": "range(1)"})
it.earns(
    "bronze",
    "a straight line",
    """
def fewest_bits(pictures):
    import torch

    rows = torch.cat([pictures[:, t - 32 : t] for t in range(32, 256)])
    came = pictures[:, 32:].T.flatten()
    rows = torch.cat([rows, torch.ones(len(rows), 1)], 1)
    line = torch.linalg.lstsq(rows, came[:, None]).solution
    return lambda seen: (torch.cat([seen[:, -32:], torch.ones(len(seen), 1)], 1) @ line)[:, 0].clamp(0.02, 0.98)
""",
)
it.wrong("a coin", "return lambda seen: torch.full((len(seen),), 0.5)", says="Bronze takes at most")
it.wrong(
    "how often 1 comes",
    "share = pictures.mean()\nreturn lambda seen: share.expand(len(seen))",
    says="Bronze takes at most",
)
it.wrong("nothing", "return None", says="Return a function")
it.wrong("the shares alone", "return pictures.mean(0)", says="Return a function")
it.wrong("sure of itself", "return lambda seen: seen[:, -1]", says="Bronze takes at most")
it.wrong("neighbors in the picture", """
d = (1, 16, 17)
case = sum(pictures[:, 32 - k : 256 - k].flatten().long() << j for j, k in enumerate(d))
came = pictures[:, 32:].flatten()
chance = (torch.bincount(case, came, 8) + 1) / (torch.bincount(case, minlength=8) + 2)
return lambda seen: chance[sum(seen[:, -k].long() << j for j, k in enumerate(d))]
""", says="Bronze takes at most")  # fmt: skip
it.wrong("logits", "return lambda seen: 4 * seen[:, -1] - 2", says="should return probabilities")
it.wrong("one for all", "return lambda seen: torch.tensor([0.5])", says="One for each picture")
it.wrong(
    "by the place", "return lambda seen: pictures.mean(0)[seen.shape[1]].expand(len(seen))", says="Bronze takes at most"
)
it.wrong("the nearest picture", """
def predict(seen):
    near = (2 * seen - 1) @ (2 * pictures[:, : seen.shape[1]] - 1).T
    return pictures[near.argmax(1), seen.shape[1]] * 0.8 + 0.1
return predict
""", says="Bronze takes at most")  # fmt: skip
