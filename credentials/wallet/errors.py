"""What a wallet that asks wrongly is told: one of the standard's words, and a sentence for whoever reads logs."""

from __future__ import annotations


class WalletRefused(Exception):
    """`code` is the standard's error code (OpenID4VCI 1.0, 6.3 and 8.3.1; RFC 6750, 3.1), `status` that of HTTP."""

    def __init__(self, code: str, sentence: str, *, status: int = 400) -> None:
        self.code, self.sentence, self.status = code, sentence, status
        super().__init__(sentence)


def no_token() -> WalletRefused:
    """The access token is missing, wrong, or at its end (RFC 6750, section 3.1)."""
    return WalletRefused("invalid_token", "The access token is not known here, or its time is over.", status=401)
