//! What only `dev` serves.

use keyward_server::Limits;

use crate::{exchange, start};

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_told_no_time_that_dates_cannot_follow() {
    let running = start(Limits::default()).await;
    let ask = async |line: &str, body: &str| {
        let request = format!(
            "{line} /_keyward/clock HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(running.address, request.as_bytes()).await
    };
    let set = ask("POST", r#"{"set": "2030-01-01T00:00:00Z"}"#).await;
    assert!(set.starts_with("HTTP/1.1 200"), "{set}");
    for body in [
        r#"{"set": "9999-12-30T22:00:00Z"}"#,
        r#"{"set": "9990-01-01T00:00:01Z"}"#,
        r#"{"set": "1969-12-31T23:59:59Z"}"#,
        r#"{"set": "-009999-01-02T00:00:00Z"}"#,
        r#"{"advance": "2920000d"}"#,
        r#"{"advance": "-30000d"}"#,
    ] {
        let refused = ask("POST", body).await;
        assert!(refused.starts_with("HTTP/1.1 400"), "{body}: {refused}");
        let now = ask("GET", "").await;
        assert!(
            now.contains(r#"{"now":"2030-01-01T00:00:"#),
            "{body}: {now}"
        );
    }
}
