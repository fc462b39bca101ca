//! What the two kinds of case have in common, so that what is done alike to both is written once: answering and refusing
//! (`answer`), delivering (`delivery`). Refuses to hold what only one kind knows: that is in its folder.

use crate::head::Head;
use crate::protocol::Protocol;
use crate::track::{Body, Track};
use chapar_dsp::{NegotiationMessage, TransferMessage};
use chapar_evidence::{Act, EntryKind};
use chapar_terms::Pid;

/// A state of the machine of `C`.
pub(crate) type StateOf<C> = <<C as Case>::Protocol as Protocol>::State;
/// A kind of message of the machine of `C`.
pub(crate) type MessageOf<C> = <<C as Case>::Protocol as Protocol>::Message;

/// A kind of case.
pub(crate) trait Case: Clone {
    /// Its machine.
    type Protocol: Protocol;
    /// Its messages as they come in.
    type Message: Said;

    /// What an entry about `act` in a case of this kind is called.
    fn entry(act: Act) -> EntryKind;
    /// Who and with whom.
    fn head(&self) -> &Head;
    /// As [`Case::head`], to be changed.
    fn head_mut(&mut self) -> &mut Head;
    /// Where it stands.
    fn track(&self) -> &Track<Self::Protocol>;
    /// As [`Case::track`], to be changed.
    fn track_mut(&mut self) -> &mut Track<Self::Protocol>;
    /// Our move `message` became state.
    fn moved(&mut self, message: MessageOf<Self>);
    /// Our move `message` was refused for good.
    fn dropped(&mut self, message: MessageOf<Self>);
}

/// What every message says, whatever its kind.
pub(crate) trait Said {
    /// Its `@type`.
    fn name(&self) -> &'static str;
    /// Its body, for telling it from others.
    fn body(&self) -> Body;
    /// The consumer's and the provider's pid, in this order.
    fn pids(&self) -> (Option<&Pid>, Option<&Pid>);
}

impl Said for NegotiationMessage {
    fn name(&self) -> &'static str {
        self.content.kind().as_str()
    }
    fn body(&self) -> Body {
        Body {
            digest: self.digest,
            words: self.words,
        }
    }
    fn pids(&self) -> (Option<&Pid>, Option<&Pid>) {
        (self.consumer_pid.as_ref(), self.provider_pid.as_ref())
    }
}

impl Said for TransferMessage {
    fn name(&self) -> &'static str {
        self.content.kind().as_str()
    }
    fn body(&self) -> Body {
        Body {
            digest: self.digest,
            words: self.words,
        }
    }
    fn pids(&self) -> (Option<&Pid>, Option<&Pid>) {
        (self.consumer_pid.as_ref(), self.provider_pid.as_ref())
    }
}
