"""Private keys at rest: what wraps them, what a stolen row says, and the way from one wrapping key to the next."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import override_settings

from credentials import hardware, keys, wrapping
from credentials.errors import DoesNotOpen, NoToken, NoWrappingKey
from credentials.models import SigningKey
from people.models import Organization

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
OLD = base64.urlsafe_b64encode(b"o" * 32).decode()
NEW = base64.urlsafe_b64encode(b"n" * 32).decode()
NONE: dict[str, Any] = {
    "KEY_WRAPPING": "local", "KEY_WRAPPING_KEY": "", "KEY_WRAPPING_KEY_FILE": "", "KEY_WRAPPING_OLD_KEY": "",
    "KEY_WRAPPING_OLD_KEY_FILE": "", "PKCS11_MODULE": "", "PKCS11_TOKEN": "", "PKCS11_PIN": "", "PKCS11_PIN_FILE": "",
    "PKCS11_KEY_LABEL": "imprimatur", "PKCS11_OLD_KEY_LABEL": "",
}  # fmt: skip


def wrapped_by(**settings: Any) -> override_settings:
    return override_settings(**{**NONE, **settings})


@pytest.fixture
def college(db: None) -> Organization:
    return Organization.objects.create(slug="taravelle", kind="institution", name_en="Taravelle College")


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A SoftHSM token of our own; the library reads where tokens are once per process."""
    if not Path(MODULE).exists():
        pytest.skip(f"SoftHSM is not installed: {MODULE} is missing (Debian: softhsm2).")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    (folder / "pin").write_text("4321\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        command = ["softhsm2-util", "--init-token", "--free", "--label", "keys", "--pin", "4321", "--so-pin", "8765"]
        subprocess.run(command, check=True, capture_output=True)
        settings = {
            "KEY_WRAPPING": "pkcs11",
            "PKCS11_MODULE": MODULE,
            "PKCS11_TOKEN": "keys",
            "PKCS11_PIN_FILE": f"{folder}/pin",
        }
        for label in ("imprimatur", "second"):
            with wrapped_by(**settings, PKCS11_KEY_LABEL=label):
                assert hardware.make_wrapping_key() == f"pkcs11:keys/{label}"
        yield settings


def _signs(key: SigningKey) -> bool:
    fresh = SigningKey.objects.get(pk=key.pk)
    return len(keys.sign_bytes(fresh, b"x")) == 64


def test_the_row_holds_no_private_byte_and_names_what_wrapped_it(college: Organization) -> None:
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        key = keys.create_key(college, "badges")
        private = keys._private_bytes(key)
        assert private not in bytes(key.wrapped)
        assert key.wrapped_with.startswith("local:")
        assert NEW not in key.wrapped_with
        assert _signs(key)


def test_a_key_from_a_file_is_the_same_key(college: Organization, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(NEW + "\n")
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        key = keys.create_key(college, "badges")
    with wrapped_by(KEY_WRAPPING_KEY_FILE=str(tmp_path / "key")):
        assert _signs(key)


def test_a_wrapped_key_cannot_be_moved_to_another_row(college: Organization) -> None:
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        first, second = keys.create_key(college, "badges"), keys.create_key(college, "status")
        SigningKey.objects.filter(pk=first.pk).update(wrapped=second.wrapped)
        with pytest.raises(DoesNotOpen):
            _signs(first)


def test_what_was_wrapped_before_there_were_names_still_opens(college: Organization) -> None:
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        key = keys.create_key(college, "badges")
        SigningKey.objects.filter(pk=key.pk).update(wrapped_with="")
        assert _signs(key)
        nonce = b"0" * 12
        old = nonce + AESGCM(b"n" * 32).encrypt(nonce, b"evidence", b"evidence:1")
        assert keys.unseal(old, "evidence:1") == b"evidence"
        assert wrapping.sealed_with(old) == ""
        again = wrapping.reseal(old, "evidence:1")
        assert wrapping.sealed_with(again) == wrapping.current().name
        assert keys.unseal(again, "evidence:1") == b"evidence"


def test_sealed_bytes_open_in_their_context_only_and_show_every_change() -> None:
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        sealed = keys.seal(b"a photograph" * 1000, "evidence:1")
        assert keys.unseal(sealed, "evidence:1") == b"a photograph" * 1000
        with pytest.raises(DoesNotOpen):
            keys.unseal(sealed, "evidence:2")
        with pytest.raises(DoesNotOpen):
            keys.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "evidence:1")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "missing or is not 32 bytes"),
        ({"KEY_WRAPPING_KEY": "dG9vIHNob3J0"}, "missing or is not 32 bytes"),
        ({"KEY_WRAPPING_KEY_FILE": "/nowhere"}, "missing or is not 32 bytes"),
        ({"KEY_WRAPPING": "pkcs11"}, "Set PKCS11_MODULE"),
        ({"KEY_WRAPPING": "pkcs11", "PKCS11_MODULE": "/nowhere.so", "PKCS11_TOKEN": "keys"}, "does not answer"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(settings: dict[str, Any], said: str) -> None:
    with wrapped_by(**settings):
        assert said in wrapping.trouble()
        with pytest.raises(NoWrappingKey):
            wrapping.current().wrap(b"x", b"y")


def test_a_token_without_its_python_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    with wrapped_by(KEY_WRAPPING="pkcs11", PKCS11_MODULE=MODULE, PKCS11_TOKEN="keys"):
        assert "pip install python-pkcs11" in wrapping.trouble()


def test_all_keys_go_from_one_wrapping_key_to_the_next(college: Organization) -> None:
    with wrapped_by(KEY_WRAPPING_KEY=OLD):
        made = [keys.create_key(college, purpose) for purpose in ("badges", "status", "badges")]
        sealed = keys.seal(b"work", "evidence:1")
    with wrapped_by(KEY_WRAPPING_KEY=NEW), pytest.raises(DoesNotOpen):
        keys.rewrap_key(made[0])
    with wrapped_by(KEY_WRAPPING_KEY=NEW, KEY_WRAPPING_OLD_KEY=OLD):
        assert all(_signs(key) for key in made)
        assert keys.rewrap_key(made[0])  # killed after the first, and run again
        left = keys.left_to_rewrap()
        assert {key.pk for key in left} == {made[1].pk, made[2].pk}
        assert [keys.rewrap_key(key) for key in left] == [True, True]
        assert [keys.rewrap_key(key) for key in left] == [False, False]  # stale rows: somebody else was first
        sealed = wrapping.reseal(sealed, "evidence:1")
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        assert all(_signs(key) for key in made)
        assert keys.unseal(sealed, "evidence:1") == b"work"
        assert keys.left_to_rewrap() == []


def test_a_token_wraps_and_unwraps(college: Organization, token: dict[str, Any]) -> None:
    with wrapped_by(**token):
        key = keys.create_key(college, "badges")
        assert key.wrapped_with == "pkcs11:keys/imprimatur"
        assert _signs(key)
        assert wrapping.trouble() == ""
        big = b"a film" * 100_000
        assert keys.unseal(keys.seal(big, "evidence:1"), "evidence:1") == big
        other = keys.create_key(college, "status")
        SigningKey.objects.filter(pk=other.pk).update(wrapped=key.wrapped)
        with pytest.raises(DoesNotOpen):
            _signs(other)
        assert _signs(key)  # the session goes on after a refusal


def test_the_key_in_the_token_cannot_be_read_out_nor_made_twice(token: dict[str, Any]) -> None:
    import pkcs11

    with wrapped_by(**token):
        with pytest.raises(NoToken, match="already"):
            hardware.make_wrapping_key()

        def read_out(session: Any) -> None:
            key = session.get_key(label="imprimatur", object_class=pkcs11.ObjectClass.SECRET_KEY)
            with pytest.raises(pkcs11.exceptions.AttributeSensitive):
                key[pkcs11.Attribute.VALUE]

        hardware._door(MODULE, "keys").ask(read_out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"PKCS11_PIN_FILE": "/nowhere"}, "does not answer"),
        ({"PKCS11_TOKEN": "others"}, "does not answer"),
        ({"PKCS11_KEY_LABEL": "gone"}, "no key of the name"),
    ],
)
def test_a_token_that_does_not_answer_is_said(token: dict[str, Any], change: dict[str, Any], said: str) -> None:
    hardware._door(MODULE, "keys")._close()  # as in a new process
    with wrapped_by(**{**token, **change}):
        assert said in wrapping.trouble()


def test_keys_go_from_the_environment_into_the_token_and_from_there_to_another_key(
    college: Organization, token: dict[str, Any]
) -> None:
    with wrapped_by(KEY_WRAPPING_KEY=OLD):
        key = keys.create_key(college, "badges")
    with wrapped_by(**token, KEY_WRAPPING_KEY=OLD):
        assert _signs(key)
        assert keys.rewrap_key(SigningKey.objects.get(pk=key.pk))
    with wrapped_by(**token, PKCS11_KEY_LABEL="second", PKCS11_OLD_KEY_LABEL="imprimatur"):
        assert keys.rewrap_key(SigningKey.objects.get(pk=key.pk))
    with wrapped_by(**token, PKCS11_KEY_LABEL="second"):
        assert _signs(key)
    with wrapped_by(**token | {"KEY_WRAPPING": "local"}, KEY_WRAPPING_KEY=NEW, PKCS11_KEY_LABEL="second"):
        assert keys.rewrap_key(SigningKey.objects.get(pk=key.pk))
    with wrapped_by(KEY_WRAPPING_KEY=NEW):
        assert _signs(key)
