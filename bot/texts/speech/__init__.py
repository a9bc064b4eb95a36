"""Texts as they are said: amounts, dates, numbers and signs as a voice reads them well, by language."""
