"""``python -m casa24``."""

from casa24.cli import main

if __name__ == "__main__":
    main()
