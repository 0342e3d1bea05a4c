"""Trains the networks of Models from scratch by `pare train`, with the recipes of recipes.py. Needs no packages."""

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from recipes import BUNDLED

ROOT = Path(__file__).resolve().parent.parent
PARE = Path(os.environ.get("PARE_PROGRAM") or ROOT / ".build" / "release" / "pare")
MODELS = ROOT / "Models"


def command(name, architecture, options, plan, seed):
    """Paths as seen from the root, for the command stands in the model card."""
    words = ["train", "--architecture", architecture, *shlex.split(options), "--seed", str(seed)]
    if plan:
        words += ["--plan", f"Models/{plan}"]
    return [*words, "--measure-test", "-o", f"Models/{name}.onnx"]


def make(words, plan, folder):
    """Trains in a folder that has a Models of its own, so that a run that is broken off leaves the files that are there alone."""
    models = folder / "Models"
    models.mkdir(exist_ok=True)
    if plan:
        shutil.copy(MODELS / plan, models)
    # One thread, so that every machine makes the same sums.
    subprocess.run([str(PARE.resolve()), *words], cwd=folder, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return models


def with_facts(made, known):
    """The card of a network that was made, with what the card before says beside the training: title, data, names of classes."""
    if not known.exists():
        return
    card, before = json.loads(made.read_text()), json.loads(known.read_text())
    kept = {key: before[key] for key in ["title", "data", "classes"] if key in before}
    order = ["name", "title", "file", "sha256", "parameters", "data", "input", "classes", "training", "accuracy"]
    merged = {**card, **kept}
    made.write_text(json.dumps({key: merged[key] for key in order if key in merged}, indent=2, ensure_ascii=False) + "\n")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser(prog="Scripts/make-models", description="Makes the networks of Models by `pare train`.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(name for name, *_ in BUNDLED)} (all by default)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, default=MODELS, help="the folder to write to (Models)")
    parser.add_argument("--list", action="store_true", help="print the commands and leave")
    parser.add_argument("--check", action="store_true", help="train elsewhere and compare with the files that are there, bit by bit")
    options = parser.parse_args()
    unknown = set(options.names) - {name for name, *_ in BUNDLED}
    if unknown:
        parser.error(f"there is no network {', '.join(sorted(unknown))}")
    chosen = [network for network in BUNDLED if not options.names or network[0] in options.names]
    differing = []
    for name, architecture, recipe, plan in chosen:
        words = command(name, architecture, recipe, plan, options.seed)
        if options.list:
            print("pare " + shlex.join(words))
            continue
        print(f"{name}: {architecture}, seed {options.seed}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            models = make(words, plan, Path(folder))
            if options.check:
                differing += [name] if digest(models / f"{name}.onnx") != digest(options.into / f"{name}.onnx") else []
                continue
            with_facts(models / f"{name}.json", MODELS / f"{name}.json")
            for ending in [".onnx", ".json"]:
                shutil.move(models / f"{name}{ending}", options.into / f"{name}{ending}")
    if differing:
        sys.exit(f"other bits than in {options.into}: {', '.join(differing)}")


if __name__ == "__main__":
    main()
