"""Counts the words of a transcript: a complete out-of-process plugin (see docs/process-plugins.md)."""

import collections
import json
import re
import sys


def say(**message):
    print(json.dumps(message), flush=True)


request = json.loads(sys.stdin.readline())
if request["protocol_version"] != 1:
    say(type="error", message=f"this plugin speaks version 1, not {request['protocol_version']}")
    sys.exit()

transcript = next(each for each in request["inputs"] if each["type"] == "Transcription")
with open(transcript["document"], encoding="utf-8") as file:
    segments = json.load(file)["segments"]

minimum_length = request["parameters"]["minimum_length"]
counts = collections.Counter()
for segment in segments:
    words = [word for word in re.findall(r"[\w']+", segment["text"].lower()) if len(word) >= minimum_length]
    counts.update(words)
    say(type="partial", data={"start_ms": segment["start_ms"], "end_ms": segment["end_ms"], "words": len(words)})

ranking = [{"word": word, "count": count} for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
result = {"type": "result", "data": {"words": ranking, "total": counts.total()}, "counts": {"words": counts.total()}}
if not ranking:
    result["empty"] = "nothing was said"
say(**result)
