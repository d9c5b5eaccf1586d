"""Make ``xaiwidgets/datasets/data/reviews.txt.gz`` of the data that came with VADER.

    pip download vaderSentiment==0.5 --no-binary :all: --no-deps
    pip install textblob==0.20.1
    python scripts/reviews.py vaderSentiment-0.5.zip

Of films, products and tweets it keeps sentences of at most 20 words whose mean rating is at least
0.75 from 0. TextBlob's lexicon says which words are adjectives; it needs no context, so that a list
of them is all there is to know.
"""

from __future__ import annotations

import gzip
import io
import re
import sys
import tarfile
import zipfile

from textblob.en import tag

from xaiwidgets.datasets._reviews import REVIEWS
from xaiwidgets.words import words_of

ARCHIVE = "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz"
SOURCES = {"films": "movieReviewSnippets", "tweets": "tweets", "products": "amazonReviewSnippets"}
LONGEST, LEAST = 20, 0.75
COUNTED = re.compile(r"[a-z']+|[.,!?]")
"""What counts as a word here: quotes that stand alone do, too."""


def rated(file: io.BufferedReader) -> list[tuple[float, str]]:
    """Return rating and text of each line: number, rating, text."""
    lines = [line.split("\t") for line in file.read().decode("utf-8").splitlines()]
    pairs = [(float(rating), " ".join(text.split())) for _, rating, text in lines]
    return [
        (rating, text)
        for rating, text in pairs
        if abs(rating) >= LEAST and len(COUNTED.findall(text.lower())) <= LONGEST
    ]


def main() -> None:
    """Write the file, and the licence beside it."""
    package = zipfile.ZipFile(sys.argv[1])
    with tarfile.open(fileobj=io.BytesIO(package.read(ARCHIVE))) as archive:
        parts = {
            source: rated(archive.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt"))
            for source, name in SOURCES.items()
        }
    pairs = [pair for part in parts.values() for pair in part]
    tags = tag(" ".join(word for _, text in pairs for word in words_of(text)), tokenize=False)
    lines = [
        " ".join(str(round(10 * rating)) for rating, _ in pairs),
        " ".join(f"{source} {len(part)}" for source, part in parts.items()),
        " ".join(sorted({word for word, kind in tags if kind == "JJ"})),
        *(text for _, text in pairs),
    ]
    # No date in it, so that the same data gives the same file.
    REVIEWS.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    citation = (
        "Ratings and sentences: Hutto, C.J. & Gilbert, E.E. (2014). VADER: A Parsimonious "
        "Rule-based Model for\nSentiment Analysis of Social Media Text. Eighth International "
        "Conference on Weblogs and Social Media\n(ICWSM-14). Ann Arbor, MI, June 2014. From "
        "vaderSentiment 0.5, under this licence:\n\n"
    )
    licence = package.read("vaderSentiment-0.5/LICENSE.txt").decode()
    path = REVIEWS.with_name("reviews.LICENSE.txt")
    path.write_text(citation + licence.replace("\r\n", "\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
