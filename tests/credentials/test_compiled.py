"""The short way to the canonical form gives the same bytes as two implementations by others, or refuses."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.canonical import OPEN_BADGES, V2, canonical, context_document
from credentials.compiled import Markers, Template, Unsound, compile_template
from credentials.errors import LossyDocument

HOME = "https://college.example"
ACHIEVEMENT = f"{HOME}/achievements/1"


def marked(
    markers: Markers,
    *,
    identities: int = 1,
    alignments: int = 2,
    results: int = 2,
    evidence: int = 0,
    extra: bool = True,
) -> Any:
    """A badge of a chosen shape, its changing values marked."""
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": ACHIEVEMENT,
            "type": ["Achievement"],
            "name": "Gowning, 100 % by %s {{and}} _:b0",
            "description": "d",
            "criteria": {"narrative": "n"},
            "alignment": [
                {"type": ["Alignment"], "targetName": f"skill {i}", "targetUrl": f"{HOME}/skills/{i}"}
                for i in range(alignments)
            ],
        },
    }
    if identities:
        subject["identifier"] = [
            {
                "type": ["IdentityObject"],
                "identityHash": markers.text(f"hash{i}"),
                "identityType": "emailAddress",
                "hashed": True,
                "salt": markers.text(f"salt{i}"),
            }
            for i in range(identities)
        ]
    if results:
        subject["result"] = [
            {"type": ["Result"], "resultDescription": f"{ACHIEVEMENT}#R{i}", "value": markers.text(f"level{i}")}
            for i in range(results)
        ]
    document = {
        "@context": [V2, OPEN_BADGES],
        "id": markers.iri("id"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:college.example", "type": ["Profile"], "name": "College"},
        "validFrom": markers.text("from"),
        "credentialSubject": subject,
        "credentialStatus": {
            "id": markers.iri("status"),
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": markers.text("index"),
            "statusListCredential": f"{HOME}/status/1",
        },
    }
    if evidence:
        document["evidence"] = [
            {"id": markers.iri(f"item{i}"), "type": ["Evidence"], "narrative": markers.text(f"told{i}")}
            for i in range(evidence)
        ]
    return {**document, "name": markers.text("name")} if extra else document


def judged(document: dict[str, Any]) -> list[str]:
    """The canonical lines by pyoxigraph, an implementation in another language that shares no code with PyLD."""
    inlined = {**document, "@context": [context_document(url)["@context"] for url in document["@context"]]}
    triples = pyoxigraph.parse(json.dumps(inlined).encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    dataset = pyoxigraph.Dataset(triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad} ." for quad in dataset)


WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            ["\n", "\r", '"', "\\", "%", "s", "{", "_", ":", "b", "0", "\u200f", "\u0301", "é", "😀", "\u2028"]
        ),
        st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_characters="\x7f"),
    ),
    min_size=1,
    max_size=12,
)


def filled(draw: st.DrawFn, template: Template) -> dict[str, str]:
    values = {name: draw(WORDS) for name in template.names}
    number = draw(st.integers(0, 10**9))
    values["id"] = f"{HOME}/{draw(st.sampled_from(['aaa', 'badges', 'zzz']))}/{number}"
    values["status"] = f"{HOME}/status/1#{number}"
    values["from"] = "2026-01-02T00:00:00Z"
    items = [f"urn:uuid:{draw(st.uuids())}", f"{HOME}/a/{number}", f"{HOME}/status/{number}"]
    items = draw(st.permutations(items))
    return {**values, **{name: items[int(name[4:])] for name in template.names if name.startswith("item")}}


NIGHTLY = bool(os.environ.get("IMPRIMATUR_NIGHTLY"))
SHAPES, LEARNERS = (520, 20) if NIGHTLY else (60, 1)  # of each shape so many learners


@st.composite
def cases(draw: st.DrawFn) -> tuple[Template, list[dict[str, str]]]:
    markers = Markers()
    document = marked(
        markers,
        identities=draw(st.integers(0, 3)),
        alignments=draw(st.integers(0, 4)),
        results=draw(st.integers(0, 3)),
        evidence=draw(st.integers(0, 3)),
        extra=draw(st.booleans()),
    )
    template = compile_template(document, markers)
    return template, [filled(draw, template) for _ in range(LEARNERS)]


@settings(
    max_examples=SHAPES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(cases())
def test_the_short_way_agrees_with_two_implementations_or_refuses(case: tuple[Template, list[dict[str, str]]]) -> None:
    template, learners = case
    for values in learners:
        document = template.document(values)
        try:
            short = template.canonical(values)
        except Unsound:
            continue
        assert short.encode() == canonical(document)
        assert short.split("\n")[:-1] == judged(document)
        assert template.digest(values) == hashlib.sha256(short.encode()).digest()


def compiled() -> Template:
    markers = Markers()
    return compile_template(marked(markers), markers)


def values_of(template: Template, **changes: str) -> dict[str, str]:
    plain = {name: f"value of {name}" for name in template.names}
    return {
        **plain,
        "id": f"{HOME}/badges/1",
        "status": f"{HOME}/status/1#7",
        "from": "2026-01-02T00:00:00Z",
        **changes,
    }


def test_the_digest_is_of_the_canonical_form() -> None:
    template = compiled()
    values = values_of(template)
    assert template.digest(values) == hashlib.sha256(canonical(template.document(values))).digest()


def test_a_specialized_template_gives_the_same_bytes() -> None:
    template = compiled()
    values = values_of(template)
    special = template.specialized({"level0": values["level0"], "level1": values["level1"]})
    assert set(special.names) == set(template.names) - {"level0", "level1"}
    assert special.canonical(values) == template.canonical(values)
    assert special.text(values) == template.text(values)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "badges/1"},
        {"id": "_:b0"},
        {"id": "https://college.example/a b"},
        {"id": ACHIEVEMENT},
        {"status": f"{HOME}/badges/1"},
        {"id": "javascript:alert(1)"},
        {"name": "tab\there"},
        {"name": "\x7f"},
        {"salt0": "\x00"},
        {"name": "\ud800"},
    ],
)
def test_values_on_which_readers_disagree_take_the_full_way(changes: dict[str, str]) -> None:
    template = compiled()
    with pytest.raises(Unsound):
        template.digest(values_of(template, **changes))


def test_an_address_with_a_line_break_in_it_is_not_two_addresses() -> None:
    template = compiled()
    with pytest.raises(Unsound):
        template.digest(values_of(template, id=f"{HOME}/badges/1\nhttps://other.example/"))


def test_a_shape_with_a_text_on_which_readers_disagree_is_not_compiled() -> None:
    markers = Markers()
    document = marked(markers)
    document["issuer"]["name"] = "College\tof"
    with pytest.raises(Unsound):
        compile_template(document, markers)


def test_two_equal_identities_take_the_full_way() -> None:
    markers = Markers()
    template = compile_template(marked(markers, identities=2), markers)
    same = values_of(template, hash0="h", hash1="h", salt0="s", salt1="s")
    with pytest.raises(Unsound):
        template.digest(same)
    assert template.digest({**same, "salt1": "t"})


def test_a_slot_that_is_not_signed_is_refused_when_compiling() -> None:
    markers = Markers()
    document = marked(markers)
    document["unknownTerm"] = markers.text("lost")
    with pytest.raises(LossyDocument):
        compile_template(document, markers)


def test_a_slot_inside_a_longer_text_is_refused_when_compiling() -> None:
    markers = Markers()
    document = marked(markers)
    document["description"] = "To " + markers.text("inside")
    with pytest.raises(LossyDocument):
        compile_template(document, markers)


def test_every_value_moves_the_digest() -> None:
    template = compiled()
    values = values_of(template)
    digests = {template.digest(values)}
    for name in template.names:
        other = values[name] + "9" if name != "from" else "2026-01-03T00:00:00Z"
        digests.add(template.digest({**values, name: other}))
    assert len(digests) == len(template.names) + 1
