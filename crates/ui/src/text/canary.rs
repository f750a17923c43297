//! Contacts that give a thief away.

use super::messages;

messages! {
    /// Words about canary contacts.
    W {
        Title: "Canary contacts", "金丝雀联系人";
        Lead: "A canary is an invented contact that looks like all the others and that nobody deals with. Whoever opens it, exports it or reads it with a program raises an alarm here within a minute. Only security officers know which contacts are canaries.", "金丝雀是虚构的联系人，看起来与其他联系人无异，但没有人会用到。一旦有人打开、导出它，或用程序读取它，一分钟内就会在此发出警报。只有安全官知道哪些联系人是金丝雀。";
        How: "Have a colleague you trust add an invented person, then put the address of its page here. Leave its name and owner alone: it should be one of many.", "请让您信任的同事新建一位虚构的联系人，然后在此填入其页面地址。保持姓名和负责人自然，让它混在众多联系人之中。";
        Address: "Address of the contact’s page", "联系人页面的地址";
        AddressHint: "As it stands in the browser, ending in the contact’s id.", "浏览器地址栏中的网址，以联系人编号结尾。";
        Place: "Make it a canary", "设为金丝雀";
        Placed: "It is a canary now", "已设为金丝雀";
        Nothing: "There is no canary yet", "还没有金丝雀";
        NothingHint: "A handful are enough: one among the contacts of each team.", "几个就够了：每个团队的联系人中放一个。";
        PlacedBy: "Placed by", "设置人：";
        Quiet: "Nobody has touched it.", "无人触碰。";
        Release: "Make it ordinary again", "恢复为普通联系人";
        Released: "It is an ordinary contact again", "已恢复为普通联系人";
        ByProgram: "with a program", "通过程序";
        Operator: "The operator of the machine", "服务器操作员";
    }
}
