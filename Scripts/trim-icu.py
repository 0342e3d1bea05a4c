#!/usr/bin/env python3
"""An object file that takes the place of Foundation's locale data in a program that is linked statically.

    Scripts/trim-icu.py lib_FoundationICU.a icu.o

ICU's data are 34 MB, of which Pare needs what does not depend on a language: its output is the same in every locale. Left out are the
texts, sort orders and calendars of all languages but the root and English, dictionaries for line breaks, transliterations and character
sets. Linked before the archive, the object defines the archive's own symbol, so that the whole data are not taken from it.
"""

import re
import struct
import subprocess
import sys
import tempfile

MEMBER = "icu_packaged_data.cpp.o"
LOCALE = re.compile(r"^[a-z]{2,3}(_[A-Za-z0-9_]+)?$")
KEPT_LOCALES = {"root", "en", "en_US", "en_US_POSIX", "en_001", "pool"}


def object_data(archive):
    """The name of the symbol in the archive's member, and the bytes that it stands for."""
    member = subprocess.run(["ar", "p", archive, MEMBER], check=True, capture_output=True).stdout
    with tempfile.NamedTemporaryFile(suffix=".o") as file:
        file.write(member)
        file.flush()
        sections = subprocess.run(["readelf", "-SW", file.name], check=True, capture_output=True, text=True).stdout
        symbols = subprocess.run(["readelf", "-sW", file.name], check=True, capture_output=True, text=True).stdout
    symbol = next(line.split() for line in symbols.splitlines() if re.search(r"icudt\d+_dat$", line))
    section = re.search(rf"\[ *{symbol[6]}\] \S+ +PROGBITS +\S+ +(\S+)", sections)
    start = int(section.group(1), 16) + int(symbol[1], 16)
    return symbol[7], member[start:start + int(symbol[2], 0)]


def is_kept(name):
    """Whether an item is needed: `icudt76l/coll/de.res` is not."""
    folder, _, item = name.rpartition("/")
    stem, _, ending = item.rpartition(".")
    if ending in ("cnv", "dict", "cfu") or folder.endswith(("/translit", "/rbnf")) or stem == "unames":
        return False
    if ending == "brk":
        return stem in ("char", "word", "line", "sent", "title")
    return ending != "res" or not LOCALE.match(stem) or stem in KEPT_LOCALES


def trimmed(data):
    """A package (`CmnD`) with the items that are kept: header, count, offsets of names and items from behind the header, names, items."""
    header, = struct.unpack_from("<H", data)
    count, = struct.unpack_from("<I", data, header)
    places = [struct.unpack_from("<II", data, header + 4 + 8 * index) for index in range(count)]
    ends = [item for _, item in places[1:]] + [len(data) - header]
    kept = []
    for (name, item), end in zip(places, ends):
        text = data[header + name:data.index(b"\0", header + name)].decode()
        if is_kept(text):
            kept.append((text, data[header + item:header + end]))
    table, names, items = b"", b"", b""
    first_name = 4 + 8 * len(kept)
    first_item = first_name + sum(len(text) + 1 for text, _ in kept)
    first_item += -first_item % 16
    for text, item in kept:
        table += struct.pack("<II", first_name + len(names), first_item + len(items))
        names += text.encode() + b"\0"
        items += item + b"\0" * (-len(item) % 16)
    names += b"\0" * (first_item - first_name - len(names))
    return data[:header] + struct.pack("<I", len(kept)) + table + names + items


def main(archive, output):
    symbol, data = object_data(archive)
    less = trimmed(data)
    with tempfile.NamedTemporaryFile(suffix=".dat") as file, tempfile.NamedTemporaryFile(suffix=".s", mode="w") as source:
        file.write(less)
        file.flush()
        source.write(
            f'.section .rodata\n.balign 16\n.globl {symbol}\n.type {symbol}, @object\n.size {symbol}, {len(less)}\n{symbol}:\n'
            f'.incbin "{file.name}"\n.section .note.GNU-stack,"",@progbits\n')
        source.flush()
        subprocess.run(["cc", "-c", "-x", "assembler", source.name, "-o", output], check=True)
    print(f"{symbol}: {len(data)} bytes, of which {len(less)} are kept", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
