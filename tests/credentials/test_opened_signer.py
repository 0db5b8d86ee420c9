"""A key is opened once for a batch, signs for as long as the block lasts, and not after it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from credentials import keys, proofs
from credentials.badge_template import Pen, sign_filled, slots_of, template_of
from credentials.errors import NoKey
from credentials.models import SigningKey
from people.models import Organization
from tests.credentials.test_badge_template import plan

pytestmark = pytest.mark.django_db


def test_a_batch_is_signed_with_one_unwrapping() -> None:
    college = Organization.objects.create(slug="taravelle", kind="institution", name_en="Taravelle College")
    key = keys.create_key(college, SigningKey.Purpose.BADGES)
    first = plan(issuer=college)
    template = template_of(first)
    with keys.opened_signer(key) as signer:
        pen = Pen(signer, created=timezone.now())
        SigningKey.objects.filter(pk=key.pk).update(wrapped=b"gone")
        badges = [
            sign_filled(template, {**slots_of(first), "id": f"https://college.example/badges/{number}"}, pen)
            for number in range(3)
        ]
    assert all(proofs.verify(badge.document, keys.did_document(college)) for badge in badges)
    with pytest.raises(NoKey):
        signer.sign(b"late")
