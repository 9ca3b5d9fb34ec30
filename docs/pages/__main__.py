"""`python docs/pages`: write the pages anew; with `--pictures` those of the engine's page too."""

import sys
from pathlib import Path

sys.path[:0] = [
    str(folder) for folder in Path(__file__).resolve().parents[1:3]
]  # docs for `pages`, the checkout for the rest

from pages.writing import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
