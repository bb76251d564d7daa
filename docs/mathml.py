"""Formulas as MathML, which browsers draw themselves: no script and no network."""

import html
import re

import latex2mathml.converter

# What the converter does not know by this name.
SPELLINGS = {
    r"\\ne(?![a-zA-Z])": r"\\neq",
    r"\\le(?![a-zA-Z])": r"\\leq",
    r"\\ge(?![a-zA-Z])": r"\\geq",
    r"\\tfrac": r"\\frac",
}


def mathml(latex, display):
    """The formula as an element of the page."""
    for pattern, spelling in SPELLINGS.items():
        latex = re.sub(pattern, spelling, latex)
    made = latex2mathml.converter.convert(latex, display="block" if display else "inline")
    left = re.findall(r"\\[a-zA-Z]+", made)
    if left:
        raise ValueError(f"formula {latex!r}: no MathML for {', '.join(left)}")
    return made


def inline(self, node):
    """A formula in a line."""
    self.body.append(f'<span class="math">{mathml(node.astext(), display=False)}</span>')
    raise _skip()


def block(self, node):
    """A formula on lines of its own; it scrolls where it is too wide."""
    text = node.astext()
    if "&" in text and r"\begin" not in text:
        text = rf"\begin{{aligned}}{text}\end{{aligned}}"
    number = (
        f'<span class="eqno">({html.escape(str(node["number"]))})</span>' if node["number"] else ""
    )
    self.body.append(f'<div class="math-block">{number}{mathml(text, display=True)}</div>')
    raise _skip()


def _skip():
    from docutils import nodes

    return nodes.SkipNode()


def setup(app):
    """Register the writer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
