//! A negotiation message (DSP 2025-1): what is taken is rendered, and what is rendered is read and rendered to the same again.

#![no_main]

use chapar_dsp::negotiation::Message;
use chapar_dsp::parse_negotiation;
use libfuzzer_sys::fuzz_target;

const ALL: [Message; 7] = [
    Message::Request,
    Message::Offer,
    Message::Accepted,
    Message::Agreement,
    Message::Verification,
    Message::Finalized,
    Message::Termination,
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = parse_negotiation(bytes, &ALL) else {
        return;
    };
    let _ = message.check_opening();
    let rendered = message
        .content
        .render(message.consumer_pid.as_ref(), message.provider_pid.as_ref());
    let again = parse_negotiation(rendered.to_string().as_bytes(), &ALL).expect("what we render is taken");
    // Lists without rules are left out of what we render, so the comparison begins there.
    assert_eq!(
        again
            .content
            .render(again.consumer_pid.as_ref(), again.provider_pid.as_ref()),
        rendered
    );
    assert_eq!(again.content.kind(), message.content.kind());
    assert_eq!(
        (again.consumer_pid, again.provider_pid),
        (message.consumer_pid, message.provider_pid)
    );
});
