"""Python in the browser: a JupyterLite site with the chapters, the package and all that they need, built into the book.

    python tools/lite_site.py FOLDER       build it from the parts that `lite_parts.py` has fetched

Nothing in the site comes from another host: Pyodide, its packages and our own wheel lie beside the notebooks. A plain `import`
finds them, since the lock that Pyodide reads names them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import lite_parts
import nbformat
from content_policy import LITE, with_policy
from lite_parts import FOLDER, PINS, ROOT
from standalone import standalone

#: Where everything is put together; `FOLDER` of `lite_parts` holds what was fetched.
WORK = ROOT / "_build" / "lite"
#: What the notebooks start with, so that Pyodide fetches all of it at once, and not one after the other at the first import.
AT_START = (
    "ssl", "sqlite3", "ipykernel", "comm", "pyodide-kernel", "piplite", "jedi", "ipython", "ipywidgets", "numpy", "matplotlib",
    "nnlearn",
)  # fmt: skip
#: The extension of JupyterLab that runs Pyodide; it brings wheels of its own.
KERNEL = Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
WIDGETS = Path(sys.prefix) / "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager"
NOTEBOOK_KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}


def build(site):
    """Build the whole site into the folder `site`. Raises RuntimeError with the reason where that fails."""
    if lite_parts.missing():
        raise RuntimeError(f"parts are missing: {', '.join(lite_parts.missing())}; run tools/lite_parts.py")
    shutil.rmtree(WORK, ignore_errors=True)
    _write_contents(WORK / "contents")
    _write_pyodide(WORK / "static" / "pyodide")
    _write_json(WORK / "jupyter-lite.json", _lite_settings())
    _write_json(WORK / "overrides.json", SETTINGS)
    _write_json(WORK / "jupyter_lite_config.json", {"LiteBuildConfig": _build_settings(site)})
    command = [sys.executable, "-m", "jupyter", "lite", "build", "--config", WORK / "jupyter_lite_config.json"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}
    run = subprocess.run(command, capture_output=True, text=True, cwd=WORK, env=environment)
    if run.returncode:
        raise RuntimeError(f"JupyterLite could not be built:\n{run.stdout}{run.stderr}")
    _finish_pages(site)


def _finish_pages(site):
    """Give JupyterLite's pages a language, the book's name and its sign, and a policy."""
    shutil.copy2(ROOT / "book" / "_static" / "mark.svg", site / "mark.svg")
    for page in site.glob("*/index.html"):
        text = page.read_text(encoding="utf-8")
        text = text.replace("<html>", '<html lang="en">', 1).replace("<title>Jupyter Notebook - ", "<title>nnlearn: ", 1)
        text = text.replace("</title>", '</title>\n    <link rel="icon" type="image/svg+xml" href="../mark.svg" />', 1)
        page.write_text(text, encoding="utf-8")
    for page in site.rglob("*.html"):
        page.write_text(with_policy(page.read_text(encoding="utf-8"), LITE), encoding="utf-8")


# ---- What readers open -----------------------------------------------------------------------------------------------


def _write_contents(folder):
    """Write the chapters and the scripts as readers find them."""
    folder.mkdir(parents=True)
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        notebook = standalone(nbformat.read(path, as_version=4))
        notebook.metadata = nbformat.from_dict({"kernelspec": NOTEBOOK_KERNEL})
        (folder / path.name).write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
    shutil.copytree(ROOT / "book" / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))


# ---- Pyodide -----------------------------------------------------------------------------------------------------------


def _write_pyodide(folder):
    """Lay out Pyodide, its packages and our wheels, with the lock that names exactly these."""
    folder.mkdir(parents=True)
    for name in lite_parts.needed():
        os.link(FOLDER / name, folder / name) if _same_disk(folder) else shutil.copy2(FOLDER / name, folder / name)
    packages = {name: dict(entry) for name, entry in PINS["packages"].items()}
    for wheel, depends in _pure_wheels():
        shutil.copy2(wheel, folder / wheel.name)
        entry = _entry(wheel, depends)
        packages[entry["name"]] = entry
    _write_json(folder / "pyodide-lock.json", {"info": PINS["info"], "packages": packages})


def _same_disk(folder):
    return folder.stat().st_dev == FOLDER.stat().st_dev


def _pure_wheels():
    """Return the wheels that are in no release of Pyodide, each with the packages that it needs."""
    own = KERNEL / "static" / "pypi"
    return [
        (_one(own, "ipykernel-*.whl"), []),
        (_one(own, "piplite-*.whl"), ["micropip"]),
        (_one(own, "pyodide_kernel-*.whl"), ["ipython", "ipykernel", "comm"]),
        (_one(own, "widgetsnbextension-4.*.whl"), []),
        (lite_parts.wheel_of("comm"), ["traitlets"]),
        (lite_parts.wheel_of("jupyterlab-widgets"), []),
        (lite_parts.wheel_of("ipywidgets"), ["comm", "ipython", "traitlets", "widgetsnbextension", "jupyterlab-widgets"]),
        (_wheel_of_nnlearn(WORK / "wheel"), ["numpy"]),
    ]


def _one(folder, pattern):
    """Return the one file of a folder that a pattern names."""
    (found,) = folder.glob(pattern)
    return found


def _wheel_of_nnlearn(folder):
    """Build the package's wheel and return its path."""
    command = [sys.executable, "-m", "flit_core.wheel", "--outdir", folder, ROOT]
    folder.mkdir(parents=True)
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"})
    return _one(folder, "*.whl")


def _entry(wheel, depends):
    """Return the entry of Pyodide's lock for a wheel."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as content:
        tops = {path.split("/")[0] for path in content.namelist() if ".dist-info/" not in path and ".data/" not in path}
    return {
        "name": name.replace("_", "-"),
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops),
        "depends": depends,
        "unvendored_tests": False,
        "shared_library": False,
    }


# ---- Settings ----------------------------------------------------------------------------------------------------------

#: How JupyterLab looks and behaves for somebody who has come from a page of the book.
SETTINGS = {
    "@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Light", "adaptive-theme": True},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}


def _lite_settings():
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "nnlearn",
            "exposeAppInBrowser": True,
            # The notebooks that readers change are kept under this name; another book on the same host has another one.
            "contentsStorageName": "nnlearn",
            "settingsStorageName": "nnlearn-settings",
            "workspacesStorageName": "nnlearn-workspaces",
            "litePluginSettings": {
                "@jupyterlite/pyodide-kernel-extension:kernel": {
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": list(AT_START)},
                }
            },
        },
    }


def _build_settings(site):
    return {
        "lite_dir": str(WORK),
        "output_dir": str(site),
        "contents": [str(WORK / "contents")],
        "apps": ["lab", "notebooks", "tree", "edit"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        # Of the extensions in this environment only these two work without a server.
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(KERNEL), str(WIDGETS)],
    }


def _write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
