"""The inbox of the quality office: what waits for whom, in a number of statements that does not grow."""

from workflows.waiting.beside import ISSUING
from workflows.waiting.item import Item, title_of
from workflows.waiting.listing import LISTS, SORTS, Page, View, items, page_of

__all__ = ["ISSUING", "LISTS", "SORTS", "Item", "Page", "View", "items", "page_of", "title_of"]
