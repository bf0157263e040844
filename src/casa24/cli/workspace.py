"""Open the workspace of a command in the language asked for, with its warnings on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.cli.output import chosen_language, say
from casa24.record import workspace

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.record.workspace import Workspace


def open_workspace(path: Path | None, data_dir: Path | None, *, need_config: bool = False) -> Workspace:
    """The workspace a command was called for. Raises ConfigError where a roster is needed and there is none."""
    return workspace.open_workspace(path, data_dir, need_config=need_config, language=chosen_language(), warn=say)
