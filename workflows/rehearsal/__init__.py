"""Carries a proposal through the whole course by the same verbs as the portals, with stated sample answers."""
