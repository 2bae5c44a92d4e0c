"""Right and wrong answers to the exercises of lesson 12, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("sentence_words")

it.right("as in the lesson")
FOUND = 'return re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())'
it.right("pieces without hyphens at their ends", {FOUND: (
    'pieces = re.split(r"[^a-z-]+|--+", sentence.lower())\n'
    'return [w for w in (p.strip("-") for p in pieces) if w]'
)})  # fmt: skip
it.right("letter by letter", {FOUND: (
    'words, now, low = [], "", sentence.lower() + " "\n'
    'abc = "abcdefghijklmnopqrstuvwxyz"\n'
    "for a, b in zip(low, low[1:] + ' '):\n"
    "    if a in abc or (a == '-' and now and now[-1] != '-' and b in abc):\n"
    "        now += a\n"
    "    elif now:\n"
    "        words.append(now)\n"
    '        now = ""\n'
    "return words"
)})  # fmt: skip
it.right("by an iterator", {FOUND: (
    'return [m.group() for m in re.finditer(r"[a-z]+(-[a-z]+)*", sentence.lower())]'
)})  # fmt: skip
it.wrong("split", {FOUND: "return sentence.lower().split()"}, says="Punctuation stays at the words", point=True)
it.wrong("capitals", {FOUND: 'return re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", sentence)'}, says="capitals", point=True)
it.wrong("a set", {FOUND: 'return list(dict.fromkeys(re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())))'},
         says="Each word comes once", point=True)  # fmt: skip
it.wrong("sorted", {FOUND: 'return sorted(re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower()))'},
         says="The words are sorted", point=True)  # fmt: skip
it.wrong("no hyphens", {"(?:-[a-z]+)*": ""}, says="hyphen parts a word")
it.wrong("all hyphens", {"[a-z]+(?:-[a-z]+)*": "[a-z-]+"}, says="belongs to no word")
it.wrong("hyphens dropped", {"sentence.lower()": "sentence.lower().replace('-', '')"}, says="hyphen is lost")
it.wrong("several hyphens", {"(?:-[a-z]+)*": "(?:-+[a-z]+)*"}, says="Two hyphens")
it.wrong("word signs", {"[a-z]+(?:-[a-z]+)*": r"\\w+(?:-\\w+)*"}, says="expected")
it.wrong("letters", {"[a-z]+(?:-[a-z]+)*": "[a-z]"}, says="Letters come", point=True)
it.wrong("two letters at least", {"[a-z]+(?": "[a-z][a-z]+(?"}, says="one letter", point=True)
it.wrong("apostrophes", {"[a-z]+(?:-[a-z]+)*": "[a-z]+(?:[-'][a-z]+)*"}, says="expected")

# ---------------------------------------------------------------------------------------------

it = answers.to("vocabulary_of")

it.right("as in the lesson")
COUNTED = "counts = Counter(word for words in lists for word in words)"
it.right("by a dictionary", {COUNTED: (
    "counts = {}\nfor words in lists:\n    for word in words:\n        counts[word] = counts.get(word, 0) + 1"
)})  # fmt: skip
it.right("by a joined list", {COUNTED: "counts = Counter(sum(lists, []))"})
it.right("by adding counters", {COUNTED: "counts = sum(map(Counter, lists), Counter())"})
RETURNED = 'return ["<pad>", "<unk>", *sorted(word for word, n in counts.items() if n >= least)]'
it.wrong("without its own", {'"<pad>", "<unk>", ': ""}, says="two of its own are missing", point=True)
it.wrong("swapped", {'"<pad>", "<unk>"': '"<unk>", "<pad>"'}, says="<pad> comes first", point=True)
it.wrong("at the end", {RETURNED: (
    'return [*sorted(word for word, n in counts.items() if n >= least), "<pad>", "<unk>"]'
)}, says="come first, not last", point=True)  # fmt: skip
it.wrong("all words", {" if n >= least": ""}, says="All words are taken", point=True)
it.wrong("more than", {"n >= least": "n > least"}, says="not more than", point=True)
it.wrong("by count", {"sorted(word for word, n in counts.items() if n >= least)": (
    "sorted((word for word, n in counts.items() if n >= least), key=lambda w: (-counts[w], w))"
)}, says="how often they occur", point=True)  # fmt: skip
it.wrong("as they come", {"*sorted(word for word, n in counts.items() if n >= least)": (
    "*[word for word, n in counts.items() if n >= least]"
)}, says="Alphabetical", point=True)  # fmt: skip
it.wrong("by sentence", {"for word in words)": "for word in set(words))"}, says="least = 3", point=True)
it.wrong("all by default", {"least=2": "least=1"}, says="`least` is 2")
it.wrong("three by default", {"least=2": "least=3"}, says="`least` is 2, not 3")
it.wrong("a tuple", {RETURNED: (
    'return ("<pad>", "<unk>", *sorted(word for word, n in counts.items() if n >= least))'
)}, says="should be a list", point=True)  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("as_numbers")

it.right("as in the lesson")
FILLED = (
    "for row, words in enumerate(lists):\n"
    "    for k, word in enumerate(words[:length]):\n"
    "        numbers[row, k] = place.get(word, 1)\n"
    "        there[row, k] = True\n"
    "return numbers, there"
)
it.right("row by row", {FILLED: (
    "for row, words in enumerate(lists):\n"
    "    found = [place.get(word, 1) for word in words[:length]]\n"
    "    numbers[row, : len(found)] = torch.tensor(found, dtype=torch.long)\n"
    "    there[row, : len(found)] = True\n"
    "return numbers, there"
)})  # fmt: skip
it.right("padded lists", {FILLED: (
    "for row, words in enumerate(lists):\n"
    '    padded = (list(words) + ["<pad>"] * length)[:length]\n'
    "    numbers[row] = torch.tensor([place.get(word, 1) for word in padded], dtype=torch.long)\n"
    "    there[row] = torch.arange(length) < len(words)\n"
    "return numbers, there"
)})  # fmt: skip
it.right("the mask from the numbers", {FILLED: (
    "for row, words in enumerate(lists):\n"
    "    for k, word in enumerate(words[:length]):\n"
    "        numbers[row, k] = vocabulary.index(word) if word in vocabulary else 1\n"
    "return numbers, numbers != 0"
)})  # fmt: skip
it.wrong("left out", {"for k, word in enumerate(words[:length]):": (
    "for k, word in enumerate([w for w in words if w in place][:length]):"
)}, says="left out", point=True)  # fmt: skip
it.wrong("unknown as padding", {"place.get(word, 1)": "place.get(word, 0)"}, says="padding's number", point=True)
it.wrong("padded with unknown", {"torch.zeros(len(lists), length, dtype=torch.long)": (
    "torch.ones(len(lists), length, dtype=torch.long)"
)}, says="not <unk>'s", point=True)  # fmt: skip
it.wrong("the last words", {"words[:length]": "words[-length:]"}, says="keeps its first words", point=True)
it.wrong("padding in front", {"numbers[row, k]": "numbers[row, k + length - len(words[:length])]"},
         says="padding behind", point=True)  # fmt: skip
it.wrong("mask inverted", {"return numbers, there": "return numbers, ~there"}, says="other way around", point=True)
it.wrong("unknown is no word", {"there[row, k] = True": "there[row, k] = word in place"}, says="An unknown word is a word",
         point=True)  # fmt: skip
it.wrong("all there", {"torch.zeros(len(lists), length, dtype=torch.bool)": (
    "torch.ones(len(lists), length, dtype=torch.bool)"
)}, says="Padding is no word", point=True)  # fmt: skip
it.wrong("numbers alone", {"return numbers, there": "return numbers"}, says="two tensors", point=True)
it.wrong("floats", {"dtype=torch.long": "dtype=torch.float"}, says="whole numbers")
it.wrong("mask of numbers", {"dtype=torch.bool": "dtype=torch.long"}, says="truth values")
it.wrong("one too large", {"for k, word in enumerate(vocabulary)": "for k, word in enumerate(vocabulary, 1)"},
         says="expected", point=True)  # fmt: skip
it.wrong("stops at an unknown word", {"place.get(word, 1)": "place[word]"}, says="KeyError", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("last_word")

it.right("as in the lesson")
LAST = (
    "place = (there.sum(1) - 1).clamp(min=0)\n"
    "return states[torch.arange(len(states)), place] * there.any(1, keepdim=True)"
)
it.right("a weight for each place", {LAST: (
    "last = there & ~torch.cat([there[:, 1:], torch.zeros_like(there[:, :1])], 1)\n"
    "return torch.where(last[:, :, None], states, 0 * states).sum(1)"
)})  # fmt: skip
it.right("gather", {LAST: (
    "place = (there.sum(1) - 1).clamp(min=0)\n"
    "found = states.gather(1, place[:, None, None].expand(-1, 1, states.shape[2]))[:, 0]\n"
    "return torch.where(there.any(1)[:, None], found, torch.zeros_like(found))"
)})  # fmt: skip
it.right("one by one", {LAST: (
    "rows = [row[int(k) - 1] if k else torch.zeros_like(row[0]) for row, k in zip(states, there.sum(1))]\n"
    "return torch.stack(rows)"
)})  # fmt: skip
it.wrong("the last column", {LAST: "return states[:, -1]"}, says="last column", point=True)
it.wrong("the first word", {LAST: "return states[:, 0]"}, says="first word", point=True)
it.wrong("the mean", {LAST: (
    "share = there / there.sum(1, keepdim=True).clamp(min=1)\nreturn (states * share[:, :, None]).sum(1)"
)}, says="It is the mean", point=True)  # fmt: skip
it.wrong("one beyond", {LAST: (
    "place = there.sum(1).clamp(max=states.shape[1] - 1)\nreturn states[torch.arange(len(states)), place]"
)}, says="one place too far", point=True)  # fmt: skip
it.wrong("no zeros", {" * there.any(1, keepdim=True)": ""}, says="zeros are asked", point=True)
it.wrong("minus one", {LAST: "return states[torch.arange(len(states)), there.sum(1) - 1]"}, says="zeros are asked",
         point=True)  # fmt: skip
it.wrong("the largest", {LAST: (
    "return states.masked_fill(~there[:, :, None], -1e9).max(1).values * there.any(1, keepdim=True)"
)}, says="not right", point=True)  # fmt: skip
it.wrong("cut off", {"return states[": "return states.detach()["}, says="cut off from the states")
it.wrong("the sum", {LAST: "return (states * there[:, :, None]).sum(1)"}, says="not right", point=True)
it.wrong("the batch's longest", {LAST: "return states[:, int(there.sum(1).max()) - 1] * there.any(1, keepdim=True)"},
         says="not right", point=True)  # fmt: skip
it.excused = {
    "`(there.sum(1) - 1).clamp(min=0)` → `there.sum(1) - 1`": "a sentence without words is multiplied by 0 afterwards",
    "`(there.sum(1) - 1).clamp(min=0)` → `(there.sum(1) - 1).clamp_(min=0)`": "the numbers are its own",
    "`(there.sum(1) - 1).clamp(min=0)` → `(there.sum(1) - 1).clamp(min=-1)`": "a sentence without words is multiplied by 0 afterwards",
    "`there.any(1, keepdim=True)` → `there.any(-1, keepdim=True)`": "the same dimension",
    "`there.sum(1)` → `there.sum(-1)`": "the same dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("mismatched")

it.right("as in the lesson")
KEYS = "keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)\nreturn torch.where(wrong.any(1), keys.argmax(1), -1)"
it.right("multinomial", {KEYS: (
    "weights = wrong.float() + 1e-30 * (~wrong.any(1, keepdim=True))\n"
    "drawn = torch.multinomial(weights + 0 * weights, 1)[:, 0]\n"
    "return torch.where(wrong.any(1), drawn, -1)"
)})  # fmt: skip
it.right("one by one", {KEYS: (
    "found = []\n"
    "for row in wrong:\n"
    "    places = row.nonzero().flatten()\n"
    "    found.append(int(places[torch.randint(len(places), ())]) if len(places) else -1)\n"
    "return torch.tensor(found)"
)})  # fmt: skip
it.right("all compared", {"false.float() @ said.float().T > 0": (
    "(false.bool()[:, None] & said.bool()[None]).any(2)"
)})  # fmt: skip
WRONG = "wrong = false.float() @ said.float().T > 0\n" + KEYS
it.wrong("rolled", {WRONG: "return torch.arange(len(said)).roll(1)"}, says="nothing false", point=True)
it.wrong("a shuffle", {WRONG: "return torch.randperm(len(said))"}, says="nothing false", point=True)
it.wrong("any other", {WRONG: (
    "n = len(said)\nreturn (torch.arange(n) + torch.randint(1, max(n, 2), (n,))) % n"
)}, says="nothing false", point=True)  # fmt: skip
it.wrong("rows and columns swapped", {"false.float() @ said.float().T > 0": "said.float() @ false.float().T > 0"},
         says="nothing false", point=True)  # fmt: skip
it.wrong("the first", {"torch.rand(wrong.shape).masked_fill(~wrong, -1)": "wrong.float()"}, says="same caption",
         point=True)  # fmt: skip
it.wrong("the most wrong", {KEYS: (
    "count = false.float() @ said.float().T\nreturn torch.where(wrong.any(1), count.argmax(1), -1)"
)}, says="same caption", point=True)  # fmt: skip
it.wrong("never −1", {"torch.where(wrong.any(1), keys.argmax(1), -1)": "keys.argmax(1)"}, says="nothing false",
         point=True)  # fmt: skip
it.wrong("itself in place of −1", {"keys.argmax(1), -1)": "keys.argmax(1), torch.arange(len(said)))"},
         says="nothing false", point=True)  # fmt: skip
it.wrong("unequal facts", {"false.float() @ said.float().T > 0": "(said[:, None] != said[None]).any(2)"},
         says="nothing false", point=True)  # fmt: skip
it.wrong("all claims false", {"false.float() @ said.float().T > 0": (
    "((false.float() @ said.float().T) == said.float().sum(1)) & (said.float().sum(1) > 0)"
)}, says="−1", point=True)  # fmt: skip
it.wrong("none for all", {KEYS: "return torch.full((len(said),), -1)"}, says="You return −1", point=True)
it.wrong("uneven", {"torch.rand(wrong.shape)": "(torch.rand(wrong.shape) + torch.arange(len(said)) / len(said))"},
         says="Each should come in", point=True)  # fmt: skip
it.wrong("seeded", {"keys = ": "torch.manual_seed(0)\nkeys = "}, says="same caption", point=True)
it.wrong("floats", {"keys.argmax(1), -1)": "keys.argmax(1).float(), -1.0)"}, says="whole numbers", point=True)
it.excused = {
    "`torch.rand(wrong.shape).masked_fill(~wrong, -1)` → `torch.rand(wrong.shape).masked_fill_(~wrong, -1)`": "the keys are its own",
    "`torch.rand(wrong.shape).masked_fill(~wrong, -1)` → `torch.rand(wrong.shape).masked_fill(~wrong, -0)`": "a key is above 0, but for one in sixteen million",
    "`torch.rand(wrong.shape).masked_fill(~wrong, -1)` → `torch.rand(wrong.shape).masked_fill(~wrong, -2)`": "below all keys, too",
    "`wrong.any(1)` → `wrong.any(-1)`": "the same dimension",
    "`keys.argmax(1)` → `keys.argmax(-1)`": "the same dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("what_d_finds")

it.right("as in the lesson")
it.right("one over one and a ratio", {"return right / (right + fakes)": (
    "return torch.where(right > 0, 1 / (1 + fakes / right), 0 * right)"
)})  # fmt: skip
it.right("by autograd", {"return -right / d + fakes / (1 - d)": (
    "leaf = d.clone().requires_grad_()\n"
    "loss = -(right * leaf.log() + fakes * (1 - leaf).log()).sum()\n"
    "return torch.autograd.grad(loss, leaf)[0]"
)})  # fmt: skip
it.right("marginals by broadcasting", {"torch.outer(right.sum(1), right.sum(0))": (
    "right.sum(1, keepdim=True) * right.sum(0, keepdim=True)"
)})  # fmt: skip
it.wrong(
    "whole fakes", {"fakes = (wrong + made) / 2": "fakes = wrong + made"}, says="Each has the weight ½", point=True
)
it.wrong("no wrong pairs", {"fakes = (wrong + made) / 2": "fakes = made / 2"}, says="wrong pairs are missing",
         point=True)  # fmt: skip
it.wrong("wrong pairs halved alone", {"fakes = (wrong + made) / 2": "fakes = wrong / 2 + made"}, says="made pairs",
         point=True)  # fmt: skip
it.wrong("the sign", {"return -(right * d.log()": "return (right * d.log()"}, says="sign", point=True)
it.wrong("a mean", {"(1 - d).log()).sum()": "(1 - d).log()).mean()"}, says="A mean over the six", point=True)
it.wrong("derivative's sign", {"return -right / d + fakes / (1 - d)": "return right / d - fakes / (1 - d)"},
         says="sign", point=True)  # fmt: skip
it.wrong("minus in the second", {"return -right / d + fakes / (1 - d)": "return -right / d - fakes / (1 - d)"},
         says="+1 / (1 − d)", point=True)  # fmt: skip
it.wrong("by the logit", {"return -right / d + fakes / (1 - d)": "return -right * (1 - d) + fakes * d"},
         says="by the logit", point=True)  # fmt: skip
it.wrong("of fakes", {"return right / (right + fakes)": "return fakes / (right + fakes)"}, says="probability of a fake",
         point=True)  # fmt: skip
it.wrong("deaf as made", {"if step == 4:": "if False:"}, says="not of a deaf G's", point=True)
it.wrong("deaf draws right pairs", {"torch.outer(right.sum(1), right.sum(0))": "right"}, says="whatever the text",
         point=True)  # fmt: skip
it.wrong("p(x) alone", {"torch.outer(right.sum(1), right.sum(0))": "right.sum(1, keepdim=True)"}, says="p(x) alone",
         point=True)  # fmt: skip
it.wrong("evenly", {"torch.outer(right.sum(1), right.sum(0))": "torch.full_like(right, 1 / right.numel())"},
         says="All pairs count alike", point=True)  # fmt: skip
it.excused = {
    "`right.sum(1)` → `right.sum(-1)`": "the same dimension",
    "`(1 - d).log()` → `(1 - d).log_()`": "the difference is its own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("judge_loss")

it.right("as in the lesson")
SUM = "return F.softplus(-right).mean() + (off + F.softplus(made).mean()) / 2"
it.right("binary cross-entropy", {SUM: (
    "bce = F.binary_cross_entropy_with_logits\n"
    "return bce(right, torch.ones_like(right)) + 0.5 * off + 0.5 * bce(made, torch.zeros_like(made))"
)})  # fmt: skip
it.right("logsigmoid", {SUM: "return -F.logsigmoid(right).mean() + (off - F.logsigmoid(-made).mean()) / 2"})
it.right("logaddexp", {
    "F.softplus(-right)": "torch.logaddexp(-right, torch.zeros_like(right))",
    "F.softplus(made)": "torch.logaddexp(made, torch.zeros_like(made))",
})  # fmt: skip
it.right("a sum over a count", {"F.softplus(wrong).mean() if len(wrong) else 0.0": (
    "F.softplus(wrong).sum() / max(1, len(wrong))"
)})  # fmt: skip
it.wrong("whole", {"(off + F.softplus(made).mean()) / 2": "off + F.softplus(made).mean()"}, says="Each has the weight ½",
         point=True)  # fmt: skip
it.wrong("no wrong pairs", {"(off + F": "(0 * off + F"}, says="lesson 07's judge", point=True)
it.wrong("wrong is real", {"F.softplus(wrong).mean()": "F.softplus(-wrong).mean()"}, says="called real", point=True)
it.wrong("swapped", {SUM: "return F.softplus(right).mean() + (F.softplus(-wrong).mean() + F.softplus(-made).mean()) / 2"},
         says="swapped", point=True)  # fmt: skip
it.wrong("all halved", {SUM: "return (F.softplus(-right).mean() + off + F.softplus(made).mean()) / 2"},
         says="All is halved", point=True)  # fmt: skip
it.wrong("one batch of fakes", {SUM: (
    "return F.softplus(-right).mean() + F.softplus(torch.cat([wrong, made])).mean()"
)}, says="in one batch", point=True)  # fmt: skip
it.wrong("sums", {SUM: "return F.softplus(-right).sum() + (F.softplus(wrong).sum() + F.softplus(made).sum()) / 2"},
         says="added up", point=True)  # fmt: skip
it.wrong("NaN for none", {" if len(wrong) else 0.0": ""}, says="NaN")
it.wrong("whole made where none is wrong", {SUM: (
    "if not len(wrong):\n    return F.softplus(-right).mean() + F.softplus(made).mean()\n" + SUM
)}, says="still count half")  # fmt: skip
it.wrong("sigmoids", {SUM: (
    "off = -torch.log(1 - torch.sigmoid(wrong)).mean() if len(wrong) else 0.0\n"
    "return -torch.log(torch.sigmoid(right)).mean() + (off - torch.log(1 - torch.sigmoid(made)).mean()) / 2"
)}, says="infinite")  # fmt: skip
WHERE = "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\n"
OFF = "off = F.softplus(wrong).mean() if len(wrong) else 0.0"
it.wrong("where, the gradient of whose other branch is NaN", {OFF: WHERE + OFF.replace("F.", ""), SUM: SUM.replace("F.", "")},
         says="torch.where computes both branches")  # fmt: skip
it.wrong("where, on wrong pairs alone", {OFF: WHERE + OFF.replace("F.", "")},
         says="the gradient for the wrong pairs' logits contains NaN")  # fmt: skip
it.wrong("cut off", {SUM: SUM.replace("return ", "return (") + ").detach()"}, says="cut off")
it.wrong("the sign", {SUM: SUM.replace("return ", "return -(") + ")"}, says="sign", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("interpolation_loss")

it.right("as in the lesson")
it.right("lerp", {"beta * t + (1 - beta) * t[order]": "torch.lerp(t[order], t, beta)"})
it.right("binary cross-entropy", {"return F.softplus(-D(G(z, between), between)).mean()": (
    "logits = D(G(z, between), between)\n"
    "return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))"
)})  # fmt: skip
it.right("a difference", {"beta * t + (1 - beta) * t[order]": "t[order] + beta * (t - t[order])"})
it.wrong("back to front", {"beta * t + (1 - beta) * t[order]": "(1 - beta) * t + beta * t[order]"},
         says="belongs to the first", point=True)  # fmt: skip
it.wrong("always half", {"beta * t + (1 - beta) * t[order]": "(t + t[order]) / 2"}, says="β is used", point=True)
it.wrong("added", {"beta * t + (1 - beta) * t[order]": "t + t[order]"}, says="added", point=True)
it.wrong("the inverse order", {"t[order]": "t[order.argsort()]"}, says="t[order[i]]", point=True)
it.wrong("G told its own", {"G(z, between)": "G(z, t)"}, says="G is told its own", point=True)
it.wrong("D told the first", {", between)).mean()": ", t)).mean()"}, says="D judges by the first", point=True)
it.wrong("pictures mixed", {"G(z, between)": "beta * G(z, t) + (1 - beta) * G(z, t[order])"}, says="Pictures are mixed",
         point=True)  # fmt: skip
it.wrong("caught", {"F.softplus(-D": "F.softplus(D"}, says="to be caught", point=True)
it.wrong("minimax", {"F.softplus(-D(G(z, between), between)).mean()": "-F.softplus(D(G(z, between), between)).mean()"},
         says="minimax", point=True)  # fmt: skip
it.wrong("sum", {").mean()": ").sum()"}, says="added up", point=True)
it.wrong("another default", {"beta=0.5": "beta=0.3"}, says="not right")
it.wrong("cut off", {"F.softplus(-D(G(z, between), between)).mean()": (
    "F.softplus(-D(G(z, between), between)).mean().detach()"
)}, says="cut off from G")  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("cls_step")

it.right("as in the lesson")
D_LOSS = "d_loss = F.softplus(-right).mean() + (off + F.softplus(made).mean()) / 2"
it.right("binary cross-entropy", {D_LOSS: (
    "bce = F.binary_cross_entropy_with_logits\n"
    "d_loss = bce(right, torch.ones_like(right)) + off / 2 + bce(made, torch.zeros_like(made)) / 2"
)})  # fmt: skip
it.right("gradients by hand", {"opt_G.zero_grad()\ng_loss.backward()\nopt_G.step()": (
    "opt_G.zero_grad()\n"
    "for p, slope in zip(G.parameters(), torch.autograd.grad(g_loss, list(G.parameters()))):\n"
    "    p.grad = slope\n"
    "opt_G.step()"
)})  # fmt: skip
WRONG_PAIR = "D(real[there], t[other[there]])"
it.wrong("drawn twice", {"D(fake.detach(), t)": "D(G(z, t).detach(), t)"}, says="Draw once")
it.wrong("no wrong pairs", {WRONG_PAIR: "D(real[:0], t[:0])"}, says="never sees", point=True)
it.wrong("−1 as an index", {WRONG_PAIR: "D(real, t[other])"}, says="last caption", point=True)
it.wrong("own where none", {WRONG_PAIR: "D(real, t[torch.where(there, other, torch.arange(len(t)))])"},
         says="own caption is called wrong", point=True)  # fmt: skip
it.wrong("pictures moved", {WRONG_PAIR: "D(real[other[there]], t[there])"}, says="Number other[i] is a caption's",
         point=True)  # fmt: skip
it.wrong("made with wrong", {WRONG_PAIR: "D(fake.detach()[there], t[other[there]])"}, says="Wrong pairs are *real*",
         point=True)  # fmt: skip
it.wrong("not detached, not cleared", {"fake.detach()": "fake", "d_loss.backward()": "d_loss.backward(retain_graph=True)",
         "opt_G.zero_grad()": "pass"}, says="G", point=True)  # fmt: skip
it.wrong("stale D", {"opt_D.zero_grad()": "pass"}, says="still in D", point=True)
it.wrong("stale G", {"opt_G.zero_grad()": "pass"}, says="still in G", point=True)
it.wrong("old D", {"opt_D.step()\ng_loss = F.softplus(-D(fake, t)).mean()": (
    "g_loss = F.softplus(-D(fake, t)).mean()\n"
    "slopes = torch.autograd.grad(g_loss, list(G.parameters()), retain_graph=True)\nopt_D.step()"
), "g_loss.backward()": "for p, slope in zip(G.parameters(), slopes):\n    p.grad = slope"}, says="from before its step",
         point=True)  # fmt: skip
it.wrong("caught", {"F.softplus(-D(fake, t))": "F.softplus(D(fake, t))"}, says="to be caught", point=True)
it.wrong("minimax", {"g_loss = F.softplus(-D(fake, t)).mean()": "g_loss = -F.softplus(D(fake, t)).mean()"},
         says="minimax", point=True)  # fmt: skip
it.wrong("G detached", {"-D(fake, t)": "-D(fake.detach(), t)"}, says="is it judged on detached", point=True)
it.wrong("tensors back", {"return d_loss.item(), g_loss.item()": "return d_loss, g_loss"}, says="plain numbers")
it.wrong("the other order", {"return d_loss.item(), g_loss.item()": "return g_loss.item(), d_loss.item()"},
         says="you return")  # fmt: skip
it.wrong("whole fakes", {"(off + F.softplus(made).mean()) / 2": "off + F.softplus(made).mean()"},
         says="Each has the weight ½", point=True)  # fmt: skip
it.wrong(
    "where, in G's loss, the gradient of whose other branch is NaN",
    {"g_loss = F.softplus": "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\ng_loss = softplus"},
    says="a weight of G contains NaN",
)  # fmt: skip
it.wrong("NaN for none", {" if len(wrong) else 0.0": ""}, says="NaN")

# ---------------------------------------------------------------------------------------------

it = answers.to("conditioning")

it.right("as in the lesson")
KL = "kl = 0.5 * (mu**2 + log_var.exp() - 1 - log_var)"
it.right("sigma first", {"c = mu + (0.5 * log_var).exp() * eps": (
    "sigma = log_var.exp().sqrt()\nc = torch.addcmul(mu, sigma, eps)"
)})  # fmt: skip
it.right("torch.distributions", {KL: (
    "N = torch.distributions.Normal\n"
    "kl = torch.distributions.kl_divergence(N(mu, (0.5 * log_var).exp()), N(0 * mu, 1 + 0 * mu))"
)})  # fmt: skip
it.right("a sum over all", {"kl.sum(1).mean()": "kl.sum() / len(mu)"})
it.wrong("variance", {"(0.5 * log_var).exp()": "log_var.exp()"}, says="multiplied by the variance", point=True)
it.wrong("logarithm", {"(0.5 * log_var).exp() * eps": "log_var * eps"}, says="multiplied by log σ²", point=True)
it.wrong("no scale", {"(0.5 * log_var).exp() * eps": "eps"}, says="not scaled", point=True)
it.wrong("no mean", {"c = mu + (0.5": "c = (0.5"}, says="μ is missing", point=True)
it.wrong("mean over all", {"kl.sum(1).mean()": "kl.mean()"}, says="mean is taken over a row", point=True)
it.wrong("sum over all", {"kl.sum(1).mean()": "kl.sum()"}, says="Rows are added up", point=True)
it.wrong("twice", {"kl = 0.5 * (": "kl = ("}, says="½ is missing", point=True)
it.wrong("the sign", {"kl = 0.5": "kl = -0.5"}, says="sign", point=True)
it.wrong("sigma in the KL", {"+ log_var.exp() - 1": "+ (0.5 * log_var).exp() - 1", "1 - log_var)": "1 - 0.5 * log_var)"},
         says="σ is taken where σ²", point=True)  # fmt: skip
it.wrong("no one", {" - 1 - log_var": " - log_var"}, says="−1 is missing", point=True)
it.wrong("the other way around", {KL: "kl = 0.5 * ((1 + mu**2) / log_var.exp() - 1 + log_var)"},
         says="other way around", point=True)  # fmt: skip
it.wrong("one noise for all rows", {"torch.randn_like(mu)": "torch.randn(1, mu.shape[1]).to(mu)"}, says="All rows get")
it.wrong("one noise for a row", {"torch.randn_like(mu)": "torch.randn(len(mu), 1).to(mu).expand_as(mu)"},
         says="All numbers of a row")  # fmt: skip
it.wrong("even noise", {"torch.randn_like(mu)": "torch.rand_like(mu)"}, says="from N(0, 1)")
it.wrong("no noise", {"torch.randn_like(mu)": "torch.zeros_like(mu)"}, says="same noise")
it.wrong("never its own", {"if eps is None:\n    eps": "if True:\n    eps"}, says="For these", point=True)
it.wrong("c cut off", {"return c, ": "return c.detach(), "}, says="cut off")
it.wrong("KL cut off", {"kl.sum(1).mean()": "kl.sum(1).mean().detach()"}, says="cut off")
it.wrong("the other order", {"return c, kl.sum(1).mean()": "return kl.sum(1).mean(), c"}, says="c,", point=True)
it.excused = {
    "`(0.5 * log_var).exp()` → `(0.5 * log_var).exp_()`": "the product is its own",
    "`kl.sum(1)` → `kl.sum(-1)`": "the same dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("style_loss")

it.right("as in the lesson")
it.right("detached", {"with torch.no_grad():\n    made = G(z, t)": "made = G(z, t).detach()"})
it.right("norms", {"(z - S(made)).square().sum(1).mean()": "(z - S(made)).norm(dim=1).pow(2).mean()"})
it.right("a mean times its length", {"(z - S(made)).square().sum(1).mean()": "z.shape[1] * F.mse_loss(S(made), z)"})
BACK = "return (z - S(made)).square().sum(1).mean()"
it.wrong("G learns", {"with torch.no_grad():\n    made = G(z, t)": "made = G(z, t)"}, says="left gradients in G",
         point=True)  # fmt: skip
it.wrong("mean", {".sum(1).mean()": ".mean()"}, says="z's numbers, too", point=True)
it.wrong("sum", {".sum(1).mean()": ".sum()"}, says="Rows are added up", point=True)
it.wrong("root", {BACK: "return (z - S(made)).norm(dim=1).mean()"}, says="The root is taken", point=True)
it.wrong("absolute", {".square()": ".abs()"}, says="Absolute values", point=True)
it.wrong("another noise", {"made = G(z, t)": "made = G(torch.randn_like(z), t)"}, says="not right", point=True)
it.wrong("no noise", {"made = G(z, t)": "made = G(0 * z, t)"}, says="another noise", point=True)
it.wrong("no gradients at all", {BACK: "with torch.no_grad():\n    return (z - S(made)).square().sum(1).mean()"},
         says="cut off from S", point=True)  # fmt: skip
it.wrong("trained mode", {"made = G(z, t)": "made = G.train()(z, t)\nG.eval()"}, says="batch's statistics",
         point=True)  # fmt: skip
it.wrong("frozen for ever", {"with torch.no_grad():\n    made": "G.requires_grad_(False)\nwith torch.no_grad():\n    made"},
         says="cannot learn any more")  # fmt: skip
it.wrong("half", {BACK: BACK + " / 2"}, says="Half of it", point=True)
it.excused = {
    "`(z - S(made)).square().sum(1)` → `(z - S(made)).square().sum(-1)`": "the same dimension",
    "`(z - S(made)).square()` → `(z - S(made)).square_()`": "the difference is its own",
    "`z - S(made)` → `S(made) - z`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("tell_everywhere")

it.right("as in the lesson")
TOLD = "return torch.cat([maps, c[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1)"
it.right("repeated", {TOLD: (
    "h, w = maps.shape[2:]\nreturn torch.cat([maps, c.reshape(*c.shape, 1, 1).repeat(1, 1, h, w)], 1)"
)})  # fmt: skip
it.right("times ones", {TOLD: "return torch.cat([maps, c[:, :, None, None] * torch.ones_like(maps[:1, :1])], 1)"})
it.right("einsum", {TOLD: (
    'ones = torch.ones(maps.shape[2:], dtype=c.dtype)\nreturn torch.cat([maps, torch.einsum("nk,hw->nkhw", c, ones)], 1)'
)})  # fmt: skip
it.wrong("c first", {TOLD: "return torch.cat([c[:, :, None, None].expand(-1, -1, *maps.shape[2:]), maps], 1)"},
         says="c comes first", point=True)  # fmt: skip
it.wrong("in a corner", {TOLD: (
    "told = maps.new_zeros(len(c), c.shape[1], *maps.shape[2:])\ntold[:, :, 0, 0] = c\n"
    "return torch.cat([maps, told], 1)"
)}, says="one corner", point=True)  # fmt: skip
it.wrong("in the middle", {TOLD: (
    "h, w = maps.shape[2:]\ntold = maps.new_zeros(len(c), c.shape[1], h, w)\ntold[:, :, h // 2, w // 2] = c\n"
    "return torch.cat([maps, told], 1)"
)}, says="in the middle alone", point=True)  # fmt: skip
it.wrong("each other's", {"c[:, :, None, None]": "c.flip(0)[:, :, None, None]"}, says="each other's c", point=True)
it.wrong("divided", {"c[:, :, None, None]": "(c / maps[0, 0].numel())[:, :, None, None]"}, says="divided", point=True)
it.wrong("added", {TOLD: "return maps + c.mean(1)[:, None, None, None]"}, says="shape", point=True)
it.wrong("square maps", {"*maps.shape[2:]": "maps.shape[2], maps.shape[2]"}, says=".", point=True)
it.wrong("cut off", {"c[:, :, None, None]": "c.detach()[:, :, None, None]"}, says="No gradient reaches c")
it.wrong("bent", {"[maps, c": "[maps.relu(), c"}, says="put through something", point=True)
it.excused = {
    "`maps.shape[2:]` → `maps.shape[-2:]`": "the same two",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("second_stage")

it.right("as in the lesson")
it.right("train called in order", {"for part, mode in modes.items():\n    part.training = mode": (
    "for part in modes:\n    part.training = modes[part]"
)})  # fmt: skip
it.right("a copy draws", {
    "modes = {part: part.training for part in G1.modules()}\nG1.eval()\nwith torch.no_grad():\n    small = G1(z, t)\n"
    "for part, mode in modes.items():\n    part.training = mode": (
        "import copy\ntwin = copy.deepcopy(G1).eval()\nwith torch.no_grad():\n    small = twin(z, t)"
    )
})  # fmt: skip
it.right("detached", {"with torch.no_grad():\n    small = G1(z, t)": "small = G1(z, t).detach()"})
it.wrong("text forgotten", {"G2(small, t)": "G2(small, 0 * t)"}, says="not told the text", point=True)
it.wrong("stage I learns", {"with torch.no_grad():\n    small = G1(z, t)": "small = G1(z, t)"}, says="hang on stage I",
         point=True)  # fmt: skip
it.wrong("in its own mode", {"G1.eval()": "pass"}, says="batch's statistics", point=True)
it.wrong("left in evaluation", {"    part.training = mode": "    pass"}, says="another mode")
it.wrong("all training afterwards", {"for part, mode in modes.items():\n    part.training = mode": "G1.train()"},
         says="another mode")  # fmt: skip
it.wrong("the first part's mode for all", {"for part, mode in modes.items():\n    part.training = mode": (
    "G1.train(modes[G1])"
)}, says="another mode")  # fmt: skip
it.wrong("large first", {"return small, G2(small, t)": "return G2(small, t), small"}, says="shape", point=True)
it.wrong("large alone", {"return small, G2(small, t)": "return G2(small, t)"}, says="two batches", point=True)
it.wrong("stage II rests, too", {"return small, G2(small, t)": (
    "with torch.no_grad():\n    large = G2(small, t)\nreturn small, large"
)}, says="cut off from stage II", point=True)  # fmt: skip
it.wrong("no small picture", {"G2(small, t)": "G2(0 * small, t)"}, says="does not see the small", point=True)
it.wrong("frozen for ever", {"G1.eval()": "G1.eval().requires_grad_(False)"}, says="cannot learn any more")
it.wrong("other texts", {"G2(small, t)": "G2(small, t.flip(0))"}, says="another row's text", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("find_words")

it.earns("gold", "as in the lesson")
ELIMINATED = """def find_words(draw, words, things):
    possible = torch.ones(len(words), things, dtype=torch.bool)
    while (possible.sum(0) > 1).any():
        {choose}
        seen = torch.as_tensor(draw([words[k] for k in asked.nonzero().flatten().tolist()])).bool()
        possible[asked] &= seen
        before = None
        while before is None or not torch.equal(before, possible):
            before = possible.clone()
            for thing in (possible.sum(0) == 1).nonzero().flatten().tolist():
                word = int(possible[:, thing].nonzero()[0])
                possible[word] = torch.arange(things) == thing
    answer = dict.fromkeys(words)
    for thing in range(things):
        answer[words[int(possible[:, thing].nonzero()[0])]] = thing
    return answer
"""
CHOOSE = (
    "open_ = possible.sum(0) > 1\n"
    "        tries = torch.rand(80, len(words)) < 0.5\n"
    "        inside = tries.double() @ possible.double() / possible.sum(0)\n"
    "        gain = ((1 - inside) * -torch.log((1 - inside).clamp(min=0.05)))[:, open_].sum(1)\n"
    "        asked = tries[gain.argmax()]"
)
it.earns("gold", "many tries at once", ELIMINATED.format(choose=CHOOSE))
HALVES = (
    "open_ = possible.sum(0) > 1\n"
    "        tries = torch.rand(200, len(words)) < 0.5\n"
    "        share = (tries.double() @ possible.double() / possible.sum(0))[:, open_]\n"
    "        asked = tries[(share * (1 - share)).sum(1).argmax()]"
)
it.earns("gold", "halves of what is open", ELIMINATED.format(choose=HALVES))
it.earns("silver", "half of the words, 110 times", '''def find_words(draw, words, things):
    possible = torch.ones(len(words), things, dtype=torch.bool)
    for _ in range(110):
        asked = torch.rand(len(words)) < 0.5
        possible[asked] &= torch.as_tensor(draw([w for w, a in zip(words, asked) if a])).bool()
    return {w: int(row.nonzero()[0]) if row.any() else None for w, row in zip(words, possible)}
''')  # fmt: skip
it.earns("bronze", "each word alone, 22 times", '''def find_words(draw, words, things):
    answer = {}
    for word in words:
        always = torch.ones(things, dtype=torch.bool)
        for _ in range(22):
            always &= torch.as_tensor(draw([word])).bool()
        answer[word] = int(always.nonzero()[0]) if always.any() else None
    return answer
''')  # fmt: skip
it.wrong("nothing", "def find_words(draw, words, things):\n    return {}\n", says="lacks 36")
it.wrong("none for all", "def find_words(draw, words, things):\n    return dict.fromkeys(words)\n", says="not right")
it.wrong("in order", (
    "def find_words(draw, words, things):\n"
    "    return {w: k if k < things else None for k, w in enumerate(words)}\n"
), says="not right")  # fmt: skip
it.wrong("each word once", '''def find_words(draw, words, things):
    return {w: int(torch.as_tensor(draw([w])).long().argmax()) for w in words}
''', says="not right")  # fmt: skip
it.wrong("half of the words, 20 times", '''def find_words(draw, words, things):
    possible = torch.ones(len(words), things, dtype=torch.bool)
    for _ in range(20):
        asked = torch.rand(len(words)) < 0.5
        possible[asked] &= torch.as_tensor(draw([w for w, a in zip(words, asked) if a])).bool()
    return {w: int(row.nonzero()[0]) if row.any() else None for w, row in zip(words, possible)}
''', says="not right")  # fmt: skip
it.wrong("each word forty times", '''def find_words(draw, words, things):
    answer = {}
    for word in words:
        always = torch.ones(things, dtype=torch.bool)
        for _ in range(40):
            always &= torch.as_tensor(draw([word])).bool()
        answer[word] = int(always.nonzero()[0]) if always.any() else None
    return answer
''', says="more than 990")  # fmt: skip
it.wrong("all words at once", '''def find_words(draw, words, things):
    seen = torch.stack([torch.as_tensor(draw(words)) for _ in range(30)]).all(0)
    return dict(zip(words, seen.nonzero().flatten().tolist() + [None] * len(words)))
''', says="not right")  # fmt: skip
it.wrong("words of its own", '''def find_words(draw, words, things):
    draw(["smile"])
    return dict.fromkeys(words)
''', says="takes words from")  # fmt: skip
it.wrong("one long word", '''def find_words(draw, words, things):
    draw(words[0])
    return dict.fromkeys(words)
''', says="takes a list of words")  # fmt: skip
it.wrong("a list", '''def find_words(draw, words, things):
    return [None for _ in words]
''', says="Return a dictionary")  # fmt: skip
it.wrong("deaf words get a thing", '''def find_words(draw, words, things):
    possible = torch.ones(len(words), things, dtype=torch.bool)
    for _ in range(110):
        asked = torch.rand(len(words)) < 0.5
        possible[asked] &= torch.as_tensor(draw([w for w, a in zip(words, asked) if a])).bool()
    return {w: int(row.long().argmax()) for w, row in zip(words, possible)}
''', says="not right")  # fmt: skip
