"""Every rule of the shape of a badge (badges.md 1), read off badges that took the whole way from form to signature."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from credentials import canonical, documents, keys
from credentials.models import Credential, PublishedAchievement
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from workflows import achievements, cases
from workflows.actions import awarding
from workflows.models import Version

# Members that may be many, and types that are lists (Open Badges 3.0, appendix B; VC Data Model 2.0).
MANY = {"proof", "evidence", "alignment", "credentialSchema", "endorsement", "result", "resultDescription",
        "rubricCriterionLevel", "identifier", "related", "tag", "relatedResource"}  # fmt: skip
ONE_TYPE = {"IdentityObject", "Image", "DataIntegrityProof", "BitstringStatusListEntry"}
Document = dict[str, Any]


@pytest.fixture
def named(cast: Cast) -> tuple[Version, Credential]:
    """A badge that was issued anew because its earner wants to be named."""
    version, old = issued(cast)
    Credential.objects.filter(pk=old.pk).update(name_shown=True)
    return version, awarding.replace_badge(credential_id=old.pk, actor=cast.issuer, kind="name", reason="as asked")


def _parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every member of a document with its name, however deep; what stands in a list goes by the list's name."""
    yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _parts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner, name)


def test_rule_1_two_pinned_contexts_and_no_other(named: tuple[Version, Credential]) -> None:
    document = named[1].document
    contexts = [value for name, value in _parts(document) if name == "@context" and isinstance(value, list)]
    assert len(contexts) > 1
    assert {tuple(context) for context in contexts} == {(canonical.V2, canonical.OPEN_BADGES)}
    assert not [name for name, _ in _parts(document) if name == "endorsementJwt"]


def test_rule_2_the_credential_itself(named: tuple[Version, Credential], cast: Cast) -> None:
    document = named[1].document
    assert document["id"] == documents.address("badges", named[1].public_id)
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["issuer"] == documents.profile(cast.college)
    assert document["name"] == "Cleanroom Gowning"
    for name in ("validFrom", "awardedDate"):
        assert re.search(r"T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$", document[name])
    assert document["awardedDate"] <= document["validFrom"]


def test_rule_3_what_may_be_many_is_a_list_and_nothing_is_empty(named: tuple[Version, Credential]) -> None:
    for name, value in _parts(named[1].document):
        assert value not in (None, [], {}, ""), name
        if isinstance(value, dict):
            types = value.get("type", [])
            assert isinstance(types, list) or types in ONE_TYPE, types
            one = {"resultDescription"} if types == ["Result"] else set()  # there it is the address of one
            assert not [many for many in MANY & set(value) - one if not isinstance(value[many], list)]


def test_rule_4_the_earner_is_a_sealed_address_and_a_name_only_where_wanted(named: tuple[Version, Credential]) -> None:
    subject = named[1].document["credentialSubject"]
    sealed, shown = subject["identifier"]
    assert set(sealed) == {"type", "identityHash", "identityType", "hashed", "salt"}
    digest = hashlib.sha256(("lena0@learner.example" + sealed["salt"]).encode()).hexdigest()
    assert (sealed["identityHash"], sealed["hashed"], sealed["type"]) == (f"sha256${digest}", True, "IdentityObject")
    assert shown == {"type": "IdentityObject", "identityHash": "Lena 0", "identityType": "name", "hashed": False}
    assert subject["type"] == ["AchievementSubject"]
    assert isinstance(subject["achievement"], dict)


def _rich(cast: Cast, code: str = "GOWN") -> Version:
    """A version that fills every field of an achievement."""
    version = course.submitted(cast, course.drafted(cast, code=code))
    version.refresh_from_db()
    before = Version.objects.create(
        micro_credential=version.micro_credential, institution=cast.college, ordinal=7, policy=version.policy,
        proposer=cast.ana, language="fr",
    )  # fmt: skip
    PublishedAchievement.objects.create(public_id=before.public_id, issuer=cast.college, document={"x": 1})
    version.successor_of = before
    assert version.snapshot is not None
    content = version.snapshot.content
    content["demand"] = {
        **content["demand"], "sector": "Pharmacy",
        "occupations": [{"code": "94140", "title": {"en": "Process control"}, "uri": "https://noc.example/94140"}],
    }  # fmt: skip
    content["pathways"] = {**content["pathways"], "credit": {"en": "1.5"}}
    content["presentation"] = {"tags": ["cleanroom"], "image_alt": {"en": "A seal with the words Cleanroom Gowning"}}
    return version


def test_rule_5_an_achievement_says_all_that_it_can(cast: Cast) -> None:
    version = _rich(cast)
    said, url = achievements.document(version), cases.achievement_url(version)
    assert (said["id"], said["type"], said["achievementType"]) == (url, ["Achievement"], "MicroCredential")
    assert said["creator"] == documents.profile(cast.college)
    assert (said["version"], said["inLanguage"], said["humanCode"]) == ("1", "en", "GOWN")
    assert (said["creditsAvailable"], said["tag"], said["fieldOfStudy"]) == (1.5, ["cleanroom"], "Pharmacy")
    assert said["image"] == {
        "id": f"{url}/picture.png", "type": "Image", "caption": "A seal with the words Cleanroom Gowning",
    }  # fmt: skip
    assert [entry["inLanguage"] for entry in said["related"]] == ["fr"]
    for described in said["resultDescription"][:-1]:
        levels = described["rubricCriterionLevel"]
        points = [Decimal(level["points"]) for level in levels]
        assert points == sorted(set(points))
        assert described["requiredLevel"] in [level["id"] for level in levels]
    assert len({part["id"] for part in said["resultDescription"]}) == len(said["resultDescription"])


def test_rule_6_alignments_name_esco_by_its_address(cast: Cast) -> None:
    listed = achievements.document(_rich(cast))["alignment"]
    esco = [entry for entry in listed if entry.get("targetFramework") == "ESCO"]
    assert esco
    for entry in esco:
        assert entry["targetType"] == "ext:ESCOSkill"
        assert entry["targetUrl"].startswith("http://data.europa.eu/esco/skill/")
        assert entry["targetName"]
    assert len({json.dumps(entry, sort_keys=True) for entry in listed}) == len(listed)


def test_rule_7_each_result_is_one_of_the_described_levels(named: tuple[Version, Credential]) -> None:
    subject = named[1].document["credentialSubject"]
    described = {part["id"]: part for part in subject["achievement"]["resultDescription"]}
    for result in subject["result"]:
        description = described[result["resultDescription"]]
        if description["resultType"] == "Status":
            assert (result["status"], "achievedLevel" in result) == ("Completed", False)
        else:
            assert result["achievedLevel"] in [level["id"] for level in description["rubricCriterionLevel"]]
    assert {result["resultDescription"] for result in subject["result"]} == set(described)


def test_rule_8_one_status_of_purpose_revocation(named: tuple[Version, Credential]) -> None:
    status = named[1].document["credentialStatus"]
    assert (status["type"], status["statusPurpose"]) == ("BitstringStatusListEntry", "revocation")
    assert status["id"] == f"{status['statusListCredential']}#{status['statusListIndex']}"
    assert Client().get(status["statusListCredential"].removeprefix("http://localhost:8000")).status_code == 200


def test_rule_9_endorsements_are_credentials_of_their_own_at_their_own_addresses(
    named: tuple[Version, Credential], cast: Cast
) -> None:
    achievement = named[1].document["credentialSubject"]["achievement"]
    indexes = set()
    for endorsement in achievement["endorsement"]:
        assert Client().get(endorsement["id"].removeprefix("http://localhost:8000")).json() == endorsement
        assert endorsement["type"][:2] == ["VerifiableCredential", "EndorsementCredential"]
        assert endorsement["credentialSubject"]["id"] == achievement["id"]
        assert endorsement["validFrom"] < endorsement["validUntil"]
        assert endorsement["name"]
        method = endorsement["proof"][0]["verificationMethod"]
        assert method.split("#")[0] == endorsement["issuer"]["id"]
        snapshot = endorsement["relatedResource"][0]
        content = Client().get(snapshot["id"].removeprefix("http://localhost:8000")).content
        assert snapshot["digestMultibase"] == documents.multibase_digest(
            f"sha256:{hashlib.sha256(content).hexdigest()}"
        )
        indexes.add(endorsement["credentialStatus"]["id"])
    assert len(indexes) == len(achievement["endorsement"]) == 5
    claims = {(e["issuer"]["id"], e["type"][2].rpartition("/")[2]) for e in achievement["endorsement"]}
    partners = {keys.did_of(cast.hospital), keys.did_of(cast.clinic)}
    assert claims == {(p, c) for p in partners for c in ("demand", "job_performance")} | {
        (keys.did_of(cast.college), "quality_approval")
    }


def test_rule_10_numbers_are_plain_and_no_control_character_enters(cast: Cast) -> None:
    said = achievements.document(_rich(cast))
    for name, value in _parts(said):
        if isinstance(value, str):
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", value), name
        if isinstance(value, float):
            assert re.fullmatch(r"\d+\.\d+", json.dumps(value)), name


def _paths(value: Any, before: str = "") -> Iterator[str]:
    """The dotted way to every leaf; an endorsement begins anew, since it is a document of its own."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"@context", "type", "proof"}:
                start = "endorsement" if name == "endorsement" else f"{before}.{name}".lstrip(".")
                yield from _paths(inner, start)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, before)
    else:
        yield before


def test_the_page_of_fields_names_every_field_and_no_other(named: tuple[Version, Credential], cast: Cast) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "badge-fields.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)
    assert len(written) == len(set(written))
    ever = {"validUntil", "issuer.url", "credentialSubject.achievement.creator.url", "endorsement.issuer.url",
            "endorsement.credentialSubject.endorsementComment"}  # fmt: skip
    found = {*_paths(named[1].document), *_paths(named[1].achievement.document, "credentialSubject.achievement"), *ever}
    rich = _rich(cast, code="RICH")
    found |= {*_paths(achievements.document(rich), "credentialSubject.achievement")}
    assert sorted(found - set(written)) == []
    assert sorted(set(written) - found) == []
