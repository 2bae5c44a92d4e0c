"""What a face looks like, in words: one sentence per face, and exactly what that sentence claims.

A caption mentions a few of the things that can be seen, in words that vary. With it come its `facts`,
so that no sentence ever has to be parsed: lesson 12 asks which other faces a sentence also fits, and
draws mismatched pairs that are truly mismatched.

**Claims.** Everything that can be said is a row of CLAIMS: an attribute, its value, the words, and
where on the factors it is true and where it is false. In between lies a dead zone (who smiles at 0.3?)
about which captions keep silent. So they do about what cannot be seen: hair under a scarf, eyes behind
dark lenses. Left and right are the picture's. Captions say what a picture shows, and nothing about who
somebody is or how they please.

**Reproducible.** All choices are hashes of the seed and of the face's own factors: a face gets the
same caption alone, in a batch, and in any order.

>>> from gancourse.data.faces import sample_factors
>>> faces = sample_factors(3)
>>> caption(faces)[2] == caption(faces.rows(slice(2, 3)))[0]
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import torch
from torch import Tensor

from gancourse.data.images import Images

from .factors import HAIR_STYLES, HAT_STYLES, Factors, _hash
from .loading import factors_of

Facts = Mapping[str, str]
Span = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class Caption:
    """A sentence and the facts it asserts, no more and no less: attribute to value, both keys of CLAIMS."""

    text: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """Something that can be said about a face.

    Attributes:
        words: ways to say it, divided by "|". The first word of each says where it goes: "with" a noun, "wearing"
            clothes, "being" a state, "who" an adjective before "person", "hair" one before "hair", "behind" what
            comes after "hair", "frames" an adjective before "glasses".
        spans: (factor, low, high, below, above): true if all factors lie in [low, high], false as soon as
            one lies below `below` or above `above`.
        view: what has to be seen for it; see `_views`.
    """

    words: str
    spans: tuple[Span, ...]
    view: str = "all"

    def phrases(self) -> list[tuple[str, str]]:
        """(where it goes, the words) for each way to say it."""
        return [(role, text) for role, _, text in (way.partition(" ") for way in self.words.split("|"))]


def _yes(factor: str) -> tuple[Span, ...]:
    return ((factor, 1, 1, 0.5, inf),)


def _one_of(factor: str, kind: int) -> tuple[Span, ...]:
    return ((factor, kind, kind, kind - 0.5, kind + 0.5),)


def _style(name: str) -> tuple[Span, ...]:
    return _one_of("hair_style", HAIR_STYLES.index(name))


def _hat(name: str) -> tuple[Span, ...]:
    return _one_of("hat_style", HAT_STYLES.index(name))


COLORED: Span = ("age", 0, 0.55, -inf, 0.75)  # the hair has not turned gray
LAUGH: Span = ("smile", 0.6, 1, 0.3, inf)

# Hair comes in order: its length, how it falls, its color.
CLAIMS: dict[str, dict[str, Claim]] = {
    "age": {
        "young": Claim("who young", (("age", 0, 0.28, -inf, 0.5),)),
        "middle": Claim("who middle-aged", (("age", 0.5, 0.62, 0.32, 0.8),)),
        "old": Claim("who older", (("age", 0.7, 1, 0.52, inf),)),
    },
    "skin": {
        "deep brown": Claim("with deep brown skin", (("skin", 0, 0.18, -inf, 0.4),)),
        "brown": Claim("with brown skin", (("skin", 0.25, 0.45, 0.08, 0.65),)),
        "light": Claim("with light skin", (("skin", 0.78, 1, 0.5, inf),)),
    },
    "freckles": {"many": Claim("with freckles|with many freckles|who freckled", (("freckles", 0.6, 1, 0.01, inf),))},
    "hair length": {
        "short": Claim("hair short", (("hair_length", 0, 0.2, -inf, 0.45),), "hanging"),
        "chin": Claim("hair chin-length", (("hair_length", 0.45, 0.56, 0.25, 0.8),), "hanging"),
        "long": Claim("hair long", (("hair_length", 0.72, 1, 0.5, inf),), "hanging"),
    },
    "hair style": {
        "straight": Claim("hair straight|hair smooth", _style("straight"), "strands"),
        "wavy": Claim("hair wavy", _style("wavy"), "strands"),
        "curly": Claim("hair curly", _style("curly"), "hair"),
        "coiled": Claim("hair coiled|hair tightly coiled", _style("coiled"), "hair"),
        "braided": Claim("hair braided|behind in braids|behind worn in braids", _style("braided"), "hair"),
        "tied": Claim("hair tied-up|behind tied up in a bun|behind in a bun", _style("tied"), "hair"),
    },
    "hair color": {
        "black": Claim("hair black|hair jet-black", (("hair_color", 0, 0.15, -inf, 0.36), COLORED), "color"),
        "brown": Claim("hair brown|hair chestnut", (("hair_color", 0.34, 0.57, 0.15, 0.8), COLORED), "color"),
        "red": Claim("hair red|hair copper", (("hair_color", 0.67, 0.78, 0.5, 0.92), COLORED), "color"),
        "blond": Claim("hair blond|hair golden", (("hair_color", 0.9, 1, 0.68, inf), COLORED), "color"),
        "gray": Claim("hair gray|hair graying", (("age", 0.73, 0.87, 0.57, inf), ("hair_color", 0, 0.6, -inf, inf)),
                      "color"),
        "white": Claim("hair white", (("age", 0.91, 1, 0.75, inf),), "color"),
    },
    "fringe": {
        "yes": Claim("with bangs|with a fringe|with a fringe over the forehead", (("fringe", 0.5, 1, 0.01, inf),),
                     "loose"),
    },
    "bald": {"yes": Claim("who bald|with a bald head|with no hair", _yes("bald"), "crown")},
    "scarf": {"yes": Claim("wearing a headscarf|wearing a scarf over the hair", _style("covered"))},
    "hat": {
        "beanie": Claim("wearing a beanie|wearing a knitted hat|with a beanie", _hat("beanie"), "hat"),
        "cap": Claim("wearing a cap|wearing a cap with a visor|with a cap", _hat("cap"), "hat"),
        "brimmed": Claim("wearing a hat with a brim|wearing a brimmed hat|with a brimmed hat", _hat("brimmed"),
                         "hat"),
        "any": Claim("wearing a hat|with a hat", _yes("hat")),
        "none": Claim("with no hat", (("hat", 0, 0, -inf, 0.5),), "unscarfed"),
    },
    "glasses": {
        "clear": Claim("wearing glasses|with glasses|wearing eyeglasses|wearing a pair of glasses",
                       (("glasses", 1, 1, 0.5, inf), ("shades", 0, 0, -inf, inf))),
        "dark": Claim("wearing sunglasses|with sunglasses|wearing dark glasses", _yes("shades")),
        "none": Claim("with no glasses", (("glasses", 0, 0, -inf, 0.5),)),
    },
    "frames": {
        "round": Claim("frames round", (("glasses_shape", 0, 0.15, -inf, 0.7),), "lenses"),
        "rectangular": Claim("frames rectangular", (("glasses_shape", 0.85, 1, 0.3, inf),), "lenses"),
    },
    "earrings": {"yes": Claim("wearing earrings|with earrings", _yes("earrings"), "ears")},
    "beard": {
        "stubble": Claim("with stubble|with short stubble", (("beard", 0.3, 0.42, 0.01, 0.7),)),
        "beard": Claim("with a beard|who bearded", (("beard", 0.5, 1, 0.01, inf),)),
        "full": Claim("with a full beard|with a thick beard", (("beard", 0.75, 1, 0.45, inf),)),
    },
    "mustache": {"yes": Claim("with a mustache", (("mustache", 0.5, 1, -inf, inf),), "lip")},
    "expression": {
        "sad": Claim("who sad-looking|being looking sad|with a sad look|with a sad expression",
                     (("smile", -1, -0.35, -inf, 0),)),
        "neutral": Claim("with a neutral expression|with a neutral face|who unsmiling",
                         (("smile", -0.15, 0.12, -0.4, 0.4), ("mouth_open", 0, 0.3, -inf, inf))),
        "smiling": Claim("who smiling|being smiling|with a smile", (("smile", 0.5, 1, 0.2, inf),)),
        "laughing": Claim("who laughing|being laughing|with a laugh",
                          (LAUGH, ("mouth_open", 0.45, 1, 0.2, inf))),
    },
    "mouth": {
        "open": Claim("with an open mouth|with parted lips", (("mouth_open", 0.35, 1, 0.01, inf),)),
        "closed": Claim("with a closed mouth|with closed lips", (("mouth_open", 0, 0, -inf, 0.25),)),
    },
    "lips": {"painted": Claim("with painted lips|wearing lipstick", (("lip_color", 0.6, 1, 0.01, inf),))},
    "eyes": {
        "narrow": Claim("with nearly closed eyes|with half-closed eyes", (("eye_open", 0, 0.15, -inf, 0.5),), "eyes"),
        "wide": Claim("with wide-open eyes|with wide eyes", (("eye_open", 0.85, 1, 0.5, inf),), "eyes"),
    },
    "eye color": {
        "brown": Claim("with brown eyes", (("iris", 0, 0.5, -inf, 0.7),), "irises"),
        "green": Claim("with green eyes", (("iris", 0.7, 0.8, 0.5, 0.93),), "irises"),
        "blue": Claim("with blue eyes", (("iris", 0.93, 1, 0.8, inf),), "irises"),
    },
    "turn": {
        "left": Claim("being turned to the left|being facing left", (("yaw", -1, -0.45, -inf, -0.15),)),
        "right": Claim("being turned to the right|being facing right", (("yaw", 0.45, 1, 0.15, inf),)),
        "front": Claim("being facing the camera|being facing forward|being shown from the front",
                       (("yaw", -0.12, 0.12, -0.4, 0.4),)),
    },
    "tilt": {
        "left": Claim("being tilted to the left|being tilting the head to the left",
                      (("roll", -1, -0.5, -inf, -0.15),)),
        "right": Claim("being tilted to the right|being tilting the head to the right",
                       (("roll", 0.5, 1, 0.15, inf),)),
    },
}  # fmt: skip

HAIR = ("hair length", "hair style", "hair color")  # said together: "short curly brown hair"
TOPICS = ("hair", *(name for name in CLAIMS if name not in (*HAIR, "frames")))  # frames are said with glasses
# How likely a caption mentions what it could mention. Others weigh 1.
WEIGHTS = {"hair": 4.0, "age": 2.5, "expression": 3.0, "glasses": 3.0, "hat": 3.0, "scarf": 4.0, "bald": 4.0,
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
    views = _views(factors)
    true = torch.stack([_judge(CLAIMS[a][v], factors, views)[0] for a, v in names], 1).tolist()
    numbers = _numbers(factors, seed, 4 * len(TOPICS) + 18).tolist()
    captions = []
    for holds, u in zip(true, numbers, strict=True):
        sayable: dict[str, list[str]] = {}
        for (attribute, value), good in zip(names, holds, strict=True):
            if good:
                sayable.setdefault(attribute, []).append(value)
        captions.append(_worded(sayable, u))
    return captions


def matches(facts: Facts, factors: Factors) -> Tensor:
    """For which faces all facts clearly hold: bool (n,)."""
    return _all_judged(facts, factors)[0]


def contradicts(facts: Facts, factors: Factors) -> Tensor:
    """For which faces at least one fact is clearly false: bool (n,).

    Not the opposite of `matches`: a face in a dead zone does neither. A mismatched pair is one that contradicts.
    """
    return _all_judged(facts, factors)[1]


def words(text: str) -> list[str]:
    """The words of a caption in lower case, without punctuation."""
    return re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())


def vocabulary() -> list[str]:
    """Every word that can occur in a caption, sorted: what a text encoder has to know."""
    said = [text for claims in CLAIMS.values() for claim in claims.values() for _, text in claim.phrases()]
    return sorted(set(words(" ".join([FRAME, *said]))))


def _all_judged(facts: Facts, factors: Factors) -> tuple[Tensor, Tensor]:
    """Which faces all facts hold for, and which at least one fails for."""
    for attribute, value in facts.items():
        if value not in CLAIMS.get(attribute, {}):
            raise ValueError(f"There is no fact {attribute}: {value!r}; CLAIMS lists those there are.")
    views = _views(factors)
    none = torch.zeros_like(factors["age"], dtype=torch.bool)
    holds, fails = ~none, none
    for attribute, value in facts.items():
        yes, no = _judge(CLAIMS[attribute][value], factors, views)
        holds, fails = holds & yes, fails | no
    return holds, fails


def _judge(claim: Claim, factors: Factors, views: dict[str, tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Where a claim is clearly true and where clearly false: two bool (n,)."""
    seen, gone = views[claim.view]
    true, false = seen, torch.zeros_like(seen)
    for name, low, high, below, above in claim.spans:
        value = factors[name]
        true = true & (value >= low) & (value <= high)
        false = false | (value < below) | (value > above)
    return true, gone | (seen & false)


def _views(factors: Factors) -> dict[str, tuple[Tensor, Tensor]]:
    """What can be seen of each face: by name, where it is clearly there and where it is clearly not, bool (n,) each.

    Under a hat, where only some of the hair shows, most is neither.
    """
    hat, bald, glasses, shades = (factors[name] > 0.5 for name in ("hat", "bald", "glasses", "shades"))
    style = factors["hair_style"].round()
    kinds = {name: style == k for k, name in enumerate(HAIR_STYLES)}
    scarf, tight, coiled = kinds["covered"], kinds["tied"] | kinds["braided"], kinds["coiled"]
    bare = ~(hat | bald | scarf)
    hairless = scarf | (bald & ~hat)
    length = factors["hair_length"]
    under_hat = hat & ~bald & ~scarf & ~kinds["tied"] & ~coiled & (length > 0.55)
    long_enough = (length > 0.35) | ~(kinds["straight"] | kinds["wavy"])
    ears = ~scarf & (bald | tight | (length < 0.2))
    every, none = torch.ones_like(hat), torch.zeros_like(hat)
    return {
        "all": (every, none),
        "crown": (~hat & ~scarf, scarf),
        "unscarfed": (~scarf, none),
        "hair": (bare, hairless),
        "color": (bare | under_hat, hairless),
        "hanging": ((bare | under_hat) & ~tight & ~coiled, hairless),
        "strands": (bare & long_enough, hairless),
        "loose": (bare & ~tight, hairless | (bare & tight)),
        "hat": (hat, ~hat),
        "lenses": (glasses, ~glasses),
        "eyes": (~shades, none),
        "irises": (~shades & (factors["eye_open"] > 0.5), none),
        "ears": (ears, scarf | (~bald & ~tight & (length > 0.3)) | (factors["earrings"] < 0.5)),
        "lip": (factors["mustache"] > 0, (factors["mustache"] == 0) & (factors["beard"] == 0)),
    }


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
        if topic in sayable or (topic == "hair" and any(name in sayable for name in HAIR)):
            weight = WEIGHTS.get(topic, 1.0) * (RARELY if sayable.get(topic) == ["none"] else 1)
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
    there = [name for name in HAIR if name in sayable]
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
