"""Where the extras are put into MiniStack: a function replaced by one that wraps it."""

import functools
import importlib
import importlib.metadata
import inspect

VERSION = "1.5.33"


class SeamMissing(Exception):
    """MiniStack does not look as the extras expect."""


def check_version():
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        raise SeamMissing(f"made for MiniStack {VERSION}, and {found} is installed")


def module(name):
    """The module `ministack.NAME`."""
    return importlib.import_module(f"ministack.{name}")


def service(name):
    """The module `ministack.services.NAME`."""
    return module(f"services.{name}")


def needs(of, *names):
    """Refuses to go on if the module lacks one of the names."""
    missing = [name for name in names if not hasattr(of, name)]
    if missing:
        raise SeamMissing(f"{of.__name__} has no {', '.join(missing)}")


def wrap(of, name, *parameters):
    """A decorator: the decorated function takes the original and gives what replaces it.

    `parameters` are the names of the original's first parameters, which the replacement relies on.
    """
    needs(of, name)
    original = getattr(of, name)
    found = tuple(inspect.signature(original).parameters)
    if found[: len(parameters)] != parameters:
        raise SeamMissing(f"{of.__name__}.{name} takes {found}, not {parameters}")

    def attach(make):
        replacement = functools.wraps(original)(make(original))
        setattr(of, name, replacement)
        # Tables of the module that hold the function, by which it is called too.
        for table in list(vars(of).values()):
            if isinstance(table, dict):
                for key in [key for key, held in table.items() if held is original]:
                    table[key] = replacement
        return make

    return attach
