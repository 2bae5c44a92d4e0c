"""The shortest answers that could be borrowed instead of written, each with the word that refuses it."""

from gancourse.grading.borrowing import Loan, solved

BORROWED: dict[str, dict[str, Loan]] = {
    "mean_probability": {"the lesson's own": solved("11_inpainting", "mean_probability")},
}
