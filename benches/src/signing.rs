//! Requests, signed beforehand so that a load costs its server and not its generator.

use std::net::SocketAddr;
use std::time::SystemTime;

use anyhow::Context as _;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

/// A key to sign with.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Of temporary credentials.
    pub(crate) session_token: Option<String>,
}

/// Which API is asked.
#[derive(Clone, Copy)]
pub(crate) enum Api {
    Iam,
    Sts,
}

/// The bytes of a signed POST to the IAM API.
pub(crate) fn signed(key: &Key, address: SocketAddr, form: &str) -> anyhow::Result<Vec<u8>> {
    signed_for(Api::Iam, key, address, form)
}

/// The same to either API.
pub(crate) fn signed_for(
    api: Api,
    key: &Key,
    address: SocketAddr,
    form: &str,
) -> anyhow::Result<Vec<u8>> {
    const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
    let (name, version) = match api {
        Api::Iam => ("iam", "2010-05-08"),
        Api::Sts => ("sts", "2011-06-15"),
    };
    let body = format!("{form}&Version={version}");
    let host = address.to_string();
    let identity = Credentials::new(
        &key.id,
        &key.secret,
        key.session_token.clone(),
        None,
        "bench",
    )
    .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(name)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let uri = format!("http://{host}/");
    let headers = [("host", host.as_str()), ("content-type", CONTENT_TYPE)];
    let request = SignableRequest::new(
        "POST",
        &uri,
        headers.into_iter(),
        SignableBody::Bytes(body.as_bytes()),
    )?;
    let (instructions, _) = sign(request, &parameters)?.into_parts();
    let mut text = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: {CONTENT_TYPE}\r\n\
         user-agent: Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux md/arch#x86_64 lang/python#3.11\r\n\
         content-length: {}\r\n",
        body.len()
    );
    for (name, value) in instructions.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    Ok(text.into_bytes())
}

/// Percent-encodes a form value.
pub(crate) fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Sends one request and gives the body of the answer, which must be 200.
pub(crate) fn ask(key: &Key, address: SocketAddr, form: &str) -> anyhow::Result<String> {
    ask_for(Api::Iam, key, address, form)
}

/// The same of either API.
pub(crate) fn ask_for(
    api: Api,
    key: &Key,
    address: SocketAddr,
    form: &str,
) -> anyhow::Result<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address)?;
    let request = String::from_utf8(signed_for(api, key, address, form)?)?;
    let (line, rest) = request.split_once("\r\n").context("no request line")?;
    stream.write_all(format!("{line}\r\nconnection: close\r\n{rest}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    anyhow::ensure!(head.starts_with("HTTP/1.1 200"), "{form}: {answer}");
    Ok(body.to_owned())
}
