"""Delivery of outgoing events to the seller's own system."""
