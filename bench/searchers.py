"""Other people's ways to find a title, each over the same folded titles, each on one core."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import bm25s
import numpy as np
import tantivy
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

LIMIT = 12

#: a folded question in, places of titles out, best first
Search = Callable[[str], list[int]]
Build = Callable[[Sequence[str]], Search]


def scan(scorer: Callable[..., float]) -> Build:
    """Compare the question with every title by a scorer of RapidFuzz."""

    def build(titles: Sequence[str]) -> Search:
        def search(text: str) -> list[int]:
            return [at for _, _, at in process.extract(text, titles, scorer=scorer, limit=LIMIT)]

        return search

    return build


def okapi(titles: Sequence[str]) -> Search:
    """Rank by BM25 of bm25s."""
    index = bm25s.BM25()
    index.index([title.split() for title in titles], show_progress=False)

    def search(text: str) -> list[int]:
        found, scores = index.retrieve([text.split()], k=LIMIT, show_progress=False)
        return [int(at) for at, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


def cosine(titles: Sequence[str]) -> Search:
    """Rank by the cosine of TF-IDF vectors of words and pairs of words, of scikit-learn."""
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, tokenizer=str.split, token_pattern=None
    )
    matrix = vectorizer.fit_transform(titles).T.tocsr()

    def search(text: str) -> list[int]:
        scores = (vectorizer.transform([text]) @ matrix).toarray()[0]
        best = np.argpartition(-scores, LIMIT)[:LIMIT]
        return [int(at) for at in best[np.argsort(-scores[best], kind="stable")] if scores[at] > 0]

    return search


def fts5(titles: Sequence[str]) -> Search:
    """Rank by the full-text search of SQLite, any word of the question."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE title USING fts5(text)")
    database.executemany("INSERT INTO title (rowid, text) VALUES (?, ?)", enumerate(titles))
    asked = "SELECT rowid FROM title WHERE title MATCH ? ORDER BY rank LIMIT ?"

    def search(text: str) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(text.split()))
        return [row[0] for row in database.execute(asked, (words, LIMIT))] if words else []

    return search


def lucene_like(titles: Sequence[str]) -> Search:
    """Rank by tantivy, a search engine after Lucene, any word of the question."""
    schema: Any = tantivy.SchemaBuilder()
    schema.add_unsigned_field("place", stored=True)
    schema.add_text_field("text")
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for place, title in enumerate(titles):
        writer.add_document(tantivy.Document(place=place, text=title))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[int]:
        hits = searcher.search(index.parse_query(text, ["text"]), LIMIT).hits
        return [int(searcher.doc(address)["place"][0]) for _, address in hits]

    return search


#: name, how it is built, how many questions of each set it is asked (None: all)
RIVALS: Sequence[tuple[str, Build, int | None]] = (
    ("RapidFuzz WRatio", scan(fuzz.WRatio), 100),
    ("RapidFuzz token_set_ratio", scan(fuzz.token_set_ratio), None),
    ("bm25s", okapi, None),
    ("scikit-learn TF-IDF", cosine, None),
    ("SQLite FTS5", fts5, None),
    ("tantivy", lucene_like, None),
)
