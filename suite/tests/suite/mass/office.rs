//! A house with an object more than is delivered, an agent in it, and what may be sent to each field and column.

use std::collections::{BTreeMap, BTreeSet};

use authz::{Area, FieldRule, Reach, Role, Verb};
use axum::Router;
use kernel::{Currency, RecordId};
use records::object::Kind;
use records::{Field, Object, Objects, RecordRef, Records, Values};
use serde_json::{Value as Json, json};
use testkit::{Actor, App};

use crate::support::http::{Client, site};
use crate::support::raw::Raw;
use crate::support::reading::allow_all;
use crate::support::scene::absent;

/// Members that other systems, or this one elsewhere, know a record by.
const NAMES: [&str; 28] = [
    "id",
    "object",
    "owner",
    "owner_id",
    "ownerId",
    "@owner",
    "team",
    "team_id",
    "version",
    "created_at",
    "createdAt",
    "created_by",
    "updated_at",
    "deleted_at",
    "deleted",
    "subject",
    "subject_id",
    "seal",
    "sealed",
    "sealed_sensitive",
    "row_mark",
    "name_rank",
    "tenant_id",
    "workspace",
    "role",
    "roles",
    "fields",
    "__proto__",
];

/// An object that a company made up: every kind of field, and every class.
const MADE_UP: &str = r#"
name = "vehicle"
plural = "vehicles"
labels = { en = "Vehicle", zh = "车辆" }
plurals = { en = "Vehicles", zh = "车辆" }
title = "plate"
board = "state"
field = [
    { name = "plate", kind = "text", class = "personal", search = "words", required = true, labels = { en = "Plate", zh = "车牌" } },
    { name = "driver", kind = "person_name", class = "personal", labels = { en = "Driver", zh = "司机" } },
    { name = "mail", kind = "email", class = "open", labels = { en = "Mail", zh = "邮箱" } },
    { name = "line", kind = "phone", class = "sensitive", labels = { en = "Line", zh = "电话" } },
    { name = "page", kind = "url", class = "open", labels = { en = "Page", zh = "网页" } },
    { name = "remarks", kind = "long_text", class = "sensitive", labels = { en = "Remarks", zh = "备注" } },
    { name = "seats", kind = "number", class = "open", labels = { en = "Seats", zh = "座位" } },
    { name = "price", kind = "money", class = "open", labels = { en = "Price", zh = "价格" } },
    { name = "bought", kind = "date", class = "personal", labels = { en = "Bought", zh = "购买" } },
    { name = "seen", kind = "time", class = "open", labels = { en = "Seen", zh = "所见" } },
    { name = "state", kind = "choice", class = "open", labels = { en = "State", zh = "状态" }, choices = [
        { value = "new", en = "New", zh = "新", tone = 1 }, { value = "old", en = "Old", zh = "旧", tone = 2 } ] },
    { name = "marks", kind = "tags", class = "personal", labels = { en = "Marks", zh = "标签" } },
    { name = "sold", kind = "boolean", class = "open", labels = { en = "Sold", zh = "已售" } },
    { name = "sold_at", kind = "time", class = "open", stamps = "sold", labels = { en = "Sold at", zh = "售出" } },
    { name = "holder", kind = "link", class = "open", link = "contact", labels = { en = "Holder", zh = "持有人" } },
    { name = "keeper", kind = "user", class = "open", labels = { en = "Keeper", zh = "保管人" } },
]
"#;

/// A house with an object more, and an agent who has records of each.
pub(super) struct Office {
    pub(super) app: App,
    pub(super) site: Router,
    pub(super) raw: Raw,
    pub(super) founder: Actor,
    pub(super) ann: Actor,
    /// What links may lead to.
    pub(super) targets: BTreeMap<String, RecordId>,
}

impl Office {
    pub(super) async fn of(mut app: App) -> Self {
        let standard = app.records.objects().iter().map(|object| (**object).clone());
        let all = standard.chain([Object::parse(MADE_UP).unwrap()]).collect();
        let objects = Objects::gather(all, Currency::EUR).unwrap();
        app.records = Records::new(app.vault.clone(), objects, app.folder().join("uploads"));
        let own = app.records.clone();
        app.db.write(&app.operator(), move |tx| own.ensure_tables(tx)).await.unwrap();
        let founder = app.founder().await;
        allow_all(&app, &founder).await;
        let ann = app.person("Ann Lee", Role::Agent).await;
        let mut office =
            Self { site: site(&app), raw: Raw::data(&app).await, founder, ann, targets: BTreeMap::new(), app };
        office.rules(None, |_| false).await;
        for object in office.objects() {
            let made = office.make(&object).await;
            office.targets.insert(object.name.to_string(), made.id);
        }
        office
    }

    pub(super) fn objects(&self) -> Vec<Object> {
        self.app.records.objects().iter().map(|object| (**object).clone()).collect()
    }

    pub(super) fn browser(&self) -> Client {
        Client::of(&self.site, &self.ann)
    }

    pub(super) async fn program(&self) -> Client {
        Client::program(&self.site, &self.app.token(&self.ann).await)
    }

    /// Puts a rule on every field of every object that `on` picks and that can have it, and takes all others away.
    pub(super) async fn rules(&mut self, rule: Option<FieldRule>, on: impl Fn(&Field) -> bool) {
        let mut charter = Role::Agent.charter().grant(Area::Records, Verb::Import, Reach::Own);
        for object in self.objects() {
            for field in object.fields.iter().filter(|field| on(field)) {
                let Some(rule) = rule.filter(|rule| can_have(&object, field, *rule)) else { continue };
                charter = charter.rule(object.name.clone(), field.name.clone(), rule);
            }
        }
        let objects = self.app.records.clone();
        let save = move |tx: &mut db::WriteTx<'_>| roles::save(tx, objects.objects(), Role::Agent, "", &charter);
        self.app.db.write(&self.founder.cx, save).await.unwrap();
        self.app.accounts.forget_everybody();
        self.ann = Actor::again(&self.app, &self.ann.email).await;
    }

    /// Makes a record of Ann's that holds nothing but what it must.
    pub(super) async fn make(&self, object: &Object) -> RecordRef {
        let title = format!("Zq {}", self.app.request());
        self.ann.create(object.name.as_str(), &[(object.title.as_str(), &title)]).await.unwrap()
    }

    /// What a field takes, as a form and as JSON spell it.
    pub(super) fn value(&self, field: &Field) -> (String, Json) {
        let text = match field.kind {
            Kind::PersonName | Kind::Text | Kind::LongText => "Zqforged".to_owned(),
            Kind::Email => "forged@zq.example".to_owned(),
            Kind::Phone => "+49 30 5550 7799".to_owned(),
            Kind::Url => "https://forged.zq.example".to_owned(),
            Kind::Number => return ("7".to_owned(), json!(7)),
            Kind::Money => return ("12.50".to_owned(), json!({ "amount": "12.50", "currency": "EUR" })),
            Kind::Date => "2031-05-06".to_owned(),
            Kind::Time => "2031-05-06T07:08:00Z".to_owned(),
            Kind::Choice => field.choices.last().unwrap().value.clone(),
            Kind::Tags => return ("Zqforged".to_owned(), json!(["Zqforged"])),
            Kind::Boolean => return ("true".to_owned(), json!(true)),
            Kind::Link => self.targets[field.link.as_ref().unwrap().as_str()].to_string(),
            Kind::User => self.founder.id.to_string(),
        };
        (text.clone(), json!(text))
    }

    /// What a column might take.
    pub(super) fn forged(&self, name: &str) -> String {
        match name {
            "owner" | "owner_id" | "ownerId" => self.founder.id.to_string(),
            "@owner" => self.founder.email.clone(),
            _ if name.ends_with("_at") || name.ends_with("At") => "2031-05-06T07:08:00Z".to_owned(),
            "version" => "77".to_owned(),
            "deleted" => "true".to_owned(),
            "role" | "roles" => "administrator".to_owned(),
            _ if name == "id" || name.ends_with("_id") || name.ends_with("Id") => absent().to_string(),
            _ => "7".to_owned(),
        }
    }

    /// Every name that is no field of an object: the columns of its table and what others may call them.
    pub(super) async fn strangers(&self, object: &Object) -> BTreeSet<String> {
        let columns = self.raw.columns(&table(object)).await.into_iter().map(|column| column.name);
        let names = columns.chain(NAMES.map(str::to_owned));
        names.filter(|name| object.field(name).is_none()).collect()
    }

    /// What a new record must have.
    pub(super) fn required(&self, object: &Object) -> Vec<(String, String, Json)> {
        let needed = object.fields.iter().filter(|field| field.required && field.default.is_none());
        let one = |field: &Field| match field.name == object.title {
            true => (field.name.to_string(), format!("Zq {}", self.app.request())),
            false => (field.name.to_string(), self.value(field).0),
        };
        let spelled = |(name, text): (String, String)| {
            let json = object.field(&name).map_or(Json::Null, |field| match field.name == object.title {
                true => json!(text),
                false => self.value(field).1,
            });
            (name, text, json)
        };
        let mut all: Vec<_> = needed.map(one).map(spelled).collect();
        if all.is_empty() || object.field(object.title.as_str()).is_some_and(|title| !title.required) {
            all.push((object.title.to_string(), "Zq".to_owned(), json!("Zq")));
        }
        all
    }

    pub(super) async fn row(&self, at: &RecordRef) -> BTreeMap<String, String> {
        self.raw.row(&format!("r_{}", at.object), at.id.uuid()).await
    }

    pub(super) async fn count(&self, object: &Object) -> i64 {
        self.raw.number(&format!("select count(*) from {}", table(object))).await
    }

    /// What a record holds for whoever sees all of it.
    pub(super) async fn values(&self, at: &RecordRef) -> Values {
        self.founder.record(at).await.unwrap().values().clone()
    }
}

pub(super) fn table(object: &Object) -> String {
    format!("r_{}", object.name)
}

pub(super) fn can_have(object: &Object, field: &Field, rule: FieldRule) -> bool {
    match rule {
        FieldRule::ReadOnly => true,
        FieldRule::Masked => !field.is_masked() && !roles::must_be_seen(object, field),
        FieldRule::Hidden => !roles::must_be_seen(object, field),
    }
}

/// Takes away what any two records, or any two versions of one, differ in.
pub(super) fn lasting(mut row: BTreeMap<String, String>, also: &[&str]) -> BTreeMap<String, String> {
    for name in ["version", "updated_at", "sealed", "row_mark"].iter().chain(also) {
        row.remove(*name);
    }
    // Where it stands by name says nothing but what it is called.
    row.retain(|name, _| !name.ends_with("_rank"));
    row
}

/// The values without those that were sent rightly.
pub(super) fn but(mut values: Values, sent: &[(String, String, Json)]) -> Values {
    for (name, ..) in sent {
        values.set(kernel::FieldName::parse(name).unwrap(), None);
    }
    values
}
