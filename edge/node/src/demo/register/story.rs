//! The register, act by act. What one node does is read back from another, and only that is printed. An expectation that does not hold
//! ends the story.

use super::circle;
use super::counts;
use super::records::{Leaves, notice, offer, publish, shelf, withdraw};
use super::seat::{Seat, agreed};
use crate::Failure;
use crate::demo::steps::{client, expect, short};
use crate::demo::timeline::{Line, Timeline};
use crate::own_api::{segment, text};
use chapar_client::{Clock, SystemClock};
use chapar_suite_international::International;
use chapar_terms::Instant;
use chapar_verify::{Address, Demands, Source, verify_log};
use serde_json::Value;
use std::path::Path;

/// Most records that one search of the story shows.
const FOUND: usize = 100;

/// All of them, and what has been said so far.
pub struct Story<'a> {
    /// Is never switched off.
    pub uz: &'a mut Seat,
    /// Is cut off for a while.
    pub kz: &'a mut Seat,
    /// Is read by the others.
    pub cn: &'a mut Seat,
    /// Lies in the end.
    pub guest: &'a mut Seat,
    /// What is printed.
    pub timeline: &'a mut Timeline,
}

impl Story<'_> {
    /// Plays all acts.
    ///
    /// # Errors
    /// The first expectation that did not hold.
    pub async fn play(&mut self) -> Result<(), Failure> {
        self.publish().await?;
        self.agree().await?;
        self.search().await?;
        self.cut_off().await?;
        self.burn().await?;
        self.found().await?;
        self.lie().await
    }

    fn say(&mut self, who: &str, what: impl Into<String>, state: impl Into<String>, read: impl Into<String>) {
        self.timeline.say(&Line {
            who,
            what: what.into(),
            state: state.into(),
            read: read.into(),
        });
    }

    fn all(&self) -> [&Seat; 3] {
        [&*self.uz, &*self.kz, &*self.cn]
    }

    /// Each publishes and mirrors the others, then speaks of what it has read there.
    async fn publish(&mut self) -> Result<(), Failure> {
        let mut leaves = Leaves::new();
        let mut later = Vec::new();
        for seat in self.all() {
            let shelf = shelf(seat.role.folder, &self.all())?;
            publish(&seat.api, shelf.records, &mut leaves).await?;
            later.push((seat.api.clone(), shelf.remarks, shelf.withdrawals));
        }
        let [uz, kz, cn] = self.all();
        for (one, other, third) in [(uz, kz, cn), (kz, cn, uz), (cn, uz, kz)] {
            one.mirror(other, third).await?;
            one.mirror(third, other).await?;
        }
        let mut lines = Vec::new();
        for (one, other, third) in [(uz, kz, cn), (kz, cn, uz), (cn, uz, kz)] {
            let size = one.published().await?;
            hold(other, one, size).await?;
            hold(third, one, size).await?;
            let read = format!("{} and {} verified each of them", other.role.label, third.role.label);
            lines.push((one.role.label, format!("{size} entries"), read));
        }
        for (who, state, read) in lines {
            self.say(who, "publishes what its bodies have to say", state, read);
        }
        let (mut remarks, mut withdrawn) = (0, 0);
        for (api, drafts, withdrawals) in later {
            remarks += publish(&api, drafts, &mut leaves).await?;
            for (name, how) in withdrawals {
                withdraw(&api, &name, &how).await?;
                withdrawn += 1;
            }
        }
        agreed(&self.all()).await?;
        self.remarked(remarks, withdrawn).await
    }

    /// A remark of one on the record of another, as the third shows it.
    async fn remarked(&mut self, remarks: usize, withdrawn: usize) -> Result<(), Failure> {
        let record = format!("{}/records/{}/water-losses-samarkand", self.uz.id, self.uz.log.id);
        let path = format!("/register/records/{}?lang=ru", segment(&record));
        let shown = self.cn.public.read(&path).await?;
        let named_by = shown.get("namedBy").and_then(Value::as_array).into_iter().flatten();
        let question = named_by
            .filter(|one| text(one, "kind") == "annotation" && text(one, "issuer") == self.kz.id)
            .count();
        expect(question == 1, || {
            format!("CN shows {question} questions of KZ at {record}")
        })?;
        self.say(
            "KZ",
            "asks UZ about its water losses, beside the record",
            format!("version {}, 1 question", shown.get("version").unwrap_or(&Value::Null)),
            "CN shows the record of UZ",
        );
        self.say(
            "all",
            "translate and remark on each other, and take back",
            format!("{remarks} remarks, {withdrawn} withdrawn"),
            "mirrored by the two others",
        );
        Ok(())
    }

    /// The catalogue that each has made for itself is the same.
    async fn agree(&mut self) -> Result<(), Failure> {
        let digest = agreed(&self.all()).await?;
        let state = format!("digest {}", short(&digest));
        self.say(
            "all",
            "hold one catalogue, each made by itself",
            state,
            "UZ, KZ and CN read",
        );
        let counts = self.kz.public.read("/register/counts").await?;
        let clauses = counts::pairs(&counts, "clause");
        let languages = counts::pairs(&counts, "language");
        expect(
            clauses.len() == 8 && clauses.iter().all(|(_, count)| *count > 0),
            || format!("a clause has no record: {clauses:?}"),
        )?;
        let state = format!(
            "{} records, {} kinds",
            counts.get("records").unwrap_or(&Value::Null),
            counts::pairs(&counts, "kind").len()
        );
        let what = format!("counts what there is, in {} languages", languages.len());
        self.say("KZ", what, state, "its public door, without a key");
        for line in counts::lines(&counts) {
            outln!("{line}");
        }
        Ok(())
    }

    /// The same catalogue in three languages, each asked at another node than the one that said it.
    async fn search(&mut self) -> Result<(), Failure> {
        for (who, lang, language, words) in [
            ("CN", "ru", "Russian", "потери воды"),
            ("UZ", "zh", "Chinese", "通关时间"),
            ("KZ", "en", "English", "electronic certificates"),
        ] {
            let seat = match who {
                "CN" => &*self.cn,
                "UZ" => &*self.uz,
                _ => &*self.kz,
            };
            let found = found(seat, &format!("q={}&lang={lang}", segment(words))).await?;
            let foreign = found.iter().filter(|one| text(one, "issuer") != seat.id).count();
            expect(foreign > 0, || format!("{who} finds nothing of others for `{words}`"))?;
            let first = found.first().and_then(|one| one.pointer("/shown/title")?.as_str());
            let title = first.unwrap_or_default();
            self.say(
                who,
                format!("searches in {language} what others have published"),
                format!("{} records", found.len()),
                format!("{words}: {title}"),
            );
        }
        Ok(())
    }

    /// One node is away, and its records are not.
    async fn cut_off(&mut self) -> Result<(), Failure> {
        let held = self.uz.look(self.kz).await?;
        self.kz.switch_off().await;
        let mirror = self.uz.look(self.kz).await?;
        let obstacle = mirror.get("obstacle").cloned().unwrap_or_default();
        expect(text(&obstacle, "place") == self.kz.log.address, || {
            format!("UZ does not say that KZ is away: {mirror}")
        })?;
        self.say(
            "KZ",
            "is cut off: its node answers nobody",
            text(&obstacle, "code"),
            "UZ asked for its log in vain",
        );
        let records = found(self.cn, &format!("issuer={}", segment(&self.kz.id))).await?;
        let mirror = self.cn.look(self.kz).await?;
        let checked = Instant::parse_rfc3339(text(&mirror, "checkedAt"))
            .map_err(|_| Failure::new(format!("CN does not tell how old its copy is: {mirror}")))?;
        let age = SystemClock.now().since_ms(checked);
        expect(!records.is_empty(), || "CN finds nothing of KZ any more".to_owned())?;
        self.say(
            "CN",
            "finds the records of KZ, and says how old they are",
            format!("{} records, {age} ms old", records.len()),
            format!("KZ was last asked at {}", text(&mirror, "checkedAt")),
        );
        let proven = proven(&self.uz.mirror_of(self.kz), &self.kz.log.vkey).await?;
        expect(held.get("size").and_then(Value::as_u64) == Some(proven), || {
            format!("{proven} entries are proven, and UZ held {held}")
        })?;
        self.say(
            "UZ",
            "serves the whole log of KZ",
            format!("{proven} entries proven"),
            "verified from outside, with KZ's key alone",
        );
        let size = self
            .add(
                "while-kz-was-away",
                ["Обмен продолжается", "交换继续进行", "The exchange goes on"],
            )
            .await?;
        hold(self.cn, self.uz, size).await?;
        self.say(
            "UZ",
            "publishes on, and CN takes it",
            format!("{size} entries"),
            "CN looked at the log of UZ",
        );
        self.kz.switch_on().await?;
        let digest = agreed(&self.all()).await?;
        let state = format!("digest {}", short(&digest));
        self.say("KZ", "is back and has what it missed", state, "equal at UZ, KZ and CN");
        Ok(())
    }

    /// A notice of UZ; the size of its log with it.
    async fn add(&self, name: &str, title: [&str; 3]) -> Result<u64, Failure> {
        publish(&self.uz.api, vec![notice(name, "UZ", title)], &mut Leaves::new()).await?;
        self.uz.published().await
    }

    /// One node loses its disk, and has nothing left but its keys.
    async fn burn(&mut self) -> Result<(), Failure> {
        let before = self.uz.look(self.kz).await?;
        self.kz.burn().await?;
        let held = self.kz.register().await?;
        self.say(
            "KZ",
            "loses its disk; only its keys were kept elsewhere",
            format!(
                "{}, {} entries",
                text(&held, "state"),
                held.get("size").unwrap_or(&Value::Null)
            ),
            "KZ own API: it publishes nothing now",
        );
        self.kz.recover(&[&*self.uz, &*self.cn]).await?;
        let back = self.kz.published().await?;
        let mirror = self.uz.look(self.kz).await?;
        let is_same = mirror.get("root") == before.get("root") && text(&mirror, "state") == "open";
        expect(
            is_same && before.get("size").and_then(Value::as_u64) == Some(back),
            || format!("KZ came back with {back} entries, and UZ holds {mirror}"),
        )?;
        self.say(
            "KZ",
            "takes its log back from UZ and CN, under its own key",
            format!("{back} entries, same root"),
            "UZ looked at the log of KZ",
        );
        self.kz.mirror(self.uz, self.cn).await?;
        self.kz.mirror(self.cn, self.uz).await?;
        let digest = agreed(&self.all()).await?;
        let state = format!("digest {}", short(&digest));
        self.say("KZ", "mirrors the others anew", state, "equal at UZ, KZ and CN");
        Ok(())
    }

    /// They found a federation; nobody keeps a list of its members.
    async fn found(&mut self) -> Result<(), Failure> {
        let (members, state) = circle::found(&self.all()).await?;
        self.say(
            "all",
            "found a federation: each pins the same file, and nobody keeps a list",
            format!("{members} members, state {}", short(&state)),
            "equal at UZ, KZ and CN",
        );
        Ok(())
    }

    /// One node shows two histories, and each of the others finds out for itself.
    async fn lie(&mut self) -> Result<(), Failure> {
        let said = self.offer().await?;
        let denied = self
            .say_as_guest(
                "the-other",
                ["Цена не снижена", "价格未下调", "The price is not lowered"],
            )
            .await?;
        self.say(
            "guest",
            "denies it: an older copy is put back and goes on otherwise",
            format!("{denied} entries"),
            "guest own API",
        );
        for who in ["UZ", "KZ", "CN"] {
            let caught = match who {
                "UZ" => self.uz.look(self.guest).await?,
                "KZ" => self.kz.look(self.guest).await?,
                _ => self.cn.look(self.guest).await?,
            };
            self.tell_caught(who, &caught)?;
        }
        let size = self
            .add(
                "after-the-lie",
                ["Обмен идёт дальше", "交换照常", "The exchange goes on all the same"],
            )
            .await?;
        let digest = agreed(&self.all()).await?;
        let mirror = self.kz.look(self.guest).await?;
        expect(mirror.get("size").and_then(Value::as_u64) == Some(said), || {
            format!("KZ took something of the other history: {mirror}")
        })?;
        self.say(
            "all",
            format!("go on: UZ has {size} entries, and the guest {said} as they were"),
            format!("digest {}", short(&digest)),
            "equal at UZ, KZ and CN",
        );
        Ok(())
    }

    /// The guest says something that all take; then it is as before it said that.
    async fn offer(&mut self) -> Result<u64, Failure> {
        let [uz, kz, cn] = self.all();
        for (one, other) in [(uz, kz), (kz, cn), (cn, uz)] {
            one.mirror(self.guest, other).await?;
        }
        let older = self.guest.data().with_extension("older");
        self.guest.switch_off().await;
        copy(self.guest.data(), &older)?;
        self.guest.switch_on().await?;
        let said = self
            .say_as_guest("the-one", ["Цена снижена", "价格下调", "The price is lowered"])
            .await?;
        for holder in self.all() {
            hold(holder, self.guest, said).await?;
        }
        self.say(
            "guest",
            "publishes an offer",
            format!("{said} entries"),
            "UZ, KZ and CN verified it",
        );
        self.guest.switch_off().await;
        put_back(&older, self.guest.data())?;
        self.guest.switch_on().await?;
        Ok(said)
    }

    async fn say_as_guest(&self, name: &str, title: [&str; 3]) -> Result<u64, Failure> {
        publish(&self.guest.api, vec![offer(name, title)], &mut Leaves::new()).await?;
        self.guest.published().await
    }

    /// The name of the liar, and what it signed, once for all.
    fn tell_caught(&mut self, who: &str, mirror: &Value) -> Result<(), Failure> {
        let caught = mirror.get("caught").cloned().unwrap_or_default();
        let notes = caught
            .get("notes")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let is_named = text(mirror, "state") == "caught" && text(mirror, "origin") == self.guest.log.origin;
        expect(is_named && notes.len() == 2, || {
            format!("{who} does not catch the guest: {mirror}")
        })?;
        self.say(
            who,
            format!("catches {} by name", self.guest.role.slug),
            format!("caught: {}", text(&caught, "code")),
            "both checkpoints are kept: each is signed by the guest",
        );
        if who == "UZ" {
            for note in notes.iter().filter_map(Value::as_str) {
                outln!();
                note.lines()
                    .for_each(|line| outln!("{}", format!("             {line}").trim_end()));
            }
            outln!();
        }
        Ok(())
    }
}

/// That a node has all of another's log.
async fn hold(holder: &Seat, owner: &Seat, size: u64) -> Result<(), Failure> {
    let mirror = holder.look(owner).await?;
    expect(mirror.get("size").and_then(Value::as_u64) == Some(size), || {
        format!("{} holds otherwise than {size} entries: {mirror}", holder.role.label)
    })
}

/// What a search at a node finds.
async fn found(seat: &Seat, query: &str) -> Result<Vec<Value>, Failure> {
    let mut found = seat
        .public
        .read(&format!("/register/records?{query}&limit={FOUND}"))
        .await?;
    Ok(match found.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    })
}

/// Verifies a log as everybody can; how many entries it has.
async fn proven(address: &str, vkey: &str) -> Result<u64, Failure> {
    let source = Source::Address(Box::new(Address::new(client()?, address)));
    let demands = Demands::read(Some(vkey), None, None)?;
    let said = verify_log(&International, &source, &demands, &|_, _| ()).await?;
    let state = said.state.as_ref().filter(|_| said.verdict().is_good());
    state
        .map(|state| state.frontier().size())
        .ok_or_else(|| Failure::new(format!("not verified: {}", said.lines().join("; "))))
}

/// A copy of a folder, with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be copied: {error}", from.display()));
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (one, other) = (entry.path(), to.join(entry.file_name()));
        match one.is_dir() {
            true => copy(&one, &other)?,
            false => std::fs::copy(&one, &other).map(drop).map_err(failed)?,
        }
    }
    Ok(())
}

/// A folder in the place of another.
fn put_back(from: &Path, to: &Path) -> Result<(), Failure> {
    let put = std::fs::remove_dir_all(to).and_then(|()| std::fs::rename(from, to));
    put.map_err(|error| Failure::new(format!("`{}` cannot be put back: {error}", to.display())))
}
