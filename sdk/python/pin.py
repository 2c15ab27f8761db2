#!/usr/bin/env python3
"""Updates the hashes in requirements.txt for the versions that it names.

Change a version there, then run this. It asks pip for the wheel of every Python version and
platform below, which takes some minutes. If there is no wheel for a platform, it is left out.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
PLATFORMS = [
    ["manylinux2014_x86_64", "manylinux_2_28_x86_64"],
    ["manylinux2014_aarch64", "manylinux_2_28_aarch64"],
    ["musllinux_1_2_x86_64"],
    ["musllinux_1_2_aarch64"],
    ["macosx_11_0_universal2", "macosx_11_0_arm64", "macosx_10_9_universal2"],
]
FILE = pathlib.Path(__file__).with_name("requirements.txt")


def hash_of(pin, python, platforms, folder):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
    command += ["--ignore-installed", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--python-version={python}", f"--target={folder}", "--report=-"]
    command += [f"--platform={platform}" for platform in platforms]
    run = subprocess.run(command + [pin], stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        return []
    report = json.loads(run.stdout)["install"]
    return [found["download_info"]["archive_info"]["hashes"]["sha256"] for found in report]


def main():
    text = FILE.read_text()
    lines = [line for line in text.splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        for pin in re.findall(r"^[\w-]+==[\w.]+", text, re.MULTILINE):
            hashes = set()
            for python in PYTHONS:
                for platforms in PLATFORMS:
                    hashes.update(hash_of(pin, python, platforms, folder))
            if not hashes:
                sys.exit(f"pin.py: there is no wheel of {pin}")
            lines.append(" \\\n    ".join([pin] + [f"--hash=sha256:{h}" for h in sorted(hashes)]))
    FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
