//! What `negotiate` and `transfer` share: lists, one case, its time line, decisions about it, and how long to wait.
//!
//! Refuses to hold what begins a case and which decisions there are: that is theirs.

use super::watch::{Progress, Verdict, Wait, obstacle, stands_in};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::{Args, ValueEnum};
use http::Method;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A kind of case as the commands see it.
pub struct Kind {
    /// What one is called.
    pub noun: &'static str,
    /// Its list in the API.
    pub list: &'static str,
    /// What is shown of one, in this order.
    pub members: &'static [&'static str],
    /// Whether this is the name of a state.
    pub is_state: fn(&str) -> bool,
}

/// Our side of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    Consumer,
    Provider,
}

impl Role {
    /// Its word in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Provider => "provider",
        }
    }
}

// The four below have no text of their own for `--help`: the command that takes them in says what it is about.

#[derive(Args, Debug)]
pub struct List {
    /// Only those in this state, e.g. REQUESTED.
    #[arg(long)]
    state: Option<String>,
    /// Only those in this phase: the state, or the name of our move under way, e.g. AGREEING.
    #[arg(long)]
    phase: Option<String>,
    /// Only those with this participant.
    #[arg(long, value_name = "DID")]
    peer: Option<String>,
    /// Only those in which we have this role.
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Only those of this agreement.
    #[arg(long, value_name = "ID")]
    agreement: Option<String>,
    /// Only one page of so many, 200 at most; without it every page is read.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u32>,
    /// Begin the page behind this case.
    #[arg(long, value_name = "ID", requires = "limit")]
    after: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Args, Debug)]
pub struct Show {
    /// Its id.
    id: String,
    /// First wait until it stands in this state, e.g. FINALIZED.
    #[arg(long, value_name = "STATE")]
    until: Option<String>,
    /// Wait at most so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", requires = "until")]
    wait: u64,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Args, Debug)]
pub struct Timeline {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Args, Debug)]
pub struct Decide {
    /// Its id.
    id: String,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    api: ApiArgs,
}

/// A decision with reasons.
#[derive(Args, Debug)]
pub struct Reasoned {
    /// A reason for the peer's people; may be given more than once.
    #[arg(long, value_name = "TEXT")]
    reason: Vec<String>,
    /// A code for the peer.
    #[arg(long)]
    code: Option<String>,
    #[command(flatten)]
    decide: Decide,
}

/// How long to wait for what becomes of a move.
#[derive(Args, Debug)]
pub struct Patience {
    /// Wait at most so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    wait: u64,
    /// Do not wait; the node goes on by itself.
    #[arg(long, conflicts_with = "wait")]
    no_wait: bool,
}

impl Patience {
    /// The case as it is when `judge` says that it is there, or at once as `begun` when nobody wants to wait.
    pub async fn until(
        &self,
        api: &OwnApi,
        kind: &Kind,
        begun: Value,
        judge: impl Fn(&Value) -> Verdict,
    ) -> Result<Value, Failure> {
        if self.no_wait {
            return Ok(begun);
        }
        let wait = Wait {
            list: kind.list,
            id: text(&begun, "id"),
            limit: Duration::from_secs(self.wait),
            progress: Progress::Told,
        };
        wait.until(api, judge).await
    }
}

impl List {
    pub async fn run(self, kind: &Kind) -> Result<(), Failure> {
        let api = self.api.open()?;
        let path = format!("/{}?{}", kind.list, self.query());
        let page = match self.limit {
            Some(_) => api.read(&path).await?,
            None => json!({ "items": api.list(&path).await? }),
        };
        let items = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        if self.api.json && self.limit.is_some() {
            show::json(&page);
        } else if self.api.json {
            show::json(&Value::Array(items));
        } else {
            let columns = ["id", "role", "phase", "dataset", "peer", "error.code"];
            show::table(&items, &columns, &format!("no such {}", kind.noun));
            if let Some(next) = page.get("next").and_then(Value::as_str) {
                errln!("there are more: --after {next}");
            }
        }
        Ok(())
    }

    fn query(&self) -> String {
        let limit = self.limit.map(|limit| limit.to_string());
        let members = [
            ("state", self.state.as_deref()),
            ("phase", self.phase.as_deref()),
            ("peer", self.peer.as_deref()),
            ("role", self.role.map(Role::as_str)),
            ("agreement", self.agreement.as_deref()),
            ("limit", limit.as_deref()),
            ("after", self.after.as_deref()),
        ];
        let given = members.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", segment(value)))
            .collect();
        pairs.join("&")
    }
}

impl Show {
    pub async fn run(self, kind: &Kind) -> Result<(), Failure> {
        let api = self.api.open()?;
        let case = match &self.until {
            None => api.read(&format!("/{}/{}", kind.list, segment(&self.id))).await?,
            Some(state) if !(kind.is_state)(state) => {
                return Err(Failure::new(format!("`{state}` is no state of a {}", kind.noun)));
            }
            Some(state) => {
                let wait = Wait {
                    list: kind.list,
                    id: &self.id,
                    limit: Duration::from_secs(self.wait),
                    progress: Progress::Told,
                };
                wait.until(&api, |case| comes_to(case, state)).await?
            }
        };
        shown(&case, kind, &self.api);
        Ok(())
    }
}

impl Timeline {
    pub async fn run(self, kind: &Kind) -> Result<(), Failure> {
        let path = format!("/{}/{}/timeline", kind.list, segment(&self.id));
        let entries = self.api.open()?.list(&path).await?;
        if self.api.json {
            show::json(&Value::Array(entries));
        } else {
            let rows: Vec<Value> = entries.iter().map(entry).collect();
            let columns = ["at", "kind", "what", "who", "state", "signed"];
            show::table(&rows, &columns, "nothing is written down yet");
        }
        Ok(())
    }
}

impl Decide {
    /// Takes the decision in `body` and waits until `judge` says that the peer has it.
    pub async fn run(
        self,
        kind: &Kind,
        body: Map<String, Value>,
        judge: impl Fn(&Value) -> Verdict,
    ) -> Result<(), Failure> {
        let api = self.api.open()?;
        let decided = decide(&api, kind, &self.id, body).await?;
        let case = self.patience.until(&api, kind, decided, judge).await?;
        shown(&case, kind, &self.api);
        Ok(())
    }
}

impl Reasoned {
    pub async fn run(self, kind: &Kind, word: &str, judge: impl Fn(&Value) -> Verdict) -> Result<(), Failure> {
        let body = decision(word, self.code.as_deref(), &self.reason);
        self.decide.run(kind, body, judge).await
    }
}

/// A decision as the API takes it.
pub fn decision(word: &str, code: Option<&str>, reason: &[String]) -> Map<String, Value> {
    let mut body = Map::from_iter([("decision".to_owned(), json!(word))]);
    body.extend(code.map(|code| ("code".to_owned(), json!(code))));
    body.extend((!reason.is_empty()).then(|| ("reason".to_owned(), json!(reason))));
    body
}

/// Decides about a case.
pub async fn decide(api: &OwnApi, kind: &Kind, id: &str, body: Map<String, Value>) -> Result<Value, Failure> {
    let path = format!("/{}/{}/decisions", kind.list, segment(id));
    api.ask(Method::POST, &path, Some(&Value::Object(body))).await
}

/// Prints a case.
pub fn shown(case: &Value, kind: &Kind, args: &ApiArgs) {
    if args.json {
        show::json(case);
    } else {
        show::card(case, kind.members);
    }
}

fn comes_to(case: &Value, state: &str) -> Verdict {
    if stands_in(case, state) {
        return Verdict::Reached;
    }
    let over = ["FINALIZED", "COMPLETED"].into_iter().find(|end| stands_in(case, end));
    let over = over.map(|end| format!("it ended in `{end}`"));
    obstacle(case).or(over).map_or(Verdict::Wait, Verdict::Lost)
}

/// An entry of the time line as a person reads it: what was decided or said, by or to whom, and the state then.
fn entry(entry: &Value) -> Value {
    let body = entry.get("body").unwrap_or(&Value::Null);
    let first = |names: &[&str]| names.iter().map(|name| text(body, name)).find(|text| !text.is_empty());
    json!({
        "at": text(entry, "at"),
        "kind": text(entry, "kind"),
        "what": first(&["decision", "message"]),
        "who": first(&["actor", "from", "to"]),
        "state": first(&["stateAfter", "state"]),
        "signed": (entry.get("signed") == Some(&Value::Bool(true))).then_some("yes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_state_ends_where_it_cannot_come_any_more() {
        let verdict = |case: Value, state: &str| match comes_to(&case, state) {
            Verdict::Reached => "reached".to_owned(),
            Verdict::Wait => "wait".to_owned(),
            Verdict::Lost(why) => why,
        };
        assert_eq!(verdict(json!({ "state": "AGREED" }), "AGREED"), "reached");
        assert_eq!(verdict(json!({ "state": "AGREED", "pending": "X" }), "AGREED"), "wait");
        assert_eq!(
            verdict(json!({ "state": "FINALIZED" }), "AGREED"),
            "it ended in `FINALIZED`"
        );
        let ended = json!({ "state": "TERMINATED", "ended": { "by": "provider" } });
        assert_eq!(verdict(ended.clone(), "TERMINATED"), "reached");
        assert_eq!(verdict(ended, "AGREED"), "it was terminated by the provider");
    }

    #[test]
    fn reasons_are_left_out_where_there_are_none() {
        assert_eq!(
            Value::Object(decision("accept", None, &[])),
            json!({ "decision": "accept" })
        );
        let ended = decision("terminate", Some("c"), &["r".to_owned()]);
        assert_eq!(
            Value::Object(ended),
            json!({ "decision": "terminate", "code": "c", "reason": ["r"] })
        );
    }
}
