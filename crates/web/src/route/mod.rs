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
mod key;
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

pub use paths::*;

use crate::House;

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
        .at::<KeysPage>(get(key::show).post(key::begin))
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
