"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py).
"""

from gancourse.grading.borrowing import DO_WITHOUT, Loan, from_bytecode, from_package, solved, withheld

LESSON = "10_super_resolution"

BORROWED: dict[str, dict[str, Loan]] = {
    "pixel_shuffle": {
        "torch's own": ("from torch.nn.functional import pixel_shuffle\n", DO_WITHOUT),
        "the checks' own": withheld(
            "from gancourse.checks.lesson_10.pixels import placed\n\n"
            "def pixel_shuffle(x, r):\n"
            "    return placed(x, r)\n"
        ),
    },
    "pixel_unshuffle": {
        "torch's own": ("from torch.nn.functional import pixel_unshuffle\n", DO_WITHOUT),
    },
    "psnr": {
        "the package's": from_package("metrics.fidelity", "decibels", "psnr"),
        "the bytecode": from_bytecode("metrics.fidelity", "decibels", "psnr"),
    },
    "ssim": {
        "the package's": from_package("metrics.fidelity", "structural", "ssim"),
        "the checks' own": withheld(
            "from gancourse.checks.lesson_10.near import similarity\n\n"
            "def ssim(x, y, peak=1.0):\n"
            "    return similarity(x, y, peak)\n"
        ),
    },
    "best_guess": {"the lesson's own": solved(LESSON, "best_guess")},
    "ResidualBlock": {
        "the package's": from_package("models.super_resolution", "Block", "ResidualBlock"),
        "the bytecode": from_bytecode("models.super_resolution", "Block", "ResidualBlock"),
    },
    "content_loss": {"the lesson's own": solved(LESSON, "content_loss")},
    "generator_loss": {"the lesson's own": solved(LESSON, "generator_loss")},
    "srgan_step": {
        "the lesson's own": solved(LESSON, "srgan_step"),
    },
    "look_again": {"the lesson's own": solved(LESSON, "look_again")},
}
