"""Hold the coverage where a gap would be a hole: every branch of what judges, nine in ten of everything."""

import json
import sys
from pathlib import Path

WHOLE = ("pipeline/flow.py", "pipeline/turn.py", "pipeline/rules/", "pipeline/suspect/", "pipeline/decide/")
EVERYWHERE = 90.0


def gaps(report):
    """Say what is not covered as it must be."""
    for name, file in sorted(report["files"].items()):
        summary = file["summary"]
        missing = summary["missing_lines"] + summary["missing_branches"]
        if name.startswith(WHOLE) and missing:
            branches = [f"{start}->{end}" for start, end in file["missing_branches"]]
            yield f"{name}: lines {file['missing_lines']}, branches {branches}"
    total = report["totals"]["percent_covered"]
    if total < EVERYWHERE:
        yield f"in all: {total:.1f} %, not {EVERYWHERE} %"


def main():
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    found = list(gaps(report))
    sys.stdout.write(f"coverage {report['totals']['percent_covered']:.1f} %\n")
    sys.stderr.write("".join(f"not covered: {gap}\n" for gap in found))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
