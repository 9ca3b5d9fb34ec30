"""Models, each a package with a family."""

import simulation  # noqa: F401  (before Mesa is loaded, see there)
