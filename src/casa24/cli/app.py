"""Build the app, and turn errors into text and an exit code, here and nowhere else."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from casa24.cli.lazy_group import COMMANDS, Menu
from casa24.cli.output import fail
from casa24.errors import INTERRUPTED, Casa24Error

log = logging.getLogger("casa24.cli")


class ErrorHandlingGroup(TyperGroup):
    """Runs a command and turns what it raises into a sentence and an exit code."""

    def __init__(self, **settings: Any) -> None:
        """What typer hands over; the commands are known by name only until one is looked up."""
        super().__init__(**settings)
        self.commands = Menu(COMMANDS)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Casa24Error as error:
            log.debug("", exc_info=error)
            fail(error.message, error.advice)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            fail("Interrupted.", "Nothing recorded was harmed; run the command again.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of a pipe went away (`casa24 show | head`): that is its right.
            sys.stderr.close()
            raise typer.Exit(1) from None
        except OSError as error:
            log.debug("", exc_info=error)
            _give_up_stdout()
            fail(
                f"The system refused: {error.strerror or error} ({error.filename or 'no file'}).",
                "Check rights and space.",
            )
            raise typer.Exit(1) from None
        except Exception as error:
            if type(error).__module__.split(".")[0] in {"typer", "click"}:
                raise _plain(error) from None
            log.debug("", exc_info=error)
            fail(
                f"Something casa24 did not expect: {type(error).__name__}.",
                "Run the command again with --debug and report what it prints.",
            )
            raise typer.Exit(1) from None


def _plain(error: Exception) -> Exception:
    """A wrong option as typer says it, without the words of the library that noticed."""
    if isinstance(error, typer.BadParameter):
        error.message = error.message.removeprefix("Value error, ")
    return error


def _give_up_stdout() -> None:
    """What could not be printed (a full disk behind stdout) must not be tried again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            sys.stdout.close()


app = typer.Typer(
    cls=ErrorHandlingGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Markup in help costs 100 ms at every start, and would eat names like [bold].
    rich_markup_mode=None,
    help="An independent label's own, honest, daily record of its artists.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from casa24._version import __version__

        typer.echo(f"casa24 {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
