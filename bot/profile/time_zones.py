"""Names of time zones: whether there is one, and which is meant by a name that there isn't."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global

from bot.profile.mistakes import meant

_ALIKE = 0.75
"""Cities alike by less are different ones: Milan is neither Manila nor Minsk."""


def known(name: str) -> bool:
    """Return whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def meant_by(name: str, places: Iterable[str]) -> str:
    """Return the zone that is spelt like it; else those of these countries, some of them told by their language."""
    area, _, city = name.rpartition("/")
    cities = {zone.rpartition("/")[2]: zone for zone in available_timezones() if zone.startswith(area)}
    if (found := meant(city, [*cities], _ALIKE)) is not None:
        return f"Is {cities[found]} meant?"
    countries = dict.fromkeys(place.upper() for place in places)
    zones = {country: zone for zone, country in sorted(get_global("zone_territories").items(), reverse=True)}
    listed = ", ".join(f"{zones[country]} ({country})" for country in countries if country in zones)
    return f"A zone bears the name of one city for its whole country: {listed}."
