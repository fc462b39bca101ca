"""The register as others read it: the documents of DCAT-AP and CPSV-AP under the shapes of these standards, the three forms of RDF read by
rdflib to the same graph, the feed by feedparser, and the datasets by the parser of CKAN's DCAT harvester.

The node, and how many records of which profile it holds, come from the environment.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import quote, urljoin
from urllib.request import urlopen

import ckan_around  # Must be before what stands in a CKAN.
import feedparser
import pyshacl
from ckanext.dcat.processors import RDFParser
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, URIRef
from rdflib.compare import isomorphic

BASE = os.environ["REGISTER"]
SHAPES = Path(__file__).parent.parent / "shapes"
FORMS = {"turtle": "turtle", "jsonld": "json-ld", "rdfxml": "xml"}
CV = "http://data.europa.eu/m8g/"
CPSV = "http://purl.org/vocab/cpsv#"
# Small, so that there are several parts.
PART = 2
VIOLATION = URIRef("http://www.w3.org/ns/shacl#Violation")
# (profile, property, end of the message, why it stands): what the shapes find and we leave.
EXCUSES = [
    ("dcat", str(DCAT.theme), "class skos:Concept", "the list of themes describes its concepts; we name them"),
    ("dcat", str(DCAT.servesDataset), "class dcat:Dataset", "a service may name a dataset whose record is not held here"),
]

passed = 0
checked = 0


def check(name, holds, found=""):
    """Counts a check, and says which did not hold."""
    global passed, checked
    checked += 1
    passed += bool(holds)
    if not holds:
        print(f"FAILED {name} {found}")


def parts(address):
    """The parts of a document, one after the other."""
    while address:
        with urlopen(address) as answer:
            link = answer.headers.get("Link", "")
            yield answer.headers["Content-Type"], answer.read()
        address = urljoin(address, link[1 : link.index(">")]) if link else None


def document(profile, form):
    """A whole document, and of how many parts it was."""
    whole, count = Graph(), 0
    for _, data in parts(f"{BASE}/{profile}?format={form}&limit={PART}"):
        whole.parse(data=data, format=FORMS[form])
        count += 1
    return whole, count


def violations(graph, files):
    """What the shapes find: (node, path, message)."""
    shapes = Graph()
    for file in files:
        shapes.parse(SHAPES / file, format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True)
    sh = "http://www.w3.org/ns/shacl#"
    found = []
    for result in report.subjects(RDF.type, URIRef(f"{sh}ValidationResult")):
        if report.value(result, URIRef(f"{sh}resultSeverity")) != VIOLATION:
            continue
        told = (report.value(result, URIRef(f"{sh}{name}")) for name in ("focusNode", "resultPath", "resultMessage", "value"))
        found.append(tuple(map(str, told)))
    return sorted(found)


def excuses(profile, found):
    """The excuses that a finding has."""
    _, path, message, _ = found
    return [one for one in EXCUSES if one[0] == profile and one[1] == path and message.endswith(one[2])]


def judge(profile, files, count, classes, plant):
    """Everything of one profile."""
    graphs = {form: document(profile, form) for form in FORMS}
    whole, number = graphs["turtle"]
    check(f"{profile}: comes in parts", number > 1, number)
    listed = set().union(*(whole.subjects(RDF.type, URIRef(one)) for one in classes))
    listed = {node for node in listed if "/records/" in node}
    topics = set(whole.objects(None, FOAF.primaryTopic))
    check(f"{profile}: has all records", len(listed & topics) == count, (len(listed & topics), count))
    for form in FORMS:
        check(f"{profile}: {form} says the same as Turtle", isomorphic(graphs[form][0], whole))
    found = violations(whole, files)
    wrong = [one for one in found if not excuses(profile, one)]
    check(f"{profile}: satisfies its shapes", not wrong, wrong)
    needed = {excuse for one in found for excuse in excuses(profile, one)}
    check(f"{profile}: every excuse is needed", needed == {one for one in EXCUSES if one[0] == profile}, needed)
    plant(whole)
    check(f"{profile}: a planted fault is found", any(not excuses(profile, one) for one in violations(whole, files)))
    return sorted(listed & topics)


def records(listed):
    """Each record by itself, in each form."""
    for record in listed:
        address = f"{BASE}/records/{quote(record, safe='')}/rdf"
        graphs = []
        for form, reader in FORMS.items():
            with urlopen(f"{address}?format={form}") as answer:
                graphs.append(Graph().parse(data=answer.read(), format=reader))
        alike = all(isomorphic(graphs[0], other) for other in graphs[1:])
        check(f"{record} by itself", alike and (URIRef(record), RDF.type, None) in graphs[0])


def read(path):
    """JSON of the register's door."""
    with urlopen(f"{BASE}{path}") as answer:
        return json.load(answer)


def datasets_here():
    """Every dataset as the register itself has it, by id."""
    found, after = {}, ""
    while after is not None:
        page = read(f"/records?kind=dataset{after}")
        for item in page["items"]:
            found[item["id"]] = read(f"/records/{quote(item['id'], safe='')}")["body"]
        after = f"&after={page['next']}" if "next" in page else None
    return found


def mishaps(taken, body):
    """What the harvester made otherwise of a dataset than its record says."""
    wrong = []
    texts = lambda member: set(body.get(member, {}).values())
    for word, member in (("title", "title"), ("notes", "description")):
        if taken.get(word) not in texts(member):
            wrong.append((word, taken.get(word)))
    forms = sorted((one["accessURL"], one.get("byteSize")) for one in body.get("distribution", []))
    resources = sorted((one["access_url"], one.get("size")) for one in taken["resources"])
    if forms != resources:
        wrong.append(("resources", resources, forms))
    words = {word for words in body.get("keyword", {}).values() for word in words}
    if {tag["name"] for tag in taken["tags"]} != words:
        wrong.append(("tags", taken["tags"], words))
    return wrong


def harvested(form, plant=None):
    """What CKAN's harvester takes from the document: datasets by their URI."""
    parser = RDFParser()
    for _, data in parts(f"{BASE}/dcat?format={form}&limit={PART}"):
        parser.parse(data, FORMS[form])
    if plant:
        plant(parser.g)
    uri = lambda taken: next(extra["value"] for extra in taken["extras"] if extra["key"] == "uri")
    return {uri(taken): taken for taken in parser.datasets()}


def harvester():
    """CKAN's harvester reads every dataset, with its texts, its keywords and its distributions."""
    here = datasets_here()
    check("there are datasets to harvest", len(here) > 1, len(here))
    for form in FORMS:
        taken = harvested(form)
        check(f"ckan: {form}: every dataset is harvested", set(here) <= set(taken), sorted(set(here) - set(taken)))
        wrong = {id: mishaps(taken[id], body) for id, body in here.items() if id in taken}
        wrong = {id: found for id, found in wrong.items() if found}
        check(f"ckan: {form}: each says what its record says", not wrong, wrong)
    one = next(id for id, body in sorted(here.items()) if body.get("distribution"))
    for what in (DCTERMS.title, DCAT.distribution):
        spoilt = harvested("turtle", lambda graph: graph.remove((URIRef(one), what, None)))
        check(f"ckan: a planted fault is found in {what}", mishaps(spoilt[one], here[one]))


def feed(count):
    """A search as a feed, page after page."""
    address, entries = f"{BASE}/feed?lang=ru&limit={PART}", []
    while address:
        with urlopen(address) as answer:
            kind, read = answer.headers["Content-Type"], feedparser.parse(answer.read())
        check("the feed is well-formed Atom", not read.bozo and read.version == "atom10" and kind == "application/atom+xml", read.get("bozo_exception"))
        entries += read.entries
        address = next((link.href for link in read.feed.links if link.rel == "next"), None)
    check("the feed has every record once", len({entry.id for entry in entries}) == len(entries) == count, (len(entries), count))
    check("every entry has title, author and time", all(entry.title and entry.author and entry.updated_parsed for entry in entries))
    check("titles are in the language asked for", any(entry.title_detail.language == "ru" for entry in entries))
    for link in entries[0].links:
        with urlopen(link.href) as answer:
            check("a link of an entry leads somewhere", answer.headers["Content-Type"] == link.type, link)


def main():
    dcat, cpsv = int(os.environ["DCAT_RECORDS"]), int(os.environ["CPSV_RECORDS"])
    listed = judge(
        "dcat",
        ["dcat-ap-3.0.1/shapes.ttl", "dcat-ap-3.0.1/range.ttl"],
        dcat,
        [DCAT.Dataset, DCAT.DataService],
        lambda graph: graph.remove((next(graph.objects(None, DCAT.dataset)), DCTERMS.title, None)),
    )
    listed += judge(
        "cpsv",
        ["cpsv-ap-3.2.0/cpsv-ap-SHACL.ttl"],
        cpsv,
        [f"{CPSV}PublicService", f"{CV}PublicOrganisation"],
        lambda graph: graph.remove((None, URIRef(f"{CV}hasCompetentAuthority"), None)),
    )
    records(listed)
    harvester()
    feed(dcat + cpsv)
    print(f"rdf: {passed} of {checked}")
    sys.exit(passed != checked)


main()
