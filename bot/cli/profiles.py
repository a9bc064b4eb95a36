"""The profile that a command works with."""

from pathlib import Path

from bot.app.ready import where
from bot.cli import refuse
from bot.profile import Profile, ProfileErrors, load


def read_profile(folder: Path) -> Profile:
    """Return the seller's profile; refuse one with mistakes."""
    try:
        return load(where(folder))
    except ProfileErrors as errors:
        refuse(errors)
