"""Public keys as Multikeys write them (Controlled Identifiers 1.0, section 2.2.2): kind and bytes in one word."""

from __future__ import annotations

from typing import Any

from credentials.base58 import b58decode, b58encode

MULTICODEC_ED25519, MULTICODEC_P256 = b"\xed\x01", b"\x80\x24"  # Multicodec table: ed25519-pub, p256-pub
MOST_LETTERS = 200
# Points of small order: anybody can make signatures that they verify (RFC 8032, section 8.9; all encodings of them).
WEAK_KEYS = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)


def multibase_bytes(text: Any) -> bytes | None:
    """Bytes of base58btc with its `z`; None unless these are the only letters that spell them."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > MOST_LETTERS:
        return None
    try:
        raw = b58decode(text[1:])
    except ValueError:
        return None
    return raw if "z" + b58encode(raw) == text else None


def ed25519_multikey(public: bytes) -> str:
    """The word for the 32 bytes of an Ed25519 key."""
    return "z" + b58encode(MULTICODEC_ED25519 + public)


def ed25519_bytes(multikey: Any) -> bytes | None:
    """The 32 bytes of an Ed25519 key, or None for a word that is malformed, of another kind, or of a weak key."""
    raw = multibase_bytes(multikey)
    if raw is None or len(raw) != 34 or not raw.startswith(MULTICODEC_ED25519):
        return None
    public = raw.removeprefix(MULTICODEC_ED25519)
    return None if public in WEAK_KEYS else public
