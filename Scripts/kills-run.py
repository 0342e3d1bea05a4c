"""Kills the sensitivity and the search, and compares what they come to with unbroken runs. Scripts/kills runs it: PROGRAM MODEL KILLS."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM, MODEL, KILLS = sys.argv[1], sys.argv[2], int(sys.argv[3])
INPUTS = ["--generate", "normal", "--count", "500"] if os.environ.get("SHORT") else []
COMMANDS = {
    "sensitivity": ["sensitivity", MODEL, "--family", "level", "--family", "centroids", "--part", "choose", "--json"] + INPUTS,
    "search": ["search", MODEL, "--bytes", "53322", "--patience", "4", "--json"] + INPUTS,
}
# Of a search these say what one run did, and not what it came to.
OWN = {"measured", "wasEnded"}


def start(words, session, folder):
    return subprocess.Popen(
        [PROGRAM, *words, "--session", session, "--sessions", folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)


def finish(words, session, folder):
    run = start(words, session, folder)
    text = run.communicate()[0]
    if run.returncode not in (0, 81):
        raise SystemExit(f"{' '.join(words)} ended with {run.returncode}")
    answer = json.loads(text)
    return {key: value for key, value in answer.items() if key not in OWN}


def tests(session, folder):
    """The line of the session that says how often test was measured."""
    text = subprocess.run([PROGRAM, "sessions", "show", session, "--sessions", folder], capture_output=True, text=True, check=True).stdout
    return "test split measured 0 times" in text


def broken(name, words, seconds, folder, draw):
    """Kills until so many kills fell while it ran; then lets it come to its end."""
    session, killed = f"{name}-killed", 0
    while killed < KILLS:
        run = start(words, session, folder)
        # The whole takes `seconds`, of which each life gets a part.
        time.sleep(draw.uniform(0.05, max(0.1, 2.5 * seconds / (KILLS + 1))))
        if run.poll() is not None:
            print(f"{name}: ended by itself after {killed} kills")
            break
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        killed += 1
    return finish(words, session, folder), session, killed


def main():
    draw, isWell = random.Random(7), True
    with tempfile.TemporaryDirectory() as folder:
        for name, words in COMMANDS.items():
            before = time.monotonic()
            whole = finish(words, f"{name}-whole", folder)
            seconds = time.monotonic() - before
            found, session, killed = broken(name, words, seconds, folder, draw)
            isEqual, isUntouched = found == whole, tests(session, folder) and tests(f"{name}-whole", folder)
            print(f"{name}: {killed} kills, {seconds:.1f} s unbroken: tables {'equal' if isEqual else 'DIFFER'}, "
                  f"test {'never measured' if isUntouched else 'MEASURED'}")
            if not isEqual:
                for key in whole:
                    if whole[key] != found.get(key):
                        print(f"  {key}: {json.dumps(whole[key])[:300]}\n    after: {json.dumps(found.get(key))[:300]}")
            isWell = isWell and isEqual and isUntouched
    return 0 if isWell else 1


sys.exit(main())
