//! Words about apps of others.

super::messages! {
    /// What the pages of apps say.
    Q {
        Title: "Apps", "应用";
        Lead: "Programs of other companies that people here may let work in their name. Nobody can agree to an app that is not listed here.", "成员可以授权其以自己名义工作的第三方程序。未列在此处的应用，任何人都无法授权。";
        Nothing: "No app has access", "没有已接入的应用";
        NothingHint: "When you register one, a second person has to agree before anybody can use it.", "登记应用后，须经第二个人同意才能使用。";
        New: "Register an app", "登记应用";
        NewLead: "A second person agrees to exactly what is written here. To change anything later, register it anew.", "第二个人同意的正是此处所写的内容。以后如需更改，请重新登记。";
        Name: "Name", "名称";
        Maker: "Made by", "开发方";
        MakerHint: "The company behind it, as people here know it.", "成员所熟知的公司名称。";
        Addresses: "Where it is answered", "回调地址";
        AddressesHint: "The app’s redirect addresses, one a line, letter by letter as its maker names them.", "应用的回调地址，每行一个，须与开发方提供的完全一致。";
        May: "What it may do at most", "最大权限";
        Why: "Why it is needed", "接入理由";
        WhyHint: "The second person reads this.", "第二个人会看到此内容。";
        Ask: "Ask a second person", "请第二个人同意";
        MadeBy: "Made by", "开发方：";
        Registered: "Registered by", "登记人：";
        Agreed: "agreed by", "同意人：";
        Client: "Client id", "客户端标识";
        Fresh: "first day", "首日";
        Working: "working", "使用中";
        Stopped: "stopped", "已停用";
        Used: "last given access", "最近授权：";
        Never: "nobody has agreed yet", "尚无人授权";
        Stop: "Stop it now", "立即停用";
        StopHint: "Ends every access it has, for everybody, within two seconds.", "两秒内终止其对所有人的全部访问权限。";
        StopDone: "The app was stopped", "应用已停用";
        Could: "It could", "它可以";
        Reads: "It could read", "它可以读取";
        MoreThan: "more than", "超过";
        Until: "Until when", "有效期";
        UntilText: "Until you end it under Access tokens; at most 180 days.", "直到您在“访问令牌”中停用，最长 180 天。";
        FirstDay: "The app is new here: until tomorrow it sees at most 100 people and is heard 60 times a minute, all its users together.", "此应用刚接入，首日内所有用户合计最多只能查看 100 人，每分钟最多 60 次请求。";
        LeadsTo: "Then you go on to", "随后将前往";
        Beware: "Did somebody call or write to you and ask you to do this? Then do not allow it, and tell your administrator.", "是否有人打电话或发消息要您这样做？如果是，请不要允许，并告知管理员。";
        Allow: "Allow", "允许";
        Refuse: "Do not allow", "不允许";
        GoOn: "Back to the app", "返回应用";
        NoRecords: "no records: you see none yourself", "无记录（您自己也看不到）";
    }
}

/// Says which app asks.
#[must_use]
pub fn asks(lang: kernel::Lang, name: &str) -> String {
    crate::either(lang, "“{}” asks to work in your name", "“{}”请求以您的名义工作").replace("{}", name)
}
