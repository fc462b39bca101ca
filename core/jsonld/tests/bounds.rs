//! What a document may not cost: each bound, met from both sides where it can be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_jsonld::{code, compact, expand};
use serde_json::{Map, Value, json};

/// Levels that are taken, and what stands for one more.
const DEPTH: usize = 64;

fn nested(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    (1..levels).fold(json!({ "@id": "x" }), |inner, _| wrap(inner))
}

fn refused(document: &Value) -> &'static str {
    expand(document).expect_err("is refused").code
}

#[test]
fn nesting_is_bounded_and_what_is_taken_can_be_compacted() {
    let vocab = json!({ "@vocab": "http://x.example/", "g": { "@container": ["@graph", "@id"] }, "r": { "@reverse": "http://x.example/p" } });
    let wraps: [fn(Value) -> Value; 5] = [
        |inner| json!({ "a": inner }),
        |inner| json!([inner]),
        |inner| json!({ "@list": [inner] }),
        |inner| json!({ "r": inner }),
        |inner| json!({ "g": { "n": inner } }),
    ];
    for wrap in wraps {
        let with_context = |levels: usize| {
            let mut document = nested(levels, |inner| json!({ "http://x.example/top": inner }));
            if levels > 2 {
                document = json!({ "@context": vocab, "http://x.example/top": nested(levels - 2, wrap) });
            }
            document
        };
        let mut levels = 3;
        while let Ok(expanded) = expand(&with_context(levels)) {
            let expanded = Value::Array(expanded);
            assert!(compact(&expanded, &vocab).is_ok(), "{levels} levels");
            levels += 1;
        }
        assert_eq!(refused(&with_context(levels)), code::TOO_DEEP);
        assert!(levels > DEPTH / 3, "refused at {levels} levels");
    }
}

#[test]
fn the_deepest_documents_stay_on_a_small_stack() {
    let deepest = nested(DEPTH, |inner| json!({ "http://x.example/a": inner }));
    let over = nested(DEPTH + 1, |inner| json!({ "http://x.example/a": inner }));
    let run = move || {
        let expanded = Value::Array(expand(&deepest).unwrap());
        assert!(compact(&expanded, &json!({ "@vocab": "http://x.example/" })).is_ok());
        assert_eq!(refused(&over), code::TOO_DEEP);
        let hostile = nested(20_000, |inner| Value::Array(vec![inner]));
        assert_eq!(refused(&hostile), code::TOO_DEEP);
        assert_eq!(compact(&hostile, &Value::Null).unwrap_err().code, code::TOO_DEEP);
        assert_eq!(compact(&json!([]), &hostile).unwrap_err().code, code::TOO_DEEP);
        // Dropping it would need the stack that reading it did not.
        std::mem::forget(hostile);
    };
    // Half of what a worker of the node has.
    std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn terms_that_rest_on_each_other_are_bounded() {
    let chain = |length: usize| {
        let mut context = Map::from_iter([("t0".to_owned(), json!("http://x.example/"))]);
        // Each rests on one that is defined later, so that the first asks for all.
        context.extend((1..length).map(|at| (format!("t{at}"), json!(format!("t{}:x", at - 1)))));
        context.insert("a".to_owned(), json!(format!("t{}:x", length - 1)));
        json!({ "@context": context })
    };
    assert!(expand(&chain(10)).is_ok());
    assert_eq!(refused(&chain(10_000)), code::TOO_DEEP);
}

#[test]
fn contexts_and_terms_are_bounded() {
    assert!(expand(&json!({ "@context": vec![json!({}); 1_000] })).is_ok());
    assert_eq!(
        refused(&json!({ "@context": vec![json!({}); 10_000] })),
        code::TOO_MANY_TERMS
    );
    let terms = |count: usize| -> Map<String, Value> {
        (0..count)
            .map(|at| (format!("t{at}"), json!("http://x.example/")))
            .collect()
    };
    assert!(expand(&json!({ "@context": terms(1_000) })).is_ok());
    assert_eq!(refused(&json!({ "@context": terms(30_000) })), code::TOO_MANY_TERMS);
    // A context for each of many nodes, over many terms.
    let nodes = vec![json!({ "@context": { "x": "http://x.example/x" }, "x": 1 }); 3_000];
    assert_eq!(
        refused(&json!({ "@context": terms(1_000), "t1": nodes })),
        code::TOO_MANY_TERMS
    );
    // One scoped context for many nodes is worked through once.
    let scoped = json!({ "T": { "@id": "http://x.example/T", "@context": terms(1_000) } });
    let nodes = vec![json!({ "@type": "T", "t1": 1 }); 5_000];
    assert!(expand(&json!({ "@context": scoped, "@graph": nodes })).is_ok());
}

#[test]
fn work_is_bounded() {
    let numbers = |count: usize| json!({ "http://x.example/a": vec![7; count] });
    assert!(expand(&numbers(100_000)).is_ok());
    assert_eq!(refused(&numbers(300_000)), code::TOO_COSTLY);
    // Each context over many is cheap until the layers have to be made one, again and again.
    let large: Map<String, Value> = (0..5_000)
        .map(|at| (format!("t{at}"), json!("http://x.example/")))
        .collect();
    let mut contexts = vec![Value::Object(large)];
    contexts.extend((0..1_500).map(|at| json!({ (format!("u{at}")): "http://x.example/" })));
    assert!(expand(&json!({ "@context": contexts[..100] })).is_ok());
    assert_eq!(refused(&json!({ "@context": contexts })), code::TOO_COSTLY);
    let crowd: Map<String, Value> = (0..9_000)
        .map(|at| (format!("t{at}"), json!("http://x.example/p")))
        .collect();
    let many = json!({ "http://x.example/p": vec![json!({ "http://x.example/p": [{ "@value": 1 }] }); 2_000] });
    assert!(compact(&many, &json!({ "t": "http://x.example/p" })).is_ok());
    assert_eq!(
        compact(&many, &Value::Object(crowd)).unwrap_err().code,
        code::TOO_COSTLY
    );
}

#[test]
fn a_small_document_makes_no_large_one() {
    let long = "x".repeat(100_000);
    let many = vec!["a"; 1_000];
    let cases = [
        json!({ "@context": { "t": format!("http://x.example/{long}") }, "@graph": vec![json!({ "t": 1 }); 1_000] }),
        json!({ "@context": { "@vocab": format!("http://x.example/{long}"), "t": { "@id": "http://x.example/t", "@type": "@vocab" } }, "t": many }),
        json!({ "@context": { "t": { "@id": "http://x.example/t", "@type": format!("http://x.example/{long}") } }, "t": many }),
        json!({ "@context": { "t": { "@id": "http://x.example/t", "@language": long } }, "t": many }),
        json!({ "@context": { "@language": long }, "http://x.example/t": many }),
        json!({ "@context": { "t": { "@id": "http://x.example/t", "@container": "@language" } }, "t": { (long.as_str()): many } }),
        json!({ "@context": { "t": { "@id": "http://x.example/t", "@container": "@index" } }, "t": { (long.as_str()): many } }),
        json!({ "@context": { "T": format!("http://x.example/{long}") }, "@type": vec!["T"; 1_000] }),
        json!({ "@context": { "n": format!("http://x.example/{long}/") }, "@graph": vec![json!({ "@id": "n:x", "@type": "@json" }); 1_000] }),
    ];
    for (at, document) in cases.iter().enumerate() {
        assert_eq!(refused(document), code::TOO_LARGE, "case {at}");
    }
}

#[test]
fn contexts_that_are_copied_again_and_again_are_bounded() {
    let long = "x".repeat(100_000);
    let scoped = |inner: Value| json!({ "x": { "@id": "http://x.example/x", "@context": inner } });
    // Each node stands in a context of its own, so that what `x` brings has to be made for each.
    let nodes = vec![json!({ "@context": { "n": "http://x.example/n" }, "x": {} }); 800];
    let contexts = [
        json!({ "@vocab": format!("http://x.example/{long}") }),
        json!({ "@language": long }),
        json!({ "@base": format!("http://x.example/{long}") }),
        json!({ (long.as_str()): "http://x.example/y" }),
        json!({ "y": { "@id": "http://x.example/y", "@language": long } }),
        scoped(json!({ "y": format!("http://x.example/{long}") })),
    ];
    for (at, context) in contexts.into_iter().enumerate() {
        let document = json!({ "@context": scoped(context), "http://x.example/top": nodes });
        assert_eq!(refused(&document), code::TOO_LARGE, "context {at}");
    }
}

#[test]
fn a_long_word_of_a_context_makes_no_large_answer() {
    let long = "x".repeat(100_000);
    let nodes: Vec<Value> =
        vec![json!({ "http://x.example/t": [{ "@id": "a", "@type": ["http://x.example/T"] }] }); 1_000];
    for term in ["http://x.example/t", "http://x.example/T", "@id"] {
        let context = json!({ (long.as_str()): term });
        assert_eq!(
            compact(&json!(nodes), &context).unwrap_err().code,
            code::TOO_LARGE,
            "{term}"
        );
    }
}
