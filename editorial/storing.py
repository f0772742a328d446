"""Putting uploaded bytes where they stay. Names come from content, so writing the same file twice changes nothing."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage


def put(name: str, chunks: Iterable[bytes]) -> None:
    """Store the bytes under exactly this name. A reader, or a kill in the middle, never sees half a file.

    Raises OSError when the place is full, gone or read-only.
    """
    storage = default_storage
    if isinstance(default_storage, FileSystemStorage) or hasattr(default_storage, "location"):
        _put_on_disk(Path(storage.path(name)), chunks)
        return
    # An object store shows an object only when it is whole.
    if storage.exists(name):
        storage.delete(name)
    storage.save(name, ContentFile(b"".join(chunks)))


def _put_on_disk(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as part:
        try:
            for chunk in chunks:
                part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
            if settings.FILE_UPLOAD_PERMISSIONS is not None:
                Path(part.name).chmod(settings.FILE_UPLOAD_PERMISSIONS)
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
