//! The judge `edc`: tells every story with a real EDC as the other side, a few at a time, and counts.
//!
//! Words behind it choose stories by a part of their name. Refuses to hold the stories: those are in the library.

use chapar_interop::scene::Scene;
use chapar_interop::side::Told;
use chapar_interop::stories::{self, Story};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// Stories at a time: most of their time is waiting for a connector that looks at its work once a second.
const WORKERS: usize = 6;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |story: &Story| wanted.is_empty() || wanted.iter().any(|word| story.name().contains(word));
    let stories: Vec<Story> = stories::all().into_iter().filter(is_wanted).collect();
    match judge(&stories) {
        Ok(passed) => {
            println!("edc: {passed} of {}", stories.len());
            if passed == stories.len() && passed > 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(why) => {
            println!("{why}\nedc: 0 of {}", stories.len());
            ExitCode::FAILURE
        }
    }
}

fn judge(stories: &[Story]) -> Told<usize> {
    let begun = Instant::now();
    let (foreign, ours) = (log("edc"), log("chapar"));
    let scene = Scene::set(&foreign)?;
    println!("both serve after {:.1} s", begun.elapsed().as_secs_f32());
    let passed = tell(stories, &scene);
    std::fs::write(&ours, scene.log()).map_err(|why| format!("`{}`: {why}", ours.display()))?;
    println!("logs: {} and {}", foreign.display(), ours.display());
    println!("told in {:.1} s", begun.elapsed().as_secs_f32());
    Ok(passed)
}

/// Beside this program. Two runs at a time must not write into each other's.
fn log(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    let folder = here.parent().unwrap_or(Path::new("."));
    folder.join(format!("interop-{name}-{}.log", std::process::id()))
}

/// Tells them, prints a line for each in their order, and counts those that went well.
fn tell(stories: &[Story], scene: &Scene) -> usize {
    let waiting = Mutex::new(stories.iter().enumerate());
    let told: Mutex<BTreeMap<usize, (Told<()>, f32)>> = Mutex::new(BTreeMap::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((index, story)) = next() {
                    let begun = Instant::now();
                    let verdict = (story.tell(scene), begun.elapsed().as_secs_f32());
                    told.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(index, verdict);
                }
            });
        }
    });
    let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    let lines = stories.iter().zip(told.values());
    lines
        .filter(|(story, (verdict, took))| line(story, verdict, *took))
        .count()
}

fn line(story: &Story, verdict: &Told<()>, took: f32) -> bool {
    match verdict {
        Ok(()) => println!("ok      {took:>5.1} s  {}", story.name()),
        Err(why) => println!(
            "FAILED  {took:>5.1} s  {}\n    {}",
            story.name(),
            why.replace('\n', "\n    ")
        ),
    }
    verdict.is_ok()
}
