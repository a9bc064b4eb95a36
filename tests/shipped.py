"""The profiles that ship with the desk, each read once a process, whichever tests look at them."""

from functools import cache

from bot.profile import Profile, load
from tests.architecture.rooms import ROOT


@cache
def profile(name: str) -> Profile:
    """Return the profile in `profiles/` of this name."""
    return load(ROOT / "profiles" / name)
