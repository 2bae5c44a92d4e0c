"""The suite that this lesson's modules add their claims to."""

from gancourse.checks.core import Suite

check = Suite("11_inpainting")
