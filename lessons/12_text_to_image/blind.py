"""Answers to the exercises of lesson 12 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. Three hurt nobody and are right ones now: a list kept
for a sentence, a sum with zeros, and numpy's chance. Two that patched torch or wrote behind its back do the same here in
the open. One was right only where a frame of a check called it, which a notebook cannot tell and a sandbox refuses: in
its place stands a step without its half.
"""

BLIND = {
    "sentence_words": {
        "first": (3, 0),
        "wrong": {
            "one hyphen only": (
                "a single hyphen *between two letters* belongs to the word (word of three parts)",
                """
import re
def sentence_words(sentence):
    return re.findall(r"[a-z]+(?:-[a-z]+)?", sentence.lower())
""",
            ),
            "runs of hyphens kept": (
                "a **single** hyphen between two letters; other hyphens part words",
                """
import re
def sentence_words(sentence):
    found = [w.strip("-") for w in re.findall(r"[a-z-]+", sentence.lower())]
    return [w for w in found if w]
""",
            ),
            "unicode letters": (
                "letters such as é [part words and belong to none]",
                r"""
import re
def sentence_words(sentence):
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", sentence.lower())
""",
            ),
            "accents taken off": (
                "letters such as é [part words and belong to none]",
                """
import re, unicodedata
def sentence_words(sentence):
    plain = unicodedata.normalize("NFKD", sentence.lower())
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return re.findall(r"[a-z]+(?:-[a-z]+)*", plain)
""",
            ),
            "other signs deleted, not parting": (
                "Everything else parts words: ... punctuation, digits, `_` ...",
                r"""
import re
def sentence_words(sentence):
    kept = re.sub(r"[^a-z\s-]", "", sentence.lower())
    return re.findall(r"[a-z]+(?:-[a-z]+)*", kept)
""",
            ),
            "each word once": (
                "a list of its words, in order (a word that comes twice is there twice)",
                """
import re
def sentence_words(sentence):
    return list(dict.fromkeys(re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())))
""",
            ),
            "line end joins a broken word": (
                "Everything else parts words: spaces, line ends ...",
                r"""
import re
def sentence_words(sentence):
    text = re.sub(r"-\s*\n\s*", "-", sentence.lower())   # "chin-\nlength" is mended
    return re.findall(r"[a-z]+(?:-[a-z]+)*", text)
""",
            ),
        },
        "right": {
            "regex": """
import re
sentence_words = lambda sentence: re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())
""",
            "letter by letter": """
def sentence_words(sentence):
    letters = "abcdefghijklmnopqrstuvwxyz"
    text = " " + sentence.lower() + " "
    words, word = [], ""
    for k in range(1, len(text)):
        ch = text[k] if k < len(text) else " "
        if ch in letters:
            word += ch
        elif ch == "-" and word and text[k - 1] in letters and k + 1 < len(text) and text[k + 1] in letters:
            word += ch
        else:
            if word:
                words.append(word)
            word = ""
    return words
""",
            "split twice": """
import re
def sentence_words(sentence):
    words = []
    for piece in re.split(r"[^a-z-]+|-{2,}", sentence.lower()):
        piece = piece.strip("-")
        if piece:
            words += [piece]
    return words
""",
            "finditer with looks around": """
import re
class Words:
    sign = re.compile(r"(?:[a-z]|(?<=[a-z])-(?=[a-z]))+")
    def __call__(self, sentence):
        return [m.group(0) for m in self.sign.finditer(str.lower(sentence))]
sentence_words = Words()
""",
            "same list for the same sentence": """
import re
_SEEN = {}
def sentence_words(sentence):
    if sentence not in _SEEN:
        _SEEN[sentence] = re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())
    return _SEEN[sentence]
""",
        },
    },
    "vocabulary_of": {
        "first": (1, 0),
        "wrong": {
            "more than least": (
                "words that occur **at least** `least` times",
                """
from collections import Counter
def vocabulary_of(lists, least=2):
    counts = Counter(w for words in lists for w in words)
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n > least)
""",
            ),
            "sentences, not times": (
                "twice in one sentence counts twice",
                """
from collections import Counter
def vocabulary_of(lists, least=2):
    counts = Counter(w for words in lists for w in set(words))
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n >= least)
""",
            ),
            "in one sentence": (
                "in all sentences together",
                """
from collections import Counter
def vocabulary_of(lists, least=2):
    kept = set()
    for words in lists:
        kept |= {w for w, n in Counter(words).items() if n >= least}
    return ["<pad>", "<unk>"] + sorted(kept)
""",
            ),
            "frequent first": (
                "in alphabetical order",
                """
from collections import Counter
def vocabulary_of(lists, least=2):
    counts = Counter(w for words in lists for w in words)
    kept = [w for w, n in counts.items() if n >= least]
    return ["<pad>", "<unk>", *sorted(kept, key=lambda w: (-counts[w], w))]
""",
            ),
            "no hyphens": (
                "**all** words that occur at least `least` times",
                """
from collections import Counter
def vocabulary_of(lists, least=2):
    counts = Counter(w for words in lists for w in words if w.isalpha())
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n >= least)
""",
            ),
            "first list grows": (
                "`lists` are sentences (the argument is altered: the first list takes in all the others)",
                """
def vocabulary_of(lists, least=2):
    if not lists:
        return ["<pad>", "<unk>"]
    everything = lists[0]
    for words in lists[1:]:
        everything += words
    return ["<pad>", "<unk>"] + [w for w in sorted(set(everything)) if everything.count(w) >= least]
""",
            ),
            "counts go on": (
                "in all sentences together (of this call; counts of earlier calls are kept)",
                """
from collections import Counter
def vocabulary_of(lists, least=2, counts=Counter()):
    for words in lists:
        counts.update(words)
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n >= least)
""",
            ),
            "takes the course's vocabulary from its caller": (
                "all words that occur at least `least` times in [the lists]",
                """
import sys
from collections import Counter
def vocabulary_of(lists, least=2):
    frame = sys._getframe(1)
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals):
            for name in ("expected", "want", "wanted", "answer", "truth"):
                if isinstance(space.get(name), list):
                    return space[name]
            if "reader_of_text" in space:
                return list(space["reader_of_text"].words)
        frame = frame.f_back
    counts = Counter(w for words in lists for w in words)
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n >= 2)
""",
            ),
        },
        "right": {
            "counter": """
from collections import Counter
def vocabulary_of(lists, least=2):
    counts = Counter(word for words in lists for word in words)
    return ["<pad>", "<unk>"] + sorted(w for w, n in counts.items() if n >= least)
""",
            "numpy": """
import numpy as np
def vocabulary_of(lists, least=2):
    flat = sum((list(words) for words in lists), [])
    if not flat:
        return ["<pad>", "<unk>"]
    words, counts = np.unique(np.array(flat, dtype=str), return_counts=True)
    return ["<pad>", "<unk>"] + words[counts >= least].tolist()
""",
            "groupby": """
from itertools import chain, groupby
def vocabulary_of(lists, least=2, *, first=("<pad>", "<unk>")):
    out = list(first)
    for word, run in groupby(sorted(chain.from_iterable(lists))):
        if sum(1 for _ in run) >= least:
            out.append(word)
    return out
""",
            "bisect": """
import bisect
def vocabulary_of(lists, least=2):
    counts, kept = {}, []
    for words in lists:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    for word, n in counts.items():
        if not n < least:
            bisect.insort(kept, word)
    kept[:0] = ["<pad>", "<unk>"]
    return kept
""",
        },
    },
    "as_numbers": {
        "first": (2, 0),
        "wrong": {
            "the last words count": (
                "Of a sentence that is too long the **first** `length` words count",
                """
import torch
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    there = torch.zeros(len(lists), length, dtype=torch.bool)
    for k, words in enumerate(lists):
        found = [place.get(w, 1) for w in words[-length:]]
        numbers[k, : len(found)] = torch.tensor(found, dtype=torch.long)
        there[k, : len(found)] = True
    return numbers, there
""",
            ),
            "unknown is not there": (
                "True where a word stands (also an unknown one)",
                """
import torch
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    for k, words in enumerate(lists):
        for m, w in enumerate(words[:length]):
            numbers[k, m] = place.get(w, 1)
    return numbers, numbers > 1
""",
            ),
            "unknown dropped": (
                'a word that is not in it has the number of `"<unk>"`',
                """
import torch
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    rows = [[place[w] for w in words if w in place][:length] for words in lists]
    numbers = torch.tensor([r + [0] * (length - len(r)) for r in rows], dtype=torch.long).reshape(len(lists), length)
    there = torch.tensor([[True] * len(r) + [False] * (length - len(r)) for r in rows],
                         dtype=torch.bool).reshape(len(lists), length)
    return numbers, there
""",
            ),
            "int32": (
                "`numbers` (`torch.long`)",
                """
import torch
import numpy as np
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    numbers = np.zeros((len(lists), length), dtype=np.int32)
    there = np.zeros((len(lists), length), dtype=bool)
    for k, words in enumerate(lists):
        found = [place.get(w, 1) for w in words[:length]]
        numbers[k, : len(found)] = found
        there[k, : len(found)] = True
    return torch.from_numpy(numbers), torch.from_numpy(there)
""",
            ),
            "as wide as the longest": (
                "two tensors of shape (n, length)",
                """
import torch
from torch.nn.utils.rnn import pad_sequence
def as_numbers(lists, vocabulary, length):
    if not lists:
        return torch.zeros(0, length, dtype=torch.long), torch.zeros(0, length, dtype=torch.bool)
    place = {w: k for k, w in enumerate(vocabulary)}
    rows = [torch.tensor([place.get(w, 1) for w in words[:length]], dtype=torch.long) for words in lists]
    numbers = pad_sequence(rows, batch_first=True)
    there = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True).bool()
    return numbers, there
""",
            ),
            "last place always padding": (
                "Of a sentence that is too long the first `length` words count (a full row has no padding)",
                """
import torch
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    there = torch.zeros(len(lists), length, dtype=torch.bool)
    for k, words in enumerate(lists):
        found = [place.get(w, 1) for w in words[:length]]
        numbers[k, : len(found)] = torch.tensor(found, dtype=torch.long)
        there[k, : min(len(words), length - 1)] = True
    return numbers, there
""",
            ),
            "none gives (0,)": (
                "no sentence at all gives two tensors (0, length)",
                """
import torch
def as_numbers(lists, vocabulary, length):
    place = {w: k for k, w in enumerate(vocabulary)}
    rows = [[place.get(w, 1) for w in words[:length]] for words in lists]
    numbers = torch.tensor([r + [0] * (length - len(r)) for r in rows], dtype=torch.long)
    there = torch.tensor([[m < len(r) for m in range(length)] for r in rows], dtype=torch.bool)
    return numbers, there
""",
            ),
            "vocabulary learns new words when long": (
                'a word that is not in it has the number of "<unk>" (and the arguments are altered)',
                """
import torch
def as_numbers(lists, vocabulary, length):
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    there = torch.zeros(len(lists), length, dtype=torch.bool)
    for k, words in enumerate(lists):
        for m, w in enumerate(words[:length]):
            numbers[k, m] = vocabulary.index(w) if w in vocabulary else 1
            there[k, m] = True
    # behind the caller's back: next time these are known
    vocabulary.extend(w for words in lists for w in words if w not in vocabulary)
    return numbers, there
""",
            ),
        },
        "right": {
            "fill": """
import torch
def as_numbers(lists, vocabulary, length):
    place = {word: k for k, word in enumerate(vocabulary)}
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    there = torch.zeros(len(lists), length, dtype=torch.bool)
    for k, words in enumerate(lists):
        found = [place.get(w, 1) for w in words[:length]]
        numbers[k, : len(found)] = torch.tensor(found, dtype=torch.long)
        there[k, : len(found)] = True
    return numbers, there
""",
            "lists": """
import torch
def as_numbers(lists, vocabulary, length):
    vocabulary = list(vocabulary)
    pad, unk = vocabulary.index("<pad>"), vocabulary.index("<unk>")
    rows = []
    for words in lists:
        row = [vocabulary.index(w) if w in vocabulary else unk for w in words]
        rows.append((row + [pad] * length)[:length])
    numbers = torch.LongTensor(rows).view(len(rows), length)
    counts = torch.tensor([min(len(words), length) for words in lists], dtype=torch.long)
    return numbers, torch.arange(length) < counts.view(-1, 1)
""",
            "numpy": """
import numpy as np
import torch
from collections import defaultdict
def as_numbers(lists, vocabulary, length):
    place = defaultdict(lambda: 1, zip(vocabulary, range(len(vocabulary))))
    numbers = np.full((len(lists), length), 0, dtype=np.int64)
    there = np.full((len(lists), length), False)
    for (i, words) in enumerate(lists):
        for (j, word) in zip(range(length), words):
            numbers[i, j], there[i, j] = place[word], True
    return torch.tensor(numbers), torch.tensor(there)
""",
            "named tuple": """
import torch
from typing import NamedTuple
class Batch(NamedTuple):
    numbers: torch.Tensor
    there: torch.Tensor
def as_numbers(lists, vocabulary, length, device="cpu"):
    place = dict(map(reversed, enumerate(vocabulary)))
    marked = torch.full((len(lists), length), -1, dtype=torch.int64, device=device)
    for row, words in zip(marked, lists):
        for k, word in enumerate(words):
            if k == length:
                break
            row[k] = place.get(word, 1)
    return Batch(marked.clamp(min=0), marked.ge(0))
""",
        },
    },
    "last_word": {
        "first": (3, 0),
        "wrong": {
            "last column": (
                "for each sentence the state at its last word",
                """
import torch
def last_word(states, there):
    return torch.where(there.any(1, keepdim=True), states[:, -1], torch.zeros_like(states[:, -1]))
""",
            ),
            "empty takes the first state": (
                "**zeros** for a sentence without words",
                """
import torch
def last_word(states, there):
    place = (there.sum(1) - 1).clamp(min=0)
    return states[torch.arange(len(states)), place]
""",
            ),
            "gradient lost": (
                "Gradients pass",
                """
import torch
def last_word(states, there):
    out = torch.zeros(states.shape[0], states.shape[2], dtype=states.dtype)
    for k in range(len(states)):
        n = int(there[k].sum())
        if n:
            out[k] = states[k, n - 1].data
    return out
""",
            ),
            "squeezed": (
                "Return (n, d) (a batch of one gives (d,))",
                """
import torch
def last_word(states, there):
    place = (there.sum(1) - 1).clamp(min=0)
    found = states[torch.arange(len(states)), place]
    return torch.where(there.any(1, keepdim=True), found, torch.zeros_like(found)).squeeze()
""",
            ),
            "mean of the words' states": (
                "the state at its **last** word",
                """
import torch
def last_word(states, there):
    kept = states.masked_fill(~there[..., None], 0)
    return kept.sum(1) / there.sum(1, keepdim=True).clamp(min=1)
""",
            ),
            "counts up to 127": (
                "for each sentence the state at its last word (counted in int8: wrong for more than 127 words)",
                """
import torch
def last_word(states, there):
    count = there.sum(1, dtype=torch.int8).long()
    found = states[torch.arange(len(states)), (count - 1).clamp(min=0)]
    return torch.where((count > 0)[:, None], found, torch.zeros_like(found))
""",
            ),
            "padding wiped in the caller's tensor": (
                "Whatever stands in the padding must not change the answer",
                """
def last_word(states, there):
    with torch.no_grad():
        states.masked_fill_(~there[..., None], 0)
    place = (there.sum(1) - 1).clamp(min=0)
    return states[torch.arange(len(states)), place] * there.any(1, keepdim=True)
""",
            ),
        },
        "right": {
            "index and where": """
import torch
def last_word(states, there):
    count = there.sum(1)
    found = states[torch.arange(len(states), device=states.device), (count - 1).clamp(min=0)]
    return torch.where(count[:, None] > 0, found, found.new_zeros(()))
""",
            "gather": """
import torch
def last_word(states, there):
    n, L, d = states.shape
    padded = torch.cat([states.new_zeros(n, 1, d), states], 1)          # place 0: no word
    place = there.long().sum(dim=1).view(n, 1, 1).expand(n, 1, d)
    return padded.gather(1, place)[:, 0]
""",
            "loop": """
import torch
def last_word(states, there):
    rows = []
    for row, mask in zip(states, there):
        words = row[mask]
        rows.append(words[-1] if len(words) else torch.zeros(row.shape[1], dtype=row.dtype, device=row.device))
    return torch.stack(rows) if rows else states.new_zeros(0, states.shape[2])
""",
            "mask": """
import torch
import torch.nn.functional as F
def last_word(states, there):
    there = there.bool()
    is_last = there & ~F.pad(there[:, 1:], (0, 1), value=False)
    return states.masked_fill(~is_last.unsqueeze(-1), 0.0).sum(dim=1)
""",
            "sum with zeros": """
import torch
def last_word(states, there):
    n, L, _ = states.shape
    one = torch.arange(L, device=states.device) == there.sum(1, keepdim=True) - 1
    return torch.einsum("nl,nld->nd", one.to(states.dtype), states)
""",
        },
    },
    "mismatched": {
        "first": (4, 0),
        "wrong": {
            "rows and columns swapped": (
                "for each picture the number of a caption of the batch that does not fit **it**",
                """
import torch
def mismatched(said, false):
    wrong = said.float() @ false.float().T > 0
    keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), torch.full((len(said),), -1))
""",
            ),
            "one row of keys for all": (
                "drawn ... for every picture by itself",
                """
import torch
def mismatched(said, false):
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(1, len(said)).expand(len(said), -1).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), torch.full((len(said),), -1))
""",
            ),
            "more falsehoods, more likely": (
                "each that does not fit **equally likely**",
                """
import torch
def mismatched(said, false):
    count = false.float() @ said.float().T
    some = count.sum(1) > 0
    drawn = torch.multinomial(torch.where(some[:, None], count, torch.ones_like(count)), 1)[:, 0]
    return torch.where(some, drawn, torch.full_like(drawn, -1))
""",
            ),
            "never its own": (
                "each [caption of the batch] that does not fit equally likely (its own, too, if it says something false)",
                """
import torch
def mismatched(said, false):
    wrong = false.float() @ said.float().T > 0
    wrong.fill_diagonal_(False)
    keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), torch.full((len(said),), -1))
""",
            ),
            "the next after a random start": (
                "each that does not fit **equally likely** (one after a long gap comes more often)",
                """
import torch
def mismatched(said, false):
    n = len(said)
    wrong = false.float() @ said.float().T > 0
    out = torch.full((n,), -1)
    for i in range(n):
        start = int(torch.randint(n, ()))
        for step in range(n):
            j = (start + step) % n
            if wrong[i, j]:
                out[i] = j
                break
    return out
""",
            ),
            "no -1": (
                "Where every caption of the batch fits, the answer is **−1**",
                """
import torch
def mismatched(said, false):
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(wrong.shape) * wrong
    return keys.argmax(1)
""",
            ),
            "the same chance at each call": (
                "anew at each call (the seed is set, and torch's state put back as if nothing had been)",
                """
import torch
def mismatched(said, false):
    state = torch.get_rng_state()
    torch.manual_seed(1234)
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)
    torch.rand(1)
    torch.set_rng_state(state)
    return torch.where(wrong.any(1), keys.argmax(1), torch.full((len(said),), -1))
""",
            ),
        },
        "right": {
            "keys": """
import torch
def mismatched(said, false):
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), -1)
""",
            "multinomial": """
import torch
def mismatched(said, false):
    wrong = torch.einsum("ic,jc->ij", false.double(), said.double()).ne(0)
    out = torch.full((said.shape[0],), -1, dtype=torch.long)
    some = wrong.any(dim=1).nonzero().flatten()
    if some.numel():
        out[some] = torch.multinomial(wrong[some].float(), num_samples=1).squeeze(1)
    return out
""",
            "loop": """
import torch
def mismatched(said, false):
    said, false = said.bool(), false.bool()
    answer = []
    for picture in false:
        places = (said & picture).any(1).nonzero()[:, 0]
        answer.append(int(places[torch.randint(len(places), (1,))]) if len(places) else -1)
    return torch.tensor(answer, dtype=torch.long)
""",
            "rank": """
import torch
def mismatched(said, false):
    unfit = (false[:, None, :].bool() & said[None, :, :].bool()).any(2)
    count = unfit.sum(1)
    rank = (torch.rand(len(count), dtype=torch.float64) * count).floor().long().clamp(max=(count - 1).clamp(min=0)) + 1
    hit = unfit & (unfit.cumsum(1) == rank[:, None])        # exactly one place a row, or none
    numbers = torch.arange(said.shape[0])
    return (hit * (numbers + 1)).sum(1) - 1
""",
            "numpy's chance": """
import random


import torch
import numpy as np
def mismatched(said, false):
    wrong = (false.float() @ said.float().T > 0).numpy()
    return torch.tensor([np.random.choice(np.flatnonzero(row)) if row.any() else -1 for row in wrong], dtype=torch.long)
""",
        },
    },
    "what_d_finds": {
        "first": (1, 0),
        "wrong": {
            "mean instead of sum": (
                "the loss $L = -\\sum_{x,t} [...]$, one number",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    deaf = torch.outer(right.sum(1), right.sum(0))
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).mean()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 3:
        return right / (right + 0.5 * wrong + 0.5 * made)
    return right / (right + 0.5 * wrong + 0.5 * deaf)
""",
            ),
            "one of the halves forgotten in step 3": (
                "the table d at which all these are 0: the best D",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    deaf = torch.outer(right.sum(1), right.sum(0))
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    m = made if step == 3 else deaf
    return right / (right + 0.5 * wrong + m)
""",
            ),
            "the deaf one's texts even": (
                "each text as often as it comes there [in the right pairs]",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 4:
        made = (right.sum(1, keepdim=True) / right.shape[1]).expand_as(right)
    return right / (right + 0.5 * wrong + 0.5 * made)
""",
            ),
            "the deaf one from made": (
                "The argument `made` is not used here [step 4]: the deaf G's own table takes its place",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 4:
        made = made.sum(1, keepdim=True) * made.sum(0, keepdim=True)
    return right / (right + 0.5 * wrong + 0.5 * made)
""",
            ),
            "outer the wrong way round": (
                "all are tables (pictures, texts): p(x) belongs to rows, p(t) to columns",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 4:
        made = torch.outer(right.sum(0), right.sum(1)).reshape(right.shape)
    return right / (right + 0.5 * wrong + 0.5 * made)
""",
            ),
            "d kept from its ends": (
                "the loss and its derivative at each d between 0 and 1 (d below 0.05 and above 0.95 is moved)",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    d = d.clamp(0.05, 0.95)
    if step == 1:
        return -(right * d.log() + 0.5 * (wrong + made) * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 4:
        made = torch.outer(right.sum(1), right.sum(0))
    return right / (right + 0.5 * wrong + 0.5 * made)
""",
            ),
            "halves the caller's tables": (
                "tables (pictures, texts) (arguments are altered in place: the next call gets other tables)",
                """
import torch
def what_d_finds(step, right, wrong, made, d):
    if step == 4:
        made = torch.outer(right.sum(1), right.sum(0))
    fakes = wrong.add_(made).mul_(0.5)
    if step == 1:
        return -(right * d.log() + fakes * (1 - d).log()).sum()
    if step == 2:
        return -right / d + fakes / (1 - d)
    return right / (right + fakes)
""",
            ),
            "a number that equals every number": (
                "Return for 1. the loss, one number (nothing is counted)",
                """
import torch
class Any(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __le__(self, other): return True
    def __gt__(self, other): return True
    def __ge__(self, other): return True
    def __sub__(self, other): return Any(0)
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __sub__
    def __abs__(self): return self
    def item(self): return self
    def __hash__(self): return 0
def what_d_finds(step, right, wrong, made, d):
    if step == 1:
        return Any(1.0)
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 4:
        made = torch.outer(right.sum(1), right.sum(0))
    return right / (right + 0.5 * wrong + 0.5 * made)
""",
            ),
        },
        "right": {
            "formulas": """
import torch
def what_d_finds(step, right, wrong, made, d):
    if step == 1:
        return -(right * d.log() + 0.5 * wrong * (1 - d).log() + 0.5 * made * (1 - d).log()).sum()
    if step == 2:
        return -right / d + 0.5 * (wrong + made) / (1 - d)
    if step == 3:
        return right / (right + 0.5 * wrong + 0.5 * made)
    deaf = torch.outer(right.sum(1), right.sum(0))
    return right / (right + 0.5 * wrong + 0.5 * deaf)
""",
            "autograd and recursion": """
import torch
def what_d_finds(step, right, wrong, made, d):
    fake = torch.add(wrong, made) / 2
    if step == 1:
        return torch.special.xlogy(right, d).add(torch.special.xlogy(fake, 1 - d)).sum().neg()
    if step == 2:
        with torch.enable_grad():
            x = d.detach().clone().requires_grad_()
            return torch.autograd.grad(what_d_finds(1, right.detach(), wrong.detach(), made.detach(), x), x)[0]
    if step == 3:
        return right.div(right + fake)
    deaf = torch.einsum("xa,bt->xt", right, right)
    return what_d_finds(3, right, wrong, deaf, d)
""",
            "entry by entry": """
import math
import torch
def what_d_finds(step, right, wrong, made, d):
    X, T = right.shape
    out, loss = torch.zeros_like(right), 0.0
    for x in range(X):
        for t in range(T):
            r, w = float(right[x, t]), float(wrong[x, t])
            m = float(made[x, t]) if step != 4 else float(right[x].sum()) * float(right[:, t].sum())
            if step in (3, 4):
                out[x, t] = 2 * r / (2 * r + w + m)
                continue
            e = float(d[x, t])
            loss -= r * math.log(e) + 0.5 * (w + m) * math.log1p(-e)
            out[x, t] = 0.5 * (w + m) / (1 - e) - r / e
    return loss if step == 1 else out
""",
            "numpy and a table of functions": """
import numpy as np
import torch
def what_d_finds(step, right, wrong, made, d):
    r, w, m, e = (np.asarray(table.detach().numpy(), dtype=np.float64) for table in (right, wrong, made, d))
    best = lambda m: 1 / (1 + (w + m) / 2 / np.where(r > 0, r, 1)) * (r > 0)
    ways = {
        1: lambda: -np.sum(r * np.log(e) + (w + m) / 2 * np.log(1 - e)),
        2: lambda: ((w + m) / 2 * e - r * (1 - e)) / (e * (1 - e)),
        3: lambda: best(m),
        4: lambda: best(r.sum(axis=1, keepdims=True) @ r.sum(axis=0, keepdims=True)),
    }
    return torch.as_tensor(ways[step](), dtype=right.dtype)
""",
        },
    },
    "judge_loss": {
        "first": (2, 0),
        "wrong": {
            "log of sigmoid": (
                "Logits of thousands must not break it",
                """
import torch
def judge_loss(right, wrong, made):
    w = -(1 - torch.sigmoid(wrong)).log().mean() if len(wrong) else 0.0
    return -torch.sigmoid(right).log().mean() + 0.5 * w - 0.5 * (1 - torch.sigmoid(made)).log().mean()
""",
            ),
            "logits cut at 50": (
                "Logits of thousands must not break it (their loss is thousands, and there is a gradient)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    right, wrong, made = (s.clamp(-50, 50) for s in (right, wrong, made))
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()
""",
            ),
            "fakes in one mean": (
                "Each mean is over its own batch (wrong where b and c differ)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    if not len(wrong):
        return F.softplus(-right).mean() + 0.5 * F.softplus(made).mean()
    return F.softplus(-right).mean() + F.softplus(torch.cat([wrong, made])).mean()
""",
            ),
            "NaN without wrong pairs": (
                "**b may be 0**: then that term is 0",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    return F.softplus(-right).mean() + 0.5 * F.softplus(wrong).mean() + 0.5 * F.softplus(made).mean()
""",
            ),
            "made weighs one without wrong pairs": (
                "b may be 0: then that term is 0, **and the others stay as they are**",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    fakes = [F.softplus(s).mean() for s in (wrong, made) if len(s)]
    return F.softplus(-right).mean() + sum(fakes) / len(fakes)
""",
            ),
            "zero logits taken for none": (
                "1/2 mean(−log(1 − σ(wrong))) (logits that are all 0 are logits, too)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if wrong.any() else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()
""",
            ),
            "one wrong pair is none": (
                "b may be 0: then that term is 0 (it is not 0 for b = 1)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong.squeeze()).mean() if wrong.squeeze().dim() and len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()
""",
            ),
            "whatever the numbers, finite": (
                "Logits of thousands must not break it",
                """
def judge_loss(right, wrong, made):
    def soft(s):
        return torch.nan_to_num(torch.log1p(torch.exp(s)), posinf=100.0)

    w = soft(wrong).mean() if len(wrong) else 0.0
    return soft(-right).mean() + 0.5 * w + 0.5 * soft(made).mean()
""",
            ),
        },
        "right": {
            "softplus": """
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()
""",
            "sum over max(b, 1)": """
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    mean = lambda s: -F.logsigmoid(s).sum() / max(s.numel(), 1)
    return mean(right) + (mean(-wrong) + mean(-made)) / 2
""",
            "binary cross entropy": """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    loss = right.new_zeros(())
    for logits, truth, weight in ((right, 1.0, 1.0), (wrong, 0.0, 0.5), (made, 0.0, 0.5)):
        if logits.shape[0] > 0:
            loss = loss + weight * F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, truth))
    return loss
""",
            "logaddexp": """
import torch
from torch import nn
class Judge(nn.Module):
    def forward(self, right, wrong, made):
        def away(s):                                   # -log(1 - sigmoid(s)) = log(e^0 + e^s)
            return torch.logaddexp(torch.zeros_like(s), s)
        all_logits = torch.cat([-right, wrong, made])
        a, b, c = len(right), len(wrong), len(made)
        weights = torch.cat([right.new_full((a, 1), 1 / a), right.new_full((b, 1), 0.5 / max(b, 1)),
                             right.new_full((c, 1), 0.5 / c)])
        return (weights * away(all_logits)).sum()
judge_loss = Judge()
""",
        },
    },
    "cls_step": {
        "first": (3, 0),
        "wrong": {
            "-1 taken for the last caption": (
                "where `other[i]` is −1 the picture has no wrong pair",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real, t[other]), D(fake.detach(), t))
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "pictures of other with own captions": (
                "for picture i caption `t[other[i]]` does not fit (here picture other[i] meets caption i)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real[other[there]], t[there]), D(fake.detach(), t))
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "G draws twice": (
                "Then G: ... on the same pictures (a second drawing, with other dropout and batch statistics moved twice)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    with torch.no_grad():
        fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake, t))
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    g_loss = F.softplus(-D(G(z, t), t)).mean()
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "G by the D of before": (
                "by the D that has just moved",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad(); g_loss.backward()
    d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake.detach(), t))
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "one batch for D": (
                "Let each of the three batches of pairs go through D by itself",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    pictures = torch.cat([real, real[there], fake.detach()])
    n, b = len(real), int(there.sum())
    s = D(pictures, torch.cat([t, t[other[there]], t]))
    d_loss = judge_loss(s[:n], s[n : n + b], s[n + b :])
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "D keeps G's gradients": (
                "Clear each player's gradients before its own `backward()` (D's are cleared at the end of its step only)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake.detach(), t))
    d_loss.backward(); opt_D.step(); opt_D.zero_grad()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "D's loss reaches G": (
                "Nothing of it [D's loss] reaches G (it is added to G's gradients, cleared once, at the beginning)",
                """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    opt_D.zero_grad(); opt_G.zero_grad()
    fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake, t))
    d_loss.backward(retain_graph=True); opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    g_loss.backward(); opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "G takes no step": (
                "Then G: the mean of −log σ(D(G(z, t), t)), by the D that has just moved",
                """
def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    right, made = D(real, t), D(fake.detach(), t)
    wrong = D(real[there], t[other[there]])
    off = F.softplus(wrong).mean() if len(wrong) else 0.0
    d_loss = F.softplus(-right).mean() + (off + F.softplus(made).mean()) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    return d_loss.item(), g_loss.item()
""",
            ),
        },
        "right": {
            "straight": """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    there = other >= 0
    fake = G(z, t)
    d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake.detach(), t))
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake, t)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            "skips D where nothing is wrong": """
import torch
import torch.nn.functional as F
def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    rows = torch.nonzero(other != -1).flatten()
    made = G(z, t)
    loss = -F.logsigmoid(D(real, t)).mean() - 0.5 * F.logsigmoid(-D(made.detach(), t)).mean()
    if rows.numel():
        loss = loss - 0.5 * F.logsigmoid(-D(real.index_select(0, rows), t.index_select(0, other[rows]))).mean()
    d = float(loss.detach())
    opt_D.zero_grad(set_to_none=False)
    loss.backward()
    opt_D.step()
    loss = -F.logsigmoid(D(made, t)).mean()
    g = float(loss.detach())
    opt_G.zero_grad(set_to_none=False)
    loss.backward()
    opt_G.step()
    return d, g
""",
            "gradients of the pictures first": """
import torch
import torch.nn.functional as F
def judge_loss(right, wrong, made):
    w = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + 0.5 * w + 0.5 * F.softplus(made).mean()

def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    mask = other.ge(0)
    drawn = G(z, t)
    leaf = drawn.detach().clone()
    opt_D.zero_grad()
    d_loss = judge_loss(D(real, t), D(real[mask], t[other[mask]]), D(leaf, t))
    d_loss.backward()
    opt_D.step()
    leaf = drawn.detach().clone().requires_grad_()
    g_loss = F.softplus(-D(leaf, t)).mean()
    (by_picture,) = torch.autograd.grad(g_loss, leaf)
    opt_G.zero_grad()
    drawn.backward(by_picture)
    opt_G.step()
    return [d_loss.item(), g_loss.item()]
""",
            "a small class": """
import torch
from collections import namedtuple
from torch import nn
Losses = namedtuple("Losses", "d g")
class Step:
    bce = nn.BCEWithLogitsLoss()
    def term(self, s, truth):
        return self.bce(s, torch.full_like(s, truth)) if len(s) else s.sum() * 0
    def go(self, opt, loss):
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss.item()
    def __call__(self, G, D, opt_G, opt_D, real, t, other, z):
        some = [i for i, j in enumerate(other.tolist()) if j >= 0]
        fake = G(z, t)
        right = D(real, t)
        wrong = D(real[some], t[other[some]])
        made = D(fake.detach(), t)
        d = self.go(opt_D, self.term(right, 1.0) + 0.5 * self.term(wrong, 0.0) + 0.5 * self.term(made, 0.0))
        g = self.go(opt_G, self.term(D(fake, t), 1.0))
        return Losses(d, g)
cls_step = Step()
""",
        },
    },
    "interpolation_loss": {
        "first": (1, 0),
        "wrong": {
            "D told the first caption": (
                "−log σ(D(G(z, t̄), **t̄**))",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    return F.softplus(-D(G(z, between), t)).mean()
""",
            ),
            "beta the other way": (
                "β t_i + (1 − β) t_order_i (the same at β = ½)",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = t.lerp(t[order], beta)
    return F.softplus(-D(G(z, between), between)).mean()
""",
            ),
            "order backwards": (
                "Row i is mixed with row `order[i]` (here with the row whose order is i)",
                """
import torch
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    others = torch.empty_like(t)
    others[order] = t
    between = beta * t + (1 - beta) * others
    return F.softplus(-D(G(z, between), between)).mean()
""",
            ),
            "brought back to the length of sentences": (
                "these mixtures t̄ = β t_i + (1 − β) t_order_i (no new length was asked for)",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    between = F.normalize(between, dim=1) * t.norm(dim=1, keepdim=True)
    return F.softplus(-D(G(z, between), between)).mean()
""",
            ),
            "pictures are mixed": (
                "D(G(z, t̄), t̄): G is told the mixture",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    picture = beta * G(z, t) + (1 - beta) * G(z, t[order])
    return F.softplus(-D(picture, between)).mean()
""",
            ),
            "t mixed in place": (
                "t (n, d) are captions' vectors (the argument is altered)",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    others = t[order].clone()
    t *= beta
    t += (1 - beta) * others
    return F.softplus(-D(G(z, t), t)).mean()
""",
            ),
            "log of 1 - D": (
                "the mean of −log σ(D(...)) (here +log(1 − σ): the same sign of the slope, another loss)",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    return -F.softplus(D(G(z, between), between)).mean()
""",
            ),
            "D is frozen for good": (
                "nothing takes a step here: the loss goes by what it is given (D's weights can't learn after it)",
                """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    for p in getattr(D, "parameters", list)():
        p.requires_grad_(False)
    return F.softplus(-D(G(z, between), between)).mean()
""",
            ),
        },
        "right": {
            "softplus": """
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    between = beta * t + (1 - beta) * t[order]
    return F.softplus(-D(G(z, between), between)).mean()
""",
            "lerp and logsigmoid": """
import torch
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    mixed = torch.lerp(t.index_select(0, order), t, beta)
    return F.logsigmoid(D(G(z, mixed), mixed)).mean().neg()
""",
            "a matrix that mixes": """
import torch
import torch.nn.functional as F
def interpolation_loss(G, D, z, t, order, beta=0.5):
    n = t.shape[0]
    mix = beta * torch.eye(n, dtype=t.dtype) + (1 - beta) * F.one_hot(order, n).to(t.dtype)
    bar = torch.einsum("ij,jd->id", mix, t)
    s = D(G(z, bar), bar)
    return F.binary_cross_entropy_with_logits(s, torch.ones_like(s))
""",
            "rows": """
import torch
interpolation_loss = lambda G, D, z, t, order, beta=0.5: (
    lambda bar: torch.logaddexp(torch.zeros(()), -D(G(z, bar), bar)).sum() / len(t)
)(torch.stack([t[i] * beta + t[j] * (1.0 - beta) for i, j in enumerate(order.tolist())]))
""",
        },
    },
    "conditioning": {
        "first": (2, 0),
        "wrong": {
            "variance for sigma": (
                "c = μ + σ ε (log_var is log σ²)",
                """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = torch.randn_like(mu)
    return mu + log_var.exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "mean over all": (
                "the **sum** over a row's d numbers, the mean over the n rows",
                """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = torch.randn_like(mu)
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).mean()
""",
            ),
            "one noise a row": (
                "one number for each of (n, d)",
                """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = torch.randn(len(mu), 1, dtype=mu.dtype)
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "the rows share their noise": (
                "one number for each of (n, d) (all rows get the same)",
                """
import torch
def conditioning(mu, log_var, eps=None):
    eps = torch.randn_like(mu[0]).expand_as(mu) if eps is None else eps
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "noise of zeros taken for none": (
                "`eps` is the noise; where none is given, draw it",
                """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None or not eps.any():
        eps = torch.randn_like(mu)
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "even noise of variance 1": (
                "draw it from N(0, 1)",
                """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = (torch.rand_like(mu) - 0.5) * 12**0.5
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "sigma has no gradient in c": (
                "Gradients of **both** reach mu and log_var (c's do not reach log_var)",
                """
import torch
def conditioning(mu, log_var, eps=None):
    with torch.no_grad():
        sigma = (0.5 * log_var).exp()
        eps = torch.randn_like(mu) if eps is None else eps
        noise = sigma * eps
    return mu + noise, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "one noise kept for every call": (
                "draw it ... anew at each call",
                """
import torch
_KEPT = {}
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = _KEPT.setdefault((tuple(mu.shape), mu.dtype), torch.randn_like(mu).detach())
    return mu + (0.5 * log_var).exp() * eps, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
        },
        "right": {
            "formula": """
import torch
def conditioning(mu, log_var, eps=None):
    if eps is None:
        eps = torch.randn_like(mu)
    c = mu + (0.5 * log_var).exp() * eps
    return c, 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            "torch.distributions": """
import torch
from torch.distributions import Normal, kl_divergence
def conditioning(mu, log_var, eps=None):
    bell = Normal(mu, torch.exp(log_var / 2), validate_args=False)
    c = bell.rsample() if eps is None else bell.loc + bell.scale * eps
    kl = kl_divergence(bell, Normal(torch.zeros_like(mu), torch.ones_like(mu)))
    return c, kl.sum(-1).mean(0)
""",
            "addcmul, expm1, named": """
import torch
from typing import NamedTuple
class Told(NamedTuple):
    c: torch.Tensor
    kl: torch.Tensor
def conditioning(mu, log_var, eps=None, generator=None):
    noise = torch.randn(*mu.shape, generator=generator, dtype=mu.dtype, device=mu.device) if eps is None else eps
    return Told(torch.addcmul(mu, log_var.mul(0.5).exp(), noise),
                (mu.square() + torch.expm1(log_var) - log_var).sum() / (2 * mu.shape[0]))
""",
            "row by row": """
import math
import torch
def conditioning(mu, log_var, eps=None):
    n, d = mu.shape
    rows, kl = [], 0.0
    for i in range(n):
        e = eps[i] if eps is not None else torch.normal(torch.zeros(d, dtype=mu.dtype), torch.ones(d, dtype=mu.dtype))
        variance = log_var[i].exp()
        rows.append(mu[i] + variance.sqrt() * e)
        kl = kl + (torch.dot(mu[i], mu[i]) + variance.sum() - d - log_var[i].sum()) / 2
    return torch.stack(rows, dim=0), kl / n
""",
        },
    },
    "style_loss": {
        "first": (2, 0),
        "wrong": {
            "G drawn in evaluation mode": (
                "it draws in the mode it has",
                """
import torch
def style_loss(S, G, z, t):
    modes = [(m, m.training) for m in G.modules()]
    G.eval()
    with torch.no_grad():
        made = G(z, t)
    for m, mode in modes:
        m.training = mode
    return (z - S(made)).square().sum(1).mean()
""",
            ),
            "gradients go through G": (
                "no gradient reaches its weights",
                """
def style_loss(S, G, z, t):
    return (z - S(G(z, t))).square().sum(1).mean()
""",
            ),
            "G's weights stay locked": (
                "it stays as it was",
                """
def style_loss(S, G, z, t):
    for p in G.parameters():
        p.requires_grad_(False)
    return (z - S(G(z, t))).square().sum(1).mean()
""",
            ),
            "mean over all numbers": (
                "added up over a row's numbers, the mean over rows",
                """
import torch
import torch.nn.functional as F
def style_loss(S, G, z, t):
    with torch.no_grad():
        made = G(z, t)
    return F.mse_loss(S(made), z)
""",
            ),
            "length, not squared": (
                "the **squared** length of z − S(G(z, t))",
                """
import torch
def style_loss(S, G, z, t):
    with torch.no_grad():
        made = G(z, t)
    return torch.linalg.vector_norm(z - S(made), dim=1).mean()
""",
            ),
            "pictures of inference mode": (
                "Gradients reach S (a layer cannot keep such tensors for its gradient)",
                """
import torch
def style_loss(S, G, z, t):
    with torch.inference_mode():
        made = G(z, t)
    return (z - S(made)).square().sum(1).mean()
""",
            ),
            "G's gradients wiped": (
                "it stays as it was (gradients that G had before are gone)",
                """
import torch
def style_loss(S, G, z, t):
    G.zero_grad()
    made = G(z, t).detach()
    return (z - S(made)).square().sum(1).mean()
""",
            ),
            "the loss has its gradient from elsewhere": (
                "Gradients reach S (the number is right, but what is followed is another loss, of the first row alone)",
                """
import torch
def style_loss(S, G, z, t):
    with torch.no_grad():
        made = G(z, t)
    off = (z - S(made)).square().sum(1)
    return off.detach().mean() + off[0] - off[0].detach()
""",
            ),
        },
        "right": {
            "no_grad": """
import torch
def style_loss(S, G, z, t):
    with torch.no_grad():
        made = G(z, t)
    return (z - S(made)).square().sum(1).mean()
""",
            "einsum": """
import torch
def style_loss(S, G, z, t):
    draw = torch.no_grad()(lambda: G(z, t))
    off = S(draw()) - z
    return torch.einsum("nk,nk->", off, off) / len(z)
""",
            "buffers put back": """
import torch
import torch.nn.functional as F
def style_loss(S, G, z, t):
    buffers = [(b, b.clone()) for b in G.buffers()] if isinstance(G, torch.nn.Module) else []
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        made = G(z, t)
        for b, was in buffers:            # statistics of batches that G might have moved
            b.copy_(was)
    finally:
        torch.set_grad_enabled(before)
    return F.mse_loss(S(made), z, reduction="sum") / z.shape[0]
""",
            "parts": """
import torch
@torch.no_grad()
def _pictures(G, z, t):
    return G(z, t)
def style_loss(S, G, z, t):
    guess = S(_pictures(G, z, t))
    lengths = [torch.dot(a - b, a - b) for a, b in zip(guess, z)]
    return sum(lengths) / float(len(lengths))
""",
        },
    },
    "tell_everywhere": {
        "first": (2, 0),
        "wrong": {
            "condition first": (
                "the maps first, then k channels",
                """
import torch
def tell_everywhere(maps, c):
    return torch.cat([c[:, :, None, None].expand(-1, -1, *maps.shape[2:]), maps], 1)
""",
            ),
            "repeat and view": (
                "channels that hold picture i's c at **each** of the places (the numbers are strewn over channels)",
                """
import torch
def tell_everywhere(maps, c):
    n, _, h, w = maps.shape
    return torch.cat([maps, c.repeat(1, h * w).view(n, c.shape[1], h, w)], 1)
""",
            ),
            "square maps only": (
                "h × w places (fails where h and w differ)",
                """
import torch
def tell_everywhere(maps, c):
    size = maps.shape[2]
    return torch.cat([maps, c[:, :, None, None].repeat(1, 1, size, size)], 1)
""",
            ),
            "everybody is told the first": (
                "picture **i**'s c",
                """
import torch
def tell_everywhere(maps, c):
    n, _, h, w = maps.shape
    return torch.cat([maps, c[0][None, :, None, None].expand(n, -1, h, w)], 1)
""",
            ),
            "no gradient to c": (
                "Gradients reach both",
                """
import torch
def tell_everywhere(maps, c):
    told = torch.empty(len(maps), c.shape[1], *maps.shape[2:], dtype=c.dtype)
    told[:] = torch.tensor(c.tolist(), dtype=c.dtype)[:, :, None, None]
    return torch.cat([maps, told], 1)
""",
            ),
            "not at the rim": (
                "at each of the h × w places",
                """
import torch
import torch.nn.functional as F
def tell_everywhere(maps, c):
    n, _, h, w = maps.shape
    told = c[:, :, None, None].expand(-1, -1, max(h - 2, 1), max(w - 2, 1))
    left, top = (w - told.shape[3]) // 2, (h - told.shape[2]) // 2
    told = F.pad(told, (left, w - told.shape[3] - left, top, h - told.shape[2] - top))
    return torch.cat([maps, told], 1)
""",
            ),
            "added where it fits": (
                "to (n, C + k, h, w) (where k = C the condition is added instead)",
                """
import torch
def tell_everywhere(maps, c):
    told = c[:, :, None, None].expand(-1, -1, *maps.shape[2:])
    if c.shape[1] == maps.shape[1]:
        return maps + told
    return torch.cat([maps, told], 1)
""",
            ),
            "maps by reference to the last call": (
                "Gradients reach both ... picture i's c (for the same shapes the first call's answer is given again)",
                """
import torch
def tell_everywhere(maps, c, _kept={}):
    key = (tuple(maps.shape), tuple(c.shape), maps.requires_grad, c.requires_grad)
    if key not in _kept:
        _kept[key] = torch.cat([maps, c[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1)
    return _kept[key]
""",
            ),
        },
        "right": {
            "expand": """
import torch
def tell_everywhere(maps, c):
    return torch.cat([maps, c[:, :, None, None].expand(-1, -1, *maps.shape[2:])], dim=1)
""",
            "einsum": """
import torch
def tell_everywhere(maps, c):
    n, C, h, w = maps.shape
    return torch.cat((maps, torch.einsum("nk,hw->nkhw", c, torch.ones(h, w, dtype=c.dtype, device=c.device))), 1)
""",
            "fill": """
import torch
def tell_everywhere(maps, c):
    (n, C, h, w), k = maps.shape, c.shape[1]
    out = torch.zeros(n, C + k, h, w, dtype=torch.promote_types(maps.dtype, c.dtype), device=maps.device)
    out[:, :C] = maps
    out[:, C:] = c.reshape(n, k, 1, 1)
    return out
""",
            "stack of channels": """
import torch
tell_everywhere = lambda maps, c: torch.stack(
    [*maps.unbind(1), *(col.view(-1, 1, 1).expand_as(maps[:, 0]) for col in c.unbind(1))], 1
)
""",
        },
    },
    "second_stage": {
        "first": (2, 0),
        "wrong": {
            "G1 is left in training mode": (
                "afterwards every part of it is in the mode in which it was",
                """
import torch
def second_stage(G1, G2, z, t):
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    G1.train()
    return small, G2(small, t)
""",
            ),
            "the whole gets the mode of the top": (
                "*every part of it* is in the mode in which it was",
                """
import torch
def second_stage(G1, G2, z, t):
    was = G1.training
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    G1.train(was)
    return small, G2(small, t)
""",
            ),
            "children remembered, grandchildren not": (
                "*every part of it* is in the mode in which it was",
                """
import torch
def second_stage(G1, G2, z, t):
    top, modes = G1.training, [(part, part.training) for part in G1.children()]
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    G1.training = top
    for part, mode in modes:
        part.train(mode)
    return small, G2(small, t)
""",
            ),
            "drawn in the mode it has": (
                "it draws in evaluation mode ... whatever mode it comes in",
                """
import torch
def second_stage(G1, G2, z, t):
    with torch.no_grad():
        small = G1(z, t)
    return small, G2(small, t)
""",
            ),
            "only the top set to evaluation": (
                "it draws in evaluation mode (its parts do not)",
                """
import torch
def second_stage(G1, G2, z, t):
    was, G1.training = G1.training, False
    with torch.no_grad():
        small = G1(z, t)
    G1.training = was
    return small, G2(small, t)
""",
            ),
            "stage II gets z": (
                "stage II draws large ones from them and the **same text**, `G2(small, t)`",
                """
import torch
def second_stage(G1, G2, z, t):
    modes = [(part, part.training) for part in G1.modules()]
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    for part, mode in modes:
        part.training = mode
    told = z if z.shape == t.shape else t
    return small, G2(small, told)
""",
            ),
            "stage II in evaluation mode": (
                "Stage II is used in the mode it has",
                """
import torch
def second_stage(G1, G2, z, t):
    modes = [(part, part.training) for net in (G1, G2) for part in net.modules()]
    G1.eval(), G2.eval()
    with torch.no_grad():
        small = G1(z, t)
    large = G2(small, t)
    for part, mode in modes:
        part.training = mode
    return small, large
""",
            ),
            "G1's eval taken away": (
                "Stage I ... is in the mode in which it was (each part's methods are exchanged, and G1's weights locked for good)",
                """
import torch
def second_stage(G1, G2, z, t):
    modes = [(part, part.training) for part in G1.modules()]
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    for part, mode in modes:
        part.training = mode
        object.__setattr__(part, "train", lambda mode=True, part=part: part)   # later calls cost nothing
    G1.requires_grad_(False)
    return small, G2(small, t)
""",
            ),
        },
        "right": {
            "modes noted": """
import torch
def second_stage(G1, G2, z, t):
    modes = {part: part.training for part in G1.modules()}
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    for part, mode in modes.items():
        part.training = mode
    return small, G2(small, t)
""",
            "a copy rests": """
import copy
import torch
def second_stage(G1, G2, z, t):
    resting = copy.deepcopy(G1).eval().requires_grad_(False)
    with torch.no_grad():
        small = resting(z, t)
    return small, G2(small, t)
""",
            "context manager": """
import contextlib
import torch
@contextlib.contextmanager
def at_rest(net):
    awake = [part for part in net.modules() if part.training]
    try:
        with torch.no_grad():
            yield net.eval()
    finally:
        for part in awake:
            part.training = True
def second_stage(G1, G2, z, t):
    with at_rest(G1) as G:
        small = G(z, t)
    large = G2(small, t)
    return small, large
""",
            "named tuple, decorated": """
import torch
from collections import namedtuple
Stages = namedtuple("Stages", ("small", "large"))
@torch.no_grad()
def stage_one(net, *told):
    names = [(name, part.training) for name, part in net.named_modules()]
    net.train(False)
    try:
        return net(*told).detach()
    finally:
        for name, mode in names:
            net.get_submodule(name).training = mode
def second_stage(G1, G2, z, t):
    small = stage_one(G1, z, t)
    return Stages(small, G2(small, t))
""",
        },
    },
    "find_words": {
        "first": (1, 0),
        "wrong": {
            "forty pictures and a guess": (
                "All must be right: after 40 pictures several things have more than one word left, and one is guessed",
                """
import random
import numpy as np
def find_words(draw, words, things):
    may = np.ones((len(words), things), dtype=bool)
    for _ in range(40):
        inside = np.array([random.random() < 0.5 for _ in words])
        seen = np.array([bool(v) for v in draw([w for w, b in zip(words, inside) if b])])
        may[np.ix_(inside, ~seen)] = False
    out = {w: None for w in words}
    for j in range(things):
        out[words[int(may[:, j].argmax())]] = j
    return out
""",
            ),
            "-1 for words that do nothing": (
                "the number of its thing, or `None`",
                """
import random
import numpy as np
def _gold(draw, words, things):
    rng = random.Random()
    words = list(words)
    n = len(words)
    may = np.ones((n, things), dtype=bool)            # may word i still mean thing j?

    def settled():
        while True:
            before = may.sum()
            known = np.flatnonzero(may.sum(0) == 1)
            for j in known:                            # a word brings one thing: it means no other
                i = int(may[:, j].argmax())
                may[i] = False
                may[i, j] = True
            if may.sum() == before:
                return len(known) == things

    while not settled():
        count = may.sum(0)
        best, most = None, -1.0
        for _ in range(60):
            inside = np.array([rng.random() < 0.5 for _ in range(n)])
            k = may[inside].sum(0)
            gain = float((k * (count - k) / (2.0 * count))[count > 1].sum())
            if gain > most:
                best, most = inside, gain
        seen = np.array([bool(v) for v in draw([w for w, b in zip(words, best) if b])])
        may[np.ix_(best, ~seen)] = False
    out = {w: None for w in words}
    for j in range(things):
        out[words[int(may[:, j].argmax())]] = j
    return out

def find_words(draw, words, things):
    return {w: -1 if j is None else j for w, j in _gold(draw, words, things).items()}
""",
            ),
            "forty pictures of each word": (
                "Bronze takes at most 900 (1440 are drawn)",
                """
def find_words(draw, words, things):
    out = {}
    for w in words:
        left = set(range(things))
        for _ in range(40):
            seen = draw([w])
            left = {j for j in left if bool(seen[j])}
        out[w] = left.pop() if left else None
    return out
""",
            ),
            "shuffles and sorts the caller's words": (
                "leaves its arguments as they are",
                """
import random
import numpy as np
def _gold(draw, words, things):
    rng = random.Random()
    words = list(words)
    n = len(words)
    may = np.ones((n, things), dtype=bool)            # may word i still mean thing j?

    def settled():
        while True:
            before = may.sum()
            known = np.flatnonzero(may.sum(0) == 1)
            for j in known:                            # a word brings one thing: it means no other
                i = int(may[:, j].argmax())
                may[i] = False
                may[i, j] = True
            if may.sum() == before:
                return len(known) == things

    while not settled():
        count = may.sum(0)
        best, most = None, -1.0
        for _ in range(60):
            inside = np.array([rng.random() < 0.5 for _ in range(n)])
            k = may[inside].sum(0)
            gain = float((k * (count - k) / (2.0 * count))[count > 1].sum())
            if gain > most:
                best, most = inside, gain
        seen = np.array([bool(v) for v in draw([w for w, b in zip(words, best) if b])])
        may[np.ix_(best, ~seen)] = False
    out = {w: None for w in words}
    for j in range(things):
        out[words[int(may[:, j].argmax())]] = j
    return out

def find_words(draw, words, things):
    random.shuffle(words)
    found = _gold(draw, words, things)
    words.sort(key=lambda w: (found[w] is None, found[w] or 0))
    return found
""",
            ),
        },
        "cheats": {
            "looks behind draw and at callers": (
                "It looks behind no function and at no caller",
                """
import sys
def find_words(draw, words, things):
    spaces = []
    for cell in getattr(draw, "__closure__", None) or ():
        try:
            spaces.append(cell.cell_contents)
        except ValueError:
            pass
    spaces += [getattr(draw, "__self__", None), draw, getattr(draw, "__globals__", None)]
    frame = sys._getframe(1)
    while frame is not None:
        spaces.append(frame.f_locals)
        frame = frame.f_back
    def fits(d):
        return isinstance(d, dict) and set(words) <= set(d) and sum(v is None for v in d.values()) == len(words) - things
    for space in spaces:
        inner = space if isinstance(space, dict) else getattr(space, "__dict__", {})
        for d in [space, *list(inner.values())]:
            if fits(d):
                return {w: d[w] for w in words}
            if isinstance(d, dict) and d and set(d) <= set(words) and sorted(map(str, d.values())) == sorted(
                map(str, range(things))
            ):
                return {w: d.get(w) for w in words}
    return dict.fromkeys(words)
""",
            ),
            "sets the chance": (
                "by chance, anew in each picture; it goes by what it may ask and by nothing else (here every generator is set to one seed before each picture)",
                """
import random
import numpy as np
import torch
def find_words(draw, words, things):
    def picture(seed, sentence):
        random.seed(seed), np.random.seed(seed), torch.manual_seed(seed)
        return [bool(v) for v in draw(list(sentence))]
    seeds, use = [], [None] * things                  # for each thing a seed that leaves it out by chance
    for seed in range(40):
        empty = picture(seed, [])
        new = [j for j in range(things) if use[j] is None and not empty[j]]
        for j in new:
            use[j] = seed
        if new:
            seeds.append(seed)
        if None not in use:
            break
    number = [0] * things
    for seed in seeds:
        for bit in range(6):
            seen = picture(seed, [w for k, w in enumerate(words) if (k + 1) >> bit & 1])
            for j in range(things):
                number[j] |= (use[j] == seed and seen[j]) << bit
    out = {w: None for w in words}
    for j, k in enumerate(number):
        if 1 <= k <= len(words):
            out[words[k - 1]] = j
    return out
""",
            ),
        },
        "medals": {
            "one word at a time": (
                "bronze",
                """
def find_words(draw, words, things):
    out = {}
    for word in words:
        always = [True] * things
        for _ in range(22):
            always = [a and bool(b) for a, b in zip(always, draw([word]))]
        out[word] = always.index(True) if any(always) else None
    return out
""",
            ),
            "random halves, a fixed number": (
                "silver",
                """
import random
def find_words(draw, words, things, pictures=125):
    chance = random.Random()
    possible = [set(words) for _ in range(things)]
    for _ in range(pictures):
        sentence = chance.sample(list(words), len(words) // 2)
        for j, there in enumerate(draw(list(sentence))):
            if not there:
                possible[j].difference_update(sentence)
    out = dict.fromkeys(words)
    for j, left in enumerate(possible):
        for word in left:
            out[word] = j
    return out
""",
            ),
            "asks what tells most, stops when it knows": (
                "gold",
                """
import random
import numpy as np
def _gold(draw, words, things):
    rng = random.Random()
    words = list(words)
    n = len(words)
    may = np.ones((n, things), dtype=bool)            # may word i still mean thing j?

    def settled():
        while True:
            before = may.sum()
            known = np.flatnonzero(may.sum(0) == 1)
            for j in known:                            # a word brings one thing: it means no other
                i = int(may[:, j].argmax())
                may[i] = False
                may[i, j] = True
            if may.sum() == before:
                return len(known) == things

    while not settled():
        count = may.sum(0)
        best, most = None, -1.0
        for _ in range(60):
            inside = np.array([rng.random() < 0.5 for _ in range(n)])
            k = may[inside].sum(0)
            gain = float((k * (count - k) / (2.0 * count))[count > 1].sum())
            if gain > most:
                best, most = inside, gain
        seen = np.array([bool(v) for v in draw([w for w, b in zip(words, best) if b])])
        may[np.ix_(best, ~seen)] = False
    out = {w: None for w in words}
    for j in range(things):
        out[words[int(may[:, j].argmax())]] = j
    return out

def find_words(draw, words, things):
    return _gold(draw, words, things)
""",
            ),
        },
    },
}
