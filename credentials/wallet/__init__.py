"""Handing a badge to a wallet by OpenID for Verifiable Credential Issuance 1.0, with a pre-authorized code (3.5).

The earner asks for an offer on a page of her own; the offer is a link and a picture of it. The wallet shows it once,
with the digits that only the page says, and gets the badge that she has accepted, byte for byte. Nothing is issued
anew: a wallet is one more way to take along what is hers.
"""
