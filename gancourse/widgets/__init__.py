"""What moves: training one can watch in a cell, and training one can play, pause, step and steer."""

from gancourse.widgets.canvas import Canvas
from gancourse.widgets.explorer import LatentExplorer
from gancourse.widgets.live import Choice, Knob, LiveTraining
from gancourse.widgets.plane import draw_playground
from gancourse.widgets.playground import Playground
from gancourse.widgets.watch import watch

__all__ = ["Canvas", "Choice", "Knob", "LatentExplorer", "LiveTraining", "Playground", "draw_playground", "watch"]
