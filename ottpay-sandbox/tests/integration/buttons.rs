//! The page of an order: its buttons and forms, which work without scripts, its diagram, and its downloads.

use crate::common::{
    NOBODY, OPERATOR, control, exchange, get, order, pay, post_raw, sealed, send, shop, started, state, until,
};
use ottpay::{Amount, BizType, Timestamp};
use ottpay_sandbox::{Act, Sandbox};
use serde_json::{Value, json};

/// The page of an order.
async fn page(sandbox: &Sandbox, id: &str) -> String {
    let (status, page) = get(&format!("{}/sandbox/order/{id}", sandbox.url())).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// The acts that have a button.
fn buttons(page: &str) -> Vec<&str> {
    page.split("name=\"act\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Sends a form of the page.
async fn press(sandbox: &Sandbox, id: &str, form: &str) -> (u16, String) {
    let (status, body) =
        exchange(sandbox.url(), "POST", &format!("/sandbox/order/{id}"), form.as_bytes().to_vec()).await;
    (status, String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn the_buttons_are_those_that_the_state_allows() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    assert_eq!(buttons(&page(&sandbox, "T1").await), ["pay", "decline", "cancel", "expire"]);
    assert_eq!(press(&sandbox, "T1", "act=pay").await.0, 303);
    let paid = page(&sandbox, "T1").await;
    assert!(buttons(&paid).is_empty() && paid.contains("paid by the developer"), "{paid}");

    let preauth = client.union_pay_preauth().order_id(order("T2")).txn_amt(Amount::from_minor(100));
    let preauth = preauth.txn_time(Timestamp::new("20261123120000").unwrap()).front_url(NOBODY);
    preauth.back_url(NOBODY).operator_id(OPERATOR).send().await.unwrap();
    press(&sandbox, "T2", "act=pay").await;
    assert_eq!(buttons(&page(&sandbox, "T2").await), ["capture", "release"]);
    assert_eq!(press(&sandbox, "T2", "act=capture").await.0, 303);
    assert_eq!(state(&sandbox, "T2").await, "paid");
}

#[tokio::test]
async fn a_button_that_is_too_late_reports_it() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    sandbox.act("T1", Act::Decline).await.unwrap();
    for (form, status, words) in [
        ("act=pay", 409, "too late: the order is already declined"),
        ("act=steal", 400, "act: expected pay, decline"),
        ("", 400, "act: expected pay, decline"),
        ("fault=earthquake", 400, "unknown fault earthquake"),
        ("fault=delay&times=0", 400, "times"),
        ("fault=delay&times=many", 400, "times: expected a whole number"),
    ] {
        let (answered, page) = press(&sandbox, "T1", form).await;
        assert!(answered == status && page.contains("role=\"alert\"") && page.contains(words), "{form}: {page}");
    }
    assert_eq!(press(&sandbox, "T9", "act=pay").await.0, 404);
    let line = "POST /sandbox/order/T1";
    let headers =
        "host: localhost\r\norigin: https://evil.example\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    assert_eq!(send(&sandbox, line, headers, "fault=delay").await.0, 403);
    assert!(sandbox.waiting_faults().is_empty());
}

#[tokio::test]
async fn a_fault_is_planned_for_one_order() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    for id in ["T1", "T2"] {
        pay(&client, id, 500, &url).await.unwrap();
    }
    assert_eq!(press(&sandbox, "T1", "fault=callback_duplicate&times=1&delay_ms=").await.0, 303);
    assert!(page(&sandbox, "T1").await.contains("<code>callback_duplicate</code>"));
    assert!(!page(&sandbox, "T2").await.contains("<code>callback_duplicate</code>"));
    for id in ["T2", "T1"] {
        press(&sandbox, id, "act=pay").await;
    }
    until(async || bodies.lock().unwrap().len() == 3).await;
    let paid = page(&sandbox, "T1").await;
    assert!(
        !paid.contains("<code>callback_duplicate</code>") && !paid.contains("value=\"callback_duplicate\""),
        "{paid}"
    );
    assert!(paid.contains("value=\"delay\""), "{paid}");
}

#[tokio::test]
async fn the_diagram_shows_the_story_and_escapes_it() {
    let (sandbox, client) = started().await;
    let fault = json!({ "fault": "drop_after", "order_id": "T1", "action": "STATUS_QUERY" });
    assert_eq!(control(&sandbox, "POST", "/faults", fault).await.0, 200);
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    client.status_query().order_id(order("T1")).send().await.unwrap_err();
    let url = sandbox.url();
    exchange(url, "POST", "/pay/T1", b"act=pay".to_vec()).await;
    until(async || page(&sandbox, "T1").await.contains(">failed<")).await;
    let page = page(&sandbox, "T1").await;
    let diagram = page.split("<svg class=\"diagram\"").nth(1).unwrap().split("</svg>").next().unwrap();
    for text in ["ACTIVEPAY", "SUCCESS (200)", "STATUS_QUERY", "fault drop_after", ">paid<", "callback, attempt 4", "✗"]
    {
        assert!(diagram.contains(text), "{text}: {diagram}");
    }
    assert!(diagram.contains("<title id=\"diagram-title\">Sequence diagram of T1</title>"), "{diagram}");

    exchange(url, "POST", "/processV2", br#"{"action": "<b>", "order_id": "T1"}"#.to_vec()).await;
    let lenient = sealed(&sandbox, "STATUS_QUERY", "1.0", r#"{"order_id":"T1","colour":"red"}"#);
    post_raw(url, lenient).await;
    let fault = json!({ "fault": "refuse", "order_id": "T1", "code": "<b>&" });
    assert_eq!(control(&sandbox, "POST", "/faults", fault).await.0, 200);
    let refused = client.status_query().order_id(order("T1")).send().await.unwrap_err();
    assert!(refused.to_string().contains("<B>&"), "{refused}");
    let page = self::page(&sandbox, "T1").await;
    assert!(page.contains(">! unknown_field: "), "{page}");
    assert!(page.contains("&#60;B&#62;&#38; (200)") && !page.contains("<B>"), "{page}");
}

#[tokio::test]
async fn the_diagram_of_a_long_story_is_bounded() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    for _ in 0..60 {
        client.status_query().order_id(order("T1")).send().await.unwrap();
    }
    let page = page(&sandbox, "T1").await;
    assert!(page.contains("Only the latest steps are drawn."), "{page}");
    let diagram = page.split("<svg class=\"diagram\"").nth(1).unwrap().split("</svg>").next().unwrap();
    assert_eq!(diagram.matches(">STATUS_QUERY<").count(), 40);
}

#[tokio::test]
async fn an_order_and_a_message_are_downloaded_as_text_and_json() {
    let (sandbox, client) = started().await;
    let passive = client.passive_pay().amount(Amount::from_minor(100)).auth_code("134567890123456789");
    passive.order_id(order("T1")).biz_type(BizType::WechatPay).operator_id(OPERATOR).send().await.unwrap();
    let host = "host: localhost\r\n";
    let (status, head, text) = send(&sandbox, "GET /sandbox/order/T1/text", host, "").await;
    assert!(status == 200 && head.contains("attachment; filename=\"order-t1.txt\""), "{head}");
    assert!(text.starts_with("Order T1: paid, 1.00 CAD, passive_pay") && text.contains("paid by PASSIVEPAY"), "{text}");
    let (_, head, json) = send(&sandbox, "GET /sandbox/message/1/json", host, "").await;
    assert!(head.contains("message-1.json") && !json.contains("134567890123456789"), "{json}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["message"] == 1 && json["sides"][0]["fields"].to_string().contains("[auth_code]"), "{json}");
    let (_, _, text) = send(&sandbox, "GET /sandbox/message/1/text", host, "").await;
    assert!(text.contains("auth_code = [auth_code]") && !text.contains("134567890123456789"), "{text}");
    for form in ["json", "text"] {
        let line = format!("GET /sandbox/message/1/{form}?show=sensitive");
        assert!(send(&sandbox, &line, host, "").await.2.contains("134567890123456789"));
        assert_eq!(send(&sandbox, &format!("GET /sandbox/message/9/{form}"), host, "").await.0, 404);
    }
    assert_eq!(send(&sandbox, "GET /sandbox/order/T9/text", host, "").await.0, 404);
}

#[tokio::test]
async fn a_terminal_finds_nothing_to_act_upon_in_a_text() {
    let (sandbox, _) = started().await;
    let fields = json!({ "order_id": "T1", "amount": "100", "biz_type": "ALIPAY", "operator_id": OPERATOR,
                         "call_back_url": NOBODY, "order_remark": "a\u{1b}]0;b\u{7}\u{202e}c" });
    post_raw(sandbox.url(), sealed(&sandbox, "ACTIVEPAY", "1.0", &fields.to_string())).await;
    post_raw(sandbox.url(), b"{\"action\": \"\x1b[31m".to_vec()).await;
    for (message, escaped) in [(1, r"order_remark = a\u{1b}]0;b\u{7}\u{202e}c"), (2, r#"{"action": "\u{1b}[31m"#)] {
        let line = format!("GET /sandbox/message/{message}/text");
        let (_, _, text) = send(&sandbox, &line, "host: localhost\r\n", "").await;
        assert!(text.contains(escaped), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
}

#[tokio::test]
async fn a_message_is_copied_as_a_command_without_secrets() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    let passive = client.passive_pay().amount(Amount::from_minor(100)).auth_code("134567890123456789");
    passive.order_id(order("T2")).biz_type(BizType::WechatPay).operator_id(OPERATOR).send().await.unwrap();
    let message =
        async |serial: u8, query: &str| get(&format!("{}/sandbox/message/{serial}{query}", sandbox.url())).await.1;
    let first = message(1, "").await;
    let url = sandbox.url();
    for text in [
        &format!("curl -ig &#39;{url}/processV2&#39;"),
        "--data-raw &#39;{",
        &format!("ottpay call active_pay --endpoint &#39;{url}&#39; --merchant-id &#39;SB00000001&#39;"),
        "--set &#39;order_id=T1&#39;",
        "--set &#39;amount=500&#39;",
        "Set OTTPAY_SIGN_KEY",
    ] {
        assert!(first.contains(text), "{text}: {first}");
    }
    for query in ["", "?show=sensitive"] {
        let second = message(2, query).await;
        let commands = second.split("Send again").nth(1).unwrap();
        assert!(commands.contains("--set &#39;auth_code=[auth_code]&#39;"), "{commands}");
        assert!(commands.contains("--data-binary @request.json"), "{commands}");
        assert!(!commands.contains("134567890123456789"), "{commands}");
    }

    let link = client.h5_pay_link().mer_code("SECRET-CODE").order_id(order("T3")).amount(Amount::from_minor(100));
    let link = link.new_url("https://shop.example/").url().unwrap();
    assert_eq!(get(link.as_str()).await.0, 303);
    let third = message(3, "?show=sensitive").await;
    let commands = third.split("Send again").nth(1).unwrap();
    for text in
        ["curl -ig &#39;http://", "?[query]&#39;", "ottpay call h5_pay_link", "--set &#39;merCode=[merCode]&#39;"]
    {
        assert!(commands.contains(text), "{text}: {commands}");
    }
    assert!(!commands.contains("SECRET-CODE"), "{commands}");

    // The brackets in a URL are not a pattern, and another callback is not created with `ottpay seal`.
    pay(&client, "T4", 500, &format!("{NOBODY}?a=[1-3]")).await.unwrap();
    sandbox.pay("T4").await.unwrap();
    let callback = message(5, "").await;
    let commands = callback.split("Send again").nth(1).unwrap();
    for text in ["curl -ig &#39;http://127.0.0.1:9/?a=[1-3]&#39;", "`ottpay trigger` prints another"] {
        assert!(commands.contains(text), "{text}: {commands}");
    }
}

#[tokio::test]
async fn a_command_keeps_what_it_can_and_names_what_it_cannot() {
    let (sandbox, _) = started().await;
    let body = sealed(&sandbox, "STATUS_QUERY", "1.0", r#"{"order_id":"T1","shop_name":"S1","a b\nc":"x"}"#);
    post_raw(sandbox.url(), body).await;
    let page = get(&format!("{}/sandbox/message/1", sandbox.url())).await.1;
    let comment = "# Omitted, because status_query does not have these fields: (a name of 5 bytes), shop_name\nottpay \
                   call status_query ";
    assert!(page.contains(comment) && page.contains("--set &#39;order_id=T1&#39;"), "{page}");

    // In-store requests also have a field outside `data`.
    let text = r#"{"amount":"100","biz_type":"WECHATPAY","operator_id":"1","order_id":"T2","call_back_url":"http://127.0.0.1:9/"}"#;
    let mut body: Value = serde_json::from_slice(&sealed(&sandbox, "ACTIVEPAY", "1.0", text)).unwrap();
    body["operator_id"] = "2".into();
    post_raw(sandbox.url(), body.to_string().into_bytes()).await;
    let page = get(&format!("{}/sandbox/message/2", sandbox.url())).await.1;
    assert!(
        page.contains("--set &#39;outer operator_id=2&#39;") && page.contains("--set &#39;operator_id=1&#39;"),
        "{page}"
    );
    assert!(!page.contains("Omitted"), "{page}");
}
