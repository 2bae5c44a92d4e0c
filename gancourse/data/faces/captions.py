"""What a face looks like, in words: one sentence per face, and exactly what that sentence claims.

A caption mentions a few of the things that can be seen, in words that vary. With it come its `facts`,
so that no sentence ever has to be parsed: lesson 12 asks which other faces a sentence also fits, and
draws mismatched pairs that are truly mismatched.

What can be said, and when it is true, is told in `claims`.

**Reproducible.** All choices are hashes of the seed and of the face's own factors: a face gets the
same caption alone, in a batch, and in any order.

>>> from gancourse.data.faces import sample_factors
>>> faces = sample_factors(3)
>>> caption(faces)[2] == caption(faces.rows(slice(2, 3)))[0]
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gancourse.data.images import Images

from .claims import CLAIMS, judge, views
from .factors import Factors, _hash
from .loading import factors_of


@dataclass(frozen=True)
class Caption:
    """A sentence and the facts it asserts, no more and no less: attribute to value, both keys of CLAIMS."""

    text: str
    facts: dict[str, str] = field(default_factory=dict)


HAIR_TRAITS = ("hair length", "hair style", "hair color")  # said together: "short curly brown hair"
TOPICS = ("hair", *(name for name in CLAIMS if name not in (*HAIR_TRAITS, "frames")))  # frames are said with glasses
# How likely a caption mentions what it could mention. Others weigh 1.
TOPIC_WEIGHTS = {"hair": 4.0, "age": 2.5, "expression": 3.0, "glasses": 3.0, "hat": 3.0, "scarf": 4.0, "bald": 4.0,
           "beard": 3.0, "mustache": 2.5, "skin": 0.7, "turn": 0.7, "mouth": 0.6, "eye color": 0.6}  # fmt: skip
RARELY = 0.04  # of the weight is left for saying what is not there
NEAREST = ("expression", "freckles", "beard", "bald", "age")  # adjectives, the last right before "person"
LEADS = ("Here is", "We see", "The picture shows", "A portrait of", "A picture of", "A close view of")
VERBS = {"with": "has", "wearing": "wears", "being": "is"}
FRAME = "a person an someone this person and who with has wearing wears is hair " + " ".join(LEADS)


def caption(factors: Factors, seed: int = 0) -> list[str]:
    """One sentence for each face; another seed words it otherwise, and may mention something else."""
    return [each.text for each in describe(factors, seed)]


def captions_of(images: Images, seed: int = 0) -> list[Caption]:
    """Captions for loaded faces, which need to have been loaded with the attribute "face"; see `factors_of`."""
    return describe(factors_of(images), seed)


def describe(factors: Factors, seed: int = 0) -> list[Caption]:
    """One caption for each face, with its facts."""
    factors = factors.to("cpu")
    names = [(attribute, value) for attribute, claims in CLAIMS.items() for value in claims]
    seen = views(factors)
    true = torch.stack([judge(CLAIMS[a][v], factors, seen)[0] for a, v in names], 1).tolist()
    numbers = _numbers(factors, seed, 4 * len(TOPICS) + 18).tolist()
    captions = []
    for holds, u in zip(true, numbers, strict=True):
        sayable: dict[str, list[str]] = {}
        for (attribute, value), good in zip(names, holds, strict=True):
            if good:
                sayable.setdefault(attribute, []).append(value)
        captions.append(_worded(sayable, u))
    return captions


def caption_words(text: str) -> list[str]:
    """The words of a caption in lower case, without punctuation."""
    return re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())


def vocabulary() -> list[str]:
    """Every word that can occur in a caption, sorted: what a text encoder has to know."""
    said = [text for claims in CLAIMS.values() for claim in claims.values() for _, text in claim.phrases()]
    return sorted(set(caption_words(" ".join([FRAME, *said]))))


def _numbers(factors: Factors, seed: int, count: int) -> Tensor:
    """Uniform numbers (n, count) that depend on the seed and on each face's own factors."""
    values = torch.stack([value.float() for value in factors.values()], 1) + 0.0  # −0 becomes 0
    bits, k = values.contiguous().view(torch.int32).long(), torch.arange(values.shape[1])
    mixed = _hash(bits * 64 + k).mul(2**24).long()
    key = (mixed * (k * 0x5851F42D4C957F2D | 1)).sum(1, keepdim=True)  # one number per face; other faces, others
    start = int(_hash(torch.tensor([seed % 2**62 + 7])).mul(2**24).item()) * 2**38 + seed % 2**38
    return _hash(key + start + torch.arange(count) * 0x632BE59BD9B4E019)


def _pick(options: Sequence[str], u: float) -> str:
    return options[int(u * len(options))]


def _worded(sayable: dict[str, list[str]], u: list[float]) -> Caption:
    """Choose what to say of what could be said, and the words for it."""
    size = len(TOPICS)
    ranks, values, ways, places = (u[k * size : (k + 1) * size] for k in range(4))  # one number per topic each
    rest = u[4 * size :]
    keys: dict[int, float] = {}
    for k, topic in enumerate(TOPICS):
        if topic in sayable or (topic == "hair" and any(name in sayable for name in HAIR_TRAITS)):
            weight = TOPIC_WEIGHTS.get(topic, 1.0) * (RARELY if sayable.get(topic) == ["none"] else 1)
            keys[k] = ranks[k] ** (1 / weight)  # taking the largest draws by weight, nothing twice
    facts: dict[str, str] = {}
    parts: dict[str, list[str]] = {role: [] for role in ("who", "with", "wearing", "being")}
    adjectives: dict[str, str] = {}
    chosen = sorted(keys, key=lambda k: -keys[k])[: 2 + int(rest[0] * 4)]
    for k in sorted(chosen, key=lambda k: places[k]):
        topic = TOPICS[k]
        if topic == "hair":
            role, text = "with", _hair(sayable, facts, rest[1:8])
        else:
            facts[topic] = _pick(sayable[topic], values[k])
            phrases = CLAIMS[topic][facts[topic]].phrases()
            if len(adjectives) == 2:  # two are enough
                phrases = [phrase for phrase in phrases if phrase[0] != "who"] or phrases
            role, text = phrases[int(ways[k] * len(phrases))]
        if topic == "glasses" and "frames" in sayable and rest[8] < 0.5:
            facts["frames"] = sayable["frames"][0]
            shape = CLAIMS["frames"][facts["frames"]].phrases()[0][1]
            text = re.sub(r"((dark )?glasses|sunglasses|eyeglasses)", rf"{shape} \1", text)
        if role == "who":
            adjectives[topic] = text
        else:
            parts[role].append(text)
    parts["who"] = [adjectives[topic] for topic in NEAREST if topic in adjectives]
    return Caption(_sentence(parts, rest[9:]), facts)


def _hair(sayable: dict[str, list[str]], facts: dict[str, str], u: list[float]) -> str:
    """What is said of the hair: some of its length, fall and color; adds to the facts what it says."""
    there = [name for name in HAIR_TRAITS if name in sayable]
    said = [name for k, name in enumerate(there) if u[k] < 0.65] or [there[int(u[3] * len(there))]]
    before, behind = [], ""
    for k, name in enumerate(said):
        facts[name] = sayable[name][0]
        phrases = CLAIMS[name][facts[name]].phrases()
        role, text = phrases[int(u[4 + k] * len(phrases))]
        if role == "hair":
            before.append(text)
        else:
            behind = " " + text
    return " ".join([*before, "hair"]) + behind


def _sentence(parts: dict[str, list[str]], u: list[float]) -> str:
    """Put the parts together in one of several ways."""
    adjectives, order = parts["who"], sorted(VERBS, key=lambda role: u[list(VERBS).index(role)])
    roles = [role for role in order if parts[role]]
    if adjectives:
        person = " ".join([*adjectives, "person"])
        subject = f"{'an' if person[0] in 'aeiou' else 'a'} {person}"
    else:
        person, subject = "person", _pick(("a person", "someone"), u[5])
    after = {role: ("" if role == "being" else f"{role} ") + _listed(parts[role]) for role in roles}
    verbs = {role: f"{verb} {_listed(parts[role])}" for role, verb in VERBS.items() if role in roles}
    lead = _pick(LEADS, u[6]) + " " if u[7] < 0.3 else ""
    form = int(u[8] * 5)
    if form == 0 and roles:  # This person wears a cap and is smiling.
        text = f"this {person} {_listed([verbs[role] for role in roles])}"
    elif form == 1 and roles:  # Someone who wears a cap and is smiling.
        text = f"{lead}{subject} who {_listed([verbs[role] for role in roles])}"
    elif form == 2 and len(roles) > 1:  # Wearing a cap, someone is smiling.
        text = f"{after[roles[0]]}, {subject} {_listed([verbs[role] for role in roles[1:]])}"
    else:  # Someone wearing a cap, smiling.
        text = lead + f"{subject} {', '.join(after[role] for role in roles)}".strip()
    return text[0].upper() + text[1:] + "."


def _listed(items: Sequence[str]) -> str:
    """One; one and two; one, two, and three; and if one of two is itself a list, a comma too."""
    if len(items) == 2:
        return items[0] + (", and " if " and " in items[0] else " and ") + items[1]
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + ", and " + items[-1]
