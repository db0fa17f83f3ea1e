#!/usr/bin/env python3
"""Scores scene detection, ours and PySceneDetect's, against cuts that are known because the files were made here.

usage: Benchmarks/scene_quality.py [--media NAME]... [--ops 'scenes(threshold=25)']... [--peer-threshold N] [--errors]

How a boundary counts:
  - a hard cut is found by a boundary within one frame of the new shot's first frame;
  - a dissolve or a fade is found by a boundary within the transition or two frames around it;
  - each boundary finds at most one thing, each thing is found at most once; what is left over is wrong.
F1 is over hard cuts and gradual transitions together; `cuts F1` leaves gradual transitions out on both sides.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from pathlib import Path

import inputs

CUT_TOLERANCE = 1  # frames
GRADUAL_MARGIN = 2  # frames


def score(found, truth):
    """Counts and F1 of the boundaries `found` (frame numbers) against a truth file's content."""
    free = sorted(found)

    def take(first, last, centre):
        inside = [f for f in free if first <= f <= last]
        if not inside:
            return False
        free.remove(min(inside, key=lambda f: abs(f - centre)))
        return True

    missed_cuts = [c for c in truth["cuts"] if not take(c - CUT_TOLERANCE, c + CUT_TOLERANCE, c)]
    missed_graduals = [
        g for g in truth["graduals"] if not take(g[0] - GRADUAL_MARGIN, g[1] + GRADUAL_MARGIN, (g[0] + g[1]) / 2)]

    def within(spans, margin):
        return [f for f in free if any(a - margin <= f <= b + margin for a, b in spans)]

    causes = {}
    for cause, spans, margin in (
        ("gradual, found twice", truth["graduals"], GRADUAL_MARGIN), ("flash", truth["flashes"], 2),
        ("fast motion", truth["fast_motion"], 0), ("other", [[0, truth["frames"]]], 0),
    ):
        hits = within(spans, margin)
        if hits:
            causes[cause] = hits
            free = [f for f in free if f not in hits]
    wrong = sum(map(len, causes.values()))
    wrong_outside = wrong - len(causes.get("gradual, found twice", []))
    cuts, graduals = len(truth["cuts"]), len(truth["graduals"])
    found_cuts, found_graduals = cuts - len(missed_cuts), graduals - len(missed_graduals)
    return {
        "f1": f1(found_cuts + found_graduals, wrong, len(missed_cuts) + len(missed_graduals)),
        "cuts_f1": f1(found_cuts, wrong_outside, len(missed_cuts)),
        "cuts": f"{found_cuts}/{cuts}", "graduals": f"{found_graduals}/{graduals}", "wrong": wrong,
        "wrong_by_cause": {cause: len(hits) for cause, hits in causes.items()},
        "errors": {"missed_cuts": missed_cuts, "missed_graduals": missed_graduals, "wrong": causes},
    }


def f1(right, wrong, missed):
    return round(2 * right / (2 * right + wrong + missed), 4) if right else 0.0


def ours(binary, video, work, operation="scenes"):
    """Boundaries (frame numbers) that the product finds; the first scene's start is none."""
    subprocess.run(
        [binary, "perf", video, "--ops", operation, "--no-cache", "--output-dir", work, "--cache-dir", f"{work}/cache"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return our_boundaries(work)


def our_boundaries(output):
    scenes = json.loads(next(Path(output).glob("*/scenes.json")).read_text())["scenes"]
    return [scene["frame_number"] for scene in scenes[1:]]


def peer_command(video, work, threshold=None):
    return [inputs.VENV / "bin/scenedetect", "-q", "-i", video, "-o", work, "detect-content",
            *(["-t", str(threshold)] if threshold else []), "list-scenes", "-q", "-s", "-f", "scenes.csv"]


def peer_boundaries(work):
    with open(Path(work, "scenes.csv")) as lines:
        return [int(row["Start Frame"]) - 1 for row in csv.DictReader(lines)][1:]  # its frames count from 1


def peer(video, work, threshold=None):
    subprocess.run(peer_command(video, work, threshold), check=True, stdout=subprocess.DEVNULL)
    return peer_boundaries(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--media", action="append", choices=["speed", "hard"], help="file to score; both by default")
    parser.add_argument("--ops", action="append", help="operation with parameters; may be repeated")
    parser.add_argument("--peer-threshold", type=float, help="PySceneDetect's threshold; its default (27) otherwise")
    parser.add_argument("--errors", action="store_true", help="list every missed and every wrong frame")
    parser.add_argument("--binary", type=Path, default=inputs.BINARY)
    options = parser.parse_args()
    for name in options.media or ["speed", "hard"]:
        video = inputs.media(name)
        truth = json.loads(video.with_suffix(".truth.json").read_text())
        runs = [(f"video-extract {op}", lambda work, op=op: ours(options.binary, video, work, op))
                for op in options.ops or ["scenes"]]
        runs.append(("PySceneDetect", lambda work: peer(video, work, options.peer_threshold)))
        print(f"{name}: {len(truth['cuts'])} cuts, {len(truth['graduals'])} gradual, {len(truth['flashes'])} flashes, "
              f"{len(truth['fast_motion'])} shots of fast motion, {truth['frames']} frames")
        for title, find in runs:
            with tempfile.TemporaryDirectory() as work:
                result = score(find(work), truth)
            print(f"  {title:32} F1 {result['f1']:.3f}  cuts F1 {result['cuts_f1']:.3f}  cuts {result['cuts']}  "
                  f"gradual {result['graduals']}  wrong {result['wrong']} {result['wrong_by_cause']}")
            if options.errors:
                print(f"    {json.dumps(result['errors'])}")


if __name__ == "__main__":
    main()
