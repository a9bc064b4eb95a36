"""Commands, jobs and events of the dialogs, one module per subject; frozen, typed, stored by name.

Belongs here: what goes between the dialogs and the composition root (`bot/usecases/commands.py` and
`bot/usecases/jobs.py` say who does it). Must not be known here: steps, reactions, slots, who does a command or a job
and how.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

MODULES: tuple[ModuleType, ...] = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
"""Every module of messages: what it defines can be stored in the tables of events and jobs."""
