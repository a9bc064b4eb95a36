"""Libraries that are kept out while modules are imported that would load them."""

import sys
from importlib import import_module

import pytest

from services.interpreter import hide_libraries


def test_what_is_kept_out_can_be_loaded_later() -> None:
    sys.modules.pop("this", None)  # a module of Python’s own that nothing loads
    with hide_libraries("this"), pytest.raises(ModuleNotFoundError):
        import_module("this")
    assert "this" not in sys.modules
    import_module("this")


def test_what_is_loaded_already_stays() -> None:
    with hide_libraries("json"):
        assert import_module("json") is sys.modules["json"]
    assert sys.modules["json"] is not None
