# %% [markdown] builds="sentences become faces: a reader of words, three kinds of pair, two stages" hours=4 stars=3
# # 12 · Faces from sentences
#
# *An older person with a beanie and round glasses.* So far a label was a few numbers, each with its own place. A
# sentence keeps to no such list: it says some things, is silent about the others, and says them in any words. Here a
# network learns to read sentences, a generator learns to draw what they say, and a second one enlarges it. Then you
# ask, as always, whether the words are obeyed: which ones, and how often.
#
# **You will be able to**
#
# - turn sentences into numbers so that unknown words, empty sentences and padding do no harm;
# - draw captions that truly do not fit a picture, and say why a shuffled batch will not do;
# - derive what a discriminator finds that sees three kinds of pair, and write the step of GAN-CLS;
# - make one sentence stand for many pictures, by conditioning augmentation, and find a picture's style again;
# - build the second stage of StackGAN, and say what it must see of the first stage and of the text;
# - measure which words are obeyed, also together with others they were never seen with.
#
# **Time:** about four hours with the challenge, of which the machine works about five minutes. No GPU is needed.
# **Builds on:** lesson 03 (DCGAN), lesson 07 (conditions, the reader as a judge), lesson 10 (more pixels).

# %% [markdown]
# ![Four sentences, and beside each of them six small drawn faces that were made from it.](images/sentences.png)
#
# *Four sentences that no training caption has, and six faces of each, 64 × 64 pixels: the sentence is the same, the
# noise is not. The networks come with the course.*

# %% name="setup"
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.plots import axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.widgets.knobs import Choice, Knob, Sentence
from gancourse.widgets.sliders import Sliders

check = public("12_text_to_image")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. What is said, and what is not
#
# Every drawn face has captions, made from its factors: each says a few true things about the picture, in words that
# vary, and is silent about all else. With a caption come its **facts**, what it claims. The networks are never shown
# them; they tell us which captions do not fit a picture (section 3), and what is obeyed.
#
# A caption is no label. It says that somebody smiles, and says nothing about a hat; the picture may have one or not.
# So the same sentence fits many pictures, and many sentences fit one picture.

# %% name="captions" demo=true folded="Loads faces with captions, and prints some"
from gancourse.training import telling

DATA = "faces"  # or "celeba", for photographs
if DATA == "faces":
    faces, texts = telling.told_faces(32, n=quick(6000, 200)), telling.texts_of(n=quick(6000, 200))
else:
    from gancourse.data.celeba_captions import ToldPhotographs, told_photographs

    faces, texts = told_photographs(32, quick(3000, 200))
names_of_facts = telling.NAMED_FACTS if DATA == "faces" else ToldPhotographs.facts
shipped = store.load("text_faces_64")
for k in range(6):
    said = [" ".join(names_of_facts[j]) for j in faces.attributes["said"][k, 0].nonzero().flatten().tolist()]
    print(f"{texts[0][k]}\n    facts: {'; '.join(said)}")

# %% [markdown]
# For photographs set `DATA = "celeba"`. Then captions are made from CelebA's attributes, of those that name something
# that can be seen (hair, glasses, a hat, a beard, a smile); what people ticked about looks and age as an impression is
# left out. What *you* train then learns from photographs, and reads with an encoder that is trained in front of you.
# The networks that come with the course, and the face reader that counts, know drawn faces only.

# %% name="opening" demo=true folded="Draws faces of four sentences by the networks that come with the course"
reader_of_text, first, second = shipped["T"], shipped["G1"], shipped["G2"]


@torch.no_grad()
def faces_of(t, z, seed=0):
    """Text vectors (n, 64) and noise (n, 32) to pictures of both stages, with the same conditioning noise each time."""
    eps = torch.randn(2, len(z), 32, generator=torch.Generator().manual_seed(seed))
    small = first(z, t, eps[0])
    return small, second(small, t, eps[1])


FOUR = ("A smiling young person with a beanie.", "An older person with white hair and glasses.",
        "Someone with deep brown skin and a headscarf.", "A person with red hair and blue eyes.")  # fmt: skip
z_six = torch.randn(6, 32, generator=torch.Generator().manual_seed(3))
rows = {}
for sentence in FOUR:
    t = reader_of_text.say([sentence]).expand(6, -1)
    rows[str(sentence).replace(" with", "\nwith")] = faces_of(t, z_six)[1]
show(draw_rows(rows, width=10), alt="Four sentences, and beside each six drawn faces, the same six noises in each row.")

# %% [markdown] predict="least_obeyed"
# The words *smiling*, *beanie*, *white hair*, *headscarf*: which one is obeyed least, above and in general?
#
# - [ ] beanie: hats are rare :: Rare, but large. A hat covers a good part of the picture.
# - [ ] white hair :: Hair is the largest thing there is, and its color one of the first things to be learned.
# - [ ] headscarf: it hides what else could be said :: It is the easiest of all to draw, and to see.
# - [x] smiling :: Yes. The corners of a mouth are a pixel or two when stage I draws, at 32 × 32.
#
# ---
# Section 9 has the table, for every kind of word that the reader of faces can judge.

# %% [markdown]
# ## 2. Words become numbers
#
# A network cannot read letters as we do. Four steps lead from a sentence to a vector: find the **words**; give each a
# number from a **vocabulary**; look up a vector for each number (an *embedding*, which is learned); and let a
# recurrent network read one vector after the other. Its state after the last word is the sentence.

# %% [markdown] exercise="sentence_words" stars=1 minutes=10
# ### Exercise 1: the words of a sentence
#
# `sentence_words(sentence)`: a list of its words, in order, in lower case. A **word** is one or more letters from a to
# z; a single hyphen *between two letters* belongs to the word (*chin-length*). Everything else parts words and belongs
# to none: spaces, line ends, punctuation, digits, `_`, other hyphens, and letters such as é. A sentence without words
# gives an empty list.

# %% [markdown] hints="sentence_words"
# Say what a word is, and collect all there are: regular expressions do exactly this.
# ---
# `re.findall(pattern, text)` gives all pieces that fit, in order. Lower the case first. Letters, and then any number of
# times: a hyphen and letters.
# ---
# Letters are `[a-z]+`. A group that repeats and should not be returned by itself is written `(?:…)*`.


# %% solution="sentence_words"
def sentence_words(sentence):
    """The words of a sentence, a list in lower case; a hyphen between letters belongs to a word."""
    ### BEGIN SOLUTION
    import re

    return re.findall(r"[a-z]+(?:-[a-z]+)*", sentence.lower())
    ### END SOLUTION


# %% test="sentence_words" points=1

# %% [markdown] exercise="vocabulary_of" stars=1 minutes=10
# ### Exercise 2: a vocabulary
#
# `vocabulary_of(lists, least=2)`: `lists` are sentences, each as a list of words. Return one list: first `"<pad>"`,
# then `"<unk>"`, then all words that occur **at least** `least` times in all sentences together (twice in one sentence
# counts twice), in alphabetical order.
#
# A vocabulary is made from the *training* captions alone. What comes later may hold any word.

# %% [markdown] hints="vocabulary_of"
# Count all words of all sentences, keep those that are frequent enough, sort them.
# ---
# `collections.Counter` counts what it is given; a comprehension with two `for`s goes through all words of all lists.
# ---
# `counts = Counter(word for words in lists for word in words)`, then `sorted(w for w, n in counts.items() if …)`.


# %% solution="vocabulary_of"
def vocabulary_of(lists, least=2):
    """["<pad>", "<unk>"] and, sorted, the words that occur at least `least` times in lists of words."""
    ### BEGIN SOLUTION
    from collections import Counter

    counts = Counter(word for words in lists for word in words)
    return ["<pad>", "<unk>", *sorted(word for word, n in counts.items() if n >= least)]
    ### END SOLUTION


# %% test="vocabulary_of" points=1

# %% [markdown] exercise="as_numbers" stars=2 minutes=15
# ### Exercise 3: numbers, and where words are
#
# A batch needs rows of one length, and sentences have different ones. `as_numbers(lists, vocabulary, length)`: n
# sentences, each a list of words, become two tensors of shape (n, length):
#
# - `numbers` (`torch.long`): each word's place in `vocabulary`, from the left; a word that is not in it has the number
#   of `"<unk>"`. Where a sentence is over stands the number of `"<pad>"`. Of a sentence that is too long the **first**
#   `length` words count.
# - `there` (`torch.bool`): True where a word stands (also an unknown one), False at padding.
#
# The vocabulary begins with `"<pad>"`, `"<unk>"`, as in exercise 2. An empty sentence is a row of padding; no sentence
# at all gives two tensors (0, length).

# %% [markdown] hints="as_numbers"
# Begin with a tensor of padding and one of False, and fill in what there is.
# ---
# A dictionary from word to place makes the search fast: `place = {word: k for k, word in enumerate(vocabulary)}`. For a
# word that is not in it, `place.get(word, 1)`.
# ---
# `numbers = torch.zeros(len(lists), length, dtype=torch.long)`; for row k and `found = [place.get(w, 1) for w in
# words[:length]]`, fill `numbers[k, : len(found)]`.


# %% solution="as_numbers"
def as_numbers(lists, vocabulary, length):
    """Lists of words to numbers (n, length), int64, and where words are (n, length), bool."""
    ### BEGIN SOLUTION
    place = {word: k for k, word in enumerate(vocabulary)}
    numbers = torch.zeros(len(lists), length, dtype=torch.long)
    there = torch.zeros(len(lists), length, dtype=torch.bool)
    for row, words in enumerate(lists):
        for k, word in enumerate(words[:length]):
            numbers[row, k] = place.get(word, 1)
            there[row, k] = True
    return numbers, there
    ### END SOLUTION


# %% test="as_numbers" points=2

# %% [markdown]
# A recurrent network reads a row from left to right and gives a state after each place, also after each place of
# padding. If we took the state at the *last column*, a short sentence in a batch with a long one would be read with a
# tail of padding, and mean something else than alone. So the state at the **last word** is what counts.

# %% [markdown] exercise="last_word" stars=2 minutes=12
# ### Exercise 4: the state at the last word
#
# `last_word(states, there)`: states (n, L, d) of n sentences, and where words are, (n, L), as in exercise 3: words
# first, padding behind them. Return (n, d): for each sentence the state at its last word, and **zeros** for a sentence
# without words. Whatever finite numbers stand in the padding must not change the answer. Gradients pass.

# %% [markdown] hints="last_word"
# How many words a sentence has tells where its last one is.
# ---
# `there.sum(1) - 1` is the place of the last word; for an empty sentence it is −1, which would be the last column.
# ---
# `states[torch.arange(n), place.clamp(min=0)]` picks one state a row; multiply it by `there.any(1, keepdim=True)`.


# %% solution="last_word"
def last_word(states, there):
    """States (n, L, d) and where words are (n, L) to the state at each last word, (n, d); zeros without a word."""
    ### BEGIN SOLUTION
    place = (there.sum(1) - 1).clamp(min=0)
    return states[torch.arange(len(states)), place] * there.any(1, keepdim=True)
    ### END SOLUTION


# %% test="last_word" points=2

# %% [markdown]
# Here is the whole reader of sentences: your functions of exercises 1, 3 and 4, an embedding, a GRU (a recurrent
# network with gates), and one linear layer; its vocabulary is the course's, so that the course's weights fit. At the
# end each vector gets the length $\sqrt{d}$, so that sentences differ in direction alone.


# %% name="sentence-reader" demo=true open="the reader of sentences, made of your functions"
class SentenceReader(nn.Module):
    """From sentences to vectors (n, 64)."""

    def __init__(self, vocabulary, d=64, inner=32):
        super().__init__()
        self.vocabulary = vocabulary
        self.embed, self.gru = nn.Embedding(len(vocabulary), inner), nn.GRU(inner, d, batch_first=True)
        self.out = nn.Linear(d, d)

    def forward(self, sentences, length=40):
        numbers, there = as_numbers([sentence_words(s) for s in sentences], self.vocabulary, length)
        states, _ = self.gru(self.embed(numbers))
        found = self.out(last_word(states, there))
        return math.sqrt(found.shape[1]) * F.normalize(found, dim=1)


mine = SentenceReader(reader_of_text.words)
mine.load_state_dict(reader_of_text.state_dict())  # the weights that come with the course
with torch.no_grad():
    same = (mine(FOUR) - reader_of_text.say(FOUR)).abs().max()
print(f"a vocabulary of {len(mine.vocabulary)} words; your reader and the course's differ by {same:.6f} at most")

# %% [markdown]
# **Who taught it?** Nobody told it what words mean. It learned beside an encoder of pictures, on 20,000 faces with
# four captions each: a picture's vector should be nearer to its own caption's than to others' of the batch, and a
# caption's likewise. Reed and others (2016, section 3.2) train such a *joint embedding* with a margin; here a softmax
# over the batch does it, as CLIP did later at another scale. After that both rest. (One could train the reader within
# the game. Taught before it is faster, for $D$ and $G$ then chase no moving words.)
#
# What did it learn? Below, sentences against sentences: 1 where two vectors point the same way.

# %% [markdown] predict="order"
# *A young person with no hat and glasses* and *A young person with no glasses and a hat* have the same words in another
# order. How near are their vectors to each other, beside a sentence pair that says the same in other words?
#
# - [ ] equal: the same words :: So it would be if vectors of words were just averaged. A GRU reads in order.
# - [x] further from each other than two wordings of one fact :: Yes: pictures of the two differ, and the reader was
#   taught by pictures.
# - [ ] as far as they can be: opposite :: They share the young person.
#
# ---
# Compare the cosines in the next cell's table.

# %% name="cosines" demo=true folded="Prints how alike sentences are to the reader"
pairs = (
    ("A person with glasses.", "Someone wearing eyeglasses."),
    ("A laughing person.", "A sad-looking person."),
    ("A young person with no hat and glasses.", "A young person with no glasses and a hat."),
    ("A person with a hat.", "A person with a zzyzx hat."),
)
with torch.no_grad():
    for one, two in pairs:
        alike = F.cosine_similarity(*mine([one, two])[:, None]).item()
        print(f"{alike:6.2f}   {one}  /  {two}")

# %% [markdown]
# ## 3. Captions that do not fit
#
# In lesson 07 both players were told $y$, and $D$ judged two things at once: is this picture real, and does it fit
# what was said? It saw real pictures with *their* labels and made ones with theirs. A made picture that looks fake is
# refused for that alone; so at the beginning, when all of them do, nothing teaches $D$ to compare picture and words.
#
# Reed and others add a third kind of pair: **real pictures with captions that do not fit**. They look real. Only
# reading helps.
#
# Where do wrong captions come from? One takes the batch's captions in another order.

# %% [markdown] predict="by_accident"
# A caption of *another* face of the batch, picked at random: in how many of 100 cases does it say nothing that is
# clearly false of the picture?
#
# - [ ] never, or nearly so :: That would need captions that say a lot. These say two to five things.
# - [x] in a few: 5 to 10 :: A short caption of two things that are common fits very many.
# - [ ] in about half :: Then captions would say almost nothing.
#
# ---
# The next cell counts. (`bench.py --only accidents`: 6.4 of 100, 6.1 to 7.0 over three shifts of the list.) In a batch
# of 32 that are two, and each would teach $D$ that a true sentence is wrong.

# %% name="count-accidents" demo=true folded="Counts captions of others that may be true"
said, false = faces.attributes["said"][:, 0].float(), faces.attributes["false"].float()
share = 1 - (false * said.roll(1, 0)).sum(1).gt(0).float().mean()
print(f"of {len(said):,} captions of another face {100 * share:.0f} in 100 say nothing false of the picture")

# %% [markdown] exercise="mismatched" stars=3 minutes=25
# ### Exercise 5: mismatched, and not by accident
#
# `mismatched(said, false)`: two tables (n, k) of 0 and 1 (floats or truth values). `said[j, c]` is 1 if caption j
# makes claim c; `false[i, c]` is 1 if claim c is clearly false of picture i. A caption **does not fit** a picture if at
# least one of its claims is false of it.
#
# Return (n,), `torch.long`: for each picture the number of a caption of the batch that does not fit it (also its own,
# if that says something false), drawn at random, each that does not fit **equally likely**, for every picture by
# itself, anew at each call. Where every caption of the batch fits, the answer is **−1**: such a picture has no wrong
# pair.

# %% [markdown] hints="mismatched"
# First a table (n, n): which caption does not fit which picture? Then one draw from each row.
# ---
# The number of false claims that caption j makes about picture i is $\sum_c \text{false}_{ic}\,\text{said}_{jc}$: a
# matrix product. To draw evenly from a row's places give each place a random key, and take the largest of those that
# count.
# ---
# `wrong = false.float() @ said.float().T > 0`; `keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)`; then
# `keys.argmax(1)`, and −1 where `wrong.any(1)` is False.


# %% solution="mismatched"
def mismatched(said, false):
    """For each picture the number of a caption that says something false of it, (n,); −1 where there is none.

    Args:
        said: (n, k), what each caption claims.
        false: (n, k), what is false of each picture.
    """
    ### BEGIN SOLUTION
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(wrong.shape).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), -1)
    ### END SOLUTION


# %% test="mismatched" points=3

# %% [markdown]
# Reed and others drew captions of other *classes* of birds and flowers, which is the same care by another table. Where
# no facts are known one lives with accidents, and with a $D$ that is told now and then that a true sentence is wrong.
#
# ## 4. Three kinds of pair
#
# $D$ now sees
#
# | pair | picture | caption | $D$ should say | weight |
# |---|---|---|---|---|
# | right | real | its own | real | 1 |
# | wrong | real | one that does not fit | fake | ½ |
# | made | $G(z, t)$ | the one it was asked for | fake | ½ |
#
# and minimizes $L_D = -\log D(x, t) - \tfrac12 \log(1 - D(x, \hat t)) - \tfrac12 \log(1 - D(G(z, t), t))$ (algorithm
# 1). What does such a $D$ find? Take a world so small that all can be counted: pictures $x$ and texts $t$ from a short
# list, and three tables that say how often each pair comes as a right one, $p_r(x, t)$, as a wrong one, $p_w$, and as a
# made one, $p_m$. Each adds up to 1. $D$ is then just a table of numbers $d(x, t)$ between 0 and 1.

# %% [markdown] exercise="what_d_finds" stars=2 minutes=25
# ### Exercise 6: what D finds, step by step
#
# `what_d_finds(step, right, wrong, made, d)`: all are tables (pictures, texts); each entry of d lies strictly between 0
# and 1. Return for
#
# 1. the loss $L = -\sum_{x,t} \left[ p_r \log d + \tfrac12 p_w \log(1 - d) + \tfrac12 p_m \log(1 - d) \right]$, one
#    number;
# 2. its derivative with respect to each entry of $d$, a table;
# 3. the table $d$ at which all these are 0: the best $D$. (Every pair comes in at least one of the tables.)
# 4. A **deaf** $G$ draws perfect pictures, and does not listen: each picture as often as there are such in the right
#    pairs, whatever the text, and each text as often as it comes there. Return the best $D$ beside it. The argument
#    `made` is not used here: the deaf $G$'s own table takes its place.

# %% [markdown] hints="what_d_finds"
# Step 1 is a sum of three tables. Steps 2 and 3: each entry of $d$ stands alone, as in lesson 01.
# ---
# $-p_r/d + \tfrac12 (p_w + p_m)/(1 - d)$ is 0 where $p_r (1 - d) = \tfrac12 (p_w + p_m)\, d$. A deaf $G$ makes pairs
# that are independent: $p(x)\,p(t)$, with both taken from $p_r$.
# ---
# $p(x)$ is `right.sum(1)`, a column; $p(t)$ is `right.sum(0)`, a row. `torch.outer` makes their table.


# %% solution="what_d_finds"
def what_d_finds(step, right, wrong, made, d):
    """The loss of D (step 1), its derivative (2), the best D (3), the best D beside a deaf G (4); tables (x, t)."""
    ### BEGIN SOLUTION
    fakes = (wrong + made) / 2
    if step == 1:
        return -(right * d.log() + fakes * (1 - d).log()).sum()
    if step == 2:
        return -right / d + fakes / (1 - d)
    if step == 4:
        fakes = (wrong + torch.outer(right.sum(1), right.sum(0))) / 2
    return right / (right + fakes)
    ### END SOLUTION


# %% test="what_d_finds" points=3

# %% [markdown]
# Read the result, $D^* = p_r / \left(p_r + \tfrac12 p_w + \tfrac12 p_m\right)$. On a pair that is never right,
# $p_r = 0$, it says 0, whoever made the picture: that is what the wrong pairs teach, from the first step on. If $G$
# draws exactly right pairs, $p_m = p_r$, then wherever $p_w = 0$ it is ⅔, and not ½ as in lesson 01: half a fake weighs
# half. And a deaf $G$ is found out: its pairs lie also where $p_r$ is small.
#
# Is $p_m = p_r$ still what $G$ wants? Where captions that *might* be true were never called wrong, yes: there $p_w$ is
# 0 and the game is lesson 07's, with another weight. Where true captions are called wrong by accident, $p_w > 0$ on
# right pairs, and $D^*$ falls there: the accident punishes $G$ for obeying. That is what exercise 5 was for.

# %% [markdown] exercise="judge_loss" stars=2 minutes=12
# ### Exercise 7: D's loss
#
# `judge_loss(right, wrong, made)`: logits of the three kinds of pair, of shapes (a, 1), (b, 1), (c, 1). Return
# $\text{mean}(-\log\sigma(\text{right})) + \tfrac12\,\text{mean}(-\log(1 - \sigma(\text{wrong}))) +
# \tfrac12\,\text{mean}(-\log(1 - \sigma(\text{made})))$. Each mean is over its own batch. **b may be 0**: then that
# term is 0, and the others stay as they are. Logits of thousands must not break it, nor its gradient.

# %% [markdown] hints="judge_loss"
# Lesson 01's softplus, three times.
# ---
# $-\log\sigma(s)$ is `F.softplus(-s)`, and $-\log(1 - \sigma(s))$ is `F.softplus(s)`. A mean over nothing is NaN.
# ---
# `F.softplus(wrong).mean() if len(wrong) else 0.0`.


# %% solution="judge_loss"
def judge_loss(right, wrong, made):
    """GAN-CLS's loss of D: one for right pairs, a half for each kind of fake; logits (n, 1), wrong may be empty."""
    ### BEGIN SOLUTION
    off = F.softplus(wrong).mean() if len(wrong) else 0.0
    return F.softplus(-right).mean() + (off + F.softplus(made).mean()) / 2
    ### END SOLUTION


# %% test="judge_loss" points=2

# %% [markdown] exercise="cls_step" stars=3 minutes=30
# ### Exercise 8: the step of GAN-CLS
#
# `cls_step(G, D, opt_G, opt_D, real, t, other, z)`: one step of both. `real` (n, …) are pictures, `t` (n, d) the
# vectors of their captions, `other` (n,) the numbers that `mismatched` gives: for picture i caption `t[other[i]]` does
# not fit, and where `other[i]` is −1 the picture has no wrong pair. `G(z, t)` draws, `D(pictures, t)` gives logits (m,
# 1) for any number m of pairs.
#
# - $D$ first: the loss of exercise 7, on the three kinds of pair. Nothing of it reaches $G$.
# - Then $G$: the mean of $-\log\sigma(D(G(z, t), t))$, by the $D$ that has just moved, on the same pictures.
#
# $G$ draws once. Clear each player's gradients before its own `backward()`. Let each of the three batches of pairs go
# through $D$ by itself, in any order. Return both losses as plain numbers: $D$'s, then $G$'s, each from before its
# step.

# %% [markdown] hints="cls_step"
# Lesson 07's step with one more batch for $D$. Which pictures have a wrong caption?
# ---
# `there = other >= 0` picks them: `real[there]` goes with `t[other[there]]`. A −1 as an index would take the last
# caption.
# ---
# `fake = G(z, t)`; `d_loss = judge_loss(D(real, t), D(real[there], t[other[there]]), D(fake.detach(), t))`;
# `opt_D.zero_grad(); d_loss.backward(); opt_D.step()`; then `F.softplus(-D(fake, t)).mean()` for G, likewise.


# %% solution="cls_step"
def cls_step(G, D, opt_G, opt_D, real, t, other, z):
    """One step of D on right, wrong and made pairs, and one of G; returns both losses as plain numbers."""
    ### BEGIN SOLUTION
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
    opt_G.step()
    return d_loss.item(), g_loss.item()
    ### END SOLUTION


# %% test="cls_step" points=3

# %% [markdown]
# ## 5. Does it listen?
#
# Two short runs at 32 × 32 pixels by *your* step, on the same faces, from the same weights, equally long: with wrong
# pairs, and without (`other` is −1 everywhere; then $D$ sees right and made pairs only). $G$ is lesson 03's generator
# with 32 numbers of text beside 32 of noise. $D$ gets the text as in the paper: made shorter by a linear layer,
# repeated at every place of its 4 × 4 map, and joined to the channels there.


# %% name="read-captions" demo=true folded="Reads all captions (of photographs by a reader trained here)"
if DATA == "celeba":
    with working("training a reader of sentences on photographs", usual=quick(90, 1)):
        reader_of_text, _ = telling.trained_encoder(faces, texts, quick(500, 3))
with working("reading all captions", usual=quick(8, 1)):
    vectors = torch.stack([reader_of_text.say(some) for some in texts], 1)  # (faces, wordings, 64)


# %% name="batches" demo=true folded="Draws batches: pictures, one caption of each, and who does not fit"
def batch_of(n=32, wrong=True):
    """Pictures (n, 3, 32, 32), caption vectors (n, 64), and `other` (n,)."""
    rows = torch.randint(len(faces), (n,))
    k = torch.randint(vectors.shape[1], (n,))
    said, false = faces.attributes["said"][rows, k], faces.attributes["false"][rows]
    other = mismatched(said, false) if wrong else torch.full((n,), -1)
    return to_unit(faces.pixels[rows]), vectors[rows, k], other


# %% name="game" demo=true folded="The game: networks, optimizers, and steps by your function"
from gancourse.models.text import TextDiscriminator, TextGenerator


class TextGame:
    """A short game at 32 pixels; `wrong` says whether D sees wrong pairs."""

    def __init__(self, wrong=True, seed=0, G=None, rate=4e-4):
        seed_everything(seed)
        self.G = copy.deepcopy(G).requires_grad_() if G is not None else TextGenerator(32, width=20, varied=False)
        self.D, self.wrong, self.losses = TextDiscriminator(32, width=20), wrong, []
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, betas=(0.5, 0.999))
        self.opt_D = torch.optim.Adam(self.D.parameters(), rate, betas=(0.5, 0.999))

    def play(self, steps):
        self.G.train()
        for _ in range(steps):
            real, t, other = batch_of(wrong=self.wrong)
            self.losses.append(cls_step(self.G, self.D, self.opt_G, self.opt_D, real, t, other, torch.randn(32, 32)))
            yield self
        self.G.eval()


# %% [markdown] predict="what_changes"
# What will differ between the two runs, after as many steps?
#
# - [ ] the pictures' quality: with wrong pairs they look better :: The third kind of pair holds real pictures only. It
#   teaches $D$ to compare, not to find flaws.
# - [x] how often what was said is in the picture :: Yes. Both $G$s hear the text, but only one $D$ has been taught to
#   read from the first step on.
# - [ ] nothing: both players are told the text in both :: Told, and taught to use it, are two things.
#
# ---
# Look at the table that follows, and compare *read* with *by others*, what chance gives.

# %% name="train-with" demo=true folded="Plays with wrong pairs"
with_wrong, without_wrong = TextGame(True), TextGame(False)
STEPS = quick(900, 3)
for _ in each(with_wrong.play(STEPS), "three kinds of pair", usual=quick(70, 1), total=STEPS):
    pass

# %% name="train-without" demo=true folded="Plays without"
for _ in each(without_wrong.play(STEPS), "two kinds of pair", usual=quick(60, 1), total=STEPS):
    pass

# %% name="runs-sheet" demo=true folded="Draws faces of four sentences by both"
rows = {}
with torch.no_grad():
    for name, game in (("three kinds", with_wrong), ("two kinds", without_wrong)):
        for sentence in FOUR[:3]:
            t = reader_of_text.say([sentence]).expand(8, -1)
            z = torch.randn(8, 32, generator=torch.Generator().manual_seed(5))
            rows[f"{name}: {sentence[:28]}…"] = game.G(z, t)
show(
    draw_rows(rows, width=10), alt="Six rows of eight faces: three sentences by the first run, the same by the second."
)

# %% name="obeyed" demo=true folded="Counts what the reader of faces reads of what was said"
held = telling.told_faces(32, "test_seen", quick(500, 20), 1)
held_said = held.attributes["said"][:, 0]
held_t = shipped["T"].say(telling.texts_of("test_seen", quick(500, 20), 1)[0])


def table_of(ways):
    """For each way to draw, by attribute: read in pictures of these captions, and in those of others."""
    found = {name: telling.obeyed(made, held_said) for name, made in ways.items()}
    print(f"{'':14} {'captions':>8}  " + "  ".join(f"{name:>22}" for name in found))
    for attribute, count in next(iter(found.values())).count.items():
        cells = [f"{one.own[attribute]:12.2f} ({one.others[attribute]:.2f})  " for one in found.values()]
        print(f"{attribute:14} {count:8}  " + "  ".join(f"{cell:>22}" for cell in cells))
    return found


if DATA == "faces":
    ways = {"three kinds": with_wrong.G, "two kinds": without_wrong.G}
    with torch.no_grad():
        z = torch.randn(len(held_t), 32)
        found = table_of({name: G(z, held_t) for name, G in ways.items()})

# %% [markdown]
# In each column the first number is the share of captions whose claim the face reader reads in *their* picture; the
# one in brackets is the share in pictures of *other* captions, which is what a deaf $G$ would reach. Their difference
# is what the words did.
#
# Nearly the same by `bench.py --only runs`, three seeds (mean, and range over the seeds; in brackets what is read in
# pictures of other captions). There the package plays: $D$ should say 0.9 of right pairs instead of 1, and without
# wrong pairs made ones weigh 1 instead of ½:
#
# | | three kinds of pair | two kinds of pair |
# |---|---|---|
# | skin | **0.79** (0.34) | 0.33 (0.37) |
# | age | **0.80** (0.47) | 0.60 (0.44) |
# | hair color | **0.58** (0.31) | 0.44 (0.33) |
# | glasses | 0.56 (0.44) | 0.49 (0.49) |
# | hat | 0.72 (0.59) | 0.61 (0.61) |
# | hair style | 0.20 (0.18) | 0.18 (0.18) |
# | expression | 0.36 (0.36) | 0.37 (0.36) |
# | gained in all | **0.11** (0.10 to 0.11) | 0.02 (0.00 to 0.04) |
#
# After 900 steps the game with three kinds of pair obeys the large words, skin, age and the hair's color; the other one
# has hardly begun. Details need more: section 9 has the course's networks after 8,000 steps.

# %% [markdown]
# ## 6. Between two captions
#
# Captions are few, and the space of their vectors is large and mostly empty. $G$ is never asked for what lies between,
# and may draw anything there. Reed and others ask for it: mix two captions' vectors, $\beta t_1 + (1 - \beta) t_2$ with
# β = ½, and add to $G$'s loss that $D$ should take the picture for real *and fitting*. There is no real picture for
# such a mixture, so $D$ does not learn from it; it only judges (GAN-INT, eq. 5).

# %% [markdown] exercise="interpolation_loss" stars=2 minutes=15
# ### Exercise 9: captions that nobody wrote
#
# `interpolation_loss(G, D, z, t, order, beta=0.5)`: t (n, d) are captions' vectors, `order` (n,) another order of the
# rows. Row i is mixed with row `order[i]`: $\beta\,t_i + (1 - \beta)\,t_{\text{order}_i}$. Return the mean of
# $-\log\sigma(D(G(z, \bar t), \bar t))$ for these mixtures $\bar t$. Gradients reach $G$; nothing takes a step here,
# and both networks can learn afterwards.

# %% [markdown] hints="interpolation_loss"
# $G$ and $D$ are told the same thing.
# ---
# `t[order]` are the others.
# ---
# `between = beta * t + (1 - beta) * t[order]`, then `F.softplus(-D(G(z, between), between)).mean()`.


# %% solution="interpolation_loss"
def interpolation_loss(G, D, z, t, order, beta=0.5):
    """G's loss for mixtures of captions t (n, d) and t[order]; one number."""
    ### BEGIN SOLUTION
    between = beta * t + (1 - beta) * t[order]
    return F.softplus(-D(G(z, between), between)).mean()
    ### END SOLUTION


# %% test="interpolation_loss" points=2

# %% [markdown]
# What lies between *stubble* and *a full beard*? Something in between, if $G$ is smooth; a coin flip, if it is not.
# Move from one sentence to another with the noise held still: the panel draws six stops, and the slider sets how far
# the last picture has gone. (*No beard* cannot be asked for: no caption ever said it, and the reader hears *beard*.)


# %% name="between" demo=true folded="Two sentences and a slider between them"
def draw_between(fig, one, two, share, person):
    """Faces from one sentence to another; returns the alt text."""
    fig.clear()
    t = shipped["T"].say([one, two])
    stops = torch.tensor([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, share])[:, None]
    z = torch.randn(20, 32, generator=torch.Generator().manual_seed(11))[int(person)].expand(7, -1)
    made = faces_of((1 - stops) * t[:1] + stops * t[1:], z)[1]
    left, right = axes(fig, 1, 2, width_ratios=(5, 1.2))
    draw_pictures(left, made[:6], 6, "from the first sentence to the second")
    draw_pictures(right, made[6:], 1, f"{share:.2f}")
    strange = shipped["T"].strange(f"{one} {two}")
    fig.text(0.5, 0.02, f"unknown: {', '.join(strange)}" if strange else "all words are known", ha="center", fontsize=9)
    told = f"Unknown words: {', '.join(strange) or 'none'}."
    return f"Faces from “{one}” to “{two}”, and one at {share:.2f} of the way. {told}"


Sliders(
    draw_between,
    {"one": Sentence("from", "A young person with a full beard and a sad look."),
     "two": Sentence("to", "A young person with short stubble and a sad look."),
     "share": Knob("how far", 0, 1, 0.5), "person": Choice("noise", {str(k): str(k) for k in range(12)})}, (9.5, 2.4),
)  # fmt: skip

# %% [markdown]
# Three things to try. (1) Two sentences that differ in one word: what else moves? (2) A word that the vocabulary does
# not have, such as *necklace*: the line below the faces names it. (3) An empty line: what is a face of which nothing is
# said?
#
# ## 7. One sentence, many pictures
#
# StackGAN goes further than mixtures. Instead of the vector itself, $G$ gets a **draw** from a bell curve around what
# the sentence means,
#
# $$c = \mu(t) + \sigma(t) \odot \varepsilon, \qquad \varepsilon \sim N(0, I),$$
#
# where a layer makes μ and $\log\sigma^2$ of $t$. Small changes of $c$ must then give good pictures, too, so the space
# between captions is practiced all the time. To keep σ from falling to 0, and μ from running away, $G$'s loss gets a
# penalty: the distance, in the sense of Kullback and Leibler, of that bell curve from $N(0, I)$. Lesson 05 had it in
# the VAE:
#
# $$\text{KL} = \tfrac12 \sum_j \left( \mu_j^2 + \sigma_j^2 - 1 - \log\sigma_j^2 \right).$$

# %% [markdown] exercise="conditioning" stars=2 minutes=15
# ### Exercise 10: conditioning augmentation
#
# `conditioning(mu, log_var, eps=None)`: mu and log_var, $\log\sigma^2$, of shape (n, d). Return two things: `c` (n, d),
# by the formula above, and the KL: the **sum** over a row's d numbers, the **mean** over the n rows. `eps` is the
# noise; where none is given, draw it from N(0, 1), anew at each call, one number for each of (n, d). Gradients of both
# reach mu and log_var.

# %% [markdown] hints="conditioning"
# Lesson 05's reparameterization: the draw is made outside, and scaled and moved.
# ---
# $\sigma = e^{\frac12 \log\sigma^2}$, and $\sigma^2 = e^{\log\sigma^2}$.
# ---
# `torch.randn_like(mu)`; `0.5 * (mu**2 + log_var.exp() - 1 - log_var)`, then `.sum(1).mean()`.


# %% solution="conditioning"
def conditioning(mu, log_var, eps=None):
    """c = μ + σ ε, (n, d), and the KL from N(0, I): added up over d, the mean over n."""
    ### BEGIN SOLUTION
    if eps is None:
        eps = torch.randn_like(mu)
    c = mu + (0.5 * log_var).exp() * eps
    kl = 0.5 * (mu**2 + log_var.exp() - 1 - log_var)
    return c, kl.sum(1).mean()
    ### END SOLUTION


# %% test="conditioning" points=2

# %% [markdown] predict="heavy"
# The penalty's weight is small in the course's recipe, 0.02. What would happen if it were very large?
#
# - [ ] σ falls to 0, and c is the sentence alone :: The penalty wants σ = 1: with a σ of 0 it is infinite.
# - [x] all sentences get the same bell curve, and G is deaf :: Yes. KL = 0 means μ = 0 and σ = 1 for every $t$: nothing
#   of the sentence is left in $c$.
# - [ ] pictures get better: more variety :: Variety of what was not said is $z$'s business.
#
# ---
# Remember it: it may come back in section 10.

# %% name="spread-of-c" demo=true folded="How much of c is the sentence, how much noise, in the course's generator?"
with torch.no_grad():
    _, mu, log_var = first.told(held_t)
    t = shipped["T"].say(["A smiling person with a hat."]).expand(8, -1)
    z = torch.randn(8, 32)
    eps = torch.randn(8, 32)
    rows = {"z and ε fresh": first(z, t, eps), "z held, ε fresh": first(z[:1].expand(8, -1), t, eps)}
    rows["z fresh, ε held"] = first(z, t, eps[:1].expand(8, -1))
print(f"the spread of μ over sentences: {mu.std(0).mean():.2f}; σ within one: {(0.5 * log_var).exp().mean():.2f}")
show(draw_rows(rows, "A smiling person with a hat."), alt="Three rows of eight faces of one sentence: all noise fresh, "
     "only the sentence's, only z.")  # fmt: skip

# %% [markdown]
# ## 8. Style: what was not said
#
# A face has much that no caption says: where the head is, the background, the light. If $G$ listens, the sentence
# settles what it says, and **the noise all the rest**: the *style*. Then one could take one face's style with another's
# words. For that $z$ must be found from a picture. Reed and others (section 4.4) train an encoder $S$ on $G$'s own
# pictures, for which $z$ is known:
#
# $$L_S = \mathbb{E}_{z, t}\, \lVert z - S(G(z, t)) \rVert^2.$$

# %% [markdown] exercise="style_loss" stars=2 minutes=15
# ### Exercise 11: the style encoder's loss
#
# `style_loss(S, G, z, t)`: z (n, k), t (n, d). Return the squared length of $z - S(G(z, t))$, added up over a row's
# numbers, the mean over rows. $G$ **rests**: it draws in the mode it has, no gradient reaches its weights, and these
# and the gradients that they have stay as they were (in training mode running statistics may move). Gradients reach
# $S$.

# %% [markdown] hints="style_loss"
# Only $S$ learns. Gradients need not go through $G$ at all: the pictures are data to it.
# ---
# `with torch.no_grad():` around the drawing, and nothing else.
# ---
# `(z - S(made)).square().sum(1).mean()`.


# %% solution="style_loss"
def style_loss(S, G, z, t):
    """The mean of ‖z − S(G(z, t))‖²; G rests."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        made = G(z, t)
    return (z - S(made)).square().sum(1).mean()
    ### END SOLUTION


# %% test="style_loss" points=2

# %% [markdown] predict="how_well"
# The course's generator has noise in **two** places: the 32 numbers of $z$, and the 32 of ε, in the condition. Its $S$
# was trained to find all 64. A guess that knows nothing, 0, finds 0 of their variance. Whose numbers does it find, on
# pictures of new sentences?
#
# - [ ] z's: that is what z is for :: It is meant for that. Nobody forces $G$ to use it.
# - [x] ε's, and of z hardly anything :: Yes. ε stands in $c$, which $G$ must listen to anyway; $z$ comes beside it, and
#   in this run it was left nearly idle. Nobody can find what is not in the picture.
# - [ ] both equally well :: Then pictures would change as much with the one as with the other. Section 7's rows say no.
#
# ---
# The next cell prints both shares.

# %% name="style-found" demo=true folded="Measures how much of the noise is found"
S, by_noise = shipped["S"], telling.with_noise(first)
with torch.no_grad():
    noise = torch.randn(len(held_t), 64)
    loss = style_loss(S, by_noise, noise, held_t).item()
    made = by_noise(noise, held_t)
    found_noise = S(made)
    shares = 1 - (noise - found_noise).square().mean(0)
print(f"loss {loss:.1f} of 64; of the variance is found: z {shares[:32].mean():.2f}, ε {shares[32:].mean():.2f}")

# %% name="style-transfer" demo=true folded="Real faces give the style, sentences the words"
styles = to_unit(held.pixels[:6])
with torch.no_grad():
    rows, given = {"style of": styles}, S(styles)
    for sentence in FOUR[:3]:
        rows[sentence[:30] + "…"] = by_noise(given, shipped["T"].say([sentence]).expand(6, -1))
show(draw_rows(rows, width=9), alt="Six faces; below them three rows, each with a sentence's content and their styles.")

# %% name="style-kept" demo=true folded="What stays of the face, read, where its style meets other words"
from gancourse.models.face_reader import load_face_reader

if DATA == "faces":
    with working("reading styles", usual=quick(5, 1)), torch.no_grad():
        moved = by_noise(found_noise, held_t.roll(7, 0))  # the style of `made`, and another caption
        was, now = (load_face_reader().read(pictures) for pictures in (made, moved))
    for name in ("yaw", "roll", "smile", "skin", "age", "hair_color", "hair_length"):
        kept = torch.corrcoef(torch.stack([was[name], now[name]]))[0, 1]
        print(f"{name.replace('_', ' '):12} of the style's face and of the new one: correlation {kept:5.2f}")
    corners = torch.stack([p[:, :, :3, :3].mean((2, 3)).flatten() for p in (made, moved)])
    kept = torch.corrcoef(corners)[0, 1]
    print(f"{'corner color':12} (the background) of both: correlation {kept:5.2f}")

# %% [markdown]
# On three draws of 500 captions (`bench.py --only style`) $S$ found 0.25 (0.24 to 0.25) of ε's variance and 0.07 of
# $z$'s. The pictures say why: with ε held, pixels move by 0.04 when $z$ is drawn anew; with $z$ held they move by 0.13
# with ε. **The noise that was meant for smoothness has taken over the work of $z$.** Nothing in the game forbids it,
# and nobody would have seen it without counting.
#
# What stays of a face when its style meets other words is accordingly little: the correlation was 0.33 (0.29 to 0.37)
# for the skin, 0.19 (0.18 to 0.21) for the background's color, 0.14 (0.09 to 0.20) for the head's turn, and near 0 for
# what captions talk about, such as the smile (0.03) or the hair's length (0.06). So the words rule, as they should, and
# the style is a weak hint. Nobody can find what $G$ does not draw.
#
# ## 9. The second stage
#
# 32 × 32 pixels hold no iris. To train one generator at a larger size is slow and fails more often; StackGAN divides
# the work. **Stage I** draws coarse shapes and colors. **Stage II** takes its picture *and the text again*, and draws
# the larger one: it adds detail, and mends what stage I got wrong. It has the text at every place of its maps, as $D$
# has it.

# %% [markdown] exercise="tell_everywhere" stars=1 minutes=8
# ### Exercise 12: told at every place
#
# `tell_everywhere(maps, c)`: maps (n, C, h, w) and a condition c (n, k), to (n, C + k, h, w): the maps first, then k
# channels that hold picture i's c at each of the h × w places. Gradients reach both.

# %% [markdown] hints="tell_everywhere"
# Lesson 07 did it for pictures.
# ---
# c becomes (n, k, 1, 1), is expanded to (n, k, h, w), and joined along dimension 1.
# ---
# `c[:, :, None, None].expand(-1, -1, *maps.shape[2:])`.


# %% solution="tell_everywhere"
def tell_everywhere(maps, c):
    """Maps (n, C, h, w) and c (n, k) to (n, C + k, h, w), with c at every place."""
    ### BEGIN SOLUTION
    return torch.cat([maps, c[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1)
    ### END SOLUTION


# %% test="tell_everywhere" points=1

# %% [markdown] exercise="second_stage" stars=2 minutes=18
# ### Exercise 13: the second stage sees both
#
# `second_stage(G1, G2, z, t)`: stage I draws small pictures, `G1(z, t)`; stage II draws large ones from them and the
# **same text**, `G2(small, t)`. Return both, small first. Stage I **rests**: it draws in evaluation mode, whatever mode
# it comes in, no gradient reaches it (the small pictures take none), and afterwards *every part of it* is in the mode
# in which it was. Stage II is used in the mode it has, and gradients reach it.

# %% [markdown] hints="second_stage"
# Two calls, and a promise about the first network.
# ---
# `G1.eval()` sets the mode of all its parts. Note each part's mode before: `[part.training for part in G1.modules()]`.
# ---
# `modes = {part: part.training for part in G1.modules()}`; afterwards set `part.training = mode` for each. Draw within
# `torch.no_grad()`.


# %% solution="second_stage"
def second_stage(G1, G2, z, t):
    """Small pictures by stage I, which rests, and large ones by stage II, from them and the text."""
    ### BEGIN SOLUTION
    modes = {part: part.training for part in G1.modules()}
    G1.eval()
    with torch.no_grad():
        small = G1(z, t)
    for part, mode in modes.items():
        part.training = mode
    return small, G2(small, t)
    ### END SOLUTION


# %% test="second_stage" points=3

# %% [markdown] predict="stage_two"
# Beside stage I's pictures, enlarged by a formula: what does stage II gain?
#
# - [ ] only sharpness: what is said was settled by stage I :: It sees the text again, and $D$ judges its pictures by
#   it.
# - [x] a little of both, beside one formula, and hardly anything beside another :: Yes: here it is little. Mind what it
#   is compared with.
# - [ ] all that stage I missed, such as smiles and eyes :: It sees the words again, but at stage I's places nothing is
#   prepared for them, and its training was short.
#
# ---
# The next cells draw both and measure both.

# %% name="two-stages" demo=true folded="Draws eight faces by both stages"
with torch.no_grad():
    t8 = held_t[:8]
    small, large = second_stage(first, second, torch.randn(8, 32, generator=torch.Generator().manual_seed(2)), t8)
rows = {"stage I": small, "enlarged": F.interpolate(small, scale_factor=2, mode="bicubic").clamp(-1, 1)}
show(
    draw_rows({**rows, "stage II": large}), alt="Eight faces three times: stage I's, enlarged by a formula, stage II's."
)

# %% name="both-measured" demo=true folded="Measures both: what is read, and the Fréchet distance"
from gancourse.metrics import frechet_from_features
from gancourse.metrics.embedding import features

if DATA == "faces":
    with working("drawing and reading", usual=quick(12, 1)), torch.no_grad():
        small, large = telling.drawn_by_stages(first, held_t, second)
        ways = {"stage I, cubic": F.interpolate(small, scale_factor=2, mode="bicubic").clamp(-1, 1)}
        ways |= {"stage I, linear": F.interpolate(small, scale_factor=2, mode="bilinear"), "stage II": large}
        true = features(telling.told_faces(64, "test_seen", quick(500, 20), 1).pixels)
    found = table_of(ways)
    for name, made in ways.items():
        print(f"{name}: Fréchet distance to real faces {float(frechet_from_features(features(made), true)):.1f}")

# %% [markdown]
# The networks that come with the course, on three draws of 500 held-out captions (`bench.py --only shipped`; mean, and
# range over the draws). In brackets what is read in pictures of *other* captions:
#
# | | stage I, enlarged | stage II |
# |---|---|---|
# | all | 0.74 (0.34) | 0.75 (0.34) |
# | scarf | 0.99 (0.08) | 1.00 (0.08) |
# | bald | 0.89 (0.06) | 0.98 (0.06) |
# | hair length | 0.93 (0.34) | 0.96 (0.34) |
# | hat | 0.94 (0.58) | 0.96 (0.58) |
# | age | 0.92 (0.43) | 0.93 (0.43) |
# | hair color | 0.89 (0.33) | 0.91 (0.32) |
# | glasses | 0.87 (0.39) | 0.90 (0.39) |
# | mouth | 0.84 (0.46) | 0.88 (0.48) |
# | beard | 0.83 (0.39) | 0.83 (0.35) |
# | skin | 0.81 (0.35) | 0.83 (0.35) |
# | turn | 0.73 (0.38) | 0.74 (0.38) |
# | hair style | 0.65 (0.16) | 0.64 (0.15) |
# | tilt | 0.31 (0.09) | 0.25 (0.07) |
# | expression | 0.36 (0.35) | 0.37 (0.36) |
# | eyes | 0.14 (0.21) | 0.13 (0.23) |
# | distance to real faces | 25.3 (24.7 to 26.1) | 23.2 (22.6 to 23.8) |
#
# Read it honestly. *What is large is obeyed*: scarves, hats, hair, age, skin, glasses. *What is small is not*: a smile
# or a sad look is found as often in anybody's picture, and so are wide or narrow eyes, of which few captions speak. In
# the faces that the captions were written for the reader finds 98 to 100 of 100 in every row, for a caption says only
# what can be seen: what is missing is the generators'. (There the brackets are 0.23 for tilts and 0.20 for beards, so
# these generators seldom tilt a head, and draw too many beards.) Hats look well obeyed, and a good part of that is the
# sentence *with no hat*, which most faces obey unasked: see the bracket.
#
# And stage II? It is nearer to real faces than stage I enlarged by cubic pieces, in all three draws, and a few words
# more are read. But the cell above has a third column: enlarged by *straight* pieces, which is softer, stage I comes to
# 23.1 (22.6 to 23.7) and to 0.75 in all, as near and as well read as stage II. So this stage II has smoothed stage I's
# grain away, and done little more. **That is far less than the paper's gain**, and the reason is at hand: it is small
# and had 1,500 steps, the paper's trained for days. Other real faces have a distance of 2.4 (2.2 to 2.6): both stages
# are still far away. A report that showed the first and the last column alone would have been true, and would have
# misled.
#
# **Never seen together.** The course's networks were trained on faces of which *none* shows one of four combinations:
# glasses with a hat, an old face that smiles, long hair with a beard, a bald head with glasses. Each part was common,
# alone. Does a generator that reads put together what it never saw together? The next cell asks for all four, in
# sentences, and lets the reader look for *both* parts.

# %% name="unseen" demo=true folded="Asks for four combinations that training never had, and counts"
COMBINED = {
    "glasses and hat": (("glasses", "clear"), ("hat", "any"), "A person with glasses and a hat."),
    "old and smiling": (("age", "old"), ("expression", "smiling"), "An older person who is smiling."),
    "long hair and beard": (("hair length", "long"), ("beard", "beard"), "A person with long hair and a beard."),
    "bald and glasses": (("bald", "yes"), ("glasses", "clear"), "A bald person with glasses."),
}
N = quick(200, 8)
sheet = {}
with torch.no_grad():
    for name, (one, two, sentence) in COMBINED.items():
        t = shipped["T"].say([sentence]).expand(N, -1)
        made = telling.drawn_by_stages(first, t, second, seed=4)[1]
        claims = telling.read_claims(load_face_reader().read(made))
        both = [claims[:, telling.NAMED_FACTS.index(fact)] for fact in (one, two)]
        a, b, ab = both[0].float().mean(), both[1].float().mean(), (both[0] & both[1]).float().mean()
        print(f"{name:20}: the first {a:.2f}, the second {b:.2f}, both {ab:.2f}")
        sheet[name] = made[:8]
show(draw_rows(sheet, "never seen together"), alt="Four rows of eight faces, one for each combination asked for.")

# %% [markdown]
# With three draws of noise (`bench.py --only unseen`, 200 faces each; both parts are read in so many of their pictures,
# and in brackets in pictures of other captions):
#
# | never seen together | the first | the second | both |
# |---|---|---|---|
# | glasses and hat | 0.99 | 0.85 | 0.85 (0.01) |
# | old and smiling | 1.00 | 0.36 | 0.36 (0.01) |
# | long hair and beard | 1.00 | 0.74 | 0.74 (0.09) |
# | bald and glasses | 1.00 | 0.99 | 0.98 (0.01) |
#
# What was never seen together is drawn together where each part is obeyed alone. The old do not smile more than
# others do, but that was the smile's weakness before.
#
# **Your sentence.** Type what you like. Words that the reader does not know are named.


# %% name="your-sentence" demo=true folded="A line to type in, and eight faces of it"
def draw_sentence(fig, sentence, stage, noise):
    """Eight faces of a sentence; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    z = torch.randn(8, 32, generator=torch.Generator().manual_seed(int(noise)))
    made = faces_of(shipped["T"].say([sentence]).expand(8, -1), z, int(noise))[stage == "II"]
    strange = shipped["T"].strange(sentence)
    told = f"unknown words: {', '.join(strange)}" if strange else "all words are known"
    draw_pictures(ax, made, 8, f"{sentence or '(nothing)'}\n{told}")
    return f"Eight faces of “{sentence}” by stage {stage}; {told}."


Sliders(
    draw_sentence,
    {"sentence": Sentence("sentence", "A laughing person with curly red hair."),
     "stage": Choice("stage", {"II": "II", "I": "I"}), "noise": Knob("noise", 0, 50, 7, whole=True)}, (9.5, 1.9),
)  # fmt: skip

# %% [markdown]
# **One face's style, another's words.** The face on the left gives the noise, by $S$; you give the words.


# %% name="your-style" demo=true folded="A face for the style, a line for the words"
def draw_style(fig, words, face):
    """A face, and its style with other words by both stages; returns the alt text."""
    fig.clear()
    source = to_unit(held.pixels[int(face) : int(face) + 1])
    t = shipped["T"].say([words])
    with torch.no_grad():
        small = by_noise(S(source), t)
        large = second(small, t, torch.zeros(1, 32))
    for ax, picture, title in zip(
        axes(fig, 1, 3), (source, small, large), ("style", "stage I", "stage II"), strict=True
    ):
        draw_pictures(ax, picture, 1, title)
    return f"Face {int(face)} on the left, and its style with “{words}” by both stages."


Sliders(
    draw_style,
    {"words": Sentence("words", "An older person with white hair and a beard."),
     "face": Knob("face", 0, 15, 2, whole=True)}, (7.5, 2.8),
)  # fmt: skip

# %% [markdown]
# ## 10. What goes wrong
#
# Two broken pieces of work on the course's own networks. First what is well: four requests, the first and the last by
# the same sentence; the first is sent alone, the last together with a very long one. Then A and B; what was done to
# them lies in the package. Each cell also prints what is read of what was said.


# %% name="broken" demo=true folded="Draws requests with settings from the package if you like"
LONG = "This smiling young person has no hat, brown skin, long straight brown hair, and no glasses, and is facing left."


def read_batch(sentences, masked=True):
    """Vectors of sentences by the course's reader; rows of one length, the longest's."""
    numbers, there = reader_of_text.numbers(sentences)
    with torch.no_grad():
        return reader_of_text(numbers, there if masked else torch.ones_like(there))


def heard(G, title, masked=True):
    """Draw requests, and print what is read of the held-out captions."""
    requests = [[FOUR[0]], [FOUR[1]], [FOUR[2]], [FOUR[0], LONG]]
    z = torch.randn(8, 32, generator=torch.Generator().manual_seed(9))
    rows, eps = {}, torch.randn(8, 32, generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        for k, some in enumerate(requests):
            rows[f"{k + 1}: {some[0][:26]}…"] = G(z, read_batch(some, masked)[:1].expand(8, -1), eps)
        t = read_batch(telling.texts_of("test_seen", quick(500, 20), 1)[0], masked)
        one = telling.obeyed(G(torch.randn(len(t), 32), t), held_said)
    print(f"{title}: read of what was said {one.own['all']:.2f}, in pictures of other captions {one.others['all']:.2f}")
    show(draw_rows(rows, title, 10), alt=f"{title}: four rows of eight faces; requests 1 and 4 are the same sentence.")


# %% name="broken-run" demo=true folded="Plays 150 steps from the course's generator, if a run asks for it"
def play_broken(name, **settings):
    """A run, well or not."""
    G, spread = first, settings.pop("spread", None)
    if spread is not None:
        game, steps = TextGame(seed=1, G=first, rate=1e-3), quick(150, 2)
        G = game.G.train()
        for _ in each(range(steps), name, usual=quick(20, 1)):
            real, t, other = batch_of()
            cls_step(G, game.D, game.opt_G, game.opt_D, real, t, other, torch.randn(32, 32))
            _, mu, log_var = G.told(t)
            game.opt_G.zero_grad()
            (spread * conditioning(mu, log_var)[1]).backward()
            game.opt_G.step()
        G.eval()
    heard(G, name, **settings)


if DATA == "faces":
    play_broken("a run that is well")

# %% demo=true
if DATA == "faces":
    play_broken("run A", **broken_run("12_text_to_image", "A"))

# %% [markdown] quiz="run_a"
# Run A: what is seen?
#
# - [ ] all rows show the same faces :: Compare rows 2 and 3: they differ.
# - [x] rows 1 and 4 differ, though they are the same sentence :: What stands beside a sentence in its batch changes its
#   meaning. And less is read of what was said.
# - [ ] the faces are broken: no $G$ draws so :: They are faces. Only not those that were asked for.
#
# ---
# Its setting: `masked=False`. The state at the last *column* is taken, behind all padding.

# %% demo=true
if DATA == "faces":
    play_broken("run B", **broken_run("12_text_to_image", "B"))

# %% [markdown] quiz="run_b"
# Run B: what is seen?
#
# - [x] every row shows much the same faces: words make hardly any difference :: And what is read in their pictures is
#   near what is read in those of others. (They are rougher, too: $D$ began anew, and 150 steps are few.)
# - [ ] rows 1 and 4 differ :: They are the same, as they should be: padding is no problem here.
# - [ ] the noise makes no difference any more :: Within a row there are eight different faces.
#
# ---
# Its setting: `spread=20`: the KL of exercise 10 with a weight of 20. μ and σ are pressed to 0 and 1 for every
# sentence.

# %% [markdown] exercise="explain_the_runs" stars=2 minutes=20
# ### Exercise 14: two explanations
#
# For each of the runs A and B write three sentences: the evidence (rows and numbers), a mistake in one's *own* code
# that would lead to exactly this, and a test of five lines or fewer that would have found it before any training. For
# A: why does the training loss not give it away if the mistake is made in training, too? For B: which number, printed
# during training, would have shown it? A teacher reads this answer.

# %% [markdown] answer="explain_the_runs" points=4
# *A: padding is read.* Requests 1 and 4 are one sentence and give different faces: alone it ends at its last word, in
# company it is followed by padding, and the state goes on changing. Mistakes: `states[:, -1]`, a mask that is made and
# not used, a mean over all columns. Test: the vector of a sentence alone and beside a long one must be equal. In
# training the loss falls all the same: batches nearly always hold a long sentence, so padding is *consistently* there,
# and the network learns with it; it shows when sentences come alone.
#
# *B: the KL is too heavy.* All rows are alike, and what was said is read in them hardly more often than in others'
# pictures. Mistakes: the KL with a weight of 1 where the loss is a mean over pixels or the other way around; a sum over
# the batch in place of the mean, so that its weight is 32 times as large. Test: KL of a batch of 2 and of the same rows
# repeated 16 times must be equal. In training: the KL itself, which falls to 0, or the spread of μ over sentences.
#
# One point for each run's evidence, one for each cause with its test.

# %% [markdown]
# ## 11. What words can do, and what they may not
#
# **Why some words are not obeyed.** Four reasons, in the order in which to look. *It cannot be drawn*: an iris at
# stage I. *It is hardly ever said or seen*: $G$ draws what its data has. *The reader of sentences does not tell it
# apart*: what looks alike in pictures gets near vectors. *It was not said*: then it is free, and the data's habits fill
# it in. That is where bias enters: ask for "a person", and what comes is what most of the data looks like, skin, age
# and all. Print what the reader reads in 200 faces of "A person.", and you know your generator's idea of a person.
#
# **What a caption is.** Here a program wrote it, from what can be seen, and it can only say what somebody put into the
# program. Captions of photographs are what somebody *ticked or typed* in seconds. They name what that person noticed,
# in that person's words; about who somebody is they know nothing. This course's captions never say that a face is
# pretty, or a man's or a woman's: the first is no fact, and the second nothing that a picture shows. CelebA has such
# columns; its line above leaves them out.
#
# **What one owes.** Whoever makes faces from sentences owes answers. Whose pictures were learned from, and did they
# agree? May a real person be asked for by name, and what is made of such pictures? Whom does "a person" leave out? Can
# what was made be told from a photograph, and is it marked? Drawn faces are nobody's, which is why this course can be
# careless where you may not be.
#
# **What came after.** AttnGAN (Xu and others, 2018) lets each *word* speak to the places of the picture that it is
# about, and adds a matching score of words and regions to $G$'s loss; the generator that comes with this lesson has a
# small relative of it, a $D$ that also reads the sentence's vector in the picture. CLIP (Radford and others, 2021)
# trained a joint embedding as in section 2 on hundreds of millions of pairs from the web. Today most text-to-image
# systems are diffusion models, which remove noise step by step and are told the text at each step: they train more
# steadily and follow long sentences better, and cost many steps for a picture where a GAN costs one. The questions of
# this section stayed the same.

# %% [markdown]
# ## 12. An open challenge
#
# You get a generator that somebody else has trained, on a language you do not speak. What do its words do?

# %% [markdown] exercise="find_words" stars=3 minutes=45 challenge=true
# ### Exercise 15: a painter's language
#
# `words` is a list of 36 words. `draw(sentence)` takes a list of some of them (none, one, or all; their order does not
# matter) and returns a picture, a tensor (30,) of truth values: which of 30 things are in it. Thirty of the words bring
# **one thing each** into the picture, always, and no two the same. Six words do nothing at all. What no word of the
# sentence has asked for is in the picture **by chance**, one time in two, anew in each picture: that is the noise.
#
# Write `find_words(draw, words, things)`, with things = 30; `words` stays as it is. Return a dictionary: for each word
# the number of its thing, or `None`. All must be right, for three painters; what counts is how many pictures you had
# drawn, on average. Bronze takes at most **900**, silver **150**, gold **38**. A run may take 20 seconds. Graders have
# other painters.

# %% [markdown] hints="find_words"
# For bronze ask for each word alone, many times: its thing is always there, and others are missing sooner or later.
# After k pictures a wrong thing is still possible with a chance of $2^{-k}$, and there are about a thousand of them.
# ---
# For silver put half of all words, drawn at random, into each sentence. If a thing is missing, *none* of the sentence's
# words means it. Keep a table (36, 30) of what is still possible.
# ---
# For gold stop as soon as you know: each thing belongs to exactly one word, so you are done when each column of the
# table has one possible word left. A word that is known means no other thing: cross it out there. And choose sentences
# that help: among some tens of random ones take that which would rule out most, for the things that are still open.


# %% solution="find_words"
def find_words(draw, words, things):
    """What each word brings into a picture: a dictionary from word to number, or None.

    Args:
        draw: from a list of words to truth values (things,).
        words: all words, some of which do nothing.
        things: how many things there are.
    """
    ### BEGIN SOLUTION
    possible = torch.ones(len(words), things, dtype=torch.bool)
    while (possible.sum(0) > 1).any():
        tries = torch.rand(60, len(words)) < 0.5
        share = tries.double() @ possible.double() / possible.sum(0)  # of a thing's possible words, how many are asked
        asked = tries[(share * (1 - share)).sum(1).argmax()]  # what is missing with 1 − share rules out a share
        seen = torch.as_tensor(draw([words[k] for k in asked.nonzero().flatten().tolist()]), dtype=torch.bool)
        possible[asked] &= seen
        for _ in range(things):  # a known word means nothing else, by which others may become known
            known = possible.sum(0) == 1
            possible[possible[:, known].any(1)] &= known
    answer = dict.fromkeys(words)
    for thing in range(things):
        answer[words[int(possible[:, thing].nonzero()[0])]] = thing
    return answer
    ### END SOLUTION


# %% test="find_words" points=3

# %% [markdown]
# Each medal is an idea: one word at a time; many words at once; and to ask what tells most, and stop when one knows.
# Audits of real generators work like this: nobody hands out the training data, but everybody can ask, and count what
# comes back.
#
# ## 13. What to take along
#
# - Numbers, padding, unknown words: a reader must give a sentence the same vector, whatever stands beside it.
# - A pair is wrong if the caption says something false, not if it was written for somebody else.
# - Real pictures with wrong captions teach $D$ to read. Without them, $G$ is told the words but need not listen.
# - Conditioning augmentation makes one sentence many pictures; its KL, too heavy, makes all sentences one.
# - Stage II sees the text again: what stage I could not draw it could. Whether it does is to be measured.
# - Count what is obeyed against what other sentences' pictures show. A hat in a picture is no proof of listening.

# %% [markdown] quiz="derangement"
# A friend shuffles captions until no picture has its own. Why is that not enough?
#
# - [ ] some captions come twice :: That does no harm.
# - [x] another face's caption may be true of this one :: Then $D$ is taught that a true sentence is wrong.
# - [ ] a shuffle is not random enough :: It is as random as one likes.

# %% [markdown] quiz="two_thirds"
# GAN-CLS has converged: $G$ draws right pairs. What does the best $D$ say of a right pair whose caption is never a
# wrong one?
#
# - [ ] ½, as always :: There made pairs weigh as much as right ones. Here they weigh half.
# - [x] ⅔ :: $1 / (1 + ½)$.
# - [ ] 1: it is right :: A made one looks the same.

# %% [markdown] quiz="no_text_two"
# In stage II the text is left out. What is lost?
#
# - [ ] nothing: the small picture has all of it :: It has what 32 × 32 pixels can hold, and stage I's mistakes.
# - [x] what stage I could not draw, or drew wrongly, cannot be added or mended by the words :: It can still be made
#   sharper.
# - [ ] stage II cannot be trained :: It can; lesson 10 did it.

# %% [markdown] quiz="baseline"
# In 60 of 100 pictures of captions that say *no hat* there is no hat. Does $G$ listen?
#
# - [ ] yes: 60 is more than half :: Most faces have no hat anyway.
# - [ ] no: 40 are wrong :: They are, but that alone does not say what the words did.
# - [x] it cannot be said: in pictures of other captions it may be 60, too :: The difference of the two is what the
#   words did.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 12_text_to_image
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run these
# checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - S. Reed, Z. Akata, X. Yan, L. Logeswaran, B. Schiele and H. Lee, *Generative Adversarial Text to Image Synthesis*,
#   ICML 2016, [arXiv:1605.05396](https://arxiv.org/abs/1605.05396): GAN-CLS, GAN-INT, style transfer.
# - H. Zhang, T. Xu, H. Li, S. Zhang, X. Wang, X. Huang and D. Metaxas, *StackGAN: Text to Photo-realistic Image
#   Synthesis with Stacked Generative Adversarial Networks*, ICCV 2017,
#   [arXiv:1612.03242](https://arxiv.org/abs/1612.03242).
# - T. Xu, P. Zhang, Q. Huang, H. Zhang, Z. Gan, X. Huang and X. He, *AttnGAN: Fine-Grained Text to Image Generation
#   with Attentional Generative Adversarial Networks*, CVPR 2018, [arXiv:1711.10485](https://arxiv.org/abs/1711.10485).
# - A. Radford, J. W. Kim, C. Hallacy and others, *Learning Transferable Visual Models From Natural Language
#   Supervision*, ICML 2021, [arXiv:2103.00020](https://arxiv.org/abs/2103.00020): CLIP.

# %% demo=true folded="Your own picture: eight faces of a sentence of yours"
MINE = "A smiling person with curly hair and a cap."
fig = figure(9, 1.8)
(ax,) = axes(fig)
draw_pictures(ax, faces_of(shipped["T"].say([MINE]).expand(8, -1), torch.randn(8, 32))[1], 8, MINE)
keepsake(fig, alt=f"Eight faces of the sentence: {MINE}", name="my_sentence")

# %% [markdown] last=true
# ## What you have built
#
# A reader that gives any sentence a vector, wrong pairs that are truly wrong, the step of GAN-CLS, captions between
# captions, conditioning augmentation, a style encoder's loss and what a second stage needs; and you have counted which
# words were obeyed, against what chance gives.
#
# **The same at full scale.**
#
# | | here | Reed (2016) and StackGAN (2017) |
# |---|---|---|
# | pictures | drawn faces, 32 and 64 pixels | birds, flowers and scenes, 64, then 256 pixels |
# | captions | four a face, by a program | five or more a picture, by people |
# | reader of sentences | a GRU on words, 64 numbers | a character-level CNN and RNN, 1,024 numbers |
# | told to $D$ | at every place of 4 × 4 maps | likewise |
# | wrong captions | by what they say | of another class, or of another picture |
# | stage II | 32 to 64, two residual blocks | 64 to 256, more of them |
# | machine | one core, minutes | a GPU, days |
#
# **Next:** larger pictures, by growing: lesson 13.
