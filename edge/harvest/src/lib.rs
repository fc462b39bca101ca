//! Catalogues of others read as drafts of records: DCAT in any of three forms of RDF, and the action API of CKAN.
//!
//! Reads, and publishes nothing. What it cannot read of a dataset is left out and counted, never guessed; persons are left out on purpose.
//! Refuses to know the register's rules (the node judges each draft) and to take what a catalogue does not list for deleted.

mod bounds;
mod ckan;
mod dataset;
mod dcat;
mod fetch;
mod graph;
mod rules;
mod text;

pub use bounds::{DATASETS, PAGE_BYTES};
pub use ckan::{CkanPage, ckan_page, ckan_query};
pub use dataset::{Found, LeftOut, local_name};
pub use dcat::{DcatPage, dcat_page};
pub use fetch::{Form, Page, Pages, Place, Unharvested, read};
pub use rules::Rules;
