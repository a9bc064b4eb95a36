"""How long to wait before a call is tried again; durable, unlike the quick second try inside one execution."""

from datetime import timedelta

STEPS = (
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
"""The pauses after the first, second … attempt; the last one repeats."""


def pause(attempts: int) -> timedelta:
    """The pause after so many attempts (1, 2 …)."""
    if attempts < 1:
        raise ValueError("nothing was attempted yet")
    return STEPS[min(attempts, len(STEPS)) - 1]
