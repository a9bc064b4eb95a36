"""A plugin for pytest: the tests run against desks without some of their protections, and must fail.

`CRASH_WITHOUT=dedupe .venv/bin/python -m pytest -p tests.crash.without tests/desk/test_twice.py`
"""

import os

from tests.crash.launch import WITHOUT
from tests.crash.unprotected import take_out

take_out(tuple(filter(None, os.environ.get(WITHOUT, "").split(","))))
