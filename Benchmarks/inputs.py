"""Places of the programs and files that are measured; makes a file the first time it is asked for."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/release/video-extract"
HASHING = ROOT / ".build/release/HashingBenchmark"
VISION = ROOT / ".build/release/VisionBenchmark"
VENV = ROOT / ".deps/bench-venv"
MEDIA = ROOT / ".deps/bench-media"
FOLDER = Path(__file__).resolve().parent
NAMES = {
    "speed": "speed.mp4", "hard": "hard.mp4", "clips": "clips", "long": "long.mp4", "speech": "speech.flac",
    "pipeline": "pipeline.mp4",
}


def recipe(name: str) -> tuple[list, str]:
    """The command that makes an input (its path is still to be added), and a text that changes with what it makes."""
    maker = FOLDER / "media.py"
    digest = hashlib.sha256(maker.read_bytes())
    if name != "pipeline":
        return [VENV / "bin/python", maker, name], digest.hexdigest()
    own = FOLDER / "pipeline_clip.py"
    digest.update(own.read_bytes())
    digest.update(os.environ.get("VIDEO_EXTRACT_TEST_MEDIA", "").encode())  # its pictures come from there
    return [VENV / "bin/python", own], digest.hexdigest()


def media(name: str) -> Path:
    """The input called `name`, made (again, when its maker has changed) if need be."""
    if name == "speech" and os.environ.get("VIDEO_EXTRACT_TEST_MEDIA"):
        recording = Path(os.environ["VIDEO_EXTRACT_TEST_MEDIA"], "jfk.flac")
        if recording.exists():
            return recording
    path = MEDIA / NAMES[name]
    stamp = MEDIA / f"{name}.stamp"
    command, version = recipe(name)
    if path.exists() and stamp.exists() and stamp.read_text() == version:
        return path
    print(f"bench: making {path.relative_to(ROOT)}", file=sys.stderr, flush=True)
    MEDIA.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for old in (path, Path(f"{path}.partial")):
        if old.is_dir():
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
    subprocess.run([*command, path], check=True)
    stamp.write_text(version)
    return path


def clips() -> list[Path]:
    return sorted(media("clips").glob("*.mp4"))


def load_into_page_cache(*paths: Path):
    for path in paths:
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass
