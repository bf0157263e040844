"""Write docs/commands.md from the app itself: ``python -m tests.command_reference``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.main import get_command

from casa24.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
_HEAD = """# Command reference

Every command with its arguments and options, written by `python -m tests.command_reference` from the program itself.
What the answers mean: [questions](questions.md), [set-up](set-up.md), [the data and its care](data-format.md).
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command of the app by what is typed, groups opened."""
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for inner, found in getattr(command, "commands", {"": command}).items():
            yield f"{name} {inner}".strip(), found


def options_of(command: Any) -> list[str]:
    """The long options of a command."""
    written = (text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts))
    return [text for text in written if text.startswith("--")]


def reference() -> str:
    """The page."""
    return "\n".join([_HEAD, *(_chapter(name, command) for name, command in commands())])


def _chapter(name: str, command: Any) -> str:
    arguments = [parameter for parameter in command.params if _is_argument(parameter)]
    usage = " ".join([f"casa24 {name}", *(_argument(argument) for argument in arguments), "[OPTIONS]"])
    rows = [f"| {_written(parameter)} | {_cell(parameter)} |" for parameter in command.params]
    text = _plain(command.help or "")
    return f"## `casa24 {name}`\n\n{text}\n\n```text\n{usage}\n```\n\n| | |\n|---|---|\n" + "\n".join(rows) + "\n"


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name or "").upper()
    name = f"{name}..." if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _written(parameter: Any) -> str:
    if _is_argument(parameter):
        return f"`{(parameter.metavar or parameter.name or '').upper()}`"
    names = [*parameter.opts, *parameter.secondary_opts]
    return ", ".join(f"`{name}`" for name in names)


def _cell(parameter: Any) -> str:
    """What it says of itself, and its default where it has one worth telling."""
    text = _plain(getattr(parameter, "help", None) or "")
    default = parameter.default
    told = isinstance(default, str | int | float) and not isinstance(default, bool)
    return f"{text} Default: `{default}`." if told else text


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
