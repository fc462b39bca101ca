//! Views that an older program made: the next start throws them away and makes them again from the logs.

use chapar_e2e::house::House;
use chapar_e2e::logs::{get, house, operator, publish, publisher, until};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;

/// Has the views be what a program of another revision left: facets and words are missing.
fn age(database: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        for act in ["DELETE FROM catalog_parts", "UPDATE views SET revision = 0"] {
            let done = sqlx::query(act).execute(&mut connection).await.unwrap();
            assert!(done.rows_affected() > 0, "{act}");
        }
        connection.close().await.unwrap();
    });
}

#[test]
fn views_of_an_older_program_are_made_again() {
    let mut house = house("registers-views");
    let who = publisher(&house, "plant");
    publish(&who, &["one", "two"]);
    let found = |house: &House| {
        let page = get(&format!("{}/chapar/v1/register/records?kind=notice", house.public));
        page.value()["items"].as_array().unwrap().len()
    };
    until(|| (found(&house) == 2).then_some(()));
    let digest = |house: &House| -> Value { operator(house).ask("GET", "/views", None)["digest"].clone() };
    let before = digest(&house);
    house.stop();
    age(&house.data().join("chapar.db"));
    house.start();
    until(|| (found(&house) == 2).then_some(()));
    until(|| (digest(&house) == before).then_some(()));
}
