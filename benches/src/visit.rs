//! A browser's visit to the sign-in page, as far as a bench needs one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};

use crate::load::read_answer;
use crate::signing::encoded;

/// A connection of its own, from an address of its own, with the sign-in page fetched.
pub(crate) struct Visit {
    stream: TcpStream,
    host: String,
    cookies: String,
    form_token: String,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// What is entered on the page.
pub(crate) struct Entered {
    pub(crate) account: String,
    pub(crate) user_name: String,
    pub(crate) password: String,
}

impl Visit {
    /// Opens the page from a loopback address that no visit came from before.
    pub(crate) async fn begin(server: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(next_source(), 0))?;
        let mut stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let host = server.to_string();
        let request = format!("GET /signin HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\n\r\n");
        let page = exchange(&mut stream, &request).await?;
        anyhow::ensure!(page.status == 200, "no sign-in page: {}", page.text);
        Ok(Self {
            stream,
            host,
            cookies: cookies(&page.text),
            form_token: form_token(&page.text)
                .context("the page has no form token")?
                .to_owned(),
        })
    }

    /// Sends the form.
    pub(crate) async fn sign_in(&mut self, entered: &Entered) -> anyhow::Result<Answer> {
        let Self {
            host,
            cookies,
            form_token,
            ..
        } = self;
        let body = format!(
            "form_token={}&account={}&username={}&password={}",
            encoded(form_token),
            encoded(&entered.account),
            encoded(&entered.user_name),
            encoded(&entered.password)
        );
        let request = format!(
            "POST /signin HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             sec-fetch-site: same-origin\r\ncookie: {cookies}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(&mut self.stream, &request).await
    }
}

/// The next of the 16 million addresses 127.0.0.0/8, beginning after those that programs listen on.
fn next_source() -> IpAddr {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let [_, first, second, third] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    Ipv4Addr::new(127, first.wrapping_add(1), second, third).into()
}

async fn exchange(stream: &mut TcpStream, request: &str) -> anyhow::Result<Answer> {
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(16 * 1024);
    let status = read_answer(stream, &mut buffer).await?;
    let text = String::from_utf8(buffer)?;
    Ok(Answer { status, text })
}

/// What the answer's cookies are sent back as.
fn cookies(answer: &str) -> String {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let set = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.split(';').next().unwrap_or_default().trim())
    });
    set.collect::<Vec<_>>().join("; ")
}

/// The value of the hidden field, whatever the order of its attributes.
fn form_token(page: &str) -> Option<&str> {
    let (before, after) = page.split_once("name=\"form_token\"")?;
    let (_, attributes_before) = before.rsplit_once('<')?;
    let (attributes_after, _) = after.split_once('>')?;
    [attributes_before, attributes_after]
        .into_iter()
        .find_map(|attributes| {
            let (_, value) = attributes.split_once("value=\"")?;
            value.split_once('"').map(|(value, _)| value)
        })
}
