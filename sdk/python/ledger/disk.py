"""Files that are whole or not there: what a copy keeps over kill -9."""

import hashlib
import os
import pathlib


def save(path: pathlib.Path, content: bytes):
    """Replaces the file. Once this returns it is on the disk; if it does not, the old one is."""
    fresh = path.with_suffix(".new")
    with open(fresh, "wb") as file:
        file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    # The rename itself is only durable with its folder.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: pathlib.Path) -> bytes | None:
    """What was saved; None if there is nothing, or it is damaged: then it is as good as lost."""
    try:
        digest, content = path.read_bytes().split(b"\n", 1)
    except (FileNotFoundError, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest().encode() == digest else None
