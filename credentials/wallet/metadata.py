"""What a wallet reads before it asks: the issuer, its token endpoint, one offer (OpenID4VCI 1.0, sections 4, 12)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings

from credentials.canonical import OPEN_BADGES, V2
from credentials.models import WalletOffer
from credentials.wallet import offers
from people.models import Organization

Document = dict[str, Any]
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
# The badge as it was signed, and the same as a token that names the wallet's own key.
DATA_INTEGRITY, TOKEN = "OpenBadgeCredential", "OpenBadgeCredential_jwt"
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
KEY_PROOFS = ["EdDSA", "Ed25519", "ES256"]
LOCALES = ("en-CA", "fr-CA")


def issuer_of(organization: Organization) -> str:
    """The credential issuer identifier: one per institution."""
    return f"{settings.BASE_URL}/o/{organization.slug}"


def _address(organization: Organization, name: str) -> str:
    return f"{issuer_of(organization)}/wallet/{name}"


def issuer_metadata(organization: Organization) -> Document:
    """What can be had here, in which forms, and where (section 12.2)."""
    return {
        "credential_issuer": issuer_of(organization),
        "credential_endpoint": _address(organization, "credential"),
        "nonce_endpoint": _address(organization, "nonce"),
        "notification_endpoint": _address(organization, "notification"),
        "display": [
            {"name": name, "locale": locale}
            for name, locale in zip((organization.name_en, organization.name_fr), LOCALES, strict=True)
            if name
        ],
        "credential_configurations_supported": {
            DATA_INTEGRITY: {
                "format": "ldp_vc",
                "credential_definition": {"@context": [V2, OPEN_BADGES], "type": TYPES},
                "credential_signing_alg_values_supported": ["eddsa-rdfc-2022"],
                "credential_metadata": _shown(),
            },
            TOKEN: {
                "format": "jwt_vc_json",
                "credential_definition": {"type": TYPES},
                "credential_signing_alg_values_supported": ["EdDSA"],
                "cryptographic_binding_methods_supported": ["did:key", "did:jwk", "jwk"],
                "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": KEY_PROOFS}},
                "credential_metadata": _shown(),
            },
        },
    }


def _shown() -> Document:
    """How a wallet names the badge and what stands in it, in both languages (appendix B.2)."""
    names = {
        ("credentialSubject", "achievement", "name"): ("Achievement", "Réalisation"),
        ("credentialSubject", "achievement", "criteria", "narrative"): ("Criteria", "Critères"),
        ("awardedDate",): ("Awarded on", "Attribuée le"),
        ("validUntil",): ("Valid until", "Valide jusqu\u2019au"),
    }
    display = zip(("Digital badge", "Insigne numérique"), LOCALES, strict=True)
    return {
        "display": [{"name": name, "locale": locale} for name, locale in display],
        "claims": [
            {
                "path": list(path),
                "display": [{"name": n, "locale": locale} for n, locale in zip(words, LOCALES, strict=True)],
            }
            for path, words in names.items()
        ],
    }


def server_metadata(organization: Organization) -> Document:
    """The authorization server of an issuer, which is the issuer itself (RFC 8414)."""
    return {
        "issuer": issuer_of(organization),
        "token_endpoint": _address(organization, "token"),
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def offer_document(offer: WalletOffer) -> Document:
    """The credential offer (section 4.1.1). The digits are not in it."""
    length = {"input_mode": "numeric", "length": offers.DIGITS}
    said = {"description": "The six digits on the page that showed you this offer. Les six chiffres de la page."}
    return {
        "credential_issuer": issuer_of(offer.credential.issuer),
        "credential_configuration_ids": [DATA_INTEGRITY, TOKEN],
        "grants": {GRANT: {"pre-authorized_code": offers.code_of(offer), "tx_code": {**length, **said}}},
    }


def link_of(offer: WalletOffer) -> str:
    """What a wallet opens, by reference, so that its picture stays coarse enough for any camera (section 4.1.3)."""
    address = f"{_address(offer.credential.issuer, 'offers')}/{offer.public_id}"
    return f"openid-credential-offer://?credential_offer_uri={quote(address, safe='')}"
