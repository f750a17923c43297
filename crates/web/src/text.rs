//! Every word of the interface, in both languages side by side. A missing translation does not build.

use kernel::Lang;

macro_rules! messages {
    ($($name:ident: $en:literal, $zh:literal;)*) => {
        /// A message without parts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum M { $(#[doc = $en] $name,)* }

        /// Returns a message in a language.
        #[must_use]
        pub const fn t(lang: Lang, message: M) -> &'static str {
            match (lang, message) {
                $((Lang::En, M::$name) => $en, (Lang::Zh, M::$name) => $zh,)*
            }
        }
    };
}

messages! {
    Product: "Custos", "守客";
    Home: "Home", "首页";
    Search: "Search", "搜索";
    SearchHint: "Search people, companies, actions…", "搜索联系人、公司或操作…";
    Records: "Records", "记录";
    Security: "Security", "安全";
    AccessLog: "Access log", "访问日志";
    Bin: "Bin", "回收站";
    Import: "Import", "导入";
    People: "People", "成员";
    Account: "My account", "我的账户";
    Settings: "Settings", "设置";
    SignOut: "Sign out", "退出登录";
    SignIn: "Sign in", "登录";
    SecondStepTitle: "Enter your code", "输入验证码";
    SecondStepLead: "Your authenticator app shows six digits. A recovery code does as well.", "请输入身份验证器应用显示的六位数字，也可以使用恢复码。";
    Code: "Code", "验证码";
    Continue: "Continue", "继续";
    UsePasskey: "Use a passkey instead", "改用通行密钥";
    StartOver: "Start again", "重新登录";
    TwoSteps: "Sign-in in two steps", "两步验证";
    TwoStepsLead: "With an authenticator app, a stolen password alone opens nothing.", "启用身份验证器应用后，仅凭密码无法登录，密码被盗也不怕。";
    App: "Authenticator app", "身份验证器应用";
    AppNeverUsed: "No code used yet", "尚未使用过验证码";
    LastUsed: "Last used", "上次使用";
    AppAdd: "Set up an app", "设置应用";
    AppAdded: "The app is set up", "应用已启用";
    AppPassword: "Your password", "您的密码";
    AppScan: "Scan this with the app, or type the key into it. Then enter the six digits it shows.", "用应用扫描二维码，或手动输入密钥，然后填写应用显示的六位数字。";
    AppPicture: "The key as a QR code", "密钥二维码";
    AppKey: "Key", "密钥";
    AppHere: "Open in an app on this device", "在本设备的应用中打开";
    AppConfirm: "Turn on", "启用";
    AppRemove: "Remove the app", "移除应用";
    AppOrRecovery: "Six digits of the app, or a recovery code.", "应用显示的六位数字，或一个恢复码。";
    RecoveryCodes: "Recovery codes", "恢复码";
    RecoveryLead: "Each of them opens your account once when the app is out of reach. Print them or keep them in a password manager: they are not shown again.", "无法使用应用时，每个恢复码可登录一次。请打印或存入密码管理器，它们不会再次显示。";
    RecoveryNew: "Make new codes", "生成新的恢复码";
    RecoveryNewHint: "The codes you have stop working.", "原有的恢复码将失效。";
    RecoveryKept: "I have kept them", "我已妥善保存";
    Menu: "Menu", "菜单";
    Skip: "Skip to content", "跳到主要内容";
    SwitchTheme: "Switch theme", "切换主题";
    OtherLanguage: "中文", "English";
    New: "New", "新建";
    Save: "Save", "保存";
    Cancel: "Cancel", "取消";
    Close: "Close", "关闭";
    Undo: "Undo", "撤销";
    Delete: "Delete", "删除";
    Restore: "Restore", "恢复";
    Edit: "Edit", "编辑";
    More: "More", "更多";
    Filter: "Filter", "筛选";
    Sort: "Sort", "排序";
    Ascending: "Ascending", "升序";
    Descending: "Descending", "降序";
    Apply: "Apply", "应用";
    Clear: "Clear", "清除";
    ClearFilters: "Clear filters", "清除筛选";
    AllOf: "All", "全部";
    Mine: "Mine", "我的";
    Board: "Board", "看板";
    List: "List", "列表";
    SelectAll: "Select all", "全选";
    SelectOne: "Select", "选择";
    Selected: "selected", "项已选";
    Is: "is", "为";
    Not: "is not", "不为";
    Empty: "is empty", "为空";
    NotEmpty: "is not empty", "不为空";
    Before: "before", "早于";
    After: "after", "晚于";
    MoreThan: "more than", "大于";
    LessThan: "less than", "小于";
    Holds: "contains", "包含";
    OtherFilter: "Another condition", "其他条件";
    TakeAway: "Remove filter", "移除条件";
    About: "About", "关联";
    Selection: "Selection", "所选记录";
    Pages: "Pages", "分页";
    NotDone: "Not done", "未完成";
    Field: "Field", "字段";
    Operator: "Operator", "条件";
    Value: "Value", "值";
    Owner: "Owner", "负责人";
    Created: "Created", "创建时间";
    Updated: "Updated", "更新时间";
    NextPage: "Next page", "下一页";
    FirstPage: "First page", "第一页";
    Nothing: "–", "–";
    None: "None", "无";
    Yes: "Yes", "是";
    No: "No", "否";
    Required: "required", "必填";
    EmptyList: "Nothing here yet", "这里还没有内容";
    EmptyListHint: "Add the first one, or bring in a file you have.", "新建第一条记录，或导入已有的文件。";
    EmptyContacts: "No contacts yet", "还没有联系人";
    EmptyContactsHint: "A contact is a person you deal with. Add the first one, or bring in the list you have as a CSV file.", "联系人是与您往来的人。您可以新建第一位联系人，或导入现有的 CSV 名单。";
    EmptyCompanies: "No companies yet", "还没有公司";
    EmptyCompaniesHint: "Companies gather contacts and deals. An import of contacts makes them by itself.", "公司汇集联系人和商机。导入联系人时会自动创建公司。";
    EmptyDeals: "No deals yet", "还没有商机";
    EmptyDealsHint: "A deal moves across the board from the first talk to the signature.", "商机会在看板上从初次接洽推进到签约。";
    EmptyTasks: "No tasks yet", "还没有任务";
    EmptyTasksHint: "Write down what to do next and when. What is due appears on the start page.", "记下接下来要做的事和日期，到期任务会显示在首页。";
    EmptyFiltered: "Nothing matches", "没有符合条件的记录";
    EmptyFilteredHint: "Take a condition away, or clear them all.", "去掉某个条件，或清除全部条件。";
    Views: "Views", "视图";
    Overview: "Overview", "概览";
    Timeline: "Timeline", "时间线";
    Details: "Details", "详细信息";
    Sealed: "Sealed data", "密封数据";
    SealedHint: "Opening one is recorded with your name and closes again after 20 seconds.", "每次查看都会以您的名义记录，20 秒后自动重新密封。";
    RevealedHint: "That you opened this is recorded with your name.", "本次查看已以您的名义记录。";
    Reveal: "Reveal", "查看";
    RevealReason: "Looked at from the record page", "在记录页查看";
    Composer: "Write a note, or log a call or a meeting…", "写笔记，或记录通话与会议…";
    SaveNote: "Save note", "保存笔记";
    Replace: "Replace", "替换";
    SetNew: "Add", "添加";
    HideEmpty: "Hide empty fields", "收起空字段";
    SealedNot: "Sealed: your role does not open it", "已密封：您的角色无权查看";
    PreviousRecord: "Previous record", "上一条记录";
    NextRecord: "Next record", "下一条记录";
    LastContact: "Last contact", "最近联系";
    NextStep: "Next step", "下一步";
    Reopen: "Reopen", "重新打开";
    Related: "Related", "关联记录";
    PersonalSealed: "Stored sealed with a key of its own", "以专属密钥密封存储";
    Duplicates: "Looks like somebody you have", "可能与已有记录重复";
    DuplicatesHint: "The same e-mail address or phone number is here already:", "以下记录已有相同的邮箱或电话：";
    SaveAnyway: "Save anyway", "仍然保存";
    Did: "did", "操作了";
    ConflictTitle: "Somebody was faster", "有人抢先更新了";
    ConflictHint: "This record changed while you were editing. Nothing of yours is lost: choose for each field what should stand.", "您编辑期间该记录已被修改。您的输入没有丢失，请逐项选择要保留的内容。";
    Original: "When you began", "您开始时";
    Theirs: "Now", "当前";
    Yours: "Yours", "您的";
    TakeTheirs: "Use this", "采用";
    MoveTo: "Move to", "移动到";
    OpenPipeline: "Open pipeline", "进行中总额";
    Weighted: "Weighted", "加权金额";
    Won: "Won", "赢单";
    OpenDeals: "Open deals", "进行中商机数";
    ByStage: "By stage, likely ones in blue", "各阶段数量，蓝色为预计赢单";
    Late: "overdue", "已逾期";
    Figures: "Figures", "数据概览";
    ShowMore: "Show more", "显示更多";
    ShowAll: "Show all", "查看全部";
    SignInTitle: "Sign in", "登录";
    Email: "Email", "邮箱";
    Password: "Password", "密码";
    Name: "Name", "姓名";
    WorkspaceName: "Name of your workspace", "工作区名称";
    WorkspaceHint: "Usually your company's name.", "通常是公司名称。";
    YourName: "Your name", "您的姓名";
    PasswordHint: "At least 15 characters. A few unrelated words are easy to remember and hard to guess.", "至少 15 个字符。几个互不相关的词既好记又难猜。";
    SetUpTitle: "Set up Custos", "设置守客";
    SetUpLead: "You are the first person here. You will be administrator, manager and auditor until you invite others.", "您是第一位成员。在邀请他人之前，您同时担任管理员、经理和审计员。";
    SetUp: "Create workspace", "创建工作区";
    SetUpFactSeal: "Every customer's data is sealed with a key of its own.", "每位客户的数据都以专属密钥密封。";
    SetUpFactLedger: "Every look and every change is written down and cannot be unwritten.", "每次查看和修改都会留下不可抹除的记录。";
    SetUpFactLocal: "Everything stays on this machine.", "所有数据都留在这台机器上。";
    JoinTitle: "Join", "加入";
    Join: "Join workspace", "加入工作区";
    LinkSpent: "This link does not work any more", "链接已失效";
    LinkSpentHint: "It was used, or its time is up. Ask whoever sent it for a new one; on first start, restart Custos and open the new link.", "链接已被使用或已过期。请向发送者索取新链接；首次启动时，请重启守客并打开新链接。";
    SignedOutNote: "You are signed out.", "您已退出登录。";
    Passkeys: "Passkeys", "通行密钥";
    PasskeysLead: "Sign in with your fingerprint, face or device PIN. A passkey cannot be guessed, and a faked page gets nothing.", "使用指纹、面容或设备 PIN 登录。通行密钥无法被猜到，仿冒页面也骗不走。";
    PasskeyAdd: "Add a passkey", "添加通行密钥";
    PasskeyEnter: "Sign in with a passkey", "使用通行密钥登录";
    PasskeyTitle: "No password next time", "下次登录，无需密码";
    PasskeyLead: "Add a passkey: your device then proves who you are by fingerprint, face or PIN.", "添加通行密钥后，您的设备可通过指纹、面容或 PIN 验证您的身份。";
    PasskeyFactPhishing: "A faked sign-in page gets nothing from you", "仿冒的登录页面骗不走您的凭据";
    PasskeyFactDevice: "Your fingerprint or face never leaves the device", "指纹和面容信息不会离开您的设备";
    PasskeyFactPassword: "Your password goes on working", "您的密码仍然可用";
    PasskeyLater: "Not now", "以后再说";
    PasskeyUnable: "Adding a passkey needs JavaScript and a recent browser. Everything else works without.", "添加通行密钥需要启用 JavaScript 并使用较新的浏览器，其他功能不受影响。";
    PasskeyNotHere: "No passkeys at this address", "此地址不支持通行密钥";
    PasskeyNotHereHint: "Browsers keep them for names, not for bare addresses, and only over HTTPS. On this machine, open Custos as localhost.", "浏览器只为通过 HTTPS 访问的域名保存通行密钥，不支持直接使用 IP 地址。在本机上，请改用 localhost 打开守客。";
    PasskeyStopped: "Nothing was chosen, or it took too long. Try again when you are ready.", "操作已取消或超时，请重试。";
    PasskeyKnown: "This device holds a passkey for you already.", "此设备已有您的通行密钥。";
    PasskeyFailed: "That did not work. Reload the page and try again.", "操作未成功，请重新加载页面后再试。";
    PasskeyAgain: "You signed in a while ago", "距离上次登录已有一段时间";
    PasskeyAgainHint: "To add or remove passkeys, sign in again first.", "如需添加或移除通行密钥，请先重新登录。";
    SignInAgain: "Sign in again", "重新登录";
    PasskeySynced: "synced", "已同步";
    PasskeyBound: "on one device", "仅限单台设备";
    PasskeyAdded: "Added", "添加于";
    PasskeyUsed: "used", "上次使用";
    PasskeyUnused: "not used yet", "尚未使用";
    PasskeySuspended: "Suspended", "已停用";
    PasskeySuspendedHint: "Its counter went back, so a copy of it may exist. Remove it and add a new one.", "该通行密钥的计数器出现倒退，可能已被复制。请移除后重新添加。";
    PasskeyRename: "Rename", "重命名";
    PasskeyRemove: "Remove", "移除";
    PasskeyName: "Name of the passkey", "通行密钥名称";
    PasskeyRemoved: "Passkey removed", "已移除通行密钥";
    OpenWorkspace: "Open the workspace", "进入工作区";
    ImportMore: "Import another file", "导入其他文件";
    ImportTitle: "Import", "导入";
    ImportLead: "Bring in customers, companies or deals from a CSV file. Nothing is written before you have seen what would happen.", "从 CSV 文件导入客户、公司或商机。在您确认之前不会写入任何数据。";
    ImportWhat: "What is in the file?", "文件内容是什么？";
    ImportDrop: "Drop a CSV file here, or choose one", "将 CSV 文件拖到这里，或点击选择";
    ImportFormats: "Comma, semicolon or tab; UTF-8, UTF-16 or GB18030. Found out by itself.", "支持逗号、分号或制表符分隔；UTF-8、UTF-16 或 GB18030 编码，自动识别。";
    ImportEarlier: "Earlier imports", "以往导入";
    StepFile: "File", "文件";
    StepMatch: "Match columns", "匹配列";
    StepCheck: "Check", "检查";
    StepRun: "Import", "导入";
    Column: "Column in the file", "文件中的列";
    Sample: "For example", "示例";
    BecomesField: "Becomes", "对应字段";
    LeaveOut: "Leave out", "不导入";
    WhenKnown: "When somebody is here already", "遇到已有记录时";
    KnownSkip: "Leave them as they are", "保持不变";
    KnownUpdate: "Fill in and change what the file says", "按文件更新";
    MakeLinked: "Create companies that are missing", "自动创建缺少的公司";
    CheckNow: "Check the file", "检查文件";
    RunNow: "Import now", "开始导入";
    Rows: "Rows", "行";
    RowsNew: "New", "新增";
    RowsMatch: "Already here", "已存在";
    RowsWrong: "Wrong", "有误";
    RowsDone: "Done", "已完成";
    Line: "Line", "行号";
    WhatIsWrong: "What is wrong", "问题";
    ImportDone: "Import finished", "导入完成";
    ImportFailed: "Import stopped", "导入已停止";
    ImportChecking: "Reading the file…", "正在读取文件…";
    ImportRunning: "Importing…", "正在导入…";
    WrongRows: "Rows left out", "未导入的行";
    WrongRowsHint: "The others were not held up. Mend these in the file and import it again: what is here already is recognised.", "其他行不受影响。修正后可再次导入，已有记录会被识别。";
    OpenList: "Open the list", "打开列表";
    BackToColumns: "Change columns", "修改列匹配";
    When: "When", "时间";
    Who: "Who", "操作者";
    What: "What", "操作";
    Where: "From", "来源";
    Denied: "refused", "已拒绝";
    Failed: "failed", "失败";
    LedgerLead: "Everything that happened, reads included. Nobody can change or remove a line without the check below failing.", "这里记录了发生的一切，包括每次查看。任何篡改或删除都会导致下面的校验失败。";
    LedgerSize: "Entries", "条目";
    LedgerSigned: "Last signed", "最近签名";
    RecordLogLead: "Who saw or changed this record, newest first.", "谁查看或修改过此记录，按时间倒序。";
    Older: "Older", "更早";
    EmptyLog: "Nothing recorded yet", "暂无记录";
    EmptyLogHint: "Every look and every change is listed here, newest first.", "每次查看和修改都会按时间倒序列在这里。";
    NotReadable: "not readable for you", "无权查看";
    PeopleLead: "Who may sign in, and with which roles. Nobody changes their own.", "可以登录的成员及其角色。任何人都不能修改自己的角色。";
    Invite: "Invite", "邀请";
    InviteTitle: "Invite somebody", "邀请成员";
    InviteLink: "Send this link to the person. It is shown once, works once and ends after 72 hours.", "请将此链接发给对方。链接只显示一次，只能使用一次，72 小时后失效。";
    Roles: "Roles", "角色";
    State: "State", "状态";
    Active: "Active", "正常";
    Invited: "Invited", "已邀请";
    Disabled: "Disabled", "已停用";
    Disable: "Disable", "停用";
    Enable: "Enable", "启用";
    Sessions: "Where you are signed in", "已登录的设备";
    ThisDevice: "this one", "当前设备";
    EndSession: "Sign out there", "退出该设备";
    EndAll: "Sign out everywhere", "退出所有设备";
    Preferences: "Preferences", "偏好设置";
    Language: "Language", "语言";
    Theme: "Theme", "主题";
    ThemeAuto: "As the system", "跟随系统";
    ThemeLight: "Light", "浅色";
    ThemeDark: "Dark", "深色";
    SingleKeys: "Single-key shortcuts", "单键快捷键";
    SingleKeysHint: "J, K, N, E and the like. Ctrl-K works always.", "J、K、N、E 等。Ctrl-K 始终可用。";
    Keys: "Keyboard", "键盘快捷键";
    KeyPalette: "Find anything", "查找";
    KeyGo: "Go to home, contacts, companies, deals, tasks, access log", "前往首页、联系人、公司、商机、任务、访问日志";
    KeyNew: "New record", "新建记录";
    KeyRows: "Next and previous row", "下一行、上一行";
    KeySelect: "Select the row", "选择该行";
    KeyEdit: "Edit the record", "编辑记录";
    KeyMove: "Move a card", "移动卡片";
    KeySide: "Hide or show the sidebar", "隐藏或显示侧边栏";
    KeyHelp: "This sheet", "显示此列表";
    Move: "move", "移动";
    Then: "then", "再按";
    Open: "open", "打开";
    NoResults: "Nothing found", "没有找到";
    TypeToSearch: "Type a name, a word, part of an address or a number", "输入姓名、词语、部分邮箱或号码";
    Actions: "Actions", "操作";
    Today: "Today", "今天";
    Yesterday: "Yesterday", "昨天";
    HomeTasks: "To do", "待办";
    HomeDeals: "Your open deals", "您的进行中商机";
    HomeRecent: "Recently changed", "最近更新";
    QuickTask: "Add a task…", "添加任务…";
    QuickDue: "Due", "截止日期";
    Found: "What was found", "搜索结果";
    AllDone: "Nothing is due", "没有待办事项";
    AllDoneHint: "Tasks with a due date appear here.", "有截止日期的任务会显示在这里。";
    InBin: "In the bin", "已在回收站中";
    BinLead: "What was deleted lies here until it is restored or erased.", "已删除的记录保存在这里，可以恢复。";
    BinEmpty: "The bin is empty", "回收站是空的";
    Offline: "The server cannot be reached. What you typed is still here.", "无法连接服务器。您输入的内容仍然保留。";
    Moved: "Moved to {}", "已移动到“{}”";
    DoneCreated: "Created", "已创建";
    DoneSaved: "Saved", "已保存";
    DoneDeleted: "Put into the bin", "已移入回收站";
    DoneRestored: "Restored", "已恢复";
    GoHome: "Go to the start page", "返回首页";
    TryAgain: "Try again", "重试";
    RequestId: "Request", "请求编号";
    MarkDone: "Mark as done", "标记为完成";
    Assign: "Assign to me", "分配给我";
}

/// Writes how many records are selected, found and so on.
#[must_use]
pub fn count(lang: Lang, n: u64) -> String {
    let n = crate::format::number(i64::try_from(n).unwrap_or(i64::MAX));
    if lang == Lang::Zh { format!("{n} 条") } else { n }
}

/// Writes how many recovery codes are left.
#[must_use]
pub fn codes_left(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 0) => "None left: make new ones".to_owned(),
        (Lang::En, _) => format!("{n} left"),
        (Lang::Zh, 0) => "已全部用完，请生成新的恢复码".to_owned(),
        (Lang::Zh, _) => format!("剩余 {n} 个"),
    }
}

/// Writes how many deals there are.
#[must_use]
pub fn count_deals(lang: Lang, n: u64) -> String {
    let number = crate::format::count(n);
    match (lang, n) {
        (Lang::En, 1) => "1 open deal".to_owned(),
        (Lang::En, _) => format!("{number} open deals"),
        (Lang::Zh, _) => format!("{number} 个进行中的商机"),
    }
}

/// Writes the handle that shows fields without a value.
#[must_use]
pub fn empty_fields(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 1) => "Show 1 empty field".to_owned(),
        (Lang::En, _) => format!("Show {n} empty fields"),
        (Lang::Zh, _) => format!("显示 {n} 个空字段"),
    }
}

/// Writes what a dry run found, in one sentence.
#[must_use]
pub fn dry_run(lang: Lang, (rows, new, known, wrong): (u64, u64, u64, u64)) -> String {
    let n = |n: u64| crate::format::number(i64::try_from(n).unwrap_or(i64::MAX));
    match lang {
        Lang::En => format!("{} rows: {} new, {} already here, {} wrong", n(rows), n(new), n(known), n(wrong)),
        Lang::Zh => format!("共 {} 行：新增 {}，已存在 {}，有误 {}", n(rows), n(new), n(known), n(wrong)),
    }
}
