use super::*;

const LISTENS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn refused(host: &str, headers: &[(&'static str, &str)]) -> bool {
    request_refused("POST /", host, headers, LISTENS)
}

fn request_refused(
    line: &str,
    host: &str,
    headers: &[(&'static str, &str)],
    listens: IpAddr,
) -> bool {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = hyper::Request::builder()
        .method(method)
        .uri(target)
        .header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    refusal(&head, listens, &["keyward.test".to_owned()]).is_some()
}

#[test]
fn a_request_must_be_meant_for_one_of_the_servers_names() {
    for host in [
        "127.0.0.1:4566",
        "[::1]:4566",
        "10.1.2.3",
        "localhost:4566",
        "LocalHost",
        "iam.localhost:1",
        "iam.amazonaws.com",
        "sts.eu-west-1.amazonaws.com:443",
        "iam.global.api.aws",
        "keyward.test:4566",
        "Keyward.Test.",
    ] {
        assert!(!refused(host, &[]), "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.example",
        "amazonaws.com.evil.example",
        "xamazonaws.com",
        "",
        "keyward.test.evil.example",
        "127.0.0.1:80:80",
    ] {
        assert!(refused(host, &[]), "{host}");
    }
    let (head, ()) = hyper::Request::new(()).into_parts();
    assert!(refusal(&head, LISTENS, &[]).is_some());
}

#[test]
fn an_address_that_only_means_this_machine_is_none_of_its_names() {
    let disguised = [
        "0.0.0.0:4566",
        "[::]:4566",
        "[::ffff:127.0.0.1]:4566",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:10.1.2.3]",
    ];
    for host in disguised {
        assert!(refused(host, &[]), "{host}");
    }
    // But where the server was told to listen there, it says so itself in its banner.
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    assert!(!request_refused("POST /", "0.0.0.0:1", &[], everywhere));
    assert!(request_refused("POST /", "[::]:1", &[], everywhere));
}

#[test]
fn of_aws_names_only_those_of_the_served_endpoints_pass() {
    for host in [
        "iam.amazonaws.com",
        "iam-fips.amazonaws.com",
        "iam.us-gov.amazonaws.com",
        "iam.global.api.aws",
        "iam.cn-north-1.amazonaws.com.cn",
        "sts.amazonaws.com",
        "sts.eu-west-1.amazonaws.com",
        "sts.cn-north-1.amazonaws.com.cn",
        "sts-fips.us-gov-west-1.amazonaws.com",
        "sts.ap-southeast-2.api.aws",
        "signin.eu-west-1.api.aws",
        "signin.aws.amazon.com",
        "eu-west-1.signin.aws.amazon.com",
        "eu-west-1.signin.aws",
        "eu-west-1.oauth.signin.aws",
    ] {
        assert!(!refused(host, &[]), "{host}");
    }
    for host in [
        "evil.s3.amazonaws.com",
        "iam.s3.amazonaws.com",
        "sts.s3-website-us-east-1.amazonaws.com",
        "iam.s3-us-west-2.amazonaws.com",
        "evil-1.us-east-1.elb.amazonaws.com",
        "sts.us-east-1.elb.amazonaws.com",
        "ec2-1-2-3-4.us-west-2.compute.amazonaws.com",
        "evil.execute-api.us-east-1.amazonaws.com",
        "evil.amazonaws.com",
        "amazonaws.com",
        ".amazonaws.com",
        "iam..amazonaws.com",
        "evil.api.aws",
        "evil.example.signin.aws",
        "signin.aws",
    ] {
        assert!(refused(host, &[]), "{host}");
    }
}

#[test]
fn a_browser_that_says_nothing_of_where_it_comes_from_may_only_look() {
    let browser = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)");
    let sdk = ("user-agent", "Boto3/1.44.5 md/Botocore#1.44.5");
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let embedded = "GET /?Action=CreateUser&UserName=Mallory&Version=2010-05-08";
    // Browsers of today say it to all loopback addresses; one that is old enough not to is refused there too.
    for host in [
        "10.1.2.3:4566",
        "[fd00::1]",
        "keyward.test",
        "0.0.0.0:1",
        "localhost:4566",
        "iam.localhost",
        "127.0.0.1",
        "[::1]:4566",
    ] {
        let refused = |line: &str, headers: &[(&'static str, &str)]| {
            request_refused(line, host, headers, everywhere)
        };
        assert!(refused(embedded, &[browser]), "{host}");
        assert!(refused("POST /_keyward/reset", &[browser]), "{host}");
        assert!(!refused("GET /", &[browser]), "{host}");
        assert!(!refused(embedded, &[sdk]), "{host}");
        assert!(!refused(embedded, &[]), "{host}");
        assert!(!refused(embedded, &[browser, ("sec-fetch-site", "none")]));
        let own = format!("http://{host}");
        assert!(!refused("POST /", &[browser, ("origin", &own)]), "{host}");
    }
}

#[test]
fn a_browser_that_says_nothing_may_look_at_pages_by_any_name() {
    let browser = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")];
    let refused = |line: &str| request_refused(line, "10.1.2.3:4566", &browser, LISTENS);
    for line in [
        "GET /signin?account=acme",
        "HEAD /console?account=acme",
        "GET /console?changed",
        "GET /signin/keyward.css?1",
    ] {
        assert!(!refused(line), "{line}");
    }
    for line in [
        "POST /signin?account=acme",
        "POST /signout",
        "GET /_keyward/clock?x",
        "GET /signin/other?x",
        "GET //signin?x",
        "GET /?account=acme",
    ] {
        assert!(refused(line), "{line}");
    }
}

#[test]
fn a_link_on_another_site_may_lead_to_a_page_and_do_nothing_else() {
    let refused = |line: &str, mode: &str, destination: &str, host: &str| {
        let headers = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", mode),
            ("sec-fetch-dest", destination),
        ];
        request_refused(line, host, &headers, LISTENS)
    };
    for line in ["GET /", "GET /console?account=acme", "HEAD /signin"] {
        for host in ["localhost:4566", "keyward.test"] {
            assert!(!refused(line, "navigate", "document", host), "{line}");
        }
        assert!(refused(line, "navigate", "iframe", "localhost"), "{line}");
        assert!(refused(line, "no-cors", "image", "localhost"), "{line}");
        assert!(refused(line, "cors", "empty", "localhost"), "{line}");
        assert!(refused(line, "navigate", "document", "evil.example"));
    }
    for line in [
        "POST /signin",
        "POST /",
        "GET /?Action=CreateUser&UserName=Mallory&Version=2010-05-08",
        "GET /_keyward/clock",
    ] {
        assert!(refused(line, "navigate", "document", "localhost"), "{line}");
    }
}

#[test]
fn a_page_of_another_origin_is_refused() {
    let host = "localhost:4566";
    assert!(!refused(host, &[("origin", "http://localhost:4566")]));
    for origin in [
        "http://localhost",
        "http://localhost:80",
        "https://evil.example",
        "null",
        "http://localhost:45666",
    ] {
        assert!(refused(host, &[("origin", origin)]), "{origin}");
    }
    assert!(!refused(host, &[("sec-fetch-site", "same-origin")]));
    assert!(!refused(host, &[("sec-fetch-site", "none")]));
    for site in ["cross-site", "same-site", ""] {
        assert!(refused(host, &[("sec-fetch-site", site)]), "{site}");
    }
}
