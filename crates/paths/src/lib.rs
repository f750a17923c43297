//! The addresses of the pages: each is written here once, as a type.
//!
//! A link is made by formatting a type, a handler takes it as an argument, and [`all`] lists them with their methods, and whether
//! anybody may ask without signing in.
//!
//! # How to add one more
//! An entry below, a handler in the crate `web`, which puts it at its place, and a case in `suite/tests/suite/routes/cases.rs`.

use approvals::ApprovalId;
use apps::AppId;
use attachments::AttachmentId;
use caller::CheckId;
use canaries::CanaryId;
use erasure::ErasureId;
use exports::ExportId;
use kernel::{FactorId, FieldName, NoticeId, RecordId, SessionId, TeamId, TokenId, UploadId, UserId};
use proposals::ProposalId;
use roles::share::ShareId;
use sso::LinkedId;
use webhooks::{DeliveryId, WebhookId};

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
    /// How the keys stand.
    KeysPage {} => "/settings/keys", [GET POST];
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
