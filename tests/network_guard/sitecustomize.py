"""Install the network guard when Python starts, then run the `sitecustomize` that this one hides, if there is one."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_FOLDER = Path(__file__).parent


def _load(spec: ModuleSpec | None) -> ModuleType | None:
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if guard := _load(importlib.util.spec_from_file_location("network_guard", _FOLDER / "guard.py")):
    guard.install()
_load(PathFinder.find_spec("sitecustomize", [folder for folder in sys.path if Path(folder) != _FOLDER]))
