"""A badge in forms of its own for those who hold it: as a token, and into a wallet."""

from __future__ import annotations

from typing import Any

from credentials import token_form
from credentials.models import WalletOffer
from credentials.wallet import metadata, offers, possession
from credentials.wallet.errors import WalletRefused
from people.models import User
from workflows.actions.awarding import opened_badge, own_badge

DENIED = "This badge cannot be handed over now. Its earner sees on her page how it stands."


def take_as_token(*, credential_id: int, actor: User) -> str:
    """The earner's badge as a JSON Web Token (VC-JOSE-COSE). Raises `WrongStatus`, `IssuingStopped`."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        text = token_form.sign(credential)
        passage.record("take_as_token", badge=str(credential.public_id))
        return text


def offer_to_wallet(*, credential_id: int, actor: User) -> WalletOffer:
    """The earner asks to have the badge in a wallet; an earlier offer that was not taken up ends. `WrongStatus`."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        offer = offers.make(credential)
        passage.record("offer_to_wallet", badge=str(credential.public_id), offer=str(offer.public_id))
        return offer


def hand_to_wallet(*, offer: WalletOffer, form: str, proof: object = None) -> dict[str, Any] | str:
    """Give a wallet the badge that its token stands for, in one of the forms of `metadata`. Raises `WalletRefused`.

    As a token it names the key that the wallet proves to hold; otherwise it is the very badge that was signed first.
    """
    credential = offer.credential
    audience = metadata.issuer_of(credential.issuer)
    holder = possession.holder_of(proof, audience) if form == metadata.TOKEN else ""
    with opened_badge(credential, credential.recipient) as passage:
        if not offers.may_go(credential) or credential.document is None:
            raise WalletRefused("credential_request_denied", DENIED)
        document = dict(credential.document)
        handed = document if form == metadata.DATA_INTEGRITY else token_form.sign(credential, subject=holder)
        if offers.note_taken(offer):
            passage.record("take_to_wallet", badge=str(credential.public_id), offer=str(offer.public_id), form=form)
        return handed
