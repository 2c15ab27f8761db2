"""Files that are replaced atomically and durably, so that they survive kill -9."""

import hashlib
import os
import pathlib


def save(path: pathlib.Path, content: bytes):
    """Replaces the file. The old content is durable until this returns, then the new one is."""
    fresh = path.with_suffix(".new")
    with open(fresh, "wb") as file:
        file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    # The rename is durable only once its folder is synced.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: pathlib.Path) -> bytes | None:
    """The saved content; None if there is none, or it is damaged."""
    try:
        digest, content = path.read_bytes().split(b"\n", 1)
    except (FileNotFoundError, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest().encode() == digest else None
