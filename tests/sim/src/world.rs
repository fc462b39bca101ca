//! The world of a pair: its clock, its two sides, its network and its power.

use crate::case::{Case, Kind};
use crate::edc::Edc;
use crate::network::{Event, Network};
use crate::plan::{CALM_AT, Cut, Moment, Plan};
use crate::prng::Die;
use crate::side::{Cases, Cause, Side, fault};
use crate::{Tally, Trace, Violation};
use chapar_dsp::{DataAddress, Offer, Role};
use chapar_exchange::negotiation::{Negotiation, Published};
use chapar_exchange::track::DELIVERY_MS;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Access, Facts, Fresh, Reply, Step};
use chapar_terms::{AgreementId, AssetId, CaseId, DefinitionId, Instant, OfferId};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The virtual clock begins here: 2027-01-15, in milliseconds since 1970.
const EPOCH: i64 = 1_800_000_000_000;
/// Far beyond the last event of any seed; a run that comes here goes round in circles.
const END: i64 = 4 * 3_600_000;

/// The world of one seed.
pub(crate) struct World<'a> {
    pub plan: Plan,
    pub die: Die,
    /// Milliseconds since [`EPOCH`].
    pub now: i64,
    pub network: Network,
    pub attempts: u64,
    pub tally: Tally,
    /// The peer of the EDC family, where one side is such a one; of the side of its role, the log alone is kept.
    pub edc: Option<Edc>,
    consumer: Side,
    provider: Side,
    made: u64,
    cut: Option<Cut>,
    trace: Trace<'a>,
}

/// What the power did at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    /// It stayed on.
    On,
    /// It failed before the answer was said.
    Off,
    /// It fails once the answer is said, before the effects run.
    OffAfterReply,
}

/// Addresses with a token that names transfer and opening.
struct Tokens;

impl Access for Tokens {
    fn grant(&self, transfer: &Transfer, opening: u64, _now: Instant, _until: Option<Instant>) -> DataAddress {
        DataAddress {
            endpoint_type: "https://w3id.org/idsa/v4.1/HTTP".to_owned(),
            endpoint: Some(format!("https://provider.example/data/{}", transfer.head.id)),
            properties: vec![("authorization".to_owned(), format!("{}#{opening}", transfer.head.id))],
            members: Map::new(),
        }
    }
}

impl<'a> World<'a> {
    /// The world of `seed` under `plan`, before anything happened.
    pub fn new(plan: Plan, cut: Option<Cut>, seed: u64, trace: Trace<'a>) -> Result<Self, Violation> {
        Ok(Self {
            plan,
            die: Die::new(seed),
            now: 0,
            network: Network::default(),
            attempts: 0,
            tally: Tally::default(),
            edc: None,
            consumer: Side::new(Role::Consumer)?,
            provider: Side::new(Role::Provider)?,
            made: 0,
            cut,
            trace,
        })
    }

    /// The same with `edc` in the place of the side of its role.
    pub fn beside(self, edc: Edc) -> Self {
        Self { edc: Some(edc), ..self }
    }

    /// Plays to the end and checks what is left.
    pub fn play(mut self) -> Result<Tally, Violation> {
        let plan = format!("{:?}", self.plan);
        self.tell(|| plan);
        self.begin()?;
        while let Some((at, event)) = self.network.next() {
            self.now = at;
            if at > END {
                return Err(Violation("it does not come to an end".to_owned()));
            }
            self.happen(event)?;
        }
        self.check_end()?;
        Ok(self.tally)
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        if let Some(mut edc) = self.edc.take_if(|edc| edc.is_for(&event)) {
            let happened = edc.happen(event, self);
            self.edc = Some(edc);
            return happened;
        }
        match event {
            Event::Request(request) => self.take_request(&request),
            Event::Response(response) => self.take_answer(&response),
            Event::Timeout(role, ticket) => self.time_out(role, &ticket),
            Event::Courier(role, boot) => {
                self.run_courier(role, boot);
                Ok(())
            }
            Event::Restart(role) => self.restart(role),
            Event::People(role) => self.let_people_decide(role),
            // Of an EDC alone, to which they went.
            Event::Iterate(_) | Event::Resend(..) => Ok(()),
            Event::Due(role, _, boot) if self.side(role).boot != boot => Ok(()),
            Event::Due(role, Kind::Negotiation, _) => self.end_if_overdue::<Negotiation>(role),
            Event::Due(role, Kind::Transfer, _) => self.end_if_overdue::<Transfer>(role),
        }
    }

    /// The time in milliseconds since 1970.
    pub const fn instant(&self) -> i64 {
        EPOCH + self.now
    }

    pub fn side(&self, role: Role) -> &Side {
        match role {
            Role::Consumer => &self.consumer,
            Role::Provider => &self.provider,
        }
    }

    pub fn side_mut(&mut self, role: Role) -> &mut Side {
        match role {
            Role::Consumer => &mut self.consumer,
            Role::Provider => &mut self.provider,
        }
    }

    /// Writes down what happens, if anybody reads it.
    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Trace::Kept(lines) = &mut self.trace {
            lines.push(format!("{:>9} ms  {}", self.now, line()));
        }
    }

    /// Runs a step of `role` with the facts of the moment.
    pub fn with_facts<T>(&mut self, role: Role, step: impl FnOnce(&Facts<'_>, &Side) -> T) -> Result<T, Violation> {
        self.made += 1;
        let made = self.made;
        let fresh = Fresh {
            case: CaseId::parse(&format!("urn:{role}:{made}")).map_err(fault)?,
            agreement: AgreementId::parse(&format!("urn:agreement:{made}")).map_err(fault)?,
        };
        let side = self.side(role);
        let facts = Facts {
            now: Instant::from_unix_ms(self.instant()),
            me: &side.me,
            fresh,
            federations: Arc::default(),
            access: &Tokens,
        };
        Ok(step(&facts, side))
    }

    /// Commits a step of `role`, unless the power fails before.
    pub fn commit<C: Case>(&mut self, role: Role, step: &Step<C>, cause: Cause<'_>) -> Result<Power, Violation> {
        let moment = self.power_fails();
        if moment == Some(Moment::Before) {
            self.crash(role, "before the commit");
            return Ok(Power::Off);
        }
        let now = self.instant();
        let mut tally = self.tally;
        let committed = self.side_mut(role).commit(step, cause, now, &mut tally);
        self.tally = tally;
        committed?;
        if let Some(case) = &step.case {
            self.wait_anew(role, case);
            self.tell(|| {
                format!(
                    "{role} commits {:?} {}, {:?}",
                    C::KIND,
                    case.state(),
                    case.pending().map(|it| it.effect.to_owned())
                )
            });
        }
        match moment {
            Some(Moment::After) => {
                self.crash(role, "after the commit");
                Ok(Power::Off)
            }
            Some(Moment::AfterReply) => Ok(Power::OffAfterReply),
            _ => Ok(Power::On),
        }
    }

    /// Whether the power fails at the commit that begins now, and when.
    fn power_fails(&mut self) -> Option<Moment> {
        self.tally.commits += 1;
        let chance = self.now < CALM_AT && self.die.chance(self.plan.crash);
        match self.cut.filter(|cut| cut.commit == self.tally.commits) {
            Some(cut) => Some(cut.moment),
            None if chance => self.die.pick(&Moment::ALL),
            None => None,
        }
    }

    /// Lets the effects of a commit run, or the power fail that was to fail now.
    pub fn wake(&mut self, role: Role, power: Power) {
        self.wake_after(0, role, power);
    }

    /// The same after a pause, in milliseconds.
    pub fn wake_after(&mut self, pause: i64, role: Role, power: Power) {
        match power {
            Power::On => {
                let (at, boot) = (self.now + pause, self.side(role).boot);
                self.network.schedule(at, Event::Courier(role, boot));
            }
            Power::OffAfterReply => self.crash(role, "after the answer"),
            Power::Off => {}
        }
    }

    /// `role` loses power, and it comes back later.
    pub fn lose_power(&mut self, role: Role, when: &str) {
        self.tell(|| format!("{role} loses power {when}"));
        self.tally.crashes += 1;
        let back = self.now + self.die.between(100, 15_000);
        self.network.schedule(back, Event::Restart(role));
    }

    fn crash(&mut self, role: Role, when: &str) {
        self.lose_power(role, when);
        let side = self.side_mut(role);
        side.is_up = false;
        side.boot += 1;
        side.flights.clear();
        side.read = Cases::default();
    }

    /// The node starts again from what is durable: what was acknowledged is there, and the outbox goes on.
    fn restart(&mut self, role: Role) -> Result<(), Violation> {
        self.tell(|| format!("{role} is back"));
        let other = self.side(role.other());
        let lost = other
            .durable
            .log
            .delivered
            .iter()
            .find(|effect| !self.side(role).durable.log.accepted.contains_key(*effect));
        if let Some(effect) = lost.filter(|_| !self.plan.may_lapse()) {
            return Err(Violation(format!(
                "the {role} has lost `{effect}`, which it had acknowledged"
            )));
        }
        let side = self.side_mut(role);
        side.is_up = true;
        side.read_again()?;
        let boot = side.boot;
        if let Some(case) = self.side(role).load::<Negotiation>() {
            self.wait_anew(role, &case);
        }
        if let Some(case) = self.side(role).load::<Transfer>() {
            self.wait_anew(role, &case);
        }
        self.network.schedule(self.now, Event::Courier(role, boot));
        Ok(())
    }

    /// Sets the clock of a case of `role`.
    fn wait_anew<C: Case>(&mut self, role: Role, case: &C) {
        if let Some(due) = self.plan.patience.and_then(|limit| case.due_at(limit)) {
            let at = (due.unix_ms() - EPOCH).max(self.now);
            let boot = self.side(role).boot;
            self.network.schedule(at, Event::Due(role, C::KIND, boot));
        }
    }

    /// Ends the case of `role` if it has stayed as it is for too long, as its timer does.
    fn end_if_overdue<C: Case>(&mut self, role: Role) -> Result<(), Violation> {
        let (Some(limit), Some(case)) = (self.plan.patience, self.side(role).load::<C>()) else {
            return Ok(());
        };
        let step = self.with_facts(role, |facts, _| case.end_if_overdue(limit, facts))?;
        match step {
            Some(step) if matches!(step.reply, Reply::Refused(_)) => {
                // The move that stands in the way is answered by then, or has lapsed.
                let (again, boot) = (self.now + DELIVERY_MS, self.side(role).boot);
                self.network.schedule(again, Event::Due(role, C::KIND, boot));
                Ok(())
            }
            Some(step) => {
                self.tell(|| format!("{role} waits no longer for its {:?}", C::KIND));
                self.tally.timed_out += 1;
                let power = self.commit(role, &step, Cause::Other)?;
                self.wake(role, power);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// What the provider publishes.
    pub fn published(&self, role: Role) -> Result<Option<Published>, Violation> {
        if role == Role::Consumer {
            return Ok(None);
        }
        Ok(Some(Published {
            definition: DefinitionId::parse("definition").map_err(fault)?,
            asset: AssetId::parse(ASSET).map_err(fault)?,
            offer: offer(0, self.plan.denied)?,
            mode: self.plan.provider_mode,
        }))
    }
}

/// What is offered.
pub(crate) const ASSET: &str = "urn:asset:certificates";
/// The offer of it.
pub(crate) const OFFER: &str = "urn:offer:certificates";

/// The rules of an offer; each `variant` has others.
pub(crate) fn rules(variant: u64, denied: bool) -> Value {
    let constraint = if denied {
        json!([{ "leftOperand": "participantId", "operator": "eq", "rightOperand": "did:web:nobody.example" }])
    } else {
        json!([{ "leftOperand": "dateTime", "operator": "lt", "rightOperand": format!("2099-01-01T{:02}:{:02}:00Z", variant / 60 % 24, variant % 60) }])
    };
    json!({ "permission": [{ "action": "use", "constraint": constraint }] })
}

/// An offer about the one dataset with such rules.
pub(crate) fn offer(variant: u64, denied: bool) -> Result<Offer, Violation> {
    let Value::Object(rules) = rules(variant, denied) else {
        return Err(Violation("an offer is an object".to_owned()));
    };
    let id = OfferId::parse(OFFER).map_err(fault)?;
    let asset = AssetId::parse(ASSET).map_err(fault)?;
    Ok(Offer::from_rules(id, Some(asset), &rules))
}
