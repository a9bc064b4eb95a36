"""A seller's folder, read and checked: `profile.toml`, `texts/{pl,it,en}.toml`, `faq/{pl,it,en}.toml`.

Knows files and their mistakes, and which words a journey needs; knows no conversation, no channel, no store.
"""

from bot.profile.load import load
from bot.profile.problems import ProfileErrors, ProfileProblem
from bot.profile.profile import Brand, FaqEntry, Profile

__all__ = ["Brand", "FaqEntry", "Profile", "ProfileErrors", "ProfileProblem", "load"]
