"""Run ``data import``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.migration import describe_import
from casa24.record.importer import carry_out, plan_import

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.analysis.migration import Imported
    from casa24.record.workspace import Workspace


def imported(workspace: Workspace, place: Path, *, replace: bool, dry_run: bool) -> Imported:
    """Plan, then write unless it is a dry run; the answer says what happened to each day."""
    folder = workspace.folder
    plan = plan_import(folder, place, replace=replace)
    aside = () if dry_run else carry_out(folder, plan, replace=replace).set_aside
    return describe_import(
        plan, workspace.registry.sources, replace=replace, dry_run=dry_run, set_aside=[str(path) for path in aside]
    )
