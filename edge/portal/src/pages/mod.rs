//! The pages, one file each: its handler, which reads the address and asks the runtime, and its pure `render`.

pub mod body;
pub mod front;
pub mod gallery;
pub mod home;
pub mod mesh;
pub mod mishap;
pub mod record;
pub mod register;
pub mod verify;
