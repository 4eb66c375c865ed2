"""Which writes and syncs a program asked the kernel for, in order: by ptrace, so nothing has to be installed.

Linux on x86-64 alone. All threads of the program are followed; exits of calls are recorded, so that a sync counts when
it has come back. Sources: ptrace(2), `PTRACE_GET_SYSCALL_INFO` of Linux 5.3.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TRACE_ME, PEEK_OPTIONS, GET_SYSCALL_INFO, NEXT_SYSCALL = 0, 0x4200, 0x420E, 24
SYSTEM_GOOD, TRACE_FORK, TRACE_VFORK, TRACE_CLONE, KILL_WITH_TRACER = 0x1, 0x2, 0x4, 0x8, 0x100000
OPTIONS = SYSTEM_GOOD | TRACE_FORK | TRACE_VFORK | TRACE_CLONE | KILL_WITH_TRACER
SYSCALL_STOP = signal.SIGTRAP | 0x80
ENTRY, EXIT = 1, 2
NAMES = {1: "write", 18: "pwrite64", 74: "fsync", 75: "fdatasync"}
ALL_THREADS = 0x40000000  # __WALL
MAX_DATA_BYTES = 64
MAX_CALLS = 1_000_000


class _Entry(ctypes.Structure):
    _fields_ = (("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6))


class _Exit(ctypes.Structure):
    _fields_ = (("value", ctypes.c_int64), ("is_error", ctypes.c_uint8))


class _Either(ctypes.Union):
    _fields_ = (("entry", _Entry), ("exit", _Exit))


class _SyscallInfo(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_uint8),
        ("padding", ctypes.c_uint8 * 3),
        ("architecture", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("call", _Either),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that came back: its name, the file behind its descriptor, and the head of what was written."""

    name: str
    path: str
    data: bytes
    failed: bool


def can_trace() -> bool:
    """Tell whether calls can be traced on this machine."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def trace(command: Sequence[str]) -> list[Call]:
    """Run a program to its end and return its writes and syncs; standard output goes nowhere.

    Call it in a process that has no other children: it waits for all of them.
    Raises RuntimeError where the program does not end with exit code 0, OSError where the kernel refuses to trace.
    """
    child = os.fork()
    if child == 0:
        _become(command)
    os.waitpid(child, 0)
    _ptrace(PEEK_OPTIONS, child, 0, OPTIONS)
    _ptrace(NEXT_SYSCALL, child, 0, 0)
    return _follow(child)


def _become(command: Sequence[str]) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        _ptrace(TRACE_ME, 0, 0, 0)
        os.execv(command[0], list(command))
    finally:
        os._exit(127)


def _follow(child: int) -> list[Call]:
    calls: list[Call] = []
    begun: dict[int, tuple[str, str, bytes]] = {}
    while True:
        thread, status = os.waitpid(-1, ALL_THREADS)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            begun.pop(thread, None)
            if thread == child:
                if status != 0:
                    raise RuntimeError(f"the traced program ended with status {status}")
                return calls
            continue
        stop = os.WSTOPSIG(status)
        passed_on = 0
        if stop == SYSCALL_STOP:
            _note(thread, begun, calls)
        elif stop not in {signal.SIGTRAP, signal.SIGSTOP}:
            passed_on = stop
        _ptrace(NEXT_SYSCALL, thread, 0, passed_on)


def _note(thread: int, begun: dict[int, tuple[str, str, bytes]], calls: list[Call]) -> None:
    info = _SyscallInfo()
    _ptrace(GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info))
    if info.kind == ENTRY and info.call.entry.number in NAMES:
        descriptor, address, size = info.call.entry.arguments[:3]
        name = NAMES[info.call.entry.number]
        data = _memory(thread, address, min(size, MAX_DATA_BYTES)) if "write" in name else b""
        begun[thread] = name, _path(thread, descriptor), data
    elif info.kind == EXIT and thread in begun and len(calls) < MAX_CALLS:
        calls.append(Call(*begun.pop(thread), failed=bool(info.call.exit.is_error)))


def _path(thread: int, descriptor: int) -> str:
    try:
        return str(Path(f"/proc/{thread}/fd/{descriptor}").readlink())
    except OSError:
        return ""


def _memory(thread: int, address: int, size: int) -> bytes:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)


def _ptrace(request: int, thread: int, address: int, data: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    library.ptrace.restype = ctypes.c_long
    if library.ptrace(request, thread, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace request {request:#x}: {os.strerror(number)}")
