//! What is said when a webhook cannot do something.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "webhook-enough",
        [
            "You have 20 webhooks already",
            "Delete one that is not needed any more first.",
            "您已有 20 个事件推送",
            "请先删除不再需要的事件推送。",
        ],
    ),
    (
        "webhook-off",
        [
            "This webhook is off, or the message is on its way",
            "Turn it on first, or wait a minute.",
            "此事件推送已停用，或消息正在发送",
            "请先启用，或稍等片刻。",
        ],
    ),
];
