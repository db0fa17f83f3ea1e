"""Makes the benchmark's inputs from seeds: shots of textured, moving, grainy pictures joined at known frames.

usage: media.py speed|hard|clips|long|speech OUT    (needs numpy and OpenCV; run by bench.py in its environment)

Beside every video lies NAME.truth.json: {"frame_rate", "frames", "cuts": [first frame of the new shot],
"graduals": [[first, last frame of the transition]], "flashes": [[first, last]], "fast_motion": [[first, last]]}.
"""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

RATE = 25
SENTENCES = [
    "And so my fellow citizens, ask not what your country can do for you.",
    "The harbour was quiet in the morning, and the boats lay still.",
    "Every measurement needs a second one beside it.",
    "She opened the window and looked at the mountains in the distance.",
    "The train leaves at nine, so we have to hurry.",
    "Nobody had expected the experiment to work at the first attempt.",
]


def noise_field(rng, width, height, finest):
    """1/f noise between -1 and 1: value noise in octaves, down to cells of `finest` pixels."""
    total = np.zeros((height, width), np.float32)
    cell, amplitude = max(width, height) / 2, 1.0
    while cell >= finest:
        grid = rng.standard_normal((max(2, round(height / cell) + 2), max(2, round(width / cell) + 2)))
        total += amplitude * cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        cell, amplitude = cell / 2, amplitude * 0.6
    return total / max(1e-6, float(np.abs(total).max()))


@dataclass
class Palette:
    luma: float
    u: float
    v: float

    @staticmethod
    def random(rng):
        return Palette(rng.uniform(60, 165), 128 + rng.uniform(-38, 38), 128 + rng.uniform(-38, 38))


class Shot:
    """One camera take: a textured backdrop seen by a moving camera, and bodies that move in front of it."""

    def __init__(self, rng, width, height, palette, speed=1.0, big_body=False):
        self.rng, self.width, self.height = rng, width, height
        scale = width / 640
        back_w, back_h = int(width * 1.5), int(height * 1.5)
        luma = palette.luma + 55 * noise_field(rng, back_w, back_h, 3 * scale)
        u = palette.u + 18 * noise_field(rng, back_w // 2, back_h // 2, 24 * scale)
        v = palette.v + 18 * noise_field(rng, back_w // 2, back_h // 2, 24 * scale)
        self.planes = [np.clip(p, 16, 235).astype(np.uint8) for p in (luma, u, v)]
        for _ in range(rng.integers(8, 24)):  # things with edges
            centre = (int(rng.integers(back_w)), int(rng.integers(back_h)))
            axes = (int(rng.uniform(8, 70) * scale), int(rng.uniform(8, 70) * scale))
            self._ellipse(self.planes, centre, axes, self._colour(palette), float(rng.uniform(0, 180)))
        self.pan = rng.uniform(-1.2, 1.2, 2) * scale * speed
        self.zoom = rng.uniform(-0.0008, 0.0008)
        self.drift = rng.uniform(-0.06, 0.06)
        self.bodies = [
            dict(at=rng.uniform(0.1, 0.9, 2) * (width, height), velocity=rng.uniform(-3, 3, 2) * scale * speed,
                 axes=(rng.uniform(15, 50, 2) * scale).astype(int), colour=self._colour(palette), bounces=True)
            for _ in range(rng.integers(1, 5))
        ]
        if big_body:  # something close to the lens crosses the picture
            self.bodies.append(dict(
                at=np.array([-0.3 * width, 0.5 * height]), velocity=np.array([22.0 * scale, 0.0]),
                axes=(np.array([150, 260]) * scale).astype(int), colour=self._colour(palette), bounces=False))
        self.grain = rng.uniform(2.5, 5)

    def _colour(self, palette):
        rng = self.rng
        return (float(np.clip(palette.luma + rng.uniform(-90, 90), 20, 230)),
                float(np.clip(palette.u + rng.uniform(-40, 40), 40, 216)),
                float(np.clip(palette.v + rng.uniform(-40, 40), 40, 216)))

    @staticmethod
    def _ellipse(planes, centre, axes, colour, angle=0.0):
        x, y = int(centre[0]), int(centre[1])
        a, b = max(1, int(axes[0])), max(1, int(axes[1]))
        cv2.ellipse(planes[0], (x, y), (a, b), angle, 0, 360, colour[0], -1, cv2.LINE_AA)
        for plane, value in zip(planes[1:], colour[1:]):
            cv2.ellipse(plane, (x // 2, y // 2), (max(1, a // 2), max(1, b // 2)), angle, 0, 360, value, -1)

    def picture(self, n):
        """Planes Y, U, V of the shot's frame `n`, as float-free bytes."""
        width, height = self.width, self.height
        slack = np.array([0.25 * width, 0.25 * height])
        # The camera turns back at the edge of the backdrop.
        offset = slack + (np.abs((self.pan * n + slack) % (4 * slack) - 2 * slack) - slack)
        zoom = 1 + self.zoom * n
        gain = 1 + self.drift * np.sin(n / 40)
        planes = []
        for index, plane in enumerate(self.planes):
            factor = 1 if index == 0 else 2
            matrix = np.array([[1 / zoom, 0, offset[0] / factor], [0, 1 / zoom, offset[1] / factor]], np.float32)
            planes.append(cv2.warpAffine(
                plane, matrix, (width // factor, height // factor),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT))
        planes[0] = cv2.convertScaleAbs(planes[0], alpha=gain)
        for body in self.bodies:
            at = body["at"] + body["velocity"] * n
            if body["bounces"]:
                at = np.abs((at + (width, height)) % (2 * width, 2 * height) - (width, height))
            self._ellipse(planes, at, body["axes"], body["colour"])
        return planes


class Grain:
    """Sensor noise cut at random places from one noise tile."""

    def __init__(self, rng, width, height):
        self.rng, self.shape = rng, (height, width)
        tile = rng.standard_normal((height + 64, width + 64)).astype(np.float32)
        self.up, self.down = np.maximum(tile, 0), np.maximum(-tile, 0)
        self.levels: dict[float, tuple] = {}

    def add(self, luma, sigma):
        key = round(sigma * 2) / 2
        if key not in self.levels:
            self.levels[key] = tuple(np.round(t * key).astype(np.uint8) for t in (self.up, self.down))
        y, x = self.rng.integers(64, size=2)
        up, down = (t[y:y + self.shape[0], x:x + self.shape[1]] for t in self.levels[key])
        return cv2.subtract(cv2.add(luma, up), down)


@dataclass
class Timeline:
    """Shots on the frame axis. `joins[i]` leads from shot i to i + 1: ("cut", 0), ("dissolve", n), ("fade", n)."""

    width: int
    height: int
    seed: int
    lengths: list[int]
    joins: list[tuple[str, int]]
    same_place: float = 0.3  # chance that a shot shares its palette with the one before
    fast: set[int] = field(default_factory=set)  # shots with a racing camera or a body that crosses the picture
    flashes: list[tuple[int, int, int]] = field(default_factory=list)  # shot, frame within it, frames

    def truth(self):
        starts = np.concatenate([[0], np.cumsum(self.lengths)]).astype(int)
        cuts, graduals = [], []
        for index, (kind, n) in enumerate(self.joins):
            boundary = int(starts[index + 1])
            if kind == "cut":
                cuts.append(boundary)
            else:  # centred on the boundary
                graduals.append([boundary - n // 2, boundary + n - n // 2 - 1])
        return {
            "frame_rate": RATE, "frames": int(starts[-1]), "cuts": cuts, "graduals": graduals,
            "flashes": [[int(starts[s] + f), int(starts[s] + f + n - 1)] for s, f, n in self.flashes],
            "fast_motion": [[int(starts[s]), int(starts[s + 1] - 1)] for s in sorted(self.fast)],
        }

    def frames(self):
        """Planes Y, U, V of every frame."""
        rng = np.random.default_rng(self.seed)
        grain = Grain(rng, self.width, self.height)
        starts = np.concatenate([[0], np.cumsum(self.lengths)]).astype(int)
        truth = self.truth()
        flashing = {f for first, last in truth["flashes"] for f in range(first, last + 1)}
        palette, current, following = Palette.random(rng), None, None
        for index, length in enumerate(self.lengths):
            if following is not None:
                current, following = following, None
            else:
                current = self._shot(rng, index, palette)
            if index < len(self.joins):
                palette = palette if rng.random() < self.same_place else Palette.random(rng)
                following = self._shot(rng, index + 1, palette)
            for frame in range(starts[index], starts[index + 1]):
                planes = self._blend(index, frame, starts, current, following)
                if frame in flashing:
                    planes = [cv2.convertScaleAbs(planes[0], alpha=0.15, beta=195),
                              cv2.convertScaleAbs(planes[1], alpha=0.2, beta=102),
                              cv2.convertScaleAbs(planes[2], alpha=0.2, beta=102)]
                yield [grain.add(planes[0], current.grain), planes[1], planes[2]]
            self._before = current

    _before: Shot | None = None

    def _shot(self, rng, index, palette):
        racing = index in self.fast
        return Shot(rng, self.width, self.height, palette, speed=14 if racing else 1,
                    big_body=racing and index % 2 == 0)

    def _blend(self, index, frame, starts, current, following):
        """The frame of one shot, or of two while a dissolve or fade centred on a boundary lasts."""
        for join, boundary, first, second in (
            (index - 1, starts[index], self._before, current), (index, starts[index + 1], current, following),
        ):
            if not 0 <= join < len(self.joins) or self.joins[join][0] == "cut" or first is None or second is None:
                continue
            kind, n = self.joins[join]
            position = (frame - (boundary - n // 2) + 1) / (n + 1)
            if not 0 < position < 1:
                continue
            old = first.picture(frame - starts[join])
            new = second.picture(frame - starts[join + 1])
            if kind == "dissolve":
                return [cv2.addWeighted(a, 1 - position, b, position, 0) for a, b in zip(old, new)]
            # Through black: out, a fifth of black, in.
            planes, level = (old, 1 - position / 0.4) if position < 0.5 else (new, (position - 0.6) / 0.4)
            level = max(0.0, level)
            return [cv2.convertScaleAbs(planes[0], alpha=level, beta=16 * (1 - level)),
                    cv2.convertScaleAbs(planes[1], alpha=level, beta=128 * (1 - level)),
                    cv2.convertScaleAbs(planes[2], alpha=level, beta=128 * (1 - level))]
        return current.picture(frame - starts[index])


def speak(path, seconds, seed, pause=0.4, sentences=None):
    """A WAV file of spoken sentences with pauses, `seconds` long, over faint noise."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as work:
        order = sentences or [SENTENCES[i] for i in rng.permutation(len(SENTENCES))]
        script = Path(work, "script.txt")
        script.write_text("\n\n".join(order * (1 if sentences else max(1, round(seconds / 20)))))
        spoken = Path(work, "spoken.wav")
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", str(int(rng.integers(140, 165))),
                        "-p", str(int(rng.integers(35, 65))), "-g", str(int(pause * 25)),
                        "-f", script, "-w", spoken], check=True)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", spoken, "-f", "lavfi",
             "-i", f"anoisesrc=color=pink:amplitude=0.004:sample_rate=44100:duration={seconds}:seed={seed}",
             "-filter_complex", f"[0]aresample=44100,apad=whole_dur={seconds}[s];[s][1]amix=2:normalize=0",
             "-t", str(seconds), "-ac", "2", path], check=True)


def encode(timeline, out, sound, rate=RATE, options=("-preset", "medium")):
    """Writes `out` (H.264 and AAC) and its truth; `out` appears complete or not at all."""
    out = Path(out)
    partial = out.with_suffix(".partial.mp4")
    process = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
         "-s", f"{timeline.width}x{timeline.height}", "-r", str(rate), "-i", "-", "-i", sound,
         "-c:v", "libx264", *options, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-shortest",
         "-movflags", "+faststart", partial], stdin=subprocess.PIPE)
    for planes in timeline.frames():
        for plane in planes:
            process.stdin.write(np.ascontiguousarray(plane).data)
    process.stdin.close()
    if process.wait() != 0:
        raise SystemExit(f"ffmpeg could not write {out}")
    out.with_suffix(".truth.json").write_text(json.dumps(timeline.truth()) + "\n")
    partial.rename(out)


def random_lengths(rng, total, shortest, longest):
    lengths = []
    while sum(lengths) < total - longest:
        lengths.append(int(rng.integers(shortest, longest + 1)))
    return lengths + [total - sum(lengths)]


def make_speed(out):
    """45 s of 1080p25, hard cuts every 2 to 5 s, about 28 MB, with speech."""
    lengths = random_lengths(np.random.default_rng(1), 45 * RATE, 2 * RATE, 5 * RATE)
    timeline = Timeline(1920, 1080, 1, lengths, [("cut", 0)] * (len(lengths) - 1))
    with tempfile.TemporaryDirectory() as work:
        speak(f"{work}/speech.wav", 45, 1)
        encode(timeline, out, f"{work}/speech.wav", options=("-preset", "medium", "-b:v", "5M"))


def make_hard(out, seed=2):
    """Three minutes of 640x360 with cuts between like pictures, dissolves, fades, flashes and fast motion."""
    rng = np.random.default_rng(seed)
    lengths = random_lengths(rng, 180 * RATE, int(0.8 * RATE), 6 * RATE)
    joins = []
    for _ in lengths[1:]:
        kind = rng.choice(["cut", "dissolve", "fade"], p=[0.7, 0.18, 0.12])
        joins.append((str(kind), 0 if kind == "cut" else int(rng.integers(10, 19))))
    long_enough = [i for i, n in enumerate(lengths) if n >= 2 * RATE]
    chosen = rng.permutation(long_enough)
    timeline = Timeline(
        640, 360, seed, lengths, joins, same_place=0.5, fast={int(i) for i in chosen[:8]},
        flashes=[(int(s), int(lengths[s] // 2), int(rng.integers(1, 5))) for s in chosen[8:18]])
    with tempfile.TemporaryDirectory() as work:
        speak(f"{work}/speech.wav", 180, seed)
        encode(timeline, out, f"{work}/speech.wav")


def make_clip(arguments):
    index, folder = arguments
    lengths = random_lengths(np.random.default_rng(1000 + index), 10 * RATE, 2 * RATE, 4 * RATE)
    timeline = Timeline(640, 360, 1000 + index, lengths, [("cut", 0)] * (len(lengths) - 1))
    with tempfile.TemporaryDirectory() as work:
        speak(f"{work}/speech.wav", 10, 1000 + index)
        encode(timeline, folder / f"clip_{index:03}.mp4", f"{work}/speech.wav",
               options=("-preset", "veryfast", "-threads", "1"))


def make_clips(out, count=100):
    """A folder of distinct ten-second clips, 640x360 with speech."""
    folder = Path(str(out) + ".partial")
    folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    with ProcessPoolExecutor() as pool:
        list(pool.map(make_clip, [(index, folder) for index in range(count)]))
    folder.rename(out)


def make_long(out):
    """Three hours: five minutes of 320x180 at 10 frames/s with a little speech, joined 36 times without encoding."""
    out = Path(out)
    rng = np.random.default_rng(3)
    lengths = random_lengths(rng, 3000, 20, 300)
    timeline = Timeline(320, 180, 3, lengths, [("cut", 0)] * (len(lengths) - 1))
    with tempfile.TemporaryDirectory() as work:
        speak(f"{work}/speech.wav", 300, 3, sentences=SENTENCES[:2])
        encode(timeline, f"{work}/part.mp4", f"{work}/speech.wav", rate=10, options=("-preset", "veryfast"))
        partial = out.with_suffix(".partial.mp4")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "35", "-i", f"{work}/part.mp4", "-c", "copy",
                        partial], check=True)
    partial.rename(out)


def make_speech(out):
    """Eleven seconds of speech for machines without a recording."""
    with tempfile.TemporaryDirectory() as work:
        speak(f"{work}/speech.wav", 11, 4)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", f"{work}/speech.wav", "-ac", "1", f"{work}/speech.flac"],
                       check=True)
        Path(out).write_bytes(Path(work, "speech.flac").read_bytes())


MAKERS = {"speed": make_speed, "hard": make_hard, "clips": make_clips, "long": make_long, "speech": make_speech}

if __name__ == "__main__":
    MAKERS[sys.argv[1]](sys.argv[2])
