"""The judges from npm, installed once into `.local` from a lock file that names no host."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def bench() -> Path:
    """The folder with both judges installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not here, so the judges from npm are not asked.")
    key = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".local" / f"judges-{key}"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=240)
        if done.returncode:
            pytest.skip(f"npm could not install the judges: {done.stderr.strip().splitlines()[-1:]}")
        (folder / "installed").touch()
    for script in HERE.glob("*.js"):
        shutil.copy(script, folder)
    return folder
