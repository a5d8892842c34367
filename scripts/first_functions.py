"""Lists the functions that common commands run, for the linker to put next to each other.

    python3 scripts/first_functions.py "$(scripts/build-release)" > scripts/new.txt
    mv scripts/new.txt scripts/first-functions.txt

Needs valgrind and binutils. A list that is old does no harm: what it does not have lies elsewhere.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

binary = pathlib.Path(sys.argv[1]).resolve()
WORKFLOW = """baton: 1
id: sample
name: A sample
inputs: { a: { type: number, default: 2 }, kind: { type: string, enum: [x, y], default: x } }
steps:
  - id: first
    set: { text: "No. ${{ inputs.a }}", total: "${{ inputs.a * 2.0 }}" }
  - id: second
    if: steps.first.outputs.total > 1.0 && inputs.kind == 'x'
    action: log.write
    with: { message: "${{ steps.first.outputs.text }} of two" }
  - id: third
    action: files.write
    with: { path: "${{ steps.first.outputs.text }}.txt", content: Hello }
    manual: Write it
"""
COMMANDS = [["version"], ["validate"], ["run", "workflows/sample.yaml"], ["list"], ["tasks"], ["tick"]]


def defined():
    """The functions of the binary, by the names that the linker knows."""
    lines = subprocess.run(["nm", "--defined-only", binary], capture_output=True, text=True).stdout
    return {name for _, kind, name in (line.split(None, 2) for line in lines.splitlines())
            if kind in "tTwWuV"}


def called(arguments, folder):
    """The names of what a command calls, in the order in which callgrind met them."""
    output = folder / "calls"
    subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", binary, *arguments],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    for line in output.read_text().splitlines():
        if found := re.match(r"c?fn=\(\d+\) (.*)", line):
            yield re.sub(r"'\d+$", "", found.group(1).strip())


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "workflows").mkdir()
    (folder / "workflows" / "sample.yaml").write_text(WORKFLOW)
    known, seen = defined(), {}
    for arguments in COMMANDS:
        for name in called(arguments, folder):
            if name in known:
                seen.setdefault(name)
    print("\n".join(seen))
