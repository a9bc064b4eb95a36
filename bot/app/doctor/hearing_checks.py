"""The recogniser of speech: whether customers are told whose it is."""

from collections.abc import Iterator

from bot.app.doctor.findings import Finding, doubtful, well
from bot.app.settings import Settings
from bot.profile import Profile
from bot.texts.toml_tables import common
from values.loopback import leads_to_loopback

RECORDINGS, RECOGNISER = "recordings", "voice.recogniser"


def hearing_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield whether a recogniser elsewhere is named in the profile's texts, in each of its languages."""
    if settings.transcription_url is None:
        return
    texts, url = profile.catalogue.texts, settings.transcription_url
    unnamed = [of for of in profile.seller.locales if texts[of].get(RECOGNISER) == common(of).get(RECOGNISER)]
    if leads_to_loopback(url) or not unnamed:
        yield well(RECORDINGS, f"heard at {url}")
        return
    what = f"customers aren't told who hears their recordings ({', '.join(unnamed)})"
    yield doubtful(RECORDINGS, what, f"Write the text {RECOGNISER}: who, in which country, for how long.")
