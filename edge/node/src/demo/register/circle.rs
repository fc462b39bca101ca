//! The three as a federation: each gives its card, all pin the same file, and each works out the same members.

use super::seat::Seat;
use crate::Failure;
use crate::own_api::text;
use chapar_client::{Clock, SystemClock};
use chapar_terms::Lang;
use chapar_verify::{Genesis, Member};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the federation is called.
const NAME: [(&str, &str); 3] = [
    ("ru", "Федерация цифровых реестров (пример)"),
    ("zh", "数字登记联合体（示例）"),
    ("en", "Federation of digital registers (sample)"),
];

/// What the members are called, by state.
const MEMBERS: [(&str, [(&str, &str); 3]); 3] = [
    (
        "UZ",
        [
            ("ru", "Агентство цифровых услуг Узбекистана (пример)"),
            ("zh", "乌兹别克斯坦数字服务局（示例）"),
            ("en", "Agency for Digital Services of Uzbekistan (sample)"),
        ],
    ),
    (
        "KZ",
        [
            ("ru", "Комитет цифровых услуг Казахстана (пример)"),
            ("zh", "哈萨克斯坦数字服务委员会（示例）"),
            ("en", "Committee for Digital Services of Kazakhstan (sample)"),
        ],
    ),
    (
        "CN",
        [
            ("ru", "Бюро развития данных Китая (пример)"),
            ("zh", "中国数据发展局（示例）"),
            ("en", "Bureau of Data Development of China (sample)"),
        ],
    ),
];

/// Founds it at every node; how many members each of them sees, and the hash of what they see.
///
/// # Errors
/// A node refuses, or they do not see the same.
pub async fn found(seats: &[&Seat]) -> Result<(usize, String), Failure> {
    let members = seats.iter().map(|seat| member(seat));
    let members: Vec<Member> = members.collect::<Result<_, _>>()?;
    let genesis = Genesis::of(&texts(&NAME)?, &members, None, SystemClock.now()).map_err(|why| failed(&why))?;
    let file: Value = serde_json::from_slice(genesis.bytes()).map_err(|why| failed(&why))?;
    let mut seen = Vec::new();
    for seat in seats {
        let joined = seat.operator.ask(Method::POST, "/federations", Some(&file)).await?;
        let members = joined.get("members").and_then(Value::as_array).map_or(0, Vec::len);
        seen.push((members, text(&joined, "state").to_owned()));
    }
    seen.dedup();
    match seen.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Failure::new(format!("the nodes see different federations: {seen:?}"))),
    }
}

fn member(seat: &Seat) -> Result<Member, Failure> {
    let state = seat.role.label;
    let known = MEMBERS.iter().find(|(label, _)| *label == state);
    let (_, names) = known.ok_or_else(|| Failure::new(format!("{state} has no name")))?;
    let entry = json!({
        "participant": seat.id, "name": names.iter().copied().collect::<BTreeMap<_, _>>(), "state": state,
        "vkey": seat.log.vkey, "address": seat.log.address,
    });
    Member::parse(entry).map_err(|why| failed(&why))
}

fn texts(said: &[(&str, &str)]) -> Result<BTreeMap<Lang, String>, Failure> {
    let text = |(tag, text): &(&str, &str)| Ok((Lang::parse(tag).map_err(|why| failed(&why))?, (*text).to_owned()));
    said.iter().map(text).collect()
}

fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::new(why.to_string())
}
