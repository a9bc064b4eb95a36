"""A day without an hour, to be said in the customer's language."""

from datetime import date

from msgspec import Struct


class Day(Struct, frozen=True):
    """A day by its ISO 8601 form, YYYY-MM-DD."""

    iso: str

    @property
    def date(self) -> date:
        """Return the day itself. Errors: ValueError where the form is another."""
        return date.fromisoformat(self.iso)
