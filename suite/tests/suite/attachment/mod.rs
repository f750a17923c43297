//! Files on records: what is taken and what is not, who may, what whoever has the database can do to them, and that they go.

mod limits;
mod page;
mod store;

use attachments::{Attachment, AttachmentFault, AttachmentId, Attachments, Wanted};
use bytes::Bytes;
use records::RecordRef;
use testkit::{Actor, App};

use crate::routes::cases::Sent;
use crate::support::scene::{CANARY, Scene, file};

testkit::on_both_engines! {
    a_file_comes_back_as_it_was_and_lies_nowhere_in_the_clear => super::whole;
    a_file_has_the_rights_of_its_record => super::rights;
    what_was_removed_can_be_taken_back_for_a_month => super::removed;
    a_file_goes_with_whoever_it_is_about => super::erased;
    what_is_held_is_not_destroyed_when_its_month_is_over => super::held;
}

pub(super) fn attachments(app: &App) -> Attachments {
    Attachments::new(app.db.clone(), app.vault.clone(), app.records.clone())
}

/// A picture of four points.
pub(super) const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\
    \xd4\x9as\x00\x00\x00\x16IDATx\xdac````ggg`ff\xe6\xe2\xe2\x02\x00\x014\x00=\xff\xd9]\xa5\x00\x00\x00\x00IEND\xaeB`\x82";

/// Puts a picture on a contact of the scene, and returns its id.
pub(crate) async fn one(scene: &Scene, contact: &str, removed: bool) -> String {
    let at = RecordRef { object: kernel::ObjectName::parse("contact").unwrap(), id: contact.parse().unwrap() };
    let kept = attach(&scene.app, &scene.founder, &at, (&format!("{CANARY}.png"), PNG)).await.unwrap();
    if removed {
        attachments(&scene.app).remove(&scene.founder.cx, at, kept.id).await.unwrap();
    }
    kept.id.to_string()
}

/// Says how to ask a route of files.
pub(crate) async fn case(
    scene: &Scene,
    (route, method): (&str, &str),
    (record, contact): (String, &str),
) -> (String, Sent) {
    match (route, method) {
        ("FilesPage" | "FileList", "GET") => (record, Sent::Nothing),
        ("FilesPage", _) => (record, Sent::File(file())),
        ("FileList", _) => (format!("{record}?name=a.txt"), Sent::Bytes(file().into_bytes())),
        _ => (record.replace("{file}", &one(scene, contact, route == "FileRestore").await), Sent::Nothing),
    }
}

/// Bytes that repeat nowhere.
pub(super) fn long(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// A file of a kind that is taken, of so many bytes.
pub(super) fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n{CANARY}\n").into_bytes();
    bytes.extend(long(length));
    bytes
}

pub(super) async fn attach(
    app: &App,
    actor: &Actor,
    at: &RecordRef,
    (name, bytes): (&str, &[u8]),
) -> Result<Attachment, AttachmentFault> {
    let wanted = Wanted { name: name.to_owned(), keep: false };
    let (feed, taking) = attachments(app).attach(&actor.cx, at.clone(), wanted);
    for piece in bytes.chunks(10_000) {
        if !feed.piece(Bytes::copy_from_slice(piece)).await {
            break;
        }
    }
    feed.end().await;
    taking.done().await
}

pub(super) async fn fetched(
    app: &App,
    actor: &Actor,
    at: &RecordRef,
    id: AttachmentId,
) -> Result<Vec<u8>, AttachmentFault> {
    let mut file = attachments(app).fetch(&actor.cx, at.clone(), id).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = file.pieces.recv().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    Ok(bytes)
}

/// What files say, names and all, in whatever database they lie.
pub(crate) async fn said(
    db: &db::Db,
    (vault, records): (&vault::Vault, &records::Records),
    (actor, at): (&Actor, &RecordRef),
) -> String {
    let files = Attachments::new(db.clone(), vault.clone(), records.clone());
    let (its, own, record) = (records.clone(), files.clone(), at.clone());
    let listing = db.read(&actor.cx, move |tx| own.list_in(tx, &its.read_record(tx, &record)?));
    let mut said = String::new();
    for file in listing.await.unwrap_or_default() {
        said.push_str(file.name().unwrap_or_default());
        let Ok(mut file) = files.fetch(&actor.cx, at.clone(), file.id).await else { continue };
        while let Some(piece) = file.pieces.recv().await {
            said.push_str(&String::from_utf8_lossy(&piece.unwrap()));
        }
    }
    said
}

pub(super) async fn listed(app: &App, actor: &Actor, at: &RecordRef) -> Vec<Attachment> {
    let (its, at) = (attachments(app), at.clone());
    let reading = actor.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        Ok(its.list_in(tx, &record).unwrap())
    });
    reading.await.unwrap()
}

/// Fails when: a part is left out or written twice, chunks are not sealed, or the name is not.
async fn whole(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    for length in [0, 1, 65_536 - 40, 300_000, 1_100_000] {
        let bytes = pdf(length);
        let name = format!("{CANARY} 合同 {length}.pdf");
        let kept = attach(&app, &max, &at, (&name, &bytes)).await.unwrap();
        assert_eq!((kept.name(), kept.size), (Some(&*name), bytes.len() as u64));
        assert_eq!(fetched(&app, &max, &at, kept.id).await.unwrap(), bytes, "{length}");
    }
    assert_eq!(listed(&app, &max, &at).await.len(), 5);
    let company = max.create("company", &[("name", "Northlight")]).await.unwrap();
    let kept = attach(&app, &max, &company, ("plan.txt", CANARY.as_bytes())).await.unwrap();
    assert_eq!(fetched(&app, &max, &company, kept.id).await.unwrap(), CANARY.as_bytes());
    app.finish(&[CANARY]).await;
}

/// Fails when: `find` does not ask for the record, or `open_to_hang_on` for the right to change it.
async fn rights(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let (ann, vic) =
        (app.person("Ann Other", authz::Role::Agent).await, app.person("Vic Viewer", authz::Role::Viewer).await);
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let beside = max.create("contact", &[("name", "Another")]).await.unwrap();
    let kept = attach(&app, &max, &at, ("a.pdf", &pdf(100))).await.unwrap();
    // Whoever does not see the record finds neither it nor its files, and one record's file is none of another.
    let hidden = |fault: AttachmentFault| kernel::Fault::class(&fault) == kernel::Class::NotFound;
    assert!(hidden(fetched(&app, &ann, &at, kept.id).await.unwrap_err()));
    assert!(hidden(attach(&app, &ann, &at, ("b.pdf", &pdf(100))).await.unwrap_err()));
    assert!(hidden(attachments(&app).remove(&ann.cx, at.clone(), kept.id).await.unwrap_err()));
    assert!(hidden(fetched(&app, &max, &beside, kept.id).await.unwrap_err()));
    assert!(hidden(attachments(&app).remove(&max.cx, beside.clone(), kept.id).await.unwrap_err()));
    // Whoever sees it and may not change it fetches, and no more.
    assert!(fetched(&app, &vic, &at, kept.id).await.is_ok());
    let forbidden = |fault: AttachmentFault| kernel::Fault::class(&fault) == kernel::Class::Forbidden;
    assert!(forbidden(attach(&app, &vic, &at, ("b.pdf", &pdf(100))).await.unwrap_err()));
    assert!(forbidden(attachments(&app).remove(&vic.cx, at.clone(), kept.id).await.unwrap_err()));
    // What lies in the bin is not changed.
    let binned = at.clone();
    max.write(move |records, tx| records.delete_record(tx, &binned, None)).await.unwrap();
    assert!(attach(&app, &max, &at, ("b.pdf", &pdf(100))).await.is_err());
    assert!(attachments(&app).remove(&max.cx, at.clone(), kept.id).await.is_err());
    assert_eq!(listed(&app, &max, &at).await.len(), 1);
    app.finish(&[CANARY]).await;
}

/// Fails when: a removal destroys at once, what is removed is fetched, or `tidy` leaves it.
async fn removed(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let kept = attach(&app, &max, &at, ("a.pdf", &pdf(400_000))).await.unwrap();
    let files = attachments(&app);
    files.remove(&max.cx, at.clone(), kept.id).await.unwrap();
    assert!(listed(&app, &max, &at).await.is_empty() && fetched(&app, &max, &at, kept.id).await.is_err());
    files.tidy(&jobs::system_cx(&app.db)).await.unwrap();
    files.restore(&max.cx, at.clone(), kept.id).await.unwrap();
    assert_eq!(fetched(&app, &max, &at, kept.id).await.unwrap(), pdf(400_000));
    files.remove(&max.cx, at.clone(), kept.id).await.unwrap();
    app.clock.advance(std::time::Duration::from_secs(31 * 24 * 60 * 60));
    assert!(files.tidy(&max.cx).await.is_err(), "only the program itself destroys");
    files.tidy(&jobs::system_cx(&app.db)).await.unwrap();
    assert_eq!(store::rows(&app).await, (0, 0));
    app.finish(&[CANARY]).await;
}

/// Fails when: `forget` is not called on beginning or on sweeping, or leaves what was removed or is under way.
async fn erased(app: App) {
    let set = crate::erasure::Set::new(app).await;
    let (at, deal) = set.somebody(1).await;
    let (other, _) = set.somebody(2).await;
    let (app, max) = (&set.app, &set.max);
    for record in [&at, &deal, &other] {
        attach(app, max, record, ("a.pdf", &pdf(300_000))).await.unwrap();
    }
    let removed = attach(app, max, &at, ("b.pdf", &pdf(100))).await.unwrap();
    attachments(app).remove(&max.cx, at.clone(), removed.id).await.unwrap();
    // One is under way at this very moment.
    let (feed, taking) = attachments(app).attach(&max.cx, at.clone(), Wanted { name: "c.pdf".to_owned(), keep: false });
    assert!(feed.piece(pdf(1000).into()).await);
    store::until(app, "select count(*) from attachment where state = 'arriving'", 1).await;
    set.begun(&at).await;
    feed.end().await;
    assert!(taking.done().await.is_err());
    assert_eq!(store::rows(app).await, (1, 2), "only the other person's is left");
    // Another process that did not know yet sealed one more under the key.
    store::smuggle(app, &other, &at).await;
    set.settled().await;
    assert_eq!(store::rows(app).await, (1, 2));
    let done = set.erasures.list(&set.pia.cx).await.unwrap().remove(0);
    assert!(done.certificate.unwrap().contains("files-destroyed: 4\n"));
    let left = listed(app, max, &other).await;
    assert_eq!(fetched(app, max, &other, left[0].id).await.unwrap(), pdf(300_000));
    set.end().await;
}

/// Fails when: `due` does not ask for holds.
async fn held(app: App) {
    let set = crate::erasure::Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    let (files, day) = (attachments(&set.app), std::time::Duration::from_secs(24 * 60 * 60));
    let kept = attach(&set.app, &set.max, &at, ("a.pdf", &pdf(100))).await.unwrap();
    files.remove(&set.max.cx, at.clone(), kept.id).await.unwrap();
    set.erasures.hold(&set.pia.cx, at.clone(), "court", set.app.db.now().plus(day * 60)).await.unwrap();
    let system = jobs::system_cx(&set.app.db);
    for (days, left) in [(31, 1), (30, 0)] {
        set.app.clock.advance(day * days);
        files.tidy(&system).await.unwrap();
        assert_eq!(store::rows(&set.app).await.0, left, "after {days} days more");
    }
    set.end().await;
}
