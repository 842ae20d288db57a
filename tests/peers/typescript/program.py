"""Compiles the peer, together with the types that `symphony_codecs.schema.export` writes for it."""

from __future__ import annotations

import shutil
import subprocess

from pathlib import Path
from typing import Any, Final

from symphony_codecs.schema.export import typescript
from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse


__all__ = ["NODE", "TSC", "Message", "compile_peer"]

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[2]
_PACKAGES: Final = _ROOT / "build" / "typescript" / "node_modules"

TSC: Final = _PACKAGES / ".bin" / "tsc"
"""The compiler; `make test-peers` installs it with the packages of the peer."""

NODE: Final = shutil.which("node") or "node"
"""The program that runs the peer."""

Message: Any = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
"""The type of the messages of `tools.ts`."""


def compile_peer(folder: Path) -> Path:
    """Compile the peer in *folder*, and return the program."""
    for source in (*_HERE.glob("*.ts"), *_HERE.glob("*.json")):
        shutil.copy(source, folder)
    (folder / "messages.ts").write_text(typescript(Message), encoding="utf-8")
    (folder / "node_modules").symlink_to(_PACKAGES)
    compiled = subprocess.run([TSC, "--pretty", "false"], cwd=folder, capture_output=True, text=True, timeout=100)
    assert compiled.returncode == 0, compiled.stdout
    return folder / "main.js"
