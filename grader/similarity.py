"""How alike the answers of a class are: the runs of tokens that two submissions have in common.

Code is cut into overlapping runs of tokens, as in Schleimer, Wilkerson and Aiken, *Winnowing: local
algorithms for document fingerprinting* (SIGMOD 2003), all of which are kept. Names, strings and
numbers are taken by their kind, comments and white space not at all. Runs that many have count
little (inverse document frequency), so that the one natural way to write a line says nothing.
"""

from __future__ import annotations

import numpy as np
from pygments.lexers import PythonLexer
from pygments.token import Comment, Literal, Name, Text

from grader.assignment import fill
from grader.folder import Course

#: tokens in a run: about one line of code
RUN = 12
#: characters of a submission that are compared; honest answers have less
MOST = 50_000


def likeness(course: Course, assignment: str) -> tuple[list[str], np.ndarray]:
    """How alike the answers in code are of each two students who handed some in.

    Returns the students' ids and a symmetric array (students, students), float64: the cosine
    between the vectors of runs of two submissions, 0 with nothing in common, 1 the same. What
    was in anybody's released notebook is left out: a program that is repaired is the same for all.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    work = course.assignment(assignment)
    written: dict[str, set[tuple[str, ...]]] = {}
    released_runs: set[tuple[str, ...]] = set()
    for student in course.roster:
        record = course.submission(assignment, student)
        if record is None:
            continue
        v = work.variant_of(student, course.key)
        written[student] = set()
        for question in work.questions:
            written[student] |= runs(record["answers"].get(question.id, ""))
            released_runs |= runs(fill(question.stub, v))
    fingerprints = {s: sorted(found - released_runs) for s, found in written.items()}
    fingerprints = {s: found for s, found in fingerprints.items() if found}
    if not fingerprints:
        return [], np.zeros((0, 0))
    vectors = TfidfVectorizer(analyzer=lambda found: found).fit_transform(fingerprints.values())
    return list(fingerprints), (vectors @ vectors.T).toarray()


def runs(code: str) -> set[tuple[str, ...]]:
    """The runs of ``RUN`` tokens in code; a shorter text is one run, an empty one none."""
    tokens = []
    for kind, text in PythonLexer().get_tokens(code[:MOST]):
        if kind in Comment or kind in Text or kind in Literal.String.Doc:
            continue
        if kind in Literal:
            if tokens[-1:] == ["-"] and tokens[-2:-1] not in (["name"], ["literal"], [")"], ["]"]):
                tokens.pop()  # the sign of a student's own number
            tokens.append("literal")
        elif kind in Name:
            tokens.append("name")
        else:
            tokens.append(text)
    if not tokens:
        return set()
    return {tuple(tokens[i : i + RUN]) for i in range(max(1, len(tokens) - RUN + 1))}
