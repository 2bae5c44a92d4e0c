"""What can be said about a face, and where on its factors that is true and where false.

Everything that a caption can say is a row of CLAIMS: an attribute, its value, the words, and the
factors' ranges. Between true and false lies a dead zone (who smiles at 0.3?) about which captions keep
silent. So they do about what cannot be seen: hair under a scarf, eyes behind dark lenses. Left and
right are the picture's. Claims say what a picture shows, and nothing about who somebody is or how
they please.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from .factors import HAIR_STYLES, HAT_STYLES, Factors

Facts = Mapping[str, str]
Span = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class Trait:
    """Something that can be said about a face.

    Attributes:
        words: ways to say it, divided by "|". The first word of each says where it goes: "with" a noun, "wearing"
            clothes, "being" a state, "who" an adjective before "person", "hair" one before "hair", "behind" what
            comes after "hair", "frames" an adjective before "glasses".
        spans: (factor, low, high, below, above): true if all factors lie in [low, high], false as soon as
            one lies below `below` or above `above`.
        view: what has to be seen for it; see `views`.
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
CLAIMS: dict[str, dict[str, Trait]] = {
    "age": {
        "young": Trait("who young", (("age", 0, 0.28, -inf, 0.5),)),
        "middle": Trait("who middle-aged", (("age", 0.5, 0.62, 0.32, 0.8),)),
        "old": Trait("who older", (("age", 0.7, 1, 0.52, inf),)),
    },
    "skin": {
        "deep brown": Trait("with deep brown skin", (("skin", 0, 0.18, -inf, 0.4),)),
        "brown": Trait("with brown skin", (("skin", 0.25, 0.45, 0.08, 0.65),)),
        "light": Trait("with light skin", (("skin", 0.78, 1, 0.5, inf),)),
    },
    "freckles": {"many": Trait("with freckles|with many freckles|who freckled", (("freckles", 0.6, 1, 0.01, inf),))},
    "hair length": {
        "short": Trait("hair short", (("hair_length", 0, 0.2, -inf, 0.45),), "hanging"),
        "chin": Trait("hair chin-length", (("hair_length", 0.45, 0.56, 0.25, 0.8),), "hanging"),
        "long": Trait("hair long", (("hair_length", 0.72, 1, 0.5, inf),), "hanging"),
    },
    "hair style": {
        "straight": Trait("hair straight|hair smooth", _style("straight"), "strands"),
        "wavy": Trait("hair wavy", _style("wavy"), "strands"),
        "curly": Trait("hair curly", _style("curly"), "hair"),
        "coiled": Trait("hair coiled|hair tightly coiled", _style("coiled"), "hair"),
        "braided": Trait("hair braided|behind in braids|behind worn in braids", _style("braided"), "hair"),
        "tied": Trait("hair tied-up|behind tied up in a bun|behind in a bun", _style("tied"), "hair"),
    },
    "hair color": {
        "black": Trait("hair black|hair jet-black", (("hair_color", 0, 0.15, -inf, 0.36), COLORED), "color"),
        "brown": Trait("hair brown|hair chestnut", (("hair_color", 0.34, 0.57, 0.15, 0.8), COLORED), "color"),
        "red": Trait("hair red|hair copper", (("hair_color", 0.67, 0.78, 0.5, 0.92), COLORED), "color"),
        "blond": Trait("hair blond|hair golden", (("hair_color", 0.9, 1, 0.68, inf), COLORED), "color"),
        "gray": Trait("hair gray|hair graying", (("age", 0.73, 0.87, 0.57, inf), ("hair_color", 0, 0.6, -inf, inf)),
                      "color"),
        "white": Trait("hair white", (("age", 0.91, 1, 0.75, inf),), "color"),
    },
    "fringe": {
        "yes": Trait("with bangs|with a fringe|with a fringe over the forehead", (("fringe", 0.5, 1, 0.01, inf),),
                     "loose"),
    },
    "bald": {"yes": Trait("who bald|with a bald head|with no hair", _yes("bald"), "crown")},
    "scarf": {"yes": Trait("wearing a headscarf|wearing a scarf over the hair", _style("covered"))},
    "hat": {
        "beanie": Trait("wearing a beanie|wearing a knitted hat|with a beanie", _hat("beanie"), "hat"),
        "cap": Trait("wearing a cap|wearing a cap with a visor|with a cap", _hat("cap"), "hat"),
        "brimmed": Trait("wearing a hat with a brim|wearing a brimmed hat|with a brimmed hat", _hat("brimmed"),
                         "hat"),
        "any": Trait("wearing a hat|with a hat", _yes("hat")),
        "none": Trait("with no hat", (("hat", 0, 0, -inf, 0.5),), "unscarfed"),
    },
    "glasses": {
        "clear": Trait("wearing glasses|with glasses|wearing eyeglasses|wearing a pair of glasses",
                       (("glasses", 1, 1, 0.5, inf), ("shades", 0, 0, -inf, inf))),
        "dark": Trait("wearing sunglasses|with sunglasses|wearing dark glasses", _yes("shades")),
        "none": Trait("with no glasses", (("glasses", 0, 0, -inf, 0.5),)),
    },
    "frames": {
        "round": Trait("frames round", (("glasses_shape", 0, 0.15, -inf, 0.7),), "lenses"),
        "rectangular": Trait("frames rectangular", (("glasses_shape", 0.85, 1, 0.3, inf),), "lenses"),
    },
    "earrings": {"yes": Trait("wearing earrings|with earrings", _yes("earrings"), "ears")},
    "beard": {
        "stubble": Trait("with stubble|with short stubble", (("beard", 0.3, 0.42, 0.01, 0.7),)),
        "beard": Trait("with a beard|who bearded", (("beard", 0.5, 1, 0.01, inf),)),
        "full": Trait("with a full beard|with a thick beard", (("beard", 0.75, 1, 0.45, inf),)),
    },
    "mustache": {"yes": Trait("with a mustache", (("mustache", 0.5, 1, -inf, inf),), "lip")},
    "expression": {
        "sad": Trait("who sad-looking|being looking sad|with a sad look|with a sad expression",
                     (("smile", -1, -0.35, -inf, 0),)),
        "neutral": Trait("with a neutral expression|with a neutral face|who unsmiling",
                         (("smile", -0.15, 0.12, -0.4, 0.4), ("mouth_open", 0, 0.3, -inf, inf))),
        "smiling": Trait("who smiling|being smiling|with a smile", (("smile", 0.5, 1, 0.2, inf),)),
        "laughing": Trait("who laughing|being laughing|with a laugh",
                          (LAUGH, ("mouth_open", 0.45, 1, 0.2, inf))),
    },
    "mouth": {
        "open": Trait("with an open mouth|with parted lips", (("mouth_open", 0.35, 1, 0.01, inf),)),
        "closed": Trait("with a closed mouth|with closed lips", (("mouth_open", 0, 0, -inf, 0.25),)),
    },
    "lips": {"painted": Trait("with painted lips|wearing lipstick", (("lip_color", 0.6, 1, 0.01, inf),))},
    "eyes": {
        "narrow": Trait("with nearly closed eyes|with half-closed eyes", (("eye_open", 0, 0.15, -inf, 0.5),), "eyes"),
        "wide": Trait("with wide-open eyes|with wide eyes", (("eye_open", 0.85, 1, 0.5, inf),), "eyes"),
    },
    "eye color": {
        "brown": Trait("with brown eyes", (("iris", 0, 0.5, -inf, 0.7),), "irises"),
        "green": Trait("with green eyes", (("iris", 0.7, 0.8, 0.5, 0.93),), "irises"),
        "blue": Trait("with blue eyes", (("iris", 0.93, 1, 0.8, inf),), "irises"),
    },
    "turn": {
        "left": Trait("being turned to the left|being facing left", (("yaw", -1, -0.45, -inf, -0.15),)),
        "right": Trait("being turned to the right|being facing right", (("yaw", 0.45, 1, 0.15, inf),)),
        "front": Trait("being facing the camera|being facing forward|being shown from the front",
                       (("yaw", -0.12, 0.12, -0.4, 0.4),)),
    },
    "tilt": {
        "left": Trait("being tilted to the left|being tilting the head to the left",
                      (("roll", -1, -0.5, -inf, -0.15),)),
        "right": Trait("being tilted to the right|being tilting the head to the right",
                       (("roll", 0.5, 1, 0.15, inf),)),
    },
}  # fmt: skip


def matches(facts: Facts, factors: Factors) -> Tensor:
    """For which faces all facts clearly hold: bool (n,)."""
    return _all_judged(facts, factors)[0]


def contradicts(facts: Facts, factors: Factors) -> Tensor:
    """For which faces at least one fact is clearly false: bool (n,).

    Not the opposite of `matches`: a face in a dead zone does neither. A mismatched pair is one that contradicts.
    """
    return _all_judged(facts, factors)[1]


def _all_judged(facts: Facts, factors: Factors) -> tuple[Tensor, Tensor]:
    """Which faces all facts hold for, and which at least one fails for."""
    for attribute, value in facts.items():
        if value not in CLAIMS.get(attribute, {}):
            raise ValueError(f"There is no fact {attribute}: {value!r}; CLAIMS lists those there are.")
    seen = views(factors)
    none = torch.zeros_like(factors["age"], dtype=torch.bool)
    holds, fails = ~none, none
    for attribute, value in facts.items():
        yes, no = judge(CLAIMS[attribute][value], factors, seen)
        holds, fails = holds & yes, fails | no
    return holds, fails


def judge(claim: Trait, factors: Factors, seen_in: dict[str, tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Where a claim is clearly true and where clearly false: two bool (n,)."""
    seen, gone = seen_in[claim.view]
    true, false = seen, torch.zeros_like(seen)
    for name, low, high, below, above in claim.spans:
        value = factors[name]
        true = true & (value >= low) & (value <= high)
        false = false | (value < below) | (value > above)
    return true, gone | (seen & false)


def views(factors: Factors) -> dict[str, tuple[Tensor, Tensor]]:
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
