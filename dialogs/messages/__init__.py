"""Commands, jobs and events of the dialogs, one module per subject; frozen, typed, stored by name.

Belongs here: what goes between the dialogs and the composition root (`bot/usecases/commands.py` and
`bot/usecases/jobs.py` say who does it). Must not be known here: steps, reactions, slots, who does a command or a job
and how.
"""

from types import ModuleType

from dialogs.messages import (
    account,
    company,
    contact,
    einvoice,
    elsewhere,
    feedback,
    handoff,
    letters,
    on_file,
    order,
    own_data,
    payment,
    questions,
    renewal,
    voice,
    withdrawal,
    zone,
)

MODULES: tuple[ModuleType, ...] = (
    *(account, company, contact, einvoice, elsewhere, feedback, handoff, letters, on_file, order, own_data, payment),
    *(questions, renewal, voice, withdrawal, zone),
)
"""Every module of messages: what it defines can be stored in the tables of events and jobs."""
