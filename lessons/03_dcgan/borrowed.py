"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). What the text allows, such as `torch.lerp` or a
layer that is asked for its size, is no loan.
"""

from gancourse.grading.borrowing import DO_WITHOUT, Loan, from_bytecode, from_package, solved, withheld

LESSON = "03_dcgan"


def layer(call: str) -> Loan:
    """A transposed convolution in one call of torch's."""
    code = f"""\
def transposed_convolution(picture, kernel, stride=1, padding=0):
    x, w = picture[None, None], kernel[None, None]
    return {call}[0, 0]
"""
    return code, DO_WITHOUT


MODULE = """\
def transposed_convolution(picture, kernel, stride=1, padding=0):
    layer = nn.ConvTranspose2d(1, 1, kernel.shape, stride, padding, bias=False, dtype=picture.dtype)
    return torch.func.functional_call(layer, {"weight": kernel[None, None]}, picture[None, None])[0, 0]
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "conv_size": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_03.sizes import convolved\n\n"
            "def conv_size(size, kernel, stride=1, padding=0):\n"
            "    return convolved((size, kernel, stride, padding))\n"
        ),
    },
    "transposed_size": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_03.sizes import transposed\n\n"
            "def transposed_size(size, kernel, stride=1, padding=0):\n"
            "    return transposed((size, kernel, stride, padding))\n"
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
        "the engine's": withheld(
            "from gancourse.training.speed.convolutions import transposed_convolution as product\n\n"
            "def transposed_convolution(picture, kernel, stride=1, padding=0):\n"
            "    return product(picture[None, None], kernel[None, None], None, stride, padding)[0, 0]\n"
        ),
        "the checks' own": from_package("checks.lesson_03.sizes", "reference", "transposed_convolution"),
    },
    "Generator": {
        "the package's": from_package("models.dcgan", "Generator"),
        "the bytecode": from_bytecode("models.dcgan", "Generator"),
    },
    "Discriminator": {"the package's": from_package("models.dcgan", "Discriminator")},
    "init_weights": {"the package's": from_package("models.dcgan", "init_weights")},
    "smoothed_loss": {
        "the package's": withheld(
            "from gancourse.objectives import OBJECTIVES\n"
            "from gancourse.training.labels import soft_labels\n\n"
            "def smoothed_loss(real_logits, fake_logits, real_label=0.9):\n"
            '    return soft_labels(OBJECTIVES["non_saturating"], real_label).d_loss(real_logits, fake_logits)\n'
        ),
    },
    "noisy_labels": {
        "the package's": withheld(
            "from gancourse.training.labels import swapped\n\n"
            "def noisy_labels(n, low=0.8, high=1.0, flip=0.05):\n"
            "    return swapped(low + (high - low) * torch.rand(n, 1), 0.0, flip)\n"
        ),
    },
    "ReplayBuffer": {
        "the package's": withheld(
            "from gancourse.training.replay import ReplayBuffer as Buffer\n\n"
            "class ReplayBuffer(Buffer):\n"
            "    def __call__(self, fakes):\n"
            "        return self.mix(fakes)\n"
        ),
        "by the package's front door": withheld(
            "from gancourse.training import ReplayBuffer as Buffer\n\n"
            "class ReplayBuffer(Buffer):\n"
            "    __call__ = Buffer.mix\n"
        ),
    },
    "ema_update": {
        "the package's": withheld(
            "from gancourse.training.ema import EMA\n\n"
            "def ema_update(ema, net, decay):\n"
            "    average = EMA(net, min(decay, 0.9999999), warm_up=False)\n"
            "    average.model = ema\n"
            "    average.update(net)\n"
        ),
    },
    "diagnose": {
        "the package's": withheld(
            "from gancourse.training.diagnose import diagnose as found\n\n"
            "def diagnose(history):\n"
            "    return found(history).verdict\n"
        ),
    },
    "lerp": {
        "the package's": withheld(
            "from gancourse.latent import lerp as line\n\ndef lerp(a, b, t):\n    return line(a, b, t[:, None])\n"
        ),
    },
    "slerp": {
        "the package's": withheld(
            "from gancourse.latent.interpolate import slerp as arc\n\n"
            "def slerp(a, b, t):\n"
            "    return arc(a, b, t[:, None])\n"
        ),
        "the checks' own": from_package("checks.lesson_03.latent", "sphere", "slerp"),
    },
    "attribute_arithmetic": {"the lesson's own": solved(LESSON, "attribute_arithmetic")},
}
