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
    "map_sizes": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_03.sizes import convolved, transposed\n\n"
            "def map_sizes(which, size, kernel, stride=1, padding=0):\n"
            "    return (convolved if which == 'convolution' else transposed)((size, kernel, stride, padding))\n"
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
    "dcgan_step": {
        "the checks' own": withheld(
            "import copy\n"
            "from types import SimpleNamespace\n"
            "from gancourse.checks.lesson_03.both import Played\n\n"
            "def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):\n"
            "    remember(G(z).detach())\n"
            "    game = SimpleNamespace(before=copy.deepcopy((G, ema, D)), rates=(0.25, 0.5), shares=(2.0, 0.25),\n"
            "        z=z, real=real, old=None, stale=None, weights={'on_real': -2.0, 'on_fake': 3.0})\n"
            "    return Played(game, '').losses\n"
        ),
    },
    "tell_runs_apart": {
        "the package's": withheld(
            "from gancourse.training.diagnose import diagnose as found\n\n"
            "def tell_runs_apart(history):\n"
            "    return found(history).verdict\n"
        ),
    },
    "latent_moves": {
        "the package's line, the lesson's own arithmetic": withheld(
            "from gancourse.latent import lerp as line\n\n"
            "def latent_moves(which, x, y, t):\n"
            "    return line(x, y, t[:, None]) if which == 'line' else x + t.mean(0) - y.mean(0)\n"
        ),
    },
    "off_the_shell": {"the lesson's own": solved(LESSON, "off_the_shell")},
    "slerp": {
        "the package's": withheld(
            "from gancourse.latent.interpolate import slerp as arc\n\n"
            "def slerp(a, b, t):\n"
            "    return arc(a, b, t[:, None])\n"
        ),
        "the checks' own": from_package("checks.lesson_03.latent", "sphere", "slerp"),
    },
}
