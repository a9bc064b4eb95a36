"""The payment providers' simulators: each module here is one, named as the desk calls its provider.

Its `SIMULATOR` is its entry, which the supervisor process reads for the keys. So a simulator that imports much is a
package, whose `__init__` holds the entry alone.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from sandbox.credentials import SECRETS
from sandbox.simulator import SimulatorEntry


def _entry(name: str) -> SimulatorEntry:
    entry: SimulatorEntry = import_module(f"{__name__}.{name}").SIMULATOR
    return entry


PAYMENT_SIMULATORS: Mapping[str, SimulatorEntry] = {
    one.name: _entry(one.name) for one in pkgutil.iter_modules(__path__)
}

#: All fixed keys with which a live desk must not meet a real provider.
KNOWN_SECRETS = SECRETS | {str(key) for entry in PAYMENT_SIMULATORS.values() for key in entry.keys.values()}
