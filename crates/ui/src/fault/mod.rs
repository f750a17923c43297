//! What is said when something went wrong: what, and what to do next. Keyed by the stable codes of faults.

mod account;
mod approval;
mod apps;
mod attachment;
mod budget;
mod canary;
mod erasure;
mod field;
mod proposal;
mod repeat;
mod role;
mod token;
mod webhook;

use kernel::Lang;

pub use field::field;

/// Returns what happened and what to do next.
#[must_use]
pub fn explain(lang: Lang, code: &str) -> (&'static str, &'static str) {
    let [what_en, next_en, what_zh, next_zh] = entry(code);
    match lang {
        Lang::En => (what_en, next_en),
        Lang::Zh => (what_zh, next_zh),
    }
}

/// What happened and what to do next, in English and in Chinese.
type Entry = [&'static str; 4];

/// What is said about a fault that has no words of its own.
const UNKNOWN: Entry = [
    "Something broke on our side",
    "Nothing was changed. Tell whoever runs the server the number below.",
    "系统出现错误",
    "未做任何更改。请将下方编号告知服务器管理员。",
];

const ENTRIES: &[(&str, Entry)] = &[
    (
        "not-found",
        [
            "There is nothing here",
            "It may have been deleted, or you may not see it. Whoever gave you the link can say.",
            "这里没有内容",
            "它可能已被删除，或您无权查看。请向提供链接的人确认。",
        ],
    ),
    (
        "forbidden",
        [
            "Your role does not allow this",
            "An administrator can give you a role that does.",
            "您的角色不允许此操作",
            "管理员可以为您分配相应的角色。",
        ],
    ),
    (
        "csrf",
        [
            "This did not come from a page of yours",
            "Reload the page and try again.",
            "此请求并非来自您的页面",
            "请重新加载页面后再试。",
        ],
    ),
    (
        "too-many-requests",
        [
            "Too many requests",
            "Wait a moment, then try again. Programs find in Retry-After how long.",
            "请求过于频繁",
            "请稍等片刻再试。程序可从 Retry-After 得知等待时间。",
        ],
    ),
    (
        "too-many-searches",
        [
            "You are searching very fast",
            "The search goes on in a few seconds. This keeps anybody from guessing at what is in records.",
            "搜索过于频繁",
            "几秒后即可继续搜索。此限制用于防止有人反复试探记录内容。",
        ],
    ),
    ("too-deep", ["This nests too deep", "Send fewer levels in one another.", "嵌套层级过深", "请减少嵌套层级。"]),
    ("busy", ["The server is busy checking passwords", "Try again in a moment.", "服务器正忙", "请稍后再试。"]),
    (
        "stale",
        [
            "Somebody was faster",
            "Reload to see the present state, then do it again.",
            "有人抢先更新了",
            "请重新加载后再操作。",
        ],
    ),
    (
        "invalid",
        ["Something is not right yet", "The fields concerned say what.", "有内容需要修改", "请查看相应字段的提示。"],
    ),
    ("malformed", ["The request cannot be read", "Go back and try again.", "无法识别该请求", "请返回重试。"]),
    ("exists", ["This is here already", "Look for it in the list.", "该内容已存在", "请在列表中查找。"]),
    ("in-bin", ["This lies in the bin", "Restore it first.", "该记录在回收站中", "请先恢复。"]),
    ("reason-needed", ["A reason is needed", "Say in a few words why.", "需要填写原因", "请简要说明原因。"]),
    (
        "too-many-records",
        [
            "That is more than can be done at once",
            "Select fewer and do it again.",
            "一次操作的记录过多",
            "请减少选择后重试。",
        ],
    ),
    (
        "erased",
        [
            "This person was erased",
            "Nothing of them can be shown any more.",
            "此人数据已被抹除",
            "相关内容无法再显示。",
        ],
    ),
    (
        "tampered",
        [
            "This record was altered outside Custos",
            "It is not shown, so that nobody takes it for genuine. Tell whoever runs the server.",
            "该记录在守客之外被篡改",
            "为避免误用，内容不予显示。请通知服务器管理员。",
        ],
    ),
    (
        "row-altered",
        [
            "This was altered outside Custos",
            "What the database says here about accounts, roles or sign-ins is not believed. Tell whoever runs the server.",
            "相关数据在守客之外被篡改",
            "数据库中的账户、角色或登录信息不可信，已拒绝使用。请通知服务器管理员。",
        ],
    ),
    (
        "disk-full",
        [
            "The server's disk is full",
            "Nothing was changed. Whoever runs the server must make room.",
            "服务器磁盘已满",
            "未做任何更改。请服务器管理员清理空间。",
        ],
    ),
    (
        "database-unavailable",
        [
            "The database cannot be reached",
            "Nothing was changed. Try again in a moment.",
            "无法连接数据库",
            "未做任何更改，请稍后重试。",
        ],
    ),
    (
        "database-locked",
        [
            "The database cannot be reached",
            "Nothing was changed. Try again in a moment.",
            "无法连接数据库",
            "未做任何更改，请稍后重试。",
        ],
    ),
    ("too-large", ["That is too large", "Make it smaller, or split it.", "内容过大", "请缩小或拆分后重试。"]),
    (
        "too-slow",
        ["That took too long", "Try again; perhaps the network is slow.", "请求超时", "请重试，网络可能较慢。"],
    ),
    (
        "method-not-allowed",
        [
            "This page does not do that",
            "Go back and use its buttons.",
            "该页面不支持此操作",
            "请返回并使用页面上的按钮。",
        ],
    ),
    (
        "unsupported-media-type",
        [
            "This kind of file or form is not understood",
            "For imports, save the sheet as CSV.",
            "不支持此类文件或表单",
            "导入时请将表格另存为 CSV。",
        ],
    ),
    (
        "unknown-host",
        [
            "This address is not ours",
            "Open Custos under the name it was set up for.",
            "地址不正确",
            "请使用为守客配置的地址访问。",
        ],
    ),
    (
        "root-key",
        [
            "The root key cannot be used",
            "Whoever runs the server finds the reason in its log.",
            "无法使用根密钥",
            "请服务器管理员查看日志。",
        ],
    ),
    (
        "filter-form",
        [
            "This condition cannot be read",
            "It was left out. Choose it again from the menu.",
            "无法识别该条件",
            "该条件已忽略，请从菜单中重新选择。",
        ],
    ),
    (
        "filter-column",
        [
            "The list cannot be filtered by this field",
            "The condition was left out.",
            "无法按此字段筛选",
            "该条件已忽略。",
        ],
    ),
    (
        "filter-operation",
        [
            "This comparison does not suit the field",
            "The condition was left out. Choose another comparison.",
            "该字段不支持此比较方式",
            "该条件已忽略，请选择其他比较方式。",
        ],
    ),
    (
        "filter-costly",
        [
            "That is too much for one list",
            "Ask for fewer words or values at once; the rest was left out.",
            "一个列表的条件过多",
            "请减少关键词或取值，其余条件已忽略。",
        ],
    ),
    (
        "filter-value",
        [
            "This value does not suit the field",
            "The condition was left out. Dates are written like 2026-11-30, amounts like 1,250.50 or PLN 300.",
            "该值不适合此字段",
            "该条件已忽略。日期格式如 2026-11-30，金额如 1,250.50 或 CNY 300。",
        ],
    ),
    (
        "sort-column",
        [
            "The list cannot be sorted by this field",
            "The usual order is shown.",
            "无法按此字段排序",
            "已按默认顺序显示。",
        ],
    ),
    (
        "cursor",
        ["This page of the list is not there any more", "The first page is shown.", "该页已不存在", "已显示第一页。"],
    ),
    (
        "limit",
        ["A page has 1 to 200 rows", "The usual number is shown.", "每页可显示 1 到 200 行", "已按默认行数显示。"],
    ),
    (
        "upload-unavailable",
        [
            "The file cannot be stored",
            "Nothing was imported. Whoever runs the server finds the reason in its log.",
            "无法保存文件",
            "未导入任何内容，请服务器管理员查看日志。",
        ],
    ),
];

fn all() -> impl Iterator<Item = &'static (&'static str, Entry)> {
    let areas = [
        account::ENTRIES,
        approval::ENTRIES,
        attachment::ENTRIES,
        budget::ENTRIES,
        apps::ENTRIES,
        canary::ENTRIES,
        repeat::ENTRIES,
        erasure::ENTRIES,
        role::ENTRIES,
        proposal::ENTRIES,
        token::ENTRIES,
        webhook::ENTRIES,
    ];
    ENTRIES.iter().chain(areas.into_iter().flatten())
}

fn entry(code: &str) -> Entry {
    all().find(|(known, _)| *known == code).map_or(UNKNOWN, |(_, entry)| *entry)
}

#[cfg(test)]
mod tests {
    use super::field::FIELDS;
    use super::*;

    #[test]
    fn every_code_is_there_once_and_said_in_both_languages() {
        let codes = all().map(|(code, _)| *code).chain(FIELDS.iter().map(|(code, ..)| *code));
        let mut seen: Vec<&str> = Vec::new();
        for code in codes {
            let both = all().any(|(c, _)| *c == code) && FIELDS.iter().any(|(c, ..)| *c == code);
            assert!(both || !seen.contains(&code), "{code}");
            seen.push(code);
        }
        assert_eq!(explain(Lang::En, "no-such-code").0, UNKNOWN[0]);
        assert_eq!(field(Lang::En, "too-long", Some(1_200)), "At most 1,200 characters.");
    }
}
