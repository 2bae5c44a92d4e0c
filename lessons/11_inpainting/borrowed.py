"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py).
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_package, solved, withheld

LESSON = "11_inpainting"

BORROWED: dict[str, dict[str, Loan]] = {
    "composited": {
        "the package's": from_package("models.inpainting", "filled_picture", "composited"),
        "the bytecode": from_bytecode("models.inpainting", "filled_picture", "composited"),
    },
    "shown_to_G": {
        "the package's": from_package("models.inpainting", "with_hole", "shown_to_G"),
    },
    "free_form_masks": {
        "the package's": withheld(
            "import torch\n"
            "from gancourse.data.holes import stroke_masks\n\n"
            "def free_form_masks(n, size, share, seed):\n"
            "    return stroke_masks(n, size, share, 4, torch.Generator().manual_seed(seed))\n"
        ),
    },
    "spread_kernel": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_11.fields import spread_weights\n\n"
            "def spread_kernel(weight, dilation):\n"
            "    return spread_weights(weight, dilation)\n"
        ),
    },
    "dilated_field": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_11.fields import field_width\n\n"
            "def dilated_field(layers):\n"
            "    return field_width(layers)\n"
        ),
    },
    "seen_pixels": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_11.fields import reached_pixels\n\n"
            "def seen_pixels(layers):\n"
            "    return reached_pixels(layers)\n"
        ),
    },
    "DilatedBlock": {
        "the package's": from_package("models.inpainting", "WideBlock", "DilatedBlock"),
        "the bytecode": from_bytecode("models.inpainting", "WideBlock", "DilatedBlock"),
    },
    "fill_guess": {"the lesson's own": solved(LESSON, "fill_guess")},
    "TwoHeads": {"the lesson's own": solved(LESSON, "TwoHeads")},
    "judges_loss": {"the lesson's own": solved(LESSON, "judges_loss")},
    "joint_loss": {"the lesson's own": solved(LESSON, "joint_loss")},
    "inpainting_step": {"the lesson's own": solved(LESSON, "inpainting_step")},
    "fill_holes": {"the lesson's own": solved(LESSON, "fill_holes")},
}
