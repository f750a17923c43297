//! What is said of what takes a second person, and of exports.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "export-field",
        [
            "No field was chosen",
            "Choose at least one. Sealed fields cannot go along.",
            "未选择字段",
            "请至少选择一个字段。密封字段不能导出。",
        ],
    ),
    (
        "export-over",
        [
            "This export cannot be fetched or started any more",
            "It was fetched three times, its day is over, or it has begun. Make a new one.",
            "此导出已无法下载或启动",
            "下载次数已满、已过期，或已开始。请重新导出。",
        ],
    ),
    (
        "export-key",
        [
            "This is not a public key of age",
            "It begins with age1 and has 62 characters. Copy it whole; age-keygen -y prints it.",
            "这不是有效的 age 公钥",
            "公钥以 age1 开头，共 62 个字符。请完整复制，可用 age-keygen -y 显示。",
        ],
    ),
    (
        "export-passphrase",
        [
            "The passphrase is too short",
            "At least 15 characters. A few unrelated words are easy to remember and hard to guess.",
            "文件密码太短",
            "至少 15 个字符。几个互不相关的词既好记又难猜。",
        ],
    ),
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
