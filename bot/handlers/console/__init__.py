"""The agents' pages below `/desk`. Whatever is added here goes through the access (`access.py`)."""
