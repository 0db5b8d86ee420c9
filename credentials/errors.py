"""Named refusals of `credentials`. Each is a sentence that says what happened and what to do."""

from __future__ import annotations

from people.errors import Refusal as Root
from people.words import lazy_text as _


class Refusal(Root):
    """Something that this package does not do."""

    sentence = _("This cannot be done with this badge now.")


class NoKey(Refusal):
    """Nothing can be signed."""

    sentence = _("No signing key is active for this organization. Create one first.")


class NoWrappingKey(Refusal):
    """Private keys cannot be read or stored."""

    sentence = _(
        "The key that wraps signing keys is missing or is not 32 bytes in URL-safe base64. "
        "Set KEY_WRAPPING_KEY or KEY_WRAPPING_KEY_FILE."
    )


class NoToken(NoWrappingKey):
    """The token that holds the wrapping key does not answer."""

    sentence = _(
        "The token that holds the wrapping key does not answer. Check PKCS11_MODULE, PKCS11_TOKEN and the PIN."
    )


class DoesNotOpen(Refusal):
    """What was wrapped was wrapped with another key, or for another row, or was changed."""

    sentence = _(
        "No wrapping key at hand opens this. Set the one that wrapped it, as KEY_WRAPPING_KEY or KEY_WRAPPING_OLD_KEY."
    )


class KeyState(Refusal):
    """The key is not in a state from which this act is possible."""

    sentence = _("The key is %(state)s, so this is not possible. `manage.py keys list` shows how the keys stand.")


class IssuingStopped(Refusal):
    """The stop switch is on for this institution or for all."""

    sentence = _(
        "Issuing is stopped at this institution for now, so nothing is signed. No award is lost by it; try again later."
    )


class StopStands(Refusal):
    """Issuing was stopped already, or goes on already."""

    sentence = _("Somebody was first: issuing was stopped, or goes on again, already. Open the page again to see.")


class LossyDocument(Refusal):
    """A member of the document would not be covered by the signature."""

    status = 422
    sentence = _("A part of this document has no meaning in its contexts, so a signature would not cover it.")


class TooTangled(LossyDocument):
    """Putting the document into its canonical form would take too long."""

    sentence = _("This document is so tangled that checking it would take too long. No honest badge is.")


class WrongStatus(Refusal):
    """The badge is not in a status from which this act is possible; somebody else may have acted first."""

    sentence = _("This badge is no longer in the status that this act needs. Open it again to see how it stands.")


class NoTokenForm(Refusal):
    """A badge that names its earner by a hashed identity alone (Open Badges 3.0, section 8.2: `sub` is its id)."""

    status = 422
    sentence = _(
        "This badge names its earner without an address of their own, so the standard has no token form for it. "
        "Use the badge file instead."
    )


class BrokenChain(Refusal):
    """A proof of a chain names an earlier proof that the document does not carry."""

    status = 422
    sentence = _("This document does not carry the earlier signature that the new one should cover.")


class NotConforming(Refusal):
    """A credential that the conformance doors refuse; `problem` is the address of the kind of fault (RFC 9457)."""

    status = 400

    def __init__(self, sentence: str, *, problem: str) -> None:
        self.problem = problem
        super().__init__(sentence)


class NotReadBack(Refusal):
    """What was signed does not verify in the second implementation, so nobody sees it."""

    sentence = _("A second reader does not confirm this signature, so nothing was handed out. Tell an administrator.")
