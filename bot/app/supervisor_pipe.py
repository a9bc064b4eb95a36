"""Between a supervising process and those it started: their first word, and the end of either side.

A socket pair that each child inherits one end of. The child says one word when it is ready. When the supervisor is
gone, by kill -9 too, the system closes its end, which the child hears: so nobody is left who serves for ever. Which
file descriptor it is, is told in an environment variable; it is no setting.
"""

import asyncio
import os
import socket
from contextlib import suppress
from typing import Final

LIFELINE: Final = "OKIENKO_LIFELINE_FD"
LISTENING: Final = "OKIENKO_LISTENING_FD"
"""The listening socket that a worker shares with the others."""
LONGEST_WORD = 500


class SupervisorPipe:
    """The child's end."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        end.setblocking(False)

    def say(self, word: str) -> None:
        """Tell the supervisor that this process is ready; a supervisor that is gone is ignored."""
        with suppress(OSError):
            self._end.send(word.encode()[:LONGEST_WORD])

    async def cut(self) -> None:
        """Return when the supervisor is gone."""
        try:
            while await asyncio.get_running_loop().sock_recv(self._end, LONGEST_WORD):
                pass  # it has nothing to say
        except OSError:
            return


def inherit_pipe() -> SupervisorPipe | None:
    """Return this process' lifeline, if it was started by a supervisor. Its own children don't inherit it."""
    found = _inherited(LIFELINE)
    return None if found is None else SupervisorPipe(found)


def inherited_listening() -> socket.socket | None:
    """Return the listening socket given to a worker."""
    found = _inherited(LISTENING)
    if found is None:
        return None
    # Named as TCP: asyncio turns Nagle's delay off for such only, and a descriptor alone doesn't say it.
    return socket.socket(found.family, found.type, socket.IPPROTO_TCP, found.detach())


def _inherited(variable: str) -> socket.socket | None:
    number = os.environ.pop(variable, "")
    if not number.isdecimal():
        return None
    found = socket.socket(fileno=int(number))
    found.set_inheritable(False)
    return found
