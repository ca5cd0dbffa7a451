"""Make .venv from the locked requirements: ``python3 tools/install.py local`` (or dev, or gazetteer).

Needs Python 3.11 and pip, nothing else: no virtualenv, no ensurepip. uv is fetched by pip into .uv, checked
against its hash; uv makes .venv and installs what requirements/NAME.txt names, each file checked against its
hash. When that has been done before there is nothing to do, and it ends at once.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV, UV = os.path.join(PROJECT, ".venv"), os.path.join(PROJECT, ".uv")
INSTALLED = os.path.join(VENV, "installed-requirements")  # name and digest of what .venv was made from


def main(wanted):
    if sys.prefix != sys.base_prefix:  # inside a virtual environment, which may have no pip
        python = getattr(sys, "_base_executable", sys.executable)
        os.execv(python, [python, *sys.argv])
    if sys.version_info < OLDEST:
        run_with_newer_python()
    os.makedirs(os.path.join(PROJECT, ".local"), exist_ok=True)
    with open(os.path.join(PROJECT, ".local", "install.lock"), "w") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once: the second waits, then finds it done
        installed = read(INSTALLED).split(" ")
        if installed[0] == "dev" and wanted == "local":
            wanted = "dev"  # which holds all of local
        if installed != [wanted, digest(wanted)] or not works(os.path.join(VENV, "bin", "python")):
            install(wanted)


def run_with_newer_python():
    """Go on in a Python that is new enough, or say what is missing."""
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])
    sys.exit(f"Ketamine Info needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is older.")


def install(name):
    say("Installing what Ketamine Info needs into .venv (the first time takes a minute)")
    uv = fetch_uv()
    environment = {**os.environ, **index_of_pip()}
    if not works(os.path.join(VENV, "bin", "python")):
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], environment)
    if os.path.exists(INSTALLED):
        os.remove(INSTALLED)
    requirements = os.path.join(PROJECT, "requirements", name + ".txt")
    python = os.path.join(VENV, "bin", "python")
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, requirements]
    if name == "dev":
        # Once, on all cores: else the processes of the tests, which begin together, would each do it.
        sync.append("--compile-bytecode")
    run(sync, environment)
    with open(INSTALLED, "w") as stamp:
        stamp.write(name + " " + digest(name))


def fetch_uv():
    """The path of uv, installed into .uv by pip where it is not there yet."""
    uv = os.path.join(UV, "bin", "uv")
    stamp = os.path.join(UV, "installed-requirements")
    if read(stamp) != digest("uv") or not works(uv):
        shutil.rmtree(UV, ignore_errors=True)
        if subprocess.call([sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL):
            sys.exit("Ketamine Info needs pip for this Python (on Debian: apt install python3-pip).")
        requirements = os.path.join(PROJECT, "requirements", "uv.txt")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += [
            "--root-user-action=ignore",
            "--require-hashes",
            "--target",
            UV,
            "--requirement",
            requirements,
        ]
        run(pip, os.environ)
        with open(stamp, "w") as file:
            file.write(digest("uv"))
    return uv


def index_of_pip():
    """Settings that make uv use the package index that pip is set up to use, if one is."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    settings = {"UV_DEFAULT_INDEX": index} if index else {}
    if "PIP_CERT" in os.environ:
        settings["SSL_CERT_FILE"] = os.environ["PIP_CERT"]
    return settings


def run(command, environment):
    if subprocess.call(command, env=environment):
        sys.exit("Installing did not work; the lines above say why. Run it again once that is mended.")


def works(program):
    try:
        return (
            subprocess.call([program, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        )
    except OSError:
        return False


def digest(name):
    """What decides whether .venv is up to date."""
    with open(os.path.join(PROJECT, "requirements", name + ".txt"), "rb") as requirements:
        return hashlib.sha256(requirements.read()).hexdigest()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def say(words):
    print(words, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
