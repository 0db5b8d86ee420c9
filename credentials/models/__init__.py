"""Tables of `credentials`: keys, published achievements, status lists, endorsements, badges."""

from credentials.models.audits import AuditFinding, AuditRound
from credentials.models.badges import BadgeTemplate, Credential, Endorsement, PublishedAchievement, shape_under
from credentials.models.keys import IssuingStop, KeyDrill, SigningKey
from credentials.models.lists import ConformanceEntry, StatusEntry, StatusList
from credentials.models.sharing import ShareLink, ShareOpening, WalletOffer

__all__ = [
    "AuditFinding",
    "AuditRound",
    "BadgeTemplate",
    "ConformanceEntry",
    "Credential",
    "Endorsement",
    "IssuingStop",
    "KeyDrill",
    "PublishedAchievement",
    "ShareLink",
    "ShareOpening",
    "SigningKey",
    "StatusEntry",
    "StatusList",
    "WalletOffer",
    "shape_under",
]
