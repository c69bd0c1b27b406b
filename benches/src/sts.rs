//! What temporary credentials cost: to give them out, and to ask with them.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;

use crate::children::{Running, this_program};
use crate::figures::{Rounds, heading};
use crate::installed::Installed;
use crate::load::{Until, load};
use crate::signing::{Api, Key, ask, ask_for, encoded, signed, signed_for};

const ROUNDS: usize = 7;
const CONNECTIONS: usize = 16;
const ROUND_TIME: Duration = Duration::from_secs(2);

const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;

pub(crate) fn run() -> anyhow::Result<()> {
    let installed = Installed::make("sts")?;
    let server = installed.serve()?;
    let bob = prepare(&installed, &server)?;
    heading("Requests a second, 16 connections");
    give_out(&bob, &server)?;
    ask_with(&bob, &server)
}

/// Bob's key, who may do everything, as the role may that he takes on.
fn prepare(installed: &Installed, server: &Running) -> anyhow::Result<Key> {
    let ask = |form: &str| ask(&installed.key, server.address, form);
    let (all, trust) = (encoded(ALL), encoded(TRUST));
    ask("Action=CreateUser&UserName=Bob")?;
    ask(&format!(
        "Action=PutUserPolicy&UserName=Bob&PolicyName=p&PolicyDocument={all}"
    ))?;
    ask(&format!(
        "Action=CreateRole&RoleName=R&AssumeRolePolicyDocument={trust}"
    ))?;
    ask(&format!(
        "Action=PutRolePolicy&RoleName=R&PolicyName=p&PolicyDocument={all}"
    ))?;
    let made = ask("Action=CreateAccessKey&UserName=Bob")?;
    key(&made)
}

/// The credentials that an answer tells.
fn key(answer: &str) -> anyhow::Result<Key> {
    let text = |element: &str| {
        let (_, after) = answer.split_once(&format!("<{element}>"))?;
        Some(after.split_once("</")?.0.to_owned())
    };
    Ok(Key {
        id: text("AccessKeyId").context("no access key id")?,
        secret: text("SecretAccessKey").context("no secret access key")?,
        session_token: text("SessionToken"),
    })
}

fn assume(number: usize) -> String {
    let role = encoded("arn:aws:iam::123456789012:role/R");
    format!("Action=AssumeRole&RoleArn={role}&RoleSessionName=session-{number}")
}

/// `AssumeRole` against the bare server answering as many bytes to the same request.
fn give_out(bob: &Key, server: &Running) -> anyhow::Result<()> {
    let body = ask_for(Api::Sts, bob, server.address, &assume(0))?;
    let bare = Running::start(this_program()?.args(["bare-server", &body.len().to_string()]))?;
    let rate = |address: SocketAddr| -> anyhow::Result<f64> {
        let requests = (0..CONNECTIONS)
            .map(|number| Ok(vec![signed_for(Api::Sts, bob, address, &assume(number))?]))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(load(address, &requests, true, Until::Elapsed(ROUND_TIME))?.per_second())
    };
    let rounds = in_turn(|| rate(bare.address), || rate(server.address))?;
    rounds.report("AssumeRole, against the bare server", "/s", "30");
    Ok(())
}

/// The same request with temporary credentials against one with permanent ones: a session for each
/// connection.
fn ask_with(bob: &Key, server: &Running) -> anyhow::Result<()> {
    let sessions = (0..CONNECTIONS)
        .map(|number| key(&ask_for(Api::Sts, bob, server.address, &assume(number))?))
        .collect::<anyhow::Result<Vec<Key>>>()?;
    let rate = |keys: &[&Key]| -> anyhow::Result<f64> {
        let requests = keys
            .iter()
            .map(|key| {
                let form = "Action=GetUser&UserName=Bob";
                Ok(vec![signed(key, server.address, form)?])
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(load(server.address, &requests, true, Until::Elapsed(ROUND_TIME))?.per_second())
    };
    let permanent = [bob; CONNECTIONS];
    let temporary: Vec<&Key> = sessions.iter().collect();
    let rounds = in_turn(|| rate(&permanent), || rate(&temporary))?;
    rounds.report(
        "GetUser, temporary against permanent credentials",
        "/s",
        "85",
    );
    Ok(())
}

/// Both in turn; the first round warms them up.
fn in_turn(
    reference: impl Fn() -> anyhow::Result<f64>,
    ours: impl Fn() -> anyhow::Result<f64>,
) -> anyhow::Result<Rounds> {
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        let (reference, ours) = (reference()?, ours()?);
        if round > 0 {
            rounds.push(reference, ours);
        }
    }
    Ok(rounds)
}
