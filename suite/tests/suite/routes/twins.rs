//! How acts on records are asked that take a few controls, or two records.

use httpkit::RouteInfo;

use super::cases::{Sent, form};
use crate::support::scene::{CANARY, Scene};

/// Making one of two, and taking that back.
pub(super) async fn merge_case(scene: &Scene, (route, method): (&RouteInfo, &str), fresh: &str) -> (String, Sent) {
    let two = async || scene.founder.create("contact", &[("name", CANARY)]).await.unwrap().id;
    let (one, other, base) = (two().await, two().await, route.path.replace("{plural}", "contacts"));
    let records = [(one, 1), (other, 1)];
    match (route.name, method) {
        ("MergePage", "GET") => (format!("{base}?id={fresh}&id={other}"), Sent::Nothing),
        ("MergePage", _) => {
            let ids = records.map(|(id, version)| format!("{id}:{version}"));
            (base, form(&[("id", &ids[0]), ("id", &ids[1]), ("keep", &one.to_string())]))
        }
        _ => {
            let merging = duplicates::Merging { keep: one, records: records.to_vec(), chosen: Default::default() };
            let merge = move |records: &records::Records, tx: &mut db::WriteTx<'_>| {
                duplicates::Duplicates::new(records.clone()).merge(tx, "contact", &merging)
            };
            let request = scene.founder.write(merge).await.unwrap();
            (base, form(&[("request", &request.to_string()), ("ids", &one.to_string())]))
        }
    }
}

/// The few controls of an act on records.
pub(super) fn controls(scene: &Scene, name: &str, fresh: &str) -> Sent {
    match name {
        "MoveRecord" => form(&[("stage", "customer"), ("version", "1")]),
        "NoteOn" => form(&[("text", CANARY)]),
        "AlikeHint" => form(&[("email", "person@zq.example")]),
        _ => form(&[("id", fresh), ("id", &scene.record("contact").id.to_string()), ("apart", "1")]),
    }
}
