//! The pages over real connections: cookies, forms, headers and redirects.

mod browser;

use browser::{Answer, Browser, PASSWORD, start_with_bob};
use keyward_names::Age;
use keyward_server::Mode;

use crate::exchange;

const NEW_PASSWORD: &str = "Second-Password-2";
const INCORRECT: &str = "Your authentication information is incorrect. Please try again.";
const FORM_EXPIRED: &str = "This form was open too long, or cookies are off.";

fn change(old: &str, new: &str) -> [(&'static str, String); 3] {
    [
        ("old_password", old.to_owned()),
        ("new_password", new.to_owned()),
        ("confirm_password", new.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_signs_in_and_out_and_his_old_cookie_is_refused() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let front = browser.get("/").await;
    assert_eq!((front.status, front.location()), (302, "/console"));
    assert_eq!(front.body.lines().count(), 1, "{}", front.body);
    browser.get("/console").await.leads_to("/signin");
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let landing = browser.get("/console").await;
    assert_eq!(landing.status, 200);
    for told in [
        r#"<dd id="account">123456789012</dd>"#,
        r#"<dd id="user">Bob</dd>"#,
        r#"<dd id="arn">arn:aws:iam::123456789012:user/Bob</dd>"#,
        r#"<dd id="last-sign-in">This is your first sign-in</dd>"#,
        r#"<dd id="password-age">set today, on "#,
    ] {
        assert!(landing.body.contains(told), "{told}: {}", landing.body);
    }
    browser.get("/signin").await.leads_to("/console");
    let session = browser.cookie("session").unwrap();
    let out = browser.submit("/console", "/signout", &[]).await;
    assert_eq!(browser.cookie("session"), None);
    let told = browser.follow(out).await;
    assert!(told.body.contains("You are signed out."), "{}", told.body);
    // With its style sheet the browser is told to forget the pages that one could go back to.
    let sheet = "/signin/keyward.css?signed-out";
    assert!(told.body.contains(sheet), "{}", told.body);
    let sheet = browser.get(sheet).await;
    assert_eq!(sheet.header("clear-site-data"), Some("\"cache\""));
    assert_eq!(sheet.header("cache-control"), Some("no-store"));
    browser.keep("session", &session);
    browser.get("/console").await.leads_to("/signin");
    assert_eq!(browser.cookie("session"), None, "it is cleared when seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_held_back_ever_longer() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    // Until the wait is long enough for a slow machine not to sit it out.
    for _ in 0..12 {
        running.world.installation.clock().advance(Age::seconds(30));
        let answer = browser.sign_in("Bob", "wrong").await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains(INCORRECT), "{}", answer.body);
        assert!(answer.body.contains(r#"value="Bob""#), "{}", answer.body);
        assert!(!answer.body.contains("wrong"), "{}", answer.body);
    }
    let held_back = browser.sign_in("Bob", PASSWORD).await;
    assert_eq!(held_back.status, 429);
    let wait: i64 = held_back.header("retry-after").unwrap().parse().unwrap();
    assert!((15..=30).contains(&wait), "{wait}");
    let told = format!("Too many tries. Wait {wait} seconds, then try again.");
    assert!(held_back.body.contains(&told), "{}", held_back.body);
    running.world.installation.clock().advance(Age::seconds(30));
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_reset_comes_before_everything_else() {
    let running = start_with_bob("&PasswordResetRequired=true").await;
    let mut browser = Browser::at(&running);
    let place = "/signin/new-password";
    browser.sign_in("Bob", PASSWORD).await.leads_to(place);
    for path in ["/console", "/console?changed", "/console/password"] {
        browser.get(path).await.leads_to(place);
    }
    // Whoever is not in yet may sign in as someone else.
    assert_eq!(browser.get("/signin").await.status, 200);
    let session = browser.cookie("session").unwrap();
    for (old, new, status, told) in [
        ("wrong", NEW_PASSWORD, 403, "The old password is incorrect."),
        (PASSWORD, "short", 400, "It needs at least 6 characters."),
        (PASSWORD, PASSWORD, 400, "must differ from the old one."),
    ] {
        let refused = browser.submit(place, place, &change(old, new)).await;
        assert_eq!(refused.status, status, "{told}");
        assert!(refused.body.contains(told), "{told}: {}", refused.body);
        assert!(!refused.body.contains(new), "{}", refused.body);
    }
    let different = [
        ("old_password", PASSWORD.to_owned()),
        ("new_password", NEW_PASSWORD.to_owned()),
        ("confirm_password", "another".to_owned()),
    ];
    let refused = browser.submit(place, place, &different).await;
    assert_eq!(refused.status, 400);
    let done = browser
        .submit(place, place, &change(PASSWORD, NEW_PASSWORD))
        .await;
    done.leads_to("/console");
    assert_ne!(browser.cookie("session").unwrap(), session);
    assert_eq!(browser.get("/console").await.status, 200);
    browser.get(place).await.leads_to("/console");
    let mut other = Browser::at(&running);
    assert_eq!(other.sign_in("Bob", PASSWORD).await.status, 403);
    other
        .sign_in("Bob", NEW_PASSWORD)
        .await
        .leads_to("/console");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_the_password_sees_that_instead_of_the_form() {
    let running = start_with_bob("").await;
    let root = running.world.root();
    let deleted = root.ask("DeleteAccountPasswordPolicy", "").await;
    assert_eq!(deleted.status, 200);
    let mut browser = Browser::at(&running);
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let page = browser.get("/console/password").await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("You may not change your password"));
    assert!(!page.body.contains("new_password"), "{}", page.body);
    let token = page.form_token("/signout");
    let mut form = vec![("form_token", token)];
    form.extend(change(PASSWORD, NEW_PASSWORD));
    let refused = browser.post("/console/password", &form).await;
    assert_eq!(refused.status, 403);
    assert!(running.world.is_password("Bob", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_changes_the_own_password_and_stays_in() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let place = "/console/password";
    let done = browser
        .submit(place, place, &change(PASSWORD, NEW_PASSWORD))
        .await;
    done.leads_to("/console?changed");
    let landing = browser.follow(done).await;
    assert!(landing.body.contains("Your password was changed."));
    assert!(running.world.is_password("Bob", NEW_PASSWORD).await);
    browser
        .get("/signin/new-password")
        .await
        .leads_to("/console");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_user_comes_in_by_e_mail_address_with_no_account() {
    let running = start_with_bob("").await;
    let installation = &running.world.installation;
    let password = installation
        .reset_root_password(running.world.account_id)
        .await
        .unwrap();
    let mut browser = Browser::at(&running);
    let form = [
        ("username", "root@example.com".to_owned()),
        ("password", password.expose().to_owned()),
    ];
    let answer = browser.submit("/signin", "/signin", &form).await;
    answer.leads_to("/console");
    let landing = browser.get("/console").await;
    assert!(landing.body.contains(r#"<dd id="user">root</dd>"#));
    assert!(!landing.body.contains("password-expires"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_token_of_this_browser_does_nothing() {
    let running = start_with_bob("").await;
    let (mut browser, mut other) = (Browser::at(&running), Browser::at(&running));
    let token = browser.get("/signin").await.form_token("/signin");
    let of_another = other.get("/signin").await.form_token("/signin");
    for wrong in ["", "x", &of_another, &format!("{token}A")] {
        let answer = browser.post_sign_in(wrong, "Bob", PASSWORD).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains(FORM_EXPIRED), "{}", answer.body);
    }
    assert_eq!(browser.cookie("session"), None);
    let answer = browser.post_sign_in(&token, "Bob", PASSWORD).await;
    answer.leads_to("/console");
    // Behind the door a form needs the token of its session.
    let mut form = vec![("form_token", token)];
    form.extend(change(PASSWORD, NEW_PASSWORD));
    for (path, form) in [("/console/password", &form[..]), ("/signout", &form[..1])] {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains(FORM_EXPIRED), "{}", answer.body);
    }
    assert_eq!(browser.get("/console").await.status, 200);
    assert!(running.world.is_password("Bob", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_open_for_too_long_or_has_no_cookie_comes_back_as_one_that_works() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let token = browser.get("/signin").await.form_token("/signin");
    browser.forget();
    let anew = browser.post_sign_in(&token, "Bob", PASSWORD).await;
    assert_eq!(anew.status, 403);
    assert!(anew.body.contains(r#"value="Bob""#), "{}", anew.body);
    running.world.installation.clock().advance(Age::days(1));
    let token = anew.form_token("/signin");
    let anew = browser.post_sign_in(&token, "Bob", PASSWORD).await;
    assert_eq!(anew.status, 403);
    let token = anew.form_token("/signin");
    let answer = browser.post_sign_in(&token, "Bob", PASSWORD).await;
    answer.leads_to("/console");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form_gets_the_page_again() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let token = browser.get("/signin").await.form_token("/signin");
    let token = token.replace('+', "%2B");
    let form = format!("form_token={token}&account=123456789012&username=Bob&password={PASSWORD}");
    let urlencoded = "application/x-www-form-urlencoded";
    for (content_type, body) in [
        (urlencoded, format!("{form}&x=%zz")),
        (urlencoded, format!("{form}&x=%ff")),
        ("multipart/form-data; boundary=x", form.clone()),
        ("text/plain", form.clone()),
    ] {
        let headers = [("content-type", content_type)];
        let answer = browser.send("POST /signin", &headers, &body).await;
        assert_eq!(answer.status, 400, "{content_type} {body}");
        assert!(answer.body.contains(FORM_EXPIRED), "{}", answer.body);
    }
    let headers = [(
        "content-type",
        "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
    )];
    let answer = browser.send("POST /signin", &headers, &form).await;
    answer.leads_to("/console");
    for path in ["/console/password", "/signout"] {
        let answer = browser.send(&format!("POST {path}"), &[], "x=%zz").await;
        assert!(matches!(answer.status, 400 | 403), "{path}");
    }
    let long = "x".repeat(100_000);
    let answer = browser.send("POST /signin", &[], &long).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_other_sites_are_refused_in_serve_too() {
    let running = browser::start_as_with_bob(Mode::Serve, "").await;
    let mut browser = Browser::at(&running);
    let token = browser.get("/signin").await.form_token("/signin");
    let token = token.replace('+', "%2B");
    let form = format!("form_token={token}&account=123456789012&username=Bob&password={PASSWORD}");
    for (header, said) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", ""),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let headers = [(header, said)];
        let answer = browser.send("POST /signin", &headers, &form).await;
        assert_eq!(answer.status, 403, "{said}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        // A link may lead here from anywhere.
        assert_eq!(browser.send("GET /signin", &headers, "").await.status, 200);
    }
    // Behind a proxy the name that people use may be another.
    let public = ("origin", "https://keyward.example");
    let own = ("origin", &*format!("http://{}", running.address));
    for headers in [
        &[("sec-fetch-site", "same-origin"), public][..],
        &[own],
        &[],
    ] {
        browser.forget();
        let token = browser.get("/signin").await.form_token("/signin");
        let token = token.replace('+', "%2B");
        let form =
            format!("form_token={token}&account=123456789012&username=Bob&password={PASSWORD}");
        let answer = browser.send("POST /signin", headers, &form).await;
        answer.leads_to("/console");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_hardened_and_named_for_where_they_go() {
    let running = browser::start_as_with_bob(Mode::Serve, "").await;
    let port = running.address.port();
    for (host, prefix, suffix, secure) in [
        (format!("localhost:{port}"), "", format!("-{port}"), ""),
        (
            "keyward.example".to_owned(),
            "__Host-",
            String::new(),
            " Secure;",
        ),
    ] {
        let mut browser = Browser::called(&running, &host);
        let set = browser.get("/signin").await.all("set-cookie");
        let hardened = format!("; HttpOnly; SameSite=Strict;{secure} Path=/");
        assert_eq!(set.len(), 1);
        assert!(set[0].starts_with(&format!("{prefix}keyward-visit{suffix}=")));
        assert!(set[0].ends_with(&hardened), "{}", set[0]);
        assert!(browser.get("/signin").await.all("set-cookie").is_empty());
        let mut set = browser.sign_in("Bob", PASSWORD).await.all("set-cookie");
        set.sort();
        assert_eq!(set.len(), 2);
        for (cookie, (kind, age)) in set
            .iter()
            .zip([("browser", 15_552_000), ("session", 43_200)])
        {
            let begin = format!("{prefix}keyward-{kind}{suffix}=");
            assert!(cookie.starts_with(&begin), "{cookie}");
            assert!(
                cookie.ends_with(&format!("{hardened}; Max-Age={age}")),
                "{cookie}"
            );
        }
        assert_eq!(browser.get("/console").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_the_headers_that_keep_it_from_harm() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let answers = [
        browser.get("/signin").await,
        browser.get("/console").await,
        browser.post("/signin", &[]).await,
        browser.sign_in("Bob", "wrong").await,
        browser.sign_in("Bob", PASSWORD).await,
        browser.get("/console").await,
        browser.get("/console/password").await,
        browser.send("PUT /console", &[], "").await,
    ];
    for answer in answers {
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; \
                 frame-ancestors 'none'; base-uri 'none'",
            ),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{}", answer.head);
        }
        // Only a server that speaks TLS itself may say so.
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    let sheet = browser.get("/signin/keyward.css").await;
    assert_eq!(
        sheet.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert_eq!(sheet.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(sheet.header("cache-control"), Some("max-age=300"));
    assert_eq!(sheet.header("clear-site-data"), None);
    assert!(sheet.all("set-cookie").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_answer_to_their_methods_alone() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    for (line, status, allow) in [
        ("PUT /signin", 405, Some("GET, HEAD, POST")),
        ("POST /console", 405, Some("GET, HEAD")),
        ("DELETE /console/password", 405, Some("GET, HEAD, POST")),
        ("GET /signout", 405, Some("POST")),
        ("POST /signin/keyward.css", 405, Some("GET, HEAD")),
        ("GET /signin/", 404, None),
        ("GET /console/other", 404, None),
        ("HEAD /signin", 200, None),
        ("HEAD /console/", 303, None),
        ("HEAD /", 302, None),
    ] {
        let answer = browser.send(line, &[], "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, allow),
            "{line}"
        );
        assert!(
            !line.starts_with("HEAD") || answer.body.is_empty(),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_in_the_address_is_kept_and_filled_in() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let answer = browser.get("/console?account=a%26b%22%3E").await;
    answer.leads_to("/signin?account=a%26b%22%3E");
    let form = browser.follow(answer).await;
    assert!(
        form.body.contains(r#"value="a&#38;b&#34;&#62;""#),
        "{}",
        form.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_cookies_of_one_name_the_good_one_counts() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let good = browser.pair("session").unwrap();
    let (name, _) = good.split_once('=').unwrap();
    browser.forget();
    for cookies in [format!("{name}=x; {good}"), format!("{good}; {name}=x")] {
        let answer = browser
            .send("GET /console", &[("cookie", &cookies)], "")
            .await;
        assert_eq!(answer.status, 200);
        assert!(answer.all("set-cookie").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_anew_ends_the_session_before() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let form = browser.get("/signin").await.form_token("/signin");
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let before = browser.cookie("session").unwrap();
    let answer = browser.post_sign_in(&form, "Bob", PASSWORD).await;
    answer.leads_to("/console");
    assert_ne!(browser.cookie("session").unwrap(), before);
    browser.keep("session", &before);
    browser.get("/console").await.leads_to("/signin");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_nobody_is_told_to_be_in_or_out() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let token = browser.get("/signin").await.form_token("/signin");
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let session = browser.cookie("session");
    running.world.store.set_away(true);
    let told = "Signing in is not possible just now. Please try again in a moment.";
    let form = [
        ("form_token", token),
        ("account", "alias-of-nobody".to_owned()),
        ("username", "Bob".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let answers = [
        browser.get("/console").await,
        browser.post("/signin", &form).await,
    ];
    for answer in answers {
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.body.contains(told), "{}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(browser.cookie("session"), session);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_reads_no_cookie() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    browser.sign_in("Bob", PASSWORD).await.leads_to("/console");
    let query = "Action=ListUsers&Version=2010-05-08";
    for (line, body) in [(format!("GET /?{query}"), ""), ("POST /".to_owned(), query)] {
        let with = browser.send(&line, &[], body).await;
        assert_eq!(with.status, 403);
        assert!(
            with.body.contains("MissingAuthenticationToken"),
            "{}",
            with.body
        );
        assert!(with.all("set-cookie").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_of_dev_forgets_the_wrong_tries() {
    let running = start_with_bob("").await;
    let mut browser = Browser::at(&running);
    let status = |answer: Answer| answer.status;
    let mut refused = Vec::new();
    // On a slow machine the first, short waits are over before the next try comes.
    while refused.last() != Some(&429) && refused.len() < 40 {
        refused.push(status(browser.sign_in("Bob", "wrong").await));
    }
    let (last, before) = refused.split_last().unwrap();
    assert_eq!(*last, 429, "{refused:?}");
    assert!(
        before.len() >= 6 && before.iter().all(|status| *status == 403),
        "{refused:?}"
    );
    let reset = "POST /_keyward/reset HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = exchange(running.address, reset.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(status(browser.sign_in("Bob", "wrong").await), 403);
}
