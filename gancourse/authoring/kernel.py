"""A kernel to run a lesson's notebook in as on a machine that is nobody's: for tests and for measurements."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager


@contextmanager
def clean_kernel() -> Iterator[tuple[AsyncKernelManager, dict[str, str]]]:
    """A manager, for a kernel of this very interpreter, and the environment to start it in.

    Nothing of the user's settings reaches it, it plays in full rather than fast, and keeps no progress.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    left_out = ("MPLBACKEND", "PYTHONWARNINGS", "GANCOURSE_FAST")
    with tempfile.TemporaryDirectory() as private:
        env = {name: value for name, value in os.environ.items() if name not in left_out}
        env |= {"GANCOURSE_PROGRESS": "off", "IPYTHONDIR": private, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        try:
            yield kernel, env
        finally:  # nbclient leaves a kernel running that it was given, with a gigabyte of memory
            if kernel.has_kernel:
                run_sync(kernel.shutdown_kernel)(now=True)
