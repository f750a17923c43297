//! Calling a tool.

use std::sync::Arc;

use authz::{Cx, Read, Resource as _};
use db::Permitted;
use kernel::{ObjectName, RecordId};
use ledger::ActorRef;
use records::history::Event;
use records::{ListQuery, Object, Record, RecordFault, RecordRef, Value};
use serde_json::{Map, Value as Json, json};

use crate::args::Args;
use crate::fault::CallFault;
use crate::rpc::RpcError;
use crate::wrap::{marked, refused, result, typed};
use crate::{Assistant, tool};

impl Assistant {
    /// Calls a tool. What it cannot do is a result too, so that a model reads it; only a call that is none is an error.
    pub(crate) async fn call(&self, cx: &Cx, mut params: Map<String, Json>) -> Result<Json, RpcError> {
        let Some(Json::String(name)) = params.remove("name") else {
            return Err(RpcError::parameters("the name of a tool is missing"));
        };
        let arguments = match params.remove("arguments") {
            None | Some(Json::Null) => Map::new(),
            Some(Json::Object(arguments)) => arguments,
            Some(_) => return Err(RpcError::parameters("the arguments are no object")),
        };
        if !tool::all(self.proposals.is_some())
            .iter()
            .any(|tool| tool.get("name").and_then(Json::as_str) == Some(&name))
        {
            return Err(RpcError::parameters("there is no such tool"));
        }
        let done = self.run(cx, &name, Args::new(arguments)).await;
        Ok(done.map_or_else(|fault| refused(&fault.said()), |data| result(data, self.db.chance())))
    }

    async fn run(&self, cx: &Cx, name: &str, args: Args) -> Result<Json, CallFault> {
        match name {
            "describe_objects" => self.describe(cx, args),
            "search" => self.search(cx, args).await,
            "list_records" => self.list(cx, args).await,
            "count_records" => self.count(cx, args).await,
            "get_record" => self.record(cx, args).await,
            "propose_change" | "propose_new" => self.propose(cx, name, args).await,
            _ => self.timeline(cx, args).await,
        }
    }

    fn describe(&self, cx: &Cx, args: Args) -> Result<Json, CallFault> {
        args.done()?;
        let objects = self.records.objects().iter().filter(|object| cx.may::<Read>(object.name.as_str()));
        let objects: Vec<Json> = objects.map(|object| described(cx, &self.records.seen(cx, object))).collect();
        Ok(json!({"objects": objects}))
    }

    /// Returns an object as whoever asks sees it.
    pub(crate) fn object(&self, cx: &Cx, args: &mut Args) -> Result<Arc<Object>, CallFault> {
        let name = args.required("object")?;
        let seen = self.records.seen_by_name(cx, &name)?;
        if cx.may::<Read>(&name) { Ok(seen) } else { Err(RecordFault::NotFound.into()) }
    }

    async fn search(&self, cx: &Cx, mut args: Args) -> Result<Json, CallFault> {
        let (query, objects, limit) = (args.required("query")?, args.texts("objects")?, args.limit(10, 20)?);
        args.done()?;
        let named = |name: &String| ObjectName::parse(name).map_err(|_| CallFault::Argument("objects"));
        let objects: Vec<ObjectName> = objects.iter().map(named).collect::<Result<_, _>>()?;
        let (records, limit) = (self.records.clone(), usize::try_from(limit).unwrap_or(1));
        let finding = self.db.read(cx, move |tx| -> Result<_, CallFault> {
            let found = records.search(tx, &query, &objects, limit)?;
            Ok(found.iter().map(shown).collect::<Vec<_>>())
        });
        Ok(json!({"records": finding.await?}))
    }

    fn query(&self, object: &Object, filters: &[String], more: &[(&str, &str)]) -> Result<ListQuery, CallFault> {
        let filters = filters.iter().map(|filter| ("f", filter.as_str()));
        Ok(ListQuery::parse(object, self.records.objects().currency(), filters.chain(more.iter().copied()))?)
    }

    async fn list(&self, cx: &Cx, mut args: Args) -> Result<Json, CallFault> {
        let (object, filters) = (self.object(cx, &mut args)?, args.texts("filters")?);
        let (sort, limit, after) = (args.text("sort")?, args.limit(20, 50)?.to_string(), args.text("after")?);
        args.done()?;
        let mut more = vec![("limit", limit.as_str())];
        more.extend(sort.as_deref().map(|sort| ("sort", sort)));
        more.extend(after.as_deref().map(|after| ("after", after)));
        let (query, records) = (self.query(&object, &filters, &more)?, self.records.clone());
        let listing = self.db.read(cx, move |tx| -> Result<_, CallFault> {
            let page = records.list_records(tx, object.name.as_str(), &query)?;
            let next = page.next.as_ref().map(ToString::to_string);
            Ok(json!({"records": page.rows.iter().map(shown).collect::<Vec<_>>(), "next": next}))
        });
        listing.await
    }

    async fn count(&self, cx: &Cx, mut args: Args) -> Result<Json, CallFault> {
        let (object, filters) = (self.object(cx, &mut args)?, args.texts("filters")?);
        args.done()?;
        let (query, records) = (self.query(&object, &filters, &[])?, self.records.clone());
        let counting = self.db.read(cx, move |tx| -> Result<_, CallFault> {
            let count = records.count_records(tx, object.name.as_str(), &query)?;
            Ok(json!({"counted": count.counted, "more": count.more}))
        });
        counting.await
    }

    fn at(&self, cx: &Cx, args: &mut Args) -> Result<RecordRef, CallFault> {
        let (object, id) = (self.object(cx, args)?, args.required("id")?);
        let id: RecordId = id.parse().map_err(|_| CallFault::Argument("id"))?;
        Ok(RecordRef { object: object.name.clone(), id })
    }

    async fn record(&self, cx: &Cx, mut args: Args) -> Result<Json, CallFault> {
        let at = self.at(cx, &mut args)?;
        args.done()?;
        let records = self.records.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, CallFault> { Ok(shown(&records.read_record(tx, &at)?)) });
        Ok(json!({"record": reading.await?}))
    }

    async fn timeline(&self, cx: &Cx, mut args: Args) -> Result<Json, CallFault> {
        let (at, limit) = (self.at(cx, &mut args)?, args.limit(20, 50)?);
        args.done()?;
        // What was done a moment ago has its place then.
        sequence::settle(&self.db, cx).await?;
        let records = self.records.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, CallFault> {
            let record = records.read_record(tx, &at)?;
            let events = records.timeline(tx, &record, None, limit)?.events;
            Ok(json!({"record": shown(&record), "events": events.iter().map(happened).collect::<Vec<_>>()}))
        });
        reading.await
    }
}

fn described(cx: &Cx, object: &Object) -> Json {
    let field = |field: &records::Field| {
        json!({
            "name": field.name.as_str(),
            "label": field.label(cx.lang()),
            "kind": field.kind.word(),
            "masked": field.is_masked(),
            "sorts": field.sort,
            "choices": field.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(),
            "links_to": field.link.as_ref().map(ObjectName::as_str),
        })
    };
    json!({
        "object": object.name.as_str(),
        "label": object.plural_label(cx.lang()),
        "fields": object.fields.iter().map(field).collect::<Vec<_>>(),
    })
}

/// Shows a record: by its definition, as lists and pages do, so that what is masked or hidden stays closed.
fn shown(record: &Permitted<Record, Read>) -> Json {
    let mut fields = Map::new();
    for field in &record.definition().fields {
        let name = field.name.as_str();
        if field.is_masked() {
            if record.holds(name) {
                fields.insert(name.to_owned(), json!({"masked": true}));
            }
        } else if let Some(value) = record.value(name) {
            fields.insert(name.to_owned(), value_of(value));
        }
    }
    json!({
        "object": record.definition().name.as_str(),
        "id": record.record_id().to_string(),
        "title": typed(record.title()),
        "version": record.current_version(),
        "created_at": record.created_at().to_rfc3339(),
        "updated_at": record.updated_at().to_rfc3339(),
        "owner_id": record.owner().map(|owner| owner.to_string()),
        "fields": fields,
    })
}

/// Shows a value. What can hold only what the program knows is plain; everything else was typed.
fn value_of(value: &Value) -> Json {
    match value {
        Value::Choice(_)
        | Value::Number(_)
        | Value::Money(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Bool(_)
        | Value::Link(_)
        | Value::User(_) => value.to_json(),
        Value::Text(_) | Value::Tags(_) => marked(value.to_json()),
    }
}

fn happened(event: &Event) -> Json {
    let by = match event.actor {
        ActorRef::User(_) => "person",
        ActorRef::Token { .. } => "program",
        ActorRef::Job { .. } | ActorRef::System => "job",
        ActorRef::Operator => "operator",
        ActorRef::Nobody => "nobody",
    };
    let changes: Vec<Json> = event
        .changes
        .iter()
        .map(|change| {
            let shown = |value: &Option<Value>| value.as_ref().map(value_of);
            json!({"field": change.field.as_str(), "before": shown(&change.before), "after": shown(&change.after)})
        })
        .collect();
    json!({
        "at": event.at.to_rfc3339(),
        "what": event.verb,
        "by": by,
        "user_id": event.actor.user().map(|user| user.to_string()),
        "changes": changes,
    })
}
