//! The states of an EDC and what each means: what it does in it by itself, what it says in it, what it takes in it, and what it tells.
//!
//! Told anew from what 0.14.0 was seen to do; refuses to know `chapar_dsp`'s machines.

use crate::case::Kind;
use chapar_dsp::Role;

/// A state of a negotiation or a transfer; the `-ing` ones are its own affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Initial,
    Requesting,
    Requested,
    Offered,
    Agreeing,
    Agreed,
    Verifying,
    Verified,
    Finalizing,
    Finalized,
    Starting,
    Started,
    Suspending,
    SuspendingRequested,
    Suspended,
    Resuming,
    Resumed,
    Completing,
    CompletingRequested,
    Completed,
    Terminating,
    TerminatingRequested,
    Terminated,
}

/// What it does in a state when it looks for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// It goes on at once.
    Step(State),
    /// It says what the state is about, and goes on when that is taken.
    Say,
    /// It waits for others.
    Rest,
}

use State::{
    Agreed, Agreeing, Completed, Completing, CompletingRequested, Finalized, Finalizing, Initial, Offered, Requested,
    Requesting, Resumed, Resuming, Started, Starting, Suspended, Suspending, SuspendingRequested, Terminated,
    Terminating, TerminatingRequested, Verified, Verifying,
};

impl State {
    /// What it does in it.
    pub fn duty(self, kind: Kind, role: Role) -> Duty {
        match (self, kind, role) {
            (Initial, _, Role::Consumer) => Duty::Step(Requesting),
            (Initial, _, Role::Provider) => Duty::Step(Starting),
            (Requested, Kind::Negotiation, Role::Provider) => Duty::Step(Agreeing),
            (Agreed, _, Role::Consumer) => Duty::Step(Verifying),
            (Verified, _, Role::Provider) => Duty::Step(Finalizing),
            (SuspendingRequested, ..) => Duty::Step(Suspended),
            (CompletingRequested, ..) => Duty::Step(Completed),
            (TerminatingRequested, ..) => Duty::Step(Terminated),
            (
                Requesting | Agreeing | Verifying | Finalizing | Starting | Suspending | Resuming | Completing
                | Terminating,
                ..,
            ) => Duty::Say,
            _ => Duty::Rest,
        }
    }

    /// Whether a good end has been heard or may have been, which it can still leave.
    pub const fn is_last_word(self) -> bool {
        matches!(self, Finalizing | Completing | CompletingRequested)
    }

    /// Where it stands once what it says in this state is taken.
    pub const fn after_success(self, role: Role) -> Self {
        match (self, role) {
            (Requesting, _) => Requested,
            (Agreeing, _) => Agreed,
            (Verifying, _) => Verified,
            (Finalizing, _) => Finalized,
            (Resuming, Role::Consumer) => Resumed,
            (Starting | Resuming, _) => Started,
            (Suspending, _) => Suspended,
            (Completing, _) => Completed,
            (Terminating, _) => Terminated,
            (other, _) => other,
        }
    }

    /// Where it stands once what it says in this state is refused, or was tried too often.
    pub fn after_failure(self, kind: Kind) -> Self {
        if self == Terminating || (self == Requesting && kind == Kind::Transfer) {
            Terminated
        } else {
            Terminating
        }
    }

    /// Where `message` leads, if it takes it.
    pub fn takes(self, kind: Kind, role: Role, message: &str) -> Option<Self> {
        let is_final = matches!(self, Finalized | Completed | Terminated);
        match (message, role, self) {
            ("ContractOfferMessage", Role::Consumer, Requested | Offered) => Some(Offered),
            ("ContractAgreementMessage", Role::Consumer, Requested | Agreed) => Some(Agreed),
            ("ContractAgreementVerificationMessage", Role::Provider, Agreed | Verified) => Some(Verified),
            ("ContractNegotiationEventMessage", Role::Consumer, Verified) => Some(Finalized),
            ("ContractNegotiationTerminationMessage", ..) if kind == Kind::Negotiation && !is_final => Some(Terminated),
            ("TransferStartMessage", Role::Consumer, Started | Requested | Starting | Resumed | Suspended) => {
                Some(Started)
            }
            ("TransferStartMessage", Role::Provider, Suspended) => Some(Starting),
            ("TransferSuspensionMessage", _, Started | Suspending | SuspendingRequested) => Some(SuspendingRequested),
            ("TransferCompletionMessage", _, Started | Completing) => Some(CompletingRequested),
            // One that has resumed and waits for a start cannot be ended by the other side.
            ("TransferTerminationMessage", ..) if kind == Kind::Transfer && !is_final && self != Resumed => {
                Some(TerminatingRequested)
            }
            _ => None,
        }
    }

    /// What it tells of the state: an `-ing` one counts for done.
    pub const fn told(self) -> &'static str {
        match self {
            Initial | Requesting | Requested => "REQUESTED",
            Offered => "OFFERED",
            Agreeing | Agreed => "AGREED",
            Verifying | Verified => "VERIFIED",
            Finalizing | Finalized => "FINALIZED",
            Starting | Started => "STARTED",
            Suspending | SuspendingRequested | Suspended | Resuming | Resumed => "SUSPENDED",
            Completing | CompletingRequested | Completed => "COMPLETED",
            Terminating | TerminatingRequested | Terminated => "TERMINATED",
        }
    }
}
