use std::net::IpAddr;

use kernel::SubjectId;
use proptest::prelude::*;

use super::*;

fn lines() -> impl Strategy<Value = Line> {
    let ids = prop::collection::vec(any::<u128>().prop_map(Uuid::from_u128), 0..4);
    let fields = prop::collection::vec("[a-z][a-z0-9_]{0,39}", 0..4);
    let facts = prop::collection::vec(("[a-z]{1,9}", ".*"), 0..3);
    let outcome = (0..3, "[a-z-]{1,30}");
    let sealed = any::<Option<(Option<u128>, Vec<u8>)>>();
    (".{0,20}", "[a-z]{1,40}", outcome, ids, fields, facts, any::<Option<String>>(), sealed).prop_map(
        |(verb, name, (kind, code), ids, fields, facts, reason, sealed)| Line {
            verb: verb.into(),
            object: object(&name),
            outcome: match kind {
                0 => Outcome::Done,
                1 => Outcome::Denied(code.into()),
                _ => Outcome::Failed(code.into()),
            },
            ids,
            fields: fields.iter().map(|name| field(name)).collect(),
            facts: facts.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            reason,
            sealed: sealed.map(|(subject, bytes)| SealedPayload {
                subject: subject.map(|id| SubjectId::from_uuid(Uuid::from_u128(id))),
                bytes,
            }),
        },
    )
}

proptest! {
    #[test]
    fn whatever_happened_can_be_read_again(
        lines in prop::collection::vec(lines(), 0..5), at: i64, ip: Option<IpAddr>, agent: Option<String>, seed: u64,
    ) {
        let chance = SeededChance::new(seed);
        let origin = Origin { via: Via::Job, ip, agent };
        let acts = [Act { at: Timestamp::from_micros(at), origin, lines, ..act(&chance) }];
        let entry = Entry::pack(id(&chance), &acts).unwrap();
        prop_assert_eq!(entry.unpack().unwrap(), acts);
    }

    #[test]
    fn arbitrary_bytes_never_panic(body: Vec<u8>) {
        let _ = Entry { id: EntryId::from_uuid(Uuid::nil()), body }.unpack();
    }

    #[test]
    fn bytes_near_an_entry_never_panic(
        spots in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), seed: u64,
    ) {
        let mut entry = read_entry(&SeededChance::new(seed));
        for (at, byte) in spots {
            let at = at.index(entry.body.len());
            entry.body[at] = byte;
        }
        if let Ok(acts) = entry.unpack() {
            // What can be read can be packed and read again.
            prop_assert_eq!(Entry::pack(entry.id, &acts).unwrap().unpack().unwrap(), acts);
        }
    }
}
