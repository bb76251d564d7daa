"""Sphinx configuration. `make docs` builds the site; every warning is an error."""

import sys
from pathlib import Path

import fastgrad

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "fastgrad"
release = fastgrad.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.autosummary",
    "mathml",
]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "randomness", "examples/*.py", "generated/commands.md"]
html_theme = "furo"
html_title = "fastgrad"
html_math_renderer = "mathml"  # drawn by browsers themselves, without a network
html_static_path = ["_static"]
html_css_files = ["fastgrad.css"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True  # attributes of results have the same names


def setup(app):
    """Write the generated pages before Sphinx reads the sources."""
    import generate

    app.connect("builder-inited", lambda app: generate.write_all(HERE / "generated"))
