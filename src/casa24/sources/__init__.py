"""One module a platform; :mod:`casa24.sources.base` is the contract they keep."""
