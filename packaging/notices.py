#!/usr/bin/env python3
"""The licences of the crates that are compiled into the program, with their texts, for the packages' THIRD-PARTY.txt.

Takes them from the sources that cargo has fetched; a crate that ships no text of its own is listed with its licence's name.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")


def cargo(*args):
    return subprocess.run(["cargo", *args], check=True, capture_output=True, text=True).stdout


def linked():
    """Name and version of each crate that ends up in the program: neither build scripts' nor tests' nor macros'."""
    tree = cargo("tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}")
    for line in tree.splitlines():
        name, version, *_ = line.split()
        yield name, version.removeprefix("v")


def texts(folder):
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(NAMES) and path.suffix not in (".rs", ".tmpl"):
            yield path.read_text(errors="replace").strip()


def main():
    packages = json.loads(cargo("metadata", "--locked", "--format-version", "1"))["packages"]
    by_name = {(package["name"], package["version"]): package for package in packages}
    users = {}  # text -> the crates that ship it, word for word
    lines = []
    for key in sorted(set(linked())):
        if key[0] == "corsight":
            continue
        package = by_name[key]
        lines.append(f"{' '.join(key)}: {package['license'] or 'see its licence file'}")
        for text in texts(pathlib.Path(package["manifest_path"]).parent):
            users.setdefault(text, []).append(key[0])
    print("corsight contains these crates:\n")
    print("\n".join(lines))
    for text, names in users.items():
        print(f"\n{'-' * 80}\n{', '.join(names)}:\n\n{text}")
    print(f"{len(lines)} crates, {len(users)} different texts", file=sys.stderr)


main()
