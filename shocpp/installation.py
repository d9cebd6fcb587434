"""
Where this installation has what came with it, and how something is added to it: messages name what is there.

In a checkout that is ``conf/`` and ``docs/``. A wheel has both below ``share/`` of the prefix that it is installed to,
be it a virtual environment, a user's ``~/.local`` or a folder of the system. Knows nothing of the user's own files.
"""

from __future__ import annotations

import os
import sys

from shocpp.locations import checkout

# what pip is asked for where something needs more than all commands do: as pyproject.toml says it, by extra; pages are
# made with a base package that those do without who neither print nor serve one
PACKAGES = {
    "html": ("jinja2>=3.1",),
    "auth": ("argon2-cffi>=21.2",),
    "signed": ("cryptography>=42",),
    "pdf": ("weasyprint>=68,<71",),
    "xlsx": ("openpyxl>=3.1,<4",),
    "mqtt": ("paho-mqtt>=2.1,<3",),
    "soap": ("lxml>=5.2,<7",),
    "mongodb": ("pymongo>=4.9,<5",),
    "postgres": ("psycopg[binary]>=3.2,<4",),
    "web": ("werkzeug>=3.1,<4", "waitress>=3,<4", "segno>=1.6,<2"),
}


def examples() -> str:
    """Give the folder with the examples of configuration files, units and jobs."""
    return _shipped("conf", os.path.join("shocpp", "conf"))


def page(name: str) -> str:
    """Give the path of a page of the manual, such as ``shocpp-caller.md``."""
    return os.path.join(_shipped("docs", os.path.join("doc", "shocpp")), name)


def starting(command: str) -> str:
    """Give what starts a command of ours: its name if the PATH has it, else its path here."""
    import shutil  # slow to import, and seldom needed

    if shutil.which(command):
        return command
    found = checkout()
    return os.path.join(found, "bin", command) if found else os.path.join(os.path.dirname(sys.executable), command)


def installing(extra: str) -> str:
    """
    Give the command that adds an extra to the Python that runs us; not every virtual environment has a pip.

    Args:
        extra: A key of ``PACKAGES``.
    """
    import shlex  # seldom needed, as is pip

    packages = shlex.join(PACKAGES[extra])
    try:
        import pip  # noqa: F401 - only whether it is there
    except ImportError:
        return f"python3 -m pip --python {sys.executable} install {packages}"
    return f"{sys.executable} -m pip install {packages}"


def lacking(what: str, package: str, extra: str) -> str:
    """
    Say that something lacks a package, and the command that adds it.

    Args:
        what: What needs it, in words.
        package: What its people call the package.
        extra: A key of ``PACKAGES``, which has it.
    """
    return f"{what} needs {package}, which is not installed: {installing(extra)}"


def _shipped(in_checkout: str, in_share: str) -> str:
    """
    Find a folder that came with the package: how far above it ``share/`` lies depends on how it was installed.

    Args:
        in_checkout: The folder's name in a checkout, which is also given where there is none.
        in_share: Its name below ``share/``.
    """
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if found := checkout():
        return os.path.join(found, in_checkout)
    while True:
        folder = os.path.join(above, "share", in_share)
        if os.path.isdir(folder):
            return folder
        if above == os.path.dirname(above):
            return in_checkout
        above = os.path.dirname(above)
