"""Pages that are made from the code: the support matrix."""

from pathlib import Path


def write_all(folder: Path) -> None:
    """Write every generated page into the folder."""
    from fastgrad.distributions.support import support_matrix

    folder.mkdir(exist_ok=True)
    (folder / "support.md").write_text(f"# Support matrix\n\n{support_matrix()}\n")
