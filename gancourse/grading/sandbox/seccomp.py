"""What student code may not ask of the kernel: namespaces, mounts, other processes' memory, what outlives processes.

In a user namespace of one's own one is root: one may mount a file system of any size over what is
there, and reach parts of the kernel that nobody else reaches. No exercise needs that. The filter
(man 2 seccomp) is inherited by every child and cannot be taken off again.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2
CLONE_NEWUSER = 0x10000000
THIRD_INTERFACE = 0x40000000  # calls of x86's third interface are numbered from here
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they lie in what the filter looks at
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000

# By machine: the architecture's name in the filter, and the numbers of calls.
CLONE = {"x86_64": 56, "aarch64": 220}
KIND = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE_3 = 435
# unshare, setns; mount, umount2, pivot_root; ptrace, process_vm_readv and _writev; bpf, userfaultfd,
# perf_event_open; keyctl, add_key, request_key; on every machine: io_uring_setup, open_tree, move_mount,
# fsopen, fsconfig, fsmount, fspick, mount_setattr.
EVERYWHERE = (425, 428, 429, 430, 431, 432, 433, 442)
# shmget, semget, msgget, mq_open: what these make belongs to no process, and would be there for the next student.
DENIED = {
    "x86_64": (29, 64, 68, 240, 272, 308, 165, 166, 155, 101, 310, 311, 321, 323, 298, 250, 248, 249, *EVERYWHERE),
    "aarch64": (194, 190, 186, 180, 97, 268, 40, 39, 41, 117, 270, 271, 280, 282, 241, 219, 217, 218, *EVERYWHERE),
}
SOCKET = {"x86_64": 41, "aarch64": 198}
FOREIGN_FAMILIES = (38, 40)  # AF_ALG, a part of the kernel that nobody needs, and AF_VSOCK, the way out of a machine


def program(machine: str) -> bytes:
    """The filter in the kernel's own little language; each line is (code, jump if true, jump if false, value)."""
    denied = ERROR | errno.EPERM
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, KIND[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, THIRD_INTERFACE),
        (RETURN, 0, 0, denied),
    ]
    for number in DENIED[machine]:
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, denied)]
    # The newer clone's flags lie in memory, where no filter can look: who is told that it does not exist, as
    # the C library is here, takes the older one.
    lines += [(EQUAL, 0, 1, CLONE_3), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    lines += [(EQUAL, 0, 2 * len(FOREIGN_FAMILIES) + 2, SOCKET[machine]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    for family in FOREIGN_FAMILIES:
        lines += [(EQUAL, 0, 1, family), (RETURN, 0, 0, denied)]
    lines += [(RETURN, 0, 0, ALLOW)]
    lines += [(EQUAL, 0, 3, CLONE[machine]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    lines += [(HAS_BITS, 0, 1, CLONE_NEWUSER), (RETURN, 0, 0, denied), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def forbid() -> None:
    """Put the filter on this process and its children, where the kernel has one and its calls are known."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in KIND:
        return

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_char_p)]

    lines = program(machine)
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(Program(len(lines) // 8, lines)))
