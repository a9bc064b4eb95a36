"""Compile what a desk reads at its start: `make install` and the image keep it beside the compiled modules."""

from importlib import import_module

from bot.texts.toml_tables import LOCALES, compile_texts
from values.patterns import keep_waiting

if __name__ == "__main__":
    for shipped in LOCALES:
        compile_texts(shipped, write=True)
    import_module("bot.app.installation")  # imports all that reads customers' words, and compiles none of it
    keep_waiting()
