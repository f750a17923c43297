//! Every route of the pages.

mod access;
mod account;
mod alike;
mod api;
mod app;
mod approval;
mod attachment;
mod board;
mod bound;
mod budget;
mod call;
mod canary;
mod device;
mod door;
mod duplicate;
mod erasure;
mod export;
mod factor;
mod files;
mod form;
mod home;
mod import;
mod integrity;
mod ledger;
mod list;
mod merge;
mod notice;
mod oversight;
mod passkey;
mod people;
mod policy;
mod prove;
mod record;
mod rescue;
mod role;
mod search;
mod sso;
mod suggestion;
mod token;
mod view;
mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use httpkit::Mount as _;
use kernel::{FactorId, FieldName, NoticeId, RecordId, SessionId, TeamId, TokenId, UploadId, UserId};

use ::apps::AppId;
use ::erasure::ErasureId;
use ::roles::share::ShareId;
use ::sso::LinkedId;
use approvals::ApprovalId;
use attachments::AttachmentId;
use caller::CheckId;
use canaries::CanaryId;
use exports::ExportId;
use proposals::ProposalId;
use webhooks::{DeliveryId, WebhookId};

use crate::House;

httpkit::routes! {
    /// What to do today.
    HomePage {} => "/", [GET];
    /// A style, script or symbol.
    AssetFile { version: String, name: String } => "/a/{version}/{name}", [GET], public;
    /// Where people sign in.
    SignInPage {} => "/sign-in", [GET POST], public;
    /// The second step of it.
    SecondStepPage {} => "/sign-in/code", [GET POST], public;
    /// Where they sign out.
    SignOut {} => "/sign-out", [POST];
    /// The first run.
    SetUpPage { token: String } => "/setup/{token}", [GET POST], public;
    /// An invitation.
    JoinPage { token: String } => "/join/{token}", [GET POST], public;
    /// The way to the company's identity provider.
    ProviderEnter {} => "/sign-in/provider", [POST], public;
    /// The way back.
    ProviderBack {} => "/sign-in/provider/back", [GET], public;
    /// What the provider says when it has signed somebody out.
    ProviderLogout {} => "/sign-in/provider/logout", [POST], public;
    /// Joining by an invitation with an account of the provider.
    ProviderJoin { token: String } => "/join/{token}/provider", [POST], public;
    /// A one-time sign-in link.
    EnterPage { token: String } => "/enter/{token}", [GET POST], public;
    /// Where somebody asks who cannot sign in.
    RescuePage {} => "/recover", [GET POST], public;
    /// Stopping what somebody asked about one's own account.
    RescueStopOwn {} => "/recover/stop", [POST];
    /// What opens when administrators have agreed.
    RescueLink { token: String } => "/recover/link/{token}", [GET POST], public;
    /// Who asks to get back in.
    RescueList {} => "/settings/recovery", [GET];
    /// Agreeing to it.
    RescueApprove { id: UserId } => "/settings/recovery/{id}/approve", [POST];
    /// Stopping it.
    RescueStop { id: UserId } => "/settings/recovery/{id}/stop", [POST];
    /// Finding records, pages and actions.
    SearchPage {} => "/search", [GET];
    /// Language, theme, keys.
    Preferences {} => "/preferences", [POST];
    /// Who is on the phone.
    CallPage {} => "/verify-call", [GET POST];
    /// A code that was heard.
    CallAnswer { id: CheckId } => "/verify-call/{id}", [POST];
    /// A check with a customer.
    CallCustomer { id: RecordId } => "/verify-call/customer/{id}", [POST];
    /// Where customers check it.
    CallPublic {} => "/is-it-us", [GET POST], public;
    /// What somebody is asked by an app.
    AppAuthorize {} => "/oauth/authorize", [GET POST];
    /// Where an app gets its token.
    AppToken {} => "/oauth/token", [POST], public;
    /// What apps may know of this server.
    AppMetadata {} => "/.well-known/oauth-authorization-server", [GET], public;
    /// Apps of others.
    AppsPage {} => "/settings/apps", [GET POST];
    /// The end of one.
    AppStop { id: AppId } => "/settings/apps/{id}/stop", [POST];
    /// What takes a second person.
    ApprovalList {} => "/approvals", [GET];
    /// One request.
    ApprovalOne { id: ApprovalId } => "/approvals/{id}", [GET];
    /// Agreeing to it.
    ApprovalApprove { id: ApprovalId } => "/approvals/{id}/approve", [POST];
    /// Refusing it.
    ApprovalRefuse { id: ApprovalId } => "/approvals/{id}/refuse", [POST];
    /// Taking one's own back.
    ApprovalWithdraw { id: ApprovalId } => "/approvals/{id}/withdraw", [POST];
    /// Saying what was found about what somebody did alone.
    ApprovalReview { id: ApprovalId } => "/approvals/{id}/review", [POST];
    /// What somebody took out.
    ExportList {} => "/exports", [GET POST];
    /// What an export would take.
    ExportNew {} => "/exports/new", [GET];
    /// One export.
    ExportOne { id: ExportId } => "/exports/{id}", [GET];
    /// Its file.
    ExportDownload { id: ExportId } => "/exports/{id}/download", [POST];
    /// Its end.
    ExportDiscard { id: ExportId } => "/exports/{id}/discard", [POST];
    /// Bringing records in.
    ImportPage {} => "/import", [GET POST];
    /// One import.
    ImportRunPage { id: UploadId } => "/import/{id}", [GET];
    /// Its columns.
    ImportColumns { id: UploadId } => "/import/{id}/columns", [POST];
    /// What it would do.
    ImportCheck { id: UploadId } => "/import/{id}/check", [GET];
    /// Its start.
    ImportStart { id: UploadId } => "/import/{id}/start", [POST];
    /// The access log of the workspace.
    LedgerPage {} => "/ledger", [GET];
    /// What was deleted.
    BinPage {} => "/bin", [GET];
    /// What somebody is told about their account, and marking all of it as seen.
    NoticesPage {} => "/notices", [GET POST];
    /// Putting one notice out of the way.
    NoticeSeen { id: NoticeId } => "/notices/{id}/seen", [POST];
    /// Answering that it was somebody else.
    NoticeNotMe { id: NoticeId } => "/notices/{id}/not-me", [POST];
    /// People who may sign in.
    PeoplePage {} => "/settings/people", [GET POST];
    /// Custos as one of them sees it.
    PersonRights { id: UserId } => "/settings/people/{id}/rights", [GET];
    /// What one may do oneself.
    OwnRights {} => "/settings/account/rights", [GET];
    /// What they may do, and where they work.
    PersonRoles { id: UserId } => "/settings/people/{id}/roles", [POST];
    /// What roles grant, and the teams.
    RolesPage {} => "/settings/roles", [GET POST];
    /// What one role grants.
    RolePage { id: String } => "/settings/roles/{id}", [GET POST];
    /// Taking it away.
    RoleRemove { id: String } => "/settings/roles/{id}/remove", [POST];
    /// A new team.
    TeamNew {} => "/settings/teams", [POST];
    /// One team.
    TeamChange { id: TeamId } => "/settings/teams/{id}", [POST];
    /// Whether one of them may.
    PersonState { id: UserId } => "/settings/people/{id}/state", [POST];
    /// One's own account.
    AccountPage {} => "/settings/account", [GET];
    /// A secret for an authenticator app.
    AppOffer {} => "/settings/account/app", [POST];
    /// A code of the app, which proves that the secret is in it.
    AppConfirm {} => "/settings/account/app/confirm", [POST];
    /// Taking the app away.
    AppRemove {} => "/settings/account/app/remove", [POST];
    /// New recovery codes.
    RecoveryRenew {} => "/settings/account/recovery", [POST];
    /// Linking an account of the identity provider.
    ProviderLink {} => "/settings/account/provider", [POST];
    /// Taking it away.
    ProviderUnlink { id: LinkedId } => "/settings/account/provider/{id}/remove", [POST];
    /// Ending every session.
    SignOutEverywhere {} => "/settings/account/sign-out-everywhere", [POST];
    /// Ending one session.
    EndSession { id: SessionId } => "/settings/account/sessions/{id}/end", [POST];
    /// One's own tokens for programs, and making one.
    TokensPage {} => "/settings/account/tokens", [GET POST];
    /// What one of them read.
    TokenUse { id: TokenId } => "/settings/account/tokens/{id}", [GET];
    /// Its end.
    TokenEnd { id: TokenId } => "/settings/account/tokens/{id}/end", [POST];
    /// Everybody's tokens.
    AllTokens {} => "/settings/people/tokens", [GET];
    /// The API, for people.
    ApiPage {} => "/settings/account/api", [GET];
    /// One's own webhooks, and making one.
    WebhookList {} => "/settings/account/webhooks", [GET POST];
    /// The form for a new one.
    WebhookNew {} => "/settings/account/webhooks/new", [GET];
    /// One webhook, and what was sent.
    WebhookOne { id: WebhookId } => "/settings/account/webhooks/{id}", [GET];
    /// Other events, fields or another address for it.
    WebhookEdit { id: WebhookId } => "/settings/account/webhooks/{id}/edit", [GET POST];
    /// A new secret for it.
    WebhookSecret { id: WebhookId } => "/settings/account/webhooks/{id}/secret", [POST];
    /// Whether it is on.
    WebhookState { id: WebhookId } => "/settings/account/webhooks/{id}/state", [POST];
    /// Sending a test.
    WebhookTest { id: WebhookId } => "/settings/account/webhooks/{id}/test", [POST];
    /// Its end.
    WebhookRemove { id: WebhookId } => "/settings/account/webhooks/{id}/remove", [POST];
    /// Sending something again.
    WebhookAgain { id: WebhookId, delivery: DeliveryId } => "/settings/account/webhooks/{id}/again/{delivery}", [POST];
    /// The way to a first passkey.
    PasskeyFirst {} => "/settings/account/passkeys", [GET];
    /// Another name for a passkey.
    PasskeyRename { id: FactorId } => "/settings/account/passkeys/{id}/rename", [POST];
    /// Its end.
    PasskeyRemove { id: FactorId } => "/settings/account/passkeys/{id}/remove", [POST];
    /// A question to whoever wants to sign in with a passkey.
    PasskeyAsk {} => "/passkeys/ask", [POST], public;
    /// Their answer.
    PasskeyEnter {} => "/passkeys/enter", [POST], public;
    /// A question to whoever wants another passkey.
    PasskeyNew {} => "/passkeys/new", [POST];
    /// Their answer.
    PasskeyAdd {} => "/passkeys/add", [POST];
    /// A question to the browser that a session is tied to.
    DeviceAsk {} => "/device/ask", [POST], public;
    /// Its signature.
    DeviceProve {} => "/device/prove", [POST], public;
    /// A key that the browser keeps for a session itself.
    DeviceRegister {} => "/device/register", [POST], public;
    /// Its signature, before the short cookie of the browser runs out.
    DeviceRefresh {} => "/device/refresh", [POST], public;
    /// Proving again who one is: what is missing, and a password or a code.
    ProvePage {} => "/prove", [GET POST];
    /// A question to whoever proves it with a passkey.
    ProveAsk {} => "/prove/passkey", [POST];
    /// Their answer.
    ProveAnswer {} => "/prove/passkey/answer", [POST];
    /// What is asked of each role.
    PolicyPage {} => "/settings/policy", [GET POST];
    /// What one has seen, and going on with a reason.
    ReadingPage {} => "/settings/reading", [GET POST];
    /// How many people each role may see.
    BudgetPage {} => "/settings/budget", [GET POST];
    /// Letting somebody see more for a day.
    BudgetRaise { id: UserId } => "/settings/budget/{id}/raise", [POST];
    /// How many rows somebody may take out alone.
    ExportLimit {} => "/settings/export-limit", [POST];
    /// What AI assistants suggest.
    Suggestions {} => "/suggestions", [GET];
    /// Doing what one suggests.
    SuggestionAccept { id: ProposalId } => "/suggestions/{id}/accept", [POST];
    /// Not doing it.
    SuggestionReject { id: ProposalId } => "/suggestions/{id}/reject", [POST];
    /// Contacts that give a thief away.
    CanariesPage {} => "/settings/canaries", [GET POST];
    /// Making one ordinary again.
    CanaryRelease { id: CanaryId } => "/settings/canaries/{id}/release", [POST];
    /// Whether everything stands as it was written.
    IntegrityPage {} => "/settings/integrity", [GET POST];
    /// Changing one's own password.
    PasswordPage {} => "/settings/account/password", [GET POST];
    /// Who was erased.
    ErasureList {} => "/erasures", [GET];
    /// One of them.
    ErasureOne { id: ErasureId } => "/erasures/{id}", [GET];
    /// Its certificate.
    ErasureCertificate { id: ErasureId } => "/erasures/{id}/certificate", [GET];
    /// A list or board, and making a record.
    ListPage { plural: String } => "/{plural}", [GET POST];
    /// The form for a new record.
    NewPage { plural: String } => "/{plural}/new", [GET];
    /// Who is there already that looks like what is being typed.
    AlikeHint { plural: String } => "/{plural}/alike", [POST];
    /// Records that look alike, and saying that they are not the same.
    DuplicatesPage { plural: String } => "/{plural}/duplicates", [GET POST];
    /// Making one of several records.
    MergePage { plural: String } => "/{plural}/merge", [GET POST];
    /// Taking that back.
    MergeUndo { plural: String } => "/{plural}/unmerge", [POST];
    /// One act on many records.
    BulkAct { plural: String } => "/{plural}/bulk", [POST];
    /// Undoing it.
    BulkUndo { plural: String } => "/{plural}/undo", [POST];
    /// One record, and changing it.
    RecordPage { plural: String, id: RecordId } => "/{plural}/{id}", [GET POST];
    /// The form for changing it.
    EditPage { plural: String, id: RecordId } => "/{plural}/{id}/edit", [GET];
    /// Putting it into the bin.
    DeleteRecord { plural: String, id: RecordId } => "/{plural}/{id}/delete", [POST];
    /// Taking it out again.
    RestoreRecord { plural: String, id: RecordId } => "/{plural}/{id}/restore", [POST];
    /// Moving it on a board.
    MoveRecord { plural: String, id: RecordId } => "/{plural}/{id}/move", [POST];
    /// Writing a note about it.
    NoteOn { plural: String, id: RecordId } => "/{plural}/{id}/note", [POST];
    /// Its files, and adding some.
    FilesPage { plural: String, id: RecordId } => "/{plural}/{id}/files", [GET POST];
    /// One of them.
    FileFetch { plural: String, id: RecordId, file: AttachmentId } => "/{plural}/{id}/files/{file}", [GET];
    /// A small picture of it.
    FilePreview { plural: String, id: RecordId, file: AttachmentId } => "/{plural}/{id}/files/{file}/preview", [GET];
    /// Its removal.
    FileRemove { plural: String, id: RecordId, file: AttachmentId } => "/{plural}/{id}/files/{file}/remove", [POST];
    /// Taking it back.
    FileRestore { plural: String, id: RecordId, file: AttachmentId } => "/{plural}/{id}/files/{file}/restore", [POST];
    /// With whom a record is shared, and why somebody sees it.
    SharePage { plural: String, id: RecordId } => "/{plural}/{id}/sharing", [GET POST];
    /// The end of one share.
    ShareEnd { plural: String, id: RecordId, share: ShareId } => "/{plural}/{id}/sharing/{share}/end", [POST];
    /// What would go with somebody, and asking for it.
    ErasePage { plural: String, id: RecordId } => "/{plural}/{id}/erase", [GET POST];
    /// Holding a record, so that it cannot be erased.
    HoldPlace { plural: String, id: RecordId } => "/{plural}/{id}/hold", [POST];
    /// The end of that.
    HoldLift { plural: String, id: RecordId } => "/{plural}/{id}/hold/lift", [POST];
    /// Opening a sensitive field.
    RevealField { plural: String, id: RecordId, field: FieldName } => "/{plural}/{id}/reveal/{field}", [POST];
}

/// The largest file an import takes: 2 GiB.
const MOST_UPLOAD: usize = 2 * 1024 * 1024 * 1024;

/// Puts every page at its route.
pub fn router(house: House) -> Router {
    doors()
        .merge(apps())
        .merge(webhook::doors())
        .merge(api::doors())
        .merge(erasure::doors())
        .merge(suggestion::doors())
        .merge(duplicate::doors())
        .at::<SearchPage>(get(search::show))
        .at::<Preferences>(post(account::set_preferences))
        .at::<CallPage>(get(call::show).post(call::begin))
        .at::<CallAnswer>(post(call::answer))
        .at::<CallCustomer>(post(call::customer))
        .at::<CallPublic>(get(call::public_page).post(call::public))
        .at::<ApprovalList>(get(approval::list))
        .at::<ApprovalOne>(get(approval::one))
        .at::<ApprovalApprove>(post(approval::approve))
        .at::<ApprovalRefuse>(post(approval::refuse))
        .at::<ApprovalWithdraw>(post(approval::withdraw))
        .at::<ApprovalReview>(post(approval::review))
        .at::<ExportList>(get(export::list).post(export::create))
        .at::<ExportNew>(get(export::choose))
        .at::<ExportOne>(get(export::one))
        .at::<ExportDownload>(post(export::download))
        .at::<ExportDiscard>(post(export::discard))
        .at::<ImportPage>(get(import::choose).post(import::upload).layer(DefaultBodyLimit::max(MOST_UPLOAD)))
        .at::<ImportRunPage>(get(import::show))
        .at::<ImportColumns>(post(import::columns))
        .at::<ImportCheck>(get(import::check))
        .at::<ImportStart>(post(import::start))
        .at::<LedgerPage>(get(ledger::show))
        .at::<BinPage>(get(list::bin))
        .at::<NoticesPage>(get(notice::show).post(notice::see_all))
        .at::<NoticeSeen>(post(notice::see))
        .at::<NoticeNotMe>(post(notice::not_me))
        .at::<PeoplePage>(get(people::show).post(people::invite))
        .at::<PersonState>(post(people::set_state))
        .at::<AccountPage>(get(account::show))
        .at::<AppOffer>(post(factor::offer_app))
        .at::<AppConfirm>(post(factor::confirm_app))
        .at::<AppRemove>(post(factor::remove_app))
        .at::<RecoveryRenew>(post(factor::renew_codes))
        .at::<SignOutEverywhere>(post(account::sign_out_everywhere))
        .at::<EndSession>(post(account::end_session))
        .at::<TokensPage>(get(token::show).post(token::create))
        .at::<TokenUse>(get(token::activity))
        .at::<TokenEnd>(post(token::end))
        .at::<AllTokens>(get(token::all))
        .at::<PasskeyFirst>(get(passkey::first))
        .at::<PasskeyRename>(post(passkey::rename))
        .at::<PasskeyRemove>(post(passkey::remove))
        .at::<PasskeyAsk>(post(passkey::ask))
        .at::<PasskeyEnter>(post(passkey::enter))
        .at::<PasskeyNew>(post(passkey::ask_new))
        .at::<PasskeyAdd>(post(passkey::add))
        .at::<ProvePage>(get(prove::page).post(prove::prove))
        .at::<ProveAsk>(post(prove::ask))
        .at::<ProveAnswer>(post(prove::answer))
        .at::<PersonRoles>(post(role::give))
        .at::<RolesPage>(get(role::list).post(role::copy))
        .at::<RolePage>(get(role::show).post(role::save))
        .at::<RoleRemove>(post(role::remove))
        .at::<TeamNew>(post(role::add_team))
        .at::<TeamChange>(post(role::change_team))
        .at::<PolicyPage>(get(policy::show).post(policy::change))
        .at::<ReadingPage>(get(budget::own).post(budget::go_on))
        .at::<BudgetPage>(get(budget::show).post(budget::change))
        .at::<BudgetRaise>(post(budget::raise))
        .at::<ExportLimit>(post(budget::change_alone))
        .at::<CanariesPage>(get(canary::show).post(canary::place))
        .at::<CanaryRelease>(post(canary::release))
        .at::<IntegrityPage>(get(integrity::show).post(integrity::begin))
        .at::<PasswordPage>(get(policy::password_page).post(policy::change_password))
        .at::<ListPage>(get(list::show).post(record::create))
        .at::<NewPage>(get(record::new_page))
        .at::<BulkAct>(post(list::bulk))
        .at::<BulkUndo>(post(list::undo))
        .at::<RecordPage>(get(view::show).post(record::update))
        .at::<EditPage>(get(record::edit_page))
        .at::<DeleteRecord>(post(record::delete))
        .at::<RestoreRecord>(post(record::restore))
        .at::<MoveRecord>(post(board::move_card))
        .at::<NoteOn>(post(record::note))
        .merge(files())
        .at::<SharePage>(get(access::sharing).post(access::share))
        .at::<ShareEnd>(post(access::unshare))
        .at::<PersonRights>(get(access::view_as))
        .at::<OwnRights>(get(access::own_rights))
        .at::<RevealField>(post(record::reveal))
        .layer(from_fn_with_state(house.clone(), prove::layer))
        .fallback(files::absent)
        .with_state(house)
}

/// Puts files on records at their routes.
fn files() -> Router<House> {
    let forms = DefaultBodyLimit::max(attachment::MOST);
    Router::new()
        .at::<FilesPage>(get(attachment::show).post(attachment::attach).layer(forms))
        .at::<FileFetch>(get(attachment::fetch))
        .at::<FilePreview>(get(attachment::preview))
        .at::<FileRemove>(post(attachment::remove))
        .at::<FileRestore>(post(attachment::restore))
}

/// Puts what is about apps of others at its routes.
fn apps() -> Router<House> {
    Router::new()
        .at::<AppAuthorize>(get(app::ask).post(app::answer))
        .at::<AppToken>(post(app::token))
        .at::<AppMetadata>(get(app::metadata))
        .at::<AppsPage>(get(app::show).post(app::register))
        .at::<AppStop>(post(app::stop))
}

/// Puts the ways in and out at their routes.
fn doors() -> Router<House> {
    Router::new()
        .at::<HomePage>(get(home::show))
        .at::<AssetFile>(get(files::asset))
        .at::<SignInPage>(get(door::sign_in_page).post(door::sign_in))
        .at::<SecondStepPage>(get(factor::begin_again).post(factor::sign_in))
        .at::<SignOut>(post(door::sign_out))
        .at::<DeviceAsk>(post(device::ask))
        .at::<DeviceProve>(post(device::prove))
        .at::<DeviceRegister>(post(bound::register))
        .at::<DeviceRefresh>(post(bound::refresh))
        .at::<SetUpPage>(get(door::set_up_page).post(door::set_up))
        .at::<JoinPage>(get(door::join_page).post(door::join))
        .at::<EnterPage>(get(door::enter_page).post(door::enter))
        .at::<ProviderEnter>(post(sso::enter))
        .at::<ProviderBack>(get(sso::back))
        .at::<ProviderLogout>(post(sso::log_out))
        .at::<ProviderJoin>(post(sso::join))
        .at::<ProviderLink>(post(sso::link))
        .at::<ProviderUnlink>(post(sso::unlink))
        .at::<RescuePage>(get(rescue::ask_page).post(rescue::ask))
        .at::<RescueStopOwn>(post(rescue::stop_own))
        .at::<RescueLink>(get(rescue::link_page).post(rescue::finish))
        .at::<RescueList>(get(rescue::list))
        .at::<RescueApprove>(post(rescue::approve))
        .at::<RescueStop>(post(rescue::stop))
}
