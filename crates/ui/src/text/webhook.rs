//! Words about webhooks.

super::messages! {
    /// What the pages of webhooks say.
    H {
        Title: "Webhooks", "事件推送";
        Lead: "A webhook tells another system when something happens here, so that it need not keep asking. It never tells what you may not see.", "事件推送会在守客中发生变化时通知其他系统，无需对方反复查询。您无权查看的内容不会发送。";
        CardLead: "Tell another system when something changes here.", "有变化时通知其他系统。";
        Open: "Show webhooks", "查看事件推送";
        Nothing: "Nobody is told anything", "目前没有事件推送";
        NothingHint: "Webhooks that you make are listed here, with what was sent and whether it arrived.", "您创建的事件推送会列在这里，并显示发送内容和送达情况。";
        New: "Make a webhook", "新建事件推送";
        Make: "Make the webhook", "创建事件推送";
        Change: "Change", "修改";
        ChangeTitle: "Change the webhook", "修改事件推送";
        ChangeHint: "Another address gets another secret, which is shown once.", "更换地址时会生成新密钥，且仅显示一次。";
        Name: "Name", "名称";
        NameHint: "The system that is told, for example “Shop”.", "接收通知的系统，例如“商城”。";
        Url: "Address", "地址";
        UrlHint: "Where to send it. It begins with https://.", "通知发送到的网址，以 https:// 开头。";
        Events: "What is told", "通知内容";
        Safety: "Safety", "安全事件";
        Fields: "Fields that go along", "随通知发送的字段";
        FieldsHint: "Usually none: the message says which record it is, and the other system asks for the rest with a token of its own. Everybody whose fields are sent counts as seen by you.", "通常无需选择：通知只说明是哪条记录，其余内容由对方凭自己的令牌查询。发送了字段的人会计入您查看过的人数。";
        Shown: "Copy the secret now. It is not shown again.", "请立即复制密钥，之后不会再次显示。";
        ShownHint: "The other system checks with it that a message comes from here.", "对方用它核对消息确实来自这里。";
        On: "On", "已启用";
        Off: "Off", "已停用";
        Failing: "Nothing arrives", "无法送达";
        Last: "Last arrived", "最近送达";
        Never: "Nothing has arrived yet", "尚未送达过";
        Since: "Nothing has arrived since", "此后一直无法送达：";
        Rotating: "The old secret is good until", "旧密钥有效至";
        Test: "Send a test", "发送测试";
        TestSent: "A test is on its way", "测试已发送";
        Rotate: "New secret", "更换密钥";
        TurnOn: "Turn on", "启用";
        TurnOff: "Turn off", "停用";
        Remove: "Delete", "删除";
        RemoveAsk: "Delete this webhook and the list of what was sent?", "删除此事件推送及其发送记录？";
        Removed: "Deleted", "已删除";
        Back: "All webhooks", "所有事件推送";
        Sent: "What was sent", "发送记录";
        SentHint: "Of the last 30 days, the newest 100. What a message held is not kept.", "最近 30 天内最新的 100 条。消息内容不保留。";
        NothingSent: "Nothing was sent yet.", "尚未发送过。";
        Again: "Send again", "重新发送";
        Arrived: "Arrived", "已送达";
        Waits: "Tried again", "稍后重试";
        GivenUp: "Given up", "已放弃";
        Answer: "answer", "响应";
        Tries: "tries", "次尝试";
        All: "Webhooks of everybody else", "其他成员的事件推送";
        Owner: "Owner:", "所有者：";
        Without: "without fields", "不含字段";
    }
}

/// Says why a webhook was turned off by itself, or a delivery did not arrive.
#[must_use]
pub fn why(lang: kernel::Lang, code: &str) -> &'static str {
    let (en, zh) = match code {
        "webhook-gone" => ("The other system said that it wants to hear nothing any more.", "对方表示不再接收通知。"),
        "webhook-failing" => ("Nothing arrived for three days.", "连续三天无法送达。"),
        "webhook-left" => ("Its owner cannot sign in any more.", "所有者已无法登录。"),
        "webhook-refused" => ("The other system did not take it.", "对方未接受。"),
        "outbound-private" => (
            "The address leads into a private network, and the configuration does not allow it.",
            "该地址指向内部网络，配置不允许访问。",
        ),
        "outbound-redirect" => {
            ("The other system sent us elsewhere; we do not follow.", "对方要求跳转到其他地址，守客不会跟随。")
        }
        "outbound-slow" => ("The other system took too long.", "对方响应超时。"),
        "outbound-large" => ("The other system answered with too much.", "对方的响应过大。"),
        "outbound-tls" => ("The certificate of the other system is not trusted.", "对方的证书不受信任。"),
        "budget-soft" | "budget-hard" => {
            ("You have reached your limit of people; it is tried again later.", "您查看的人数已达上限，稍后将重试。")
        }
        _ => ("The other system could not be reached.", "无法连接到对方系统。"),
    };
    crate::either(lang, en, zh)
}
