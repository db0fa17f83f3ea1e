"""What the source checks share: reading Swift files with comments and string text blanked out, reporting, self-tests."""

import re
import sys
import tempfile
from pathlib import Path


class Finding:
    """One breach of a rule, at a line of a file."""

    def __init__(self, path, line, message):
        self.path, self.line, self.message = path, line, message

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def swift_files(root, *folders):
    """All .swift files below the given folders of the checkout, in a stable order."""
    files = []
    for folder in folders:
        files += [path for path in Path(root, folder).rglob("*.swift") if ".build" not in path.parts]
    return sorted(files)


def code_lines(text):
    """The lines of a Swift source with comments and the text of string literals replaced by blanks.

    Code inside interpolations stays. Nested comments, raw strings and multi-line strings are understood; an
    unterminated single-line string (a quote inside a regex literal) ends at the line break.
    """
    out, stack = [], [("code", 0)]  # code: open parentheses of an interpolation; string: (hashes, multi-line)
    index, end = 0, len(text)

    def keep(count):
        nonlocal index
        out.append(text[index : index + count])
        index += count

    def blank(count):
        nonlocal index
        out.append(re.sub(r"[^\n]", " ", text[index : index + count]))
        index += count

    while index < end:
        kind, state = stack[-1]
        if kind == "code":
            quote = re.compile(r'(#*)("""|")').match(text, index)
            if text.startswith("//", index):
                stop = text.find("\n", index)
                blank((end if stop < 0 else stop) - index)
            elif text.startswith("/*", index):
                stop, depth = index + 2, 1
                while stop < end and depth:
                    step = text[stop : stop + 2]
                    depth += (step == "/*") - (step == "*/")
                    stop += 2 if step in ("/*", "*/") else 1
                blank(stop - index)
            elif quote:
                stack.append(("string", (quote.group(1), quote.group(2) == '"""')))
                keep(len(quote.group(0)))
            else:
                character = text[index]
                if len(stack) > 1 and character in "()":
                    state += 1 if character == "(" else -1
                    stack[-1] = (kind, state)
                    if state == 0:
                        stack.pop()
                keep(1)
        else:
            hashes, multiline = state
            closing = ('"""' if multiline else '"') + hashes
            if text.startswith("\\" + hashes + "(", index):
                keep(len(hashes) + 2)
                stack.append(("code", 1))
            elif text.startswith("\\" + hashes, index):
                blank(len(hashes) + 2)
            elif text.startswith(closing, index):
                keep(len(closing))
                stack.pop()
            elif text[index] == "\n" and not multiline:
                stack.pop()
                keep(1)
            else:
                blank(1)
    return "".join(out).split("\n")


def run(check, self_test):
    """Runs `check(root)` on the checkout, or `self_test()` when asked; prints findings and exits 1 if there are any."""
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    if sys.argv[1:]:
        sys.exit(f"usage: {sys.argv[0]} [--self-test]")
    root = Path(__file__).resolve().parent.parent
    findings = check(root)
    for finding in findings:
        finding.path = Path(finding.path).relative_to(root)
        print(finding)
    sys.exit(1 if findings else 0)


def expect(check, files, wanted):
    """Self-test helper: `check` on a tree holding exactly `files` must report exactly `wanted` as (path, line) pairs."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found = [(str(Path(finding.path).relative_to(root)), finding.line) for finding in check(root)]
    if sorted(found) != sorted(wanted):
        sys.exit(f"{sys.argv[0]}: self-test failed: expected {sorted(wanted)}, found {sorted(found)}")
