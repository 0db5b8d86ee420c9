#!/usr/bin/env python3
"""Check the record of a version that was exported from Imprimatur, offline, with nothing of ours installed.

    python3 check_record.py RECORD.zip [--checkpoint KEPT.json] [--did DID.json ...]

Needs Python 3.11 and the package `cryptography`. Exit code 0: everything holds. 1: something does not; the first bad
place is named. 2: it could not be checked. Keys are taken from the bundle unless you give the `did.json` that you
fetched yourself from the institution's address: only then does the seal say more than that the bundle agrees with
itself. A checkpoint that you kept shows that the end of the record was not cut off since.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "imprimatur-record/1"
GENESIS = "0" * 64
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MOST_BYTES = 512 * 1024 * 1024
REPEATED = ("actor", "organization", "role", "choice", "reasons", "answers", "form_edition", "facets", "conformance")
ROW = {"stream", "sequence", "type", "actor", "role", "organization", "data", "at", "previous", "hash"}


class Bad(Exception):
    """Something does not hold; the sentence says where and what."""


class Unknown(Exception):
    """It cannot be checked; the sentence says why."""


def canonical(value: Any) -> str:
    """RFC 8785, the one way to write a JSON value."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(one)}" for name, one in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(one) for one in value) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A number as ECMAScript writes it."""
    if value == 0:
        return "0"
    sign, text = ("-", repr(-value)) if value < 0 else ("", repr(value))
    mantissa, _e, exponent = text.partition("e")
    whole, _dot, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def sha256(value: Any) -> str:
    """The digest of bytes, or of the canonical form of a JSON value."""
    data = value if isinstance(value, bytes) else canonical(value).encode()
    return hashlib.sha256(data).hexdigest()


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _refuse("a name stands twice in one object")


def read_json(data: bytes, name: str) -> Any:
    """Strict JSON: no name twice, no NaN."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{name} cannot be read as JSON: {error}.") from error


def base58(text: str) -> bytes:
    """The bytes of a multibase text that begins with z."""
    number = 0
    for letter in text[1:] if text.startswith("z") else _refuse("it does not begin with z"):
        number = number * 58 + LETTERS.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


class Keys:
    """Public keys by the address of their method; those that you brought take the place of the bundle's."""

    def __init__(self, documents: list[Any], brought: list[Any]) -> None:
        self.by_method: dict[str, str] = {}
        self.brought = {str(document.get("id")) for document in brought}
        for document in [*[one for one in documents if one.get("id") not in self.brought], *brought]:
            listed = set(document.get("assertionMethod", []))
            for method in document.get("verificationMethod", []):
                if method["id"] in listed and method["id"].startswith(f"{document['id']}#"):
                    self.by_method[method["id"]] = method["publicKeyMultibase"]

    def holds(self, signature: Any, data: bytes) -> bool:
        """True when the key that the signature names made it over these bytes."""
        try:
            key = base58(self.by_method[signature["method"]])
            if len(key) != 34 or not key.startswith(b"\xed\x01"):
                return False
            Ed25519PublicKey.from_public_bytes(key[2:]).verify(base58(signature["value"]), data)
        except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            return False
        return True


def files_of(path: Path) -> dict[str, bytes]:
    """Every file of the archive, each name once."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names):
                raise Bad("The archive holds a name twice.")
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Unknown("The archive is larger than this checker reads.")
            return {name: archive.read(name) for name in names}
    except FileNotFoundError as error:
        raise Unknown(f"There is no file {path}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Bad(f"{path.name} is not a whole zip archive: {error}.") from error


class Record:
    """The bundle, file by file; each check yields a sentence for what holds and raises `Bad` for what does not."""

    def __init__(self, files: dict[str, bytes], brought: list[Any]) -> None:
        self.files = files
        if "manifest.json" not in files or "seal.json" not in files:
            raise Bad("manifest.json or seal.json is missing from the archive.")
        self.manifest = read_json(files["manifest.json"], "manifest.json")
        self.keys = Keys([self.json(name) for name in sorted(files) if name.startswith("did/")], brought)

    def json(self, name: str) -> Any:
        """One file of the bundle."""
        if name not in self.files:
            raise Bad(f"{name} is missing from the archive.")
        return read_json(self.files[name], name)

    def check(self) -> Iterator[str]:
        """All of it, from the outside in."""
        yield from self.sealed()
        yield from self.chained()
        yield from self.snapshots()
        yield from self.decisions()
        yield from self.covered()

    def sealed(self) -> Iterator[str]:
        """Every file is the one that the institution sealed, and none is missing or added."""
        if self.manifest.get("format") != FORMAT:
            raise Bad("manifest.json is not that of a record of this format.")
        listed = self.manifest["files"]
        for name in sorted(set(listed) ^ (set(self.files) - {"manifest.json", "seal.json"})):
            raise Bad(f"{name} is missing from the archive." if name in listed else f"{name} was added to the archive.")
        for name, digest in sorted(listed.items()):
            if sha256(self.files[name]) != str(digest).removeprefix("sha256:"):
                raise Bad(f"{name} is not the file that was sealed.")
        seal = self.json("seal.json")
        if not self.keys.holds(seal, self.files["manifest.json"]):
            raise Bad("seal.json: the institution's signature over manifest.json does not hold.")
        own, _hash, key = str(seal["method"]).partition("#")
        yield f"All {len(listed)} files are those that {own} sealed with its key {key}."
        if own not in self.keys.brought:
            yield f"Note: that key was taken from the bundle itself. Compare it with the did.json of {own}; see --did."

    def chained(self) -> Iterator[str]:
        """Each row of the ledger follows from the one before it."""
        stream, previous = self.manifest["stream"], GENESIS
        self.rows = self.json("ledger.json")
        for place, row in enumerate(self.rows, start=1):
            where = f"ledger.json, row {place}"
            if set(row) != ROW or row["stream"] != stream or row["sequence"] != place:
                raise Bad(f"{where}: a row is missing, out of its place, or of another stream.")
            if row["previous"] != previous:
                raise Bad(f"{where}: it does not follow from the row before it.")
            body = {name: value for name, value in row.items() if name != "hash"}
            if sha256(body) != row["hash"]:
                raise Bad(f"{where}: its content is not what was hashed.")
            previous = row["hash"]
        if not self.rows:
            raise Bad("ledger.json holds no row.")
        yield f"All {len(self.rows)} rows of the ledger follow from one another, and none was changed."

    def snapshots(self) -> Iterator[str]:
        """The content that was decided on is what its digests say."""
        self.digests = set()
        named = {row["data"].get("digest") for row in self.rows}
        listed = self.json("snapshots.json")
        for one in listed:
            name, content = one["file"], self.json(one["file"])
            if f"sha256:{sha256(content)}" != one["digest"]:
                raise Bad(f"{name} is not the content of the digest that snapshots.json states.")
            if one["digest"] not in named:
                raise Bad(f"{name}: no row of the ledger names its digest.")
            for facet, digest in sorted(one["facets"].items()):
                parts = {"facet": facet, "schema": one["schema"], "content": content.get(facet)}
                if f"sha256:{sha256(parts)}" != digest:
                    raise Bad(f"{name}: the part {facet} is not the one of its digest.")
            self.digests.add(one["digest"])
        if named - {None} - self.digests:
            raise Bad("snapshots.json: a content that a row of the ledger names is missing.")
        yield f"The content was frozen {len(listed)} times, each time as its digest in the ledger says."

    def decisions(self) -> Iterator[str]:
        """Every decision is word for word the one that its row names; who carried one over repeats it."""
        found = {one["id"]: one for one in self.json("decisions.json")}
        named = {row["data"]["decision"]: row for row in self.rows if row["data"].get("decision")}
        for key in sorted(set(named) - set(found)):
            raise Bad(f"decisions.json: the decision {key}, which row {named[key]['sequence']} names, is missing.")
        bound = 0
        for key, one in found.items():
            where = f"decisions.json, decision {key}"
            if key in named and "record" in named[key]["data"]:
                if f"sha256:{sha256(one)}" != named[key]["data"]["record"]:
                    raise Bad(f"{where}: its words are not those that row {named[key]['sequence']} was made over.")
                bound += 1
            elif key not in named and not one["carried_from"]:
                raise Bad(f"{where}: no row of the ledger names it.")
            elif any(found.get(one["carried_from"], one)[name] != one[name] for name in REPEATED):
                raise Bad(f"{where}: it is not the one that it was carried over from.")
            if one["snapshot"] and one["snapshot"] not in self.digests:
                raise Bad(f"{where}: the content that it was over is missing.")
        yield f"{bound} decisions are word for word those that the ledger names."
        if bound < len(found):
            yield f"Note: {len(found) - bound} others were carried over or are older than that; the seal holds them."

    def covered(self) -> Iterator[str]:
        """The end of the record was not cut off before the checkpoint."""
        if "checkpoint.json" not in self.files:
            raise Unknown(
                "No checkpoint covers this record yet, so that a cut end cannot be excluded. Ask again later."
            )
        self.checkpoint = self.json("checkpoint.json")
        yield from check_checkpoint(self.checkpoint, self.keys, "checkpoint.json", self.json("seal.json")["method"])
        proof = self.json("inclusion.json")
        stream, sequence, digest = proof["head"]
        if stream != self.manifest["stream"]:
            raise Bad("inclusion.json is about another stream.")
        if sequence > len(self.rows):
            raise Bad(f"ledger.json ends before row {sequence}, which the checkpoint covers.")
        if self.rows[sequence - 1]["hash"] != digest:
            raise Bad(f"ledger.json, row {sequence}: it is not the row that the checkpoint covers.")
        if climb(proof) != self.checkpoint["root"]:
            raise Bad("inclusion.json does not lead to the root that was signed.")
        yield f"The checkpoint of {self.checkpoint['at']} covers the rows up to {sequence}."
        if sequence < len(self.rows):
            yield f"Note: the rows from {sequence + 1} on are newer than the checkpoint; the seal alone holds them."


def climb(proof: Any) -> str:
    """The root to which an inclusion proof leads (RFC 6962, section 2.1)."""
    found = hashlib.sha256(b"\x00" + canonical(proof["head"]).encode()).digest()
    for side, other in proof["path"]:
        pair = bytes.fromhex(other) + found if side == "left" else found + bytes.fromhex(other)
        found = hashlib.sha256(b"\x01" + pair).digest()
    return found.hex()


def check_checkpoint(checkpoint: Any, keys: Keys, name: str, own: str) -> Iterator[str]:
    """Its digest is right, the record's own institution signed it, and no signature is wrong."""
    body = {key: value for key, value in checkpoint.items() if key not in {"digest", "signature"}}
    if sha256(body) != checkpoint["digest"]:
        raise Bad(f"{name}: its content is not what was signed.")
    signers = []
    for slug, signature in sorted(checkpoint["signature"].items()):
        if not keys.holds(signature, canonical(body).encode()):
            raise Bad(f"{name}: the signature of {slug} does not hold.")
        signers.append(signature["method"].partition("#")[0])
    if own.partition("#")[0] not in signers:
        raise Bad(f"{name}: the institution did not sign it.")
    yield f"The checkpoint {checkpoint['digest'][:12]} is signed by {', '.join(signers)}."


def check_kept(record: Record, kept: Any) -> Iterator[str]:
    """A checkpoint that was kept outside is the very one that covers this record."""
    yield from check_checkpoint(kept, record.keys, "The checkpoint that you kept", record.json("seal.json")["method"])
    if kept["digest"] != record.checkpoint["digest"]:
        raise Unknown(
            "The checkpoint that you kept holds, but this bundle proves itself against another one. "
            f"Ask for a bundle against yours: manage.py export_record --at {kept['digest']}."
        )
    yield "It is the checkpoint that you kept: nothing that it covers was cut off or written anew."


def arguments(words: list[str] | None) -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description="Check an exported record of Imprimatur, offline.")
    parser.add_argument("record", type=Path, help="the zip archive")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept, as JSON")
    parser.add_argument("--did", type=Path, action="append", default=[], help="a did.json that you fetched yourself")
    return parser.parse_args(words)


def run(asked: argparse.Namespace) -> Iterator[str]:
    """Everything that was asked, sentence by sentence."""
    try:
        brought = [read_json(path.read_bytes(), path.name) for path in asked.did]
        kept = read_json(asked.checkpoint.read_bytes(), asked.checkpoint.name) if asked.checkpoint else None
    except (OSError, Bad) as error:
        raise Unknown(f"What you brought cannot be read: {error}") from error
    record = Record(files_of(asked.record), brought)
    yield from record.check()
    if kept is not None:
        yield from check_kept(record, kept)


def main(words: list[str] | None = None) -> int:
    """Say what holds, until something does not."""
    try:
        for sentence in run(arguments(words)):
            print(sentence)
    except Bad as bad:
        print(f"DOES NOT HOLD. {bad}")
        return 1
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        print(f"DOES NOT HOLD. A file of the bundle has not the shape of its kind: {error!r}.")
        return 1
    except Unknown as unknown:
        print(f"CANNOT BE CHECKED. {unknown}")
        return 2
    print("Everything holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
