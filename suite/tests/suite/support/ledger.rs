//! The ledger as it lies in its table.

use kernel::{EntryId, RequestId, Uuid};
use ledger::{Act, Entry};

use super::raw::Raw;

/// Returns every act, placed or not.
pub(crate) async fn acts(raw: &Raw) -> Vec<Act> {
    let bodies = raw.blobs("select body from ledger_entry order by id").await;
    let unpack = |body| Entry { id: EntryId::from_uuid(Uuid::nil()), body }.unpack().unwrap();
    bodies.into_iter().flat_map(unpack).collect()
}

/// Returns what was done in a request: verbs and how each ended.
pub(crate) async fn done_in(raw: &Raw, request: RequestId) -> Vec<String> {
    let acts = acts(raw).await;
    let lines = acts.iter().filter(|act| act.request == request).flat_map(|act| &act.lines);
    lines.map(|line| format!("{} {} {:?}", line.verb, line.object, line.outcome)).collect()
}
