"""Read the platforms, one module each; :mod:`casa24.sources.base` defines their common interface."""
