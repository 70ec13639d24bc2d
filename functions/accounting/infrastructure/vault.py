"""Seals and exports in a bucket that lets nobody overwrite or delete, signed with a key in KMS."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from accounting.application.ports import Sealed
from accounting.domain.errors import LedgerBroken, VaultUnreachable

ALGORITHM: Final = "RSASSA_PKCS1_V1_5_SHA_256"
_SEALS, _EXPORTS = "seals/", "exports/"
_ABSENT: Final = frozenset({"NoSuchKey", "404"})
_PRESENT: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class Vault:
    """Written once: every put is refused where the object is there already.

    `s3` and `kms` are boto3 clients, whose types the toolchain does not hold.
    """

    def __init__(self, *, bucket: str, key_id: str, s3: Any, kms: Any) -> None:
        self._bucket = bucket
        self._key_id = key_id
        self._s3 = s3
        self._kms = kms

    def find(self, day: str) -> Sealed | None:
        text = self._get(f"{_SEALS}{day}.json")
        if text is None:
            return None
        try:
            read = json.loads(text)
            return Sealed(document=read["document"], signature=read["signature"])
        except (KeyError, TypeError, ValueError):
            return Sealed(document=text, signature="")

    def put_part(self, day: str, number: int, text: str) -> None:
        key = _part(day, number)
        if not self._put(key, text) and self._get(key) != text:
            raise LedgerBroken(f"another export of {day} is in the vault")

    def seal(self, day: str, document: str) -> Sealed:
        """After the export: a seal is only there when all that it speaks of is."""
        try:
            answer = self._kms.sign(
                KeyId=self._key_id,
                Message=_hash(document),
                MessageType="DIGEST",
                SigningAlgorithm=ALGORITHM,
            )
        except (ClientError, BotoCoreError) as error:
            raise VaultUnreachable("the seal cannot be signed") from error
        sealed = Sealed(document=document, signature=base64.b64encode(answer["Signature"]).decode())
        body = {"document": sealed.document, "signature": sealed.signature}
        self._put(f"{_SEALS}{day}.json", json.dumps(body))
        return sealed

    def holds(self, sealed: Sealed) -> bool:
        try:
            answer = self._kms.verify(
                KeyId=self._key_id,
                Message=_hash(sealed.document),
                MessageType="DIGEST",
                Signature=base64.b64decode(sealed.signature, validate=True),
                SigningAlgorithm=ALGORITHM,
            )
        except binascii.Error:
            return False
        except BotoCoreError as error:
            raise VaultUnreachable("the seal cannot be checked") from error
        except ClientError as error:
            if error.response["Error"]["Code"] == "KMSInvalidSignatureException":
                return False
            raise VaultUnreachable("the seal cannot be checked") from error
        return bool(answer["SignatureValid"])

    def part(self, day: str, number: int) -> str | None:
        return self._get(_part(day, number))

    def days(self) -> list[str]:
        keys = {key for key, _, _ in self._versions(_SEALS)}
        return sorted(key.removeprefix(_SEALS).removesuffix(".json") for key in keys)

    def _versions(self, prefix: str) -> Iterator[tuple[str, datetime, str]]:
        """Key, time and id of every version, also of what somebody has put a marker or another
        version over: what is locked is still there."""
        try:
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                for each in page.get("Versions", []):
                    yield each["Key"], each["LastModified"], each["VersionId"]
        except (ClientError, BotoCoreError) as error:
            raise VaultUnreachable("the vault cannot be listed") from error

    def public_key(self) -> str:
        try:
            answer = self._kms.get_public_key(KeyId=self._key_id)
        except (ClientError, BotoCoreError) as error:
            raise VaultUnreachable("the public key cannot be read") from error
        return base64.b64encode(answer["PublicKey"]).decode()

    def _get(self, key: str) -> str | None:
        """The first version of an object: the one that was written once."""
        found = [(at, id_) for name, at, id_ in self._versions(key) if name == key]
        if not found:
            return None
        version = min(found, key=lambda each: each[0])[1]
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=version)
            return str(answer["Body"].read().decode())
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise VaultUnreachable("the vault cannot be read") from error
        except BotoCoreError as error:
            raise VaultUnreachable("the vault cannot be read") from error

    def _put(self, key: str, text: str) -> bool:
        """Whether it was stored: False where something is there already."""
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=text.encode(),
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _PRESENT and self._get(key) is not None:
                return False
            raise VaultUnreachable("the vault cannot be written") from error
        except BotoCoreError as error:
            raise VaultUnreachable("the vault cannot be written") from error
        return True


def _part(day: str, number: int) -> str:
    return f"{_EXPORTS}{day}/{number:06d}.csv"


def _hash(document: str) -> bytes:
    return hashlib.sha256(document.encode()).digest()
