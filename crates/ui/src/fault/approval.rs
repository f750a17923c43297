//! What is said of what takes a second person, and of exports.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "needs-approval",
        [
            "This takes a second person",
            "Ask for it with a reason. When a colleague agrees, it is done at once.",
            "此操作需要第二个人同意",
            "请说明理由并提交申请，同事同意后将立即执行。",
        ],
    ),
    (
        "approval-own",
        ["You asked for this yourself", "Somebody else has to agree.", "这是您自己的申请", "需要由其他人同意。"],
    ),
    (
        "approval-decided",
        [
            "This has been decided",
            "Nothing was changed. Below you see by whom.",
            "该申请已处理",
            "未做任何更改，处理人见下方。",
        ],
    ),
    ("approval-expired", ["Its time is up", "Whoever asked can ask again.", "申请已过期", "申请人可以重新提交。"]),
    (
        "approval-void",
        [
            "This is void",
            "Whoever asked or agreed may not any more, or what was asked has changed. It can be asked again.",
            "申请已失效",
            "申请人或同意者已不再有相应权限，或内容已变更。可重新提交申请。",
        ],
    ),
    (
        "approval-reason",
        [
            "A reason is missing",
            "Write in a few words why; at most 1,000 characters.",
            "缺少理由",
            "请简要说明理由，最多 1,000 个字符。",
        ],
    ),
    (
        "approval-not-alone",
        ["Nobody does this alone", "Ask a second person.", "此操作不能单人执行", "请让第二个人同意。"],
    ),
];
