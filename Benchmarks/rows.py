"""The rows of the table: what is run against what, on which input, and what is to be reached."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import inputs
import scene_quality
from measure import CORES, alternate, run, summary

PEER_BULK = Path(__file__).resolve().parent / "peer-bulk"
SIX = "metadata,audio,frames,keyframes,scenes,transcription"


@dataclass
class Row:
    name: str
    work: str
    peer: str
    target: str
    met: bool
    ours: dict = field(default_factory=dict)  # a summary of measure.py, or {"value", "unit"}
    theirs: dict | None = None
    ratio: float | None = None
    detail: str = ""


@dataclass
class Bench:
    repeat: int
    quick: bool
    binary: Path

    def scratch(self):
        return tempfile.TemporaryDirectory(prefix="video-extract-bench-")

    def cold(self, mode, source, operations, *options, check=None, **measuring):
        """One run of the product with an empty cache and an empty output folder, both removed afterwards."""
        with self.scratch() as work:
            sample = run(self.command(mode, source, operations, work, *options), cwd=work, **measuring)
            if check:
                check(Path(work, "out"))
            return sample

    def command(self, mode, source, operations, work, *options):
        return [self.binary, mode, source, "--ops", operations, "--output-dir", f"{work}/out",
                "--cache-dir", f"{work}/cache", *(["--stream"] if mode == "perf" else []), *options]

    def peer(self, command, check=None):
        """One run of a peer in a folder of its own."""
        with self.scratch() as work:
            sample = run([str(part).replace("{work}", work) for part in command], cwd=work)
            if check:
                check(Path(work))
            return sample


def ratio_row(name, work, peer, limit, ours, theirs, detail="", also=True, comparison="≤"):
    ours, theirs = summary(ours), summary(theirs)
    ratio = ours["wall_s"] / theirs["wall_s"]
    met = (ratio < limit if comparison == "<" else ratio <= limit) and also
    return Row(name, work, peer, f"{comparison} {limit:g} ×", bool(met), ours, theirs, round(ratio, 3), detail)


def metadata(bench):
    video = inputs.media("speed")
    inputs.load_into_page_cache(video)
    runs = alternate({
        "ours": lambda: bench.cold("perf", video, "metadata"),
        "theirs": lambda: bench.peer(["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters",
                                      "-of", "json", video]),
    }, max(bench.repeat, 5) * 2)
    yield ratio_row("metadata", "metadata", "ffprobe", 1.0, runs["ours"], runs["theirs"])


def audio(bench):
    video = inputs.media("speed")
    inputs.load_into_page_cache(video)
    sizes = {}

    def keep(side, folder):
        sizes[side] = next(folder.rglob("*.wav")).stat().st_size

    runs = alternate({
        "ours": lambda: bench.cold("perf", video, "audio", check=lambda out: keep("ours", out)),
        "theirs": lambda: bench.peer(["ffmpeg", "-v", "error", "-i", video, "-vn", "-ar", "16000", "-ac", "1",
                                      "audio.wav"], check=lambda out: keep("theirs", out)),
    }, max(bench.repeat, 5) * 2)
    yield ratio_row("audio", "audio.wav, 16 kHz mono, of 45 s", "ffmpeg CLI", 0.9, runs["ours"], runs["theirs"],
                    f"{sizes['ours']} bytes, theirs {sizes['theirs']}")


def keyframes(bench):
    video = inputs.media("speed")
    inputs.load_into_page_cache(video)
    counts = {}

    def keep(side, folder):
        pictures = list(folder.rglob("*.jpg"))
        counts[side] = f"{len(pictures)} pictures, {sum(p.stat().st_size for p in pictures) / 1e6:.1f} MB"

    runs = alternate({
        "ours": lambda: bench.cold("perf", video, "keyframes", check=lambda out: keep("ours", out)),
        "theirs": lambda: bench.peer(["ffmpeg", "-v", "error", "-skip_frame", "nokey", "-i", video, "-vsync", "0",
                                      "-q:v", "2", "out_%04d.jpg"], check=lambda out: keep("theirs", out)),
    }, bench.repeat)
    yield ratio_row("keyframes", "keyframes to JPEG, 1080p", "ffmpeg -skip_frame nokey", 0.6, runs["ours"],
                    runs["theirs"], f"{counts['ours']}; theirs {counts['theirs']}")


def scenes(bench):
    video = inputs.media("speed")
    truth = json.loads(video.with_suffix(".truth.json").read_text())
    inputs.load_into_page_cache(video)
    found = {}

    def keep(side, boundaries):
        found[side] = scene_quality.score(boundaries, truth)["f1"]

    runs = alternate({
        "ours": lambda: bench.cold(
            "perf", video, "scenes", check=lambda out: keep("ours", scene_quality.our_boundaries(out))),
        "pyscenedetect": lambda: bench.peer(
            scene_quality.peer_command(video, "{work}"),
            check=lambda out: keep("theirs", scene_quality.peer_boundaries(out))),
        "decode": lambda: bench.peer(["ffmpeg", "-v", "error", "-i", video, "-an", "-f", "null", "-"]),
        "keyframes_only": lambda: bench.cold("perf", video, "scenes(keyframes_only=true)"),
    }, bench.repeat, warm_up=False)
    yield ratio_row("scenes-pyscenedetect", "scenes, all frames, 1080p", "PySceneDetect detect-content", 0.6,
                    runs["ours"], runs["pyscenedetect"], f"F1 {found['ours']:.3f}, theirs {found['theirs']:.3f}",
                    also=found["ours"] >= found["theirs"])
    yield ratio_row("scenes-decode", "scenes, all frames, 1080p", "ffmpeg decode to null", 1.1, runs["ours"],
                    runs["decode"])
    yield ratio_row("scenes-keyframes-only", "scenes, keyframes_only", "scenes, all frames", 0.15,
                    runs["keyframes_only"], runs["ours"])


def scene_f1(bench):
    video = inputs.media("hard")
    truth = json.loads(video.with_suffix(".truth.json").read_text())
    with bench.scratch() as work:
        ours = scene_quality.score(scene_quality.ours(bench.binary, video, work), truth)
    with bench.scratch() as work:
        theirs = scene_quality.score(scene_quality.peer(video, work), truth)
    yield Row(
        "scenes-hard", "scenes, F1 on a file with dissolves, fades, flashes, fast motion", "PySceneDetect detect-content",
        "≥ theirs", ours["f1"] >= theirs["f1"], {"value": ours["f1"], "unit": "F1"},
        {"value": theirs["f1"], "unit": "F1"}, None,
        f"cuts {ours['cuts']}, gradual {ours['graduals']}, wrong {ours['wrong']}; "
        f"theirs {theirs['cuts']}, {theirs['graduals']}, {theirs['wrong']}")


def transcription(bench):
    speech = inputs.media("speech")
    inputs.load_into_page_cache(speech)
    words = []

    def keep(out):
        segments = json.loads(next(out.rglob("transcription.json")).read_text())["segments"]
        words.append(sum(len(segment["text"].split()) for segment in segments))

    samples = alternate({"ours": lambda: bench.cold(
        "perf", speech, "transcription", check=keep, match='"event":"partial"')}, bench.repeat)["ours"]
    ours = summary(samples)
    yield Row("transcription", "transcription, 11 s speech, cold process", "–", "< 0.5 s", ours["wall_s"] < 0.5, ours,
              detail=f"{words[-1]} words")
    first = ours["first_match_s"]
    yield Row("first-segment", "first segment in perf mode", "–", "< 1 s", first < 1, {"value": first, "unit": "s"})


def warm(bench):
    video = inputs.media("speed")
    with bench.scratch() as work:
        command = bench.command("perf", video, SIX, work)
        run(command, cwd=work)

        def fresh():
            shutil.rmtree(f"{work}/out")
            return run(command, cwd=work, match='"cached":true')

        # Only the run itself is timed; the output folder of the fresh one has to be written again from the cache.
        runs = alternate({"again": lambda: run(command, cwd=work), "fresh": fresh}, max(bench.repeat, 5) * 2)
        report = json.loads(next(Path(work, "out").glob("*/run.json")).read_text())
    states = {stage["operation"]: stage["status"] for stage in report["operations"]}
    again, new = summary(runs["again"]), summary(runs["fresh"])
    cached = [name for name, status in states.items() if status == "cached"]
    yield Row("warm", "warm cache, all six operations", "–", "< 60 ms", again["wall_s"] < 0.06 and len(cached) >= 6,
              again, detail=f"{len(cached)} of {len(states)} stages from the cache; "
              f"{new['wall_s'] * 1000:.0f} ms into an empty output folder")


def bulk(bench):
    clips = inputs.clips()[:30 if bench.quick else None]
    inputs.load_into_page_cache(*clips)
    with bench.scratch() as folder:
        for clip in clips:
            os.link(clip, Path(folder, clip.name)) if same_device(clip, folder) else shutil.copy(clip, folder)

        def peer(kind):
            return bench.peer(["parallel", "--will-cite", "-j", CORES, PEER_BULK, kind, "{}", "{work}", ":::",
                               *sorted(Path(folder).iterdir())])

        runs = alternate({
            "ours": lambda: bench.cold("bulk", folder, "audio,keyframes,scenes", "--no-progress"),
            "three": lambda: peer("three"),
            "one": lambda: peer("one"),
        }, 1 if bench.quick else min(bench.repeat, 3), warm_up=False)
    title = f"bulk of {len(clips)} ten-second clips (audio, keyframes, scenes)"
    use = summary(runs["ours"])["utilization"]
    detail = f"{use:.0%} CPU (target > 90 %), theirs {{:.0%}}"
    for kind, peer_title in (("three", "GNU parallel + ffmpeg, a command for each"),
                             ("one", "GNU parallel + ffmpeg, one command for all")):
        row = ratio_row(f"bulk-{kind}", title, peer_title, 1.0, runs["ours"], runs[kind],
                        detail.format(summary(runs[kind])["utilization"]), also=use > 0.9, comparison="<")
        row.target += ", > 90 % CPU"
        yield row


def same_device(path, folder):
    return os.stat(path).st_dev == os.stat(folder).st_dev


def hashing(bench):
    if not inputs.HASHING.exists():
        raise FileNotFoundError(f"{inputs.HASHING} is missing: swift build -c release --product HashingBenchmark")
    output = subprocess.run([inputs.HASHING, "1024", inputs.media("long")], check=True, capture_output=True,
                            text=True).stdout
    best = max(float(speed) for speed in re.findall(r"^memory .*: ([\d.]+) GB/s", output, re.M))
    file = re.search(r"^file: (.*)$", output, re.M)
    yield Row("hashing", "BLAKE3, 1 GiB in memory, one core", "–", "≥ 2 GB/s", best >= 2, {"value": best, "unit": "GB/s"},
              detail=f"file in the page cache: {file.group(1)}" if file else "")


def memory_long(bench):
    video = inputs.media("long")
    sample = bench.cold("perf", video, "audio,keyframes,scenes(keyframes_only=true),transcription", sample_rss=0.5)
    ours = summary([sample])
    yield Row("memory-3h", "peak memory, 3 h file (audio, keyframes, scenes, transcription)", "–", "< 500 MB",
              ours["max_rss_mb"] < 500, ours | {"value": ours["max_rss_mb"], "unit": "MB"},
              detail=f"{ours['wall_s']:.0f} s; " + quarters(sample.rss_over_time)[1])


def memory_bulk(bench):
    clips = inputs.clips()
    copies = 2 if bench.quick else 10
    with linked(clips, copies) as folder:
        sample = bench.cold("bulk", folder, "audio,keyframes,scenes", "--no-cache", "--no-progress", sample_rss=0.2)
    growth, text = quarters(sample.rss_over_time)
    ours = summary([sample])
    yield Row("memory-bulk", f"memory over {copies * len(clips)} bulk files, last quarter over first", "–", "≤ 1.1",
              growth <= 1.1, ours | {"value": round(growth, 3), "unit": "×"},
              detail=f"{text}; {ours['wall_s']:.0f} s, {ours['utilization']:.0%} CPU")


@contextmanager
def linked(clips, copies):
    """A folder that holds every clip so many times, as hard links."""
    with tempfile.TemporaryDirectory(dir=inputs.MEDIA) as folder:  # beside the clips, so that hard links work
        for copy in range(copies):
            for clip in clips:
                os.link(clip, Path(folder, f"{clip.stem}_{copy}.mp4"))
        yield folder


def quarters(series):
    """Growth from the first to the last quarter of the run, and a text with the mean of every quarter."""
    series = series[2:]  # the process is still being loaded
    size = max(1, len(series) // 4)
    means = [mean(rss for _, rss in series[i * size:(i + 1) * size]) / 1e6 for i in range(4)]
    return means[3] / means[0], "mean by quarter " + ", ".join(f"{value:.0f}" for value in means) + " MB"


GROUPS = {
    "metadata": metadata, "audio": audio, "keyframes": keyframes, "scenes": scenes, "scenes-hard": scene_f1,
    "transcription": transcription, "warm": warm, "bulk": bulk, "hashing": hashing, "memory-3h": memory_long,
    "memory-bulk": memory_bulk,
}
