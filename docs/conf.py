"""How Sphinx builds the documentation; `scripts/docs.py` calls it on a folder made of this one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.roles import XRefRole

import xaiwidgets

project = "xaiwidgets"
author = "the authors of xaiwidgets"
release = version = xaiwidgets.__version__
html_title = project
copyright = author  # of Sphinx's settings, not the function

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["README.md"]
default_role = "name"

myst_enable_extensions = ["colon_fence", "attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # they stand, with their shapes, in the docstrings
autodoc_inherit_docstrings = False
napoleon_google_docstring = False
napoleon_custom_sections = [("Attributes", "params_style")]  # as fields, not as names to be linked
napoleon_use_param = False  # whose types would be links to whatever has their name
napoleon_use_rtype = False
toc_object_entries = False  # names are headings; all members in all sidebars would take minutes

html_theme = "furo"
html_static_path = ["static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # it is fetched, which a page opened as a file may not do
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

NAMES: dict[str, str] = json.loads((Path(__file__).parent / "names.json").read_text())


class Name(XRefRole):
    """`Window` in a docstring is a link where that is a public name, else code."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the name up; only what begins with a capital says of itself that it is one."""
        if self.target not in NAMES or not self.target[:1].isupper():
            return [nodes.literal(self.rawtext, self.text)], []
        self.name, self.target = "py:obj", NAMES[self.target]
        return super().run()


def setup(app: Any) -> None:
    """Let docstrings name what is public."""
    app.add_role("name", Name())
