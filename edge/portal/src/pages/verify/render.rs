//! The room of checks, as a pure function.

use super::{Data, Outcome, Shown, UPLOAD_BYTES};
use crate::address;
use crate::parts::badge::Tone;
use crate::parts::layout::{Page, Room};
use crate::parts::{breadcrumb, copyable, notice, result, statements};
use crate::pointer::POINTER_BYTES;
use crate::words::Words;
use chapar_register::Standing;
use maud::{Markup, html};

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let title = words.say("check-title");
    let body = html! {
        div.narrow {
            (breadcrumb::breadcrumb(words, &[]))
            h1 { (title) }
            @match &data.outcome {
                Outcome::None => p.lede { (words.say("check-lede")) },
                Outcome::Nothing => div #result { (notice::notice(Tone::Careful, &words.say("checked-nothing"), html! {
                    p { (words.fill("checked-nothing-about", &[("size", &words.number(kilobytes()))])) }
                })) },
                Outcome::Judged(shown) => div #result { (judged(words, data, shown)) },
            }
            (form(words, &data.text))
            (files(words))
        }
    };
    Page::new(title, body).within(Room::Verify)
}

fn kilobytes() -> u64 {
    u64::try_from(UPLOAD_BYTES / 1024).unwrap_or_default()
}

fn form(words: &Words, text: &str) -> Markup {
    html! {
        form.block action=(address::verify(words.language())) method="get" {
            label.field for="text" { (words.say("check-text")) }
            textarea #text.area name="text" rows="4" maxlength=(POINTER_BYTES) required spellcheck="false" autocomplete="off" dir="ltr" { (text) }
            p { button.button type="submit" { (words.say("check-do")) } }
        }
    }
}

fn files(words: &Words) -> Markup {
    html! {
        section.block aria-labelledby="files" {
            h2 #files { (words.say("check-file-title")) }
            form action=(format!("{}#result", address::verify(words.language()))) method="post" enctype="multipart/form-data" {
                label.field for="proof" { (words.say("check-file")) }
                input #proof.file type="file" name="proof" required aria-describedby="proof-about";
                p #proof-about .quiet-text { (words.say("check-file-about")) }
                label.field for="body" { (words.say("check-body")) }
                input #body.file type="file" name="body" accept=".json,application/json" aria-describedby="kept";
                p #kept .quiet-text { (words.say("check-kept")) }
                p { button.button type="submit" { (words.say("check-file-title")) } }
            }
        }
    }
}

/// What it comes to, in one word.
fn verdict(data: &Data, shown: &Shown) -> (Tone, &'static str) {
    let is_broken = |one: &chapar_register::Statement| one.standing == Standing::Broken;
    if shown.report.statements().iter().any(is_broken) {
        return (Tone::Bad, "broken");
    }
    if !shown.report.is_ok() {
        return (Tone::Careful, "open");
    }
    match is_past(data, shown) {
        true => (Tone::Careful, "past"),
        false => (Tone::Good, "good"),
    }
}

/// Whether the record stands no longer as it did: who reads an old paper must see that first.
fn is_past(data: &Data, shown: &Shown) -> bool {
    shown.record.as_ref().is_some_and(|record| {
        let found = &record.found;
        let is_newest = shown.newest.is_none_or(|newest| newest == found.version);
        found.withdrawn.is_some()
            || record.replaced_by.is_some()
            || found.is_expired(data.now)
            || found.is_early(data.now)
            || found.is_of_liar()
            || !is_newest
    })
}

fn judged(words: &Words, data: &Data, shown: &Shown) -> Markup {
    let (tone, name) = verdict(data, shown);
    html! {
        (notice::notice(tone, &words.say(&format!("checked-{name}")), html! {
            p { (words.say(&format!("checked-{name}-about"))) }
        }))
        @if let Some(record) = &shown.record {
            section.block aria-labelledby="checked-record" {
                h2 #checked-record { (words.say("checked-record")) }
                (result::card(words, &data.names, &record.found, data.now))
                @if let Some(newest) = shown.newest.filter(|newest| *newest > record.found.version) {
                    p { (words.fill("version-n", &[("number", &words.number(record.found.version))])) " · "
                        a href=(address::record(words.language(), &record.found.id, None)) {
                            (words.say("checked-newest")) " " (words.number(newest))
                        }
                    }
                }
            }
        }
        (statements::statements(words, &shown.report))
        @if let (Some(record), Some(vkey)) = (&shown.record, &shown.vkey) {
            p { (words.say("checked-word")) }
            p.exports { a href=(address::record_proof(&record.found.id, record.found.version)) download="record.record-proof" { (words.say("proof-file")) } }
            (copyable::code(words, &format!("chapar verify record.record-proof --vkey '{vkey}'")))
        }
    }
}
