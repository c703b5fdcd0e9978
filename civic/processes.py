"""Which process am I, and does that other one still live? Asked of the operating system, never of a clock."""

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process that can be recognised later: its machine, its number there, and its birth."""

    machine: str
    pid: int
    birth: str

    def is_alive(self) -> bool | None:
        """True or False on the machine that can tell, None on every other."""
        if self.machine != this_machine():
            return None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # it is there and belongs to somebody else
        # A number that was given to a new process is not the process we knew.
        return self.birth == birth_of(self.pid)


def this_process() -> Process:
    """The process that asks."""
    return Process(machine=this_machine(), pid=os.getpid(), birth=birth_of(os.getpid()))


@cache
def this_machine() -> str:
    """A name no other kernel and no other container shares: host, boot and process namespace where Linux tells them."""
    parts = [socket.gethostname()[:64]]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        pass  # not Linux: the host name has to do
    return " ".join(parts)


def birth_of(pid: int) -> str:
    """When a process of this machine started, in the kernel's ticks since boot; empty where nothing tells.

    Field 22 of ``/proc/<pid>/stat``, counted after the command name, which may itself hold spaces and brackets.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
