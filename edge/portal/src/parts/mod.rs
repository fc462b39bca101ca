//! What pages are made of: one component a file, pure functions from words and data to markup. The gallery page shows each in each state.

pub mod badge;
pub mod body_tree;
pub mod breadcrumb;
pub mod chart;
pub mod copyable;
pub mod empty;
pub mod facets;
pub mod facts;
pub mod foreign;
pub mod id;
pub mod layout;
pub mod notice;
pub mod pager;
pub mod qr;
pub mod result;
pub mod ring;
pub mod search_box;
pub mod stale;
pub mod statements;
pub mod table;
pub mod timeline;
pub mod tongues;
pub mod when;
