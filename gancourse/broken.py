"""Runs that fail, for a lesson's reader to diagnose.

What is wrong with a run stands here and not in the notebook, so that no cell answers the question it asks. A lesson
tells the settings where the reader has answered what can be seen.
"""

from __future__ import annotations

from typing import Any

from gancourse.errors import CourseError

BROKEN: dict[str, dict[str, dict[str, Any]]] = {
    "01_gaussian_1d": {
        "A": {"iterations": 200, "seed": 2, "k": 20, "minimax": True},
        "B": {"iterations": 1500, "seed": 1, "d_speed": 0.1},
        "C": {"iterations": 1000, "seed": 2, "d_speed": 1, "rate": 3e-3, "beta_1": 0.95},
    },
    "03_dcgan": {
        "A": {"family": "faces", "name": "labels swapped"},
        "B": {"family": "faces", "name": "G's range is wrong"},
    },
    "05_autoencoders": {
        "A": {"beta": 3072.0},
        "B": {"own": True},
    },
    "06_objectives": {
        "A": {"iterations": 150, "method": "WGAN, clipped", "strength": 1e-4, "k": 5},
        "B": {"iterations": 250, "method": "WGAN-GP", "rate_G": 3e-4, "k": 5, "seed": 1},
        "C": {"iterations": 250, "method": "WGAN, clipped", "strength": 1.0, "k": 5, "seed": 1},
    },
    "07_conditional": {
        "A": {"told": False},
        "B": {"shift": 1},
    },
    "08_pix2pix": {
        "A": {"steps": 300, "shift": 1},
        "B": {"steps": 500, "weight": 5000.0},
    },
    "09_cyclegan": {
        "A": {"steps": 150, "judges": 0.0, "weight": 10.0, "identity": 5.0},
        "B": {"steps": 150, "mixed": 0.6},
    },
    "10_super_resolution": {
        "A": {"weight": 0.1},
        "B": {"halved": True, "content": 3.0},
    },
    "11_inpainting": {
        "A": {"one_hole": True},
        "B": {"turned": True},
    },
    "12_text_to_image": {
        "A": {"masked": False},
        "B": {"spread": 20.0},
    },
    "13_progressive": {
        "A": {"ends": (0.5, 0.5)},
        "B": {"told": False},
    },
    "14_stylegan": {
        "A": {"gamma": 1000.0},
        "B": {"pictures": 40},
    },
    "15_biggan": {
        "A": {"copies": False},
        "B": {"rate": 2e-2},
    },
    "16_editing": {
        "A": {"training": True},
        "B": {"length": 6.0},
    },
}
"""Settings by lesson and run, for what the lesson calls with them."""


def broken_run(lesson: str, run: str) -> dict[str, Any]:
    """The settings of a run that fails, for the lesson to play it.

    Args:
        lesson: its name, such as "01_gaussian_1d".
        run: the run's, such as "A".

    Raises:
        CourseError: if there is none of that name; lists those there are.
    """
    runs = BROKEN.get(lesson, {})
    if run not in runs:
        raise CourseError(f"Lesson {lesson} has no broken run {run!r}; it has {', '.join(runs) or 'none'}.")
    return dict(runs[run])
