//! What is said around apps of others.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "app-unknown",
        [
            "This app has no access here",
            "It is not registered, was stopped, or sent a wrong address. Nothing was given to it. An administrator can say more.",
            "此应用未接入",
            "它未登记、已停用，或提供了错误的地址。未向其提供任何数据。请咨询管理员。",
        ],
    ),
    (
        "app-refused",
        ["The app asked in a wrong way", "Nothing was given to it.", "应用的请求有误", "未向其提供任何数据。"],
    ),
];
