"""Signing a message (RFC 6376, rsa-sha256, relaxed/relaxed), with the headers that one-click leaving needs among the signed.

Without a key nothing is signed: many mail servers sign by themselves, and then this one should not.
"""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

# All that a reader's program shows or acts on. `from` twice, so that nobody adds a second one.
SIGNED = (
    "from", "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help", "list-owner",
    "list-archive", "list-post",
)  # fmt: skip


@lru_cache(maxsize=2)
def key_in(path: str) -> rsa.RSAPrivateKey:
    """Raises ValueError for what is no RSA key."""
    key = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("DKIM_KEY_FILE holds no RSA key.")
    return key


def signed(head: bytes, body: bytes) -> bytes:
    """The message with a signature before its head; as it is when there is no key. Both with CRLF, without the empty line."""
    if not settings.DKIM_KEY_FILE:
        return head + b"\r\n" + body
    line = signature(head, body, key_in(settings.DKIM_KEY_FILE), settings.DKIM_SELECTOR, settings.DKIM_DOMAIN)
    return line + head + b"\r\n" + body


def signature(head: bytes, body: bytes, key: rsa.RSAPrivateKey, selector: str, domain: str) -> bytes:
    """The line DKIM-Signature of a head whose lines end in CRLF."""
    given: dict[str, list[bytes]] = {}
    for name, value in fields_of(head):
        given.setdefault(name, []).append(value)
    names = [name for place, name in enumerate(SIGNED) if name in given or place == 0]
    digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    stem = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};\r\n"
        f"\th={':'.join(names[:7])}:\r\n\t {':'.join(names[7:12])}:\r\n\t {':'.join(names[12:])};\r\n\tbh={digest};\r\n\tb="
    ).encode()
    parts = []
    for name in names:
        left = given.get(name)
        if left:  # a name again, of which there is no further field, signs its absence
            parts.append(name.encode() + b":" + left.pop() + b"\r\n")
    (mine,) = fields_of(stem)
    parts.append(mine[0].encode() + b":" + mine[1])
    made = base64.b64encode(key.sign(b"".join(parts), padding.PKCS1v15(), hashes.SHA256()))
    lines = b"\r\n\t ".join(made[start : start + 70] for start in range(0, len(made), 70))
    return stem + lines + b"\r\n"


def fields_of(head: bytes) -> list[tuple[str, bytes]]:
    """Name and relaxed value of each header, in order."""
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    found = []
    for line in unfolded.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.decode("ascii").strip().lower(), re.sub(rb"[ \t]+", b" ", value).strip()))
    return found


def relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"\r\n".join([*lines, b""]) if lines else b""
