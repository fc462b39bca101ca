//! The documents that list records: for DCAT-AP a catalogue with its datasets and data services, for CPSV-AP public services and public
//! organisations, which need no catalogue around them.
//!
//! Which kinds belong to a document follows from their classes. A document may be cut into parts: each is whole by itself, and all speak of
//! the same catalogue, so that whoever puts them together has all of it.

use crate::record::{Told, Untellable, tell};
use crate::terms;
use crate::triple::{Graph, Node};
use chapar_register::{Kind, Kinds};
use chapar_terms::Lang;

/// Where the words for languages stand that DCAT-AP names them by.
const LANGUAGES: &str = "http://id.loc.gov/vocabulary/iso639-1/";
/// What the catalogue is called, by language.
const TITLES: [(&str, &str); 3] = [
    ("en", "Data of the register"),
    ("ru", "Данные реестра"),
    ("zh", "登记册中的数据"),
];
/// What it is, by language.
const DESCRIPTIONS: [(&str, &str); 3] = [
    (
        "en",
        "Datasets and data services of all participants whose logs this node holds",
    ),
    (
        "ru",
        "Наборы данных и службы данных всех участников, чьи журналы держит этот узел",
    ),
    ("zh", "本节点所保存日志的全部参与者的数据集与数据服务"),
];

/// Which standard a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// DCAT-AP 3: datasets and data services.
    Dcat,
    /// CPSV-AP 3: public services and public organisations.
    Cpsv,
}

impl Profile {
    /// Whether records of this kind belong to the document.
    pub fn holds(self, kind: &Kind) -> bool {
        let classes = match self {
            Self::Dcat => [terms::DATASET_CLASS, terms::DATA_SERVICE],
            Self::Cpsv => [terms::PUBLIC_SERVICE, terms::PUBLIC_ORGANISATION],
        };
        classes.contains(&kind.class())
    }

    /// The names of the kinds that belong to it.
    pub fn kinds(self, kinds: &Kinds) -> Vec<String> {
        let kinds = kinds.iter().filter(|kind| self.holds(kind));
        kinds.map(|kind| kind.name().to_string()).collect()
    }
}

/// A document, or a part of one, as it grows.
#[derive(Debug)]
pub struct Catalog {
    /// The node of the catalogue; none where the standard has none.
    catalog: Option<Node>,
    graph: Graph,
}

impl Catalog {
    /// The document of `profile` that `address` leads to, published by the node at `publisher`. What is no IRI leaves the catalogue out.
    pub fn new(profile: Profile, address: &str, publisher: &str) -> Self {
        let mut graph = Graph::default();
        let catalog = Node::iri(address).filter(|_| profile == Profile::Dcat);
        if let Some(catalog) = &catalog {
            head(&mut graph, catalog, publisher);
        }
        Self { catalog, graph }
    }

    /// Takes a record in.
    ///
    /// # Errors
    /// As for [`tell`]; the document is as before.
    pub fn list(&mut self, told: &Told<'_>) -> Result<(), Untellable> {
        let (topic, version) = tell(told, &mut self.graph)?;
        let Some(catalog) = &self.catalog else { return Ok(()) };
        let part = if told.kind.class() == terms::DATASET_CLASS {
            terms::DATASET
        } else {
            terms::SERVICE
        };
        self.graph.link(catalog, part, topic);
        self.graph.link(catalog, terms::RECORD, version);
        for language in &told.record.header().languages {
            speak(&mut self.graph, catalog, language);
        }
        Ok(())
    }

    /// What was said.
    pub fn graph(self) -> Graph {
        self.graph
    }
}

/// What DCAT-AP demands of every catalogue.
fn head(graph: &mut Graph, catalog: &Node, publisher: &str) {
    let node = |iri: &str| Node::Iri(iri.to_owned());
    graph.link(catalog, terms::TYPE, node(terms::CATALOG));
    for (property, texts) in [(terms::TITLE, TITLES), (terms::DESCRIPTION, DESCRIPTIONS)] {
        for (language, text) in texts {
            if let Ok(language) = Lang::parse(language) {
                graph.text(catalog, property, text, language);
            }
        }
    }
    if let Some(agent) = Node::iri(publisher) {
        graph.link(catalog, terms::PUBLISHER, agent.clone());
        graph.link(&agent, terms::TYPE, node(terms::AGENT));
        graph.value(&agent, terms::NAME, publisher, terms::STRING);
    }
    let themes = node(terms::DATA_THEMES);
    graph.link(catalog, terms::THEME_TAXONOMY, themes.clone());
    graph.link(&themes, terms::TYPE, node(terms::CONCEPT_SCHEME));
    if let Ok(english) = Lang::parse("en") {
        graph.text(&themes, terms::TITLE, "Data theme", english);
    }
}

/// Says that the catalogue speaks a language; the list has those of two letters.
fn speak(graph: &mut Graph, catalog: &Node, language: &Lang) {
    let tag = language.as_str().split('-').next().unwrap_or_default();
    if let Some(language) = Node::iri(&format!("{LANGUAGES}{tag}")).filter(|_| tag.len() == 2) {
        let class = Node::Iri(terms::LINGUISTIC_SYSTEM.to_owned());
        graph.link(&language, terms::TYPE, class);
        graph.link(catalog, terms::LANGUAGE, language);
    }
}
