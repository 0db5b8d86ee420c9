"""How often the database is asked for one public answer: a fixed number of times, whatever the badge carries."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portal_public.conftest import JSON, PAGE, Shown


def test_a_public_address_asks_the_database_a_fixed_number_of_times(public: Shown, stranger: Client) -> None:
    answers = {
        "badge": (public.address, PAGE, 3),  # its row, what stands around it, the offer
        "document": (public.address, JSON, 1),
        "status list": (f"/status/{public.credential.entry.status_list.public_id}", JSON, 1),
        "achievement": (f"/achievements/{public.version.public_id}", PAGE, 3),
        "keys": ("/o/taravelle/did.json", JSON, 2),
    }
    for what, (address, headers, most) in answers.items():
        for _reader in range(3):  # the first one publishes the list, the second one sees that it did
            stranger.get(address, headers=headers)
        with CaptureQueriesContext(connection) as asked:
            assert stranger.get(address, headers=headers).status_code == 200
        assert len(asked) == most, (what, [query["sql"][:100] for query in asked])
