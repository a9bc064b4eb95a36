"""What the tests of services share."""

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    """Quick retries are made, but without their pauses."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield
