"""Renders the pages of one domestic and one overseas book to docs/images/pkg/, as docs/pkg-books.md shows them.

    python -m tools.book_pages          needs LibreOffice Calc, poppler-utils and fonts-noto-cjk

The dataset is the clean one of seed 7, so a page changes only when a form does.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

from runner import child
from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.spec import DatasetSpec

OUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "pkg"
SEED, COMPANIES = 7, 60
DOTS_PER_INCH, COLOURS = 110, 16
FOOTER_SHARE = 0.94  # below this part of a page stands only its footer


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        spec = DatasetSpec(companies=COMPANIES, level="hard")
        clean = spec.model_copy(update={"irregularities": dict.fromkeys(spec.mix(), 0)})
        dataset = build_dataset(clean, SEED, folder / "data")
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        for name, code in (("domestic", _first(dataset, "0")), ("overseas", _first(dataset, "2"))):
            _render(next(dataset.input_dir.glob(f"PKG_{code}_*.xlsx")), name, folder)
    size = sum(path.stat().st_size for path in OUT.iterdir())
    sys.stdout.write(f"{len(list(OUT.iterdir()))} pages, {size:,} bytes in {OUT}\n")
    return 0


def _first(dataset: Dataset, leading: str) -> str:
    """The company whose book is the largest: a manufacturer with every schedule."""
    files = [f for f in dataset.manifest.files if f.path.startswith(f"PKG_{leading}")]
    return str(max(files, key=lambda f: f.bytes).company_code)


def _render(book: Path, name: str, folder: Path) -> None:
    """One PNG a page, in few colours."""
    environment = child.clean_env(HOME=str(folder))
    profile = (folder / "profile").as_uri()
    argv = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    child.run([*argv, "--outdir", str(folder), str(book)], env=environment, timeout_s=180)
    pages = folder / name
    pages.mkdir()
    pdf = folder / f"{book.stem}.pdf"
    rendering = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", str(pdf), str(pages / "p")]
    child.run(rendering, env=environment, timeout_s=120)
    for number, page in enumerate(sorted(pages.iterdir()), start=1):
        image = Image.open(page).convert("RGB")
        body = image.crop((0, 0, image.width, int(image.height * FOOTER_SHARE)))
        box = Image.eval(body.convert("L"), lambda value: 255 - value).getbbox()
        if box:
            image = body.crop((0, 0, body.width, min(body.height, box[3] + 12)))
        image.quantize(COLOURS).save(OUT / f"{name}-{number:02d}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
