"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). What the text allows, such as `torch.lerp` or a
layer that is asked for its size, is no loan.
"""

LESSON = "03_dcgan"
WITHHELD = "is withheld while this lesson is graded: write it yourself"
DO_WITHOUT = "the exercise says to do without it: write it yourself"
NOT_THERE = "The lessons' sources are not beside the package"


def solved(exercise: str) -> tuple[str, str]:
    """The lesson's own solution, by the module that builds the notebooks."""
    code = f"from gancourse.authoring.source import find\n\n{exercise} = find({LESSON!r}).worked()[{exercise!r}]\n"
    return code, NOT_THERE


def package(module: str, name: str, exercise: str = "") -> tuple[str, str]:
    """What the package has under this name."""
    return f"from gancourse.{module} import {name} as {exercise or name}\n", WITHHELD


def layer(call: str) -> tuple[str, str]:
    """A transposed convolution in one call of torch's."""
    code = f"""\
def transposed_convolution(picture, kernel, stride=1, padding=0):
    x, w = picture[None, None], kernel[None, None]
    return {call}[0, 0]
"""
    return code, DO_WITHOUT


BYTECODE = """\
import importlib.machinery
import importlib.util
from pathlib import Path

import gancourse

cache = next(Path(gancourse.__file__).parent.glob("training/__pycache__/diagnose.*.pyc"))
loader = importlib.machinery.SourcelessFileLoader("borrowed", str(cache))
borrowed = importlib.util.module_from_spec(importlib.util.spec_from_loader("borrowed", loader))
loader.exec_module(borrowed)

def diagnose(history):
    return borrowed.diagnose(history).kind
"""

MODULE = """\
def transposed_convolution(picture, kernel, stride=1, padding=0):
    layer = nn.ConvTranspose2d(1, 1, kernel.shape, stride, padding, bias=False, dtype=picture.dtype)
    return torch.func.functional_call(layer, {"weight": kernel[None, None]}, picture[None, None])[0, 0]
"""

BORROWED: dict[str, dict[str, tuple[str, str]]] = {
    "conv_size": {
        "the checks' own": (
            "from gancourse.checks.lesson_03.sizes import convolved\n\n"
            "def conv_size(size, kernel, stride=1, padding=0):\n"
            "    return convolved((size, kernel, stride, padding))\n",
            WITHHELD,
        ),
    },
    "transposed_size": {
        "the checks' own": (
            "from gancourse.checks.lesson_03.sizes import transposed\n\n"
            "def transposed_size(size, kernel, stride=1, padding=0):\n"
            "    return transposed((size, kernel, stride, padding))\n",
            WITHHELD,
        ),
    },
    "transposed_convolution": {
        "the function": layer("F.conv_transpose2d(x, w, stride=stride, padding=padding)"),
        "the function's other name": layer("torch.conv_transpose2d(x, w, None, stride, padding)"),
        "the general convolution": layer(
            "torch.convolution(x, w, None, [stride] * 2, [padding] * 2, [1, 1], True, [0, 0], 1)"
        ),
        "the operator below": layer(
            "torch.ops.aten.convolution(x, w, None, [stride] * 2, [padding] * 2, [1, 1], True, [0, 0], 1)"
        ),
        "the gradient's helper": layer(
            "torch.nn.grad.conv2d_input([1, 1, *((n - 1) * stride - 2 * padding + k"
            " for n, k in zip(picture.shape, kernel.shape))], w, x, stride, padding)"
        ),
        "the layer": (MODULE, DO_WITHOUT),
        "the engine's": (
            "from gancourse.training.convolutions import transposed_convolution as product\n\n"
            "def transposed_convolution(picture, kernel, stride=1, padding=0):\n"
            "    return product(picture[None, None], kernel[None, None], None, stride, padding)[0, 0]\n",
            WITHHELD,
        ),
        "the checks' own": package("checks.lesson_03.sizes", "reference", "transposed_convolution"),
    },
    "Generator": {"the package's": package("models.dcgan", "Generator")},
    "Discriminator": {"the package's": package("models.dcgan", "Discriminator")},
    "init_weights": {"the package's": package("models.dcgan", "init_weights")},
    "smoothed_loss": {
        "the package's": (
            "from gancourse.objectives import OBJECTIVES\n"
            "from gancourse.training.labels import soft_labels\n\n"
            "def smoothed_loss(real_logits, fake_logits, real_label=0.9):\n"
            '    return soft_labels(OBJECTIVES["non_saturating"], real_label).d_loss(real_logits, fake_logits)\n',
            WITHHELD,
        ),
    },
    "noisy_labels": {
        "the package's": (
            "from gancourse.training.labels import swapped\n\n"
            "def noisy_labels(n, low=0.8, high=1.0, flip=0.05):\n"
            "    return swapped(low + (high - low) * torch.rand(n, 1), 0.0, flip)\n",
            WITHHELD,
        ),
    },
    "ReplayBuffer": {
        "the package's": (
            "from gancourse.training.replay import ReplayBuffer as Buffer\n\n"
            "class ReplayBuffer(Buffer):\n"
            "    def __call__(self, fakes):\n"
            "        return self.mix(fakes)\n",
            WITHHELD,
        ),
        "by the package's front door": (
            "from gancourse.training import ReplayBuffer as Buffer\n\n"
            "class ReplayBuffer(Buffer):\n"
            "    __call__ = Buffer.mix\n",
            WITHHELD,
        ),
    },
    "ema_update": {
        "the package's": (
            "from gancourse.training.ema import EMA\n\n"
            "def ema_update(ema, net, decay):\n"
            "    average = EMA(net, min(decay, 0.9999999), warm_up=False)\n"
            "    average.model = ema\n"
            "    average.update(net)\n",
            WITHHELD,
        ),
    },
    "diagnose": {
        "the package's": (
            "from gancourse.training.diagnose import diagnose as found\n\n"
            "def diagnose(history):\n"
            "    return found(history).kind\n",
            WITHHELD,
        ),
        "the bytecode": (BYTECODE, WITHHELD),
    },
    "lerp": {
        "the package's": (
            "from gancourse.latent import lerp as line\n\ndef lerp(a, b, t):\n    return line(a, b, t[:, None])\n",
            WITHHELD,
        ),
    },
    "slerp": {
        "the package's": (
            "from gancourse.latent.interpolate import slerp as arc\n\n"
            "def slerp(a, b, t):\n"
            "    return arc(a, b, t[:, None])\n",
            WITHHELD,
        ),
        "the checks' own": package("checks.lesson_03.latent", "sphere", "slerp"),
    },
    "attribute_arithmetic": {"the lesson's own": solved("attribute_arithmetic")},
}
