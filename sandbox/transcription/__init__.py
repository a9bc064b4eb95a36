"""The recogniser's stand-in: it hears what it was told to hear, in the form of OpenAI's `audio/transcriptions`.

`api` speaks the provider's protocol and is told what the recordings say, `store` keeps both. No sound is
kept, only its hash and size.
"""
