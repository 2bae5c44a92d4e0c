"""Keep freed memory for a while instead of handing it back to the system after every operation.

A renderer writes fresh memory all the time: each of its operations makes a tensor of a few megabytes
and lets go of it soon. The C library soon gives such blocks back, and the system clears every page
anew when the next operation asks for them. Told to keep some, the renderer draws about a tenth more
faces in the same time.
"""

from __future__ import annotations

import ctypes
import functools
import sys

TRIM, MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
KEEP = 256 * 2**20  # bytes: what a chunk of faces needs
SINGLE = 32 * 2**20  # larger blocks come and go by themselves; glibc raises this no higher on its own


@functools.cache
def keep_memory() -> None:
    """From now on, up to 256 MB of freed memory stay with the process. Without glibc nothing changes."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(TRIM, KEEP)
        mallopt(MMAP, SINGLE)
