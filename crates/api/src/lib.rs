//! REST for machines, under `/api/v1`.
//!
//! - [`House`]: what handlers work with. [`router`]: everything under `/api`. [`route::all`]: the list of routes.
//! - `route`: handlers, one file a resource. Each is a few extractors, one use case of `records`, one view.
//! - `form.rs`: what enters. `view.rs`: what leaves; of links `linked.rs`, of people, roles, teams and tokens `workspace.rs`, of the access log `event.rs`. `query.rs`: the parameters of a URL. `picked.rs`:
//!   `fields`. `condition.rs`: `If-Match` and
//!   `ETag`. `making.rs`: `Idempotency-Key`. `fault.rs`: how all of them fail. `openapi/`: the document that describes it all.
//!
//! # What a client may rely on
//! - Every request carries a token (`Authorization: Bearer`, RFC 6750) and has the rights that the token's owner has at this
//!   moment. A cookie is never looked at, so no browser can be made to ask.
//! - `GET /api/v1/openapi.json` describes everything here (OpenAPI 3.1), with the workspace's own objects.
//! - `GET /api/v1` tells the objects, their fields and choices. `GET /api/v1/contacts` lists with the parameters `f`, `sort`,
//!   `limit` (1 to 200) and `after`, which mean what they mean on pages; the next page is `next`, and a `Link` (RFC 8288).
//! - `POST /api/v1/contacts/search` lists, too, and takes the same in its body: what is looked for is personal data, which no
//!   address may hold, as others keep addresses. So its answer has a `next` and no `Link`.
//! - `fields=name,stage` answers these fields only; in lists, searches and of one record.
//! - `{"fields": {...}}` makes a record (`POST`) or changes one (`PATCH`): fields that are not named stay, `null` takes a
//!   value away. A field, member or parameter nobody knows is refused, and each wrong one is named (RFC 9457, `errors`).
//! - One record comes with its version as `ETag`. Sent back as `If-Match` (RFC 9110 §13.1.1), a change or deletion happens
//!   to that version or not at all (412). Without it, the last writer wins field by field.
//! - A `POST` that makes something takes an `Idempotency-Key`: sent again under the same key within a day it answers what was
//!   made, as whoever asks may see it now; another body under that key is refused (422).
//! - `DELETE` puts a record into the bin. There it is to this API like what does not exist: 404 for reading and changing, in
//!   no list. Deleting it again is answered 204, so that a client may repeat itself. People take it out on the pages.
//! - `GET /api/v1/contacts/{id}/links` answers what a record links to and what links to it. What is hidden, and what lies in the
//!   bin, is not there and not counted.
//! - What is no record (`users`, `roles`, `teams`, `tokens`, `ledger`) opens only to a token that names it: `user:read`. `GET /api/v1/me` tells each
//!   token whom it acts for, what it may and how much.
//! - A field that is sealed more strongly (sensitive, secret) can be written and is never answered: one that holds something
//!   is `{"sealed": true}`.
//! - The owner of a record is told and cannot be given: whoever makes it owns it. The use cases of `records` do not check
//!   that an id is that of somebody who may sign in, and a record given to nobody would be lost to every agent.
//!
//! **Invariant:** what is hidden from the token's owner is answered byte for byte like what does not exist.
//!
//! **Invariant:** what is no record is asked for through [`tokens::Tokens::admit`] first, and then through the use case of the page.
//!
//! **Invariant:** a record leaves only as a view made of a [`Permitted`](db::Permitted) one, field by field of its
//! definition.
//!
//! # How to add one more
//! A member of every record: a field of `RecordView`. A resource: an entry in the `routes!` of `route/mod.rs` and its
//! handlers in a file beside the others; the tests walk over [`route::all`] and ask for each without a token. A parameter of
//! lists: `ListQuery` in `records`, and its name in `query.rs`.

mod condition;
mod event;
mod fault;
mod file;
mod form;
mod house;
mod linked;
mod making;
mod openapi;
mod picked;
mod query;
pub mod route;
mod view;
mod workspace;

pub use house::House;
pub use openapi::describe;
pub use route::router;
