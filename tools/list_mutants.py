"""List mutants of modules: small changes to their code, of the kinds that cosmic-ray knows, a seeded sample of the places.

    python tools/list_mutants.py 60 nnlearn/losses.py ...      in an environment from requirements-mutants.txt; prints JSON

At each place that is drawn one change is drawn: else a `*`, for which there are eleven replacements, would count eleven times.
What is no Python any more is not counted, since every test would notice; nor is what changes a type hint alone, since
`make types` looks after those.
"""

import ast
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


def mutations(code):
    """Return {place: [(operator, occurrence), ...]}, where a place is the start and the end of what would be changed."""
    found = defaultdict(list)
    nodes = list(ast_nodes(get_ast(code)))
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():  # those that need to be told which variable to replace
            continue
        places = (place for node in nodes for place in operator().mutation_positions(node))
        for occurrence, place in enumerate(places):
            found[place].append((name, occurrence))
    return found


def sample(path, most):
    """Return at most `most` mutants of a file, in the order of its lines."""
    code = Path(path).read_text(encoding="utf-8")
    choose = random.Random(path)  # seeded by the name: the same code has the same mutants
    mutants = []
    places = sorted(mutations(code).items())
    choose.shuffle(places)
    for (start, _), ways in places:
        name, occurrence = choose.choice(ways)
        try:
            mutated = mutate_code(code, get_operator(name)(), occurrence)
        except AttributeError:  # cosmic-ray cannot replace an exception whose name has a dot in it
            continue
        if mutated is None or what_runs(mutated) in (None, what_runs(code)):
            continue
        before, after = changed_lines(code, mutated)
        mutants.append({"line": start[0], "operator": name, "before": before, "after": after, "code": mutated})
        if len(mutants) == most:
            break
    return sorted(mutants, key=lambda mutant: (mutant["line"], mutant["after"]))


def what_runs(code):
    """Return code without its type hints, in a form to compare; None if it is no Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for field in {"annotation", "returns"} & set(node._fields):
            setattr(node, field, None)
    return ast.dump(tree)


def changed_lines(code, mutated):
    """Return the first line that differs, before and after; blank lines are not counted, as a decorator takes them with it."""
    old, new = ([line for line in text.splitlines() if line.strip()] for text in (code, mutated))
    at = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return tuple(lines[at].strip() if at < len(lines) else "" for lines in (old, new))


if __name__ == "__main__":
    print(json.dumps({path: sample(path, int(sys.argv[1])) for path in sys.argv[2:]}))
