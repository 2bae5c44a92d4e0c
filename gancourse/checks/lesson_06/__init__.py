"""Checks of lesson 06: objectives, and what holds a critic. The papers are named in the modules."""

from gancourse.checks.lesson_06 import balance, budget, critic, duality, honest, pairs, penalty, singular, what_to_say
from gancourse.checks.lesson_06.suite import check

WITHHELD = (
    "objectives.py",
    "games/gan.py",
    "games/penalties.py",
    "metrics/distances.py",
    "training/sweep.py",
    "widgets/plane_game.py",
)
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = [
    "WITHHELD",
    "balance",
    "budget",
    "check",
    "critic",
    "duality",
    "honest",
    "pairs",
    "penalty",
    "singular",
    "what_to_say",
]
