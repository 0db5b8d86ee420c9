"""How often the database is asked for one verdict; keys and lists are asked for once each, however many endorse."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.portal_public.conftest import Shown
from workflows.judgement import judge


def test_a_verdict_asks_for_each_organizations_keys_once(lenas: Shown) -> None:
    document = lenas.credential.document
    judge(document)
    with CaptureQueriesContext(connection) as asked:
        judge(document)
    keys = [query["sql"] for query in asked if 'FROM "credentials_signingkey"' in query["sql"]]
    issuers = {part["issuer"]["id"] for part in document["credentialSubject"]["achievement"]["endorsement"]}
    assert len(keys) <= len(issuers | {document["issuer"]["id"]}) + 1, keys
    assert len(asked) <= 40
