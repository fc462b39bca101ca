//! The whole story in both versions, as a client plays it: offer, catalogue, negotiation, transfer, access, pause, end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod story;

use chapar_client::{Client, EgressPolicy, Loopback, Outgoing, Settings};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};
use std::time::Duration;
use story::{ASSET, CONTENT, Story, Version, error, one_or_many};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn fetched(address: &Value) -> (u16, String) {
    let egress = EgressPolicy {
        loopback: Loopback::Allowed,
        ..EgressPolicy::default()
    };
    // Bare, as clients send what they are given.
    let token = HeaderValue::from_str(address["authorization"].as_str().unwrap()).unwrap();
    let outgoing = Outgoing {
        method: Method::GET,
        url: address["endpoint"].as_str().unwrap().to_owned(),
        headers: HeaderMap::from_iter([(http::header::AUTHORIZATION, token)]),
        body: Vec::new().into(),
        deadline: Duration::from_secs(5),
        max_response_bytes: 1024,
    };
    let answer = Client::new(Settings::new(egress))
        .unwrap()
        .send(outgoing)
        .await
        .unwrap();
    (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap())
}

#[tokio::test]
async fn from_the_catalogue_to_the_bytes_and_back() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let (negotiation, agreement) = story.agreed(version).await;
        let transfer = story.started(version, &agreement).await;
        let path = format!("/transferprocesses/{transfer}");
        let access = format!("/edrs/{transfer}/dataaddress");

        let address = story.consumer_does(Version::V3, "GET", &access, None).await;
        assert_eq!(address["type"], "https://w3id.org/idsa/v4.1/HTTP");
        assert_eq!(address["endpointType"], address["type"]);
        assert_eq!(
            (address["@type"].as_str(), address["authType"].as_str()),
            (Some("DataAddress"), Some("bearer"))
        );
        assert_eq!(fetched(&address).await, (200, CONTENT.to_owned()));
        let entries = story.consumer_does(Version::V3, "POST", "/edrs/request", None).await;
        let [entry] = entries.as_array().unwrap().as_slice() else {
            panic!("{entries}")
        };
        for (member, value) in [
            ("@id", transfer.as_str()),
            ("transferProcessId", &transfer),
            ("agreementId", &agreement),
            ("contractNegotiationId", &negotiation),
            ("assetId", ASSET),
            ("providerId", &story.provider.id),
        ] {
            assert_eq!(entry[member], value, "{member}");
        }

        let pause = version.request("SuspendTransfer", &json!({ "reason": "pause" }));
        story
            .consumer_does(version, "POST", &format!("{path}/suspend"), Some(&pause))
            .await;
        let paused = story.until(version, &path, &["SUSPENDED"]).await;
        assert_eq!(paused["errorDetail"], "pause");
        assert_eq!(fetched(&address).await.0, 403);
        let got = story.ask(&story.consumer, Version::V3, "GET", &access, None).await;
        assert_eq!(error(&got).0, 404, "no access while it is suspended");

        story
            .consumer_does(version, "POST", &format!("{path}/resume"), None)
            .await;
        story.until(version, &path, &["STARTED"]).await;
        let mut again = story.ask(&story.consumer, Version::V3, "GET", &access, None).await;
        while again.status == 404 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            again = story.ask(&story.consumer, Version::V3, "GET", &access, None).await;
        }
        assert_ne!(again.json["authorization"], address["authorization"]);
        assert_eq!(fetched(&again.json).await, (200, CONTENT.to_owned()));

        let end = version.request("TerminateTransfer", &json!({ "reason": "the season is over" }));
        story
            .consumer_does(version, "POST", &format!("{path}/terminate"), Some(&end))
            .await;
        let over = story.until(version, &path, &["TERMINATED"]).await;
        assert_eq!(over["errorDetail"], "the season is over");
        assert_eq!(fetched(&again.json).await.0, 403);
        let theirs = story
            .provider_does(version, "POST", "/transferprocesses/request", None)
            .await;
        assert_eq!(theirs[0]["errorDetail"], "the season is over", "the provider hears why");
        assert_eq!(
            (theirs[0]["type"].as_str(), theirs[0]["correlationId"].as_str()),
            (Some("PROVIDER"), Some(transfer.as_str()))
        );
    }
}

#[tokio::test]
async fn an_offer_without_rules_stands_for_the_providers_own() {
    let story = Story::offered(Version::V3).await;
    let id = story.offer_id(Version::V3).await;
    let ask = async |id: &str| {
        let policy = json!({
            "@id": id, "@type": "http://www.w3.org/ns/odrl/2/Offer",
            "http://www.w3.org/ns/odrl/2/assigner": { "@id": story.provider.id },
            "http://www.w3.org/ns/odrl/2/target": { "@id": ASSET },
        });
        let request =
            json!({ "protocol": story::PROTOCOL, "counterPartyAddress": story.provider.dsp, "policy": policy });
        let request = Version::V3.request("ContractRequest", &request);
        story
            .ask(
                &story.consumer,
                Version::V3,
                "POST",
                "/contractnegotiations",
                Some(&request),
            )
            .await
    };
    let made = ask(&id).await;
    let path = format!("/contractnegotiations/{}", made.json["@id"].as_str().unwrap());
    let negotiation = story.until(Version::V3, &path, &["FINALIZED", "TERMINATED"]).await;
    assert_eq!(negotiation["state"], "FINALIZED", "{negotiation}");
    let unknown = ask("bm9uZQ==:bm9uZQ==:bm9uZQ==").await;
    assert_eq!(error(&unknown).0, 400, "{}", unknown.json);
}

#[tokio::test]
async fn a_termination_says_why_and_what_came_to_nothing_can_be_removed() {
    let story = Story::offered(Version::V3).await;
    let mut request = story.contract_request(Version::V3).await;
    request["policy"]["permission"] = json!([{ "action": "distribute" }]);
    let made = story
        .consumer_does(Version::V3, "POST", "/contractnegotiations", Some(&request))
        .await;
    let path = format!("/contractnegotiations/{}", made["@id"].as_str().unwrap());
    let refused = story.until(Version::V3, &path, &["TERMINATED"]).await;
    let detail = refused["errorDetail"].as_str().unwrap();
    assert!(detail.contains("offer-altered"), "{detail}");
    story.consumer_does(Version::V3, "DELETE", &path, None).await;
    assert_eq!(
        story.ask(&story.consumer, Version::V3, "GET", &path, None).await.status,
        404
    );
    let (negotiation, _) = story.agreed(Version::V3).await;
    let got = story
        .ask(
            &story.consumer,
            Version::V3,
            "DELETE",
            &format!("/contractnegotiations/{negotiation}"),
            None,
        )
        .await;
    assert_eq!(error(&got).0, 409);
    let end = Version::V3.request("TerminateNegotiation", &json!({ "reason": "late" }));
    let path = format!("/contractnegotiations/{negotiation}/terminate");
    assert_eq!(
        error(&story.ask(&story.consumer, Version::V3, "POST", &path, Some(&end)).await).0,
        409
    );
}

#[tokio::test]
async fn the_parts_of_a_catalogue_and_one_dataset() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let owner = story.node.admin(story.provider.slug).await;
        for number in 0..120 {
            let document = format!("/documents/more-{number:03}");
            story
                .node
                .done(&owner, "PUT", &document, Some(&json!({ "n": number })))
                .await;
        }
        let everything = version.request(
            "ContractDefinition",
            &json!({ "@id": "all", "accessPolicyId": "free", "contractPolicyId": "free", "assetsSelector": [] }),
        );
        story
            .provider_does(version, "PUT", "/contractdefinitions", Some(&everything))
            .await;
        let ids = async |query: Value| {
            let mut request = version.request("CatalogRequest", &story.about_provider());
            request["querySpec"] = query;
            let catalog = story
                .consumer_does(version, "POST", "/catalog/request", Some(&request))
                .await;
            let datasets = one_or_many(catalog.get("dcat:dataset").or_else(|| catalog.get("dataset")));
            datasets
                .iter()
                .map(|dataset| dataset["@id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let usual = ids(json!({ "@type": "QuerySpec" })).await;
        assert_eq!((usual.len(), usual[0].as_str()), (50, ASSET));
        let later = ids(json!({ "@type": "QuerySpec", "offset": 49, "limit": 2 })).await;
        assert_eq!(later, ["more-048", "more-049"]);
        assert_eq!(ids(json!({ "@type": "QuerySpec", "limit": 1000 })).await.len(), 121);
        assert_eq!(ids(json!({ "@type": "QuerySpec", "offset": 121 })).await, [""; 0]);
        let like = json!([{
            "@type": "Criterion", "operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "like", "operandRight": "%-11_",
        }]);
        let found = ids(json!({ "@type": "QuerySpec", "filterExpression": like })).await;
        assert_eq!((found.len(), found[0].as_str()), (10, "more-110"));

        let mut request = version.request("DatasetRequest", &story.about_provider());
        request["@id"] = json!("more-007");
        let dataset = story
            .consumer_does(version, "POST", "/catalog/dataset/request", Some(&request))
            .await;
        assert_eq!(dataset["@id"], "more-007");
        request["@id"] = json!("none");
        let got = story
            .ask(
                &story.consumer,
                version,
                "POST",
                "/catalog/dataset/request",
                Some(&request),
            )
            .await;
        assert_eq!((error(&got).0, error(&got).1), (502, "BadGateway"));
        assert!(error(&got).2.contains("dataset-unknown"), "{}", got.json);

        let own = story.provider_does(version, "POST", "/catalogs/request", None).await;
        let [own] = own.as_array().unwrap().as_slice() else {
            panic!("{own}")
        };
        let datasets = own.get("dcat:dataset").or_else(|| own.get("dataset")).unwrap();
        assert_eq!(datasets.as_array().unwrap().len(), 50);
    }
}

/// The federated catalogue once it holds so many catalogues: what is published is folded a moment later.
async fn catalogs(story: &Story, version: Version, query: &Value, count: usize) -> Vec<Value> {
    let query = version.request("QuerySpec", query);
    let mut last = Value::Null;
    for _ in 0..500 {
        last = story
            .consumer_does(version, "POST", "/catalogs/request", Some(&query))
            .await;
        if last.as_array().unwrap().len() == count {
            return last.as_array().unwrap().clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never {count}: {last:#}")
}

#[tokio::test]
async fn the_federated_catalogue_is_what_the_register_says() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let owner = story.node.admin(story.provider.slug).await;
        let described = json!({ "title": "Certificate", "description": "Of one lorry (sample)" });
        let path = format!("/documents/{ASSET}/properties");
        story.node.done(&owner, "PUT", &path, Some(&described)).await;
        let of = |field: &str, value: &str| json!({ "filterExpression": [{ "@type": "Criterion", "operandLeft": field, "operator": "=", "operandRight": value }] });
        catalogs(&story, version, &of("participantId", &story.provider.id), 1).await;
        let whole = catalogs(&story, version, &json!({}), 1).await;
        let [catalog] = whole.as_slice() else {
            panic!("{whole:#?}")
        };
        let member = |node: &Value, names: [&str; 2]| names.iter().find_map(|name| node.get(*name)).cloned();
        let participant = member(catalog, ["participantId", "dspace:participantId"]).unwrap();
        assert!(participant.to_string().contains(&story.provider.id), "{catalog:#}");
        assert!(catalog.to_string().contains("urn:chapar:terms:asOf"), "{catalog:#}");
        assert!(catalog.to_string().contains(&story.provider.dsp), "{catalog:#}");
        let datasets = one_or_many(member(catalog, ["dcat:dataset", "dataset"]).as_ref());
        assert_eq!((datasets.len(), &datasets[0]["@id"]), (1, &json!(ASSET)));
        let offers = one_or_many(member(&datasets[0], ["odrl:hasPolicy", "hasPolicy"]).as_ref());
        assert_eq!(
            offers[0]["@id"],
            story.offer_id(version).await,
            "it is the offer of the provider's catalogue"
        );

        for (field, good) in [
            ("participantId", story.provider.id.as_str()),
            ("https://w3id.org/edc/v0.0.1/ns/originator", &story.provider.dsp),
            ("id", ASSET),
        ] {
            assert_eq!(catalogs(&story, version, &of(field, good), 1).await.len(), 1, "{field}");
            assert!(
                catalogs(&story, version, &of(field, "did:web:other.example"), 0)
                    .await
                    .is_empty(),
                "{field}"
            );
        }
        assert!(catalogs(&story, version, &json!({ "offset": 1 }), 0).await.is_empty());
    }
}

/// A place that takes one delivery: its address, and what it was sent.
async fn inbox() -> (String, tokio::task::JoinHandle<(String, Vec<u8>)>) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}/in?box=1", listener.local_addr().unwrap());
    let taken = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut sent = Vec::new();
        loop {
            assert_ne!(stream.read_buf(&mut sent).await.unwrap(), 0, "it ended early");
            let Some(end) = sent.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8(sent[..end].to_vec()).unwrap().to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            let body = &sent[end + 4..];
            if body.len() >= length.parse().unwrap() {
                let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.unwrap();
                return (head, body.to_vec());
            }
        }
    });
    (address, taken)
}

fn push_request(story: &Story, version: Version, agreement: &str, destination: &Value) -> Value {
    let mut request = version.request("TransferRequest", &story.about_provider());
    request["contractId"] = json!(agreement);
    request["transferType"] = json!("HttpData-PUSH");
    request["dataDestination"] = json!({ "@type": "DataAddress", "type": "HttpData" });
    for (name, value) in destination.as_object().unwrap() {
        request["dataDestination"][name] = value.clone();
    }
    request
}

#[tokio::test]
async fn a_push_delivers_the_bytes_and_is_completed_on_both_sides() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let (_, agreement) = story.agreed(version).await;
        let (address, taken) = inbox().await;
        let destination = json!({ "baseUrl": address, "authKey": "x-key", "authCode": "sesame", "method": "PUT" });
        let request = push_request(&story, version, &agreement, &destination);
        let made = story
            .consumer_does(version, "POST", "/transferprocesses", Some(&request))
            .await;
        let path = format!("/transferprocesses/{}", made["@id"].as_str().unwrap());
        story.until(version, &path, &["COMPLETED", "TERMINATED"]).await;
        let ended = story.until(version, &path, &["COMPLETED"]).await;
        assert_eq!(ended.get("errorDetail"), None, "{ended}");
        let (head, body) = taken.await.unwrap();
        assert_eq!(String::from_utf8(body).unwrap(), CONTENT, "{version:?}");
        assert!(head.starts_with("put /in?box=1 "), "{head}");
        assert!(head.contains("\r\nx-key: sesame"), "{head}");
        let mut theirs = Value::Null;
        // It is completed there when the consumer has taken the word of it.
        for _ in 0..500 {
            theirs = story
                .provider_does(version, "POST", "/transferprocesses/request", None)
                .await;
            if theirs[0]["state"] == "COMPLETED" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(theirs[0]["state"], "COMPLETED", "{theirs}");
    }
}

#[tokio::test]
async fn a_place_that_takes_nothing_ends_the_push_with_what_is_wrong_with_its_address() {
    let story = Story::offered(Version::V3).await;
    let (_, agreement) = story.agreed(Version::V3).await;
    let destination = json!({ "baseUrl": "http://127.0.0.1:9/in", "method": "DELETE" });
    let request = push_request(&story, Version::V3, &agreement, &destination);
    let made = story
        .consumer_does(Version::V3, "POST", "/transferprocesses", Some(&request))
        .await;
    let path = format!("/transferprocesses/{}", made["@id"].as_str().unwrap());
    let ended = story.until(Version::V3, &path, &["TERMINATED"]).await;
    let why = ended["errorDetail"].as_str().unwrap();
    assert!(why.contains("cannot be used: `method` `DELETE`"), "{why}");
}

#[tokio::test]
async fn a_place_that_is_opened_by_a_token_nobody_gets_is_refused_at_once() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let (_, agreement) = story.agreed(version).await;
        let destination = json!({ "baseUrl": "http://127.0.0.1:9/in", "oauth2:tokenUrl": "http://127.0.0.1:9/token" });
        let request = push_request(&story, version, &agreement, &destination);
        let path = "/transferprocesses";
        let got = story.ask(&story.consumer, version, "POST", path, Some(&request)).await;
        let (status, kind, why) = error(&got);
        assert_eq!((status, kind), (400, "InvalidRequest"));
        assert!(why.contains("`oauth2:tokenUrl`") && why.contains("`authCode`"), "{why}");
        let begun = story
            .consumer_does(version, "POST", "/transferprocesses/request", None)
            .await;
        assert_eq!(begun, json!([]), "nothing has begun");
    }
}

#[tokio::test]
async fn a_push_shows_where_it_goes_but_not_what_opens_that_place() {
    let story = Story::offered(Version::V3).await;
    let (_, agreement) = story.agreed(Version::V3).await;
    let destination = json!({ "baseUrl": "http://127.0.0.1:9/in", "authKey": "x-key", "authCode": "hidden" });
    let mut request = push_request(&story, Version::V3, &agreement, &destination);
    request["privateProperties"] = json!({ "ticket": "4711" });
    let made = story
        .consumer_does(Version::V3, "POST", "/transferprocesses", Some(&request))
        .await;
    let path = format!("/transferprocesses/{}", made["@id"].as_str().unwrap());
    let shown = story.consumer_does(Version::V3, "GET", &path, None).await;
    assert_eq!(shown["dataDestination"]["baseUrl"], "http://127.0.0.1:9/in", "{shown}");
    assert_eq!(shown["dataDestination"]["authKey"], "x-key", "{shown}");
    assert!(!shown.to_string().contains("hidden"), "{shown}");
    assert_eq!(shown["privateProperties"], json!({ "ticket": "4711" }));
    let filter = json!([{ "operandLeft": "privateProperties.ticket", "operator": "=", "operandRight": "4711" }]);
    let query = Version::V3.request("QuerySpec", &json!({ "filterExpression": filter }));
    let found = story
        .consumer_does(Version::V3, "POST", "/transferprocesses/request", Some(&query))
        .await;
    assert_eq!(found[0]["@id"], shown["@id"], "{found}");
}

#[tokio::test]
async fn what_nobody_answers_can_be_ended_and_is_not_removed_while_its_message_is_under_way() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let mut request = story.contract_request(version).await;
        let (host, _) = story
            .provider
            .dsp
            .split_once("/dsp")
            .unwrap_or((&story.provider.dsp, ""));
        request["counterPartyAddress"] = json!(format!("{host}/nobody"));
        let made = story
            .consumer_does(version, "POST", "/contractnegotiations", Some(&request))
            .await;
        let path = format!("/contractnegotiations/{}", made["@id"].as_str().unwrap());
        let told = async || story.consumer_does(version, "GET", &path, None).await["errorDetail"].clone();
        for _ in 0..300 {
            if told().await.is_string() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let why = told().await;
        assert!(why.as_str().unwrap().contains("is not answered yet"), "{why}");
        let end = version.request("TerminateNegotiation", &json!({ "reason": "nobody answers" }));
        let terminate = format!("{path}/terminate");
        story.consumer_does(version, "POST", &terminate, Some(&end)).await;
        let ended = story.consumer_does(version, "GET", &path, None).await;
        assert_eq!(
            (ended["state"].as_str(), ended["errorDetail"].as_str()),
            (Some("TERMINATED"), Some("nobody answers"))
        );
        let kept = story.ask(&story.consumer, version, "DELETE", &path, None).await;
        let (status, kind, why) = error(&kept);
        assert_eq!((status, kind), (409, "ObjectConflict"));
        assert!(why.contains("`ContractRequestMessage` is still under way"), "{why}");
        story.consumer_does(version, "GET", &path, None).await;
    }
}

#[tokio::test]
async fn data_in_one_call_and_a_fresh_access_when_it_is_wanted() {
    let story = Story::offered(Version::V3).await;
    let request = story.contract_request(Version::V3).await;
    let open = async || {
        let made = story.consumer_does(Version::V3, "POST", "/edrs", Some(&request)).await;
        assert_eq!(made["@type"], "IdResponse", "{made}");
        made["@id"].as_str().unwrap().to_owned()
    };
    let entries = async |negotiation: &str, count: usize| {
        let filter = json!([{ "operandLeft": "contractNegotiationId", "operator": "=", "operandRight": negotiation }]);
        let query = Version::V3.request("QuerySpec", &json!({ "filterExpression": filter }));
        for _ in 0..500 {
            let found = story
                .consumer_does(Version::V3, "POST", "/edrs/request", Some(&query))
                .await;
            let found = one_or_many(Some(&found));
            if found.len() == count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {count} of {negotiation}")
    };
    let negotiation = open().await;
    let entry = entries(&negotiation, 1).await.remove(0);
    let transfer = entry["transferProcessId"].as_str().unwrap().to_owned();
    let address = async |method, path: &str| {
        story
            .consumer_does(Version::V3, method, &format!("/edrs/{transfer}/{path}"), None)
            .await
    };
    let first = address("GET", "dataaddress").await;
    assert_eq!(fetched(&first).await, (200, CONTENT.to_owned()));
    // The end of a token is a whole second: within one, the fresh token is the same.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let fresh = address("POST", "refresh").await;
    assert_ne!(fresh["authorization"], first["authorization"]);
    assert_eq!(fetched(&fresh).await, (200, CONTENT.to_owned()));
    assert_eq!(
        address("GET", "dataaddress").await["authorization"],
        fresh["authorization"]
    );

    assert_eq!(open().await, negotiation, "the agreement is there already");
    entries(&negotiation, 2).await;
    let none = story
        .ask(&story.consumer, Version::V3, "POST", "/edrs/none/refresh", None)
        .await;
    assert_eq!(error(&none).0, 404);
}

#[tokio::test]
async fn a_retired_agreement_ends_its_transfers_and_lets_none_begin() {
    let story = Story::offered(Version::V3).await;
    let (_, agreement) = story.agreed(Version::V3).await;
    let transfer = story.started(Version::V3, &agreement).await;
    let entry = Version::V3.request(
        "AgreementsRetirementEntry",
        &json!({ "agreementId": agreement, "https://w3id.org/tractusx/v0.0.1/ns/reason": "sold" }),
    );
    let retirements = "/contractagreements/retirements";
    let retire = async || {
        story
            .ask(&story.consumer, Version::V3, "POST", retirements, Some(&entry))
            .await
    };
    assert_eq!(retire().await.status, 204);
    assert_eq!(error(&retire().await).0, 409);
    let ended = story
        .until(Version::V3, &format!("/transferprocesses/{transfer}"), &["TERMINATED"])
        .await;
    assert!(ended["errorDetail"].as_str().unwrap().contains("sold"), "{ended}");
    let begin = async || {
        let mut request = Version::V3.request("TransferRequest", &story.about_provider());
        request["contractId"] = json!(agreement);
        request["transferType"] = json!("HttpData-PULL");
        let path = "/transferprocesses";
        story
            .ask(&story.consumer, Version::V3, "POST", path, Some(&request))
            .await
    };
    assert_eq!(error(&begin().await).0, 409);

    let filter = json!([{ "operandLeft": "agreementId", "operator": "=", "operandRight": agreement }]);
    let query = Version::V3.request("QuerySpec", &json!({ "filterExpression": filter }));
    let found = story
        .consumer_does(Version::V3, "POST", &format!("{retirements}/request"), Some(&query))
        .await;
    assert_eq!(
        (&found[0]["agreementId"], &found[0]["tx:reason"]),
        (&json!(agreement), &json!("sold")),
        "{found}"
    );
    let path = format!("{retirements}/{agreement}");
    story.consumer_does(Version::V3, "DELETE", &path, None).await;
    assert_eq!(begin().await.status, 200);
    let none = story.ask(&story.consumer, Version::V3, "DELETE", &path, None).await;
    assert_eq!(error(&none).0, 404);
}
