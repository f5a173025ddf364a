"""Build the wheel and the source distribution: python tools/dist.py FOLDER.

The same sources give the same bytes, whenever and wherever they are built: all files carry the date of the last commit.
"""

import os
import subprocess
import sys
from pathlib import Path

from flit_core import buildapi

ROOT = Path(__file__).resolve().parent.parent


def build(folder):
    """Write the wheel and the source distribution into `folder`; return their paths, the wheel first."""
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["SOURCE_DATE_EPOCH"] = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()
    os.chdir(ROOT)  # where the build looks for pyproject.toml
    return [folder / buildapi.build_wheel(str(folder)), folder / buildapi.build_sdist(str(folder))]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for path in build(sys.argv[1]):
        print(f"{path.stat().st_size:>9,} bytes  {path}")
