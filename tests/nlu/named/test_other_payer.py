"""Who says that somebody else pays, or asks for a pro forma: sentences that no rule was written from."""

import pytest

from tests.nlu.kit import meaning_of
