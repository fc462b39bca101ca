//! The contract: what every engine behind the store has to do.

pub mod agreements;
pub mod assets;
pub mod callbacks;
pub mod catalogue;
pub mod groups;
pub mod logs;
pub mod objects;
pub mod own;
pub mod place;
pub mod rows;
pub mod steps;
pub mod views;
