"""Views of the faculty portal, one file per part of the work."""
