"""What ends a person's sessions (`promises.md` H4): rights are read live, and the last membership takes them along."""

from __future__ import annotations

from people.models import User


def end_sessions(person: User) -> None:
    """Sign this person out everywhere. Nobody has a password; the unusable one carries a random part that every
    session is bound to, so that a new one ends them all in the caller's transaction."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
