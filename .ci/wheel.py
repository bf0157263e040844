#!/usr/bin/env python3
"""Build the wheel, install it into a fresh environment and try it there; then a plugin beside it.

Everything lies in a temporary folder that is gone at the end. Needs PyPI.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command there, shown with what it printed; it must succeed."""
    print("+", *command, flush=True)
    # Only what is installed there may be found; and a name in any script must print on any console.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, encoding="utf-8", check=False, timeout=300)
    sys.stdout.buffer.write(done.stdout.encode())
    sys.stdout.flush()
    if done.returncode != 0:
        sys.exit(f"It ended with {done.returncode}.")
    return done.stdout


def expect(part: str, text: str) -> None:
    """End here unless the one stands in the other."""
    if part not in text:
        sys.exit(f"{part!r} is missing above.")


def main() -> None:
    """From the checkout to a working `casa24`, far from the checkout."""
    with tempfile.TemporaryDirectory(prefix="casa24-wheel-") as name:
        folder = Path(name)
        pip = ("-m", "pip", "--disable-pip-version-check")
        run(sys.executable, *pip, "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
        (wheel,) = folder.glob("casa24-*.whl")
        run(sys.executable, "-m", "venv", folder / "fresh", cwd=folder)
        scripts = folder / "fresh" / ("Scripts" if sys.platform == "win32" else "bin")
        python, casa24 = scripts / "python", scripts / "casa24"
        run(python, *pip, "install", "-q", wheel, cwd=folder)
        expect(f"casa24 {wheel.name.split('-')[1]}", run(casa24, "--version", cwd=folder))
        expect("PYRO (demo)", run(casa24, "demo", cwd=folder))
        run(casa24, "init", folder / "label", "--yes", cwd=folder)
        expect("update-data.yml  unchanged", run(casa24, "init", cwd=folder / "label"))
        expect("wrangler.jsonc", run(casa24, "worker", cwd=folder / "label"))
        alone = run(casa24, "sources", cwd=folder)
        for source in ("spotify", "youtube", "instagram", "discord"):
            expect(source, alone)
        run(python, *pip, "install", "-q", ROOT / "tests" / "deezer", cwd=folder)
        expect("casa24-deezer", run(casa24, "sources", cwd=folder))
        run(python, *pip, "check", cwd=folder)


if __name__ == "__main__":
    main()
