"""Declare ``demo``."""

from casa24.cli import options
from casa24.views.formats import Format


def demo(form: options.AsFormat = Format.TABLE, debug: options.Debug = False) -> None:
    """Collect invented days into ./casa24-demo, and show the last. There are 17; no keys, no network."""
    from casa24.cli.demo_run import commands, rehearse
    from casa24.cli.output import emit, say
    from casa24.queries.days import day_query
    from casa24.views.day import label_page

    workspace = rehearse()
    day = day_query(workspace, workspace.history, "latest", artist=None, nearest=False)
    emit(label_page(day, workspace.label), day, form)
    say(f"\nEvery number above is invented. Now ask for yourself:\n{commands(workspace)}")
