"""Whatever a badge comes in is opened in one place: text, token, address, picture, PDF, photograph (badges.md 5.26)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import segno

from credentials import baking, jose
from credentials.opening import open_credential
from credentials.outcomes import Answer, Outcome
from credentials.signers import Signer
from credentials.strictjson import Unreadable
from credentials.verdict import Verdict, verify
from tests.credentials.maker import Handed
from tests.credentials.test_baking import GOWNING, _pdf
from tests.credentials.test_proofs import Foreign

FOREIGN = Foreign()
UNSIGNED = FOREIGN.document()
DOCUMENT = {**UNSIGNED, "proof": FOREIGN.prove(UNSIGNED)}
TEXT = baking.text_of(DOCUMENT)
SIGNER = Signer(f"{FOREIGN.did}#{FOREIGN.multibase}", FOREIGN.private.sign)
TOKEN = jose.sign(UNSIGNED, SIGNER)
LINK = "https://badges.example/badges/1"


def _code(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="l").save(out, kind="png", scale=4)
    return out.getvalue()


FORMS: dict[str, Any] = {
    "JSON": TEXT.encode(),
    "text with space around it": f"  {TEXT}\n",
    "JSON with indents": json.dumps(DOCUMENT, indent=2).encode(),
    "token": TOKEN,
    "token in bytes": TOKEN.encode() + b"\n",
    "token in its envelope": json.dumps(jose.enveloped(TOKEN)).encode(),
    "PNG": baking.baked_png(GOWNING, TEXT),
    "PNG with a token": baking.baked_png(GOWNING, TOKEN),
    "SVG": baking.baked_svg(GOWNING, TEXT),
    "PDF": _pdf(("badge.json", TEXT.encode())),
    "PDF with the same badge twice": _pdf(
        ("a.json", TEXT.encode()), ("b.json", json.dumps(DOCUMENT, indent=1).encode())
    ),
    "photograph": _code(TOKEN),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_badge_is_opened_and_judged_alike(form: str) -> None:
    verdict = verify(open_credential(FORMS[form]), lookup=Handed())
    assert (verdict.answer, verdict.signed, verdict.trusted) == (Answer.VALID, True, "unknown")


@pytest.mark.parametrize("handed", [LINK, f" {LINK}\n", LINK.encode(), _code(LINK)])
def test_an_address_is_handed_on_and_not_opened(handed: Any) -> None:
    opened = open_credential(handed)
    assert (opened.link, opened.document, opened.token) == (LINK, {}, None)


UNREADABLE: dict[str, tuple[Any, str]] = {
    "nothing": ("", "Nothing was handed in"),
    "space": (b" \n", "Nothing was handed in"),
    "half a character": ("\ud800", "half a character"),
    "words": ("hello", "not complete JSON"),
    "a torn token": (TOKEN[:-90].rpartition(".")[0], "three parts"),
    "two badges in one PDF": (_pdf(("a", TEXT.encode()), ("b", TOKEN.encode())), "two different badges"),
    "a picture without a badge": (baking.drawn(GOWNING, size=60), "no badge in this file"),
    "an unknown kind": (b"RIFF    AVI ", "no PNG, SVG or PDF"),
    "too large a text": (b"{" + b" " * 1024 * 1024 + b"}", "one mebibyte"),
    "too large a file": (b"\x89PNG\r\n\x1a\n" + b"0" * 5 * 1024 * 1024, "five mebibytes"),
    "another text in a picture": (baking.baked_svg(GOWNING, "[1]"), "."),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_gets_one_sentence(name: str) -> None:
    handed, words = UNREADABLE[name]
    with pytest.raises(Unreadable) as refused:
        open_credential(handed)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")
    assert refused.value.too_large is name.startswith("too large")


def _token(**more: Any) -> Verdict:
    return verify(open_credential(jose.sign({**UNSIGNED, **more}, SIGNER)), lookup=Handed())


def _outcomes(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.outcome.value for check in verdict.checks if check.deciding}


def test_a_token_is_judged_by_the_same_checks() -> None:
    assert set(_outcomes(_token())) == {"shape", "signature", "key", "meaning", "dates", "status"}
    assert _outcomes(_token(validUntil="2026-02-01T00:00:00Z"))["dates"] == "failed"
    assert _outcomes(_token(favouriteColour="green"))["meaning"] == "failed"
    assert _outcomes(_token(type=["VerifiableCredential"]))["shape"] == "failed"


def test_a_token_that_was_changed_or_names_anothers_key_is_refused() -> None:
    head, payload, _signature = TOKEN.split(".")
    other = jose.sign({**UNSIGNED, "name": "Surgery"}, SIGNER)
    swapped = ".".join([head, payload, other.split(".")[2]])
    verdict = verify(open_credential(swapped), lookup=Handed())
    assert (verdict.answer, verdict.cause, _outcomes(verdict)["signature"]) == (Answer.NOT_VALID, "changed", "failed")
    mallory = Foreign()
    foreign = jose.sign(UNSIGNED, Signer(f"{mallory.did}#{mallory.multibase}", mallory.private.sign))
    verdict = verify(open_credential(foreign), lookup=Handed())
    assert (verdict.answer, _outcomes(verdict)["key"]) == (Answer.NOT_VALID, "failed")
    unlisted = jose.sign(UNSIGNED, Signer(f"{FOREIGN.did}#other", FOREIGN.private.sign))
    assert _outcomes(verify(open_credential(unlisted), lookup=Handed()))["key"] == "failed"


def test_a_token_whose_issuer_is_not_at_hand_is_left_open() -> None:
    document = {**UNSIGNED, "issuer": "did:web:elsewhere.example"}
    token = jose.sign(document, Signer("did:web:elsewhere.example#k", FOREIGN.private.sign))
    verdict = verify(open_credential(token), lookup=Handed())
    assert verdict.answer == Answer.CANNOT_TELL
    assert {_outcomes(verdict)[name] for name in ("signature", "key")} == {"not_checked"}


def test_a_token_of_a_wrong_kind_says_so_with_the_detail_for_engineers() -> None:
    _head, payload, signature = TOKEN.split(".")
    head = jose.encoded(json.dumps({"alg": "none", "kid": SIGNER.method}).encode())
    worst = verify(open_credential(f"{head}.{payload}.{signature}"), lookup=Handed()).worst
    assert worst is not None
    assert (worst.name, "not used for badges" in str(worst.sentence), "'alg'" in worst.detail) == (
        "signature",
        True,
        True,
    )


def _endorsement(about: str, signed_by: Foreign) -> tuple[dict[str, Any], Signer]:
    unsigned = {
        **{name: DOCUMENT[name] for name in ("@context", "validFrom")}, "id": "https://x.example/e",
        "type": ["VerifiableCredential", "EndorsementCredential"], "name": "Endorsement",
        "issuer": {"id": signed_by.did, "type": ["Profile"], "name": "Partner"},
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    }  # fmt: skip
    return unsigned, Signer(f"{signed_by.did}#{signed_by.multibase}", signed_by.private.sign)


def test_an_endorsement_is_judged_wherever_it_stands_and_in_both_forms() -> None:
    partner = Foreign()
    about = [UNSIGNED["credentialSubject"]["achievement"]["id"], UNSIGNED["id"], FOREIGN.did]
    signed = [_endorsement(address, partner) for address in about]
    proved = [{**unsigned, "proof": partner.prove(unsigned)} for unsigned, _signer in signed]
    tokens = [jose.sign(unsigned, signer) for unsigned, signer in signed]
    subject = UNSIGNED["credentialSubject"]
    achievement = {**subject["achievement"], "endorsement": [proved[0], proved[1]], "endorsementJwt": [tokens[0]]}
    badge = {
        **UNSIGNED, "credentialSubject": {**subject, "achievement": achievement},
        "endorsement": [proved[1]], "endorsementJwt": [tokens[1], tokens[0], "ey.none.at"],
        "issuer": {**UNSIGNED["issuer"], "endorsement": [proved[2]]},
    }  # fmt: skip
    verdict = verify({**badge, "proof": FOREIGN.prove(badge)}, lookup=Handed())
    assert verdict.answer == Answer.VALID
    found = [check.outcome for check in verdict.checks if check.name.startswith("endorsement_")]
    P, F = Outcome.PASSED, Outcome.FAILED
    assert found == [P, F, P, P, P, F, F, P]
