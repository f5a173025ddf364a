"""Where the project lives, and the addresses that follow from it.

    python tools/addresses.py                     say all of them
    python tools/addresses.py set ADDRESS         change the repository's address, in the one place where it stands
    python tools/addresses.py notebooks-branch    say the name of the branch with the notebooks that stand alone

The repository's address stands in `_config.yml` and nowhere else.
"""

import re
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import yaml

CONFIG = Path(__file__).resolve().parent.parent / "_config.yml"
#: The branch that the publishing workflow writes: the chapters as notebooks that stand alone (tools/standalone.py).
NOTEBOOKS_BRANCH = "notebooks"
#: What stands for a university's own JupyterHub.
SOME_HUB = "https://hub.example.org"


def repository():
    """Return the repository's address, and the branch that the book is built from."""
    found = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repository"]
    return found["url"].rstrip("/"), found["branch"]


def owner_and_name():
    """Return the repository as "owner/name"."""
    return "/".join(repository()[0].split("/")[-2:])


def site():
    """Return the address of the published book, with a slash at its end: that of the repository's pages."""
    owner, name = owner_and_name().split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def binder(chapter=None):
    """Return the address that opens the book, or a chapter of it, on Binder."""
    place = f"lab/tree/book/{chapter}.ipynb" if chapter else "lab/tree/book"
    return f"https://mybinder.org/v2/gh/{owner_and_name()}/{repository()[1]}?{urlencode({'urlpath': place})}"


def colab(chapter):
    """Return the address that opens a chapter, as a notebook that stands alone, on Colab."""
    return f"https://colab.research.google.com/github/{owner_and_name()}/blob/{NOTEBOOKS_BRANCH}/{chapter}.ipynb"


def nbgitpuller(hub=SOME_HUB, chapter=None):
    """Return the address that brings the notebooks to everybody who follows it on a JupyterHub, and opens one."""
    url, _ = repository()
    folder = url.rsplit("/", 1)[-1]
    place = f"lab/tree/{folder}/{chapter}.ipynb" if chapter else f"lab/tree/{folder}"
    asked = {"repo": url, "branch": NOTEBOOKS_BRANCH, "urlpath": place}
    return f"{hub}/hub/user-redirect/git-pull?{urlencode(asked, quote_via=quote)}"


def install():
    """Return what pip has to be told to install the package, with what the lessons need, from the repository."""
    url, branch = repository()
    return f"nnlearn[lessons] @ git+{url}@{branch}"


def change(address):
    """Write another address of the repository into `_config.yml`. Raises ValueError if it is not one on GitHub."""
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise ValueError(f"address must look like https://github.com/owner/name, got {address!r}")
    text = CONFIG.read_text(encoding="utf-8")
    CONFIG.write_text(text.replace(repository()[0], address), encoding="utf-8")


def main(arguments):
    """Say the addresses, or change the one that the others follow from."""
    if arguments[:1] == ["set"] and len(arguments) == 2:
        change(arguments[1])
    elif arguments == ["notebooks-branch"]:
        print(NOTEBOOKS_BRANCH)
        return
    elif arguments:
        sys.exit(__doc__)
    places = {"book": site(), "Binder": binder(), "Colab": colab("01-neuron"), "nbgitpuller": nbgitpuller()}
    for name, address in {"repository": repository()[0], "branch": repository()[1], **places}.items():
        print(f"{name:<12} {address}")


if __name__ == "__main__":
    main(sys.argv[1:])
