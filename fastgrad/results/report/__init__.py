"""A report as one HTML page that needs nothing from elsewhere."""

from .page import report_page

__all__ = ["report_page"]
