//! What is said of roles, teams and shares.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "role-fixed",
        [
            "This role stays as it is",
            "It keeps apart who runs the system, who watches over it, and who answers for personal data.",
            "此角色不可更改",
            "它将系统管理、安全监督与个人数据负责人的职责分开。",
        ],
    ),
    (
        "role-own",
        [
            "You hold this yourself",
            "Nobody changes their own rights. Ask another administrator.",
            "涉及您自己的权限",
            "任何人都不能更改自己的权限，请由另一位管理员操作。",
        ],
    ),
    (
        "role-name",
        [
            "This name cannot be taken",
            "Choose one of up to 60 characters that nothing else has.",
            "名称不可用",
            "请填写不超过 60 个字符且未被使用的名称。",
        ],
    ),
    (
        "role-held",
        [
            "This is still in use",
            "Somebody holds the role, works in the team, or a team lies below it. Change that first.",
            "仍在使用中",
            "仍有成员拥有此角色、属于此团队，或其下还有团队。请先调整。",
        ],
    ),
    (
        "role-rule",
        [
            "A role cannot grant this",
            "Rows grant customer data only, and what names a record is always shown.",
            "角色不能包含此项",
            "角色只能授予客户数据权限，且记录的名称字段必须显示。",
        ],
    ),
    (
        "team-circle",
        [
            "A team cannot lie below itself",
            "Choose another team above it.",
            "团队不能成为自己的下级",
            "请选择其他上级团队。",
        ],
    ),
    (
        "share-wrong",
        [
            "This cannot be shared so",
            "Choose somebody, and a day within a year from now. At most 500 records are shared with one person or team.",
            "无法这样共享",
            "请选择共享对象和一年内的截止日期。对同一成员或团队最多共享 500 条记录。",
        ],
    ),
];
