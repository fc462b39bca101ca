//! The portal: pages for people on the public listener, in their language, made on the server, each task without script.
//!
//! A request becomes a [`visit::Visit`]; a page under `pages` asks the runtime, reads its views (`read`) and renders them with `parts` in the
//! reader's `words`. Refuses to decide anything, to know the store, and to show what the register's own door does not show to everybody.
//! What a page looks like stands in `assets/`, what it says in `locales/`.

mod address;
mod answer;
mod assets;
mod dress;
mod mishap;
mod pages;
mod parts;
mod pointer;
mod query;
mod read;
mod visit;
mod words;

pub use dress::dress;
pub use words::{Language, negotiate};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use chapar_runtime::Runtime;
use std::sync::Arc;

/// What every page stands on.
pub struct Portal {
    pub(crate) runtime: Runtime,
    pub(crate) languages: Vec<Language>,
}

impl Portal {
    /// A portal that speaks these languages; the first of them to whoever asks for none of them. With none it speaks the usual ones.
    pub fn new(runtime: Runtime, languages: &[Language]) -> Arc<Self> {
        let spoken = if languages.is_empty() {
            &Language::USUAL
        } else {
            languages
        };
        Arc::new(Self {
            runtime,
            languages: spoken.to_vec(),
        })
    }
}

/// The routes of the portal: `/`, and everything below the code of each of its languages.
pub fn router(portal: Arc<Portal>) -> Router {
    let mut router = Router::new()
        .route("/", get(pages::front::front))
        .route(address::VERIFY, get(pages::verify::front))
        .route(&format!("{}/{{name}}", assets::BASE), get(assets::serve));
    for language in &portal.languages {
        let code = language.code();
        router = router
            .route(&format!("/{code}"), get(pages::front::with_slash))
            .route(&format!("/{code}/"), get(pages::home::home))
            .route(&format!("/{code}/register"), get(pages::register::register))
            .route(&format!("/{code}/records/{{id}}"), get(pages::record::record))
            .route(&format!("/{code}/bodies/{{id}}"), get(pages::body::body))
            .route(&format!("/{code}/mesh"), get(pages::mesh::mesh))
            .route(
                &format!("/{code}{}", address::VERIFY),
                get(pages::verify::verify)
                    .post(pages::verify::upload)
                    .layer(DefaultBodyLimit::max(pages::verify::UPLOAD_BYTES)),
            )
            .route(&format!("/{code}/gallery"), get(pages::gallery::gallery));
    }
    router.with_state(portal)
}
