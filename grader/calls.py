"""The system calls that no submission needs: a filter that bubblewrap hands to the kernel.

What is refused holds memory that belongs to no process (memfd, System V's shared memory and
queues), makes namespaces and mounts of its own, looks into other processes, or says by a file that
all can read what another submission does with it (locks, watches). It is classic BPF, a list of
loads, comparisons and returns; there is one for each of two processors, elsewhere none.
"""

from __future__ import annotations

import errno
import functools
import os
import platform
import struct

_REFUSED = {
    # name: number on x86-64, on AArch64
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "flock": (73, 32),
    "inotify_init": (253, 26),  # newer processors have the next alone
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "clone3": (435, 435),  # the C library goes on with clone, whose flags can be seen here
}
_CLONE = (56, 220)
#: fcntl, and what it does to ask for others' locks
_FCNTL, _GETLK = (72, 25), (5, 36)
_PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
#: flags of clone that make a namespace, and the numbers of x86-64's other, shorter pointers
_NAMESPACES, _SHORT = 0x7E020000, 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.ENOSYS


@functools.cache
def program(machine: str = platform.machine()) -> bytes | None:
    """The filter for a processor, or None where there is none."""
    if machine not in _PROCESSORS:
        return None
    column, architecture = _PROCESSORS[machine]
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_LOAD, 0, 0, 0), (_AT_LEAST, 0, 1, _SHORT), (_RETURN, 0, 0, _REFUSE)]
    for numbers in _REFUSED.values():
        steps += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_EQUAL, 0, 4, _FCNTL[column]), (_LOAD, 0, 0, 24)]  # its second argument
    steps += [(_EQUAL, 1, 0, _GETLK[0]), (_EQUAL, 0, 1, _GETLK[1]), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_LOAD, 0, 0, 0)]
    steps += [(_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, 16)]  # its first argument's lower half
    steps += [(_ANY_BIT, 0, 1, _NAMESPACES), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def opened() -> int | None:
    """The filter as a file to read from, whose descriptor the caller closes; or None."""
    filter = program()
    if filter is None:
        return None
    file = os.memfd_create("filter")
    os.write(file, filter)
    os.lseek(file, 0, os.SEEK_SET)
    return file
