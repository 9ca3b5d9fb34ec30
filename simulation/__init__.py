"""The engine: it knows no country."""

import warnings

# Mesa loads a bar of progress that nobody here shows; in a notebook without ipywidgets it would begin with a red warning.
warnings.filterwarnings("ignore", message="IProgress not found")
