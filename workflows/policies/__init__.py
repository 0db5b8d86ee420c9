"""Policies: the typed document, its text form with line numbers, what a new edition does to running cases."""
