"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py).
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_package, solved, withheld

LESSON = "12_text_to_image"

BORROWED: dict[str, dict[str, Loan]] = {
    "sentence_words": {
        "the package's": from_package("data.faces.captions", "caption_words", "sentence_words"),
    },
    "vocabulary_of": {"the lesson's own": solved(LESSON, "vocabulary_of")},
    "as_numbers": {
        "the package's": withheld(
            "from gancourse.models.text import TextEncoder\n\n"
            "def as_numbers(lists, vocabulary, length):\n"
            "    numbers, there = TextEncoder(vocabulary).numbers([' '.join(words[:length]) for words in lists])\n"
            "    pad = (0, length - numbers.shape[1])\n"
            "    return F.pad(numbers, pad), F.pad(there, pad)\n"
        ),
    },
    "last_word": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_12.words import at_last\n\n"
            "def last_word(states, there):\n"
            "    return at_last(states, there)\n"
        ),
    },
    "mismatched": {
        "the package's": from_package("games.text", "mismatched_captions", "mismatched"),
        "the bytecode": from_bytecode("games.text", "mismatched_captions", "mismatched"),
    },
    "what_d_finds": {"the lesson's own": solved(LESSON, "what_d_finds")},
    "judge_loss": {"the lesson's own": solved(LESSON, "judge_loss")},
    "interpolation_loss": {"the lesson's own": solved(LESSON, "interpolation_loss")},
    "cls_step": {"the lesson's own": solved(LESSON, "cls_step")},
    "conditioning": {
        "the package's": withheld(
            "from gancourse.games.text import spread_loss\n\n"
            "def conditioning(mu, log_var, eps=None):\n"
            "    eps = torch.randn_like(mu) if eps is None else eps\n"
            "    return mu + (0.5 * log_var).exp() * eps, spread_loss(mu, log_var)\n"
        ),
    },
    "style_loss": {"the lesson's own": solved(LESSON, "style_loss")},
    "tell_everywhere": {"the lesson's own": solved(LESSON, "tell_everywhere")},
    "second_stage": {"the lesson's own": solved(LESSON, "second_stage")},
    "find_words": {"the lesson's own": solved(LESSON, "find_words")},
}
