//! Ids that are not in the path but inside what is sent: of many records at once, of what is undone, of links and in conditions.
//! Another's record is answered like one that never was, and nothing becomes of it.

use authz::Role;
use records::RecordRef;
use serde_json::json;
use testkit::App;

use crate::support::http::{Answer, Client};
use crate::support::scene::{Scene, absent, one_of_each};

testkit::on_both_engines! {
    an_id_inside_of_what_is_sent_opens_no_more_than_one_in_the_path => super::inside;
}

/// Returns all of an answer but the id of the request, which an act on many records repeats, and the id that was asked about.
fn seen(answer: &Answer, id: &str) -> String {
    let request = answer.header("x-request-id").to_owned();
    let seen = answer.seen().replace(id, "ID");
    if request.is_empty() { seen } else { seen.replace(&request, "REQUEST") }
}

/// Versions and bins of everything that can be changed.
async fn rows(scene: &Scene) -> Vec<i64> {
    let mut rows = Vec::new();
    for sql in [
        "select cast(coalesce(sum(version), 0) as bigint) from r_contact",
        "select cast(coalesce(sum(version), 0) as bigint) from r_company",
        "select cast(coalesce(sum(version), 0) as bigint) from r_deal",
        "select cast(coalesce(sum(version), 0) as bigint) from r_task",
        "select cast(coalesce(sum(version), 0) as bigint) from r_note",
        "select count(*) from r_contact where deleted_at is not null",
    ] {
        rows.push(scene.raw.number(sql).await);
    }
    rows
}

struct Thief<'s> {
    scene: &'s Scene,
    browser: Client,
    program: Client,
    own: Vec<RecordRef>,
}

impl Thief<'_> {
    /// Acts on many records, and undoes what a colleague did to theirs.
    async fn many(&self) {
        for at in &self.scene.records {
            let plural = self.scene.app.records.object(at.object.as_str()).unwrap().plural.to_string();
            let ids = [at.id.to_string(), absent().to_string()];
            for act in ["delete", "restore", "assign"] {
                let url = format!("/{plural}/bulk");
                let there = self.browser.post(&url, &[("act", act), ("id", &ids[0])]).await;
                let absent = self.browser.post(&url, &[("act", act), ("id", &ids[1])]).await;
                assert_eq!(seen(&there, &ids[0]), seen(&absent, &ids[1]), "{plural} {act}");
            }
        }
        let gone = self.scene.founder.create("contact", &[("name", "Somebody gone")]).await.unwrap().id.to_string();
        let founder = self.scene.fresh().await;
        let done = founder.post("/contacts/bulk", &[("act", "delete"), ("id", &gone)]).await;
        let request = done.header("x-request-id").to_owned();
        assert!(done.status == 303 && !request.is_empty(), "{done:?}");
        let before = rows(self.scene).await;
        let (nothing, fields) =
            (absent().to_string(), |ids: &str| [("request", request.clone()), ("ids", ids.to_owned())]);
        let undo = async |ids: &str| {
            let fields = fields(ids);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.browser.post("/contacts/undo", &fields).await
        };
        let (there, never) = (undo(&gone).await, undo(&nothing).await);
        assert_eq!(seen(&there, &gone), seen(&never, &nothing));
        assert_eq!(rows(self.scene).await, before, "a colleague's act was undone");
    }

    /// Links an own record to another's, by form and by program, and asks with conditions for what is linked to it.
    async fn links(&self) -> usize {
        let mut asked = 0;
        for own in &self.own {
            let object = self.scene.app.records.object(own.object.as_str()).unwrap();
            let plural = object.plural.to_string();
            for target in &self.scene.records {
                for field in object.links_to(&target.object) {
                    let (name, there, never) = (field.name.as_str(), target.id.to_string(), absent().to_string());
                    let patch = async |id: &str| {
                        let body = json!({ "fields": { name: id } });
                        self.program.json("PATCH", &format!("/api/v1/{plural}/{}", own.id), &body).await
                    };
                    let (one, other) = (patch(&there).await, patch(&never).await);
                    assert!((400..500).contains(&one.status), "{plural} {name}: {one:?}");
                    assert_eq!(seen(&one, &there), seen(&other, &never), "{plural} {name}");
                    let form = async |id: &str| {
                        let fields = [(name, id), ("version", "1")];
                        self.browser.post(&format!("/{plural}/{}", own.id), &fields).await
                    };
                    let (one, other) = (form(&there).await, form(&never).await);
                    assert_eq!(seen(&one, &there), seen(&other, &never), "{plural} {name} by form");
                    for base in [format!("/{plural}?as=list&"), format!("/api/v1/{plural}?")] {
                        let client = if base.starts_with("/api") { &self.program } else { &self.browser };
                        let ask = async |id: &str| client.get(&format!("{base}f={name}:is:{id}")).await;
                        let (one, other) = (ask(&there).await, ask(&never).await);
                        assert_eq!(seen(&one, &there), seen(&other, &never), "{base} {name}");
                    }
                    asked += 1;
                }
            }
        }
        asked
    }
}

/// Fails when: `bulk`, `undo_bulk` or a link asks for a row without asking whose it is.
async fn inside(app: App) {
    let scene = Scene::set(app).await;
    let (actor, browser, program) = scene.somebody("Bo Chen", Role::Agent).await;
    // The first page of a session says when somebody last signed in.
    assert_eq!(browser.get("/").await.status, 200);
    let own = one_of_each(&actor).await;
    let thief = Thief { scene: &scene, browser, program, own };
    let before = rows(&scene).await;
    let many = scene.raw.number("select count(*) from r_contact where deleted_at is not null").await;
    assert!(thief.links().await >= 6);
    assert_eq!(rows(&scene).await, before, "a link was made");
    thief.many().await;
    assert_eq!(scene.raw.number("select count(*) from r_contact where deleted_at is not null").await, many + 1);
    scene.end().await;
}
