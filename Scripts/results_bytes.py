"""Bytes of real files: writes the stages of a session as .pare files, one for each coder that is named, and prints what `pare info` says of each; then
what general compressors make of their values.

    results_bytes.py SESSION STAGE=CODER,CODER… …      prints a line of JSON a file and a stage
"""

import gzip
import json
import lzma
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from results_runs import PARE, RUNS

SESSIONS = RUNS / "sessions"


def pare(*words):
    subprocess.run([str(PARE), *words], check=True, stdout=subprocess.DEVNULL)


def measured(snapshot, coder, folder):
    """The bytes of a snapshot's .pare file by that coder, by parameter and part."""
    path = folder / "network.pare"
    coding = [] if coder == "smallest" else ["--coder", coder]
    pare("export", "--session", snapshot, "--sessions", str(SESSIONS), "--format", "pare", *coding, "-o", str(path))
    table = json.loads(subprocess.run([str(PARE), "info", str(path), "--json"], check=True, capture_output=True).stdout)
    rows = [
        {"name": row["name"], "role": row["role"], "form": row["form"], "coding": row["coding"], "weights": row["weights"], "nonzero": row["nonzero"],
         "positions": row["bytes"]["positions"], "values": row["bytes"]["values"], "bytes": sum(row["bytes"].values())}
        for row in table["table"]["rows"]]
    return {"coder": coder, "bytes": table["bytes"], "originalBytes": table["originalBytes"], "rows": rows}


def arrays(path):
    """The float32 arrays of a safetensors file, as bytes."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    start = 8 + length
    return [content[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]] for name, entry in sorted(header.items()) if name != "__metadata__"]


def levels(array):
    """Each value's index among the values that occur, 0 for zero, a byte each; the floats themselves where they are more than 256."""
    values = struct.unpack(f"<{len(array) // 4}f", array)
    occurring = sorted(set(values) - {0.0})
    if len(occurring) > 255:
        return array
    index = {0.0: 0, **{value: i + 1 for i, value in enumerate(occurring)}}
    table = struct.pack(f"<{len(occurring)}f", *occurring)
    return bytes(index[value] for value in values) + table


def general(content):
    """What general compressors make of it, in bytes."""
    sizes = {"gzip -9": len(gzip.compress(content, 9, mtime=0)), "xz -9e": len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))}
    if shutil.which("zstd"):
        sizes["zstd -19"] = len(subprocess.run(["zstd", "-19", "-c"], input=content, capture_output=True, check=True).stdout)
    return sizes


def beside(snapshot, folder):
    """General compressors on the same values: as float32, and as bytes of level indices with their tables."""
    path = folder / "network.safetensors"
    pare("export", "--session", snapshot, "--sessions", str(SESSIONS), "--format", "safetensors", "-o", str(path))
    found = arrays(path)
    return {"floats": general(b"".join(found)), "levels": general(b"".join(levels(array) for array in found))}


def main():
    session, *stages = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for stage in stages:
            name, _, coders = stage.partition("=")
            for coder in coders.split(","):
                print(json.dumps({"event": "file", "stage": name, **measured(f"{session}@{name}", coder, Path(folder))}), flush=True)
            print(json.dumps({"event": "general", "stage": name, **beside(f"{session}@{name}", Path(folder))}), flush=True)


if __name__ == "__main__":
    main()
