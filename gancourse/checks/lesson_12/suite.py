"""The suite that this lesson's modules add their claims to."""

from gancourse.checks.core import Suite

check = Suite("12_text_to_image")
