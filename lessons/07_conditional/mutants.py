"""Right and wrong answers to the exercises of lesson 07, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("telling")

it.right("one_hot and cat")
it.right(
    "by indexing", {"return F.one_hot(labels.long(), classes).float()": "return torch.eye(classes)[labels.long()]"}
)
it.right(
    "maps by ones",
    {
        "maps = y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])": (
            "maps = y[:, :, None, None] * torch.ones_like(pictures[:, :1])"
        )
    },
)
it.right(
    "scatter",
    {
        "return F.one_hot(labels.long(), classes).float()": (
            "return torch.zeros(len(labels), classes).scatter_(1, labels.long()[:, None], 1.0)"
        )
    },
)
it.wrong("labels from 1", {"F.one_hot(labels.long(), classes)": "F.one_hot(labels.long(), classes).roll(1, 1)"}, point=True,
         says="one place too far right")  # fmt: skip
it.wrong("labels from 0 taken for 1", {"F.one_hot(labels.long(), classes)": "F.one_hot(labels.long(), classes).roll(-1, 1)"},
         point=True, says="one place too far left", never="too far right")  # fmt: skip
it.wrong(
    "the label itself",
    {"F.one_hot(labels.long(), classes).float()": "F.one_hot(labels.long(), classes).float() * labels[:, None]"},
    says="The row holds the label itself",
    point=True,
)
it.wrong(
    "one cold",
    {"return F.one_hot(labels.long(), classes).float()": "return 1 - F.one_hot(labels.long(), classes).float()"},
    says="a 0 in the label's place",
    point=True,
)
it.wrong(
    "±1",
    {"return F.one_hot(labels.long(), classes).float()": "return 2 * F.one_hot(labels.long(), classes).float() - 1"},
    says="should be 0, not −1",
    point=True,
)
it.wrong("whole numbers", {"classes).float()": "classes)"}, says="should be floats")
it.wrong(
    "no look at the labels",
    {"if ((labels < 0) | (labels >= classes)).any():": "if False:"},
    says="not with a ValueError of yours",
)
it.wrong("labels above alone", {"(labels < 0) | (labels >= classes)": "labels >= classes"}, says="the label −2")
it.wrong("classes is allowed", {"labels >= classes": "labels > classes"}, says="the label 4 of 4 classes")
it.wrong(
    "floats are taken",
    {
        'if labels.is_floating_point():\n    raise ValueError(f"labels should be whole numbers, and are {labels.dtype}")': ""
    },
    says="labels that are floats (float32) nothing is said",
)
it.wrong(
    "says nothing of what came",
    {", and are {labels.tolist()}": ""},
    says="the sentence should say what came",
)
it.wrong(
    "another kind of error",
    {'raise ValueError(f"labels should lie': 'raise TypeError(f"labels should lie'},
    says="not with a ValueError of yours",
)
it.wrong("condition first", {"torch.cat([z, y.to(z)], dim=1)": "torch.cat([y.to(z), z], dim=1)"}, says="stands first",
         point=True)  # fmt: skip
it.wrong("added", {"torch.cat([z, y.to(z)], dim=1)": "z + y.sum(1, keepdim=True)"}, says="The condition is added",
         point=True)  # fmt: skip
it.wrong("below each other", {"torch.cat([z, y.to(z)], dim=1)": "torch.cat([z, y.to(z).expand(-1, z.shape[1])], dim=0)"},
         says="Each row holds z", point=True)  # fmt: skip
it.wrong("maps first", {"torch.cat([pictures, maps], dim=1)": "torch.cat([maps, pictures], dim=1)"},
         says="stand before the picture's channels", point=True)  # fmt: skip
it.wrong("a map of its mean", {"maps = y[": "maps = y.mean(1, keepdim=True)["},
         says="one for each number of y", point=True)  # fmt: skip
it.wrong("cut off", {"torch.cat([z, y.to(z)], dim=1)": "torch.cat([z, y.detach()], dim=1)"}, says="no gradient reaches")
it.wrong("maps cut off", {"maps = y[": "maps = y.detach()["}, says="no gradient reaches")
it.wrong("NaN is taken", {" or y.isnan().any():": ":"}, says="a condition with NaN (join_noise)")
it.wrong(
    "a single row for all",
    {"if len(y) != len(z) or": "if len(y) not in (1, len(z)) or", "return torch.cat([z, y.to(z)]": (
        "return torch.cat([z, y.to(z).expand(len(z), -1)]"
    )},
    says="one condition and a batch of",
)  # fmt: skip

it.excused = {
    "`F.one_hot(labels.long(), classes).float()` → `F.one_hot(labels.long(), classes).double()`": "floats are asked, of any kind",
    "`[z, y.to(z)]` → `[z, y]`": "both have one type there, or the wider one's",
    "`[z, y.to(z)]` → `[z, y.to()]`": "both have one type there, or the wider one's",
    "`torch.cat([z, y.to(z)], dim=1)` → `torch.cat([z, y.to(z)], dim=-1)`": "the same dimensions",
    "`classes - 1` → `classes + 1`": "the sentence has to name the label; the range is a courtesy",
    "`classes - 1` → `1 - classes`": "the sentence has to name the label; the range is a courtesy",
    "`classes - 1` → `classes`": "the sentence has to name the label; the range is a courtesy",
    "`classes - 1` → `1`": "the sentence has to name the label; the range is a courtesy",
    "`labels.tolist()` → `labels`": "the sentence says what came all the same",
    "`f'y has {len(y)} rows for a batch of {len(z)}, and {int(y.isnan().sum())} NaN'` → `f'y has {y} rows for a batch of {len(z)}, and {int(y.isnan().sum())} NaN'`": "the sentence says what came all the same",
    "`int(y.isnan().sum())` → `y.isnan().sum()`": "the sentence says what came all the same",
    "`int(y.isnan().sum())` → `int()`": "the sentence says what came all the same",
    "`pictures.shape[-2:]` → `pictures.shape[2:]`": "the same numbers",
    "`classes - 1` → `classes - -1`": "the sentence has to name the label; the range is a courtesy",
    "`classes - 1` → `classes - 0`": "the sentence has to name the label; the range is a courtesy",
    "`classes - 1` → `classes - 2`": "the sentence has to name the label; the range is a courtesy",
    "`pictures.shape[-2:]` → `pictures.shape[--2:]`": "the same numbers",
    "`y.isnan()` → `y` (no. 2)": "the sentence says what came all the same",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("projection_steps")

it.right("as in the lesson")
it.right("ratios first", {"return p.log() - q.log()": "return (p / q).log()"})
it.right("log of a softmax by hand", {"return F.log_softmax(phi @ v_p.T, dim=1)": (
    "return phi @ v_p.T - torch.logsumexp(phi @ v_p.T, 1, keepdim=True)"
)})  # fmt: skip
it.right("einsum", {"return phi @ (v_p - v_q).T": 'return torch.einsum("nd,kd->nk", phi, v_p - v_q)'})
it.wrong("1: sign", {"return p.log() - q.log()": "return q.log() - p.log()"}, says="p stands on top")
it.wrong("1: ratio", {"return p.log() - q.log()": "return p / q"}, says="The logit is its logarithm")
it.wrong("1: D", {"return p.log() - q.log()": "return p / (p + q)"}, says="That is D, a probability")
it.wrong("1: log D", {"return p.log() - q.log()": "return (p / (p + q)).log()"}, says="That is log D")
it.wrong("2: sum of logits", {"return p.sum(1).log() - q.sum(1).log()": "return (p.log() - q.log()).sum(1)"},
         says="Sum the probabilities over the labels first")  # fmt: skip
it.wrong("2: over pictures", {"return p.sum(1).log() - q.sum(1).log()": "return p.sum(0).log() - q.sum(0).log()"},
         says="should have shape (2,)")  # fmt: skip
it.wrong(
    "2: p alone", {"return p.sum(1).log() - q.sum(1).log()": "return p.sum(1).log()"}, says="That is log p(x) alone"
)
it.wrong("3: step 1", {"projection_steps(1, p, q) - projection_steps(2, p, q)[:, None]": "projection_steps(1, p, q)"},
         says="That is step 1")  # fmt: skip
it.wrong("3: x given y", {"return projection_steps(1, p, q) - projection_steps(2, p, q)[:, None]": (
    "return (p / p.sum(0)).log() - (q / q.sum(0)).log()"
)}, says="That is x given y")  # fmt: skip
it.wrong("3: added", {"projection_steps(1, p, q) - projection_steps(2": "projection_steps(1, p, q) + projection_steps(2"},
         says="Step 2 is added")  # fmt: skip
it.wrong("4: no Z", {"return F.log_softmax(phi @ v_p.T, dim=1)": "return phi @ v_p.T"}, says="log Z(x) is missing")
it.wrong("4: probabilities", {"F.log_softmax": "torch.softmax"}, says="Asked are their logarithms")
it.wrong("4: over pictures", {"F.log_softmax(phi @ v_p.T, dim=1)": "F.log_softmax(phi @ v_p.T, dim=0)"},
         says="It sums over the labels")  # fmt: skip
it.wrong("4: overflows", {"return F.log_softmax(phi @ v_p.T, dim=1)": (
    "return (torch.exp(phi @ v_p.T) / torch.exp(phi @ v_p.T).sum(1, keepdim=True)).log()"
)}, says="Something overflows")  # fmt: skip
it.wrong("5: data alone", {"phi @ (v_p - v_q).T": "phi @ v_p.T"}, says="That is the data's part alone", point=True)
it.wrong("5: sign", {"(v_p - v_q)": "(v_q - v_p)"}, says="The sign is wrong: V = V_p − V_q", point=True)
it.wrong("5: sum", {"(v_p - v_q)": "(v_p + v_q)"}, says="The two are added", point=True)
it.wrong(
    "6: r missing", {"return projection_steps(2, p, q) - z_p + z_q": "return z_q - z_p"}, says="step 2, is missing"
)
it.wrong("6: signs", {"- z_p + z_q": "+ z_p - z_q"}, says="have the wrong signs")
it.wrong("6: no Z", {"- z_p + z_q": ""}, says="That is step 2 alone")
it.wrong("6: both off", {"- z_p + z_q": "- z_p - z_q"}, says="Both Z are taken away")
it.wrong("6: data's alone", {"- z_p + z_q": "- z_p"}, says="Only the data's Z is there")
it.wrong(
    "6: overflows",
    {"torch.logsumexp(phi @ v.T, dim=1)": "torch.exp(phi @ v.T).sum(1).log()"},
    says="Something overflows",
)

it.excused = {
    "`torch.empty(0)` → `0`": "a step that is asked gets all that it needs",
    "`if step == 6: …` → `z_p, z_q = (torch.logsumexp(phi @ v.T, dim=1) for v in (v_p, v_q))` `return projection_steps(2, p, q) - z_p + z_q`": "the check asks for the steps there are",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "what another step gives is not asked",
    "`torch.empty(0)` → `torch.empty(1)`": "a step that is asked gets all that it needs",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "what another step gives is not asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "what another step gives is not asked",
    "`F.log_softmax(phi @ v_p.T, dim=1)` → `F.log_softmax(phi @ v_p.T)`": "of tables torch takes rows by itself",
    "`p.sum(1).log()` → `p.sum(1).log_()`": "it is its own",
    "`q.sum(1).log()` → `q.sum(1).log_()`": "it is its own",
    "`F.log_softmax(phi @ v_p.T, dim=1)` → `F.log_softmax(phi @ v_p.T, dim=-1)`": "the same dimensions",
    "`torch.logsumexp(phi @ v.T, dim=1)` → `torch.logsumexp(phi @ v.T, dim=-1)`": "the same dimensions",
    "`p.sum(1).log` → `p.sum(-1).log`": "the same dimensions",
    "`q.sum(1).log` → `q.sum(-1).log`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("projection_logits")

it.right("as in the lesson")
it.right("einsum", 'return torch.einsum("nc,cd,ndhw->n", y, V, maps)[:, None] + maps.sum((2, 3)) @ w[:, None] + b')
it.right(
    "bilinear", "phi = maps.flatten(2).sum(2)\nreturn ((y @ V) * phi).sum(1, keepdim=True) + (phi @ w)[:, None] + b"
)
it.wrong("mean", {"maps.sum((2, 3))": "maps.mean((2, 3))"}, says="averaged over their places", point=True)
it.wrong("largest", {"maps.sum((2, 3))": "maps.amax((2, 3))"}, says="The largest of each place", point=True)
it.wrong("told nothing", {"(y @ V + w)": "w"}, says="this D is told nothing", point=True)
it.wrong("label alone", {"(y @ V + w)": "(y @ V)"}, says="judges the label alone", point=True)
it.wrong("no bias", {" + b": ""}, says="The bias b is missing", point=True)
it.wrong("bias off", {" + b": " - b"}, says="b is taken away", point=True)
it.wrong("projection off", {"(y @ V + w)": "(w - y @ V)"}, says="The projection is taken away", point=True)
it.wrong("all pairs", {"return ((y @ V + w) * phi).sum(1, keepdim=True) + b": "return (y @ V + w) @ phi.T + b"},
         says="one logit for each picture", point=True)  # fmt: skip
it.wrong("flat", {"keepdim=True": "keepdim=False"}, says="one logit for each picture", point=True)
it.wrong("n by n", {"sum(1, keepdim=True) + b": "sum(1) + torch.full((len(y), 1), b)"}, says="one logit for each picture",
         point=True)  # fmt: skip
it.wrong("others' labels", {"(y @ V + w)": "(y.flip(0) @ V + w)"}, says="another one's y", point=True)
it.wrong("cut off", {"(y @ V + w)": "(y @ V.detach() + w)"}, says="No gradient reaches V")
it.wrong("a probability", {"return ((y @ V + w) * phi).sum(1, keepdim=True) + b": (
    "return torch.sigmoid(((y @ V + w) * phi).sum(1, keepdim=True) + b)"
)}, says="; expected", point=True)  # fmt: skip

it.excused = {
    "`maps.sum((2, 3))` → `maps.sum((3, 2))`": "the same dimensions",
    "`maps.sum((2, 3))` → `maps.sum((-2, 3))`": "the same dimensions",
    "`((y @ V + w) * phi).sum(1, keepdim=True)` → `((y @ V + w) * phi).sum(-1, keepdim=True)`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("conditional_step")

it.right("as in the lesson")
it.right("logsigmoid", {"F.softplus(-D(real, y)).mean()": "-F.logsigmoid(D(real, y)).mean()"})
it.right("fakes drawn twice", {"D(fake.detach(), y)": "D(G(z, y).detach(), y)"})
it.right("cross-entropy", {"g_loss = F.softplus(-D(fake, y)).mean()": (
    "judged = D(fake, y)\ng_loss = F.binary_cross_entropy_with_logits(judged, torch.ones_like(judged))"
)})  # fmt: skip
it.wrong("D told nothing", {"D(real, y)": "D(real, 0 * y)", "D(fake.detach(), y)": "D(fake.detach(), 0 * y)",
         "D(fake, y)": "D(fake, 0 * y)"}, says="D is told nothing", point=True)  # fmt: skip
it.wrong("G told nothing", {"G(z, y)": "G(z, 0 * y)"}, says="G is told nothing", point=True)
it.wrong("fakes without labels", {"D(fake.detach(), y)": "D(fake.detach(), 0 * y)"}, says="without the label that G was",
         point=True)  # fmt: skip
it.wrong("fakes with others' labels", {"D(fake.detach(), y)": "D(fake.detach(), y.roll(1, 0))"},
         says="by other labels than G was asked for", point=True)  # fmt: skip
it.wrong("G told others' labels", {"G(z, y)": "G(z, y.roll(1, 0))"}, says="Both get y", point=True)
it.wrong("G judged without", {"D(fake, y)": "D(fake, 0 * y)"}, says="without their labels", point=True)
it.wrong("G judged by others'", {"D(fake, y)": "D(fake, y.roll(1, 0))"}, says="by other labels than it was asked for",
         point=True)  # fmt: skip
it.wrong("swapped", {"-D(real, y)": "D(real, y)", "F.softplus(D(fake.detach(), y))": "F.softplus(-D(fake.detach(), y))"},
         says="Real and fake are swapped", point=True)  # fmt: skip
it.wrong("wrong pairs too", {"F.softplus(D(fake.detach(), y)).mean()": (
    "F.softplus(D(fake.detach(), y)).mean() + F.softplus(D(real, y.roll(1, 0))).mean()"
)}, says="a third term", point=True)  # fmt: skip
it.wrong("halved", {"d_loss = F": "d_loss = 0.5 * F", "+ F.softplus(D(fake": "+ 0.5 * F.softplus(D(fake"},
         says="D's loss is halved", point=True)  # fmt: skip
it.wrong("stale D", {"opt_D.zero_grad()": ""}, says="Clear them with opt_D.zero_grad()", point=True)
it.wrong("stale G", {"opt_G.zero_grad()": ""}, says="Clear them with opt_G.zero_grad()", point=True)
it.wrong("not detached, not cleared", {"opt_G.zero_grad()": "", "opt_D.zero_grad()": "opt_D.zero_grad()\nopt_G.zero_grad()",
         "fake.detach()": "fake", "d_loss.backward()": "d_loss.backward(retain_graph=True)"},
         says="D's loss has left gradients in G", point=True)  # fmt: skip
it.wrong("minimax", {"g_loss = F.softplus(-D(fake, y)).mean()": "g_loss = -F.softplus(D(fake, y)).mean()"},
         says="That is the minimax loss", point=True)  # fmt: skip
it.wrong("wrong way", {"g_loss = F.softplus(-D(fake, y)).mean()": "g_loss = F.softplus(D(fake, y)).mean()"},
         says="G goes the wrong way", point=True)  # fmt: skip
it.wrong("old D", {"opt_D.step()": "", "g_loss.backward()": "g_loss.backward(inputs=list(G.parameters()))\nopt_D.step()"},
         says="against the D from before", point=True)  # fmt: skip
it.wrong("no step of D", {"opt_D.step()": ""}, says="D has not moved", point=True)
it.wrong("no step of G", {"opt_G.step()": ""}, says="G has not moved", point=True)
it.wrong(
    "losses swapped", {"d_loss.item(), g_loss.item()": "g_loss.item(), d_loss.item()"}, says="D's loss comes first"
)
it.wrong("losses attached", {"d_loss.item(), g_loss.item()": "d_loss, g_loss"}, says="with its computation attached")
it.wrong("saturates", {"g_loss = F.softplus(-D(fake, y)).mean()": "g_loss = -torch.log(torch.sigmoid(D(fake, y))).mean()"},
         says="infinite")  # fmt: skip
it.wrong("modes changed", {"fake = G(z, y)": "G.train()\nfake = G(z, y)"}, says="G is in another mode")

# ---------------------------------------------------------------------------------------------

it = answers.to("few_label_losses")

it.right("as in the lesson")
it.right("nll_loss", {"F.cross_entropy(labeled, labels)": "F.nll_loss(F.log_softmax(labeled, 1), labels)"})
it.right(
    "with a column of zeros",
    """
    def with_made(logits):
        return F.log_softmax(torch.cat([logits, torch.zeros_like(logits[:, :1])], 1), 1)

    on_real, on_fake = with_made(real), with_made(fake)
    second = -torch.logsumexp(on_real[:, :-1], 1).mean() - on_fake[:, -1].mean()
    return F.cross_entropy(labeled, labels), second
    """,
)
FEW_LAST = "return F.cross_entropy(labeled, labels), F.softplus(-on_real).mean() + F.softplus(on_fake).mean()"
it.wrong("swapped pair", {FEW_LAST: (
    "return F.softplus(-on_real).mean() + F.softplus(on_fake).mean(), F.cross_entropy(labeled, labels)"
)}, says="The two are swapped", point=True)  # fmt: skip
it.wrong("real and made swapped", {"F.softplus(-on_real)": "F.softplus(on_real)", "F.softplus(on_fake)": "F.softplus(-on_fake)"},
         says="Real and made are swapped", point=True)  # fmt: skip
it.wrong("made missing", {" + F.softplus(on_fake).mean()": ""}, says="The made pictures are missing", point=True)
it.wrong(
    "unlabeled missing", {"F.softplus(-on_real).mean() + ": ""}, says="The unlabeled pictures are missing", point=True
)
it.wrong("averaged", {FEW_LAST: (
    "return F.cross_entropy(labeled, labels), (F.softplus(-on_real).mean() + F.softplus(on_fake).mean()) / 2"
)}, says="averaged over both kinds", point=True)  # fmt: skip
it.wrong("made counts as a class", {"F.cross_entropy(labeled, labels)": (
    "F.cross_entropy(torch.cat([labeled, torch.zeros(len(labeled), 1)], 1), labels)"
)}, says="The first counts the class `made`", point=True)  # fmt: skip
it.wrong("largest", {"torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)": "real.amax(1), fake.amax(1)"},
         says="The largest logit stands for all", point=True)  # fmt: skip
it.wrong("summed", {"torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)": "real.sum(1), fake.sum(1)"},
         says="The logits are summed", point=True)  # fmt: skip
it.wrong("each logit", {"torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)": "real, fake"},
         says="Each class's logit is judged by itself", point=True)  # fmt: skip
it.wrong("sum over the batch", {"F.cross_entropy(labeled, labels)": 'F.cross_entropy(labeled, labels, reduction="sum")'},
         says="The first is the sum over the batch", point=True)  # fmt: skip
it.wrong("sign", {"return F.cross_entropy": "return -F.cross_entropy"}, says="The first has the wrong sign", point=True)
it.wrong("one number", {FEW_LAST: (
    "return F.cross_entropy(labeled, labels) + F.softplus(-on_real).mean() + F.softplus(on_fake).mean()"
)}, says="Return two numbers", point=True)  # fmt: skip
it.wrong("overflows", {"torch.logsumexp(real, dim=1)": "real.exp().sum(1).log()"}, says="infinite")
it.wrong(
    "cut off", {"torch.logsumexp(fake, dim=1)": "torch.logsumexp(fake.detach(), dim=1)"}, says="No gradient reaches"
)

it.excused = {
    "`torch.logsumexp(real, dim=1)` → `torch.logsumexp(real, dim=-1)`": "the same dimensions",
    "`torch.logsumexp(fake, dim=1)` → `torch.logsumexp(fake, dim=-1)`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("feature_matching")

it.right("as in the lesson")
it.right("no_grad", "with torch.no_grad():\n    goal = real.mean(0)\nreturn ((goal - fake.mean(0)) ** 2).sum()")
it.right("mse", 'return F.mse_loss(fake.mean(0), real.detach().mean(0), reduction="sum")')
it.wrong("length", {"(real.detach().mean(dim=0) - fake.mean(dim=0)).square().sum()": (
    "(real.detach().mean(dim=0) - fake.mean(dim=0)).norm()"
)}, says="Its square is asked", point=True)  # fmt: skip
it.wrong(
    "mean over features", {".square().sum()": ".square().mean()"}, says="That is the mean over the features", point=True
)
it.wrong("absolute", {".square().sum()": ".abs().sum()"}, says="Absolute differences", point=True)
it.wrong("sums over the batch", {"real.detach().mean(dim=0) - fake.mean(dim=0)": "real.detach().sum(0) - fake.sum(0)"},
         says="The batches are summed", point=True)  # fmt: skip
it.wrong("one mean of all", {"real.detach().mean(dim=0) - fake.mean(dim=0)": "real.detach().mean() - fake.mean()"},
         says="the mean of all features together", point=True)  # fmt: skip
it.wrong("pairs", "return (real.detach()[:, None] - fake[None]).flatten(2).square().sum(2).mean()",
         says="Each pair of pictures is compared", point=True)  # fmt: skip
it.wrong("teaches D, too", {"real.detach()": "real"}, says="They are a target", point=True)
it.wrong(
    "teaches nobody",
    {"fake.mean(dim=0)": "fake.detach().mean(dim=0)"},
    says="cut off from the made features",
    point=True,
)
it.wrong("one for each feature", {".square().sum()": ".square()"}, says="One number is asked", point=True)
it.wrong("flat features only", {".square().sum()": ".square().sum(0)"}, says="One number is asked")

it.excused = {
    "`(real.detach().mean(dim=0) - fake.mean(dim=0)).square()` → `(real.detach().mean(dim=0) - fake.mean(dim=0)).square_()`": "it is its own",
    "`real.detach().mean(dim=0) - fake.mean(dim=0)` → `fake.mean(dim=0) - real.detach().mean(dim=0)`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("frozen_probe")

it.right("as in the lesson")
it.right(
    "modes put back part by part",
    {
        "was = body.training\n": "modes = [part.training for part in body.modules()]\n",
        "body.train(was)": "for part, mode in zip(body.modules(), modes):\n    part.training = mode",
    },
)
it.right("detached", {"with torch.no_grad():\n    seen, asked = body(labeled), body(new)": (
    "seen, asked = body(labeled).detach(), body(new).detach()"
)})  # fmt: skip
it.right("eye", {"F.one_hot(labels, classes).to(seen)": "torch.eye(classes, dtype=seen.dtype)[labels]"})
it.wrong(
    "as many columns as came",
    {"F.one_hot(labels, classes)": "F.one_hot(labels)"},
    says="A row for each new picture, a column for each class",
)
it.wrong("training mode", {"body.eval()": "body.train()"}, says="D looked in training mode", point=True)
it.wrong("mode left", {"body.train(was)": ""}, says="Put it back")
it.wrong("always train", {"body.train(was)": "body.train()"}, says="Put it back")
it.wrong("not scaled", {"mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)": "mean, std = 0.0, 1.0"},
         says="Features are not scaled", point=True)  # fmt: skip
it.wrong("scaled together", {"mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)": (
    "both = torch.cat([seen, asked])\nmean, std = both.mean(0), both.std(0).clamp(min=1e-6)"
)}, says="New pictures were scaled with", point=True)  # fmt: skip
it.wrong("each by itself", {"return (asked - mean) / std @ weights + bias": (
    "return (asked - asked.mean(0)) / asked.std(0).clamp(min=1e-6) @ weights + bias"
)}, says="by their own mean and deviation", point=True)  # fmt: skip
it.wrong(
    "new not scaled",
    {"(asked - mean) / std @ weights": "asked @ weights"},
    says="New pictures are not scaled",
    point=True,
)
it.wrong("no bias", {" @ weights + bias": " @ weights"}, says="The bias that `fit` returns is missing", point=True)
it.wrong("no bound", {".clamp(min=1e-6)": ""}, says="somewhere")
it.wrong("classes alone", {"return (asked - mean) / std @ weights + bias": (
    "return ((asked - mean) / std @ weights + bias).argmax(1)"
)}, says="A row for each new picture", point=True)  # fmt: skip
it.wrong("frozen for good", {"was = body.training": "was = body.training\nbody.requires_grad_(False)"},
         says="can learn no more", point=True)  # fmt: skip
it.wrong("gradients left", {"with torch.no_grad():\n    seen, asked = body(labeled), body(new)": (
    "seen, asked = body(labeled), body(new)\nseen.sum().backward()\nseen, asked = seen.detach(), asked.detach()"
)}, says="There are gradients in D", point=True)  # fmt: skip
it.wrong("own fit", {"weights, bias = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))": (
    "x = (seen - mean) / std\nt = F.one_hot(labels, classes).to(seen)\n"
    "weights, bias = torch.linalg.pinv(x) @ t, t.mean(0)"
)}, says="`fit` is never called", point=True)  # fmt: skip

it.excused = {
    "`seen.std(0).clamp(min=1e-06)` → `seen.std(0).clamp_(min=1e-06)`": "it is its own",
    "`min=1e-06` → `min=2e-06`": "a bound of another size is nowhere near what counts",
    "`min=1e-06` → `min=5e-07`": "a bound of another size is nowhere near what counts",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("information_bound")

it.right("as in the lesson")
it.right("torch's distributions", """
    first = math.log(logits.shape[1]) + torch.distributions.Categorical(logits=logits).log_prob(category).mean()
    density = torch.distributions.Normal(mean, log_std.exp()).log_prob(codes)
    return first, codes.shape[1] * math.log(2) + density.sum(1).mean()
    """)  # fmt: skip
it.right("gathered", {"F.cross_entropy(logits, category)": (
    "(-F.log_softmax(logits, 1).gather(1, category[:, None])).mean()"
)})  # fmt: skip
it.right("gaussian_nll", """
    first = math.log(logits.shape[1]) - F.cross_entropy(logits, category)
    variance = (2 * log_std).exp()
    second = F.gaussian_nll_loss(mean, codes, variance, full=True, reduction="none", eps=1e-12)
    return first, codes.shape[1] * math.log(2) - second.sum(1).mean()
    """)  # fmt: skip
INFO_LAST = "return of_category, codes.shape[1] * math.log(2) + log_density.sum(1).mean()"
it.wrong("swapped", {INFO_LAST: "return codes.shape[1] * math.log(2) + log_density.sum(1).mean(), of_category"},
         says="The two are swapped", point=True)  # fmt: skip
it.wrong("no H(c)", {"math.log(logits.shape[1]) - F": "-F"}, says="H(c) = log K is missing", point=True)
it.wrong("a loss", {"math.log(logits.shape[1]) - F.cross_entropy(logits, category)": "F.cross_entropy(logits, category)"},
         says="The first is a loss", point=True)  # fmt: skip
it.wrong("sign of the first", {"math.log(logits.shape[1]) - F.cross_entropy(logits, category)": (
    "F.cross_entropy(logits, category) - math.log(logits.shape[1])"
)}, says="The sign of the first is wrong", point=True)  # fmt: skip
it.wrong("sum over the batch", {"F.cross_entropy(logits, category)": 'F.cross_entropy(logits, category, reduction="sum")'},
         says="The first is the sum over the batch", point=True)  # fmt: skip
it.wrong(
    "no H of the numbers", {"codes.shape[1] * math.log(2) + ": ""}, says="H(c) is missing in the second", point=True
)
it.wrong("H once", {"codes.shape[1] * math.log(2)": "math.log(2)"}, says="H(c) is there once", point=True)
it.wrong("no constant", {" - 0.5 * math.log(2 * math.pi)": ""}, says="½ log 2π is missing", point=True)
it.wrong("averaged over the numbers", {INFO_LAST: "return of_category, math.log(2) + log_density.mean()"},
         says="averaged over the numbers", point=True)  # fmt: skip
it.wrong("log-variance", {"/ log_std.exp()) ** 2 - log_std": "/ (log_std / 2).exp()) ** 2 - log_std / 2"},
         says="the logarithm of the variance", point=True)  # fmt: skip
it.wrong("no half", {"-0.5 * ((codes": "-((codes"}, says="The ½ of the square is missing", point=True)
it.wrong("no log std", {" ** 2 - log_std - 0.5": " ** 2 - 0.5"}, says="The −log std is missing", point=True)
it.wrong("std for log std", {" ** 2 - log_std - 0.5": " ** 2 - log_std.exp() - 0.5"}, says="log_std is taken away as std",
         point=True)  # fmt: skip
it.wrong("not squared", {"((codes - mean) / log_std.exp()) ** 2": "(codes - mean) ** 2 / log_std.exp()"},
         says="The square is divided by std", point=True)  # fmt: skip
it.wrong("cut off", {"F.cross_entropy(logits, category)": "F.cross_entropy(logits.detach(), category)"},
         says="cut off from Q", point=True)  # fmt: skip
it.wrong("one number", {"return of_category, codes.shape[1]": "return of_category + codes.shape[1]"}, says="Return two numbers",
         point=True)  # fmt: skip

it.excused = {
    "`codes - mean` → `mean - codes`": "it is squared",
    "`log_density.sum(1)` → `log_density.sum(-1)`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fewest_labels")

it.earns("gold", "single linkage")
it.earns(
    "gold",
    "the widest chain",
    """
    d = torch.cdist(points, points)
    reach = d.topk(4, largest=False).values[:, 3].max() * 1.3
    left, labels = set(range(len(points))), torch.zeros(len(points), dtype=torch.long)
    while left:
        queue = [min(left)]
        label = int(ask(queue[0]))
        left.discard(queue[0])
        while queue:
            i = queue.pop()
            labels[i] = label
            for j in (d[i] < reach).nonzero().flatten().tolist():
                if j in left:
                    left.discard(j)
                    queue.append(j)
    return labels
    """,
)
it.earns(
    "gold",
    "DBSCAN",
    """
    from sklearn.cluster import DBSCAN

    d = torch.cdist(points, points)
    reach = float(d.topk(4, largest=False).values[:, 3].max()) * 1.3
    pieces = torch.from_numpy(DBSCAN(eps=reach, min_samples=1).fit(points.numpy()).labels_).long()
    labels = torch.zeros(len(points), dtype=torch.long)
    for piece in pieces.unique():
        here = (pieces == piece).nonzero().flatten()
        labels[here] = int(ask(int(here[0])))
    return labels
    """,
)
it.earns(
    "silver",
    "the middles of thirty clusters",
    """
    from sklearn.cluster import KMeans

    found = KMeans(30, n_init=4, random_state=0).fit(points.numpy())
    middles = torch.tensor(found.cluster_centers_).to(points)
    chosen = torch.cdist(middles, points).argmin(1).tolist()
    labels = torch.tensor([int(ask(i)) for i in chosen])
    return labels[torch.cdist(points, points[chosen]).argmin(1)]
    """,
)
it.earns(
    "bronze",
    "the farthest, sixty times",
    """
    d, chosen = torch.cdist(points, points), [0]
    while len(chosen) < 60:
        chosen.append(int(d[chosen].min(0).values.argmax()))
    labels = torch.tensor([int(ask(i)) for i in chosen])
    return labels[d[:, chosen].argmin(1)]
    """,
)
it.wrong("asks nothing", "return torch.zeros(len(points), dtype=torch.long)", says="After 0 labels")
it.wrong("asks all", "return torch.tensor([ask(i) for i in range(len(points))])", says="You ask for more than")
it.wrong("a few at random", """
    chosen = torch.randperm(len(points))[:9]
    labels = torch.tensor([int(ask(int(i))) for i in chosen])
    return labels[torch.cdist(points, points[chosen]).argmin(1)]
    """, says="97 % are to be reached")  # fmt: skip
it.wrong("eight centers", """
    from sklearn.cluster import KMeans

    found = KMeans(8, n_init=4, random_state=0).fit(points.numpy())
    middles = torch.tensor(found.cluster_centers_).to(points)
    labels = torch.tensor([int(ask(int(i))) for i in torch.cdist(middles, points).argmin(1)])
    return labels[torch.from_numpy(found.labels_).long()]
    """, says="97 % are to be reached")  # fmt: skip
it.wrong("the largest jump", {"(far[1:] / far[:-1] > 1.35).nonzero()[0]": "(far[1:] / far[:-1]).flip(0).argmax() * 0 + 8"},
         says="97 % are to be reached")  # fmt: skip
it.wrong(
    "asks about coordinates", "return torch.tensor([ask(p) for p in points])", says="takes the number of one point"
)
it.wrong("asks about what is not there", "ask(10**6)\nreturn torch.zeros(len(points))", says="points have the numbers")
it.wrong("one label", "return ask(0)", says="a label for each point")
it.wrong("asks later", """
    class Later:
        def __getitem__(self, i):
            return ask(i)

    return Later()
    """, says="should be numbers")  # fmt: skip
it.wrong("moves the points", """
    points.mul_(2)
    return torch.zeros(len(points))
    """, says="changes the points it is given")  # fmt: skip
