//! What is said to programs that repeat themselves.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[(
    "key-reused",
    [
        "This Idempotency-Key came with another request before",
        "Give a new request a key of its own. Under the old key send what was sent first.",
        "此 Idempotency-Key 已用于另一个请求",
        "请为新请求使用新的键；使用原键时，请发送与首次相同的内容。",
    ],
)];
