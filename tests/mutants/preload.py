"""Imported by the process from which all trials are forked."""

from tests.mutants.trial import preload

preload()
