"""One run: a command of `pare`, kept as the lines of JSON that it printed, so that tables can be made again without training again.

Two places: .results/NAME.jsonl (with the networks; not in the repository) for what was run here, and Docs/results/*.jsonl, a line a run, for what the tables
of Docs/Results.md stand on. A run that is in one of them is not run again, so that the whole can be stopped at any time and goes on where it was.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARE = Path(os.environ.get("PARE_PROGRAM") or ROOT / ".build" / "release" / "pare")
RUNS = Path(os.environ.get("PARE_RESULTS") or ROOT / ".results")
KEPT = ROOT / "Docs" / "results"

# What is not kept in Docs/results: one line an epoch would be most of the bytes. The path of the file that was written is left out too.
LEFT_OUT = {"epoch"}


class Runs:
    """The runs that a table asks for, by name; what was asked for is written down beside the table."""

    def __init__(self, again=False):
        self.again = again
        self.kept = {} if again else stored()
        self.asked = {}

    def lines(self, name, command, needs=(), files=()):
        """The lines of a run, from before or made now. `command` is a list or the words of `pare`; `needs` are functions that make the files that it reads,
        `files` what it has to leave behind for a later run (only looked at when that run is made)."""
        found = self.local(name) or self.kept.get(name)
        if found is None or any(not file.exists() for file in files):
            for need in needs:
                need()
            found = self.made(name, command)
        self.asked[name] = [kept(line) for line in found if line.get("event") not in LEFT_OUT]
        return self.asked[name]

    def local(self, name):
        path = RUNS / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else None

    def made(self, name, command):
        RUNS.mkdir(parents=True, exist_ok=True)
        words = [str(PARE), *shlex.split(command), "--json"] if isinstance(command, str) else command
        print(f"  {name}: {'pare ' + command if isinstance(command, str) else shlex.join(words)}", file=sys.stderr, flush=True)
        start, part = time.time(), RUNS / f"{name}.part"
        with open(part, "w") as output:
            subprocess.run(words, stdout=output, check=True, cwd=ROOT)
        with open(part, "a") as output:
            output.write(json.dumps({"event": "wall", "seconds": round(time.time() - start, 1), "cores": cores()}) + "\n")
        part.rename(RUNS / f"{name}.jsonl")
        return self.local(name)

    def keep(self, table):
        """Writes what the table stands on to Docs/results."""
        KEPT.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps({"run": name, "lines": lines}, sort_keys=True) + "\n" for name, lines in sorted(self.asked.items()))
        (KEPT / f"{table}.jsonl").write_text(text)


def kept(line):
    """Without the path of what was written, and without the options of every layer that a budget lists."""
    left_out = {"output", "layers"} if "keptEnergy" in line else {"output"}
    return {key: value for key, value in line.items() if key not in left_out}


def stored():
    """The runs of Docs/results, by name."""
    runs = {}
    for path in sorted(KEPT.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            run = json.loads(line)
            runs[run["run"]] = run["lines"]
    return runs


def cores():
    return len(os.sched_getaffinity(0))


def network(name):
    """The file that a run's network is written to."""
    return RUNS / f"{name}.onnx"


# What the lines say


def results(lines):
    return [line for line in lines if line["event"] == "result"]


def last(lines):
    return results(lines)[-1]


def test(result):
    return result["test"]["current"]


def validation(result):
    return result["validation"]["current"]


def wall(lines):
    return sum(line["seconds"] for line in lines if line["event"] == "wall")


def ran_on(lines):
    """How many cores a run had."""
    had = [line.get("cores", os.cpu_count()) for line in lines if line["event"] == "wall"][0]
    return "one core" if had == 1 else f"{had} cores"
