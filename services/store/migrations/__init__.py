"""The schema's history: one file per step in `versions/`, applied in order; a step that was released never changes."""
