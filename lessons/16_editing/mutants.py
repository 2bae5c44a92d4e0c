"""Right and wrong answers to the exercises of lesson 16, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("projection_loss")

it.right("as in the lesson")
it.right("mse by F", """
    pixels = F.mse_loss(made, x, reduction="none").mean((1, 2, 3))
    return pixels + weight * F.mse_loss(features(made), features(x), reduction="none").mean(1)
    """)  # fmt: skip
it.right("one by one", """
    seen, wanted = features(made), features(x)
    rows = []
    for i in range(len(made)):
        rows.append(((made[i] - x[i]) ** 2).mean() + weight * ((seen[i] - wanted[i]) ** 2).mean())
    return torch.stack(rows)
    """)  # fmt: skip
it.right("norms", """
    pixels = (made - x).flatten(1)
    off = features(made) - features(x)
    return pixels.norm(dim=1) ** 2 / pixels.shape[1] + weight * off.norm(dim=1) ** 2 / off.shape[1]
    """)  # fmt: skip
PIXELS, SEEN = "(made - x).square().flatten(1).mean(1)", "(features(made) - features(x)).square().flatten(1).mean(1)"
it.wrong("no features", {"pixels + weight * seen": "pixels"}, says="The features' part is missing", point=True)
it.wrong("no pixels", {"pixels + weight * seen": "weight * seen"}, says="The pixels' part is missing", point=True)
it.wrong("no weight", {"weight * seen": "seen"}, says="The weight is missing", point=True)
it.wrong(
    "weight on pixels", {"pixels + weight * seen": "weight * pixels + seen"}, says="The weight belongs to", point=True
)
it.wrong("sums", {PIXELS: PIXELS.replace("mean", "sum"), SEEN: SEEN.replace("mean", "sum")},
         says="Squares are added up", point=True)  # fmt: skip
it.wrong("features' sum", {SEEN: SEEN.replace("mean", "sum")}, says="The features' squares are added up", point=True)
it.wrong("pixels' sum", {PIXELS: PIXELS.replace("mean", "sum")}, says="The pixels' squares are added up", point=True)
it.wrong("sizes", {PIXELS: PIXELS.replace("square", "abs")}, says="by the sizes of their differences", point=True)
it.wrong("sizes of both", {PIXELS: PIXELS.replace("square", "abs"), SEEN: SEEN.replace("square", "abs")},
         says="These are sizes of differences", point=True)  # fmt: skip
it.wrong("features of the difference", {SEEN: "features(made - x).square().flatten(1).mean(1)"},
         says="The features are taken of the difference", point=True)  # fmt: skip
it.wrong("one number", {"return pixels + weight * seen": "return (pixels + weight * seen).mean()"},
         says="One number for each pair", point=True)  # fmt: skip
it.wrong("mean for all", {"return pixels + weight * seen": "return (pixels + weight * seen).mean().expand(len(made))"},
         says="Both pairs get the mean", point=True)  # fmt: skip
it.wrong("weight within the square", {"weight * seen": "weight**2 * seen"}, says="The weight is squared", point=True)
it.wrong("cut off", {"features(made)": "features(made.detach())"}, says="Nothing comes back by the features")
it.wrong("numbers", {"return pixels + weight * seen": "return (pixels + weight * seen).detach()"},
         says="cut off from `made`")  # fmt: skip
it.wrong("roots", {PIXELS: "(made - x).flatten(1).norm(dim=1)", SEEN: "(features(made) - features(x)).norm(dim=1)"},
         says="The root is taken", point=True)  # fmt: skip
it.excused = {
    "`(made - x).square().flatten(1).mean(1)` → `(made - x).square().flatten(1).mean(-1)`": "the same dimension",
    "`(features(made) - features(x)).square().flatten(1).mean(1)` → `(features(made) - features(x)).square().flatten(1).mean(-1)`": "the same dimension",
    "`(features(made) - features(x)).square().flatten(1)` → `(features(made) - features(x)).square()`": "features have two dimensions already",
    "`(features(made) - features(x)).square().flatten(1)` → `(features(made) - features(x)).square().flatten(-1)`": "features have two dimensions already",
    "`(made - x).square()` → `(made - x).square_()`": "the difference is the answer's own",
    "`(features(made) - features(x)).square()` → `(features(made) - features(x)).square_()`": "the difference is the answer's own",
    "`(made - x).square` → `(x - made).square`": "its square is the same",
    "`features(made) - features(x)` → `features(x) - features(made)`": "its square is the same",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("search_z")

it.right("as in the lesson")
it.right("backward, and all that was seen", """
    modes = {part: part.training for part in G.modules()}
    asked = [p.requires_grad for p in G.parameters()]
    for part in G.modules():
        part.training = False
    for p in G.parameters():
        p.requires_grad_(False)
    z = torch.nn.Parameter(z.detach().clone())
    opt = torch.optim.Adam([z], lr=rate)
    points, heights = [], []
    for step in range(steps + 1):
        opt.zero_grad()
        losses = loss(G(z), z)
        points.append(z.detach().clone())
        heights.append(losses.detach().clone())
        losses.sum().backward()
        opt.step()
    for part, mode in modes.items():
        part.training = mode
    for p, mode in zip(G.parameters(), asked):
        p.requires_grad_(mode)
    heights = torch.stack(heights)
    least, which = heights.min(0)
    return torch.stack(points)[which, torch.arange(len(z))], least
    """)  # fmt: skip
it.right("a copy of G", """
    import copy
    G = copy.deepcopy(G).eval()
    current = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([current], lr=rate)
    with torch.no_grad():
        least = loss(G(current), current).clone()
    best = current.detach().clone()
    for _ in range(steps):
        opt.zero_grad()
        loss(G(current), current).sum().backward()
        opt.step()
        with torch.no_grad():
            now = loss(G(current), current)
            for i in range(len(now)):
                if now[i] < least[i]:
                    least[i], best[i] = now[i], current[i]
    return best, least
    """)  # fmt: skip
it.right("Adam by hand", """
    parts = [part for part in G.modules() if part.training]
    G.eval()
    z = z.detach().clone()
    m, v = torch.zeros_like(z), torch.zeros_like(z)
    best, least = z, None
    for t in range(1, steps + 2):
        leaf = z.clone().requires_grad_()
        losses = loss(G(leaf), leaf)
        (g,) = torch.autograd.grad(losses.sum(), leaf)
        losses = losses.detach()
        if least is None:
            best, least = z, losses
        best = torch.where((losses < least)[:, None], z, best)
        least = torch.minimum(least, losses)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        z = z - rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
    for part in parts:
        part.training = True
    return best, least
    """)  # fmt: skip
it.wrong(
    "the last", {"return best, least": "return z.detach(), losses.detach()"}, says="after the last step", point=True
)
it.wrong("best of the batch", {"better = losses.detach() < least": "better = (losses.detach().sum() < least.sum()).expand(len(z))"},
         says="For all rows the z of one step", point=True)  # fmt: skip
it.wrong("start not looked at", {"better = losses.detach() < least": "better = (losses.detach() < least) & (step > 0)"},
         says="The start is not looked at", point=True)  # fmt: skip
it.wrong("end not looked at", {"range(steps + 1)": "range(steps)", "if step < steps:": "if True:"},
         says="Where the last step leads is not", point=True)  # fmt: skip
it.wrong("largest", {"losses.detach() < least": "losses.detach() > least", "torch.inf,": "-torch.inf,"},
         says="of the largest loss", point=True)  # fmt: skip
it.wrong("training mode", {"G.eval()\n": ""}, says="G is asked in training mode", point=True)
it.wrong("left in eval", {"for part in training:\n    part.training = True": "pass"}, says="G's mode has changed")
it.wrong(
    "all in training",
    {"for part in training:\n    part.training = True": "G.train(bool(training))"},
    says="G's mode has changed",
)
it.wrong("plain descent", {"torch.optim.Adam": "torch.optim.SGD"}, says="plain gradient descent", point=True)
it.wrong("uphill", {"losses.sum(), z)": "-losses.sum(), z)"}, says="These are the starts", point=True)
it.wrong("another rate", {"lr=rate": "lr=0.1"}, says="which is not right", point=True)
it.wrong("shared memory", {"best = torch.where(better[:, None], z.detach(), best)": (
    "best[better] = z.detach()[better]"), "best, least = z.detach().clone(),": "best, least = z.detach(),"},
    says="inplace", point=True)  # fmt: skip
it.wrong("weights learn", {"torch.optim.Adam([z], lr=rate)": "torch.optim.Adam([z, *G.parameters()], lr=rate)",
                           "(z.grad,) = torch.autograd.grad(losses.sum(), z)": "opt.zero_grad()\nlosses.sum().backward()"},
         says="not right", point=True)  # fmt: skip
it.wrong(
    "frozen for ever", {"G.eval()\n": "G.eval().requires_grad_(False)\n"}, says="What of G can be trained has changed"
)
it.wrong("a graph", {"least = torch.where(better, losses.detach(), least)": "least = torch.where(better, losses, least)"},
         says="hangs on a graph")  # fmt: skip
it.wrong("z alone", {"return best, least": "return best"}, says="Return two tensors", point=True)
it.wrong("losses of the last", {"return best, least": "return best, losses.detach()"}, says="not right")
it.wrong("mean loss", {"return best, least": "return best, least.mean()"}, says="One for each row", point=True)
it.wrong("piled up", {"(z.grad,) = torch.autograd.grad(losses.sum(), z)": "losses.sum().backward()"},
         says="Gradients of the steps before", point=True)  # fmt: skip
it.excused = {
    "`if step < steps: …` → `z.grad, = torch.autograd.grad(losses.sum(), z)` `opt.step()`": "a step after the last look changes nothing",
    "`z.detach().clone()` → `z.detach()`": "`best` is never changed in place",
    "`torch.full((len(z),), torch.inf, dtype=z.dtype)` → `torch.inf`": "the first comparison makes a tensor of it",
    "`torch.full((len(z),), torch.inf, dtype=z.dtype)` → `torch.full((len(z),), torch.inf)`": "infinity in any precision",
    "`losses.detach() < least` → `losses.detach() <= least`": "at a tie either may be kept",
    "`step < steps` → `step <= steps`": "a step after the last look changes nothing",
    "`z.detach().clone()` → `z.detach()` (no. 2)": "`best` is never changed in place",
    "`steps + 1` → `steps + 2`": "the last place is looked at twice",
    "`losses.detach()` → `losses`": "a comparison has no gradient",
    "`losses.sum()` → `losses.mean()`": "Adam's steps do not depend on the loss's scale",
    "`z.detach()` → `z` (no. 3)": "the clone behind it",
    "`z.detach()` → `z.detach_()` (no. 3)": "the clone behind it",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("encoder_step")

it.right("as in the lesson")
it.right(
    "without a graph through G",
    {"E(G(z).detach())": "E(made)", "in_z = ": "with torch.no_grad():\n    made = G(z)\nin_z = "},
)
it.right("backward twice", """
    opt_E.zero_grad()
    in_z = F.mse_loss(E(G(z)), z)
    in_z.backward()
    in_x = loss(G(E(x)), x).mean()
    (weight * in_x).backward()
    opt_E.step()
    return float(in_z), float(in_x)
    """)  # fmt: skip
it.right("by autograd.grad", """
    said = E(x)
    in_x = loss(G(said), x).sum() / len(x)
    in_z = (E(G(z)) - z).pow(2).sum() / z.numel()
    total = in_z + weight * in_x
    for p, g in zip(E.parameters(), torch.autograd.grad(total, list(E.parameters()))):
        p.grad = g
    opt_E.step()
    return [in_z.item(), in_x.item()]
    """)  # fmt: skip
IN_Z, IN_X = "(E(G(z).detach()) - z).square().mean()", "loss(G(E(x)), x).mean()"
it.wrong(
    "cut off", {IN_X: "loss(G(E(x).detach()), x).mean()"}, says="Nothing comes back from the real pictures", point=True
)
it.wrong("G's pictures detached", {IN_X: "loss(G(E(x)).detach(), x).mean()"}, says="Nothing comes back", point=True)
it.wrong("x alone", {"in_z + weight * in_x": "weight * in_x"}, says="Only the real pictures teach", point=True)
it.wrong("z alone", {"in_z + weight * in_x": "in_z"}, says="Nothing comes back", point=True)
it.wrong("no weight", {"in_z + weight * in_x": "in_z + in_x"}, says="The weight is missing", point=True)
it.wrong("weight on z", {"in_z + weight * in_x": "weight * in_z + in_x"}, says="The weight belongs to", point=True)
it.wrong("summed", {IN_Z: IN_Z.replace("mean", "sum")}, says="The error in z is a sum", point=True)
it.wrong("rows", {IN_Z: IN_Z.replace(".mean()", ".sum(1).mean()")}, says="added up over a row", point=True)
it.wrong("sizes", {IN_Z: IN_Z.replace("square", "abs")}, says="one of sizes", point=True)
it.wrong("x summed", {IN_X: IN_X.replace("mean", "sum")}, says="The real pictures' losses are added up", point=True)
it.wrong(
    "pictures of samples",
    {IN_Z: "loss(G(E(G(z).detach())), G(z).detach()).mean()"},
    says="There z is known",
    point=True,
)
it.wrong("one batch", {f"in_z = {IN_Z}\nin_x = {IN_X}": (
    "both = E(torch.cat([G(z).detach(), x]))\nin_z = (both[: len(z)] - z).square().mean()\n"
    "in_x = loss(G(both[len(z) :]), x).mean()"
)}, says="in one batch", point=True)  # fmt: skip
it.wrong("stale", {"opt_E.zero_grad()\n": ""}, says="Gradients of the step before", point=True)
it.wrong("no step", {"opt_E.step()\n": ""}, says="E has not moved", point=True)
it.wrong("cleared late", {"(in_z + weight * in_x).backward()": "(in_z + weight * in_x).backward()\nopt_E.zero_grad()"},
         says="E has not moved", point=True)  # fmt: skip
it.wrong(
    "G moves",
    {"opt_E.step()": "opt_E.step()\nfor p in G.parameters():\n    p.data -= 0.1 * p.grad"},
    says="G has moved",
)
it.wrong("weighted", {"in_x.item()": "weight * in_x.item()"}, says="The second number has the weight in it")
it.wrong("swapped", {"in_z.item(), in_x.item()": "in_x.item(), in_z.item()"}, says="The error in z is told first")
it.wrong("one number", {"return in_z.item(), in_x.item()": "return in_z.item()"}, says="Return two numbers", point=True)
it.wrong("attached", {"in_z.item(), in_x.item()": "in_z, in_x"}, says="Return plain numbers", point=True)
it.wrong("evaluation mode", {"in_z = ": "E.eval()\nin_z = "}, says="not right", point=True)
it.excused = {
    "`(E(G(z).detach()) - z).square()` → `(E(G(z).detach()) - z).square_()`": "the difference is the answer's own",
    "`E(G(z).detach()) - z` → `z - E(G(z).detach())`": "its square is the same",
    "`G(z).detach()` → `G(z)`": "gradients in G do no harm: nobody steps along them",
    "`G(z).detach()` → `G(z).detach_()`": "the pictures are the answer's own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("hybrid_start")

it.right("as in the lesson")
it.right("one after the other", """
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval(), G.eval()
    with torch.no_grad():
        best = E(x)
        least = loss(G(best), x)
        for z in others:
            now = loss(G(z), x)
            best = torch.where((now < least)[:, None], z, best)
            least = torch.minimum(now, least)
    for part, mode in modes:
        part.training = mode
    return best.detach()
    """)  # fmt: skip
it.right("copies", """
    import copy
    E, G = copy.deepcopy(E).eval(), copy.deepcopy(G).eval()
    tried = torch.cat([E(x).detach()[None], others])
    far = loss(G(tried.flatten(0, 1)), x.repeat(len(tried), *[1] * (x.ndim - 1))).detach().reshape(len(tried), -1)
    return torch.stack([tried[far[:, i].argmin(), i] for i in range(len(x))])
    """)  # fmt: skip
BEST = "candidates[losses.argmin(0), torch.arange(len(x))]"
it.wrong("E alone", {f"return {BEST}": "return candidates[0]"}, says="E's z is taken for every picture", point=True)
it.wrong(
    "others alone",
    {BEST: "others[losses[1:].argmin(0), torch.arange(len(x))]"},
    says="E's z is never taken",
    point=True,
)
it.wrong(
    "one for all", {BEST: "candidates[losses.sum(1).argmin()]"}, says="For all pictures the same candidate", point=True
)
it.wrong("worst", {"argmin": "argmax"}, says="with the largest loss", point=True)
it.wrong("mean", {f"return {BEST}": "return candidates.mean(0)"}, says="the mean of the candidates", point=True)
it.wrong("E in training", {"E.eval()\n": ""}, says="E is asked in training mode", point=True)
it.wrong("G in training", {"G.eval()\n": ""}, says="G is asked in training mode", point=True)
it.wrong(
    "left in eval",
    {"for part in training:\n    part.training = True": "pass"},
    says="The mode of a network",
    point=True,
)
it.wrong("set as a whole", {"for part in training:\n    part.training = True": "E.train()\nG.train()"}, says="The mode of a network",
         point=True)  # fmt: skip
it.wrong("a graph", {"with torch.no_grad():": "if True:"}, says="hangs on a graph", point=True)
it.wrong("every candidate", {f"return {BEST}": "return candidates"}, says="One z for each picture", point=True)
it.wrong("frozen", {"E.eval()\n": "E.eval().requires_grad_(False)\n"}, says="no longer take gradients", point=True)
it.wrong(
    "the last at a tie", {"torch.cat([E(x)[None], others])": "torch.cat([others, E(x)[None]])"}, says="equally near"
)
it.excused = {
    "`(E, G)` → `(G, E)`": "the order of noting modes",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("direction_steps")

it.right("as in the lesson")
it.right("F and torch.outer", {
    "logits = z @ w + b\nreturn (F.softplus(logits) - y * logits).mean() + decay / 2 * w.square().sum()": (
        "return F.binary_cross_entropy_with_logits(z @ w + b, y) + 0.5 * decay * (w @ w)"
    ),
    "return z.T @ (torch.sigmoid(z @ w + b) - y) / len(y) + decay * w": (
        "off = torch.sigmoid(z @ w + b) - y\nreturn (off[:, None] * z).mean(0) + decay * w"
    ),
})  # fmt: skip
it.right("by logaddexp and norms", {
    "F.softplus(logits)": "torch.logaddexp(logits, torch.zeros_like(logits))",
    "return alpha * w.norm()": "return alpha * (w / w.norm()) @ w",
    "return alpha * (w / w.norm()) @ (other / other.norm())": "return alpha * F.cosine_similarity(w, other, dim=0)",
    "u = other / other.norm()\nrest = w - (w @ u) * u\n": "rest = w - (w @ other) / (other @ other) * other\n",
})  # fmt: skip
it.wrong("1: no decay", {" + decay / 2 * w.square().sum()": ""}, says="The decay's part is missing")
it.wrong("1: whole decay", {"decay / 2 * w.square": "decay * w.square"}, says="missing its ½")
it.wrong("1: a sum", {"y * logits).mean()": "y * logits).sum()"}, says="The losses are added up")
it.wrong("1: labels swapped", {"F.softplus(logits) - y": "F.softplus(logits) - (1 - y)"}, says="The labels are swapped")
it.wrong("1: overflow", {"F.softplus(logits)": "torch.log(1 + torch.exp(logits))"}, says="infinite")
it.wrong("1: no b", {"logits = z @ w + b": "logits = z @ w"}, says="b is missing")
it.wrong("1: norm", {"w.square().sum()": "w.norm()"}, says="The norm is not squared")
it.wrong("2: no 1/n", {"return (torch.sigmoid(z @ w + b) - y) / len(y)": "return torch.sigmoid(z @ w + b) - y"},
         says="The mean's 1/n is missing")  # fmt: skip
it.wrong("2: sign", {"return (torch.sigmoid(z @ w + b) - y) / len(y)": "return (y - torch.sigmoid(z @ w + b)) / len(y)"},
         says="The sign is the other way around")  # fmt: skip
it.wrong("2: logits", {"return (torch.sigmoid(z @ w + b) - y) / len(y)": "return (z @ w + b - y) / len(y)"},
         says="Take σ of the logits first")  # fmt: skip
it.wrong("3: no decay", {"/ len(y) + decay * w": "/ len(y)"}, says="The decay's part is missing", point=True)
it.wrong("3: half a decay", {"+ decay * w": "+ decay / 2 * w"}, says="half of what it is", point=True)
it.wrong("3: pulls away", {"+ decay * w": "- decay * w"}, says="it makes w longer", point=True)
it.wrong("3: no 1/n", {"/ len(y) + decay": "+ decay"}, says="The mean's 1/n is missing", point=True)
it.wrong("4: along w", {"alpha * w.norm()": "alpha * w.square().sum()"}, says="a step along w itself")
it.wrong("4: alpha", {"return alpha * w.norm()": "return alpha"}, says="how far z goes")
it.wrong("5: not unit vectors", {"alpha * (w / w.norm()) @ (other / other.norm())": "alpha * w @ other"},
         says="Neither direction is made a unit vector")  # fmt: skip
it.wrong("5: w a unit vector", {"(other / other.norm())": "other"}, says="`other` is not made a unit vector")
it.wrong("5: no alpha", {"alpha * (w / w.norm())": "(w / w.norm())"}, says="alpha is missing")
it.wrong(
    "6: the part",
    {"return rest / rest.norm()": "kept = w - rest\nreturn kept / kept.norm()"},
    says="Keep the rest",
    point=True,
)
it.wrong("6: length", {"return rest / rest.norm()": "return rest"}, says="Its length is not 1", point=True)
it.wrong(
    "6: other of any length", {"u = other / other.norm()": "u = other"}, says="`other` is not of length 1", point=True
)
it.wrong("6: added", {"w - (w @ u) * u": "w + (w @ u) * u"}, says="The part is added", point=True)
it.wrong("6: all of other", {"w - (w @ u) * u": "w - u"}, says="All of `other` is taken away", point=True)
it.wrong("6: the other one", {"u = other / other.norm()\nrest = w - (w @ u) * u": "u = w / w.norm()\nrest = other - (other @ u) * u"},
         says="`other` is changed", point=True)  # fmt: skip
it.excused = {
    "`torch.empty(0)` → `0`": "what stands for nothing is never used",
    "`torch.empty(0)` → `torch.empty(1)`": "what stands for nothing is never used",
    "`if step == 6: …` → `u = other / other.norm()` `rest = w - w @ u * u` `return rest / rest.norm()`": "nobody asks for a seventh step",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "nobody asks for a seventh step",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "nor for its error",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "nor for its error",
    "`alpha * (w / w.norm()) @ (other / other.norm())` → `other / other.norm() @ (alpha * (w / w.norm()))`": "an inner product has no order",
    "`w @ u * u` → `u @ w * u`": "an inner product has no order",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("find_direction")

it.right("as in the lesson")
it.right("L-BFGS", """
    y = labels.double()
    if y.min() == y.max():
        raise ValueError("nothing to tell apart")
    z = z.double()
    w, b = torch.zeros(z.shape[1]).double().requires_grad_(), torch.zeros(1).double().requires_grad_()
    opt = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        loss = F.binary_cross_entropy_with_logits(z @ w + b, y) + decay / 2 * w.square().sum()
        loss.backward()
        return loss

    opt.step(closure)
    return (w / w.norm()).detach()
    """)  # fmt: skip
it.right("Newton", """
    y = labels.to(z.dtype)
    if len(set(y.tolist())) < 2:
        raise ValueError("one kind only")
    rows = torch.cat([z, torch.ones_like(z[:, :1])], 1)
    pull = torch.full((rows.shape[1],), float(decay), dtype=z.dtype)
    pull[-1] = 0
    theta = torch.zeros_like(pull)
    for _ in range(25):
        p = torch.sigmoid(rows @ theta)
        slope = rows.T @ (p - y) / len(y) + pull * theta
        theta = theta - torch.linalg.solve((rows.T * (p * (1 - p))) @ rows / len(y) + torch.diag(pull), slope)
    return F.normalize(theta[:-1], dim=0)
    """)  # fmt: skip
it.right("scikit-learn", """
    from sklearn.linear_model import LogisticRegression
    y = labels.int().numpy()
    if y.min() == y.max():
        raise ValueError("alike")
    w = LogisticRegression(C=1 / (decay * len(y)), tol=1e-8, max_iter=1000).fit(z.numpy(), y).coef_[0]
    w = torch.from_numpy(w).to(z.dtype)
    return w / w.norm()
    """)  # fmt: skip
it.wrong("difference of means", """
    if (labels == labels[0]).all():
        raise ValueError("alike")
    w = z[labels > 0.5].mean(0) - z[labels < 0.5].mean(0) if labels.dtype != torch.bool else z[labels].mean(0) - z[~labels].mean(0)
    return w / w.norm()
    """, says="the difference of the two kinds' means", point=True)  # fmt: skip
it.wrong("no bias", {"b - slope.sum()": "0.0"}, says="It has no bias", point=True)
it.wrong("no decay", {"z.T @ slope + decay * w": "z.T @ slope"}, says="cosine", point=True)
it.wrong(
    "ten steps",
    {"range(400)": "range(5)", "b - slope.sum()": "0.0"},
    says="It has stopped after a few steps",
    point=True,
)
it.wrong("one step", {"range(400)": "range(1)"}, says="the gradient's first step", point=True)
it.wrong("other way", {"return w / w.norm()": "return -w / w.norm()"}, says="It points the other way", point=True)
it.wrong("any length", {"return w / w.norm()": "return w"}, says="the direction's length is")
it.wrong("squared error", """
    y = labels.to(z.dtype)
    if (y == y[0]).all():
        raise ValueError("alike")
    w = torch.linalg.lstsq(z - z.mean(0), (y - y.mean())[:, None]).solution[:, 0]
    return w / w.norm()
    """, says="what a squared error leads to", point=True)  # fmt: skip
it.wrong(
    "nothing said",
    {'if (y == y[0]).all():\n    raise ValueError("all labels are alike")': "pass"},
    says="nothing is said",
)
it.wrong(
    "another error", {'raise ValueError("all labels are alike")': 'assert False, "alike"'}, says="not with a ValueError"
)
it.wrong("b decays", {"b - slope.sum()": "b - slope.sum() - 5 * decay * b"}, says="cosine", point=True)
it.wrong(
    "uphill",
    {"w - (z.T @ slope + decay * w)": "w + (z.T @ slope - decay * w)"},
    says="cosine",
    point=True,
)
it.wrong(
    "a matrix", {"return w / w.norm()": "return (w / w.norm())[None]"}, says="One number for each of z's", point=True
)
it.excused = {
    "`ValueError('all labels are alike')` → `ValueError()`": "its words are up to the student",
    "`torch.zeros(z.shape[1], dtype=z.dtype)` → `torch.ones(z.shape[1], dtype=z.dtype)`": "the loss is convex: any start will do",
    "`range(400)` → `range(399)`": "it has arrived long before",
    "`range(400)` → `range(401)`": "it has arrived long before",
    "`y == y[0]` → `y == y[-1]`": "if all are alike they are like any of them",
    "`y == y[0]` → `y == y[1]`": "if all are alike they are like any of them",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("hold")

it.right("as in the lesson")
it.right("by singular vectors", """
    _, sizes, basis = torch.linalg.svd(others, full_matrices=False)
    basis = basis[sizes > 1e-5 * sizes.max()]
    rest = direction - basis.T @ (basis @ direction)
    if rest.norm() < 1e-3 * direction.norm():
        raise ValueError("nothing left")
    return rest / rest.norm()
    """)  # fmt: skip
it.right("least squares", """
    mixture = torch.linalg.lstsq(others.T, direction[:, None], driver="gelsd").solution[:, 0]
    rest = direction - others.T @ mixture
    if rest.norm() < 1e-3 * direction.norm():
        raise ValueError("nothing left")
    return F.normalize(rest, dim=0)
    """)  # fmt: skip
it.right("Gram and Schmidt", """
    basis = []
    for row in others.double():
        left = row
        for u in basis:
            left = left - (left @ u) * u
        for u in basis:
            left = left - (left @ u) * u
        if left.norm() > 1e-5 * row.norm() and row.norm() > 0:
            basis.append(left / left.norm())
    rest = direction.double()
    for u in basis:
        rest = rest - (rest @ u) * u
    if rest.norm() < 1e-3 * direction.norm():
        raise ValueError("nothing left")
    return (rest / rest.norm()).to(direction.dtype)
    """)  # fmt: skip
REST = "rest = direction - torch.linalg.pinv(others) @ (others @ direction)"
it.wrong("one after the other", {REST: (
    "rest = direction.clone()\nfor row in others:\n    if row.norm() > 0:\n        u = row / row.norm()\n        rest = rest - (rest @ u) * u"
)}, says="One after the other is not enough", point=True)  # fmt: skip
it.wrong("each from the whole", {REST: (
    "u = F.normalize(others, dim=1)\nrest = direction - u.T @ (u @ direction)"
)}, says="that is taken twice", point=True)  # fmt: skip
it.wrong("not unit vectors", {REST: "rest = direction - others.T @ (others @ direction)"}, says="The rows are not of length 1",
         point=True)  # fmt: skip
it.wrong("first alone", {REST: "u = F.normalize(others[0], dim=0)\nrest = direction - (direction @ u) * u"},
         says="Only the first row is held", point=True)  # fmt: skip
it.wrong("last alone", {REST: "u = F.normalize(others[-1], dim=0)\nrest = direction - (direction @ u) * u"},
         says="Only the last row is held", point=True)  # fmt: skip
it.wrong("the mean", {REST: (
    "u = F.normalize(F.normalize(others, dim=1).mean(0), dim=0)\nrest = direction - (direction @ u) * u"
)}, says="Only the rows' mean is held", point=True)  # fmt: skip
it.wrong(
    "the part",
    {REST: "rest = torch.linalg.pinv(others) @ (others @ direction)"},
    says="the part in the rows' space",
    point=True,
)
it.wrong("nothing", {REST: "rest = direction"}, says="Nothing is taken away", point=True)
it.wrong("any length", {"return rest / rest.norm()": "return rest"}, says="Its length is not 1", point=True)
it.wrong(
    "sign", {"return rest / rest.norm()": "return -rest / rest.norm()"}, says="The sign is the other way", point=True
)
it.wrong("rows must be independent", {REST: (
    "rest = direction - others.T @ torch.linalg.solve(others @ others.T, others @ direction)"
)}, says="rows")  # fmt: skip
it.wrong("nothing said", {"if rest.norm() < 1e-3 * direction.norm():\n    raise ValueError(\"nothing is left of this direction\")": "pass"},
         says="nothing is said")  # fmt: skip
it.wrong("by its own length", {"1e-3 * direction.norm()": "1e-3"}, says="nothing is left of this direction")
it.wrong("zeros", {'raise ValueError("nothing is left of this direction")': "return 0 * rest"}, says="nothing is said")
it.excused = {
    "`rest.norm() < 0.001 * direction.norm()` → `rest.norm() <= 0.001 * direction.norm()`": "exactly a thousandth does not occur",
    "`ValueError('nothing is left of this direction')` → `ValueError()`": "its words are up to the student",
    "`0.001 * direction.norm()` → `0.002 * direction.norm()`": "the text says next to nothing: what is tested is rounding",
    "`0.001 * direction.norm()` → `0.0005 * direction.norm()`": "the text says next to nothing: what is tested is rounding",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("edit_loss")

it.right("as in the lesson")
it.right("by diff", {
    "here = bright[:, :, :-1, :-1]\nright, down = bright[:, :, :-1, 1:] - here, bright[:, :, 1:, :-1] - here\n": (
        "right, down = bright.diff(dim=3)[:, :, :-1], bright.diff(dim=2)[..., :-1]\n"
    ),
    "return total / weight.clamp(min=1e-8)": "return torch.where(weight > 0, total / weight.clamp(min=1e-30), 0 * total)",
})  # fmt: skip
it.right("picture by picture", {
    "total = (mask * (values - wanted).square()).flatten(1).sum(1)\nweight = values.shape[1] * mask.flatten(1).sum(1)\n"
    "return total / weight.clamp(min=1e-8)": (
        "rows = []\nfor v, t, m in zip(values, wanted, mask):\n    m = m.expand_as(v)\n"
        "    rows.append((m * (v - t) ** 2).sum() / m.sum() if m.sum() > 0 else (0 * v).sum())\nreturn torch.stack(rows)"
    ),
    "(z - z0).square().sum(1)": "((z - z0) ** 2).flatten(1).sum(1)",
})  # fmt: skip
LINES = "(right.square() + down.square() + 1e-4).sqrt()"
it.wrong("edges: sizes", {LINES: "right.abs() + down.abs()"}, says="The sizes of both slopes", point=True)
it.wrong("edges: no root", {LINES: "right.square() + down.square() + 1e-4"}, says="The root is missing", point=True)
it.wrong("edges: no small number", {" + 1e-4": ""}, says="NaN")
it.wrong(
    "edges: to the right",
    {"right.square() + down.square()": "right.square()"},
    says="The slope downward is missing",
    point=True,
)
it.wrong("edges: first channel", {"x.mean(1, keepdim=True)": "x[:, :1]"}, says="Only the first channel", point=True)
it.wrong(
    "edges: sum of channels",
    {"x.mean(1, keepdim=True)": "x.sum(1, keepdim=True)"},
    says="Brightness is the sum",
    point=True,
)
it.wrong("edges: each channel", {"x.mean(1, keepdim=True)": "x"}, says="shape", point=True)
it.wrong(
    "within: no mean", {"return total / weight.clamp(min=1e-8)": "return total"}, says="is asked as a mean", point=True
)
it.wrong("within: channels", {"values.shape[1] * mask": "mask"}, says="divided by the mask's sum alone", point=True)
it.wrong("within: all places", {"return total / weight.clamp(min=1e-8)": "return (mask * (values - wanted).square()).flatten(1).mean(1)"},
         says="divided by all places", point=True)  # fmt: skip
it.wrong("within: mask squared", {"mask * (values - wanted).square()": "(mask * (values - wanted)).square()"},
         says="The mask is squared", point=True)  # fmt: skip
it.wrong("within: no mask", {"return total / weight.clamp(min=1e-8)": "return (values - wanted).square().flatten(1).mean(1)"},
         says="The mask is left out", point=True)  # fmt: skip
it.wrong("within: NaN", {"weight.clamp(min=1e-8)": "weight"}, says="NaN", point=True)
it.wrong("within: whole batch", {"weight = values.shape[1] * mask.flatten(1).sum(1)": "weight = values.shape[1] * mask.sum()"},
         says="The weights of the whole batch", point=True)  # fmt: skip
it.wrong("within: sizes", {"(values - wanted).square()": "(values - wanted).abs()"}, says="These are sizes", point=True)
it.wrong(
    "wishes: no smoothness", {" + weights[1] * (z - z0).square().sum(1)": ""}, says="smoothness is missing", point=True
)
it.wrong(
    "wishes: mean", {"(z - z0).square().sum(1)": "(z - z0).square().mean(1)"}, says="here it is their mean", point=True
)
it.wrong("wishes: near zero", {"(z - z0).square()": "z.square()"}, says="z is kept near 0", point=True)
it.wrong(
    "wishes: norm", {"(z - z0).square().sum(1)": "(z - z0).norm(dim=1)"}, says="the root. Take its square", point=True
)
it.wrong("wishes: weights swapped", {"weights[0] * lines + weights[1] *": "weights[1] * lines + weights[0] *"},
         says="The two weights are swapped", point=True)  # fmt: skip
it.wrong("wishes: no edges", {"+ weights[0] * lines ": ""}, says="The edges' term is missing", point=True)
it.wrong(
    "wishes: batch", {"(z - z0).square().sum(1)": "(z - z0).square().sum()"}, says="added up over the batch", point=True
)
it.wrong("wishes: cut off", {"colors = within(made, color, brushed)": "made = made.detach()\ncolors = within(made, color, brushed)"},
         says="No gradient reaches")  # fmt: skip
it.excused = {
    "`(bright[:, :, :-1, 1:] - here, bright[:, :, 1:, :-1] - here)` → `(bright[:, :, 1:, :-1] - here, bright[:, :, :-1, 1:] - here)`": "both are squared and added",
    "`(right.square() + down.square() + 0.0001).sqrt()` → `(right.square() + down.square() + 0.0001).sqrt_()`": "the sum is the answer's own",
    "`within(made, color, brushed)` → `within(color, made, brushed)`": "its square is the same",
    "`within(edges(made), strength, drawn)` → `within(strength, edges(made), drawn)`": "its square is the same",
    "`bright[:, :, :-1, 1:] - here` → `here - bright[:, :, :-1, 1:]`": "its square is the same",
    "`bright[:, :, 1:, :-1] - here` → `here - bright[:, :, 1:, :-1]`": "its square is the same",
    "`(mask * (values - wanted).square()).flatten(1).sum(1)` → `(mask * (values - wanted).square()).flatten(1).sum(-1)`": "the same dimension",
    "`weight.clamp(min=1e-08)` → `weight.clamp_(min=1e-08)`": "the sum is the answer's own",
    "`mask.flatten(1).sum(1)` → `mask.flatten(1).sum(-1)`": "the same dimension",
    "`min=1e-08` → `min=2e-08`": "any tiny number",
    "`min=1e-08` → `min=5e-09`": "any tiny number",
    "`(z - z0).square().sum(1)` → `(z - z0).square().sum(-1)`": "the same dimension",
    "`right.square()` → `right.square_()`": "the slope is the answer's own",
    "`down.square()` → `down.square_()`": "the slope is the answer's own",
    "`(z - z0).square()` → `(z - z0).square_()`": "the difference is the answer's own",
    "`(values - wanted).square()` → `(values - wanted).square_()`": "the difference is the answer's own",
    "`(z - z0).square` → `(z0 - z).square`": "its square is the same",
    "`values - wanted` → `wanted - values`": "its square is the same",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("edit_transfer")

it.right("as in the lesson")
it.right("corners aligned", {
    "x = (2 * (columns + flow[:, 0]) + 1) / width - 1": "x = 2 * (columns + flow[:, 0]) / (width - 1) - 1",
    "y = (2 * (rows + flow[:, 1]) + 1) / height - 1": "y = 2 * (rows + flow[:, 1]) / (height - 1) - 1",
    "align_corners=False": "align_corners=True",
})  # fmt: skip
it.right("four corners by hand", {
    "height, width = pictures.shape[2:]\nrows = torch.arange(height, dtype=flow.dtype)[:, None]\n"
    "columns = torch.arange(width, dtype=flow.dtype)\nx = (2 * (columns + flow[:, 0]) + 1) / width - 1\n"
    "y = (2 * (rows + flow[:, 1]) + 1) / height - 1\n"
    'return F.grid_sample(pictures, torch.stack([x, y], 3), padding_mode="border", align_corners=False)': (
        "n, c, h, w = pictures.shape\n"
        "y = (torch.arange(h)[:, None] + flow[:, 1]).clamp(0, h - 1)\n"
        "x = (torch.arange(w) + flow[:, 0]).clamp(0, w - 1)\n"
        "top, left = y.floor().long().clamp(max=h - 2), x.floor().long().clamp(max=w - 2)\n"
        "t, s = (y - top)[:, None], (x - left)[:, None]\n"
        "flat = pictures.flatten(2)\n"
        "def at(i, j):\n"
        "    return flat.gather(2, (i * w + j).flatten(1)[:, None].expand(-1, c, -1)).reshape(n, c, h, w)\n"
        "upper = (1 - s) * at(top, left) + s * at(top, left + 1)\n"
        "lower = (1 - s) * at(top + 1, left) + s * at(top + 1, left + 1)\n"
        "return (1 - t) * upper + t * lower"
    ),
    "torch.lerp(original, edited, mask)": "original * (1 - mask) + mask * edited",
})  # fmt: skip
it.wrong("swapped", {"torch.stack([x, y], 3)": "torch.stack([y, x], 3)"}, says="not right", point=True)
it.wrong("channels swapped", {"columns + flow[:, 0]": "columns + flow[:, 1]", "rows + flow[:, 1]": "rows + flow[:, 0]"},
         says="Right and down are swapped", point=True)  # fmt: skip
it.wrong(
    "backward",
    {"columns + flow": "columns - flow", "rows + flow": "rows - flow"},
    says="It goes the other way",
    point=True,
)
it.wrong("corners", {"align_corners=False": "align_corners=True"}, says="The coordinates do not fit", point=True)
it.wrong(
    "nearest",
    {"align_corners=False)": 'align_corners=False, mode="nearest")'},
    says="The nearest pixel is taken",
    point=True,
)
it.wrong("black outside", {'padding_mode="border", ': ""}, says="Outside of the picture there is black", point=True)
it.wrong(
    "still",
    {"return F.grid_sample(": "return pictures if True else F.grid_sample("},
    says="The flow does nothing",
    point=True,
)
EDITED = "(warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)"
it.wrong("no motion", {EDITED: "(original + after - before).clamp(-1, 1)"}, says="The flow is not used", point=True)
it.wrong("motion alone", {EDITED: "warp(original, flow)"}, says="By motion alone", point=True)
it.wrong("before unwarped", {"warp(before, flow)": "before"}, says="`before` is to be warped, too", point=True)
it.wrong("original unmoved", {"(warp(original, flow) +": "(original +"}, says="The original is not warped", point=True)
it.wrong("the edit itself", {EDITED: "after"}, says="That is G's edit itself", point=True)
it.wrong(
    "no mask", {"return torch.lerp(original, edited, mask)": "return edited"}, says="The mask is not used", point=True
)
it.wrong("mask around", {"torch.lerp(original, edited, mask)": "torch.lerp(edited, original, mask)"}, says="the wrong way around",
         point=True)  # fmt: skip
it.wrong("unclamped", {".clamp(-1, 1)": ""}, says="not clamped", point=True)
it.wrong(
    "sign", {"+ after - warp(before, flow)": "- after + warp(before, flow)"}, says="has the wrong sign", point=True
)
it.wrong("hard mask", {"edited, mask)": "edited, (mask > 0).to(mask.dtype))"}, says="the mask mixes", point=True)
it.excused = {
    "`flow[:, 1]` → `flow[:, -1]`": "of two the second is the last",
    "`torch.arange(width, dtype=flow.dtype)` → `torch.arange(width)`": "whole numbers and flow make the flow's type",
    "`torch.arange(height, dtype=flow.dtype)` → `torch.arange(height)`": "whole numbers and flow make the flow's type",
    "`F.grid_sample(pictures, torch.stack([x, y], 3), padding_mode='border', align_corners=False)` → `F.grid_sample(pictures, torch.stack([x, y], 3), padding_mode='border')`": "False is what torch takes unasked",
    "`(warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)` → `(warp(original, flow) + after - warp(before, flow)).clamp_(-1, 1)`": "the sum is the answer's own",
    "`pictures.shape[2:]` → `pictures.shape[-2:]`": "pictures have four dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("change_one")

it.earns("gold", "Broyden's update")
it.earns(
    "gold", "the same matrix again and again", {"J = J + torch.outer(then - now - J @ s, s) / s.square().sum()\n": ""}
)
it.earns("gold", "smaller first steps", {"0.3 * torch.eye": "0.05 * torch.eye", "/ 0.3": "/ 0.05"})
it.earns("silver", "slopes anew at each step", """
    z, wish = z0.clone(), None
    for _ in range(4):
        at = torch.tensor(look(torch.cat([z[None], z + 0.1 * torch.eye(12, dtype=z.dtype)])), dtype=z.dtype)
        if wish is None:
            wish = at[0].clone()
            wish[0] += 1
        if (wish - at[0]).abs().max() < 0.03:
            break
        J = (at[1:] - at[0]).T / 0.1
        s = torch.linalg.lstsq(J, (wish - at[0])[:, None], driver="gelsd").solution[:, 0]
        z = z + s * min(1.0, 2 / float(s.norm()))
    return z
    """)  # fmt: skip
it.earns("bronze", "tries at random", """
    start = torch.tensor(look(z0[None]), dtype=z0.dtype)[0]
    wish = start.clone()
    wish[0] += 1
    z, least, size = z0.clone(), 1.0, 0.5
    for _ in range(60):
        tried = z + size * torch.randn(40, 12, dtype=z.dtype)
        off = (torch.tensor(look(tried), dtype=z.dtype) - wish).abs().amax(1)
        if off.min() < least:
            z, least = tried[off.argmin()], float(off.min())
        else:
            size *= 0.7
        if least < 0.04:
            break
    return z
    """)  # fmt: skip
it.wrong("stays", "return z0", says="is off by 1.00")
it.wrong("one straight step", """
    look(z0[None])
    return z0 + torch.randn(12, dtype=z0.dtype)
    """, says="furthest off")  # fmt: skip
it.wrong("raises it, and holds nothing", """
    at = torch.tensor(look(torch.cat([z0[None], z0 + 0.1 * torch.eye(12, dtype=z0.dtype)])), dtype=z0.dtype)
    slope = (at[1:, 0] - at[0, 0]) / 0.1
    return z0 + slope / slope.square().sum()
    """, says="furthest off")  # fmt: skip
it.wrong("looks without end", """
    while True:
        look(torch.randn(500, 12, dtype=z0.dtype))
    """, says="You have more than")  # fmt: skip
it.wrong("a row", "return z0[None]", says="One z of 12 numbers")
it.wrong("eleven", "return torch.tensor(look(torch.zeros(3, 11)))", says="takes z of shape")
it.wrong("a list", "return look([[0.0] * 12])", says="a tensor")
it.wrong("the wrong factor", {"wish[0] += 1": "wish[1] += 1"}, says="furthest off")
it.wrong("lowers it", {"wish[0] += 1": "wish[0] -= 1"}, says="furthest off")
it.wrong("far away", {"return z": "return z + 100 * torch.linalg.svd(J)[2][-1]"}, says="away")
