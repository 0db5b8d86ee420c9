"""Views of the quality portal, one file per room."""
