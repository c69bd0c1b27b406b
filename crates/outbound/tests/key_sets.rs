//! Fetching key sets from a server of the test, over TLS on the loopback interface.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are test code too"
)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use keyward_outbound::{FetchError, Limits, Outbound, OutboundError, OutboundOptions};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider as tls_provider;

const KEYS: &str = r#"{"keys":[{"kid":"a"}]}"#;

/// What a server answers: a status, headers and a body.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

fn answer(status: u16, body: impl Into<String>) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

fn ok(body: impl Into<String>) -> Answer {
    answer(200, body)
}

fn document(issuer: &str, keys: &str) -> Answer {
    ok(format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}"}}"#))
}

/// What an issuer answers when all is well.
fn well(issuer: &str, path: &str) -> Answer {
    match path {
        "/.well-known/openid-configuration" => document(issuer, &format!("{issuer}/keys?a=b")),
        "/keys?a=b" => ok(KEYS),
        _ => answer(404, ""),
    }
}

/// An authority, or a certificate with the key for it.
type Certified = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Certified {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}

/// A certificate for the loopback interface.
fn local() -> CertificateParams {
    params(&["localhost", "127.0.0.1"])
}

fn signed(params: CertificateParams, authority: &Certified) -> Certified {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), authority).unwrap()
}

fn der(certified: &Certified) -> CertificateDer<'static> {
    certified.der().clone()
}

fn thumbprint(certified: &Certified) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certified.der());
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A server of an issuer that counts what it is asked.
struct Server {
    issuer: String,
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// A server that presents these certificates, the first of which is its own.
    async fn start(
        chain: &[&Certified],
        answers: impl Fn(&str, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let key = chain[0].key().serialize_der();
        let chain = chain.iter().map(|certified| der(certified)).collect();
        let config = ServerConfig::builder_with_provider(Arc::new(tls_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(key).unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let issuer = format!("https://127.0.0.1:{port}");
        let asked = Arc::new(AtomicUsize::new(0));
        let (counter, base) = (Arc::clone(&asked), issuer.clone());
        let answers = Arc::new(answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&answers));
                let (counter, base) = (Arc::clone(&counter), base.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let service = service_fn(|request: Request<Incoming>| {
                        counter.fetch_add(1, Ordering::Relaxed);
                        assert_eq!(request.headers()["accept"], "application/json");
                        let path = request.uri().path_and_query().unwrap().as_str();
                        let answer = answers(&base, path);
                        async { Ok::<_, Infallible>(response(answer)) }
                    });
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self {
            issuer,
            port,
            asked,
        }
    }

    /// A server of an authority's that all is well with.
    async fn well(authority: &Certified) -> Self {
        Self::start(&[&signed(local(), authority)], well).await
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Full::from(answer.body)).unwrap()
}

/// Options with which the loopback interface may be called, and an authority is trusted.
fn options(authority: &Certified) -> OutboundOptions {
    OutboundOptions {
        allowed: vec!["127.0.0.0/8".parse().unwrap()],
        authorities: vec![der(authority)],
        ..OutboundOptions::default()
    }
}

fn calling(authority: &Certified) -> Outbound {
    Outbound::new(options(authority)).unwrap()
}

/// Fetches the keys of an issuer that answers so, and tells how often it was asked.
async fn fetch(
    answers: impl Fn(&str, &str) -> Answer + Send + Sync + 'static,
) -> (Result<Arc<str>, FetchError>, usize) {
    let authority = authority();
    let server = Server::start(&[&signed(local(), &authority)], answers).await;
    let keys = calling(&authority).key_set(&server.issuer, &[]).await;
    (keys, server.asked())
}

/// Fetches the keys of an issuer that presents this chain, whose authority is not known, with
/// thumbprints.
async fn fetch_by(chain: &[&Certified], thumbprints: &[&str]) -> Result<Arc<str>, FetchError> {
    let server = Server::start(chain, well).await;
    let keys = calling(&authority())
        .key_set(&server.issuer, thumbprints)
        .await;
    assert_eq!(server.asked() > 0, keys.is_ok());
    keys
}

#[tokio::test]
async fn keys_are_where_the_issuer_says() {
    let (keys, asked) = fetch(well).await;
    assert_eq!((keys.as_deref(), asked), (Ok(KEYS), 2));
}

#[tokio::test]
async fn an_issuer_may_have_a_path_and_a_slash_at_its_end() {
    let authority = authority();
    let server = Server::start(&[&signed(local(), &authority)], |base, path| match path {
        "/a/b/.well-known/openid-configuration" => {
            document(&format!("{base}/a/b/"), &format!("{base}/keys"))
        }
        "/keys" => ok(KEYS),
        _ => answer(404, ""),
    })
    .await;
    let outbound = calling(&authority);
    let with_slash = format!("{}/a/b/", server.issuer);
    assert_eq!(
        outbound.key_set(&with_slash, &[]).await.as_deref(),
        Ok(KEYS)
    );
    let without = with_slash.trim_end_matches('/');
    let other = outbound.key_set(without, &[]).await;
    assert_eq!(other, Err(FetchError::NotUnderstood));
}

#[tokio::test]
async fn an_unknown_authority_is_not_trusted() {
    let unknown = authority();
    let leaf = signed(local(), &unknown);
    let untrusted = Err(FetchError::Untrusted);
    assert_eq!(fetch_by(&[&leaf, &unknown], &[]).await, untrusted);
    let other = thumbprint(&authority());
    assert_eq!(fetch_by(&[&leaf, &unknown], &[&other]).await, untrusted);
}

#[tokio::test]
async fn a_presented_certificate_with_a_known_thumbprint_is_trusted() {
    let root = authority();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let intermediate = signed(params, &root);
    let leaf = signed(local(), &intermediate);
    let chain = [&leaf, &intermediate, &root];
    for trusted in chain {
        let lower = thumbprint(trusted);
        for thumbprint in [&lower, &lower.to_uppercase()] {
            let keys = fetch_by(&chain, &["x", thumbprint]).await;
            assert_eq!(keys.as_deref(), Ok(KEYS));
        }
    }
    // What is not presented can't be found by its thumbprint.
    let keys = fetch_by(&[&leaf, &intermediate], &[&thumbprint(&root)]).await;
    assert_eq!(keys, Err(FetchError::Untrusted));
}

#[tokio::test]
async fn a_certificate_made_by_hand_is_trusted_by_its_thumbprint() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let mut params = local();
        params.is_ca = is_ca;
        let own = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let keys = fetch_by(&[&own], &[&thumbprint(&own)]).await;
        assert_eq!(keys.as_deref(), Ok(KEYS));
    }
}

#[tokio::test]
async fn a_thumbprint_does_not_stand_in_for_name_time_and_signature() {
    let root = authority();
    let untrusted = Err(FetchError::Untrusted);
    let year = |year| rcgen::date_time_ymd(year, 1, 1);
    let other_name = params(&["other.example"]);
    let mut expired = local();
    expired.not_after = year(2020);
    let mut early = local();
    early.not_before = year(4000);
    for params in [other_name, expired, early] {
        let leaf = signed(params, &root);
        let thumbprints = [&*thumbprint(&leaf), &*thumbprint(&root)];
        assert_eq!(fetch_by(&[&leaf, &root], &thumbprints).await, untrusted);
    }
    // Another's certificate may be presented by anybody; it has not signed this one.
    let leaf = signed(local(), &authority());
    let keys = fetch_by(&[&leaf, &root], &[&thumbprint(&root)]).await;
    assert_eq!(keys, untrusted);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 307, 308] {
        let (keys, asked) = fetch(move |base, path| match path {
            "/.well-known/openid-configuration" => Answer {
                status,
                headers: vec![("location", format!("{base}/moved"))],
                body: String::new(),
            },
            _ => document(base, &format!("{base}/keys")),
        })
        .await;
        assert_eq!((keys, asked), (Err(FetchError::Status(status)), 1));
    }
    let (keys, asked) = fetch(|base, path| match path {
        "/.well-known/openid-configuration" => document(base, &format!("{base}/keys")),
        "/keys" => Answer {
            status: 302,
            headers: vec![("location", format!("{base}/moved"))],
            body: KEYS.to_owned(),
        },
        _ => ok(KEYS),
    })
    .await;
    assert_eq!((keys, asked), (Err(FetchError::Status(302)), 2));
}

#[tokio::test]
async fn only_status_200_is_an_answer() {
    for status in [201, 203, 204, 400, 404, 500] {
        let (keys, _) = fetch(move |base, path| Answer {
            status,
            ..well(base, path)
        })
        .await;
        assert_eq!(keys, Err(FetchError::Status(status)));
    }
}

#[tokio::test]
async fn answers_have_a_bound() {
    let padded = |length: usize| format!("{KEYS}{}", " ".repeat(length - KEYS.len()));
    for (length, is_fit) in [(256 * 1024, true), (256 * 1024 + 1, false)] {
        let (keys, _) = fetch(move |base, path| match path {
            "/keys?a=b" => ok(padded(length)),
            _ => well(base, path),
        })
        .await;
        match is_fit {
            true => assert_eq!(keys.map(|keys| keys.len()), Ok(length)),
            false => assert_eq!(keys, Err(FetchError::TooLarge)),
        }
    }
    let (keys, _) = fetch(|base, path| Answer {
        headers: vec![("x-long", "x".repeat(20_000))],
        ..well(base, path)
    })
    .await;
    assert_eq!(keys, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn what_is_not_allowed_is_not_called() {
    let authority = authority();
    let server = Server::well(&authority).await;
    let port = server.port;
    let outbound = Outbound::new(OutboundOptions {
        allowed: Vec::new(),
        ..options(&authority)
    })
    .unwrap();
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
    ] {
        let issuer = format!("https://{host}:{port}");
        let keys = outbound.key_set(&issuer, &[]).await;
        // A host that is no name is refused before it is looked up.
        assert!(
            matches!(keys, Err(FetchError::Refused | FetchError::Url)),
            "{host} {keys:?}"
        );
        let thumbprint = outbound.top_certificate_thumbprint(&issuer).await;
        assert!(thumbprint.is_err(), "{host}");
    }
    let keys = outbound
        .key_set(&format!("https://localhost:{port}"), &[])
        .await;
    assert_eq!(keys, Err(FetchError::Refused));
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn a_host_may_be_allowed_by_its_name() {
    let authority = authority();
    let leaf = signed(local(), &authority);
    let server = Server::start(&[&leaf], |base, path| {
        let base = base.replace("127.0.0.1", "localhost");
        well(&base, path)
    })
    .await;
    let outbound = Outbound::new(OutboundOptions {
        allowed: vec!["localhost".parse().unwrap()],
        ..options(&authority)
    })
    .unwrap();
    let issuer = format!("https://localhost:{}", server.port);
    assert_eq!(outbound.key_set(&issuer, &[]).await.as_deref(), Ok(KEYS));
}

#[tokio::test]
async fn where_the_keys_are_is_guarded_too() {
    let authority = authority();
    let leaf = signed(local(), &authority);
    let server = Server::start(&[&leaf], |base, path| match path {
        "/keys" => ok(KEYS),
        _ => document(
            &base.replace("127.0.0.1", "localhost"),
            &format!("{base}/keys"),
        ),
    })
    .await;
    let outbound = Outbound::new(OutboundOptions {
        allowed: vec!["localhost".parse().unwrap()],
        ..options(&authority)
    })
    .unwrap();
    let issuer = format!("https://localhost:{}", server.port);
    let keys = outbound.key_set(&issuer, &[]).await;
    assert_eq!((keys, server.asked()), (Err(FetchError::Refused), 1));
}

#[tokio::test]
async fn a_document_that_can_not_be_used_is_refused() {
    let other = |base: &str, _: &str| document("https://id.example.com", &format!("{base}/keys"));
    let insecure = |base: &str, _: &str| document(base, &base.replace("https", "http"));
    let file = |base: &str, _: &str| document(base, "file:///etc/passwd");
    let nowhere = |base: &str, _: &str| ok(format!(r#"{{"issuer":"{base}"}}"#));
    let nobody = |base: &str, _: &str| ok(format!(r#"{{"jwks_uri":"{base}/keys"}}"#));
    let page = |_: &str, _: &str| ok("<html>secret</html>");
    let not_understood = (Err(FetchError::NotUnderstood), 1);
    assert_eq!(fetch(other).await, not_understood);
    assert_eq!(fetch(nowhere).await, not_understood);
    assert_eq!(fetch(nobody).await, not_understood);
    assert_eq!(fetch(page).await, not_understood);
    assert_eq!(fetch(insecure).await, (Err(FetchError::Url), 1));
    assert_eq!(fetch(file).await, (Err(FetchError::Url), 1));
    for keys in ["<html>secret</html>", "{}", r#"{"keys":{}}"#, "[]", ""] {
        let (keys, _) = fetch(move |base, path| match path {
            "/keys?a=b" => ok(keys),
            _ => well(base, path),
        })
        .await;
        assert_eq!(keys, Err(FetchError::NotUnderstood));
    }
}

#[tokio::test]
async fn however_many_ask_keys_are_fetched_once() {
    let authority = authority();
    let server = Server::well(&authority).await;
    let outbound = Arc::new(calling(&authority));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (outbound, issuer) = (Arc::clone(&outbound), server.issuer.clone());
        asking.spawn(async move { outbound.key_set(&issuer, &[]).await });
    }
    let all = asking.join_all().await;
    let first = all[0].clone().unwrap();
    for keys in all {
        assert!(Arc::ptr_eq(&keys.unwrap(), &first));
    }
    assert_eq!(server.asked(), 2);
    // A short while after it was asked, an issuer is not asked again.
    let again = outbound.key_set_again(&server.issuer, &[], &first).await;
    assert!(Arc::ptr_eq(&again, &first));
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn newer_keys_are_fetched_when_they_are_asked_for() {
    let authority = authority();
    let calls = AtomicUsize::new(0);
    let server = Server::start(&[&signed(local(), &authority)], move |base, path| {
        match (path, calls.fetch_add(1, Ordering::Relaxed)) {
            ("/keys?a=b", 3) => ok(r#"{"keys":[]}"#),
            _ => well(base, path),
        }
    })
    .await;
    let outbound = Outbound::new(OutboundOptions {
        limits: Limits {
            again_time: Duration::ZERO,
            ..Limits::default()
        },
        ..options(&authority)
    })
    .unwrap();
    let first = outbound.key_set(&server.issuer, &[]).await.unwrap();
    let newer = outbound.key_set_again(&server.issuer, &[], &first).await;
    assert_eq!((&*first, &*newer), (KEYS, r#"{"keys":[]}"#));
    let known = outbound.key_set(&server.issuer, &[]).await.unwrap();
    assert!(Arc::ptr_eq(&known, &newer));
    assert_eq!(server.asked(), 4);
}

#[tokio::test]
async fn a_failure_is_not_tried_again_at_once() {
    let authority = authority();
    let server = Server::start(&[&signed(local(), &authority)], |_, _| answer(500, "")).await;
    let outbound = calling(&authority);
    for _ in 0..3 {
        let keys = outbound.key_set(&server.issuer, &[]).await;
        assert_eq!(keys, Err(FetchError::Status(500)));
    }
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn pinned_keys_need_no_call() {
    let authority = authority();
    let server = Server::well(&authority).await;
    let pinned = r#"{"keys":[{"kid":"pinned"}]}"#;
    let outbound = Outbound::new(OutboundOptions {
        pinned: vec![(server.issuer.clone(), pinned.to_owned())],
        ..options(&authority)
    })
    .unwrap();
    let keys = outbound.key_set(&server.issuer, &["x"]).await.unwrap();
    assert_eq!(&*keys, pinned);
    let again = outbound.key_set_again(&server.issuer, &[], &keys).await;
    assert!(Arc::ptr_eq(&again, &keys));
    let thumbprint = outbound.top_certificate_thumbprint(&server.issuer).await;
    assert_eq!(thumbprint, Ok(None));
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn options_that_can_not_be_used_are_told() {
    let pinned = OutboundOptions {
        pinned: vec![("https://a".to_owned(), "{}".to_owned())],
        ..OutboundOptions::default()
    };
    let told = OutboundError::Pinned("https://a".to_owned());
    assert_eq!(Outbound::new(pinned).err(), Some(told));
    let authorities = OutboundOptions {
        authorities: vec![der(&authority()), vec![0; 9].into()],
        ..OutboundOptions::default()
    };
    let told = OutboundError::Authority(2);
    assert_eq!(Outbound::new(authorities).err(), Some(told));
}

#[tokio::test]
async fn the_top_certificate_is_found_without_trust() {
    let root = authority();
    let leaf = signed(local(), &root);
    let outbound = calling(&authority());
    let top = |server: &Server| {
        let issuer = server.issuer.clone();
        let outbound = &outbound;
        async move { outbound.top_certificate_thumbprint(&issuer).await }
    };
    let server = Server::start(&[&leaf, &root], well).await;
    assert_eq!(top(&server).await, Ok(Some(thumbprint(&root))));
    let alone = Server::start(&[&leaf], well).await;
    assert_eq!(top(&alone).await, Ok(Some(thumbprint(&leaf))));
    // Without a document it is the issuer's own host.
    let silent = Server::start(&[&leaf, &root], |_, _| answer(404, "")).await;
    assert_eq!(top(&silent).await, Ok(Some(thumbprint(&root))));
    // The host of the keys counts, where it is another.
    let other_root = authority();
    let other_leaf = signed(local(), &other_root);
    let keys = Server::start(&[&other_leaf, &other_root], well).await;
    let there = keys.issuer.clone();
    let elsewhere = Server::start(&[&leaf, &root], move |base, _| document(base, &there)).await;
    assert_eq!(top(&elsewhere).await, Ok(Some(thumbprint(&other_root))));
    // The thumbprint that was found makes the issuer trusted.
    let found = top(&server).await.unwrap().unwrap();
    let keys = outbound.key_set(&server.issuer, &[&found]).await;
    assert_eq!(keys.as_deref(), Ok(KEYS));
}

#[tokio::test]
async fn there_is_a_limit_of_time_for_all_of_it() {
    let authority = authority();
    // Connections to it are made, and nothing ever comes back.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let outbound = Outbound::new(OutboundOptions {
        limits: Limits {
            total_time: Duration::from_millis(1),
            ..Limits::default()
        },
        ..options(&authority)
    })
    .unwrap();
    let issuer = format!("https://127.0.0.1:{port}");
    let keys = outbound.key_set(&issuer, &[]).await;
    assert_eq!(keys, Err(FetchError::TookTooLong));
}

#[tokio::test]
async fn a_host_that_does_not_listen_or_speaks_no_tls_is_told() {
    let authority = authority();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let issuer = format!("https://127.0.0.1:{port}");
    let speaking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let words = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, words).await;
    });
    let outbound = calling(&authority);
    let keys = outbound.key_set(&issuer, &[]).await;
    assert!(
        matches!(keys, Err(FetchError::Untrusted | FetchError::Unreachable)),
        "{keys:?}"
    );
    speaking.await.unwrap();
    // Nobody listens there any more.
    let keys = calling(&authority).key_set(&issuer, &[]).await;
    assert_eq!(keys, Err(FetchError::Unreachable));
}
