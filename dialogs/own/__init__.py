"""A seller's own questions: asked at their places, and kept with what they are about."""
