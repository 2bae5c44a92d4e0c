"""What moves: training one can watch in a cell, and training one can play, pause, step and steer."""

from gancourse.widgets.live import Knob, LiveTraining
from gancourse.widgets.watch import watch

__all__ = ["Knob", "LiveTraining", "watch"]
