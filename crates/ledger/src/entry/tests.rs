use std::net::IpAddr;

use kernel::{Chance, FieldName, Id, ObjectName, RequestId, SeededChance, Timestamp, Uuid, chance};

use super::*;
use crate::{ActorRef, Line, Origin, Outcome, SealedPayload, Via, verbs};

mod properties;

fn id<K>(chance: &dyn Chance) -> Id<K> {
    Id::from_uuid(Uuid::from_bytes(chance::array(chance)))
}

fn object(name: &str) -> ObjectName {
    ObjectName::parse(name).unwrap()
}

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

fn act(chance: &dyn Chance) -> Act {
    let ip = Some(IpAddr::from([203, 0, 113, 9]));
    let origin = Origin { via: Via::Web, ip, agent: Some("Firefox".to_owned()) };
    Act::new(Timestamp::from_micros(1_800_000_000_000_000), ActorRef::User(id(chance)), id(chance), origin)
        .in_session(id(chance))
}

fn read_entry(chance: &dyn Chance) -> Entry {
    let line = Line::done(verbs::READ, object("contact")).about(id::<()>(chance));
    Entry::pack(id(chance), &[act(chance).with(line)]).unwrap()
}

#[test]
fn every_part_of_an_act_survives_packing() {
    let chance = SeededChance::new(1);
    let update = Line::done(verbs::UPDATE, object("contact"))
        .about(id::<()>(&chance))
        .about_each([Uuid::nil(), Uuid::max()])
        .fields([field("name"), field("stage")])
        .fact("rows", "3")
        .because("asked to by phone")
        .sealed(SealedPayload::of_subject(id(&chance), vec![1, 2, 3]));
    let denied = Line::denied(verbs::EXPORT, object("deal"), "forbidden");
    let failed = Line::failed("fold", object("deal"), "stale").sealed(SealedPayload::of_object(vec![]));
    let gaps = Line::done("a", object("b")).because("only the reason, nothing before it");
    let acts = [
        act(&chance).with(update).with(denied).with(failed).with(gaps),
        Act::new(Timestamp::from_micros(-1), ActorRef::System, id(&chance), Origin::via(Via::Command)),
    ];
    let entry = Entry::pack(id(&chance), &acts).unwrap();
    assert_eq!(entry.unpack().unwrap(), acts);
    assert_eq!(entry.unpack().unwrap()[0].lines[0].fact_of("rows"), Some("3"));
}

#[test]
fn every_kind_of_actor_survives_packing() {
    let chance = SeededChance::new(2);
    for actor in [
        ActorRef::User(id(&chance)),
        ActorRef::Token { token: id(&chance), user: id(&chance) },
        ActorRef::Job { job: id(&chance), user: Some(id(&chance)) },
        ActorRef::Job { job: id(&chance), user: None },
        ActorRef::Operator,
        ActorRef::Nobody,
        ActorRef::System,
    ] {
        let acts = [Act { actor, ..act(&chance) }];
        assert_eq!(Entry::pack(id(&chance), &acts).unwrap().unpack().unwrap(), acts);
    }
}

/// Bytes in a database are for ever: this fails when a change of the code changes them.
#[test]
fn the_format_is_the_one_already_stored() {
    let nil = RequestId::from_uuid(Uuid::nil());
    let origin = Origin { via: Via::Api, ip: Some(IpAddr::from([127, 0, 0, 1])), agent: None };
    let line = Line::denied("read", object("deal"), "no").about(nil).because("why");
    let act = Act::new(Timestamp::from_micros(7), ActorRef::Nobody, nil, origin).with(line);
    let entry = Entry::pack(EntryId::from_uuid(Uuid::nil()), &[act]).unwrap();
    let hex: String = entry.body.iter().map(|b| format!("{b:02x}")).collect();
    let nil = "00".repeat(16);
    let line = format!("87{}{}820181{}50{nil}8080{}", "6472656164", "646465616c", "626e6f", "63776879");
    assert_eq!(hex, format!("8201818507820480{}8201447f00000181{line}", format_args!("50{nil}")));
}

#[test]
fn the_leaf_is_the_hash_of_a_zero_byte_the_id_and_the_body() {
    let entry = read_entry(&SeededChance::new(3));
    let mut bytes = vec![0];
    bytes.extend(entry.id.uuid().as_bytes());
    bytes.extend(&entry.body);
    assert_eq!(entry.leaf(), crypto::sha256(&bytes));
    assert_ne!(Entry { id: EntryId::from_uuid(Uuid::nil()), ..entry.clone() }.leaf(), entry.leaf());
}

#[test]
fn a_newer_format_is_told_apart_from_damage() {
    let entry = read_entry(&SeededChance::new(4));
    let mut newer = entry.clone();
    newer.body[1] = 9;
    assert_eq!(newer.unpack(), Err(LedgerFault::FormatUnknown(9)));
    for len in 0..entry.body.len() {
        let cut = Entry { id: entry.id, body: entry.body[..len].to_vec() };
        assert_eq!(cut.unpack(), Err(LedgerFault::Unreadable), "{len} bytes");
    }
    let mut longer = entry;
    longer.body.push(0);
    assert_eq!(longer.unpack(), Err(LedgerFault::Unreadable));
}

#[test]
fn elements_of_a_later_version_are_passed_over() {
    // A line, a body, an origin and an outcome with more elements than this version knows.
    let nil = [0_u8; 16];
    let mut e = Encoder::new(Vec::new());
    e.array(3).unwrap().u8(1).unwrap().array(1).unwrap();
    e.array(7).unwrap().i64(7).unwrap().array(2).unwrap().u8(4).unwrap().array(0).unwrap().bytes(&nil).unwrap();
    e.array(4).unwrap().u8(0).unwrap().null().unwrap().null().unwrap().str("new").unwrap();
    e.array(1).unwrap().array(10).unwrap().str("read").unwrap().str("deal").unwrap();
    e.array(2).unwrap().u8(0).unwrap().array(1).unwrap().map(1).unwrap().u8(1).unwrap().bool(true).unwrap();
    e.bytes(&nil).unwrap().array(0).unwrap().array(0).unwrap().null().unwrap().null().unwrap();
    e.array(1).unwrap().u8(1).unwrap().f64(0.5).unwrap();
    e.null().unwrap().str("new").unwrap();
    e.str("new").unwrap();
    let entry = Entry { id: EntryId::from_uuid(Uuid::nil()), body: e.into_writer() };
    let acts = entry.unpack().unwrap();
    assert_eq!(acts[0].lines[0].verb, "read");
    assert_eq!(acts[0].lines[0].outcome, Outcome::Done);
    assert_eq!(acts[0].lines[0].ids, [Uuid::nil()]);
    assert_eq!(acts[0].session, None);
}

#[test]
fn packing_allocates_once() {
    let chance = SeededChance::new(5);
    let entry = read_entry(&chance);
    let hint = 8 + entry.unpack().unwrap().iter().map(Act::size_hint).sum::<usize>();
    assert!(entry.body.len() <= hint && hint < 3 * entry.body.len(), "{} of {hint}", entry.body.len());
}

/// Run with `cargo test -p ledger --release -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed_of_packing_and_hashing_a_read() {
    const TIMES: u32 = 1_000_000;
    let chance = SeededChance::new(6);
    let contact = object("contact");
    let (entry, record) = (id(&chance), id::<()>(&chance));
    let acts = [act(&chance).with(Line::done(verbs::READ, contact).about(record))];
    let packed = Entry::pack(entry, &acts).unwrap();
    let timed = |what: &str, work: &dyn Fn()| {
        let from = std::time::Instant::now();
        (0..TIMES).for_each(|_| work());
        println!("{what}: {:?}, {} bytes", from.elapsed() / TIMES, packed.body.len());
    };
    timed("pack", &|| drop(std::hint::black_box(Entry::pack(entry, std::hint::black_box(&acts)))));
    timed("leaf", &|| _ = std::hint::black_box(std::hint::black_box(&packed).leaf()));
    timed("unpack", &|| drop(std::hint::black_box(std::hint::black_box(&packed).unpack())));
}
