//! The IRIs that are said here and do not come out of a kind's vocabulary.

/// Short names for the namespaces of the standards, for the forms that have short names.
pub const PREFIXES: [(&str, &str); 14] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("chapar", "urn:chapar:terms:"),
    ("cpsv", "http://purl.org/vocab/cpsv#"),
    ("cv", "http://data.europa.eu/m8g/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("org", "http://www.w3.org/ns/org#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("schema", "http://schema.org/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

macro_rules! iris {
    ($start:literal: $($name:ident = $end:literal),+ $(,)?) => {
        $(pub(crate) const $name: &str = concat!($start, $end);)+
    };
}

iris!("http://www.w3.org/1999/02/22-rdf-syntax-ns#": TYPE = "type", JSON = "JSON");
iris!("http://www.w3.org/2001/XMLSchema#":
    STRING = "string", BOOLEAN = "boolean", INTEGER = "integer", DOUBLE = "double", DATE_TIME = "dateTime", HEX = "hexBinary");
iris!("http://www.w3.org/ns/dcat#":
    CATALOG = "Catalog", CATALOG_RECORD = "CatalogRecord", DATASET_CLASS = "Dataset", DATA_SERVICE = "DataService",
    DATASET = "dataset", SERVICE = "service", RECORD = "record", THEME_TAXONOMY = "themeTaxonomy");
iris!("http://purl.org/dc/terms/":
    TITLE = "title", DESCRIPTION = "description", PUBLISHER = "publisher", MODIFIED = "modified", LANGUAGE = "language",
    LINGUISTIC_SYSTEM = "LinguisticSystem");
iris!("http://xmlns.com/foaf/0.1/": AGENT = "Agent", NAME = "name", PRIMARY_TOPIC = "primaryTopic");
iris!("http://www.w3.org/ns/prov#": WAS_ATTRIBUTED_TO = "wasAttributedTo");
iris!("http://www.w3.org/2004/02/skos/core#": CONCEPT_SCHEME = "ConceptScheme");
iris!("http://purl.org/vocab/cpsv#": PUBLIC_SERVICE = "PublicService");
iris!("http://data.europa.eu/m8g/": PUBLIC_ORGANISATION = "PublicOrganisation");
iris!("http://publications.europa.eu/resource/authority/": DATA_THEMES = "data-theme");
iris!("urn:chapar:terms:": LOG = "log", INDEX = "index", LEAF_HASH = "leafHash", VERSION = "version");
